// A soft tone with each pulse, if it is wanted; made here, so that it works without any network.

const PITCH_HZ = 196;
const LOUDNESS = 0.12;
const LASTS_S = 0.35;

export class PaceTone {
  constructor() {
    this.wanted = false;
  }

  /** Browsers let a page sound only after a press: call it from one. */
  want(wanted) {
    this.wanted = wanted;
    if (!wanted) return;
    this.context ??= new AudioContext();
    this.context.resume();
  }

  tick() {
    if (!this.wanted || this.context.state !== "running") return;
    const now = this.context.currentTime;
    const [tone, gain] = [this.context.createOscillator(), this.context.createGain()];
    tone.frequency.value = PITCH_HZ;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(LOUDNESS, now + 0.02); // no click
    gain.gain.exponentialRampToValueAtTime(0.001, now + LASTS_S);
    tone.connect(gain).connect(this.context.destination);
    tone.start(now);
    tone.stop(now + LASTS_S);
  }
}
