// The start procedure as three steps with pictures: hold away, rest at the start pose, go.
import { handMarkup } from "./body_shape.js";
import { ICONS } from "./icons.js";

const AWAY = `<svg viewBox="0 0 160 110" aria-hidden="true">
  <path class="g-body" d="M0 98C18 80 44 76 72 82s60 4 88-6v34H0Z"/>
  <g class="g-hand" stroke-linecap="round" fill="none">
    <path d="M-8 20 50 24" stroke-width="17"/><path d="M52 25 88 28" stroke-width="19"/>
    <path d="M86 28 124 33" stroke-width="11"/><path d="M66 31 90 44" stroke-width="9"/></g>
  <path class="g-move" d="M56 46v26m-6-6 6 6 6-6m-12-14 6-6 6 6"/>
  <text class="g-text" x="70" y="68">40 cm</text></svg>`;

const back = `<path class="g-body" d="M66 0c0 10-4 14-16 18-16 5-22 12-22 30 0 24 6 34 6 62h92c0-28 6-38 6-62
  0-18-6-25-22-30-12-4-16-8-16-18Z"/><path class="g-spine" d="M80 18v88"/>`;

const START = `<svg viewBox="0 0 160 110" aria-hidden="true">${back}
  <g transform="translate(80 26) scale(.36)" class="g-glove"><g class="of-side">${handMarkup()}</g></g>
  <path class="g-move" d="M128 70v22m-6-6 6 6 6-6"/></svg>`;

const GO = `<svg viewBox="0 0 160 110" aria-hidden="true">${back}
  <g transform="translate(106 46) scale(.34)" class="g-glove"><g class="of-side">${handMarkup()}</g></g>
  <path class="g-move" d="M56 34v46m-7-7 7 7 7-7"/></svg>`;

const STEPS = [
  { art: AWAY, title: "Hold still, away", text: "Hand about 40 cm off the back, still for 2 seconds." },
  { art: START, title: "Rest at the neck base", text: "Palm flat, fingers to the feet, still for 2 seconds." },
  { art: GO, title: "Go, slowly", text: "Beside the spine, never on it." },
];

const ACTIVE_STEP = { await_away: 0, await_start_pose: 1, running: 2 };

export function guideMarkup() {
  const step = ({ art, title, text }, i) => `
    <li class="step"><div class="art">${art}</div>
      <div class="step-words"><h3><span class="step-mark" data-number="${i + 1}"></span>${title}</h3><p>${text}</p></div></li>`;
  return `<h2>Getting ready</h2><ol class="steps">${STEPS.map(step).join("")}</ol>`;
}

export class Guide {
  constructor(host) {
    this.host = host;
    this.steps = [...host.querySelectorAll(".step")];
  }

  /** Show where the start procedure stands; hidden once it is complete. */
  setPhase(phase, wanted) {
    this.host.hidden = !wanted;
    const active = ACTIVE_STEP[phase] ?? 0;
    this.steps.forEach((step, i) => {
      const state = i < active ? "done" : i === active ? "now" : "later";
      step.dataset.state = state;
      if (state === "now") step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
      const mark = step.querySelector(".step-mark");
      if (state === "done") mark.innerHTML = ICONS.done;
      else mark.textContent = mark.dataset.number;
    });
  }
}

