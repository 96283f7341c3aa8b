"""All flags of a session, row by row: which value is held against which limit, and where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

from slowhand.coach.flag import Flag, FlagKind
from slowhand.coach.limits import Limits
from slowhand.coach.pace_watches import RhythmWatch, StrokeSpeedWatch
from slowhand.coach.watches import KneadingWatch, LimitWatch
from slowhand.coach.zones import BackZones, Zone
from slowhand.strokes.kneading import KneadingTracker

ZONE_KINDS = {
    "spine": FlagKind.SPINE_PRESSURE, "neck": FlagKind.NECK_PRESSURE, "kidney": FlagKind.KIDNEY_PRESSURE,
}


Watch = TypeVar("Watch", LimitWatch, KneadingWatch, StrokeSpeedWatch, RhythmWatch)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the flags need of one row; NaN where unknown."""

    t_us: int
    contact: bool
    speed_cm_s: float
    velocity_cm_s: tuple[float, float]
    total_n: float
    total_at_least: bool              # a lower bound
    zone_n: list[float]               # force in each of ``BackZones.zones``
    zone_at_least: list[bool]
    cop_mm: tuple[float, float]
    place_mm: tuple[float, float]     # of the hand
    heading_rad: float
    haptic: bool                      # the motor runs
    # Pace without a strip, as in TOUCH_DTYPE: cadence, its sigma and roundness; the latest stroke that has ended.
    rhythm: tuple[float, ...] = (math.nan, math.nan, math.nan)
    stroke_us: tuple[int, ...] = (0, 0)
    stroke_peak_cm_s: tuple[float, ...] = (math.nan, math.nan)


class FlagTracker:
    """Keeps every flag of one session.

    With a strip each zone is watched by the force in it. Without one there are no places: then the limit of
    the zone that the giver has chosen holds for the total force, and the spine's while none is chosen.
    """

    def __init__(self, zones: BackZones, limits: Limits, places_known: bool) -> None:
        self._places_known = places_known
        self._zones_of_back = zones
        self._limits = limits
        self._speed = LimitWatch(FlagKind.TOO_FAST, limits.too_fast, limits)
        self._hard = LimitWatch(FlagKind.TOO_HARD, limits.too_hard, limits)
        self._sores_named = 0
        self._zones = [self._watch_over(zone) for zone in zones.zones] if places_known else []
        self._chosen: str | None = None
        self._everywhere = None if places_known else self._watch_of("spine")
        self.kneading = KneadingTracker(limits.too_fast_knead.must_last_cycles)
        self._cadence = KneadingWatch(limits.too_fast_knead, limits)
        self._stroke_speed, self._rhythm = StrokeSpeedWatch(limits), RhythmWatch(limits)
        self._last_us = 0
        self._seen_us: int | None = None     # when the hand's place was known last
        self._found_us: int | None = None    # and when it was found again after it had been lost for long

    def choose_zone(self, name: str | None) -> list[Flag]:
        """Without a strip: the giver says where the hand is (``None``: not known, "open": in none of them)."""
        if self._places_known:
            return []
        ended = self._everywhere.end(self._last_us) if self._everywhere else None
        self._chosen = name
        self._everywhere = None if name == "open" else self._watch_of(name or "spine")
        return [ended] if ended else []

    def use(self, zones: BackZones, limits: Limits) -> list[Flag]:
        """Other zones and limits, from the next row on. Returns the flags that this ends.

        Only what has changed begins afresh: a flag whose limit (or sore place) is another now ends at the last row, as
        it says by which limit it was judged; if the new one is broken as well, a flag of its own opens. Every other
        watch goes on as if nothing had been said.
        """
        change = _Change(self._last_us, (limits.closing, limits.noise) == (self._limits.closing, self._limits.noise))
        if limits.too_fast_knead.must_last_cycles != self._limits.too_fast_knead.must_last_cycles:
            self.kneading = KneadingTracker(limits.too_fast_knead.must_last_cycles)
        before, self._zones_of_back, self._limits = self._zones_of_back.zones, zones, limits
        self._speed = change.keep(self._speed, LimitWatch(FlagKind.TOO_FAST, limits.too_fast, limits))
        self._hard = change.keep(self._hard, LimitWatch(FlagKind.TOO_HARD, limits.too_hard, limits))
        self._cadence = change.keep(self._cadence, KneadingWatch(limits.too_fast_knead, limits))
        self._stroke_speed = change.keep(self._stroke_speed, StrokeSpeedWatch(limits, self._stroke_speed.seen_us))
        self._rhythm = change.keep(self._rhythm, RhythmWatch(limits))
        if self._everywhere is not None:
            self._everywhere = change.keep(self._everywhere, self._watch_of(self._chosen or "spine"))
        if self._places_known:
            old, self._zones = list(zip(before, self._zones, strict=True)), []
            for zone in zones.zones:
                same = next((i for i, (was, _) in enumerate(old) if (was.kind, was.place) == (zone.kind, zone.place)), None)
                was = old.pop(same)[1] if same is not None else None
                fresh = self._watch_over(zone, was)
                self._zones.append(change.keep(was, fresh) if was is not None else fresh)
            for _, gone in old:
                change.end(gone)
        return change.ended

    def _watch_over(self, zone: Zone, was: LimitWatch | None = None) -> LimitWatch:
        """A sore place has its number for good, however many are named or taken back besides it."""
        sore = was.sore if was is not None else None
        if zone.place is not None and sore is None:
            sore, self._sores_named = self._sores_named, self._sores_named + 1
        return LimitWatch(zone.kind, zone.limit, self._limits, sore)

    def _watch_of(self, name: str) -> LimitWatch:
        kind = ZONE_KINDS[name]
        return LimitWatch(kind, self._limits.of(kind), self._limits)

    def step(self, now: Moment) -> list[Flag]:
        """One row after the start procedure. Returns the flags that opened, grew worse or closed."""
        self._last_us = now.t_us
        low = now.total_at_least
        total = self._sure(now.total_n, low, self._hard)
        changed: list[Flag | None] = [self._hard.step(now.t_us, total, now.cop_mm)]
        # The warning's own buzz blinds the locator: as long as it does, the pressed zone has not been left.
        blinded = now.haptic and now.contact
        for watch, force, at_least in zip(self._zones, now.zone_n, now.zone_at_least, strict=False):
            if force == force:
                force = self._sure(force, at_least, watch)
            elif not low and now.total_n < self._limits.closing.share * watch.limit.warn:
                # A zone's force is never more than the total: a light hand is known to be light anywhere.
                force = now.total_n
            changed.append(watch.step(now.t_us, force, now.cop_mm, blinded))
        if self._everywhere is not None:
            total = self._sure(now.total_n, low, self._everywhere)
            changed.append(self._everywhere.step(now.t_us, total, now.cop_mm))
        self._step_motion(now, changed)
        return [flag for flag in changed if flag is not None]

    def _sure(self, force_n: float, at_least: bool, watch: LimitWatch) -> float:
        """A lower bound may open a flag; it is unknown (NaN) where it would close one."""
        return math.nan if at_least and force_n < self._limits.closing.share * watch.limit.warn else force_n

    def _step_motion(self, now: Moment, changed: list[Flag | None]) -> None:
        lever = (now.cop_mm[0] - now.place_mm[0], now.cop_mm[1] - now.place_mm[1])
        cycles = self.kneading.step(
            now.t_us, now.contact, now.velocity_cm_s, now.place_mm, lever, now.heading_rad, now.total_n
        )
        changed.append(self._stroke_speed.step(now.t_us, *now.stroke_us, *now.stroke_peak_cm_s))
        doubted = self._just_found(now)
        if not now.contact:
            changed += [watch.end(now.t_us) for watch in (self._speed, self._cadence, self._rhythm)]
            return
        changed.append(self._rhythm.step(now.t_us, *now.rhythm))
        if now.rhythm[0] > 0.0 or self._rhythm.flag is not None:
            cycles = None   # the motion tells the rhythm: the force need not
        changed.append(self._speed.step(now.t_us, now.speed_cm_s, now.cop_mm, doubted=doubted))
        if cycles is not None:
            changed.append(self._cadence.cycles(now.t_us, cycles, now.cop_mm))
        if self._cadence.flag is not None:
            changed.append(self._cadence.step(now.t_us, self.kneading.slowest_per_min(now.t_us)))

    def _just_found(self, now: Moment) -> bool:
        """Whether the hand was found again a moment ago, after it had been lost for long.

        Where it was searched for, a wrong guess seems to race over the back, and is soon given up.
        """
        noise = self._limits.noise
        if now.place_mm[1] == now.place_mm[1]:
            if self._seen_us is not None and now.t_us - self._seen_us >= 1000 * noise.lost_ms:
                self._found_us = now.t_us
            self._seen_us = now.t_us
        return self._found_us is not None and now.t_us - self._found_us < 1000 * noise.doubted_ms

    def end(self, at_us: int) -> list[Flag]:
        """Rows are missing, or the session is over: what is open closes where it was last known."""
        self.kneading.reset()
        return [flag for watch in self._watches() if (flag := watch.end(at_us)) is not None]

    def open_flags(self) -> list[Flag]:
        """Flags that are open now, each with its largest value so far."""
        return [watch.flag for watch in self._watches() if watch.flag is not None]

    def _watches(self) -> list[LimitWatch | KneadingWatch | StrokeSpeedWatch | RhythmWatch]:
        everywhere = [] if self._everywhere is None else [self._everywhere]
        return [self._hard, *self._zones, *everywhere, self._speed, self._cadence, self._stroke_speed, self._rhythm]


class _Change:
    """Which watches go on under other limits, and the flags of those that do not."""

    def __init__(self, at_us: int, same_rules: bool) -> None:
        self._at_us, self._same_rules = at_us, same_rules
        self.ended: list[Flag] = []

    def keep(self, old: Watch, fresh: Watch) -> Watch:
        """The old watch if nothing about it has changed, else the fresh one."""
        if self._same_rules and old.limit == fresh.limit:
            return old
        self.end(old)
        return fresh

    def end(self, old: LimitWatch | KneadingWatch | StrokeSpeedWatch | RhythmWatch) -> None:
        flag = old.end(self._at_us)
        if flag is not None:
            self.ended.append(flag)
