// Flags as marks over the chart and as a list: a press on one jumps to it.
import { ICONS } from "./icons.js";
import { clockText, flagName } from "./words.js";

const NARROWEST_PX = 30; // a mark must be wide enough for a finger; nearer ones share one

/** What a flag was, in one line. */
export function flagWords({ kind, value, limit, unit }) {
  const digits = (number) => (number < 10 ? number.toFixed(1).replace(/\.0$/, "") : String(Math.round(number)));
  return `${flagName(kind)}: ${digits(value)} ${unit}, limit ${digits(limit)}`;
}

export class FlagMarks {
  constructor(lane, flags, jump) {
    Object.assign(this, { lane, flags, jump, drawn: "" });
  }

  /** Place the marks for the stretch of time that the chart shows. */
  draw(chart) {
    const width = this.lane.clientWidth;
    const asText = [width, ...chart.window].join();
    if (width === 0 || asText === this.drawn) return;
    this.drawn = asText;
    const groups = [];
    for (const flag of this.flags) {
      const share = chart.share(flag.from);
      if (share < 0 || share > 1) continue;
      const x = Math.min(width - NARROWEST_PX / 2, Math.max(NARROWEST_PX / 2, share * width));
      const last = groups[groups.length - 1];
      if (last && x - last.x < NARROWEST_PX) last.flags.push(flag);
      else groups.push({ x, flags: [flag] });
    }
    this.lane.replaceChildren(...groups.map((group) => this.mark(group)));
  }

  mark({ x, flags }) {
    const mark = document.createElement("button");
    const severity = flags.some((flag) => flag.severity === "alarm") ? "alarm" : "warn";
    mark.type = "button";
    mark.className = "mark";
    mark.tabIndex = -1; // the list below has them all for the keyboard
    mark.dataset.severity = severity;
    mark.style.left = `${x}px`;
    mark.innerHTML = ICONS[severity];
    mark.title = flags.map((flag) => `${clockText(flag.from)} ${flagWords(flag)}`).join("\n");
    mark.setAttribute("aria-label", `Jump to ${mark.title}`);
    if (flags.length > 1) mark.append(String(flags.length));
    let next = 0; // pressed again, a shared mark goes on to its next flag
    mark.addEventListener("click", () => this.jump(flags[next++ % flags.length]));
    return mark;
  }
}

export class FlagList {
  constructor(list, flags, jump) {
    this.flags = flags;
    this.items = flags.map((flag) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.severity = flag.severity;
      button.innerHTML = `<span class="icon">${ICONS[flag.severity] ?? ""}</span>`;
      for (const [name, text] of [["when", clockText(flag.from)], ["what", flagWords(flag)], ["how", flag.severity]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text;
        button.append(part);
      }
      button.addEventListener("click", () => jump(flag));
      item.append(button);
      return item;
    });
    list.replaceChildren(...this.items);
  }

  /** Mark those that are open now. */
  show(open) {
    this.items.forEach((item, k) => {
      const button = item.firstChild;
      if (open.includes(this.flags[k])) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
  }
}
