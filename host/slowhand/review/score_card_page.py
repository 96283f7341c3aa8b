"""The score card as the first page of the review: the words large, the figures behind them small beside."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from slowhand.coach.score_card import ScoreCard
from slowhand.coach.score_words import Sentence
from slowhand.review import ink

WIDTH_IN, MARGIN_IN = 10.0, 0.45
WELL_BAR = "#5a9a6e"
PRACTISE = "#f3ead9"
POINTS_PER_IN = 72.0
CHARACTER_SHARE = 0.56   # a character's width in its height: DejaVu Sans, with room to spare


def score_card_figure(card: ScoreCard, title: str, subtitle: str, foot: str) -> Figure:
    """One page, as tall as its words need."""
    blocks = _blocks(card)
    height_in = 1.55 + sum(block.height_in for block in blocks) + 0.75
    figure = Figure(figsize=(WIDTH_IN, height_in), facecolor=ink.PAPER)
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_xlim(0, WIDTH_IN)
    ax.set_ylim(height_in, 0)   # inches from the top
    ax.axis("off")
    ax.text(MARGIN_IN, 0.5, title, fontsize=11, color=ink.QUIET, va="center")
    ax.text(WIDTH_IN - MARGIN_IN, 0.5, subtitle, fontsize=9, color=ink.QUIET, va="center", ha="right")
    ax.text(MARGIN_IN, 1.02, card.headline, fontsize=21, color=ink.INK, va="center", fontweight="bold")
    y = 1.55
    for block in blocks:
        block.draw(ax, y)
        y += block.height_in
    ax.text(MARGIN_IN, height_in - 0.42, f"{card.note}\n{foot}", fontsize=7, color=ink.QUIET, va="center")
    return figure


class _Block:
    """A heading with sentences; ``look`` is "well", "practise" or "quiet"."""

    def __init__(self, heading: str, sentences: Sequence[Sentence], look: str) -> None:
        self.heading, self.look = heading, look
        self.size = {"practise": 19.0, "well": 14.0}.get(look, 10.5)
        self.inset = 0.3 if look == "practise" else 0.22
        self.lines: list[tuple[str, float, str]] = []   # words, points, colour
        for each in sentences:
            self._add(each.words, self.size, ink.INK)
            self._add(each.why, 12.0, ink.INK)
            self._add("   ".join(figure.words for figure in each.figures), 8.5, ink.QUIET)
            self.lines.append(("", 6.0, ink.INK))

    def _add(self, words: str, size: float, colour: str) -> None:
        width_in = WIDTH_IN - 2 * MARGIN_IN - 2 * self.inset
        most = int(width_in * POINTS_PER_IN / (CHARACTER_SHARE * size))
        self.lines += [(line, size, colour) for line in textwrap.wrap(words, most)]

    @property
    def _text_in(self) -> float:
        return sum(1.45 * size / POINTS_PER_IN for _, size, _ in self.lines)

    @property
    def height_in(self) -> float:
        return 0.38 + self._text_in + (0.5 if self.look == "practise" else 0.15)

    def draw(self, ax: Axes, top: float) -> None:
        """Words from ``top`` (inches) downwards."""
        ax.text(MARGIN_IN, top + 0.12, self.heading, fontsize=10, color=ink.QUIET, va="center", fontweight="bold")
        y = top + 0.38
        width_in = WIDTH_IN - 2 * MARGIN_IN
        if self.look == "practise":
            ax.add_patch(FancyBboxPatch((MARGIN_IN, y), width_in, self._text_in + 0.2, facecolor=PRACTISE, lw=0,
                                        boxstyle="round,pad=0,rounding_size=0.12"))
            y += 0.16
        else:
            colour = WELL_BAR if self.look == "well" else ink.UNKNOWN
            ax.add_patch(Rectangle((MARGIN_IN, y - 0.04), 0.05, self._text_in - 0.04, facecolor=colour, lw=0))
        for words, size, colour in self.lines:
            height = 1.45 * size / POINTS_PER_IN
            ax.text(MARGIN_IN + self.inset, y + height / 2, words, fontsize=size, color=colour, va="center")
            y += height


def _blocks(card: ScoreCard) -> list[_Block]:
    blocks = []
    if card.well:
        blocks.append(_Block("What went well", card.well, "well"))
    blocks.append(_Block("The one thing to practise next", (card.practise,), "practise"))
    if card.compared:
        blocks.append(_Block("Beside an earlier session", card.compared, "quiet"))
    if card.unjudged:
        blocks.append(_Block("What could not be judged", card.unjudged, "quiet"))
    return blocks
