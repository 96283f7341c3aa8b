"""The thresholds of the glove's own reflex: what each pad may press where it is now."""

from __future__ import annotations

import math

from slowhand.coach.cue import ReflexLimits
from slowhand.coach.limits import Limit, Limits
from slowhand.coach.zones import BackZones
from slowhand.sensing.curves import pad_curves
from slowhand.sensing.profile import GloveProfile

OPEN, UNKNOWN, SORE = "open", "unknown", "sensitive"


class ReflexPlanner:
    """Follows every pad from zone to zone and says when the glove needs other thresholds.

    A pad's threshold is the count of the warning of the tightest zone that it is in, or will be in ``lead_ms``
    at the present speed; elsewhere that of ``too_hard``. It is a little less than that force (``sooner_share``): a pad
    that reads low would otherwise let a slowly growing push through for a tenth of a second. It is lowered at once and
    raised only after the pad has been out of the zone for ``loosen_ms``, so that a hand working along an edge sends
    few messages.
    Where the place is unknown in strip mode, every pad may press ``unknown_place_n``, but not more than it might
    when the place was last known, until the hand has been off for ``unknown_keep_ms``: the warning's own buzz
    blinds the locator, and must not loosen the threshold that it warns of. Without a strip the spine's warning
    holds everywhere until the giver has chosen a zone.

    A pad of which x alone is known (y NaN) has the tightest limit of all zones that lie at that x at any height: it is
    not known to be in none of them.
    """

    def __init__(self, profile: GloveProfile, zones: BackZones, limits: Limits, places_known: bool) -> None:
        self._places_known = places_known
        self._curves = pad_curves(profile.pad)
        self._set(zones, limits)
        self._chosen = UNKNOWN
        self._checked_us: int | None = None
        self._held: list[tuple[float, str, int]] | None = None   # per pad: limit N, zone, last seen there
        self._sent: tuple[int, ...] | None = None

    def _set(self, zones: BackZones, limits: Limits, at_alarm: bool = False) -> None:
        def step(limit: Limit) -> float:
            return limit.alarm if at_alarm else limit.warn

        self._zones, self._rule = zones, limits.reflex
        limit_n = {zone.name: step(zone.limit) for zone in zones.zones if zone.name != SORE}
        limit_n |= {OPEN: step(limits.too_hard)}
        limit_n |= {UNKNOWN: limits.reflex.unknown_place_n if self._places_known else step(limits.spine_pressure)}
        self._limit_n = limit_n
        self._column_n = [step(zone.limit) for zone in zones.zones]
        force_steps = {*limit_n.values(), *self._column_n}
        sooner = limits.reflex.sooner_share
        self._counts = [{force: curve.force_to_count(sooner * force) for force in force_steps} for curve in self._curves]

    def use(self, zones: BackZones, limits: Limits, at_alarm: bool = False) -> None:
        """Other zones and limits: thresholds are looked at anew with the next row.

        What a pad is still held to, because it was in a zone a moment ago or its place is unknown since, becomes the
        new limit of that zone; of sore places that of the tenderest one, and of one that is no more the open back's.
        ``at_alarm``: thresholds are those of alarms instead of warnings.
        """
        self._set(zones, limits, at_alarm)
        self._checked_us = None
        if self._held is not None:
            self._held = [(self._limit_of(zone), zone, seen_us) for _, zone, seen_us in self._held]

    def _limit_of(self, name: str) -> float:
        if name != SORE:
            return self._limit_n[name]
        sore = [n for n, zone in zip(self._column_n, self._zones.zones, strict=True) if zone.name == SORE]
        return min(sore, default=self._limit_n[OPEN])

    def choose_zone(self, name: str | None) -> None:
        """Without a strip: the zone that the giver has chosen; ``None``: not known."""
        self._chosen = name or UNKNOWN

    def due(self, t_us: int) -> bool:
        """Whether to look again; about every ``check_ms``."""
        return self._checked_us is None or t_us - self._checked_us >= 1000 * self._rule.check_ms

    def step(
        self, t_us: int, pads_mm: list[list[float]] | None, sigmas_mm: list[list[float]] | None,
        velocity_cm_s: tuple[float, float], touching: bool = False,
    ) -> ReflexLimits | None:
        """Look at the pads' places (``None`` where unknown). Returns new thresholds when they have changed.

        ``touching``: the hand is in contact, or may be.
        """
        self._checked_us = t_us
        if pads_mm is None or sigmas_mm is None or not self._places_known:
            name = UNKNOWN if self._places_known else self._chosen
            now = [(self._limit_n[name], name)] * len(self._counts)
        else:
            now = [self._at(pad, sigma, velocity_cm_s) for pad, sigma in zip(pads_mm, sigmas_mm, strict=True)]
        held = self._hold(t_us, now, touching)
        counts = tuple(table[force] for table, (force, _, _) in zip(self._counts, held, strict=True))
        if counts == self._sent:
            return None
        self._sent = counts
        return ReflexLimits(t_us, min(held)[1], counts)

    def _at(
        self, pad_mm: list[float], sigma_mm: list[float], velocity_cm_s: tuple[float, float]
    ) -> tuple[float, str]:
        """Limit and zone of one pad, the tightest of here and a moment ahead."""
        (x, y), (vx, vy) = pad_mm, velocity_cm_s
        if math.isnan(x):
            return self._limit_n[UNKNOWN], UNKNOWN
        if math.isnan(y):
            return self._tightest(self._zones.of_x(x, self._zones.widening(sigma_mm[0]) + self._rule.margin_mm))
        widen = max(self._zones.widening(sigma) for sigma in sigma_mm) + self._rule.margin_mm
        columns = self._zones.of_place(x, y, widen)
        if not math.isnan(vx):
            ahead = 0.01 * self._rule.lead_ms  # mm for each cm/s
            columns += self._zones.of_place(x + ahead * vx, y + ahead * vy, widen)
        return self._tightest(columns)

    def _tightest(self, columns: tuple[int, ...]) -> tuple[float, str]:
        """Limit and zone; of equal ones the first, so that the spine is named before the neck."""
        column = min(columns, key=lambda column: self._column_n[column], default=None)
        open_n = self._limit_n[OPEN]
        if column is None or self._column_n[column] > open_n:
            return open_n, OPEN
        return self._column_n[column], self._zones.zones[column].name

    def _hold(self, t_us: int, now: list[tuple[float, str]], touching: bool) -> list[tuple[float, str, int]]:
        """A tighter limit holds at once, a looser one only after the tighter one has been left for a while.

        A pad whose place is unknown has not been seen to leave.
        """
        old = self._held
        held = []
        for k, (force, zone) in enumerate(now):
            keep_ms = self._rule.unknown_keep_ms if zone == UNKNOWN else self._rule.loosen_ms
            if old is None or force <= old[k][0]:
                held.append((force, zone, t_us))
            elif zone == UNKNOWN and touching:
                held.append((*old[k][:2], t_us))
            elif t_us - old[k][2] < 1000 * keep_ms:
                held.append(old[k])
            else:
                held.append((force, zone, t_us))
        self._held = held
        return held


