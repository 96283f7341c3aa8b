"""The score card in the terminal."""

from __future__ import annotations

from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from slowhand.coach.score_card import ScoreCard
from slowhand.coach.score_words import Sentence


def score_panel(card: ScoreCard) -> Panel:
    """A small panel: what went well, the one thing, and what could not be judged."""
    parts: list[Text | Padding] = []
    for each in card.well:
        parts += _said("+ ", each, "green")
    parts += [Text(""), Text("The one thing to practise next", style="dim"), *_said("> ", card.practise, "bold")]
    for each in card.compared:
        parts += [Text(""), *_said("~ ", each, "")]
    if card.unjudged:
        parts.append(Text(""))
        for each in card.unjudged:
            parts += _said("? ", each, "dim")
    return Panel(Group(*parts), title=card.headline, title_align="left", width=88, padding=(1, 2))


def _said(mark: str, sentence: Sentence, style: str) -> list[Text | Padding]:
    parts: list[Text | Padding] = [Text(mark + sentence.words, style=style)]
    if sentence.why:
        parts.append(Padding(Text(sentence.why), (0, 0, 0, 2)))
    if sentence.figures:
        figures = "; ".join(figure.words for figure in sentence.figures)
        parts.append(Padding(Text(figures, style="dim"), (0, 0, 0, 2)))
    return parts
