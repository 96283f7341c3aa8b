// The start procedure anew in mid-session: a button on the back, and a question before it is done.
import { setIcon } from "./icons.js";

const PRESS_WAIT_MS = 1500;

export const START_OVER_BUTTON =
  '<button type="button" class="button wrong-place" hidden aria-expanded="false">Place wrong?</button>';

export const START_OVER = `
  <section class="start-over" aria-label="Start over" hidden>
    <span class="icon"></span>
    <p><strong>Is the place wrong, or has the strip moved?</strong> Then do the start steps again: hand away, then rest it
      at the neck base. The session goes on.</p>
    <div class="answers">
      <button type="button" class="button answer" data-over="no">Go on as it is</button>
      <button type="button" class="button answer" data-over="yes">Start over</button>
    </div>
  </section>`;

export class StartOver {
  constructor(root, press) {
    const find = (selector) => root.querySelector(selector);
    this.host = find(".start-over");
    this.opener = find(".wrong-place");
    this.no = find("[data-over=no]");
    this.yes = find("[data-over=yes]");
    this.steps = find(".guide");
    setIcon(this.host.querySelector(".icon"), "again");
    this.opener.addEventListener("click", () => (this.host.hidden ? this.open() : this.close()));
    this.no.addEventListener("click", () => this.close());
    this.yes.addEventListener("click", () => {
      if (this.yes.getAttribute("aria-disabled") === "true") return;
      this.setBusy(true);
      press("start-over");
    });
    this.host.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  open() {
    this.show(true);
    this.no.focus({ preventScroll: true });
    this.host.scrollIntoView({ block: "nearest" });
  }

  close() {
    const hadFocus = this.host.contains(document.activeElement);
    this.show(false);
    if (hadFocus) this.opener.focus({ preventScroll: true });
  }

  show(open) {
    this.host.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    this.setBusy(false);
  }

  /** Nothing can be begun anew before the place is known, without a strip, or when the session is over. */
  setStage({ start_over: possible }) {
    const hadFocus = this.host.contains(document.activeElement);
    this.opener.hidden = !possible;
    if (possible || this.host.hidden) return;
    this.show(false);
    // once they are shown: they take the place of what had the focus
    if (hadFocus) requestAnimationFrame(() => this.steps.focus());
  }

  /** After a press, until the host has answered. */
  setBusy(busy) {
    clearTimeout(this.timer);
    this.yes.setAttribute("aria-disabled", String(busy));
    if (busy) this.timer = setTimeout(() => this.setBusy(false), PRESS_WAIT_MS);
  }
}
