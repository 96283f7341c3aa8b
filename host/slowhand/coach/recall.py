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


@dataclass(frozen=True)
class Pressed:
    """A place that was pressed, and how hard. ``place_mm`` is ``None`` where it was not known.

    ``total_n`` is the mean over the last seconds of contact, ``held_n`` what of it the pads within ``radius_mm`` bore:
    that is what a limit of this place is held against.
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
        last_us = self._looks[-1][0]
        looks = [look for look in self._looks if last_us - look[0] <= 1e6 * rule.recall_s]
        total_n = sum(look[1] for look in looks) / len(looks)
        if not all(look[2] for look in looks) or total_n <= 0.0:
            return Pressed(last_us, None, 0.0, total_n, total_n)
        weight = sum(look[1] for look in looks)
        place = tuple(sum(look[1] * look[3][axis] for look in looks) / weight for axis in (0, 1))
        radius_mm = self._reach(looks[-1], (place[0], place[1]))
        held = [_held(look, (place[0], place[1]), radius_mm) for look in looks]
        return Pressed(last_us, (place[0], place[1]), radius_mm, total_n, max(sum(held) / len(held), held[-1]))

    def _reach(self, look: Look, place_mm: tuple[float, float]) -> float:
        """How far from the place the pads lie that bear ``holds_share`` of the force, and their own breadth."""
        least, most = self._rule.radius_mm
        pads = sorted(_pads(look, place_mm))
        wanted, so_far, reach = self._rule.holds_share * sum(force for _, force in pads), 0.0, least
        for distance, force in pads:
            so_far, reach = so_far + force, distance + 10.0
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
