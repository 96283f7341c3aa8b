// The back seen from above, with the hand where it is, how hard each pad presses, and where it has been.
import {
  NECK_HALF_WIDTH_MM, NOMINAL_PADS, SPINE_HALF_WIDTH_MM,
  armPath, handMarkup, headPath, kidneyPath, shadowPaths, trunkPath,
} from "./body_shape.js";
import { PAD_NAMES } from "./words.js";
import { choiceMarkup, listen } from "./zone_choice.js";

const TRAIL_MS = 7000;
const TRAIL_PARTS = 6;
const TRAIL_STEP_MM = 3;
const BAND_LEAST_MM = 12;
const LOADED_N = 0.5;
const ZONE_OF_FLAG = { spine_pressure: "spine", kidney_pressure: "kidney", neck_pressure: "neck" };

export class BackMap {
  /** `choose` is told the zone that was tapped; "unknown" for the one that is chosen already. */
  constructor(host, choose) {
    this.host = host;
    listen(host, choose);
    this.trail = [];
    this.mirror = 1;
    this.drawn = "";
    this.place = null;
  }

  /** The receiver's sizes, sore places [x, y, radius, most N] and the strip's magnets [y] in mm: draws the back anew. */
  setBody(body) {
    const asText = JSON.stringify(body);
    if (this.drawn === asText) return;
    this.drawn = asText;
    this.host.innerHTML = mapMarkup(body);
    const find = (selector) => this.host.querySelector(selector);
    this.parts = {
      hand: find(".hand"), shape: find(".hand-shape"), sigma: find(".sigma"), cop: find(".cop"),
      band: find(".band"), bandArea: find(".band rect"), bandPads: [...this.host.querySelectorAll(".band-pad")],
      pads: [...this.host.querySelectorAll(".hand .pad")], trail: [...this.host.querySelectorAll(".trail path")],
      inset: [...this.host.querySelectorAll(".inset .pad")],
      zones: [...this.host.querySelectorAll("[data-zone]")],
      taps: [...this.host.querySelectorAll("[data-tap]")],
    };
  }

  /** Whether zones can be chosen, and which one is; null for none. */
  setChoice({ choosing, zone }) {
    this.host.dataset.choosing = String(Boolean(choosing));
    for (const tap of this.parts?.taps ?? []) tap.setAttribute("aria-pressed", String(tap.dataset.tap === zone));
  }

  setStage({ mode, phase, finished, located, feedback }) {
    if (phase !== "running") this.trail = [];
    this.host.dataset.strip = String(mode === "strip");
    // in a practice without feedback nothing is said of the pads, and none of them is broken
    const apart = !located && !finished && feedback !== false && (mode !== "strip" || phase === "running");
    this.host.dataset.inset = String(apart);
    this.host.dataset.ghost = String(mode === "strip" && phase === "await_start_pose" && !finished);
  }

  /** Zones in which a limit is broken right now. */
  setFlags({ latest }) {
    if (!this.parts) return;
    const open = new Map();
    for (const [kind, severity, , , isOpen] of latest) {
      const zone = ZONE_OF_FLAG[kind];
      if (isOpen && zone && open.get(zone) !== "alarm") open.set(zone, severity);
    }
    for (const element of this.parts.zones) element.dataset.severity = open.get(element.dataset.zone) ?? "none";
  }

  /**
   * Draw the hand at [x, y, heading, sigma, cop x, cop y] (mm and rad, back frame), or none for null. Where only x is
   * known, `band` is [x, sigma]: a band from head to foot instead of the hand.
   */
  show(place, pads, nowMs, band = null) {
    if (!this.parts) return;
    this.showBand(place === null ? band : null, pads);
    this.parts.hand.classList.toggle("away", place === null);
    this.place = place;
    if (place === null) {
      // without a place the pads still tell how hard each presses: in a small picture beside the back
      this.parts.inset.forEach((pad, i) => drawPad(pad, pads[i]?.[2] ?? null, pads[i]?.[3]));
    } else {
      const [x, y, heading, sigma] = place;
      this.turnHand(x, y, heading, pads);
      this.parts.sigma.setAttribute("r", String(Math.max(4, 2 * (sigma ?? 15))));
      this.parts.sigma.setAttribute("cx", String(-x));
      this.parts.sigma.setAttribute("cy", String(y));
      this.drawPads(pads);
    }
    const [copX, copY] = place === null ? [null, null] : [place[4], place[5]];
    this.parts.cop.classList.toggle("away", copX === null);
    if (copX !== null) this.parts.cop.setAttribute("transform", `translate(${-copX} ${copY})`);
    this.drawTrail(copX === null ? null : -copX, copY, nowMs);
  }

  /** Two sigma to either side of the hand, and a line for each pad that presses. */
  showBand(band, pads) {
    this.parts.band.classList.toggle("away", band === null);
    if (band === null) return;
    const half = Math.max(BAND_LEAST_MM / 2, 2 * (band[1] ?? 15));
    this.parts.bandArea.setAttribute("x", String(-band[0] - half));
    this.parts.bandArea.setAttribute("width", String(2 * half));
    this.parts.bandPads.forEach((line, i) => {
      const [x, , force] = pads[i] ?? [null, null, null];
      line.classList.toggle("away", x === null || !(force >= LOADED_N));
      if (x !== null) line.setAttribute("transform", `translate(${-x} 0)`);
    });
  }

  turnHand(x, y, heading, pads) {
    // heading 0 points down the page, and grows towards the receiver's left, which is the viewer's left
    const degrees = (heading * 180) / Math.PI;
    const thumb = pads[0];
    if (thumb && thumb[0] !== null && thumb[1] !== null) {
      const [dx, dy] = [-thumb[0] + x, thumb[1] - y];
      const across = dx * Math.cos(heading) + dy * Math.sin(heading);
      if (Math.abs(across) > 15) this.mirror = Math.sign(across); // thumb on the other side: a left hand
    }
    const turn = `translate(${-x} ${y}) rotate(${degrees.toFixed(1)}) scale(${this.mirror} 1)`;
    this.parts.shape.setAttribute("transform", turn);
  }

  drawPads(pads) {
    this.parts.pads.forEach((circle, i) => {
      const [x, y, force, atLeast] = pads[i] ?? [null, null, null, false];
      circle.classList.toggle("away", x === null || y === null);
      if (x === null || y === null) return;
      circle.setAttribute("transform", `translate(${-x} ${y})`);
      drawPad(circle, force, atLeast);
    });
  }

  drawTrail(x, y, nowMs) {
    const last = this.trail.at(-1);
    if (x === null) {
      if (last && last.x !== null) this.trail.push({ x: null, y: null, t: nowMs });
    } else if (!last || last.x === null || Math.hypot(x - last.x, y - last.y) >= TRAIL_STEP_MM) {
      this.trail.push({ x, y, t: nowMs });
    }
    while (this.trail.length && nowMs - this.trail[0].t > TRAIL_MS) this.trail.shift();
    const paths = Array(TRAIL_PARTS).fill("");
    for (let i = 1; i < this.trail.length; i++) {
      const [a, b] = [this.trail[i - 1], this.trail[i]];
      if (a.x === null || b.x === null) continue;
      const part = Math.min(TRAIL_PARTS - 1, Math.floor(((nowMs - b.t) / TRAIL_MS) * TRAIL_PARTS));
      paths[part] += `M${a.x.toFixed(0)} ${a.y.toFixed(0)}L${b.x.toFixed(0)} ${b.y.toFixed(0)}`;
    }
    this.parts.trail.forEach((path, i) => path.setAttribute("d", paths[i]));
  }
}

/** Draw one pad's force: a larger and fuller disc for more; a ring around it for "at least"; a cross for unusable. */
function drawPad(group, force, atLeast) {
  const [disc, ring] = group.children;
  const usable = force !== null;
  group.classList.toggle("unusable", !usable);
  group.classList.toggle("at-least", Boolean(atLeast));
  const strength = usable ? Math.min(1, Math.sqrt(Math.max(0, force) / 25)) : 0;
  disc.setAttribute("r", (6 + 15 * strength).toFixed(1));
  disc.setAttribute("fill-opacity", (usable && force > 0.3 ? 0.4 + 0.6 * strength : 0).toFixed(2));
  ring.setAttribute("r", (10 + 15 * strength).toFixed(1));
}

function padMarkup(index, name = "") {
  return (
    `<g class="pad" data-${name}pad="${PAD_NAMES[index]}"><circle class="pad-disc" r="5"/>` +
    `<circle class="pad-ring" r="9"/><path class="pad-cross" d="M-6-6 6 6M6-6-6 6"/></g>`
  );
}

function magnetMarkup(strip) {
  if (strip.length === 0) return "";
  const discs = strip.map((y) => `<circle r="4.5" cy="${y}"/>`);
  return `<g class="strip"><path class="ribbon" d="M0 ${strip[0] - 12}V${strip.at(-1) + 12}"/>${discs.join("")}</g>`;
}

function soreMarkup([x, y, radius, most, words]) {
  const title = `<title>${words}: at most ${most} N</title>`;
  const sign = words.split(", ").map((part, i) => `<text class="small" x="${-x}" y="${y + 6 + 17 * i}">${part}</text>`).join("");
  return `<g class="sore" data-why="${words.split(",")[0]}">${title}<circle cx="${-x}" cy="${y}" r="${radius}"/>${sign}</g>`;
}

function mapMarkup({ length, shoulders, strip, sensitive }) {
  const half = shoulders / 2;
  const [width, top, bottom] = [half * 1.3, -196, length * 1.22];
  const view = `viewBox="${-width} ${top} ${2 * width} ${bottom - top}"`;
  const extras = sensitive.map(soreMarkup).join("") + magnetMarkup(strip);
  const taps = choiceMarkup(view, length, shoulders);
  return backMarkup(view, length, half, top, bottom, extras) + handLayerMarkup(view, top, bottom) + insetMarkup() + taps;
}

/** A small hand beside the back, for the pads alone. */
function insetMarkup() {
  const pads = NOMINAL_PADS.map(([x, y], i) => `<g transform="translate(${x} ${y})">${padMarkup(i, "inset-")}</g>`);
  return `
  <figure class="inset"><svg viewBox="-73 -92 146 226" aria-hidden="true">
    <g class="of-side"><g class="hand-shape">${handMarkup()}</g>${pads.join("")}</g></svg><figcaption>pads</figcaption></figure>`;
}

/** The layer that stands still, so that the browser need not paint it anew when the hand moves. */
function backMarkup(view, length, half, top, bottom, extras) {
  const [spine, neck] = [SPINE_HALF_WIDTH_MM, NECK_HALF_WIDTH_MM];
  const shoulders = 2 * half;
  const everywhere = `x="-900" y="${top}" width="1800" height="${bottom - top}"`;
  return `
  <svg class="still" ${view} role="img"
       aria-label="A back seen from above, head at the top; the receiver's left is on the left">
    <defs>
      <linearGradient id="fade" gradientUnits="userSpaceOnUse" x1="0" y1="${top}" x2="0" y2="${bottom}">
        <stop offset="0" stop-color="#fff" stop-opacity="0"/><stop offset=".2" stop-color="#fff"/>
        <stop offset=".8" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/>
      </linearGradient>
      <mask id="fading" maskUnits="userSpaceOnUse" ${everywhere}><rect ${everywhere} fill="url(#fade)"/></mask>
      <radialGradient id="skin" gradientUnits="userSpaceOnUse" cx="0" cy="${length * 0.36}" r="${length * 0.8}">
        <stop offset="0" class="skin-near"/><stop offset="1" class="skin-far"/></radialGradient>
      <pattern id="zone-hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0v9" class="zone-line"/></pattern>
      <filter id="soft" x="-30%" y="-30%" width="160%" height="160%" color-interpolation-filters="sRGB">
        <feGaussianBlur stdDeviation="10"/></filter>
      <clipPath id="trunk"><path d="${trunkPath(length, shoulders)}"/></clipPath>
    </defs>
    <g mask="url(#fading)">
      <path class="skin limb" d="${armPath(length, shoulders, 1)}"/>
      <path class="skin limb" d="${armPath(length, shoulders, -1)}"/>
      <path class="skin" d="${trunkPath(length, shoulders)}"/>
      <g clip-path="url(#trunk)"><g class="shadows" filter="url(#soft)">
        ${shadowPaths(length, shoulders).map((d) => `<path d="${d}"/>`).join("")}
        <ellipse cx="0" cy="-104" rx="64" ry="16"/></g></g>
      <path class="skin head" d="${headPath()}"/>
    </g>
    <g class="zones">
      <path class="zone" data-zone="neck" d="M${-neck} -8V-60Q0 -84 ${neck} -60V-8Z"/>
      <path class="zone" data-zone="kidney" d="${kidneyPath(length, 1)}"/>
      <path class="zone" data-zone="kidney" d="${kidneyPath(length, -1)}"/>
      <rect class="zone spine" data-zone="spine" x="${-spine}" y="0" width="${2 * spine}" height="${length}" rx="${spine}"/>
      ${extras}
    </g>
    <g class="labels">
      <text x="${-half * 0.92}" y="-52">left</text><text x="${half * 0.92}" y="-52">right</text>
      <text class="small" x="${-(half * 0.4)}" y="${length * 0.87 + 14}">kidney</text>
      <text class="small" x="${half * 0.4}" y="${length * 0.87 + 14}">kidney</text>
      <text class="small" x="0" y="${length + 26}">spine</text>
    </g>
  </svg>`;
}

function handLayerMarkup(view, top, bottom) {
  const padLine = `<path class="band-pad away" d="M0 ${top}V${bottom}"/>`;
  return `
  <svg class="moving" ${view} aria-hidden="true">
    <defs>
      <linearGradient id="forearm" gradientUnits="userSpaceOnUse" x1="0" y1="-70" x2="0" y2="-158">
        <stop offset="0" class="arm-near"/><stop offset="1" class="arm-far"/></linearGradient>
    </defs>
    <g class="trail">${"<path/>".repeat(TRAIL_PARTS)}</g>
    <g class="band away" data-part="band"><rect y="${top}" width="0" height="${bottom - top}"/>
      ${padLine.repeat(PAD_NAMES.length)}</g>
    <g class="ghost"><g class="of-side">${handMarkup()}</g></g>
    <g class="hand away" data-part="hand">
      <g class="hand-shape">${handMarkup()}</g>
      <circle class="sigma" r="10"/>
      ${PAD_NAMES.map((_, i) => padMarkup(i)).join("")}
    </g>
    <g class="cop away" data-part="cop"><circle r="9"/><circle class="cop-core" r="3"/></g>
  </svg>`;
}
