// The ring that leads the pace: a bead that comes round to the top with each pulse, and a disc that swells towards it.
// Its time is the glove's: the page learns from when messages arrive how the glove's clock stands to its own.
import { setIcon, setText } from "./icons.js";
import { PaceTone } from "./pace_tone.js";

const DRIFT_MS = 0.02; // a message: forty a second let the clocks part by 0.1 %, more than two crystals do
const JUMP_MS = 1500; // the glove was reset, or another session is shown

export const PACE_RING = `
  <div class="lead" data-level="idle" data-pulsing="false" hidden>
    <svg viewBox="-50 -50 100 100" role="img" aria-label="The pace that leads">
      <circle class="lead-track" r="40"/>
      <circle class="lead-disc" r="30"/>
      <path class="lead-mark" d="M0-47v14"/>
      <circle class="lead-bead" r="7.5" cy="-40"/>
    </svg>
    <p class="lead-state"><span class="lead-icon"></span><span class="words" aria-live="polite"></span></p>
  </div>`;

/** The glove's clock as seen from here: the least that any message was late is taken for not late at all. */
export class GloveClock {
  constructor() {
    this.offsetMs = null;
    this.lastUs = null;
  }

  heard(gloveUs, nowMs) {
    if (!gloveUs || gloveUs === this.lastUs) return; // no new sample
    this.lastUs = gloveUs;
    const offsetMs = nowMs - gloveUs / 1000;
    const grown = this.offsetMs === null ? offsetMs : this.offsetMs + DRIFT_MS;
    this.offsetMs = Math.abs(offsetMs - grown) > JUMP_MS ? offsetMs : Math.min(offsetMs, grown);
  }

  /** The glove's time, us; null before anything was heard. */
  at(nowMs) {
    return this.offsetMs === null ? null : (nowMs - this.offsetMs) * 1000;
  }
}

export class PaceRing {
  constructor(host) {
    this.host = host;
    const find = (selector) => host.querySelector(selector);
    [this.disc, this.bead, this.icon, this.words] = [".lead-disc", ".lead-bead", ".lead-icon", ".words"].map(find);
    this.clock = new GloveClock();
    this.tone = new PaceTone();
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.pacing = { kind: null };
    this.live = false;
    this.beat = null;
  }

  /** What leads, and how it is followed. */
  setPacing(pacing, shown) {
    this.pacing = pacing;
    this.shown = shown;
    this.host.hidden = !pacing.kind || !shown;
    if (!pacing.kind) return;
    const pulsing = pacing.origin !== null;
    Object.assign(this.host.dataset, { level: pacing.level, kind: pacing.kind, pulsing: String(pulsing) });
    setIcon(this.icon, pacing.level);
    setText(this.words, pacing.words);
    this.run();
  }

  /** A message with a sample of this device time has come. */
  heard(gloveUs, nowMs) {
    this.clock.heard(gloveUs, nowMs);
    const back = !this.live;
    this.live = true;
    if (back) this.setPacing(this.pacing, this.shown);
    this.run();
  }

  /** Nothing comes any more: nothing leads. */
  disconnect(words) {
    this.live = false;
    if (this.host.hidden) return;
    this.host.dataset.level = "stale";
    setIcon(this.icon, "stale");
    setText(this.words, words);
  }

  run() {
    if (this.frame || !this.moves()) return;
    this.frame = requestAnimationFrame((nowMs) => {
      this.frame = 0;
      this.draw(nowMs);
      this.run();
    });
  }

  moves() {
    return !this.host.hidden && this.live && this.host.dataset.level !== "stale";
  }

  draw(nowMs) {
    const gloveUs = this.clock.at(nowMs);
    const { period, origin } = this.pacing;
    if (gloveUs === null || !(period > 0)) return;
    const beats = (gloveUs - (origin ?? 0)) / period;
    const phase = beats - Math.floor(beats);
    this.host.dataset.phase = phase.toFixed(3);
    if (this.beat !== Math.floor(beats)) {
      if (this.beat !== null && this.moves()) this.tone.tick();
      this.beat = Math.floor(beats);
      this.host.dataset.beat = String(this.beat);
    }
    if (this.calm.matches) { // no movement: it lights up for the fifth part after each pulse
      this.bead.removeAttribute("transform");
      this.disc.setAttribute("r", "30");
      this.disc.setAttribute("opacity", phase < 0.2 ? "1" : "0.35");
      return;
    }
    const near = 0.5 + 0.5 * Math.cos(2 * Math.PI * phase);
    this.bead.setAttribute("transform", `rotate(${(360 * phase).toFixed(1)})`);
    this.disc.setAttribute("r", (14 + 18 * near).toFixed(2));
    this.disc.setAttribute("opacity", (0.35 + 0.65 * near * near).toFixed(3));
  }
}
