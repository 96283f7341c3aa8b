"""From the scores of many seeds to figures beside their bounds, as text and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.bench.locate_conditions import GROUPS, JUDGED, RETURN_P50_S, RETURN_P95_S, Bound, Condition
from tests.bench.locate_score import Score, quantile

# figure of `Score` -> what a reader calls it, unit, decimals; a share is shown in percent
FIGURES = {
    "x_near": ("x RMS near", "mm", 1),
    "p95_near": ("x p95 near", "mm", 1),
    "p95_far": ("x p95 beyond", "mm", 1),
    "y": ("y RMS", "mm", 1),
    "speed": ("speed RMS", "cm/s", 2),
    "located": ("located", "%", 1),
    "wrong": ("wrong x", "%", 2),
    "wrong_y": ("wrong y", "%", 2),
    "inside_x": ("x within 2 sigma", "%", 1),
    "inside_y": ("y within 2 sigma", "%", 1),
}
HIGH_IS_GOOD = ("located",)
COVERED = ("inside_x", "inside_y")


@dataclass(frozen=True)
class Line:
    """One figure as it is printed. ``holds`` is None where nothing is asked."""

    label: str
    value: str
    worst: str = ""
    bound: str = ""
    holds: bool | None = None

    def text(self) -> str:
        verdict = {None: "", True: "ok", False: "MISSED"}[self.holds]
        return f"  {self.label:<30s}{self.value:>12s}{self.worst:>12s}   {self.bound:<16s}{verdict}".rstrip()


def over_seeds(scores: list[Score], figure: str) -> tuple[float, float]:
    """Median and worst; NaN where no seed had anything to judge. Of a coverage the worst is the farthest from 94 %.

    A session in which the hand was never located counts as an endless error: those that went well are not judged alone.
    """
    lost = np.array([s.located == 0.0 for s in scores])
    values = np.array([getattr(s, figure) for s in scores])
    if figure in COVERED:
        values = values[~np.isnan(values)]
        if not len(values) or lost.mean() >= 0.5:
            return np.nan, np.nan
        return float(np.median(values)), float(values[np.argmax(np.abs(values - 0.94))])
    values = np.where(np.isnan(values) & lost, np.inf, values)
    values = values[~np.isnan(values)]
    if not len(values):
        return np.nan, np.nan
    return float(np.median(values)), float(values.min() if figure in HIGH_IS_GOOD else values.max())


def condition_lines(condition: Condition, scores: list[Score]) -> list[Line]:
    """Every figure of one condition."""
    lines = []
    for figure, (label, unit, decimals) in FIGURES.items():
        median, worst = over_seeds(scores, figure)
        asked: list[Bound | None] = [b for b in condition.bounds if b.figure == figure] or [None]
        for bound in asked:
            judged = worst if bound and bound.of_worst else median
            lines.append(Line(
                f"{label}, {unit}" if not (bound and bound.of_worst) else f"{label}, worst seed",
                shown(judged, unit, decimals), shown(worst, unit, decimals), bound_text(bound, unit),
                None if bound is None else bound.holds(judged),
            ))
    begun = [s.start_s for s in scores if not np.isnan(s.start_s)]
    lines.append(Line("start recognised, of sessions", f"{len(begun)}/{len(scores)}",
                      bound="all", holds=len(begun) == len(scores)))
    return lines + return_lines(scores, judged=condition.group == "absences")


def return_lines(scores: list[Score], judged: bool) -> list[Line]:
    """How soon the hand was found after absences, all seeds together; nothing when there were none."""
    contact = np.array([s for score in scores for s in score.found_s])
    wall = np.array([s for score in scores for s in score.found_wall_s])
    cut = sum(score.cut_short for score in scores)
    if not (judged or len(contact) or cut):
        return []
    p50, p95, never = quantile(contact, 50), quantile(contact, 95), int(np.isinf(contact).sum())
    bounds = ("<= 1", "<= 5", "0") if judged else ("", "", "")
    held = (p50 <= RETURN_P50_S, p95 <= RETURN_P95_S, len(contact) > 0 and never == 0) if judged else (None, None, None)
    return [
        Line("found again, contact p50, s", f"{p50:.2f}", "", bounds[0], held[0]),
        Line("found again, contact p95, s", f"{p95:.2f}", f"{quantile(contact, 100):.2f}", bounds[1], held[1]),
        Line("  by the clock, p50 / p95, s", f"{quantile(wall, 50):.1f}", f"{quantile(wall, 95):.1f}"),
        Line("never found", f"{never}", f"of {len(contact)}", bounds[2], held[2]),
        *([Line("returns too short to judge", f"{cut}")] if cut else []),
    ]


def shown(value: float, unit: str, decimals: int) -> str:
    """A figure in its unit; what is not known is said to be so."""
    if not np.isfinite(value):
        return "unknown"
    return f"{100 * value if unit == '%' else value:.{decimals}f}"


def bound_text(bound: Bound | None, unit: str) -> str:
    if bound is None:
        return ""
    scale = 100.0 if unit == "%" else 1.0
    if bound.most is not None and bound.least is not None:
        return f"{bound.least * scale:g}-{bound.most * scale:g}"
    return f"<= {bound.most * scale:g}" if bound.most is not None else f">= {(bound.least or 0.0) * scale:g}"


def markdown(results: dict[str, list[Score]], more: dict[str, list[Line]]) -> list[str]:
    """The table of `docs/locator.md`: medians, the worst seed in brackets, what missed its bound in bold."""
    out: list[str] = []
    for group, title in GROUPS.items():
        names = [n for n in results if JUDGED[n].group == group]
        if not names:
            continue
        out += ["", f"**{title}**", "", _row(["", *(f"{label}, {unit}" for label, unit, _ in FIGURES.values())]),
                "|" + " --- |" * (len(FIGURES) + 1)]
        asked = [" and ".join(bound_text(b, unit) + (" worst" if b.of_worst else "")
                              for b in JUDGED[names[0]].bounds if b.figure == figure)
                 for figure, (_, unit, _) in FIGURES.items()]
        out.append(_row(["*must hold*", *(f"*{a}*" if a else "" for a in asked)]))
        out += [_row([JUDGED[n].title, *_cells(JUDGED[n], results[n])]) for n in names]
    returned = {n: s for n, s in results.items() if any(x.found_s or x.cut_short for x in s)}
    if returned:
        out += ["", "**Found again**", "", _row(["", "contact p50, s", "p95, s", "by the clock p50, s", "p95, s",
                                                 "returns", "never"]), "|" + " --- |" * 7]
        out += [_row([JUDGED[n].title, *_return_cells(s)]) for n, s in returned.items()]
    for title, lines in more.items():
        out += ["", f"**{title}**", "", _row(["", "", "must hold"]), "| --- | --- | --- |"]
        out += [_row([line.label.strip(), _bold(line.value, line.holds), line.bound]) for line in lines]
    return out


def _cells(condition: Condition, scores: list[Score]) -> list[str]:
    cells = []
    for figure, (_, unit, decimals) in FIGURES.items():
        median, worst = over_seeds(scores, figure)
        bad = any(not b.holds(worst if b.of_worst else median) for b in condition.bounds if b.figure == figure)
        cells.append(f"{_bold(shown(median, unit, decimals), not bad)} ({shown(worst, unit, decimals)})")
    return cells


def _return_cells(scores: list[Score]) -> list[str]:
    contact = np.array([s for score in scores for s in score.found_s])
    wall = np.array([s for score in scores for s in score.found_wall_s])
    times = [f"{quantile(v, p):.1f}" for v in (contact, wall) for p in (50, 95)]
    return [*times, str(len(contact)), str(int(np.isinf(contact).sum()))]


def _bold(text: str, holds: bool | None) -> str:
    return f"**{text}**" if holds is False else text


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
