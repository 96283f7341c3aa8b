"""Flags of pace without a strip: raised only by what is surely too fast, two sigma of its error taken off."""

from __future__ import annotations

import math
from dataclasses import replace

from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.limits import Limits
from slowhand.coach.watches import LimitWatch
from slowhand.strokes.grouping import ROUND_FRICTION_PER_MIN
from slowhand.strokes.paced import ROUND_CADENCE, SIGMAS

REMEMBERED_US = 1_000_000   # a fast stroke keeps its flag open so long after it was known, so that it can be told


class StrokeSpeedWatch:
    """``too_fast`` by the speed of whole strokes, each known when it has ended.

    Each long stroke that surely was too fast has a flag of its own, as with a strip; short ones that are known within
    ``REMEMBERED_US`` of each other share one. Its value is the largest speed that one of them surely held. It closes
    with a stroke that was not too fast, or ``REMEMBERED_US`` after the last one was known.
    """

    kind = FlagKind.TOO_FAST

    def __init__(self, limits: Limits, seen_us: int = 0) -> None:
        self.limit = limits.too_fast
        self._calm_below = limits.closing.share * self.limit.warn
        self.flag: Flag | None = None
        self.seen_us = seen_us   # end of the latest stroke that was judged
        self._fast_us = 0        # end of the latest fast one
        self._known_us = 0       # when that was known

    def step(self, t_us: int, start_us: int, end_us: int, peak_cm_s: float, sigma_cm_s: float) -> Flag | None:
        """One row with the latest stroke that has ended. Returns the flag when it opens, grows worse or closes."""
        if end_us <= self.seen_us:
            if self.flag is not None and t_us - self._known_us > REMEMBERED_US:
                return self.end(t_us)
            return None
        self.seen_us = end_us
        sure = peak_cm_s - SIGMAS * sigma_cm_s
        if sure > self.limit.warn:
            self._fast_us, self._known_us = end_us, t_us
            return self._fast(t_us, start_us, sure)
        # A stroke of unknown speed neither raises nor closes.
        return self.end(t_us) if self.flag is not None and sure < self._calm_below else None

    def _fast(self, t_us: int, start_us: int, sure: float) -> Flag | None:
        alarm = sure > self.limit.alarm
        severity, limit = (Severity.ALARM, self.limit.alarm) if alarm else (Severity.WARN, self.limit.warn)
        flag = self.flag
        if flag is None:
            self.flag = Flag(start_us, None, t_us, self.kind, severity, sure, limit, self.limit.unit, None, None)
            return self.flag
        worse = alarm and flag.severity is Severity.WARN
        if worse:
            flag = replace(flag, severity=severity, limit=limit)
        self.flag = replace(flag, value=max(flag.value, sure))
        return self.flag if worse else None

    def end(self, at_us: int) -> Flag | None:
        """Closes an open flag where the last fast stroke ended (``at_us`` is when that is known)."""
        flag, self.flag = self.flag, None
        return None if flag is None else replace(flag, end_us=self._fast_us)


class RhythmWatch:
    """``too_fast_knead`` by the cadence of hands that go round; a rubbing hand goes to and fro and is not judged.

    A cadence is heard after two and a half cycles; above the limit for another half one it has been so for three,
    and the flag begins with the first of them.
    """

    kind = FlagKind.TOO_FAST_KNEAD

    def __init__(self, limits: Limits) -> None:
        self.limit = limits.too_fast_knead
        half_cycle_ms = round(30_000.0 / self.limit.warn)
        self._watch = LimitWatch(self.kind, self.limit.model_copy(update={"must_last_ms": half_cycle_ms}), limits)
        self._before_us = 0

    @property
    def flag(self) -> Flag | None:
        """The flag that is open now."""
        return self._told(self._watch.flag)

    def step(self, t_us: int, per_min: float, sigma_per_min: float, roundness: float) -> Flag | None:
        """One row in contact, NaN where there is no rhythm. Returns the flag when it opens, grows worse or closes."""
        sure = per_min - SIGMAS * sigma_per_min
        if per_min == per_min and not (roundness >= ROUND_CADENCE and per_min < ROUND_FRICTION_PER_MIN):
            sure = 0.0   # a rhythm, but no kneading
        if self._watch.flag is None and sure > 0.0:
            self._before_us = round((self.limit.must_last_cycles - 0.5) * 60e6 / per_min)
        return self._told(self._watch.step(t_us, sure, (math.nan, math.nan)))

    def end(self, at_us: int) -> Flag | None:
        """The kneading ends here: closes an open flag."""
        return self._told(self._watch.end(at_us))

    def _told(self, flag: Flag | None) -> Flag | None:
        return None if flag is None else replace(flag, start_us=flag.start_us - self._before_us)
