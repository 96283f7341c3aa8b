"""Watches one value against its limit and tells when a flag opens, grows worse and closes."""

from __future__ import annotations

import math

from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.limits import Limit, Limits
from slowhand.strokes.kneading import Cycles

_UNKNOWN = (math.nan, math.nan)


class _Exceeding:
    """How long a value has been above one step of a limit.

    The clock starts with the first value above the limit. A later dip stops it only below ``dip_share`` of
    the limit: sensors scatter, and a pressure held just above a limit is above it although single samples are
    not. It is up only on a sample that is itself above the limit.
    """

    def __init__(self, limit: float, must_last_us: int, dip_share: float, patience_us: int) -> None:
        self._limit, self._must_last_us = limit, must_last_us
        self.dip = dip_share * limit
        self._patience_us = patience_us
        self._known_us = 0
        self.since_us: int | None = None

    def step(self, t_us: int, value: float) -> bool:
        """Whether the value has been above for long enough, now."""
        if value != value:  # unknown: neither above nor fine, but not for long
            if self.since_us is not None and t_us - self._known_us > self._patience_us:
                self.since_us = None
            return False
        self._known_us = t_us
        if value > self._limit:
            if self.since_us is None:
                self.since_us = t_us
            return t_us - self.since_us >= self._must_last_us
        if value < self.dip:
            self.since_us = None
        return False

    def reset(self) -> None:
        self.since_us = None


class LimitWatch:
    """One flag kind at one place.

    A flag opens when the value has been above ``warn`` for the time that it must last, turns to an alarm when
    the same holds for ``alarm``, and closes when the value has been below ``closing.share`` of ``warn`` for
    ``closing.calm_ms``. It ends where the value fell to the limit for the last time. While the value is
    unknown (NaN) nothing opens and an open flag stays, for ``noise.unknown_ms`` at most; the time does not count
    in which the glove itself has ``blinded`` what would tell. Nothing opens while the value is ``doubted``, but its
    time counts.
    """

    def __init__(self, kind: FlagKind, limit: Limit, limits: Limits, sore: int | None = None) -> None:
        self.kind, self.limit, self.sore = kind, limit, sore
        must_last_us = 1000 * limit.must_last_ms
        patience_us = 1000 * limits.noise.pending_unknown_ms
        self._warn = _Exceeding(limit.warn, must_last_us, limits.noise.dip_share, patience_us)
        self._alarm = _Exceeding(limit.alarm, must_last_us, limits.noise.dip_share, patience_us)
        self._calm_below = limits.closing.share * limit.warn
        self._calm_after_us = 1000 * limits.closing.calm_ms
        self._unknown_after_us = 1000 * limits.noise.unknown_ms
        self._forget()

    def _forget(self) -> None:
        self.flag: Flag | None = None
        self._largest, self._place = -math.inf, _UNKNOWN
        self._fell_us: int | None = None    # where the value came down to the limit, if it has stayed there
        self._calm_us: int | None = None    # since when it is well below
        self._known_us = 0
        self._blinded_us = 0
        self._warn.reset()
        self._alarm.reset()

    def step(
        self, t_us: int, value: float, place_mm: tuple[float, float], blinded: bool = False, doubted: bool = False
    ) -> Flag | None:
        """One row. Returns the flag when it opens, grows worse or closes."""
        if self.flag is None:
            if value <= self._warn.dip:  # nothing to remember; the way that nearly every row goes
                if self._warn.since_us is not None:
                    self._forget()
                return None
            return self._waiting(t_us, value, place_mm, doubted)
        if blinded:
            self._blinded_us = t_us
        return self._open(t_us, value, place_mm)

    def end(self, at_us: int) -> Flag | None:
        """The value ends here (contact over, rows missing): closes an open flag."""
        flag, fell_us = self.flag, self._fell_us
        self._forget()
        return None if flag is None else _closed(flag, at_us if fell_us is None else fell_us)

    def _waiting(self, t_us: int, value: float, place_mm: tuple[float, float], doubted: bool) -> Flag | None:
        opens = self._warn.step(t_us, value)
        worse = self._alarm.step(t_us, value)
        if self._warn.since_us is None:
            self._largest, self._place = -math.inf, _UNKNOWN
            return None
        self._remember(value, place_mm)
        if not opens or doubted:
            return None
        self._known_us = t_us
        self.flag = Flag(
            self._warn.since_us, None, t_us, self.kind, Severity.ALARM if worse else Severity.WARN,
            self._largest, self.limit.alarm if worse else self.limit.warn, self.limit.unit, *_known(self._place),
            self.sore,
        )
        return self.flag

    def _open(self, t_us: int, value: float, place_mm: tuple[float, float]) -> Flag | None:
        flag = self.flag
        if flag is None:
            return None
        worse = self._alarm.step(t_us, value) and flag.severity is Severity.WARN
        if value != value:
            if t_us - max(self._known_us, self._blinded_us) > self._unknown_after_us:
                return self.end(self._known_us)
            return None
        self._known_us = t_us
        if value > self.limit.warn:
            self._fell_us = None
        elif self._fell_us is None:
            self._fell_us = t_us
        if self._remember(value, place_mm) or worse:
            self.flag = Flag(
                flag.start_us, None, flag.raised_us, flag.kind, Severity.ALARM if worse else flag.severity,
                self._largest, self.limit.alarm if worse else flag.limit, flag.unit, *_known(self._place),
                self.sore,
            )
        if value >= self._calm_below:
            self._calm_us = None
        elif self._calm_us is None:
            self._calm_us = t_us
        elif t_us - self._calm_us >= self._calm_after_us:
            return self.end(t_us)
        return self.flag if worse else None

    def _remember(self, value: float, place_mm: tuple[float, float]) -> bool:
        if not value > self._largest:
            return False
        self._largest, self._place = value, place_mm
        return True


class KneadingWatch:
    """Flags kneading whose cadence has been above the limit for three cycles in a row."""

    kind = FlagKind.TOO_FAST_KNEAD

    def __init__(self, limit: Limit, limits: Limits) -> None:
        self.limit = limit
        self._calm_below = limits.closing.share * limit.warn
        self._calm_after_us = 1000 * limits.closing.calm_ms
        self.flag: Flag | None = None
        self._latest: Cycles | None = None
        self._calm_us: int | None = None

    def cycles(self, t_us: int, cycles: Cycles, place_mm: tuple[float, float]) -> Flag | None:
        """Another cycle is complete. Returns the flag when it opens or grows worse."""
        self._latest = cycles
        slowest = min(cycles.cadences_per_min)
        if len(cycles.spans_us) < self.limit.must_last_cycles or slowest <= self.limit.warn:
            return None
        worse = slowest > self.limit.alarm
        limit = self.limit.alarm if worse else self.limit.warn
        severity = Severity.ALARM if worse else Severity.WARN
        value, flag = cycles.cadence_per_min, self.flag
        if flag is None:
            place = _known(place_mm)
            self.flag = Flag(cycles.start_us, None, t_us, self.kind, severity, value, limit, self.limit.unit, *place)
            return self.flag
        grows = worse and flag.severity is Severity.WARN
        if value > flag.value or grows:
            x, y = _known(place_mm) if value > flag.value else (flag.x_mm, flag.y_mm)
            if flag.severity is Severity.ALARM:
                severity, limit = flag.severity, flag.limit
            self.flag = Flag(
                flag.start_us, None, flag.raised_us, self.kind, severity, max(value, flag.value), limit,
                flag.unit, x, y,
            )
        return self.flag if grows else None

    def step(self, t_us: int, slowest_per_min: float) -> Flag | None:
        """One row; ``slowest_per_min`` bounds the cadence since the newest cycle. Returns the flag if it closes."""
        if self.flag is None or self._latest is None:
            return None
        if min(self._latest.cadences_per_min[-1], slowest_per_min) >= self._calm_below:
            self._calm_us = None
        elif self._calm_us is None:
            self._calm_us = t_us
        elif t_us - self._calm_us >= self._calm_after_us:
            return self.end(self._calm_us)
        return None

    def end(self, at_us: int) -> Flag | None:
        """The kneading ends here: closes an open flag."""
        flag, calm_us = self.flag, self._calm_us
        self.flag, self._latest, self._calm_us = None, None, None
        return None if flag is None else _closed(flag, at_us if calm_us is None else calm_us)


def _closed(flag: Flag, end_us: int) -> Flag:
    return Flag(
        flag.start_us, end_us, flag.raised_us, flag.kind, flag.severity, flag.value, flag.limit, flag.unit,
        flag.x_mm, flag.y_mm, flag.sore,
    )


def _known(place_mm: tuple[float, float]) -> tuple[float | None, float | None]:
    x, y = (None if math.isnan(at) else at for at in place_mm)   # y may be unknown where x is not
    return x, y
