// The back seen from above with the hand on it; or the hand alone, where no place is known.
import {
  NECK_HALF_WIDTH_MM, NOMINAL_PADS, SPINE_HALF_WIDTH_MM,
  armPath, handMarkup, headPath, kidneyPath, shadowPaths, trunkPath,
} from "./body_shape.js";
import { Trail, trailMarkup } from "./trail.js";

// Newtons from which a pad is drawn in the next darker colour; the legend says the same.
export const FORCE_STEPS = [0.5, 2, 5, 10, 20];
const ZONES_OF_FLAGS = { spine_pressure: "spine", kidney_pressure: "kidney", neck_pressure: "neck" };

/** Which of the six colours a force has: 0 is no press. */
export function forceStep(force) {
  return FORCE_STEPS.filter((step) => force >= step).length;
}

const outOf = (markup, into) => { into.innerHTML = markup; };

export class Picture {
  /** Draws into `host`, once; `show` then moves what moves. */
  constructor(host, track) {
    const { data } = track;
    this.mirror = data.glove.hand === "left" ? -1 : 1;
    // the outline is that of a nominal hand: larger or smaller by where this glove's middle finger ends
    this.size = Math.min(1.5, Math.max(0.6, data.glove.pads[2][1] / NOMINAL_PADS[2][1]));
    outOf(data.strip ? backMarkup(data) + insetMarkup(data, this) : handAloneMarkup(data, this), host);
    const all = (selector) => [...host.querySelectorAll(selector)];
    this.parts = {
      hand: all(".hand")[0], shape: all(".hand .hand-shape")[0], sigma: all(".sigma")[0], cop: all(".cop")[0],
      pads: all(".hand .pad"), apart: all(".apart .pad"), zones: all("[data-zone]"), sores: all(".sore-place"),
    };
    this.sores = data.back.sore;
    this.trail = data.strip ? new Trail(host, track) : null;
    this.host = host;
  }

  show(now) {
    this.host.dataset.place = now.place ? "known" : "unknown";
    this.host.dataset.contact = String(now.contact);
    this.host.dataset.buzz = String(Boolean(now.buzz));
    this.parts.apart.forEach((pad, k) => drawPad(pad, now.pads[k]));
    if (this.trail === null) return;
    this.trail.draw(now.seconds);
    this.showSores(now.seconds);
    this.showFlags(now.flags);
    this.parts.hand.classList.toggle("away", now.place === null);
    this.parts.cop.classList.toggle("away", !now.place?.cop);
    if (now.place) this.placeHand(now);
  }

  placeHand({ place, pads }) {
    const { x, y, heading, sigmaX, sigmaY, cop } = place;
    const degrees = (heading * 180) / Math.PI;
    // heading 0 points down the page and grows towards the receiver's left, which is the viewer's left
    const turn = `translate(${-x} ${y}) rotate(${degrees.toFixed(2)}) scale(${this.mirror * this.size} ${this.size})`;
    this.parts.shape.setAttribute("transform", turn);
    this.parts.sigma.setAttribute("transform", `translate(${-x} ${y})`);
    this.parts.sigma.classList.toggle("away", sigmaX === null || sigmaY === null);
    this.parts.sigma.setAttribute("rx", String(2 * (sigmaX ?? 0)));
    this.parts.sigma.setAttribute("ry", String(2 * (sigmaY ?? 0)));
    if (cop) this.parts.cop.setAttribute("transform", `translate(${-cop[0]} ${cop[1]})`);
    this.parts.pads.forEach((pad, k) => {
      const known = pads[k].x !== null && pads[k].y !== null;
      pad.classList.toggle("away", !known);
      if (known) pad.setAttribute("transform", `translate(${-pads[k].x} ${pads[k].y})`);
      drawPad(pad, pads[k]);
    });
  }

  /** Only what had been told by then, and not yet taken back. */
  showSores(seconds) {
    this.parts.sores.forEach((place, k) => {
      const [, , , , , from, to] = this.sores[k];
      place.classList.toggle("away", seconds < from || (to !== null && seconds >= to));
    });
  }

  showFlags(flags) {
    const broken = new Map();
    for (const { kind, severity, sore } of flags) {
      const zones = sore ? sore.map((k) => `sore ${k}`) : [ZONES_OF_FLAGS[kind]];
      for (const zone of zones) if (zone && broken.get(zone) !== "alarm") broken.set(zone, severity);
    }
    for (const zone of this.parts.zones) zone.dataset.severity = broken.get(zone.dataset.zone) ?? "none";
  }
}

/** One pad: larger and stronger in colour for more force; a ring for "at least", a cross for one that cannot be used. */
function drawPad(group, pad) {
  const force = pad?.force ?? null;
  const [disc, ring] = group.children;
  group.dataset.step = force === null ? "none" : String(forceStep(force));
  group.classList.toggle("at-least", Boolean(pad?.atLeast));
  const radius = 6.5 + 11 * Math.min(1, Math.sqrt(Math.max(0, force ?? 0) / 25));
  disc.setAttribute("r", radius.toFixed(1));
  ring.setAttribute("r", (radius + 4).toFixed(1));
  const words = group.querySelector("text");
  if (!words) return;
  words.textContent = force === null ? "?" : `${pad.atLeast ? "≥" : ""}${force < 0.05 ? "0" : force.toFixed(1)}`;
  words.setAttribute("y", words.dataset.side === "1" ? (radius + 14).toFixed(1) : (-radius - 5).toFixed(1)); // off the palm
}

function padMarkup(inside = "") {
  return (
    '<circle class="pad-disc" r="6"/><circle class="pad-ring" r="10"/>' +
    `<path class="pad-cross" d="M-6-6 6 6M6-6-6 6"/>${inside}`
  );
}

/** The hand at the middle of its own drawing, with its pads where the glove has them. */
function apartMarkup(data, { mirror, size }, withNewtons) {
  const words = (x) => (withNewtons ? `<text class="newtons" data-side="${x > 0 ? 1 : -1}"></text>` : "");
  const pads = data.glove.pads.map(
    ([, x, y]) => `<g transform="translate(${y} ${x})"><g class="pad">${padMarkup(words(x))}</g></g>`,
  );
  return `<g class="hand-shape" transform="scale(${mirror * size} ${size})">${handMarkup()}</g>${pads.join("")}`;
}

function insetMarkup(data, hand) {
  return `<figure class="apart inset"><svg viewBox="-80 -92 160 226" aria-hidden="true">
    ${apartMarkup(data, hand, false)}</svg><figcaption>pads</figcaption></figure>`;
}

function handAloneMarkup(data, hand) {
  return `<svg class="apart alone" viewBox="-105 -165 210 320" role="img"
    aria-label="A hand with its six pads, each with its force; its place on the back is not known">
    ${gradientsMarkup()}${apartMarkup(data, hand, true)}</svg>`;
}

function gradientsMarkup() {
  return `<defs><linearGradient id="forearm" gradientUnits="userSpaceOnUse" x1="0" y1="-70" x2="0" y2="-158">
    <stop offset="0" class="arm-near"/><stop offset="1" class="arm-far"/></linearGradient></defs>`;
}

function magnetMarkup(magnets) {
  if (magnets.length === 0) return "";
  const discs = magnets.map((y) => `<circle r="4.5" cy="${y}"/>`).join("");
  return `<g class="strip"><path class="ribbon" d="M0 ${magnets[0] - 12}V${magnets.at(-1) + 12}"/>${discs}</g>`;
}

/** A sore place, and what was said there; nothing may be pressed where it was "stop". */
function soreMarkup([x, y, radius, most, words], k) {
  const bears = words.startsWith("stop") ? "" : `<text class="small" x="${-x}" y="${y + 24}">to ${+most.toFixed(1)} N</text>`;
  return `<g class="sore-place"><circle class="zone sore" data-zone="sore ${k}" cx="${-x}" cy="${y}" r="${radius}"/>
    <text class="small" x="${-x}" y="${y + 6}">${words}</text>${bears}</g>`;
}

function backMarkup(data) {
  const { length, shoulders, sore } = data.back;
  const half = shoulders / 2;
  const [width, top, bottom] = [half * 1.36, -190, length * 1.2];
  const view = `${-width} ${top} ${2 * width} ${bottom - top}`;
  return `<svg class="back" viewBox="${view}" role="img"
    aria-label="A back seen from above, head at the top; the receiver's left is on the left">
    ${bodyMarkup(length, shoulders, top, bottom)}
    <g class="zones">${zonesMarkup(length)}${sore.map(soreMarkup).join("")}${magnetMarkup(data.magnets)}</g>
    <g class="labels">
      <text x="${-half * 0.86}" y="-62">receiver's</text><text x="${-half * 0.86}" y="-40">left</text>
      <text x="${half * 0.86}" y="-40">right</text>
      <text class="small" x="${-half * 0.4}" y="${length * 0.87 + 14}">kidney</text>
      <text class="small" x="${half * 0.4}" y="${length * 0.87 + 14}">kidney</text>
      <text class="small" x="0" y="${length + 28}">spine</text><text class="small" x="0" y="-34">neck</text>
    </g>
    <g class="moving">${trailMarkup()}
      <g class="hand away"><g class="hand-shape">${handMarkup()}</g>
        ${data.glove.pads.map(() => `<g class="pad">${padMarkup()}</g>`).join("")}
        <ellipse class="sigma" rx="10" ry="10"/></g>
      <g class="cop away"><circle r="8"/><circle class="cop-core" r="2.6"/></g>
    </g></svg>`;
}

function zonesMarkup(length) {
  const [spine, neck] = [SPINE_HALF_WIDTH_MM, NECK_HALF_WIDTH_MM];
  return `
    <path class="zone" data-zone="neck" d="M${-neck} -8V-60Q0 -84 ${neck} -60V-8Z"/>
    <path class="zone" data-zone="kidney" d="${kidneyPath(length, 1)}"/>
    <path class="zone" data-zone="kidney" d="${kidneyPath(length, -1)}"/>
    <rect class="zone spine" data-zone="spine" x="${-spine}" y="0" width="${2 * spine}" height="${length}" rx="${spine}"/>`;
}

function bodyMarkup(length, shoulders, top, bottom) {
  const everywhere = `x="-900" y="${top}" width="1800" height="${bottom - top}"`;
  return `<defs>
      <linearGradient id="fade" gradientUnits="userSpaceOnUse" x1="0" y1="${top}" x2="0" y2="${bottom}">
        <stop offset="0" stop-color="#fff" stop-opacity="0"/><stop offset=".18" stop-color="#fff"/>
        <stop offset=".82" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient>
      <mask id="fading" maskUnits="userSpaceOnUse" ${everywhere}><rect ${everywhere} fill="url(#fade)"/></mask>
      <radialGradient id="skin" gradientUnits="userSpaceOnUse" cx="0" cy="${length * 0.36}" r="${length * 0.8}">
        <stop offset="0" class="skin-near"/><stop offset="1" class="skin-far"/></radialGradient>
      <pattern id="zone-hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0v9" class="zone-line"/></pattern>
      <filter id="soft" x="-30%" y="-30%" width="160%" height="160%" color-interpolation-filters="sRGB">
        <feGaussianBlur stdDeviation="10"/></filter>
      <clipPath id="trunk"><path d="${trunkPath(length, shoulders)}"/></clipPath></defs>
    ${gradientsMarkup()}
    <g mask="url(#fading)" class="body">
      <path class="skin limb" d="${armPath(length, shoulders, 1)}"/>
      <path class="skin limb" d="${armPath(length, shoulders, -1)}"/>
      <path class="skin" d="${trunkPath(length, shoulders)}"/>
      <g clip-path="url(#trunk)"><g class="shadows" filter="url(#soft)">
        ${shadowPaths(length, shoulders).map((d) => `<path d="${d}"/>`).join("")}
        <ellipse cx="0" cy="-104" rx="64" ry="16"/></g></g>
      <path class="skin head" d="${headPath()}"/></g>`;
}
