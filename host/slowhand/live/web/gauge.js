// One gauge: an arc with its limits, the number, and the state in words. To assistive technology it is a meter.
import { ICONS, setIcon, setText } from "./icons.js";
import { numberText } from "./words.js";

const CENTRE = { x: 120, y: 116 };
const RADIUS = 92;
const LIMIT_RADIUS = 109;
const START_DEG = 150;
const SWEEP_DEG = 240;

export function gaugeMarkup(name) {
  const id = name.toLowerCase();
  const arc = arcPath(RADIUS, 0, 1);
  return `
  <article class="gauge" data-gauge="${id}" data-level="unknown">
    <h2>${name}</h2>
    <div class="meter" role="meter" aria-label="${name}" aria-valuemin="0" aria-valuemax="1"
         aria-valuetext="unknown" data-level="unknown" data-t-us="0">
      <svg viewBox="-24 -10 288 188" aria-hidden="true">
        <defs><pattern id="hatch-${id}" width="7" height="7" patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"><path d="M0 0v7" class="hatch-line"/></pattern></defs>
        <path class="track" d="${arc}"/>
        <path class="track-hatch" d="${arc}" stroke="url(#hatch-${id})"/>
        <path class="limit limit-warn"/><path class="limit limit-alarm"/>
        <g class="ticks"></g>
        <path class="value" d="${arc}" pathLength="1" stroke-dasharray="0 2"/>
        <circle class="tip" r="12"/>
        <text class="number" x="${CENTRE.x}" y="126">–</text>
        <text class="unit" x="${CENTRE.x}" y="153"></text>
      </svg>
      <div class="state"><span class="icon">${ICONS.unknown}</span><span class="words">unknown</span></div>
    </div>
  </article>`;
}

export class Gauge {
  constructor(article) {
    this.article = article;
    this.name = article.dataset.gauge;
    const find = (selector) => article.querySelector(selector);
    this.meter = find(".meter");
    this.parts = {
      value: find(".value"), tip: find(".tip"), number: find(".number"), unit: find(".unit"),
      icon: find(".icon"), words: find(".words"), ticks: find(".ticks"),
      warn: find(".limit-warn"), alarm: find(".limit-alarm"),
    };
    this.scale = { words: "unknown", warn: null, alarm: null, full: 1, unit: "" };
    this.reading = [null, false, "unknown", 0];
    this.drawn = {};
  }

  /** New limits, unit or words. */
  setScale(scale) {
    const old = this.scale;
    this.scale = { ...scale, full: scale.full > 0 ? scale.full : 1 };
    if (old.warn === scale.warn && old.alarm === scale.alarm && old.full === scale.full && old.unit === scale.unit)
      return;
    const { warn, alarm, full } = this.scale;
    this.parts.warn.setAttribute("d", warn < alarm ? arcPath(LIMIT_RADIUS, warn / full, alarm / full) : "");
    this.parts.alarm.setAttribute("d", alarm < full ? arcPath(LIMIT_RADIUS, alarm / full, 1) : "");
    this.parts.ticks.innerHTML = tickMarkup(warn / full, warn) + tickMarkup(alarm / full, alarm);
    this.meter.setAttribute("aria-valuemax", String(full));
    setText(this.parts.unit, this.scale.unit);
  }

  /** A new reading: [value or null, at least, level, device time in us]. */
  show(reading) {
    this.reading = reading;
    const [value, atLeast, level, timeUs] = reading;
    this.draw(value, atLeast, level, this.scale.words);
    this.meter.dataset.tUs = String(timeUs);
  }

  /** The page hears nothing any more: what it last showed is no longer so. */
  disconnect(words) {
    this.draw(null, false, "stale", words);
  }

  draw(value, atLeast, level, words) {
    const stale = level === "stale" || level === "unknown";
    const known = value !== null && !stale;
    const text = known ? numberText(value, atLeast) : "–";
    this.drawArc(known ? Math.min(1, Math.max(0, value / this.scale.full)) : 0);
    setText(this.parts.number, text);
    this.parts.number.classList.toggle("long", text.length > 3);
    const drawn = this.drawn;
    if (drawn.level !== level) {
      drawn.level = this.article.dataset.level = this.meter.dataset.level = level;
      setIcon(this.parts.icon, level);
    }
    setText(this.parts.words, words);
    this.tellMeter(known ? value : null, atLeast, words);
  }

  drawArc(part) {
    const rounded = Math.round(part * 1000) / 1000;
    if (this.drawn.part === rounded) return;
    this.drawn.part = rounded;
    this.parts.value.setAttribute("stroke-dasharray", `${rounded} 2`);
    const tip = pointAt(RADIUS, rounded);
    this.parts.tip.setAttribute("cx", tip.x.toFixed(1));
    this.parts.tip.setAttribute("cy", tip.y.toFixed(1));
    this.article.classList.toggle("empty", rounded === 0);
  }

  tellMeter(value, atLeast, words) {
    let spoken = words.startsWith("unknown") ? words : `unknown, ${words}`;
    if (value === null) {
      this.meter.removeAttribute("aria-valuenow");
    } else {
      this.meter.setAttribute("aria-valuenow", String(Math.min(this.scale.full, Math.max(0, value))));
      spoken = `${atLeast ? "at least " : ""}${Math.round(value)} ${this.scale.unit}, ${words}`;
    }
    if (this.drawn.spoken === spoken) return;
    this.drawn.spoken = spoken;
    this.meter.setAttribute("aria-valuetext", spoken);
  }
}

function pointAt(radius, part) {
  const angle = ((START_DEG + SWEEP_DEG * part) * Math.PI) / 180;
  return { x: CENTRE.x + radius * Math.cos(angle), y: CENTRE.y + radius * Math.sin(angle) };
}

function arcPath(radius, from, to) {
  const [a, b] = [pointAt(radius, from), pointAt(radius, Math.min(1, to))];
  const large = (Math.min(1, to) - from) * SWEEP_DEG > 180 ? 1 : 0;
  const at = (p) => `${p.x.toFixed(2)} ${p.y.toFixed(2)}`;
  return `M${at(a)}A${radius} ${radius} 0 ${large} 1 ${at(b)}`;
}

function tickMarkup(part, value) {
  if (!(part > 0 && part < 1)) return "";
  const [inner, outer, label] = [RADIUS + 12, LIMIT_RADIUS + 4, LIMIT_RADIUS + 9].map((r) => pointAt(r, part));
  const at = (n) => n.toFixed(1);
  const lean = (label.x - CENTRE.x) / LIMIT_RADIUS; // labels grow away from the arc
  const anchor = lean > 0.35 ? "start" : lean < -0.35 ? "end" : "middle";
  const baseline = label.y + (anchor === "middle" ? 0 : 5);
  return (
    `<path class="tick" d="M${at(inner.x)} ${at(inner.y)}L${at(outer.x)} ${at(outer.y)}"/>` +
    `<text class="tick-label" text-anchor="${anchor}" x="${at(label.x)}" y="${at(baseline)}">${value}</text>`
  );
}
