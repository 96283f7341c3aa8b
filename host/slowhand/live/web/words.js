// Names that people read, for the short names that the host uses.

export const LEVELS = ["idle", "ok", "warn", "alarm", "unknown", "stale"];

const FLAG_NAMES = {
  too_fast: "Too fast",
  spine_pressure: "Too hard near the spine",
  neck_pressure: "Too hard at the neck",
  kidney_pressure: "Too hard over a kidney",
  sensitive_pressure: "Too hard at a sore place",
  too_hard: "Too hard",
  too_fast_knead: "Kneading too fast",
};

const MODES = {
  strip: { name: "Strip", says: "place and speed known" },
  motion: { name: "Motion", says: "no strip: place unknown, speed is rough" },
  force: { name: "Force only", says: "pads only: place and speed unknown" },
};

const LINKS = {
  searching: "Looking for the glove",
  connecting: "Connecting",
  streaming: "Connected",
  stale: "Glove is silent",
  lost: "Glove is lost",
  refused: "Not accepted",
};

export const PAD_NAMES = ["thumb", "index", "middle", "ring", "heel", "edge"];

export function flagName(kind) {
  return FLAG_NAMES[kind] ?? kind.replaceAll("_", " ");
}

export function modeWords(mode) {
  return MODES[mode] ?? { name: mode, says: "" };
}

export function linkName(state) {
  return LINKS[state] ?? state;
}

/** Seconds as m:ss, or h:mm:ss from the first hour on. */
export function clockText(seconds) {
  if (seconds === null) return "-:--";
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function plural(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/** A reading in whole units; nothing is gained from a digit that nobody can follow. */
export function numberText(value, atLeast) {
  return (atLeast ? "≥" : "") + String(Math.round(value));
}
