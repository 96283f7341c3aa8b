// The live page: takes the host's messages and hands each part to the one that draws it.
import { BackMap } from "./back_map.js";
import { CoverLayer } from "./cover_layer.js";
import { Gauge } from "./gauge.js";
import { Guide } from "./guide.js";
import { GuideCard } from "./guide_card.js";
import { setIcon, setText } from "./icons.js";
import { Magnets } from "./magnets.js";
import { PaceRing } from "./pace_ring.js";
import { Banners, Bar, Controls, SoFar } from "./panels.js";
import { ScoreCard } from "./score_card.js";
import { SessionSheet } from "./session_sheet.js";
import { PressureSheet } from "./pressure_sheet.js";
import { SKELETON } from "./skeleton.js";
import { StartOver } from "./start_over.js";
import { keepAwake } from "./wake.js";
import { choiceNote } from "./zone_choice.js";

const SILENT_MS = 1000; // the host sends something five times a second at least
const REPORT_EVERY = 10;
const ASK = "It keeps trying; is the program still running?";
const LINK_ICONS = { refused: "warn" };

class LivePage {
  constructor(root, actions) {
    root.innerHTML = SKELETON;
    this.root = root.firstElementChild ?? root.querySelector(".live");
    this.actions = actions;
    const find = (selector) => this.root.querySelector(selector);
    this.gauges = { pace: new Gauge(find('[data-gauge="pace"]')), pressure: new Gauge(find('[data-gauge="pressure"]')) };
    this.map = new BackMap(find(".map-drawing"), (zone) => actions.press(`zone-${zone}`));
    this.magnets = new Magnets(this.root, actions.press);
    this.startOver = new StartOver(this.root, actions.press);
    this.ring = new PaceRing(find(".lead"));
    this.sheet = new SessionSheet(this.root, actions.press, this.ring.tone);
    this.pacing = { kind: null };
    this.score = new ScoreCard(this.root);
    this.guide = new Guide(find(".guide"));
    this.card = new GuideCard(this.root, actions.press);
    this.cover = new CoverLayer(this.root, actions.press);
    this.pressure = new PressureSheet(this.root, actions.press);
    this.bar = new Bar(this.root);
    this.controls = new Controls(this.root, actions.press);
    this.banners = new Banners(find(".banners"));
    this.sofar = new SoFar(this.root);
    this.coach = { host: find(".coach"), icon: find(".coach .icon"), line: find(".coach .line") };
    this.note = find(".map-note");
    this.stage = { mode: "", phase: "await_away", located: false, recording: false, finished: false };
    this.link = { state: "searching", words: "" };
    this.fast = null;
    this.ending = false;
    this.heardMs = performance.now();
    setInterval(() => this.watch(), 250);
    this.watch();
  }

  receive(message) {
    this.heardMs = performance.now();
    if (message.n % REPORT_EVERY === 0 || message.slow?.program?.ending) this.actions.received(message.n);
    if (message.slow) this.takeSlow(message.slow);
    const idle = this.fast === null;
    this.fast = message.fast;
    this.root.dataset.pageLink = this.ending ? "ended" : "live";
    this.banners.set("page", "lost", "nolink", "");
    if (idle) requestAnimationFrame(() => this.draw());
  }

  takeSlow(slow) {
    if (slow.pace) this.gauges.pace.setScale(slow.pace);
    if (slow.pressure) this.gauges.pressure.setScale(slow.pressure);
    if (slow.body) this.root.dataset.hand = slow.body.hand;
    if (slow.body) this.map.setBody(slow.body);
    if (slow.coach) this.setCoach(slow.coach);
    if (slow.flags) this.sofar.setFlags(slow.flags);
    if (slow.flags || slow.body) this.map.setFlags((this.flags = slow.flags ?? this.flags));
    if (slow.score) this.score.setCard(slow.score);
    if (slow.charts) this.sofar.setCharts(slow.charts);
    if (slow.notice) this.banners.set("notice", "warn", "warn", slow.notice.text);
    if (slow.notice?.text) this.controls.setBusy(false);
    if (slow.program) this.ending = slow.program.ending;
    if (slow.stage) this.setStage(slow.stage);
    if (slow.stage || slow.pacing) this.setPacing(slow.pacing ?? this.pacing);
    if (slow.stage || slow.body) this.map.setChoice(this.stage);
    for (const part of [this.card, this.cover, this.pressure]) part.take(slow, this.stage, this.root.dataset.starting === "true");
    if (slow.stage || slow.link) this.setLink(slow.link ?? this.link);
  }

  setCoach({ line, level }) {
    this.coach.host.dataset.level = level;
    setIcon(this.coach.icon, level === "idle" ? "say" : level);
    setText(this.coach.line, line);
  }

  setStage(stage) {
    this.stage = stage;
    Object.assign(this.root.dataset, {
      mode: stage.mode, phase: stage.phase, finished: String(stage.finished), located: String(stage.located), xAlone: String(stage.x_alone),
      startOver: String(stage.start_over),
      session: stage.session ?? "", choosing: String(stage.choosing), zone: stage.zone ?? "",
    });
    this.bar.setStage(stage);
    this.controls.setStage(stage);
    this.map.setStage(stage);
    this.magnets.setStage(stage);
    this.startOver.setStage(stage);
    this.banners.set("warning", "warn", "warn", stage.warning);
    const starting = stage.mode === "strip" && stage.phase !== "running" && !stage.finished;
    this.guide.setPhase(stage.phase, starting);
    this.root.dataset.starting = String(starting);
    this.sofar.setFinished(stage.finished, this.lastClock ?? null);
    this.sofar.root.hidden = starting || stage.finished;
    this.showNote();
    keepAwake(!stage.finished);
  }

  setPacing(pacing) {
    this.pacing = pacing;
    const { finished, feedback } = this.stage;
    this.ring.setPacing(pacing, !finished && feedback !== false && this.root.dataset.starting !== "true");
    this.sheet.setPacing(pacing);
    this.sheet.setStage(this.stage, pacing.choice !== null);
    const silent = feedback === false && !finished;
    this.banners.set("practice", "calm", "idle", silent ? "Practice without feedback: the coach is silent." : "");
  }

  setLink(link) {
    this.link = link;
    this.bar.setLink(link, this.stage.finished);
    const quiet = link.state === "streaming" || this.stage.finished;
    const kind = link.state === "refused" ? "warn" : "lost";
    this.banners.set("link", kind, LINK_ICONS[link.state] ?? "nolink", quiet ? "" : link.words);
    this.root.dataset.link = link.state;
    this.showNote();
  }

  /** Says so in words when no hand is drawn on the back. */
  showNote() {
    const [title, why] = this.stage.located ? ["", ""] : placeNote(this.stage, this.link.state);
    setText(this.note.children[0], title);
    setText(this.note.children[1], why);
    this.note.hidden = !title;
  }

  draw() {
    const fast = this.fast;
    this.fast = null;
    if (fast === null || this.root.dataset.pageLink === "lost") return;
    this.gauges.pace.show(fast.pace);
    this.gauges.pressure.show(fast.pressure);
    this.ring.heard(fast.pace[3], this.heardMs);
    this.map.show(fast.hand, fast.pads, performance.now(), fast.band);
    this.controls.setClock(fast.clock);
    if (fast.clock !== this.lastClock) {
      this.lastClock = fast.clock;
      if (this.stage.finished) this.sofar.setFinished(true, fast.clock);
    }
  }

  /** Silence is shown: a picture that stands still must not look like a good one. */
  watch() {
    if (performance.now() - this.heardMs < SILENT_MS) return;
    const state = this.ending ? "ended" : "lost";
    this.root.dataset.pageLink = state;
    const words = this.ending ? "session over" : "page has no link";
    for (const gauge of Object.values(this.gauges)) gauge.disconnect(words);
    this.ring.disconnect(words);
    if (this.coach.host.dataset.level !== "idle") this.coach.host.dataset.level = "stale";
    this.map.show(null, [], performance.now());
    if (this.ending) this.banners.set("page", "calm", "done", "Slowhand has ended. This is the last picture.");
    else this.banners.set("page", "lost", "nolink", `This page has lost its link to Slowhand. ${ASK}`);
  }
}

function placeNote({ mode, phase, finished, choosing, zone, x_alone: xAlone }, link) {
  if (finished) return ["", ""];
  if (xAlone) return ["Height on the back unknown", "The band: how far from the spine. Moving a little helps to find your hand."];
  if (choosing && link === "streaming") return choiceNote(zone);
  let why = "Finding the hand again.";
  if (link !== "streaming") why = "Nothing arrives from the glove.";
  else if (mode === "motion") why = "No magnetic strip in use.";
  else if (mode === "force") why = "Pads only in use.";
  else if (phase !== "running") why = "It is known after the start steps.";
  return ["Place unknown: keep off the spine", why];
}

/** Build the page inside an element; returns the function that takes each message. */
export function startPage(root, actions) {
  const page = new LivePage(root, actions);
  return (message) => page.receive(message);
}
