// Outlines of a back and of a hand, in millimetres.
//
// Drawing axes: x to the viewer's right, y down the page. We look down at a receiver who lies prone with the head up
// the page, so the receiver's left is on the viewer's left: drawing x = - back x, drawing y = back y.

// Of the spine flag: pads within 20 mm of the midline count as on the spine.
export const SPINE_HALF_WIDTH_MM = 20;
// Of the kidney flag (T11 to L3), as parts of the back length and distances from the midline.
export const KIDNEY = { top: 0.5, bottom: 0.845, inner: 25, outer: 95 };
// Of the neck flag.
export const NECK_HALF_WIDTH_MM = 60;

/** A smooth closed or open curve through points (Catmull-Rom as cubic Béziers). */
function smooth(points) {
  const at = (i) => points[Math.min(points.length - 1, Math.max(0, i))];
  const n = (v) => v.toFixed(1);
  let path = `M${n(points[0][0])} ${n(points[0][1])}`;
  for (let i = 0; i < points.length - 1; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const c1 = [p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6];
    const c2 = [p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6];
    path += `C${n(c1[0])} ${n(c1[1])} ${n(c2[0])} ${n(c2[1])} ${n(p2[0])} ${n(p2[1])}`;
  }
  return path;
}

const mirrored = (points) => points.map(([x, y]) => [-x, y]).reverse();

/** The trunk with its neck, open at the hips, where the drawing fades away. */
export function trunkPath(length, shoulders) {
  const half = shoulders / 2;
  const right = [
    [44, -150], [46, -96], [52, -62], [76, -34], [half * 0.64, -10], [half * 0.9, 14], [half * 1.01, 62],
    [half * 0.95, 128], [half * 0.87, length * 0.42], [half * 0.77, length * 0.68], [half * 0.755, length * 0.82],
    [half * 0.85, length * 1.0], [half * 0.95, length * 1.16], [half * 0.95, length * 1.45],
  ];
  return smooth([...mirrored(right), ...right]);
}

/** One arm beside the trunk; side is +1 for the viewer's right. */
export function armPath(length, shoulders, side) {
  const half = shoulders / 2;
  const outer = [
    [half * 0.78, 4], [half * 1.04, 26], [half * 1.2, 92], [half * 1.28, length * 0.42], [half * 1.34, length * 0.64],
    [half * 1.37, length * 0.95], [half * 1.34, length * 1.45],
  ];
  const inner = [
    [half * 1.09, length * 1.45], [half * 1.08, length * 0.95], [half * 1.05, length * 0.66],
    [half * 1.01, length * 0.42], [half * 0.95, 128],
  ];
  const points = [...outer, ...inner].map(([x, y]) => [x * side, y]);
  return smooth(points);
}

export function headPath() {
  const right = [[0, -292], [46, -278], [70, -234], [72, -190], [60, -140], [36, -106], [0, -96]];
  return smooth([...right, ...mirrored(right)]);
}

/** Soft shadows that make a back of the outline: the groove, shoulder blades, the hollow, the dimples. */
export function shadowPaths(length, shoulders) {
  const half = shoulders / 2;
  const both = (points) => [smooth(points), smooth(points.map(([x, y]) => [-x, y]))];
  return [
    smooth([[0, -60], [0, length * 0.4], [0, length * 0.98]]),
    ...both([[half * 0.3, 62], [half * 0.29, 110], [half * 0.38, 160], [half * 0.6, 180]]),
    ...both([[half * 0.2, length * 1.02], [half * 0.23, length * 1.03]]),
  ];
}

export function kidneyPath(length, side) {
  const { top, bottom, inner, outer } = KIDNEY;
  const [y0, y1, x0, x1] = [top * length, bottom * length, inner * side, outer * side];
  const r = 26;
  const s = side * r;
  const sweep = side > 0 ? 1 : 0;
  const arc = (x, y) => `A${r} ${r} 0 0 ${sweep} ${x} ${y}`;
  return (
    `M${x0 + s} ${y0}H${x1 - s}${arc(x1, y0 + r)}V${y1 - r}${arc(x1 - s, y1)}` +
    `H${x0 + s}${arc(x0, y1 - r)}V${y0 + r}${arc(x0 + s, y0)}Z`
  );
}

// Pads of the nominal glove in drawing axes: thumb, index, middle, ring, heel, edge.
export const NOMINAL_PADS = [[55, 50], [25, 95], [0, 105], [-20, 95], [10, -40], [-30, -35]];

// A right hand, palm down, fingers down the page, the motion sensor at the origin; its fingertips end at those pads.
const HAND_LINES = [
  { d: "M20 26Q24 60 25 98", width: 19 },
  { d: "M0 32 0 108", width: 19.5 },
  { d: "M-20 28-20 97", width: 18.5 },
  { d: "M-36 18-42 72", width: 16 },
  { d: "M12-44C36-34 49-6 55 47", width: 22 },
];
const HAND_PALM = "M-40 22C-43-6-38-42-27-72Q-1-79 25-72C32-50 29-8 26 30Q-6 38-40 22Z";
const FOREARM = "M-31-70C-33-98-35-126-37-160H35C33-126 31-98 29-70Z";

/** The hand as one shape: drawn once wide in the edge's colour and once narrower in the filling's. */
export function handMarkup() {
  const layer = (grow, name) =>
    `<g class="${name}" stroke-linecap="round" stroke-linejoin="round">` +
    `<path class="solid" d="${HAND_PALM}" stroke-width="${9 + grow}"/>` +
    HAND_LINES.map(({ d, width }) => `<path d="${d}" stroke-width="${width + grow}"/>`).join("") +
    "</g>";
  return `<path class="forearm" d="${FOREARM}"/>` + layer(5, "hand-edge") + layer(0, "hand-fill");
}
