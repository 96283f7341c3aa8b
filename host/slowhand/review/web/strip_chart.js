// Pace and force over the session, drawn once for each width; it is also the slider of the time.
import { CONTACT, FORCE_AT_LEAST, GAP, LOCATED, PACE_FLAGS, PACE_LEVELS } from "./track.js";
import { clockText } from "./words.js";

const LANE = 17; // px, of the strokes
const AXIS = 19; // px, of the times
const ROW_GAP = 7;
const NEAR_S = 60; // what the near window shows
const WORDS_PX = 64; // a narrower stretch of time is drawn without words

/** Largest force and pace of the session, and what stands for the limits, as the top of each row. */
function ceilings(track) {
  let [pace, force] = [0, 0];
  for (let i = 0; i < track.count; i++) {
    pace = Math.max(pace, track.pace(i) ?? 0);
    force = Math.max(force, track.force(i) ?? 0);
  }
  const alarm = Math.max(...track.data.bands.too_fast.map(([, , , each]) => each));
  return { pace: Math.max(alarm * 1.2, pace * 1.08), force: Math.max(24, force * 1.15) };
}

/** Round steps of time that leave at least `px` between two. */
function timeStep(seconds, width, px = 62) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  return steps.find((step) => (step / seconds) * width >= px) ?? 14400;
}

export class StripChart {
  constructor(canvas, track) {
    Object.assign(this, { canvas, track, tops: ceilings(track), near: false, drawn: "" });
    this.window = [0, Math.max(track.durationS, 1)];
  }

  /** The stretch of time that is shown: the session, or a minute that the time moves through. */
  aim(seconds) {
    const end = Math.max(this.track.durationS, 1);
    const begin = Math.min(Math.max(0, seconds - NEAR_S / 2), Math.max(0, end - NEAR_S));
    this.window = this.near ? [begin, Math.min(end, begin + NEAR_S)] : [0, end];
  }

  /** Share of the width at which a time lies; beyond 0..1 when it is not shown. */
  share(seconds) {
    return (seconds - this.window[0]) / (this.window[1] - this.window[0]);
  }

  secondsAt(share) {
    const [from, to] = this.window;
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  }

  /** Draw, unless it stands there already. */
  draw(force = false) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const asText = [width, height, ...this.window].join();
    if (width === 0 || (!force && asText === this.drawn)) return;
    this.drawn = asText;
    const dots = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(width * dots);
    this.canvas.height = Math.round(height * dots);
    const pen = this.canvas.getContext("2d");
    pen.scale(dots, dots);
    this.pen = pen;
    this.ink = inkOf(this.canvas);
    const room = height - LANE - AXIS - 2 * ROW_GAP;
    const pace = { top: 0, bottom: room * 0.5, full: this.tops.pace };
    const load = { top: pace.bottom + ROW_GAP, bottom: room + ROW_GAP, full: this.tops.force };
    this.drawTimes(width, height, load.bottom);
    this.drawColumns(width, dots, pace, load);
    this.drawLimits(width, pace, load);
    this.drawFlags(width, pace, load);
    this.drawStrokes(width, load.bottom + ROW_GAP);
  }

  drawTimes(width, height, bottom) {
    const { pen, ink } = this;
    const [from, to] = this.window;
    const step = timeStep(to - from, width);
    pen.font = `12px ${ink.font}`;
    pen.textBaseline = "alphabetic";
    for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
      const x = this.share(t) * width;
      pen.fillStyle = ink.line;
      pen.fillRect(Math.round(x), 0, 1, bottom);
      pen.fillStyle = ink.faint;
      pen.textAlign = x < 16 ? "left" : x > width - 16 ? "right" : "center";
      pen.fillText(clockText(t), x, height - 4);
    }
  }

  /** One column for each dot of the screen: what was known, hatching where it was not. */
  drawColumns(width, dots, pace, load) {
    const count = Math.round(width * dots);
    const sums = this.sums(count);
    if (!this.track.data.strip) this.hatch(0, width, pace.top, pace.bottom, false);
    for (const [from, to] of runs(sums, "unplaced")) this.hatch(from / dots, (to - from) / dots, pace.top, load.bottom, false);
    for (const [from, to] of runs(sums, "absent")) this.hatch(from / dots, (to - from) / dots, pace.top, load.bottom, true);
    sums.forEach((sum, c) => this.drawColumn(c / dots, 1 / dots, sum, sums[c - 1], pace, load));
  }

  sums(count) {
    const sums = [];
    let at = this.track.firstFrom(this.secondsAt(0));
    for (let c = 0; c < count; c++) {
      const end = this.track.firstFrom(this.secondsAt((c + 1) / count));
      sums.push(this.sum(at, end, this.secondsAt((c + 0.5) / count)));
      at = end;
    }
    return sums;
  }

  /** Looks `from` to before `to` as one: peaks, and whether the place was unknown while the hand touched. */
  sum(from, to, middle) {
    const { track } = this;
    let [first, last] = [from, to];
    if (from >= to) { // closer than the looks lie: the one that holds here
      first = track.lookAt(middle);
      if (first < 0) return { absent: true, unplaced: false, pace: null, level: 0, force: null, spine: null, bound: false };
      last = first + 1;
    }
    const sum = { absent: false, unplaced: false, pace: null, level: 0, force: null, spine: null, bound: false };
    const most = (name, value) => { if (value !== null && value > (sum[name] ?? -1)) sum[name] = value; };
    let away = 0;
    for (let i = first; i < last; i++) {
      const unplaced = !track.has(i, LOCATED);
      away += unplaced ? 1 : 0;
      if (unplaced && track.has(i, CONTACT)) sum.unplaced = true;
      if (track.has(i, FORCE_AT_LEAST)) sum.bound = true;
      if (track.has(i, GAP)) sum.absent = true; // rows are missing, if only a few
      most("pace", track.pace(i));
      if (track.pace(i) !== null) sum.level = Math.max(sum.level, track.levels[i]);
      most("force", track.force(i));
      most("spine", track.value("spineTenthN", i, 0.1));
    }
    sum.unplaced = track.data.strip && (sum.unplaced || 2 * away > last - first);
    return sum;
  }

  drawColumn(x, wide, sum, before, pace, load) {
    const { pen, ink } = this;
    const height = (row, value) => row.bottom - (Math.min(value, row.full) / row.full) * (row.bottom - row.top);
    const area = (row, value, colour) => {
      pen.fillStyle = colour;
      pen.fillRect(x, height(row, value), wide, row.bottom - height(row, value));
    };
    const line = (row, value, last, colour) => { // joined to the column before
      const [y, from] = [height(row, value), height(row, last ?? value)];
      pen.fillStyle = colour;
      pen.fillRect(x, Math.min(y, from) - 0.75, wide, Math.abs(y - from) + 1.5);
    };
    if (sum.pace !== null) {
      // beside an unknown place nothing is called good
      const level = PACE_LEVELS[sum.level];
      const shown = level === "ok" && sum.unplaced ? "unknown" : level;
      area(pace, sum.pace, ink[`${shown}Fill`]);
      line(pace, sum.pace, before?.pace, ink[shown]);
    }
    if (sum.force === null) return;
    area(load, sum.force, ink.forceFill);
    if (sum.spine !== null && sum.spine > 0.3) area(load, sum.spine, ink.spineFill);
    line(load, sum.force, before?.force, ink.force);
    if (sum.bound) pen.fillRect(x, height(load, sum.force) - 5, wide, 2.5); // a second line above: at least
  }

  hatch(x, wide, top, bottom, crossed) {
    const { pen, ink } = this;
    pen.save();
    pen.beginPath();
    pen.rect(x, top, wide, bottom - top);
    pen.clip();
    pen.fillStyle = ink.unknownFill;
    pen.fillRect(x, top, wide, bottom - top);
    pen.strokeStyle = ink.unknown;
    pen.lineWidth = 1;
    pen.beginPath();
    const high = bottom - top;
    for (let at = Math.floor((x - high) / 7) * 7; at < x + wide + high; at += 7) {
      pen.moveTo(at, bottom);
      pen.lineTo(at + high, top);
      if (crossed) {
        pen.moveTo(at, top);
        pen.lineTo(at + high, bottom);
      }
    }
    pen.stroke();
    pen.restore();
  }

  drawLimits(width, pace, load) {
    const { bands, strip } = this.track.data;
    this.words(6, pace.top + 13, strip ? "pace, cm/s" : "pace unknown: no strip", "left", this.ink.soft);
    this.words(6, load.top + 13, "force, N", "left", this.ink.soft);
    this.drawTechniques(width, pace, load);
    for (const [row, kind, word] of [[pace, "too_fast", ""], [load, "spine_pressure", "spine "], [load, "too_hard", ""]]) {
      for (const band of bands[kind]) this.pair(width, row, band, word);
    }
  }

  /** What the giver worked with, from when it was told. */
  drawTechniques(width, pace, load) {
    const { techniques } = this.track.data;
    if (techniques.every(([, , technique]) => technique === null)) return;
    for (const [from, to, technique, felt] of techniques) {
      const [x, end] = this.ends(width, from, to);
      if (end - x <= 0) continue;
      if (x > 0) {
        this.pen.fillStyle = this.ink.soft;
        this.pen.fillRect(Math.round(x), pace.top, 1, load.bottom - pace.top);
      }
      if (end - x < WORDS_PX) continue;
      this.words(x + 6, pace.top + 28, technique ?? "nothing told", "left", this.ink.soft);
      if (!felt) this.words(x + 6, load.top + 28, "force not felt", "left", this.ink.soft);
    }
  }

  /** Where a stretch of time begins and ends in what is shown, px. */
  ends(width, from, to) {
    return [from, to].map((seconds) => Math.min(1, Math.max(0, this.share(seconds))) * width);
  }

  /** A quantity's two limits while they held; the words of the lower one go below it where the two lie close. */
  pair(width, row, [from, to, warn, alarm], word) {
    const close = ((alarm - warn) / row.full) * (row.bottom - row.top) < 15;
    const [x, end] = this.ends(width, from, to);
    if (to > from && end <= x) return;
    this.limit(x, to > from ? end : width, row, warn, "warn", word, close ? 12 : -4);
    this.limit(x, to > from ? end : width, row, alarm, "alarm", word, -4);
  }

  limit(x, end, row, value, level, word, below) {
    if (value > row.full * 0.97) return;
    const { pen, ink } = this;
    const y = row.bottom - (value / row.full) * (row.bottom - row.top);
    pen.strokeStyle = ink[level];
    pen.lineWidth = 1;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(end, y);
    pen.stroke();
    pen.setLineDash([]);
    if (end - x < WORDS_PX) return;
    this.words(end - 4, Math.min(row.bottom - 2, Math.max(row.top + 11, y + below)), `${word}${+value.toFixed(1)}`, "right", ink[`${level}Words`]);
  }

  /** Words that can be read over whatever lies under them. */
  words(x, y, text, align, colour) {
    const { pen, ink } = this;
    pen.font = `500 12px ${ink.font}`;
    pen.textAlign = align;
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = ink.ground;
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  /** A bar along the foot of the row for as long as a limit was broken. */
  drawFlags(width, pace, load) {
    for (const { kind, severity, from, to } of this.track.data.flags) {
      const [x, end] = [this.share(from) * width, this.share(to ?? this.track.durationS) * width];
      if (end < 0 || x > width) continue;
      this.pen.fillStyle = this.ink[severity];
      this.pen.fillRect(x, (PACE_FLAGS.includes(kind) ? pace : load).bottom - 4, Math.max(1.5, end - x), 5);
    }
  }

  drawStrokes(width, top) {
    const { pen, ink } = this;
    pen.font = `12px ${ink.font}`;
    pen.textAlign = "left";
    for (const { kind, from, to } of this.track.data.strokes) {
      const [x, end] = [this.share(from) * width, this.share(to) * width];
      if (end < 0 || x > width) continue;
      const wide = Math.max(1.5, end - x - 1);
      pen.fillStyle = ink[kind] ?? ink.unknown;
      pen.beginPath();
      pen.rect(x, top, wide, LANE);
      pen.fill();
      if (pen.measureText(kind).width + 8 > wide) continue;
      pen.fillStyle = ink.onStroke;
      pen.fillText(kind, Math.max(x, 0) + 4, top + 13);
    }
  }
}

/** Begin and end of each run of columns for which `name` holds. */
function runs(sums, name) {
  const found = [];
  sums.forEach((sum, c) => {
    if (!sum[name]) return;
    const last = found[found.length - 1];
    if (last && last[1] === c) last[1] = c + 1;
    else found.push([c, c + 1]);
  });
  return found;
}

/** The colours of the style sheet, which knows whether it is dark. */
function inkOf(element) {
  const style = getComputedStyle(element);
  const names = ["line", "faint", "soft", "ground", "ok", "warn", "alarm", "unknown", "force", "ok-fill", "warn-fill",
    "alarm-fill", "unknown-fill", "force-fill", "spine-fill", "warn-words", "alarm-words", "on-stroke", "glide", "knead",
    "press", "friction", "tap"];
  const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries([
    ["font", style.fontFamily], ...names.map((name) => [camel(name), style.getPropertyValue(`--${name}`).trim()]),
  ]);
}
