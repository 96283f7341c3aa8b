// What the session says about any instant. Nothing is guessed: what was not known then is null here.

export const CONTACT = 1;
export const LOCATED = 2;
const RUNNING = 4;
export const GAP = 8;
const BUZZ = 16;
export const FORCE_AT_LEAST = 32;
const PACE_AT_LEAST = 64;

// The worse the later: of several the worst is shown.
export const PACE_LEVELS = ["ok", "unknown", "warn", "alarm"];
// Flags of pace; all others are of force.
export const PACE_FLAGS = ["too_fast", "too_fast_knead"];

const STRIP_MODE = 0;
const CUE_STAYS_S = 2.5; // long enough to be read

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

const NOT_OF_TWO_BYTES = { look: Int32Array, state: Uint8Array, mode: Uint8Array, bounds: Uint8Array };

const lerp = (a, b, share) => a + (b - a) * share;

/** In words for a pace; "unknown" is never "ok". */
export function paceLevel(pace, [warn, alarm]) {
  if (pace === null) return "unknown";
  return pace > alarm ? "alarm" : pace > warn ? "warn" : "ok";
}

/** Of rows that begin with a time, in its order: the one that holds then. */
function heldAt(rows, seconds) {
  return rows.findLast(([from]) => from <= seconds) ?? rows[0];
}

/** From one angle to another by the shorter way round, rad. */
function lerpAngle(a, b, share) {
  return a + Math.atan2(Math.sin(b - a), Math.cos(b - a)) * share;
}

export class Track {
  constructor(data) {
    const { columns, lookS, unknown, count } = data;
    Object.assign(this, { data, lookS, count, unknown, durationS: data.durationS });
    this.columns = {};
    for (const [name, text] of Object.entries(columns)) {
      const Numbers = NOT_OF_TWO_BYTES[name] ?? Int16Array;
      this.columns[name] = new Numbers(bytesOf(text));
    }
    this.levels = this.judgedPaces();
  }

  /** What the pads did not feel at a time: "elbow", or null while they were what pressed. */
  unfelt(seconds) {
    const [, , technique, felt] = heldAt(this.data.techniques, seconds);
    return felt ? null : technique;
  }

  /** A look's pace by the limits of its time; where they change within it, by the stricter ones. */
  paceByLimits(i) {
    const times = [this.begins(i), this.begins(i) + this.lookS];
    const found = times.map((seconds) => {
      const [, , ...limits] = heldAt(this.data.bands.too_fast, seconds);
      const level = paceLevel(this.pace(i), limits);
      return PACE_LEVELS.indexOf(level === "ok" && this.unfelt(seconds) ? "unknown" : level);
    });
    return Math.max(...found);
  }

  /** The level of each look's pace, as a place in PACE_LEVELS: never better than a flag that was open then. */
  judgedPaces() {
    const levels = Uint8Array.from({ length: this.count }, (_, i) => this.paceByLimits(i));
    for (const { kind, severity, from, to } of this.data.flags) {
      if (!PACE_FLAGS.includes(kind)) continue;
      const [end, level] = [to ?? this.durationS, PACE_LEVELS.indexOf(severity)];
      for (let i = this.firstFrom(from - this.lookS + 1e-4); i < this.count && this.begins(i) <= end; i++) {
        levels[i] = Math.max(levels[i], level);
      }
    }
    return levels;
  }

  /** A column's value in its own unit (of element k of a vector), or null where it was not known. */
  value(name, i, scale = 1, k = 0, width = 1) {
    const raw = this.columns[name][i * width + k];
    return raw === this.unknown ? null : raw * scale;
  }

  has(i, bit) {
    return (this.columns.state[i] & bit) !== 0;
  }

  /** The first look that begins at or after `seconds`. */
  firstFrom(seconds) {
    const number = seconds / this.lookS - 1e-6;
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.columns.look[middle] < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  begins(i) {
    return this.columns.look[i] * this.lookS;
  }

  /** The look that holds at `seconds`, or -1 where no data came in. */
  lookAt(seconds) {
    const next = this.firstFrom(seconds + 1e-6);
    const i = next < this.count && this.begins(next) <= seconds + 1e-6 ? next : next - 1;
    // one look may be missing through rounding alone; more is a hole in the recording
    return i >= 0 && seconds - this.begins(i) < 2 * this.lookS ? i : -1;
  }

  pace(i) {
    return this.value("paceMmS", i, 0.1);
  }

  force(i) {
    return this.value("forceTenthN", i, 0.1);
  }

  /** Everything about the instant, for the figures and the picture. */
  at(seconds) {
    const i = this.lookAt(seconds);
    const open = (spans) => spans.filter(({ from, to }) => from <= seconds && seconds <= (to ?? this.durationS));
    const also = { seconds, flags: open(this.data.flags), stroke: open(this.data.strokes)[0] ?? null, cue: this.cueAt(seconds), unfelt: this.unfelt(seconds) };
    if (i < 0) return { ...also, data: false, strip: false, running: false, contact: false, place: null, pads: [], force: null, pace: null };
    const place = this.placeAt(i, seconds);
    return {
      ...also, place, data: true,
      strip: this.columns.mode[i] === STRIP_MODE, running: this.has(i, RUNNING),
      contact: this.has(i, CONTACT), buzz: this.has(i, BUZZ),
      pads: this.padsAt(i, seconds, place !== null),
      force: this.force(i), forceAtLeast: this.has(i, FORCE_AT_LEAST),
      pace: this.pace(i), paceLevel: PACE_LEVELS[this.levels[i]], paceByLimits: PACE_LEVELS[this.paceByLimits(i)], paceAtLeast: this.has(i, PACE_AT_LEAST),
      nearest: this.value("nearestMm", i),
    };
  }

  cueAt(seconds) {
    const said = this.data.cues.filter(({ at }) => at <= seconds && seconds < at + CUE_STAYS_S);
    return said.length ? said[said.length - 1] : null;
  }

  /** The next look and how far on the way to it, when places may be joined; else the look itself. */
  neighbour(i, seconds) {
    const { look } = this.columns;
    const joined = i + 1 < this.count && look[i + 1] === look[i] + 1 && this.has(i + 1, LOCATED);
    return joined ? [i + 1, Math.min(1, Math.max(0, seconds / this.lookS - look[i]))] : [i, 0];
  }

  /** Place {x, y, heading, sigmaX, sigmaY, cop} in mm and rad, back frame; null when it was not known. */
  placeAt(i, seconds) {
    if (!this.has(i, LOCATED)) return null;
    const [next, share] = this.neighbour(i, seconds);
    const between = (name, k, scale = 1) => {
      const [a, b] = [this.value(name, i, scale, k, 2), this.value(name, next, scale, k, 2)];
      return a === null || b === null ? a : lerp(a, b, share);
    };
    const turn = (k) => this.value("headingMrad", k, 0.001);
    const [x, y, heading] = [between("placeMm", 0), between("placeMm", 1), turn(i)];
    if (x === null || y === null || heading === null) return null;
    const [copX, copY] = [between("copMm", 0), between("copMm", 1)];
    return {
      x, y, heading: lerpAngle(heading, turn(next) ?? heading, share),
      sigmaX: between("sigmaTenthMm", 0, 0.1), sigmaY: between("sigmaTenthMm", 1, 0.1),
      cop: copX === null || copY === null ? null : [copX, copY],
    };
  }

  /** The six pads: place (mm, null without one), force (N, null: not usable) and whether that is a lower bound. */
  padsAt(i, seconds, placed) {
    const [next, share] = this.neighbour(i, seconds);
    return this.data.glove.pads.map(([name], k) => {
      const along = (axis) => {
        const [a, b] = [i, next].map((look) => this.value("padMm", look, 1, 2 * k + axis, 12));
        return !placed || a === null ? null : lerp(a, b ?? a, share);
      };
      return {
        name, x: along(0), y: along(1), force: this.value("padTenthN", i, 0.1, k, 6),
        atLeast: (this.columns.bounds[i] >> k) & 1,
      };
    });
  }
}
