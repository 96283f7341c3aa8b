"""Counts kneading cycles while they happen: the coach cannot wait for the end of the stroke."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slowhand.strokes.grouping import TRAIN_LEGS, continues, train_kind
from slowhand.strokes.legs import Motion, MotionSplitter, Part
from slowhand.strokes.stroke import Kind

KEPT_LEGS = 8               # four cycles: enough to know the kind and three cycles
MEAN_S = 1.0                # of the force, around which it swells
LANDED_US = 300_000         # until then the force grows because the hand lands
SWELL = 0.5                 # a beat is a swell above and a fall below the mean by this share of the usual swing (RMS),
LEAST_SWELL = 0.07          # but by this share of the mean at least: a hand that presses wavers by nearly as much,
REST_SWELL = 0.15           # and by this where the hand is seen to rest: then nothing else speaks for kneading
LIGHTEST_N = 5.0            # nobody kneads more lightly
SHORTEST_BEAT_US = 330_000  # a force that beats faster is friction or tapping; one beat of a quick train may be short
LONGEST_BEAT_US = 4_000_000
EVEN_BEATS = 1.3            # the longest of the beats in a row over the shortest: what wavers by chance is not even


@dataclass(frozen=True)
class Cycles:
    """The latest whole cycles of kneading, one after the other, the newest last."""

    spans_us: tuple[tuple[int, int], ...]

    @property
    def start_us(self) -> int:
        return self.spans_us[0][0]

    @property
    def cadences_per_min(self) -> tuple[float, ...]:
        return tuple(60e6 / (end - start) for start, end in self.spans_us)

    @property
    def cadence_per_min(self) -> float:
        """Over all of them."""
        return 60e6 * len(self.spans_us) / (self.spans_us[-1][1] - self.spans_us[0][0])


class KneadingTracker:
    """Follows contacts row by row; says whenever another cycle of kneading, or half of one, is complete.

    Where the motion is known its turning points count, two to a cycle (``legs``, ``grouping``: the same rules
    that later name the stroke). Where it is not, or while the hand stays in place, the swelling of the force
    counts instead.
    """

    def __init__(self, count: int) -> None:
        self._count = count              # how many cycles to report, once there are so many
        self._splitter: MotionSplitter | None = None
        self._legs: list[Part] = []
        self._beats = _ForceBeats()
        self._cycle_us = 0               # when the newest cycle (or half) was complete
        self._whole = 2                  # parts that make one cycle
        self.part: Part | None = None    # of the motion that ended with the latest row
        self.cycles: Cycles | None = None   # that changed with it

    def step(
        self, t_us: int, contact: bool, velocity_cm_s: tuple[float, float],
        place_mm: tuple[float, float], lever_mm: tuple[float, float], heading_rad: float, total_n: float,
    ) -> Cycles | None:
        """One row, as for ``MotionSplitter.step``. Returns the cycles when they have changed."""
        self.part, self.cycles = None, None
        if not contact:
            ended = self._splitter.finish(t_us) if self._splitter is not None else None
            self.reset()
            self.part = ended
            return None
        if self._splitter is None:
            self._splitter = MotionSplitter(t_us)
        self.part = self._splitter.step(t_us, *velocity_cm_s, place_mm, lever_mm, heading_rad)
        self.cycles = self._cycles(t_us, total_n)
        return self.cycles

    @property
    def moving(self) -> bool:
        """The hand goes on from where the last part ended: it has turned there, and not rested or lifted."""
        return self._splitter is not None and self._splitter.motion is Motion.LEG

    def _cycles(self, t_us: int, total_n: float) -> Cycles | None:
        resting = LEAST_SWELL if self._splitter is None or self._splitter.motion is Motion.BLIND else REST_SWELL
        beat = self._beats.step(t_us, total_n, resting)
        if self.part is not None:
            return self._leg(self.part)
        if beat and len(self._legs) < TRAIN_LEGS and not self.moving:
            self._whole, self._cycle_us = 1, t_us
            return Cycles(self._beats.spans(self._count))
        return None

    def reset(self) -> None:
        """The contact is over, or rows are missing."""
        self.part, self.cycles = None, None
        if self._splitter is not None:
            self._splitter = None
            self._legs = []
            self._beats = _ForceBeats()

    def slowest_per_min(self, t_us: int) -> float:
        """The cadence can no longer be more than this, since the newest cycle is that long ago."""
        return 60e6 / (self._whole * max(t_us - self._cycle_us, 1))

    def _leg(self, part: Part) -> Cycles | None:
        if not continues(self._legs, part):
            self._legs = [part] if continues((), part) else []
            return None
        self._legs = [*self._legs[-KEPT_LEGS + 1 :], part]
        if len(self._legs) < TRAIN_LEGS or train_kind(self._legs) is not Kind.KNEAD:
            return None
        self._whole, self._cycle_us = 2, part.end_us
        recent = self._legs[-2 * self._count :]
        recent = recent[len(recent) % 2 :]
        return Cycles(tuple((a.start_us, b.end_us) for a, b in zip(recent[::2], recent[1::2], strict=True)))


class _ForceBeats:
    """Beats of a force that swells and falls around its own slow mean."""

    def __init__(self) -> None:
        self._landed_us = self._last_us = -1
        self._mean = self._square = 0.0     # of the force, and of its swing about that
        self._high = False
        self._rises: list[int] = []

    def step(self, t_us: int, total_n: float, least_swell: float) -> bool:
        """Whether one more beat is complete with this row, and the beats are even."""
        if total_n != total_n:
            return False
        if self._last_us < 0:
            self._landed_us = t_us
        step_s, self._last_us = max(0.0, (t_us - max(self._last_us, self._landed_us)) * 1e-6), t_us
        age_us = t_us - self._landed_us
        if age_us < LANDED_US:
            self._mean = total_n
            return False
        # While the hand has pressed for less than MEAN_S the mean is that of all it has pressed.
        gain = step_s / (min(MEAN_S, age_us * 1e-6) + step_s)
        swing = total_n - self._mean
        self._mean += gain * swing
        self._square += gain * (swing * swing - self._square)
        swing = total_n - self._mean
        least = max(SWELL * math.sqrt(self._square), least_swell * self._mean)
        if self._high:
            self._high = swing > -least
            return False
        if swing < least or self._mean < LIGHTEST_N:
            return False
        self._high = True
        return self._rise(t_us)

    def _rise(self, t_us: int) -> bool:
        if self._rises and not SHORTEST_BEAT_US <= t_us - self._rises[-1] <= LONGEST_BEAT_US:
            self._rises = []
        self._rises = [*self._rises[-KEPT_LEGS:], t_us]
        beats = [end - start for start, end in self.spans(3)]
        return len(beats) > 0 and max(beats) <= EVEN_BEATS * min(beats)

    def spans(self, count: int) -> tuple[tuple[int, int], ...]:
        """The latest beats, at most ``count``."""
        return tuple(zip(self._rises, self._rises[1:], strict=False))[-count:]
