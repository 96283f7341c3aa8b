// Puts the parts of the page together: data, picture, figures, chart, player, keys.
import { Figures } from "./figures.js";
import { FlagList, FlagMarks } from "./flag_marks.js";
import { setIcon, setText } from "./icons.js";
import { Picture } from "./picture.js";
import { Player, SPEEDS } from "./player.js";
import { StripChart } from "./strip_chart.js";
import { Track } from "./track.js";
import { clockText, plural } from "./words.js";

const LEAD_TO_STROKE_S = 1;
const LEAD_TO_FLAG_S = 0.5;  // one sees how it came about
const INTO_FLAG_S = 0.15;    // standing still, one sees the flag itself
const SPOKEN_EVERY_S = 5; // while it plays: a screen reader that is told more often says nothing else

const find = (selector) => document.querySelector(selector);

class View {
  constructor(data) {
    this.data = data;
    this.track = new Track(data);
    this.picture = new Picture(find(".stage"), this.track);
    this.figures = new Figures(document, data);
    this.chart = new StripChart(find(".chart canvas"), this.track);
    const jump = (flag) => this.toFlag(flag);
    this.marks = new FlagMarks(find(".marks"), data.flags, jump);
    this.list = new FlagList(find(".flag-list"), data.flags, jump);
    this.player = new Player(data.durationS, () => this.show(), () => this.showControls());
    this.spokenAt = -Infinity;
  }

  /** Draw the instant at which the player stands. */
  show() {
    const { seconds } = this.player;
    const now = this.track.at(seconds);
    this.picture.show(now);
    this.figures.show(now);
    this.list.show(now.flags);
    this.chart.aim(seconds);
    this.chart.draw();
    this.marks.draw(this.chart);
    find(".playhead").style.left = `${(100 * Math.min(1, Math.max(0, this.chart.share(seconds)))).toFixed(3)}%`;
    setText(find(".clock .now"), clockText(seconds));
    const slider = find(".chart");
    slider.setAttribute("aria-valuenow", seconds.toFixed(2));
    if (!this.player.playing || Math.abs(seconds - this.spokenAt) >= SPOKEN_EVERY_S) {
      this.spokenAt = seconds;
      slider.setAttribute("aria-valuetext", `${clockText(seconds)}: ${this.figures.spoken(now)}`);
    }
  }

  showControls() {
    const { playing, speed } = this.player;
    const button = find(".play");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    button.dataset.playing = String(playing);
    for (const choice of document.querySelectorAll(".speeds button")) {
      choice.setAttribute("aria-pressed", String(Number(choice.dataset.speed) === speed));
    }
  }

  /** To a flag: a little before it while the session runs, else into it. */
  toFlag({ from, to }) {
    const into = Math.min(INTO_FLAG_S, ((to ?? this.data.durationS) - from) / 2);
    this.player.seek(this.player.playing ? from - LEAD_TO_FLAG_S : from + into);
  }

  /** To the first flag that begins after this time, or to the last one that began well before it. */
  toNextFlag(direction) {
    const { seconds } = this.player;
    const ahead = this.player.playing ? LEAD_TO_FLAG_S : 0;
    const flag = direction > 0
      ? this.data.flags.find(({ from }) => from > seconds + ahead + 0.01)
      : this.data.flags.filter(({ from }) => from < seconds - INTO_FLAG_S - 0.01).pop();
    if (flag) this.toFlag(flag);
  }

  redraw() {
    this.chart.drawn = this.marks.drawn = "";
    this.show();
  }
}

function describe(view) {
  const { data } = view;
  setText(find("h1"), data.title);
  setText(find(".subtitle"), data.subtitle);
  find(".session-notes").replaceChildren(...data.notes.map((words) => {
    const line = document.createElement("li");
    line.textContent = words;
    return line;
  }));
  setText(find(".glove-name"), `Glove: ${data.glove.name} (${data.glove.hand} hand).`);
  setText(find(".clock .whole"), clockText(data.durationS));
  setText(find(".flag-count"), data.flags.length ? plural(data.flags.length, "flag", "flags") : "No flag: no limit was broken that could be checked");
  find(".view").dataset.strip = String(data.strip);
  find(".chart").setAttribute("aria-valuemax", data.durationS.toFixed(2));
  find(".legend").open = window.innerWidth >= 700;
  find(".zoom").hidden = data.durationS <= 75;
  for (const button of document.querySelectorAll(".to-flag")) button.hidden = data.flags.length === 0;
}

function listenToControls(view) {
  const { player, chart } = view;
  find(".play").addEventListener("click", () => player.toggle());
  for (const button of document.querySelectorAll(".speeds button")) {
    button.addEventListener("click", () => player.setSpeed(Number(button.dataset.speed)));
  }
  for (const button of document.querySelectorAll(".to-flag")) {
    button.addEventListener("click", () => view.toNextFlag(Number(button.dataset.direction)));
  }
  find(".zoom").addEventListener("click", ({ currentTarget }) => {
    chart.near = !chart.near;
    currentTarget.setAttribute("aria-pressed", String(chart.near));
    view.redraw();
  });
}

/** A finger or the mouse on the chart: the time follows it. */
function listenToPointer(view) {
  const slider = find(".chart");
  let held = null; // the window of time under the finger: it must not slide away while it is dragged
  const follow = (event) => {
    const box = slider.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    view.player.seek(held[0] + share * (held[1] - held[0]));
  };
  slider.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    slider.setPointerCapture(event.pointerId);
    slider.focus({ preventScroll: true });
    held = [...view.chart.window];
    view.resume = view.player.playing;
    view.player.pause();
    follow(event);
  });
  slider.addEventListener("pointermove", (event) => held && follow(event));
  const release = () => {
    if (held && view.resume) view.player.play();
    held = null;
  };
  slider.addEventListener("pointerup", release);
  slider.addEventListener("pointercancel", release);
}

function listenToKeys(view) {
  const { player } = view;
  const go = (seconds) => () => player.seek(player.seconds + seconds);
  const faster = (by) => () => {
    const at = SPEEDS.indexOf(player.speed) + by;
    if (SPEEDS[at]) player.setSpeed(SPEEDS[at]);
  };
  const keys = {
    " ": () => player.toggle(), k: () => player.toggle(), ArrowLeft: go(-1), ArrowRight: go(1), ArrowDown: go(-1),
    ArrowUp: go(1), PageDown: go(-10), PageUp: go(10), ",": go(-view.data.lookS), ".": go(view.data.lookS),
    Home: () => player.seek(0), End: () => player.seek(player.durationS),
    n: () => view.toNextFlag(1), p: () => view.toNextFlag(-1), "+": faster(1), "-": faster(-1),
  };
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const onChart = event.target === find(".chart");
    // a button takes its own space; up, down and the like scroll the page unless the chart has the focus
    const others = event.key === " " ? event.target.closest?.("button, summary") : /^(Arrow(Up|Down)|Page)/.test(event.key) && !onChart;
    if (!act || others || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

/** Where to begin: at the time that the address names (#t=12.5), else shortly before the first stroke. */
function begin(view) {
  const named = /^#t=(\d+(?:\.\d+)?)$/.exec(window.location.hash);
  const first = view.data.strokes[0]?.from ?? 0;
  view.player.seek(named ? Number(named[1]) : Math.max(0, first - LEAD_TO_STROKE_S));
  view.showControls();
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!named && !calm) view.player.play();
}

function start() {
  const view = new View(JSON.parse(find("#session").textContent));
  for (const host of document.querySelectorAll("[data-icon-name]")) setIcon(host, host.dataset.iconName);
  describe(view);
  listenToControls(view);
  listenToPointer(view);
  listenToKeys(view);
  begin(view);
  new ResizeObserver(() => view.redraw()).observe(find(".chart"));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.redraw());
  find(".view").dataset.ready = "true";
}

start();
