// An oily finger taps twice: what it pressed rests until the host has answered, and for a moment after that.

const ANSWER_WAIT_MS = 1500;   // a host that has not answered by then will not: it may be pressed again
const REST_MS = 500;           // two taps that are meant as one come less than half a second apart

export class PressGuard {
  /** `show` is told whether presses are held back, for the look of the buttons. */
  constructor(show) {
    this.show = show;
    this.busy = false;
    this.awaiting = false;   // something was pressed, and the host has neither done nor refused it
  }

  /** Something was pressed. */
  press() {
    this.hold(ANSWER_WAIT_MS);
    this.awaiting = true;
  }

  /** What can be pressed has changed, maybe under a finger: it must be away before anything can be pressed again. */
  rest(forMs = REST_MS) {
    this.awaiting = false;
    this.hold(forMs);
  }

  /** The host could not do it, and the banner says why. */
  refused() {
    if (this.awaiting) this.free();
  }

  free() {
    clearTimeout(this.timer);
    this.awaiting = this.busy = false;
    this.show(false);
  }

  hold(forMs) {
    clearTimeout(this.timer);
    this.busy = true;
    this.show(true);
    this.timer = setTimeout(() => this.free(), forMs);
  }
}
