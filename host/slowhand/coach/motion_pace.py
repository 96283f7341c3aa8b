"""The pace gauge without a strip: the last stroke's speed or the cadence, each with its error, else "pace unknown"."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple

from slowhand.coach.limits import Limit, Limits
from slowhand.coach.readings import (
    ALARM,
    CARESS_CM_S,
    IDLE,
    OK,
    PACE_FULL_SCALE,
    WARN,
    Reading,
    pace_reading,
)
from slowhand.strokes.grouping import IN_PLACE_MM, ROUND_FRICTION_PER_MIN, STRAIGHT_FRICTION_PER_MIN
from slowhand.strokes.paced import ROUND_CADENCE, SIGMAS

SHOWN_US = 4_000_000       # a stroke that ended longer ago says nothing about now
RUB_FULL_SCALE = 240.0     # per minute; rubbing and tapping have no limit
KNEAD_FULL_TO_ALARM = 4.0 / 3.0


class MotionPace(NamedTuple):
    """What the locator says of pace at one row, as in TOUCH_DTYPE; NaN where unknown."""

    cadence_per_min: float = math.nan
    cadence_sigma: float = math.nan
    roundness: float = math.nan
    start_us: int = 0            # of the latest stroke that has ended
    end_us: int = 0
    mean_cm_s: float = math.nan
    mean_sigma_cm_s: float = math.nan
    peak_cm_s: float = math.nan
    peak_sigma_cm_s: float = math.nan


PACE_COLUMNS = (
    "cadence_per_min", "cadence_sigma", "cadence_round", "stroke_start_us", "stroke_end_us", "stroke_cm_s",
    "stroke_sigma_cm_s", "stroke_peak_cm_s", "stroke_peak_sigma_cm_s",
)   # of TOUCH_DTYPE, in the order of ``MotionPace``


class SpeedClass(StrEnum):
    """A rough class of speed, as far as the error allows to tell it."""

    SLOW = "slow"
    GOOD = "good"
    FAST = "fast"
    UNKNOWN = "unknown"


def speed_class(speed_cm_s: float, sigma_cm_s: float, warn_cm_s: float) -> SpeedClass:
    """The class that a speed surely has: all that lies within two sigma of it must be in that class."""
    low, high = speed_cm_s - SIGMAS * sigma_cm_s, speed_cm_s + SIGMAS * sigma_cm_s
    if low > warn_cm_s:
        return SpeedClass.FAST
    if high <= CARESS_CM_S:
        return SpeedClass.SLOW
    return SpeedClass.GOOD if high <= warn_cm_s else SpeedClass.UNKNOWN


def surely_slow(t_us: int, pace: MotionPace, limits: Limits) -> bool:
    """Whether the last stroke is known, is fresh and was surely no faster than the limit."""
    fresh = pace.end_us > 0 and t_us - pace.end_us <= SHOWN_US
    return fresh and pace.peak_cm_s + SIGMAS * pace.peak_sigma_cm_s <= limits.too_fast.warn


def motion_pace_reading(t_us: int, contact: bool, at_least: bool, pace: MotionPace, limits: Limits) -> Reading:
    """What the gauge shows: the cadence of a hand that works in place, else the speed of the last stroke.

    The speed is the largest that the stroke held for 150 ms, which is what the limit is about; two sigma stand
    behind it. Green needs all of it below the limit, yellow and red all of it above.
    """
    if contact and _in_place(pace):
        return _cadence_reading(t_us, pace, limits)
    if pace.end_us > 0 and t_us - pace.end_us <= SHOWN_US and pace.peak_cm_s == pace.peak_cm_s:
        return _speed_reading(t_us, pace, limits.too_fast)
    return pace_reading(t_us, True, contact, at_least, math.nan, limits)   # no contact, or pace unknown


def _speed_reading(t_us: int, pace: MotionPace, band: Limit) -> Reading:
    speed, sigma = pace.peak_cm_s, pace.peak_sigma_cm_s
    level, words = {
        SpeedClass.SLOW: (OK, "lovely and slow"),
        SpeedClass.GOOD: (OK, "good pace"),
        SpeedClass.FAST: (ALARM, "much too fast") if speed - SIGMAS * sigma > band.alarm else (WARN, "too fast"),
        SpeedClass.UNKNOWN: (IDLE, "perhaps too fast"),
    }[speed_class(speed, sigma, band.warn)]
    unit = f"± {max(round(SIGMAS * sigma), 1)} {band.unit}"
    if speed < SIGMAS * sigma:
        # A hand that perhaps rested: "2 ± 9" would puzzle; what is known is how fast it was at most.
        speed, unit = speed + SIGMAS * sigma, f"{band.unit} at most"
    return Reading(
        speed, False, level, f"last stroke: {words}", band.warn, band.alarm, PACE_FULL_SCALE, unit, t_us
    )


def _in_place(pace: MotionPace) -> bool:
    """Whether the hand kneads, rubs or taps: there is a rhythm, and it is not that of long strokes to and fro."""
    if not pace.cadence_per_min > 0.0:
        return False
    if pace.roundness >= ROUND_CADENCE:
        return True
    way_mm = 10.0 * pace.mean_cm_s * 30.0 / pace.cadence_per_min
    return pace.cadence_per_min >= STRAIGHT_FRICTION_PER_MIN and not way_mm > IN_PLACE_MM


def _cadence_reading(t_us: int, pace: MotionPace, limits: Limits) -> Reading:
    value, spread, band = pace.cadence_per_min, SIGMAS * pace.cadence_sigma, limits.too_fast_knead
    unit = f"± {max(round(spread), 1)} a minute"
    if not (pace.roundness >= ROUND_CADENCE and value < ROUND_FRICTION_PER_MIN):
        return Reading(
            value, False, IDLE, "rubbing or tapping", RUB_FULL_SCALE, RUB_FULL_SCALE, RUB_FULL_SCALE, unit, t_us
        )
    if value - spread > band.warn:
        level, words = (ALARM, "kneading much too fast") if value - spread > band.alarm else (WARN, "kneading too fast")
    elif value + spread <= band.warn:
        level, words = OK, "kneading, good pace"
    else:
        level, words = IDLE, "kneading, perhaps too fast"
    return Reading(value, False, level, words, band.warn, band.alarm, KNEAD_FULL_TO_ALARM * band.alarm, unit, t_us)
