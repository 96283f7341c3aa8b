// The score card once a session has ended: what went well, the one thing to practise next, what could not be judged.
import { setIcon, setText } from "./icons.js";

export const SCORE_CARD = `
  <section class="score" aria-label="Score card" tabindex="-1" hidden>
    <h2 class="score-head"></h2>
    <ul class="score-well" aria-label="What went well"></ul>
    <div class="score-next"><h3>The one thing to practise next</h3><p class="score-do"></p><p class="score-why"></p></div>
    <ul class="score-compared" aria-label="Beside an earlier session"></ul>
    <ul class="score-unjudged" aria-label="What could not be judged"></ul>
    <button type="button" class="button score-more" aria-expanded="false">Show the figures</button>
    <p class="score-note"></p>
  </section>`;

export class ScoreCard {
  constructor(root) {
    this.root = root;
    this.host = root.querySelector(".score");
    this.find = (name) => this.host.querySelector(`.score-${name}`);
    this.more = this.find("more");
    this.more.addEventListener("click", () => this.showFigures(this.host.dataset.figures !== "true"));
    this.showFigures(false);
  }

  setCard({ card }) {
    this.host.hidden = card === null;
    this.root.dataset.score = String(card !== null);
    if (card === null) return this.showFigures(false);
    setText(this.find("head"), card.headline);
    this.find("well").replaceChildren(...card.well.map((line) => sentence(line, "done")));
    const [words, figures, why] = card.practise;
    setText(this.find("do"), words);
    setText(this.find("why"), why);
    this.host.querySelectorAll(".score-next .score-figures").forEach((old) => old.remove());
    this.find("next").append(...figuresOf(figures));
    this.find("compared").replaceChildren(...card.compared.map((line) => sentence(line, "say")));
    this.find("unjudged").replaceChildren(...card.unjudged.map((line) => sentence(line, "unknown")));
    setText(this.find("note"), card.note);
    const all = [...card.well, card.practise, ...card.compared, ...card.unjudged];
    this.more.hidden = all.every((line) => line[1].length === 0);
  }

  /** The figures behind the sentences are there for who asks for them. */
  showFigures(shown) {
    this.host.dataset.figures = String(shown);
    this.more.setAttribute("aria-expanded", String(shown));
    setText(this.more, shown ? "Hide the figures" : "Show the figures");
  }
}

function sentence([words, figures], icon) {
  const line = document.createElement("li");
  const mark = document.createElement("span");
  mark.className = "icon";
  setIcon(mark, icon);
  const text = document.createElement("p");
  text.textContent = words;
  line.append(mark, text, ...figuresOf(figures));
  return line;
}

function figuresOf(figures) {
  if (figures.length === 0) return [];
  const small = document.createElement("p");
  small.className = "score-figures";
  small.textContent = figures.join("; ");
  return [small];
}
