"""Strokes without a strip: what the locator says of pace during one contact, made into strokes and their speeds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from statistics import median

from slowhand.strokes.grouping import (
    IN_PLACE_MM,
    PRESS_US,
    ROUND_FRICTION_PER_MIN,
    STRAIGHT_FRICTION_PER_MIN,
    STRIDE_MM,
    Group,
)
from slowhand.strokes.measures import KNOWN_SHARE
from slowhand.strokes.stroke import Kind, Stroke

SIGMAS = 2.0           # a speed is told where it is more than its error
REST_SIGMAS = 1.5      # a hand that rests seldom seems to move by more; of those that glide unsurely two in three do
ROUND_CADENCE = 0.4    # kneading circles have 0.67-0.92 in simulation, what goes on a line at most 0.25
RHYTHM_US = 1_000_000  # a rhythm must have been heard for so long
RHYTHM_SHARE = 0.3     # and for this share of the contact: two and a half cycles pass before it is heard


@dataclass(frozen=True)
class Pass:
    """A finished pass of the hand, from one turning point to the next; NaN where its speed is not known."""

    start_us: int
    end_us: int
    mean_cm_s: float
    sigma_cm_s: float
    peak_cm_s: float

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us

    @property
    def path_mm(self) -> float:
        return 1e-5 * self.mean_cm_s * self.duration_us

    @property
    def rests(self) -> bool:
        """Whether it may be taken for rest; neither so nor travelling: nobody knows. False where its speed is unknown."""
        return self.mean_cm_s < REST_SIGMAS * self.sigma_cm_s

    @property
    def travels(self) -> bool:
        """Whether it surely moved, and far enough for a glide."""
        return self.mean_cm_s >= SIGMAS * self.sigma_cm_s and self.path_mm >= STRIDE_MM


@dataclass
class Pace:
    """Everything that is said of pace during one contact."""

    start_us: int
    _passes: list[Pass] = field(default_factory=list)
    _rhythm: list[tuple[int, float, float, float]] = field(default_factory=list)   # how long, cadence, its sigma, roundness
    _last_us: int = 0

    def step(
        self, t_us: int, cadence_per_min: float, sigma_per_min: float, roundness: float, latest: Pass
    ) -> None:
        """One row: the cadence, NaN where there is none, and the latest pass that has ended."""
        if latest.end_us > self.start_us and (not self._passes or latest.end_us > self._passes[-1].end_us):
            self._passes.append(replace(latest, start_us=max(latest.start_us, self.start_us)))
        step_us = t_us - self._last_us if self._last_us else 0
        self._last_us = t_us
        if cadence_per_min != cadence_per_min:
            return
        heard = (cadence_per_min, sigma_per_min, roundness)
        if self._rhythm and self._rhythm[-1][1:] == heard:
            step_us += self._rhythm.pop()[0]
        self._rhythm.append((step_us, *heard))

    def groups(self, end_us: int) -> list[Group]:
        """The strokes of the contact, which ends at ``end_us``. A kind of None is for the force to name."""
        kind = self._train_kind(end_us)
        if kind is not None:
            per_min, sigma = (median(heard[k] for heard in self._rhythm) for k in (1, 2))
            return [Group(kind, self.start_us, end_us, 60e6 / per_min, cadence_sigma_per_min=sigma)]
        parts = self._parts(end_us)
        if not any(travels for _, travels in parts):
            return [self._unmoved(self.start_us, end_us)]
        groups: list[Group] = []
        begin_us = self.start_us
        for k, (part_end_us, travels) in enumerate(parts):
            if travels:
                groups.append(Group(Kind.GLIDE, begin_us, part_end_us))
            elif part_end_us - begin_us >= PRESS_US:
                groups.append(self._unmoved(begin_us, part_end_us))
            elif groups:   # a pause: it belongs to the stroke before it, at the beginning to the one after it
                groups[-1] = replace(groups[-1], end_us=part_end_us)
            elif k + 1 < len(parts):
                continue
            begin_us = part_end_us
        return groups

    def _unmoved(self, start_us: int, end_us: int) -> Group:
        """A stretch that surely travels nowhere: at rest, or nobody knows."""
        rest_us = sum(max(min(p.end_us, end_us) - max(p.start_us, start_us), 0) for p in self._passes if p.rests)
        return Group(None, start_us, end_us, blind_us=end_us - start_us - rest_us)

    def told(self, stroke: Stroke) -> Stroke:
        """``stroke`` with the speeds of its passes, where they are known for most of it and better than their error."""
        passes = [p for p in self._passes if p.start_us < stroke.end_us and p.end_us > stroke.start_us]
        known = [p for p in passes if p.mean_cm_s == p.mean_cm_s]
        time_us = sum(p.duration_us for p in known)
        if time_us < KNOWN_SHARE * (stroke.end_us - stroke.start_us) or time_us == 0:
            return stroke
        mean = sum(p.mean_cm_s * p.duration_us for p in known) / time_us
        # What is wrong with one pass is wrong with the next: errors do not average out.
        sigma = sum(p.sigma_cm_s * p.duration_us for p in known) / time_us
        if mean < SIGMAS * sigma:
            return stroke
        return replace(stroke, mean_cm_s=mean, peak_cm_s=max(p.peak_cm_s for p in known), speed_sigma_cm_s=sigma)

    def _parts(self, end_us: int) -> list[tuple[int, bool]]:
        """Where each stretch of passes alike ends, and whether it is a glide; stretches at rest are joined."""
        parts: list[tuple[int, bool]] = []
        for p in self._passes:
            if parts and not parts[-1][1] and not p.travels:
                parts.pop()
            parts.append((p.end_us, p.travels))
        if not parts or parts[-1][0] < end_us:
            if parts and not parts[-1][1]:
                parts.pop()
            parts.append((end_us, False))
        return parts

    def _train_kind(self, end_us: int) -> Kind | None:
        """What repeats in place: as ``grouping.train_kind``, from cadence, roundness and the length of the passes."""
        heard_us = sum(heard[0] for heard in self._rhythm)
        if heard_us < max(RHYTHM_US, RHYTHM_SHARE * (end_us - self.start_us)):
            return None
        per_min = median(heard[1] for heard in self._rhythm)
        if median(heard[3] for heard in self._rhythm) >= ROUND_CADENCE:
            return Kind.FRICTION if per_min >= ROUND_FRICTION_PER_MIN else Kind.KNEAD
        # Straight: the way of half a cycle at the mean speed.
        speeds = [p.mean_cm_s for p in self._passes if p.mean_cm_s == p.mean_cm_s]
        way_mm = 10.0 * median(speeds) * 30.0 / per_min if speeds else math.nan
        if per_min >= STRAIGHT_FRICTION_PER_MIN:
            return Kind.FRICTION if not way_mm > IN_PLACE_MM else None
        return Kind.KNEAD if way_mm < STRIDE_MM else None
