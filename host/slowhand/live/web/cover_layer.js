// What has been worked, as a soft tint on the back; and sore places, marked by a tap.
import { PressGuard } from "./press_guard.js";

export const MAP_BUTTONS = `
  <button type="button" class="button map-button sore-opener" aria-pressed="false" hidden>Sore place?</button>
  <button type="button" class="button map-button pressure-opener" hidden>Pressure?</button>
  <div class="marking" hidden>
    <p role="status">Tap where it hurts.</p>
    <button type="button" class="button" data-mark="undo">Take back</button>
    <button type="button" class="button" data-mark="done">Done</button>
  </div>`;

const SVG = "http://www.w3.org/2000/svg";

export class CoverLayer {
  constructor(root, press) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.press = press;
    this.map = find(".map-drawing");
    this.opener = find(".sore-opener");
    this.bar = find(".marking");
    this.layer = document.createElementNS(SVG, "svg");
    this.layer.setAttribute("class", "cover");
    this.layer.setAttribute("aria-hidden", "true");
    this.undo = find("[data-mark=undo]");
    this.guard = new PressGuard((busy) => this.undo.setAttribute("aria-disabled", String(busy)));
    this.opener.addEventListener("click", () => this.setMarking(!this.marking));
    this.bar.addEventListener("click", (event) => this.clicked(event.target.closest("button")?.dataset.mark));
    this.map.addEventListener("click", (event) => this.marking && this.mark(event));
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.setMarking(false));
  }

  take({ cover, body, answers, notice }, { finished, session }, starting) {
    if (session !== this.session) {   // maybe on another person's back
      this.session = session;
      this.setMarking(false);
    }
    if (notice?.text) this.guard.refused();
    if (answers) this.setAnswers(answers);
    if (body) this.body = body;
    if (cover) this.cells = cover;
    if ((cover || body) && this.cells && this.body) this.draw();
    const possible = Boolean(this.mayMark) && !finished;
    this.opener.hidden = !possible || this.marking;
    if (!possible && this.marking) this.setMarking(false);
    this.root.dataset.starts = String(starting);
  }

  setAnswers({ may_tell: mayTell, places, marks }) {
    this.mayMark = mayTell && places;
    const asText = JSON.stringify(marks ?? []);
    if (asText !== this.marks && this.guard.awaiting) this.guard.rest();
    this.marks = asText;
  }

  /** Cells of one level as one path; drawing x is - back x, so a row runs from the viewer's right to the left. */
  pathOf(level) {
    const { cells, columns, cell, top } = this.cells;
    let path = "";
    for (let i = 0; i < cells.length; i++) {
      if (cells[i] !== level) continue;
      const run = i;
      while ((i + 1) % columns && cells[i + 1] === level) i++;
      const [x, y] = [(columns / 2 - (run % columns)) * cell, top + Math.floor(run / columns) * cell];
      path += `M${x} ${y}h${-(i - run + 1) * cell}v${cell}h${(i - run + 1) * cell}Z`;
    }
    return path;
  }

  draw() {
    const still = this.map.querySelector(".still");
    if (!still || !this.cells.cells) return;
    this.layer.setAttribute("viewBox", still.getAttribute("viewBox"));
    if (this.layer.previousElementSibling !== still) still.after(this.layer);   // the back was drawn anew
    if (this.drawn === this.cells.cells && this.layer.firstElementChild) return;
    this.drawn = this.cells.cells;
    const path = (level) => `<path class="cover-${level}" d="${this.pathOf(String(level))}"/>`;
    this.layer.innerHTML = `<g clip-path="url(#trunk)"><g filter="url(#soft)">${path(1)}${path(2)}</g></g>`;
  }

  setMarking(on) {
    this.marking = on;
    this.bar.hidden = !on;
    this.opener.hidden = on || !this.mayMark;
    this.opener.setAttribute("aria-pressed", String(on));
    this.root.dataset.marking = String(on);
    if (on) this.guard.rest();   // the body is drawn under the finger that has opened this
    if (on) this.bar.querySelector("[data-mark=done]").focus({ preventScroll: true });
  }

  clicked(what) {
    if (what === "undo") this.tell(null);
    if (what === "done") this.setMarking(false);
  }

  mark(event) {
    const still = this.map.querySelector(".still");
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(still.getScreenCTM().inverse());
    const { length, shoulders } = this.body;
    if (Math.abs(at.x) > shoulders * 0.6 || at.y < -170 || at.y > length * 1.2) return;   // beside the body
    this.tell({ x_mm: Math.round(-at.x) || 0, y_mm: Math.round(at.y) });
  }

  tell(value) {
    if (this.guard.busy) return;
    this.guard.press();
    this.press({ tell: "sore", value });
  }
}
