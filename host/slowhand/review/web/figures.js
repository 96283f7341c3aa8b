// The figures of the instant, in words and numbers.
import { flagWords } from "./flag_marks.js";
import { setIcon, setText } from "./icons.js";
import { PACE_FLAGS } from "./track.js";

const STROKE_NAMES = {
  glide: "glide (effleurage)", knead: "knead (petrissage)", press: "press", friction: "friction", tap: "tap (tapotement)",
  unknown: "stroke of unknown kind",
};

const worst = (flags) => (flags.some(({ severity }) => severity === "alarm") ? "alarm" : "warn");

/** Why there is no hand on the back, as [title, reason]; null when there is one. */
export function placeNote(now, data) {
  if (!now.data) return ["No data", "Nothing came from the glove here."];
  if (now.place) return null;
  if (!now.strip) return ["Place unknown", "No strip was in use."];
  if (!now.running) return ["Place unknown", "The start gestures were not done yet."];
  return ["Place unknown", now.contact ? "It pressed, but where on the back is not known." : "The hand was away."];
}

const unfeltWords = (technique) => `${technique} not felt`; // short: a phone's cards are narrow, and must not jump

/** How fast flags of pace say that it was, in words. */
function fastWords(flags) {
  return flags.length && flags.every(({ kind }) => kind === "too_fast_knead") ? "kneading too fast" : "too fast";
}

/** Pace as {text, unit, level, words}. Never "ok" where it is not known, or while a flag of pace is open. */
export function paceFigure(now) {
  if (!now.data) return { text: "–", unit: "", level: "unknown", words: "no data" };
  if (!now.contact) {
    const [level, words] = now.unfelt && now.running ? ["unknown", unfeltWords(now.unfelt)] : ["idle", "not touching"];
    return { text: "–", unit: "", level, words };
  }
  const fast = now.flags.filter(({ kind }) => PACE_FLAGS.includes(kind));
  if (now.pace === null) {
    if (fast.length) return { text: "?", unit: "", level: worst(fast), words: fastWords(fast) };
    return { text: "?", unit: "", level: "unknown", words: now.strip ? "unknown" : "unknown: no strip" };
  }
  const text = (now.paceAtLeast ? "≥" : "") + now.pace.toFixed(now.pace < 10 ? 1 : 0);
  const shown = (level, words) => ({ text, unit: "cm/s", level, words });
  const level = now.paceLevel;
  if (level === "warn" || level === "alarm") return shown(level, now.paceByLimits === level ? `above the ${level} limit` : fastWords(fast));
  if (now.unfelt) return shown("unknown", "of the hand alone");
  return now.place && !now.paceAtLeast ? shown("ok", "within the limit") : shown("unknown", now.place ? "at least" : "place unknown");
}

/** Force as the same; good only where the pads press at a known place and no limit of pressure is broken. */
export function forceFigure(now) {
  if (!now.data) return { text: "–", unit: "", level: "unknown", words: "no data" };
  if (now.force === null) return { text: "?", unit: "", level: "unknown", words: "pads not usable" };
  const text = (now.forceAtLeast ? "≥" : "") + now.force.toFixed(now.force < 10 ? 1 : 0);
  const broken = now.flags.filter(({ kind }) => !PACE_FLAGS.includes(kind));
  const shown = (level, words) => ({ text, unit: "N", level, words });
  if (broken.length) return shown(worst(broken), "too hard here");
  if (now.unfelt && now.running) return { text: "?", unit: "", level: "unknown", words: `${unfeltWords(now.unfelt)}: ask` };
  if (!now.contact) return shown("idle", "not touching");
  if (!now.place || now.forceAtLeast) return shown("unknown", now.place ? "at least" : "place unknown");
  return shown("ok", "no limit broken");
}

function nearestFigure(now) {
  if (now.place === null) return { text: "?", unit: "", level: "unknown", words: now.data ? "place unknown" : "no data" };
  if (now.nearest === null) return { text: "–", unit: "", words: "no pad loaded" };
  const pressed = now.pads.filter(({ x, force }) => x !== null && force >= 0.5);
  const side = pressed.length && pressed.every(({ x }) => x > 0) ? "on the left"
    : pressed.length && pressed.every(({ x }) => x < 0) ? "on the right" : "";
  return { text: String(now.nearest), unit: "mm", words: now.nearest <= 20 ? "in the spine's zone" : side };
}

/** Its kind, and as far as they are known the muscle and its fibres: "glide (effleurage) along erector spinae". */
export function strokeWords(stroke) {
  if (!stroke) return "none";
  const kind = STROKE_NAMES[stroke.kind] ?? stroke.kind;
  return stroke.over ? `${kind} ${stroke.over}` : kind;
}

function placeWords({ place }) {
  if (!place || place.sigmaX === null || place.sigmaY === null) return "Place unknown";
  return `Place ±${(2 * place.sigmaX).toFixed(0)} mm across, ±${(2 * place.sigmaY).toFixed(0)} along (two sigmas)`;
}

export class Figures {
  constructor(page, data) {
    this.data = data;
    this.find = (name) => page.querySelector(`[data-figure="${name}"]`);
    this.note = page.querySelector(".note");
    this.cue = page.querySelector(".cue");
    this.sigma = page.querySelector(".sigma-words");
  }

  show(now) {
    this.figure("pace", paceFigure(now));
    this.figure("force", forceFigure(now));
    this.figure("spine", nearestFigure(now));
    setText(this.find("stroke"), strokeWords(now.stroke));
    const open = now.flags.map(flagWords).join("; ");
    const flags = this.find("flags");
    setText(flags, open || "none open");
    flags.dataset.level = now.flags.length ? worst(now.flags) : "idle";
    this.showNote(placeNote(now, this.data));
    this.cue.hidden = now.cue === null;
    if (now.cue) {
      this.cue.dataset.level = now.cue.severity;
      setText(this.cue.querySelector("q"), now.cue.text);
    }
    setText(this.sigma, this.data.strip ? placeWords(now) : "");
  }

  figure(name, { text, unit, level = "idle", words }) {
    const host = this.find(name);
    host.dataset.level = level;
    setText(host.querySelector(".number"), text);
    setText(host.querySelector(".unit"), unit);
    setText(host.querySelector(".words"), words);
    const icon = host.querySelector(".icon");
    if (icon) setIcon(icon, level);
  }

  showNote(note) {
    const shown = note !== null && this.data.strip;
    this.note.hidden = !shown;
    if (!shown) return;
    setText(this.note.querySelector("strong"), note[0]);
    setText(this.note.querySelector("span"), note[1]);
  }

  /** The instant in one sentence, for who cannot see the picture. */
  spoken(now) {
    const pace = paceFigure(now);
    const force = forceFigure(now);
    const note = placeNote(now, this.data);
    const parts = [
      note ? note[0] : "", `pace ${pace.text} ${pace.unit} ${pace.words}`, `force ${force.text} ${force.unit} ${force.words}`,
      now.stroke ? strokeWords(now.stroke) : "", ...now.flags.map(flagWords),
    ];
    return parts.filter(Boolean).join(", ");
  }
}
