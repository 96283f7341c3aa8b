// The guided back rub: the present step in words, how far it is, and what comes next.
import { setText } from "./icons.js";
import { PressGuard } from "./press_guard.js";
import { clockText, plural } from "./words.js";

const KIND_WORDS = { glide: "long strokes", knead: "kneading", press: "pressing", friction: "small rubbing", tap: "tapping" };

export const GUIDE_CARD = `
  <section class="guided" aria-label="Guided back rub" hidden>
    <div class="guided-begin">
      <h2>Guided back rub</h2>
      <div class="totals" role="group" aria-label="How long"></div>
      <button type="button" class="button guided-start" data-step="start">Begin</button>
    </div>
    <div class="guided-step" hidden>
      <div class="guided-head">
        <h2 class="guided-title" aria-live="polite"></h2>
        <p class="guided-left"></p>
      </div>
      <p class="guided-words"></p>
      <p class="guided-how"></p>
      <div class="guided-bar" role="progressbar" aria-label="This step" aria-valuemin="0" aria-valuemax="100"><span></span></div>
      <p class="guided-hint" aria-live="polite"></p>
      <div class="guided-turn">
        <button type="button" class="button" data-step="back" aria-label="The step before">Back</button>
        <button type="button" class="button guided-next" data-step="next"></button>
        <button type="button" class="button guided-end" data-step="stop" aria-label="End the guided back rub">End</button>
      </div>
    </div>
    <div class="guided-notes" hidden>
      <ul class="notes-first" aria-label="What was found"></ul>
      <p class="notes-earlier" hidden><span></span><button type="button" class="button" data-sore="forget">Forget</button></p>
      <details><summary>More</summary><ul class="notes-more"></ul></details>
    </div>
  </section>`;

export class GuideCard {
  constructor(root, press) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.press = press;
    this.host = find(".guided");
    this.begin = find(".guided-begin");
    this.step = find(".guided-step");
    this.parts = Object.fromEntries(
      ["title", "left", "words", "how", "bar", "hint", "next", "notes"].map((name) => [name, find(`.guided-${name}`)]));
    this.totals = find(".totals");
    this.guard = new PressGuard((busy) => this.showBusy(busy));
    this.host.addEventListener("click", (event) => this.clicked(event));
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button.dataset.sore) {
      this.guard.press();
      this.press({ tell: "sore", value: button.dataset.sore });
      return;
    }
    const value = button.dataset.minutes ? { minutes: Number(button.dataset.minutes) } : button.dataset.step;
    this.guard.press();
    this.press({ tell: "step", value });
  }

  showBusy(busy) {
    for (const button of this.host.querySelectorAll("button")) button.setAttribute("aria-disabled", String(busy));
  }

  take({ guide, answers, notice }, { finished }, starting) {
    if (notice?.text) this.guard.refused();
    if (answers) {
      this.answers = answers;
      this.mayTell = answers.may_tell;
    }
    if ((guide || answers) && (guide ?? this.guide)) {
      guide ??= this.guide;
      this.guide = guide;
      this.setGuide(guide);
    }
    this.host.hidden = !this.guide?.shown || starting || finished;
    this.root.dataset.guided = String(!this.host.hidden && Boolean(this.guide?.running));
  }

  setGuide(guide) {
    if (!guide.shown) return;
    this.restWhenTurned(guide);
    this.begin.hidden = guide.running || !this.mayTell;
    this.step.hidden = !guide.running;
    this.setTotals(guide);
    if (guide.running) this.setStep(guide);
    this.setNotes(guide);
  }

  /** Only what a press brings about frees the buttons: seconds that pass and places that are worked say nothing of it. */
  restWhenTurned({ index, running, minutes }) {
    const earlier = (this.answers?.marks ?? []).filter((mark) => mark[5]).length;
    const stands = [index, running, minutes, earlier].join();
    if (stands !== this.stands) this.guard.rest();
    this.stands = stands;
  }

  setTotals({ totals, minutes, finished }) {
    if (this.drawn !== totals.join()) {
      this.drawn = totals.join();
      this.totals.innerHTML = totals
        .map((n) => `<button type="button" class="button" data-minutes="${n}">${n} min</button>`).join("");
    }
    for (const button of this.totals.children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.minutes) === minutes));
    }
    setText(this.begin.querySelector(".guided-start"), finished ? "Once more" : "Begin");
  }

  setStep(guide) {
    const { parts } = this;
    setText(parts.title, `${guide.index + 1}. ${guide.title}`);
    setText(parts.left, guide.left >= 60 ? `${Math.round(guide.left / 60)} min left` : "nearly done");
    setText(parts.words, guide.words);
    const how = [guide.kinds.map((kind) => KIND_WORDS[kind] ?? kind).join(", "), guide.pace].filter(Boolean).join(" · ");
    setText(parts.how, guide.by_clock ? `${how}${how ? ". " : ""}Place unknown: steps go by the clock and your taps.` : how);
    parts.bar.setAttribute("aria-valuenow", String(guide.percent));
    parts.bar.firstElementChild.style.width = `${guide.percent}%`;
    parts.bar.dataset.ready = String(guide.ready);
    const over = guide.step_left <= 0 && guide.percent < 100 ? "Its time is over. " : "";
    setText(parts.hint, `${over}${guide.hint}`);
    setText(parts.next, guide.next ? `Next: ${guide.next}` : "Finish");
    parts.next.dataset.ready = String(guide.ready);
  }

  setNotes({ missed, uneven, unknown, palpation }) {
    const { everywhere, marks } = this.answers ?? { everywhere: null, marks: [] };
    const earlier = (marks ?? []).filter((mark) => mark[5]).length;
    const line = this.parts.notes.querySelector(".notes-earlier");
    line.hidden = earlier === 0;
    setText(line.firstElementChild, earlier ? `From last time: ${plural(earlier, "place", "places")}.` : "");
    line.lastElementChild.hidden = !this.mayTell;
    const limit = (everywhere ?? null) === null ? "" : `At most ${Math.round(everywhere)} N everywhere: the place of an answer was not known.`;
    const first = [limit, palpation.at(-1), missed.length ? `Hardly touched: ${missed.join("; ")}.` : ""];
    const more = [
      ...palpation.slice(0, -1),
      uneven.length ? `Uneven: ${uneven.join("; ")}.` : "",
      unknown >= 10 ? `${clockText(unknown)} of contact at an unknown place: counted nowhere.` : "",
    ];
    fill(this.parts.notes.querySelector(".notes-first"), first.filter(Boolean));
    this.parts.notes.querySelector("details").hidden = fill(this.parts.notes.querySelector(".notes-more"), more.filter(Boolean)) === 0;
    this.parts.notes.hidden = !(earlier || [...first, ...more].some(Boolean));
  }
}

/** Lines of a list; drawn anew only when they differ. Returns how many there are. */
function fill(list, lines) {
  const asText = lines.join("\n");
  if (list.dataset.text !== asText) {
    list.dataset.text = asText;
    list.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  }
  return lines.length;
}
