// Where in the session we are, and how it runs on.

export const SPEEDS = [0.5, 1, 2, 4];
const LONGEST_STEP_S = 0.25; // a tab that slept goes on from where it was, it does not leap

export class Player {
  constructor(durationS, onTime, onChange) {
    Object.assign(this, { durationS, onTime, onChange, seconds: 0, speed: 1, playing: false, last: null });
  }

  /** Go to a time of the session, s. */
  seek(seconds) {
    this.seconds = Math.min(this.durationS, Math.max(0, seconds));
    this.onTime(this.seconds);
  }

  play() {
    if (this.playing || this.durationS <= 0) return;
    if (this.seconds >= this.durationS) this.seek(0);
    this.playing = true;
    this.last = null;
    this.onChange();
    requestAnimationFrame((now) => this.step(now));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.onChange();
    this.onTime(this.seconds);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.onChange();
  }

  step(now) {
    if (!this.playing) return;
    const passed = this.last === null ? 0 : Math.min(LONGEST_STEP_S, (now - this.last) / 1000);
    this.last = now;
    this.seek(this.seconds + passed * this.speed);
    if (this.seconds >= this.durationS) this.pause();
    else requestAnimationFrame((next) => this.step(next));
  }
}
