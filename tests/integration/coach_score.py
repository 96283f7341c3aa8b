"""Judges flags and strokes by what really happened in a simulated session. Nothing in the product reads this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from slowhand.coach.flag import Flag, FlagKind
from slowhand.sim.simulation import SimOutput
from slowhand.sim.truth import TrueFlag, TrueStroke
from slowhand.strokes.stroke import Kind, Stroke

MARGIN = 0.12            # events within this share of a limit count neither way
MOST_WIDE_MM = 10.0      # a pad counts as in a zone when it may be: within two sigma, so far at most
BOUNDARY_US = 250_000
GRID_US = 10_000
BLIND_SHARE = 0.5        # an event with the place unknown for so much of it could not be seen
CYCLIC = ("knead", "friction", "tap")
TOLD_PER_MIN = (20.0, 130.0)   # cadences for which a bound is asked


@dataclass
class FlagScore:
    """Events of one kind: really there and found, reported and right or wrong, and how soon they were known."""

    there: int = 0
    found: int = 0
    blind: int = 0     # not found, and the pipeline said all the while that the place was unknown
    right: int = 0
    wrong: int = 0
    near: int = 0      # reported of what is too near the limit, or the edge, to count
    late_ms: list[float] = field(default_factory=list)

    def add(self, other: FlagScore) -> None:
        for name in ("there", "found", "blind", "right", "wrong", "near"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.late_ms += other.late_ms

    @property
    def recall(self) -> float:
        return self.found / self.there if self.there else np.nan

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else np.nan


@dataclass
class StrokeScore:
    """Kinds over time, boundaries, cadences; and how often a measure's stated sigma covers its error."""

    right_us: int = 0
    time_us: int = 0
    matched: int = 0
    there: int = 0
    reported: int = 0
    taken_for: Counter[tuple[str, str]] = field(default_factory=Counter)   # (true kind, told kind or "") -> us
    # per kind of cyclic stroke: (true cadence, told minus true; NaN where none was told)
    cadences: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    # per measure: error over stated sigma; and how many strokes of how many had the measure
    pulls: dict[str, list[float]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    def add(self, other: StrokeScore) -> None:
        for name in ("right_us", "time_us", "matched", "there", "reported"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.taken_for += other.taken_for
        self.told += other.told
        for mine, theirs in ((self.cadences, other.cadences), (self.pulls, other.pulls)):
            for name, values in theirs.items():
                mine.setdefault(name, []).extend(values)   # type: ignore[arg-type]

    @property
    def accuracy(self) -> float:
        return self.right_us / self.time_us if self.time_us else np.nan

    @property
    def unknown(self) -> float:
        """Share of the time in strokes for which no kind was told."""
        untold = sum(us for (_, told), us in self.taken_for.items() if told in ("", Kind.UNKNOWN))
        return untold / self.time_us if self.time_us else np.nan

    @property
    def f1(self) -> float:
        return 2 * self.matched / (self.there + self.reported) if self.there + self.reported else np.nan


def stated_mm(touch: np.ndarray, sigmas: float) -> np.ndarray:
    """So many stated sigmas for each row, pad and axis, (N, 6, 2) mm; ten millimetres at most, and where unknown."""
    sigma = touch["pad_sigma_mm"]
    return np.where(np.isnan(sigma), MOST_WIDE_MM, np.minimum(sigmas * sigma, MOST_WIDE_MM))


def score_flags(
    out: SimOutput, touch: np.ndarray, flags: Sequence[Flag], maybe_mm: float | np.ndarray = 0.0,
) -> dict[str, FlagScore]:
    """Flags against truth, by kind: what any good pipeline must find, and what none may report.

    Every event of the exact zones must be found. A flag is wrong when it is none even with every zone wider by
    ``maybe_mm`` (one figure, or (N, 6, 2)); one that is right with a wider zone alone does not count.
    """
    sure, possible = out.flags_with(1.0 + MARGIN), out.flags_with(1.0 - MARGIN, maybe_mm)
    scores = {kind.value: FlagScore() for kind in FlagKind}
    for true in sure:
        score = scores[true.kind]
        found = any(overlap(flag, true) for flag in flags)
        score.there += 1
        score.found += found
        score.blind += not found and _blind(touch, true)
    for flag in flags:
        score = scores[flag.kind.value]
        certain = [true for true in sure if overlap(flag, true)]
        score.right += bool(certain)
        near = not certain and any(overlap(flag, true) for true in possible)
        score.near += near
        score.wrong += not certain and not near
        begun = [true.start_us for true in out.flags if certain and overlap(flag, true)]
        if begun:  # the one that this flag is about: two may follow each other closely
            start_us = min(begun, key=lambda start: abs(start - flag.start_us))
            score.late_ms.append((flag.raised_us - start_us) / 1e3)
    return scores


def overlap(flag: Flag, true: TrueFlag) -> bool:
    end_us = flag.end_us if flag.end_us is not None else flag.raised_us
    return flag.kind.value == true.kind and flag.start_us <= true.end_us and true.start_us <= end_us


def _blind(touch: np.ndarray, true: TrueFlag) -> bool:
    during = touch[(touch["t_us"] >= true.start_us) & (touch["t_us"] <= true.end_us)]
    return len(during) > 0 and float(np.mean(~during["located"])) >= BLIND_SHARE


def score_strokes(out: SimOutput, strokes: Sequence[Stroke]) -> StrokeScore:
    """Strokes against truth. A stroke is matched when both its ends are right; each is matched once."""
    score = StrokeScore(there=len(out.strokes), reported=len(strokes))
    free = list(strokes)
    for true in out.strokes:
        _score_kind(score, true, strokes)
        if true.kind in CYCLIC and true.cadence_per_min:
            _score_cadence(score, true, strokes)
        match = min(
            (s for s in free if _near(s.start_us, true.start_us) and _near(s.end_us, true.end_us)),
            key=lambda s: abs(s.start_us - true.start_us) + abs(s.end_us - true.end_us), default=None,
        )
        if match is not None:
            free.remove(match)
            score.matched += 1
            _score_measures(score, true, match)
    return score


def _near(a_us: int, b_us: int) -> bool:
    return abs(a_us - b_us) <= BOUNDARY_US


def _score_kind(score: StrokeScore, true: TrueStroke, strokes: Sequence[Stroke]) -> None:
    grid = np.arange(true.start_us, true.end_us, GRID_US)
    told = np.zeros(len(grid), bool)
    for stroke in strokes:
        inside = ~told & (grid >= stroke.start_us) & (grid < stroke.end_us)
        told |= inside
        time_us = GRID_US * int(np.count_nonzero(inside))
        if time_us:
            score.taken_for[true.kind, stroke.kind.value] += time_us
            score.right_us += time_us if stroke.kind.value == true.kind else 0
    score.time_us += GRID_US * len(grid)
    score.taken_for[true.kind, ""] += GRID_US * int(np.count_nonzero(~told))


def _score_cadence(score: StrokeScore, true: TrueStroke, strokes: Sequence[Stroke]) -> None:
    """By the stroke of that kind which shares most time with it: a train that was cut in two is still judged."""
    def shared_us(stroke: Stroke) -> int:
        return min(stroke.end_us, true.end_us) - max(stroke.start_us, true.start_us)

    same = [s for s in strokes if s.kind.value == true.kind and shared_us(s) > 0]
    told = max(same, key=shared_us).cadence_per_min if same else None
    per_min = float(true.cadence_per_min or 0.0)
    score.cadences.setdefault(true.kind, []).append((per_min, np.nan if told is None else told - per_min))


def _score_measures(score: StrokeScore, true: TrueStroke, told: Stroke) -> None:
    for name, sigma_name in (
        ("mean_cm_s", "speed_sigma_cm_s"), ("min_spine_mm", "spine_sigma_mm"), ("cadence_per_min", "cadence_sigma_per_min"),
    ):
        really, value, sigma = getattr(true, name), getattr(told, name), getattr(told, sigma_name, None)
        if really is None or (name == "cadence_per_min" and told.kind.value != true.kind):
            continue
        score.told[name, "there"] += 1
        score.told[name, "told"] += value is not None
        score.told[name, "with sigma"] += value is not None and sigma is not None
        if value is not None and sigma:
            score.pulls.setdefault(name, []).append((value - really) / sigma)
