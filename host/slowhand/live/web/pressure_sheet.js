// "How is the pressure?": four big answers, asked now and then, and always there by a tap.
import { setText } from "./icons.js";
import { PressGuard } from "./press_guard.js";

const STOP_REST_MS = 1000;   // a stop that was given must not be lifted by the same finger
const SAID_MS = 6000;   // how long what an answer has changed stays to be read

export const PRESSURE_SHEET = `
  <section class="pressure-sheet" aria-label="How is the pressure?" hidden>
    <div class="pressure-head">
      <p class="pressure-title" role="status"></p>
      <button type="button" class="button pressure-close" data-close>Close</button>
    </div>
    <div class="votes">
      <button type="button" class="button vote" data-vote="lighter">Lighter</button>
      <button type="button" class="button vote" data-vote="right">Just right</button>
      <button type="button" class="button vote" data-vote="deeper">Deeper</button>
      <button type="button" class="button vote vote-stop" data-vote="stop">Stop</button>
      <button type="button" class="button vote vote-lift" data-vote="lift" hidden>All right again</button>
    </div>
  </section>`;

export class PressureSheet {
  constructor(root, press) {
    const find = (selector) => root.querySelector(selector);
    this.press = press;
    this.host = find(".pressure-sheet");
    this.title = find(".pressure-title");
    this.opener = find(".pressure-opener");
    this.votes = [...this.host.querySelectorAll("[data-vote]")];
    this.guard = new PressGuard((busy) => this.votes.forEach((button) => button.setAttribute("aria-disabled", String(busy))));
    this.answers = { question: null, stopped: false, answered: "", may_tell: false };
    this.state = "closed";   // or "asked" by the host, "opened" by a person, "said": an answer was given
    this.opener.addEventListener("click", () => this.show(this.state === "closed" ? "opened" : "closed"));
    this.host.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
    this.host.addEventListener("keydown", (event) => event.key === "Escape" && this.show("closed"));
  }

  clicked(button) {
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if ("close" in button.dataset) {
      this.declined = this.answers.question;
      this.show("closed");
      return;
    }
    this.guard.press();
    this.press({ tell: "vote", value: button.dataset.vote });
  }

  take({ answers, notice }, { finished, session }, starting) {
    if (session !== this.session) {   // another session asks anew
      this.session = session;
      this.declined = null;
      this.guard.free();
      this.state = "closed";
      answers ??= this.answers;
    }
    const possible = (answers ?? this.answers).may_tell && !finished && !starting;
    this.opener.hidden = !possible;
    if (notice?.text) this.guard.refused();
    if (!possible) this.show("closed");
    if (!answers) return;
    const before = this.answers;
    this.answers = answers;
    if (answers.question === null) this.declined = null;
    this.opener.dataset.stopped = String(answers.stopped);
    setText(this.opener, answers.stopped ? "Stop is on" : "Pressure?");
    if (!possible) return;
    if ((this.guard.awaiting && answers.answered) || (answers.stopped && !before.stopped)) {
      if (answers.stopped) this.guard.rest(STOP_REST_MS);
      else this.guard.free();
      this.show("said");
    } else if (answers.question !== null && this.declined !== answers.question && !answers.stopped && this.state !== "opened") {
      this.show("asked");
    } else if (this.state === "asked" || (this.state === "said" && (!answers.answered || before.stopped > answers.stopped))) {
      this.show("closed");   // nobody answered; a new session; or it was lifted elsewhere
    } else {
      this.show(this.state);
    }
  }

  show(state) {
    this.state = state;
    clearTimeout(this.saying);
    const { question, stopped, answered } = this.answers;
    this.host.hidden = state === "closed";
    this.host.dataset.state = state;
    this.host.dataset.stopped = String(Boolean(stopped));
    this.opener.setAttribute("aria-expanded", String(state !== "closed"));
    for (const button of this.votes) {
      button.hidden = state === "said" && stopped ? button.dataset.vote !== "lift"
        : button.dataset.vote === "lift" ? !stopped : state === "said";
    }
    const where = state === "asked" && question ? ` (${question})` : "";
    setText(this.title, state === "said" ? `${stopped ? "Stop: hands off, ask. " : ""}${answered}` : `How is the pressure?${where}`);
    if (state === "said" && !stopped) this.saying = setTimeout(() => this.show("closed"), SAID_MS);
  }
}
