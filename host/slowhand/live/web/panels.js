// The words around the gauges: mode, link, recording, banners, the flags so far, and the summary at the end.
import { setIcon, setText } from "./icons.js";
import { clockText, flagName, linkName, modeWords, plural } from "./words.js";

const PRESS_WAIT_MS = 1500;

export class Bar {
  constructor(root) {
    const chip = (name) => root.querySelector(`[data-part="${name}"]`);
    this.chips = { mode: chip("mode"), link: chip("link"), demo: chip("demo") };
    this.wire = root.querySelector(".wire");
    setIcon(this.chips.demo.querySelector(".icon"), "demo");
  }

  setStage({ mode, demo, reason }) {
    const words = modeWords(mode);
    const says = [words.says ? `${words.name}, ${words.says}` : words.name, reason].filter(Boolean).join(". Why: ");
    fillChip(this.chips.mode, mode, words.name, `Mode: ${says}`);
    this.chips.demo.hidden = !demo;
    this.chips.demo.title = "A simulated glove, not a real one";
  }

  setLink(link, finished) {
    const streaming = link.state === "streaming";
    const rate = streaming && link.rate !== null ? `${link.rate} Hz` : "";
    const name = finished ? "Ended" : linkName(link.state);
    this.chips.link.dataset.state = finished ? "ended" : link.state;
    const icon = finished ? "done" : streaming ? "link" : "nolink";
    fillChip(this.chips.link, icon, rate || name, `${name}. ${link.words}`);
    const parts = [
      link.port || name,
      rate,
      `${plural(link.lost, "frame", "frames")} lost`,
      `${link.bad} bad`,
      link.reconnects ? plural(link.reconnects, "reconnect", "reconnects") : "",
    ];
    setText(this.wire, parts.filter(Boolean).join(" · "));
  }
}

function fillChip(chip, icon, text, title) {
  setIcon(chip.querySelector(".icon"), icon);
  setText(chip.querySelector(".text"), text);
  chip.title = title;
}

export class Controls {
  constructor(root, press) {
    const find = (selector) => root.querySelector(selector);
    this.time = find(".time");
    this.rec = find(".rec");
    this.words = find(".rec-words");
    this.buttons = { start: find(".start"), stop: find(".stop") };
    setIcon(this.buttons.start.querySelector(".icon"), "record");
    setIcon(this.buttons.stop.querySelector(".icon"), "stop");
    for (const [name, button] of Object.entries(this.buttons)) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        this.setBusy(true);
        press(name);
      });
    }
    this.recording = null;
  }

  /** After a press, until the host has answered: an oily finger that taps twice must not stop what it started. */
  setBusy(busy) {
    clearTimeout(this.timer);
    for (const button of Object.values(this.buttons)) button.setAttribute("aria-disabled", String(busy || this.over));
    if (busy) this.timer = setTimeout(() => this.setBusy(false), PRESS_WAIT_MS);
  }

  setStage({ recording, finished }) {
    const { start, stop } = this.buttons;
    const wasOver = this.over;
    this.over = finished;
    const hadFocus = document.activeElement === start || document.activeElement === stop;
    if (recording !== this.recording) {
      this.recording = recording;
      start.hidden = recording;
      stop.hidden = !recording;
      if (hadFocus) (recording ? stop : start).focus();
      // the other button appears under the same finger: a moment's rest before it can be pressed
      this.setBusy(true);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.setBusy(false), 500);
    }
    if (wasOver !== finished) this.setBusy(false);
    this.rec.dataset.recording = String(recording);
    setText(this.words, finished ? "Finished" : recording ? "Recording" : "Not recording");
  }

  setClock(seconds) {
    setText(this.time, clockText(seconds));
  }
}

export class Banners {
  constructor(host) {
    this.host = host;
    this.lines = new Map();
  }

  /** Show or, with an empty text, take away the banner of that name. */
  set(name, kind, icon, text) {
    const old = this.lines.get(name);
    if (!text) {
      old?.remove();
      this.lines.delete(name);
      return;
    }
    const banner = old ?? document.createElement("div");
    if (!old) {
      banner.innerHTML = '<span class="icon"></span><p></p>';
      this.lines.set(name, banner);
      this.host.append(banner);
    }
    banner.className = `banner banner-${kind}`;
    setIcon(banner.querySelector(".icon"), icon);
    setText(banner.querySelector("p"), text);
  }
}

export class SoFar {
  constructor(root) {
    this.root = root.querySelector(".sofar");
    this.summary = root.querySelector(".summary");
    this.seconds = 0;
    this.flags = { latest: [], counts: {}, strokes: 0 };
    this.finished = false;
  }

  setFlags(flags) {
    this.flags = flags;
    const total = Object.values(flags.counts).reduce((sum, n) => sum + n, 0);
    const found = flags.held_back ? "flags are shown afterwards" : plural(total, "flag", "flags");
    setText(this.root.querySelector(".counts"), `${plural(flags.strokes, "stroke", "strokes")}, ${found}`);
    fillKinds(this.root.querySelector(".kinds"), flags.counts);
    this.root.querySelector(".latest").replaceChildren(...flags.latest.map(flagLine));
    this.root.classList.toggle("none", flags.latest.length === 0 && !flags.held_back);
    if (this.finished) this.showSummary();
  }

  setFinished(finished, seconds) {
    this.finished = finished;
    this.seconds = seconds;
    this.summary.hidden = !finished;
    if (finished) this.showSummary();
  }

  setCharts({ files }) {
    const charts = this.summary.querySelector(".charts");
    charts.hidden = files.length === 0;
    charts.querySelector("ul").replaceChildren(...files.map((file) => element("li", file)));
  }

  showSummary() {
    const total = Object.values(this.flags.counts).reduce((sum, n) => sum + n, 0);
    const facts = [["Time", clockText(this.seconds)], ["Strokes", String(this.flags.strokes)], ["Flags", String(total)]];
    this.summary.querySelector(".facts").replaceChildren(
      ...facts.map(([name, value]) => {
        const fact = element("div", "");
        fact.append(element("dt", name), element("dd", value));
        return fact;
      }),
    );
    fillKinds(this.summary.querySelector(".kinds"), this.flags.counts);
  }
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function fillKinds(list, counts) {
  const kinds = Object.entries(counts).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  list.hidden = kinds.length === 0;
  list.replaceChildren(
    ...kinds.map(([kind, n]) => {
      const line = element("li", flagName(kind));
      line.prepend(element("b", `${n}`));
      return line;
    }),
  );
}

function flagLine([kind, severity, value, unit, open, seconds]) {
  const line = element("li", "");
  line.dataset.severity = severity;
  line.dataset.open = String(open);
  const icon = element("span", "", "icon");
  setIcon(icon, severity === "alarm" ? "alarm" : "warn");
  const reading = value === null ? "" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  line.append(icon, element("span", flagName(kind), "what"), element("span", reading, "how-much"),
    element("span", open ? "now" : clockText(seconds), "when"));
  return line;
}
