"""Left against right: presses and slow strokes at mirrored places, what they cost in force and how far they sank."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slowhand.coach.areas import REGION_WORDS, REGIONS
from slowhand.coach.routine_plan import PalpationRule
from slowhand.strokes.places import region_of
from slowhand.strokes.stroke import Kind, Stroke

# Of what a press is felt by: time, height of the sensor, total force, centre of pressure, sigma of x and y, located.
_COLUMNS = 8
HIGH_SHARE, LOW_SHARE = 0.85, 0.3    # of the largest force: pressed in, and hardly touching


@dataclass(frozen=True)
class Felt:
    """One press or slow stroke that can be compared: its place, its forces, and how far it sank (None: not known)."""

    t_us: int
    x_mm: float
    y_mm: float
    mean_n: float
    peak_n: float
    sink_mm: float | None        # as the force rose by ``rise_n``
    rise_n: float
    press: bool

    @property
    def left(self) -> bool:
        return self.x_mm > 0.0


@dataclass(frozen=True)
class FeltPair:
    """The same place on both sides."""

    left: Felt
    right: Felt


@dataclass(frozen=True)
class Comparison:
    """One region, left against right, over all its pairs.

    ``force_ratio``: how much harder the left was pressed (mean force, as a factor): what the giver did. ``firmness_ratio``:
    newtons for each millimetre of sinking in, left over right, with its sigma (of its logarithm, so about a share); both
    ``None`` where the depth was not known. ``firmer``: "left", "right" or "" for no difference that can be told.
    """

    region: str
    pairs: int
    left_n: float
    right_n: float
    force_ratio: float
    firmness_ratio: float | None = None
    firmness_sigma: float | None = None
    firmer: str = ""

    @property
    def words(self) -> str:
        """One line for the page; "maybe" always, and never a diagnosis."""
        place = REGION_WORDS[self.region].capitalize()
        if self.firmness_ratio is None or self.firmness_sigma is None:
            return f"{place}: {self.left_n:.0f} N left, {self.right_n:.0f} N right; how firm is not known."
        percent = 100.0 * (math.exp(abs(math.log(self.firmness_ratio))) - 1.0)
        error = 100.0 * self.firmness_sigma
        if not self.firmer:
            return f"{place}: no difference that the glove can tell (± {error:.0f} %)."
        return f"{place}: {self.firmer} feels firmer (maybe), by {percent:.0f} ± {error:.0f} %."


class Palpation:
    """Gathers what was felt and pairs left with right; row by row, however the rows are split.

    How far a press sinks in is the way that the hand's height goes down as the force rises, averaged over the pressing in
    and the letting go, so that the most of breathing drops out. What is left of it, and the locator's own error, is
    ``sink_sigma_mm``: one press of 20 N on a back of 4 N/mm sinks by 5 mm and is known to a fifth of that.
    """

    def __init__(self, rule: PalpationRule, back_length_mm: float) -> None:
        self._rule, self._length_mm = rule, back_length_mm
        self._chunks: deque[np.ndarray] = deque()
        self._felt: list[Felt] = []
        self.pairs: list[FeltPair] = []

    def process(self, touch: np.ndarray) -> None:
        """Rows of TOUCH_DTYPE in the order of time: those in contact are kept for as long as a press may last."""
        rows = touch[touch["contact"]]
        if not len(rows):
            return
        kept = np.empty((len(rows), _COLUMNS))
        kept[:, 0], kept[:, 1], kept[:, 2] = rows["t_us"], rows["pos_mm"][:, 2], rows["total_n"]
        kept[:, 3:5], kept[:, 5:7], kept[:, 7] = rows["cop_mm"], rows["sigma_mm"], rows["located"]
        self._chunks.append(kept)
        oldest_us = kept[-1, 0] - 1e6 * (self._rule.longest_s + 2.0)
        while self._chunks[0][-1, 0] < oldest_us:
            self._chunks.popleft()

    def strokes(self, strokes: Sequence[Stroke]) -> None:
        """Strokes that have just ended."""
        for stroke in strokes:
            felt = self._feel(stroke)
            if felt is not None:
                self._pair(felt)

    def _feel(self, stroke: Stroke) -> Felt | None:
        rule, lasted_s = self._rule, 1e-6 * (stroke.end_us - stroke.start_us)
        press = stroke.kind is Kind.PRESS
        slow = stroke.kind is Kind.GLIDE and stroke.mean_cm_s is not None and stroke.mean_cm_s <= rule.slow_cm_s
        if not (press or slow) or not rule.shortest_s <= lasted_s <= rule.longest_s or stroke.mean_n < rule.least_n:
            return None
        if not self._chunks or stroke.peak_at_least:
            return None
        rows = np.concatenate(self._chunks)
        rows = rows[(rows[:, 0] >= stroke.start_us) & (rows[:, 0] <= stroke.end_us)]
        known = rows[(rows[:, 7] > 0.0) & np.isfinite(rows[:, 3]) & np.isfinite(rows[:, 4])]
        if len(known) < 0.9 * len(rows) or len(known) < 10 or known[:, 5:7].max() > rule.height_sigma_mm:
            return None
        weight = known[:, 2]
        x_mm, y_mm = (float(weight @ known[:, axis] / weight.sum()) for axis in (3, 4))
        if abs(x_mm) < rule.midline_mm:
            return None
        sink_mm, rise_n = sink_of(known) if press else (None, 0.0)
        return Felt(stroke.end_us, x_mm, y_mm, stroke.mean_n, stroke.peak_n, sink_mm, rise_n, press)

    def _pair(self, felt: Felt) -> None:
        """With the nearest earlier one at the mirrored place; each is compared once."""
        across_mm, along_mm = self._rule.mirror_mm
        fits = [
            (abs(abs(other.x_mm) - abs(felt.x_mm)) / across_mm + abs(other.y_mm - felt.y_mm) / along_mm, i)
            for i, other in enumerate(self._felt)
            if other.left != felt.left and other.press == felt.press
            and felt.t_us - other.t_us <= 1e6 * self._rule.within_s
            and abs(abs(other.x_mm) - abs(felt.x_mm)) <= across_mm and abs(other.y_mm - felt.y_mm) <= along_mm
        ]
        if not fits:
            self._felt = [*(old for old in self._felt if felt.t_us - old.t_us <= 1e6 * self._rule.within_s), felt]
            return
        other = self._felt.pop(min(fits)[1])
        self.pairs.append(FeltPair(felt, other) if felt.left else FeltPair(other, felt))

    def comparisons(self) -> tuple[Comparison, ...]:
        """One for each region with pairs, from the neck down."""
        by_region: dict[str, list[FeltPair]] = {}
        for pair in self.pairs:
            middle_mm = 0.5 * (pair.left.y_mm + pair.right.y_mm)
            by_region.setdefault(region_of(middle_mm, self._length_mm), []).append(pair)
        return tuple(self._compare(region, by_region[region]) for region in REGIONS if region in by_region)

    def _compare(self, region: str, pairs: list[FeltPair]) -> Comparison:
        left_n, right_n = (float(np.mean([side.mean_n for side in sides])) for sides in zip(
            *((pair.left, pair.right) for pair in pairs), strict=True))
        # Pairs in which both were pressed for feeling tell how firm; the depths are summed, not the quotients, as one
        # shallow press would else outweigh all others.
        deep = [pair for pair in pairs if pair.left.sink_mm is not None and pair.right.sink_mm is not None]
        on_left = self._firmness([pair.left for pair in deep]) if deep else None
        on_right = self._firmness([pair.right for pair in deep]) if deep else None
        if on_left is None or on_right is None:
            return Comparison(region, len(pairs), left_n, right_n, left_n / right_n)
        (left, left_sigma), (right, right_sigma) = on_left, on_right
        ratio, sigma = left / right, math.hypot(left_sigma, right_sigma)
        size = abs(math.log(ratio))
        told = size >= self._rule.sure_sigmas * sigma and size >= math.log1p(self._rule.least_share)
        firmer = ("left" if ratio > 1.0 else "right") if told else ""
        return Comparison(region, len(pairs), left_n, right_n, left_n / right_n, ratio, sigma, firmer)

    def _firmness(self, presses: Sequence[Felt]) -> tuple[float, float] | None:
        """Newtons a millimetre over some presses, and the sigma of its logarithm; ``None``: they sank too little."""
        sink_mm = sum(felt.sink_mm or 0.0 for felt in presses)
        if sink_mm < self._rule.sink_least_mm * len(presses):
            return None
        sigma_mm = self._rule.sink_sigma_mm * math.sqrt(len(presses))
        return sum(felt.rise_n for felt in presses) / sink_mm, sigma_mm / sink_mm


def sink_of(rows: np.ndarray) -> tuple[float | None, float]:
    """How far a press sank (mm), and by how much the force rose meanwhile (N); ``None`` where it cannot be told.

    ``rows``: (n, 8) of one press as `Palpation` keeps them. Height while hardly touching, before and after, less the
    height while pressed in, next to it.
    """
    force, height = rows[:, 2], rows[:, 1]
    peak = float(force.max())
    deep = np.flatnonzero(force >= HIGH_SHARE * peak)
    ends = []
    for light, near in (
        (np.flatnonzero(force[: deep[0]] <= LOW_SHARE * peak), deep[: max(len(deep) // 3, 1)]),
        (deep[-1] + 1 + np.flatnonzero(force[deep[-1] + 1 :] <= LOW_SHARE * peak), deep[-max(len(deep) // 3, 1) :]),
    ):
        if len(light) >= 2:
            ends.append((
                float(height[light].mean() - height[near].mean()), float(force[near].mean() - force[light].mean())
            ))
    if len(ends) < 2 or not all(math.isfinite(sunk) for sunk, _ in ends):
        return None, 0.0
    return 0.5 * (ends[0][0] + ends[1][0]), 0.5 * (ends[0][1] + ends[1][1])
