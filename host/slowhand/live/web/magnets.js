// Magnets and implants: the question that a session with a strip begins with, and what follows from a yes.
import { setIcon } from "./icons.js";

const PRESS_WAIT_MS = 1500;

export const MAGNETS = `
  <section class="magnets" aria-label="Magnets and implants" hidden>
    <div class="magnets-ask">
      <span class="icon"></span>
      <p role="status"><strong>Magnets:</strong> has either of you a pacemaker, ICD, insulin pump, shunt or another implant
        that magnets can disturb?</p>
      <div class="answers">
        <button type="button" class="button answer" data-answer="no">No, neither of us</button>
        <button type="button" class="button answer" data-answer="yes">Yes</button>
      </div>
    </div>
    <div class="magnets-off" role="alert"></div>
  </section>`;

const OFF = '<span class="icon"></span><p><strong>Take the strip off.</strong> Pressure only.</p>';

export class Magnets {
  constructor(root, press) {
    this.host = root.querySelector(".magnets");
    this.ask = this.host.querySelector(".magnets-ask");
    this.off = this.host.querySelector(".magnets-off");
    this.buttons = [...this.host.querySelectorAll("button")];
    setIcon(this.ask.querySelector(".icon"), "magnet");
    for (const button of this.buttons) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        this.setBusy(true);
        press(`implant-${button.dataset.answer}`);
      });
    }
  }

  setStage({ implant, finished }) {
    const state = finished ? "settled" : implant;
    if (state === this.state) return;
    this.state = state;
    this.setBusy(false);
    this.host.dataset.state = state;
    this.host.hidden = state === "settled";
    this.ask.hidden = state !== "ask";
    this.off.hidden = state !== "named";
    // an alert is read out when its words come, not when they were there all along
    this.off.innerHTML = state === "named" ? OFF : "";
    if (state === "named") setIcon(this.off.querySelector(".icon"), "magnet");
  }

  /** After a press, until the host has answered. */
  setBusy(busy) {
    clearTimeout(this.timer);
    for (const button of this.buttons) button.setAttribute("aria-disabled", String(busy));
    if (busy) this.timer = setTimeout(() => this.setBusy(false), PRESS_WAIT_MS);
  }
}
