// The page's lasting parts. Everything that changes is written into them by the other modules.
import { MAP_BUTTONS } from "./cover_layer.js";
import { gaugeMarkup } from "./gauge.js";
import { guideMarkup } from "./guide.js";
import { GUIDE_CARD } from "./guide_card.js";
import { MAGNETS } from "./magnets.js";
import { PACE_RING } from "./pace_ring.js";
import { SCORE_CARD } from "./score_card.js";
import { SESSION_SHEET, SHEET_BUTTON } from "./session_sheet.js";
import { PRESSURE_SHEET } from "./pressure_sheet.js";
import { START_OVER, START_OVER_BUTTON } from "./start_over.js";

const BRAND =
  '<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" fill="none" stroke-linecap="round">' +
  '<path class="mark-spine" d="M20 5v31" stroke-width="3.2" stroke-dasharray=".1 6"/>' +
  '<path class="mark-hands" d="M11 34C5 28 5 13 11 7M29 34c6-6 6-21 0-27" stroke-width="3.4"/></svg>';

export const SKELETON = `
<div class="live" data-page-link="waiting">
  <header class="bar">
    <h1 class="brand">${BRAND}<span>Slowhand</span></h1>
    <div class="chips">
      <div class="chip" data-part="mode"><span class="unseen">Mode:</span><span class="icon"></span><span class="text"></span></div>
      <div class="chip" data-part="link"><span class="unseen">Glove:</span><span class="icon"></span><span class="text"></span></div>
      <div class="chip" data-part="demo" hidden><span class="icon"></span><span class="text">Demo</span></div>
    </div>
  </header>
  <section class="controls" aria-label="Recording">
    <div class="clock">
      <span class="rec"><span class="rec-dot" aria-hidden="true"></span><span class="rec-words"></span></span>
      <span class="time" role="timer" aria-label="Session clock">0:00</span>
    </div>
    ${SHEET_BUTTON}
    <button type="button" class="button start"><span class="icon"></span><span class="text">Start recording</span></button>
    <button type="button" class="button stop" hidden><span class="icon"></span><span class="text">Stop recording</span></button>
  </section>
  <div class="notices">${MAGNETS}${START_OVER}<div class="banners" role="status"></div></div>
  <section class="coach" aria-label="Coach" data-level="idle">
    <span class="icon"></span><p class="line" aria-live="polite" aria-atomic="true"></p>
    ${PACE_RING}
  </section>
  <section class="gauges" aria-label="Gauges">
    ${gaugeMarkup("Pace")}
    ${gaugeMarkup("Pressure")}
  </section>
  <section class="map" aria-label="The back, seen from above">
    <div class="map-drawing"></div>
    <div class="map-note" role="status" hidden><strong></strong><span></span></div>
    ${START_OVER_BUTTON}
    ${MAP_BUTTONS}
  </section>
  <section class="side" aria-label="The session so far">
    ${SCORE_CARD}
    <div class="guide" tabindex="-1" hidden>${guideMarkup()}</div>
    ${GUIDE_CARD}
    <div class="sofar">
      <div class="sofar-head"><h2>So far</h2><p class="counts"></p></div>
      <ul class="kinds" aria-label="Flags by kind"></ul>
      <ol class="latest" aria-label="Latest flags, newest first"></ol>
    </div>
    <div class="summary" hidden>
      <h2>That was the session</h2>
      <dl class="facts"></dl>
      <ul class="kinds" aria-label="Flags by kind"></ul>
      <div class="charts" hidden><h3>Charts written</h3><ul></ul></div>
    </div>
  </section>
  <footer class="foot">
    <p class="wire"></p>
    <p class="fine">A companion, not a medical device.</p>
  </footer>
  ${SESSION_SHEET}
  ${PRESSURE_SHEET}
</div>`;
