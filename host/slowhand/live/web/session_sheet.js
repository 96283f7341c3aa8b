// The sheet for what the giver chooses in mid-session: the pace that leads, the technique, practice without feedback.
// It leaves the coach's line and the gauges in sight.
import { setIcon, setText } from "./icons.js";

const NAMES = { fingers: "Fingers", palm: "Palm", fist: "Fist", forearm: "Forearm", elbow: "Elbow" };
const CHOICES = { off: null, auto: "auto", knead: { kind: "knead" }, slower: "slower", faster: "faster" };

const choice = (name, words, pressed = true) =>
  `<button type="button" class="button choice" data-pace="${name}"${pressed ? ' aria-pressed="false"' : ""}>${words}</button>`;

export const SHEET_BUTTON =
  '<button type="button" class="button sheet-opener" aria-label="Pace &amp; technique" aria-expanded="false" hidden>' +
  '<span class="icon"></span><span class="text long">Pace &amp; technique</span><span class="text short">Pace</span></button>';

export const SESSION_SHEET = `
  <section class="sheet" role="dialog" aria-label="Pace and technique" hidden>
    <div class="sheet-head"><h2>Pace &amp; technique</h2><button type="button" class="button sheet-close">Done</button></div>
    <div class="sheet-body">
      <div class="sheet-part" role="group" aria-label="Pace">
        <h3>Pace</h3><p class="sheet-now" role="status"></p>
        <div class="choices">${choice("off", "Off")}${choice("auto", "Suggested")}${choice("knead", "Kneading")}
          ${choice("slower", "Slower", false)}${choice("faster", "Faster", false)}
          <button type="button" class="button choice" data-tone aria-pressed="false">Soft tone</button></div>
      </div>
      <div class="sheet-part techniques" role="group" aria-label="Technique" hidden>
        <h3>Technique</h3><p class="sheet-note" hidden>Very slowly with this one.</p><div class="choices"></div>
      </div>
      <div class="sheet-part" role="group" aria-label="Practice">
        <h3>Practice</h3><p class="sheet-practice"></p>
        <div class="choices"><button type="button" class="button choice wide" data-feedback aria-pressed="false">Without feedback</button></div>
      </div>
    </div>
  </section>`;

export class SessionSheet {
  constructor(root, press, tone) {
    const find = (selector) => root.querySelector(selector);
    [this.host, this.opener, this.now] = [".sheet", ".sheet-opener", ".sheet-now"].map(find);
    [this.techniques, this.note, this.practice] = [".techniques", ".sheet-note", ".sheet-practice"].map(find);
    this.silent = find("[data-feedback]");
    this.press = press;
    this.names = "";
    setIcon(this.opener.querySelector(".icon"), "pace");
    this.opener.addEventListener("click", () => (this.host.hidden ? this.open() : this.close()));
    find(".sheet-close").addEventListener("click", () => this.close());
    this.host.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.paces = [...root.querySelectorAll("[data-pace]")];
    for (const button of this.paces) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") press({ tell: "pace", value: CHOICES[button.dataset.pace] });
      });
    }
    const sound = find("[data-tone]");
    sound.addEventListener("click", () => {
      tone.want(!tone.wanted);
      sound.setAttribute("aria-pressed", String(tone.wanted));
    });
    this.silent.addEventListener("click", () => press({ tell: "feedback", value: this.feedback === false }));
  }

  open() {
    this.show(true);
    this.host.querySelector(".sheet-close").focus({ preventScroll: true });
  }

  close() {
    const hadFocus = this.host.contains(document.activeElement);
    this.show(false);
    if (hadFocus) this.opener.focus({ preventScroll: true });
  }

  show(open) {
    this.host.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
  }

  setPacing(pacing) {
    for (const button of this.paces) {
      const name = button.dataset.pace;
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(name === pacing.choice));
      else button.setAttribute("aria-disabled", String(!pacing.kind));
    }
    setText(this.now, nowWords(pacing));
  }

  /** What is absent is hidden: a host that knows no techniques, a session that is over. */
  setStage({ technique, techniques, feedback, finished }, possible) {
    const shown = possible && !finished;
    this.opener.hidden = !shown;
    if (!shown && !this.host.hidden) this.close();
    this.setTechniques(techniques ?? [], technique ?? null);
    this.feedback = feedback;
    this.silent.closest(".sheet-part").hidden = feedback === undefined;
    this.silent.setAttribute("aria-pressed", String(feedback === false));
    setText(this.practice, feedback === false
      ? "The coach is silent now, and nothing leads. All is recorded as ever."
      : "The coach keeps silent, to see what has been learned.");
  }

  setTechniques(techniques, chosen) {
    this.techniques.hidden = techniques.length === 0;
    const box = this.techniques.querySelector(".choices");
    if (this.names !== techniques.join()) {
      this.names = techniques.join();
      box.replaceChildren(...techniques.map((name) => this.techniqueButton(name)));
    }
    for (const button of box.children) button.setAttribute("aria-pressed", String(button.dataset.technique === chosen));
    this.note.hidden = !["fist", "forearm", "elbow"].includes(chosen);
  }

  techniqueButton(name) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button choice", textContent: NAMES[name] ?? name });
    button.dataset.technique = name;
    button.addEventListener("click", () => this.press({ tell: "technique", value: name }));
    return button;
  }
}

function nowWords({ choice: chosen, kind, target, unit, period }) {
  if (!kind) return chosen === "off" ? "No pulse leads." : "";
  const what = kind === "knead" ? `${Math.round(target)} circles ${unit}` : `glides of ${target} ${unit}`;
  const when = kind === "knead" ? "one pulse for each" : "turn at each pulse";
  return `${what[0].toUpperCase()}${what.slice(1)}: ${when}, every ${Number((period / 1e6).toFixed(1))} s.`;
}
