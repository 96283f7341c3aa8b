// Where the centre of pressure has been in the last seconds, coloured by pace: green only within the limits of the time, with no flag open.
import { CONTACT, PACE_LEVELS } from "./track.js";

const TRAIL_S = 5;
const TRAIL_AGES = 8;

export function trailMarkup() {
  const one = (level, age) => `<path class="trail" data-level="${level}" opacity="${(1 - age / TRAIL_AGES) ** 1.4}"/>`;
  const ages = [...Array(TRAIL_AGES).keys()].reverse(); // the newest are drawn last, on top
  return ages.map((age) => PACE_LEVELS.map((level) => one(level, age)).join("")).join("");
}

export class Trail {
  constructor(host, track) {
    this.track = track;
    this.paths = [...host.querySelectorAll(".trail")];
  }

  draw(seconds) {
    const lines = this.paths.map(() => "");
    const first = Math.max(1, this.track.firstFrom(seconds - TRAIL_S));
    const end = Math.min(this.track.count, this.track.firstFrom(seconds));
    for (let i = first; i < end; i++) {
      const piece = this.piece(i);
      if (piece === null) continue;
      const age = Math.min(TRAIL_AGES - 1, Math.floor(((seconds - this.track.begins(i)) / TRAIL_S) * TRAIL_AGES));
      const level = this.track.levels[i];
      lines[(TRAIL_AGES - 1 - age) * PACE_LEVELS.length + level] += piece;
    }
    this.paths.forEach((path, k) => path.setAttribute("d", lines[k]));
  }

  /** The line from the look before to this one; null where a place is missing between them or nothing is pressed. */
  piece(i) {
    const { track } = this;
    if (track.columns.look[i] !== track.columns.look[i - 1] + 1) return null;
    const point = (look) => [track.value("copMm", look, 1, 0, 2), track.value("copMm", look, 1, 1, 2)];
    const [[x0, y0], [x1, y1]] = [point(i - 1), point(i)];
    if (x0 === null || x1 === null || !track.has(i, CONTACT) || !track.has(i - 1, CONTACT)) return null;
    return `M${-x0} ${y0}L${-x1} ${y1}`;
  }
}
