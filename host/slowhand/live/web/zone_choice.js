// Without a strip the giver says where the hand is: by a tap on the back, or by its keys.
import { KIDNEY, trunkPath } from "./body_shape.js";

// Wider than the zones themselves, for oily fingers; between spine and kidney a tap counts as the spine, whose limit is
// the tighter one.
const SPINE_TAP_MM = 34;
const NECK_TAP_MM = 80;

const NAMES = { neck: "Neck", spine: "Spine", kidney: "Kidneys", open: "Elsewhere on the back" };
const SAYS = {
  neck: "Your hand: at the neck",
  spine: "Your hand: on the spine",
  kidney: "Your hand: over the kidneys",
  open: "Your hand: elsewhere",
};

/** What the giver has said, as [title, what to do]. */
export function choiceNote(zone) {
  if (zone === null) {
    return ["Place unknown: keep off the spine", "Tap where your hand is. Until then the spine's limit holds everywhere."];
  }
  return [SAYS[zone], "Tap where it goes next, or the same place again when you do not know."];
}

function tapPaths(zone, length, shoulders) {
  const { top, bottom, outer } = KIDNEY;
  const block = (x0, y0, x1, y1) => `M${x0} ${y0}H${x1}V${y1}H${x0}Z`;
  if (zone === "open") { // the others are holes in it
    return [trunkPath(length, shoulders), ...["neck", "spine", "kidney"].map((it) => tapPaths(it, length, shoulders))].join("");
  }
  if (zone === "neck") return block(-NECK_TAP_MM, -160, NECK_TAP_MM, -2);
  if (zone === "spine") return block(-SPINE_TAP_MM, -2, SPINE_TAP_MM, length + 34);
  const [y0, y1, out] = [top * length - 8, bottom * length + 26, outer + 12];
  return block(-out, y0, -SPINE_TAP_MM, y1) + block(SPINE_TAP_MM, y0, out, y1);
}

/** The layer of tap targets, above everything else that is drawn on the back. */
export function choiceMarkup(view, length, shoulders) {
  const target = (zone) => `
    <g class="tap" data-tap="${zone}" role="button" tabindex="0" aria-pressed="false" aria-label="Hand is at: ${NAMES[zone]}">
      <path d="${tapPaths(zone, length, shoulders)}"/></g>`;
  // elsewhere lies under the others, so it comes first
  return `
  <svg class="choosing" ${view} role="group" aria-label="Where your hand is">
    ${["open", "neck", "spine", "kidney"].map(target).join("")}
    <text x="0" y="-38">neck</text><text x="${shoulders * 0.27}" y="${length * 0.27}">elsewhere</text></svg>`;
}

/** Hand out taps and key presses on the targets; `choose` gets a zone, or "unknown" for one that was chosen already. */
export function listen(host, choose) {
  const take = (event) => {
    const target = event.target.closest?.("[data-tap]");
    if (!target || host.dataset.choosing !== "true") return;
    event.preventDefault();
    choose(target.getAttribute("aria-pressed") === "true" ? "unknown" : target.dataset.tap);
  };
  host.addEventListener("click", take);
  host.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && !event.repeat && take(event));
}
