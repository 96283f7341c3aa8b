"""The two gauges: what they show now, and what it means in words."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.coach.limits import Limit, Limits
from slowhand.coach.zones import SPINE, BackZones
from slowhand.strokes.touching import LOADED_N

# The levels of a gauge, by the names that the page uses. Only OK may be drawn green.
IDLE, OK, WARN, ALARM, UNKNOWN = "idle", "ok", "warn", "alarm", "unknown"

PACE_FULL_SCALE = 40.0       # cm/s: the alarm at three quarters
FULL_SCALE_TO_ALARM = 1.25
CARESS_CM_S = 10.0           # up to here stroking is felt as most pleasant (Ackerley et al. 2014)
RESTING_CM_S = 1.0


@dataclass(frozen=True)
class Reading:
    """One gauge's value (``None``: unknown or nothing to show), its level and its limits."""

    value: float | None
    at_least: bool
    level: str
    words: str
    warn: float
    alarm: float
    full_scale: float
    unit: str
    t_us: int


def pace_reading(
    t_us: int, running: bool, contact: bool, at_least: bool, speed_cm_s: float, limits: Limits
) -> Reading:
    """The speed over the skin against its limits. ``at_least``: not all of the force is known."""
    known = speed_cm_s == speed_cm_s
    value = speed_cm_s if known and running and contact else None
    if not running:
        level, words = UNKNOWN, "not started"
    elif not contact:
        level, words = _without_contact(at_least)
    elif not known:
        level, words = UNKNOWN, "pace unknown"
    elif speed_cm_s > limits.too_fast.alarm:
        level, words = ALARM, "much too fast"
    elif speed_cm_s > limits.too_fast.warn:
        level, words = WARN, "too fast"
    else:
        level, words = OK, _pace_words(speed_cm_s)
    band = limits.too_fast
    return Reading(value, False, level, words, band.warn, band.alarm, PACE_FULL_SCALE, band.unit, t_us)


def pressure_reading(
    t_us: int, running: bool, contact: bool, total_n: float, at_least: bool, zone_n: list[float],
    zones: BackZones, limits: Limits, everywhere: str | None, located: bool,
) -> Reading:
    """The force that is nearest to its limit: in a zone that is pressed, or in all.

    Args:
        zone_n: force in each zone, NaN where it is unknown whether a pad is in it.
        everywhere: without a strip, the zone whose limit holds for the total: "spine" while none is chosen,
            "open" for none of them; with a strip ``None``.
        located: the place is known; where x alone is, zones may be known without it, but nothing is called good.
    """
    value, band, words = _nearest_to_limit(total_n, zone_n, zones, limits, everywhere)
    known = value == value
    if not known:
        level, words = UNKNOWN, "pressure unknown: no pad is usable"
    elif running and value > band.alarm:
        level, words = ALARM, f"much too much {words}"
    elif running and value > band.warn:
        level, words = WARN, f"too much {words}"
    elif not running:
        level, words = UNKNOWN, "not started"
    elif not contact:
        level, words = _without_contact(at_least)
    elif not located and everywhere is None:
        x_known = zone_n[SPINE] == zone_n[SPINE]
        level, words = UNKNOWN, height_unknown(zone_n) if x_known else "place unknown: keep off the spine"
    elif at_least:
        level, words = UNKNOWN, "at least this: a pad is at its end or not usable"
    else:
        level, words = OK, f"good {words}"
    return Reading(
        value if known else None, at_least, level, words, band.warn, band.alarm,
        FULL_SCALE_TO_ALARM * band.alarm, band.unit, t_us,
    )


def _nearest_to_limit(
    total_n: float, zone_n: list[float], zones: BackZones, limits: Limits, everywhere: str | None
) -> tuple[float, Limit, str]:
    """The force that is judged, by which limit, and what it is called."""
    value, band, words = total_n, limits.too_hard, "pressure"
    if everywhere is not None and everywhere != "open":
        band = next(zone.limit for zone in zones.zones if zone.name == everywhere)
        words = f"pressure, {everywhere} limit"
    elif everywhere is None:
        for force, zone in zip(zone_n, zones.zones, strict=True):
            if force / zone.limit.warn > value / band.warn:
                value, band, words = force, zone.limit, f"pressure {zone.words}"
    return value, band, words


def height_unknown(zone_n: list[float]) -> str:
    """Where the hand is when x alone is known: ``zone_n[SPINE]`` is the force of the pads in the spine's band."""
    where = "on the spine" if zone_n[SPINE] >= LOADED_N else "beside the spine"
    return f"{where}, height unknown"


def _without_contact(at_least: bool) -> tuple[str, str]:
    # The pad that cannot be read may be the one that presses.
    return (UNKNOWN, "contact unknown: a pad is not usable") if at_least else (IDLE, "no contact")


def _pace_words(speed_cm_s: float) -> str:
    if speed_cm_s < RESTING_CM_S:
        return "resting"
    return "lovely and slow" if speed_cm_s <= CARESS_CM_S else "good pace"
