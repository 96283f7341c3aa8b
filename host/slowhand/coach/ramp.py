"""From light to deep: an area that has hardly been worked is pressed lightly, and more as it warms up."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.coach.limits import Limits
from slowhand.strokes.places import region_of

Area = tuple[str, str]   # region and side of the spine


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to say that is no flag: nothing is broken."""

    kind: str
    since_us: int
    text: str


class Ramp:
    """Counts the time of contact in each area and says where the giver went deep at once.

    An area is a region of the back (``region_of``) on one side of the spine. In it ``light_n`` are advised for
    ``light_s`` of contact; from there the advised force rises evenly until, at ``full_s``, it is what ``too_hard`` warns
    of, and has no limit of its own any more. Where the place is not known nothing is counted and nothing judged.
    A row is looked at every ``look_ms``.
    """

    def __init__(self, limits: Limits, back_length_mm: float) -> None:
        self._worked_us: dict[Area, int] = {}
        self._allowed_n: dict[Area, float] = {}   # where the receiver has asked for more
        self._looked_us: int | None = None
        self._deep: tuple[Area, int] | None = None   # where it is pressed deeper than advised, and since when
        self._noted = False                          # that has lasted long enough to be remarked
        self._said_us: int | None = None
        self.use(limits, back_length_mm)

    def use(self, limits: Limits, back_length_mm: float) -> None:
        """Other limits or measures; the time that was worked stays."""
        self._rule, self._full_n, self._back_length_mm = limits.ramp, limits.too_hard.warn, back_length_mm

    def advised_n(self, worked_s: float) -> float | None:
        """The total force that is advised after ``worked_s`` in an area; ``None``: as much as anywhere."""
        rule = self._rule
        if worked_s >= rule.full_s:
            return None
        light_n = min(rule.light_n, self._full_n)
        return light_n + (self._full_n - light_n) * max(worked_s - rule.light_s, 0.0) / (rule.full_s - rule.light_s)

    def allow(self, place_mm: tuple[float, float], force_n: float) -> None:
        """The receiver wants it deeper here: so much may be pressed in this area without a remark."""
        area = self._area_of(place_mm)
        self._allowed_n[area] = max(force_n, self._allowed_n.get(area, 0.0))

    def _area_of(self, place_mm: tuple[float, float]) -> Area:
        return region_of(place_mm[1], self._back_length_mm), "left" if place_mm[0] > 0.0 else "right"

    def worked_s(self, area: Area) -> float:
        """Seconds of contact in an area so far."""
        return 1e-6 * self._worked_us.get(area, 0)

    def step(self, t_us: int, placed: bool, cop_mm: tuple[float, float], total_n: float) -> bool:
        """One row; ``placed``: in contact at a known place. Whether a remark has just become due."""
        before_us, look_us = self._looked_us, 1000 * self._rule.look_ms
        if before_us is not None and t_us - before_us < look_us:
            return False
        self._looked_us = t_us
        if not placed or cop_mm[1] != cop_mm[1]:
            self._deep, self._noted = None, False
            return False
        area = self._area_of(cop_mm)
        if before_us is not None and t_us - before_us <= 2 * look_us:   # rows are not missing
            self._worked_us[area] = self._worked_us.get(area, 0) + t_us - before_us
        advised_n = self.advised_n(self.worked_s(area))
        if advised_n is None or not total_n > max(advised_n, self._allowed_n.get(area, 0.0)):
            self._deep, self._noted = None, False
        elif self._deep is None or self._deep[0] != area:
            self._deep, self._noted = (area, t_us), False
        elif not self._noted and t_us - self._deep[1] >= 1000 * self._rule.must_last_ms:
            self._noted = True
            return True
        return False

    def hint(self, t_us: int) -> Hint | None:
        """What to remark now; not again for ``again_s`` after it was said."""
        if self._deep is None or not self._noted:
            return None
        if self._said_us is not None and t_us - self._said_us < 1e6 * self._rule.again_s:
            return None
        return Hint("ramp", self._deep[1] + 1000 * self._rule.must_last_ms, "Begin lighter here: let it warm up.")

    def said(self, t_us: int) -> None:
        """It has been remarked."""
        self._said_us = t_us
