"""What the hand did in the last seconds of contact: what an answer about the pressure is about."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from slowhand.coach.routine_plan import VoteRule
from slowhand.strokes.touching import LOADED_N

Look = tuple[int, float, bool, tuple[float, float], list[list[float]], list[float]]
KEEP = 400   # looks in contact: 40 s at ten a second
PAD_MM = 10.0   # how far a pad reaches


@dataclass(frozen=True)
class Pressed:
    """A place that was pressed, and how hard. ``place_mm`` is ``None`` where it was not known.

    ``total_n`` is the mean over the last seconds of contact there, ``held_n`` what of it the pads within ``radius_mm`` bore:
    that is what a limit of this place is held against. Where the hand was last lies within the circle.
    """

    t_us: int
    place_mm: tuple[float, float] | None
    radius_mm: float
    total_n: float
    held_n: float


class Recall:
    """Remembers looks at the hand in contact, ten a second."""

    def __init__(self, rule: VoteRule) -> None:
        self._rule = rule
        self._looks: deque[Look] = deque(maxlen=KEEP)

    def note(self, row: np.void, t_us: int, total_n: float, placed: bool) -> None:
        """One look at a hand in contact; ``placed``: its place is known."""
        x_mm, y_mm = row["cop_mm"].tolist()
        self._looks.append((t_us, total_n, placed, (x_mm, y_mm), row["pad_mm"].tolist(), row["force_n"].tolist()))

    def pressed(self, t_us: int) -> Pressed | None:
        """What was pressed lately; ``None`` if nothing was for ``recall_within_s``."""
        rule = self._rule
        if not self._looks or t_us - self._looks[-1][0] > 1e6 * rule.recall_within_s:
            return None
        looks, placed = self._lately()
        last_us, total_n = looks[0][0], sum(look[1] for look in looks) / len(looks)
        if not placed or total_n <= 0.0:
            return Pressed(last_us, None, 0.0, total_n, total_n)
        weight = sum(look[1] for look in looks)
        x, y = (sum(look[1] * look[3][axis] for look in looks) / weight for axis in (0, 1))
        way_mm = max(math.hypot(look[3][0] - x, look[3][1] - y) for look in looks)
        radius_mm = min(max(self._reach(looks[0], (x, y)), way_mm + self._went_on_mm()), rule.radius_mm[1])
        held = [_held(look, (x, y), radius_mm) for look in looks]
        return Pressed(last_us, (x, y), radius_mm, total_n, max(sum(held) / len(held), held[0]))

    def _lately(self) -> tuple[list[Look], bool]:
        """The looks of the last seconds at the place of the newest, newest first, and whether all their places are known.

        A hand that moves was a moment ago where a circle around it does not reach: what lies farther back than a circle
        can hold is another place, and so is all before it.
        """
        newest, looks = self._looks[-1], []
        within_mm = self._rule.radius_mm[1] - self._went_on_mm()
        for look in reversed(self._looks):
            if newest[0] - look[0] > 1e6 * self._rule.recall_s:
                break
            if not look[2] or not newest[2]:
                return [each for each in self._looks if newest[0] - each[0] <= 1e6 * self._rule.recall_s][::-1], False
            if math.hypot(look[3][0] - newest[3][0], look[3][1] - newest[3][1]) > within_mm:
                break
            looks.append(look)
        return looks, True

    def _went_on_mm(self) -> float:
        """How far the hand may have gone since the newest look: as far as since the one before it; and a pad's breadth."""
        last, before = self._looks[-1], self._looks[-2] if len(self._looks) > 1 else self._looks[-1]
        step_mm = math.hypot(last[3][0] - before[3][0], last[3][1] - before[3][1])
        return PAD_MM + (min(step_mm, self._rule.radius_mm[0]) if step_mm == step_mm else 0.0)

    def _reach(self, look: Look, place_mm: tuple[float, float]) -> float:
        """How far from the place the pads lie that bear ``holds_share`` of the force, and their own breadth."""
        least, most = self._rule.radius_mm
        pads = sorted(_pads(look, place_mm))
        wanted, so_far, reach = self._rule.holds_share * sum(force for _, force in pads), 0.0, least
        for distance, force in pads:
            so_far, reach = so_far + force, distance + PAD_MM
            if so_far >= wanted:
                break
        return min(max(reach, least), most)


def _pads(look: Look, place_mm: tuple[float, float]) -> list[tuple[float, float]]:
    """Distance from a place and force of each loaded pad."""
    x, y = place_mm
    return [
        (math.hypot(pad[0] - x, pad[1] - y), force)
        for pad, force in zip(look[4], look[5], strict=True)
        if force >= LOADED_N
    ]


def _held(look: Look, place_mm: tuple[float, float], radius_mm: float) -> float:
    return sum(force for distance, force in _pads(look, place_mm) if distance <= radius_mm)
