"""Pace without a strip, as the coach judges it: only what its error allows, and never green for what is unknown."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.flag import Flag, Severity
from slowhand.coach.limits import shipped_limits
from slowhand.coach.motion_pace import MotionPace, SpeedClass, motion_pace_reading, speed_class
from slowhand.coach.pace_watches import RhythmWatch, StrokeSpeedWatch
from slowhand.coach.readings import ALARM, IDLE, OK, UNKNOWN, WARN

LIMITS = shipped_limits()
NOW_US = 10_000_000


def stroke(peak: float, sigma: float, ended_us: int = NOW_US - 500_000, mean: float | None = None) -> MotionPace:
    mean = 0.6 * peak if mean is None else mean
    return MotionPace(
        start_us=ended_us - 1_500_000, end_us=ended_us, mean_cm_s=mean, mean_sigma_cm_s=sigma,
        peak_cm_s=peak, peak_sigma_cm_s=sigma,
    )


def reading(pace: MotionPace, contact: bool = True, at_least: bool = False):
    return motion_pace_reading(NOW_US, contact, at_least, pace, LIMITS)


@pytest.mark.parametrize(
    ("speed", "sigma", "expected"),
    [
        (6.0, 1.9, SpeedClass.SLOW), (9.0, 1.0, SpeedClass.GOOD), (14.0, 4.0, SpeedClass.GOOD),
        (20.0, 3.0, SpeedClass.UNKNOWN), (33.0, 3.9, SpeedClass.FAST), (33.0, 4.1, SpeedClass.UNKNOWN),
        (math.nan, math.nan, SpeedClass.UNKNOWN),
    ],
)
def test_a_class_is_told_only_where_two_sigma_lie_within_it(speed: float, sigma: float, expected: SpeedClass) -> None:
    assert speed_class(speed, sigma, LIMITS.too_fast.warn) is expected


def test_the_last_stroke_is_shown_with_its_error() -> None:
    shown = reading(stroke(14.0, 2.0))
    assert (shown.value, shown.unit, shown.level, shown.words) == (14.0, "± 4 cm/s", OK, "last stroke: good pace")
    assert reading(stroke(6.0, 1.5)).words == "last stroke: lovely and slow"
    assert reading(stroke(33.0, 3.0)).level == WARN
    assert reading(stroke(45.0, 4.0)).level == ALARM
    assert (reading(stroke(24.0, 3.0)).level, reading(stroke(24.0, 3.0)).words) == (IDLE, "last stroke: perhaps too fast")
    assert (reading(stroke(2.0, 3.0)).value, reading(stroke(2.0, 3.0)).unit) == (8.0, "cm/s at most")
    # A hand that has just lifted: its stroke is shown, for a while.
    assert reading(stroke(14.0, 2.0), contact=False).level == OK


def test_what_is_old_or_was_never_known_is_unknown() -> None:
    old = stroke(14.0, 2.0, ended_us=NOW_US - 4_100_000)
    for pace in (old, MotionPace(), stroke(math.nan, math.nan)):
        assert (reading(pace).value, reading(pace).level, reading(pace).words) == (None, UNKNOWN, "pace unknown")
    assert (reading(old, contact=False).level, reading(old, contact=False).words) == (IDLE, "no contact")
    assert reading(old, contact=False, at_least=True).level == UNKNOWN


def rhythm(per_min: float, sigma: float, roundness: float, mean: float = 7.0) -> MotionPace:
    return stroke(10.0, 2.0, mean=mean)._replace(cadence_per_min=per_min, cadence_sigma=sigma, roundness=roundness)


def test_a_hand_that_works_in_place_shows_its_cadence() -> None:
    shown = reading(rhythm(52.0, 0.6, 0.8))
    assert (shown.value, shown.unit, shown.level, shown.warn) == (52.0, "± 1 a minute", OK, LIMITS.too_fast_knead.warn)
    assert reading(rhythm(100.0, 1.0, 0.8)).level == WARN
    assert reading(rhythm(130.0, 1.0, 0.8)).level == ALARM
    assert reading(rhythm(90.0, 1.0, 0.8)).level == IDLE
    # Rubbing is fast by nature: shown, not judged. Long strokes to and fro are judged by their speed.
    rubbing = reading(rhythm(160.0, 1.0, 0.05))
    assert (rubbing.value, rubbing.level, rubbing.words) == (160.0, IDLE, "rubbing or tapping")
    assert reading(rhythm(25.0, 1.0, 0.05)).words == "last stroke: good pace"


@given(
    peak=st.floats(0, 80) | st.just(math.nan), sigma=st.floats(0.1, 20), ago=st.integers(0, 8_000_000),
    per_min=st.floats(20, 200) | st.just(math.nan), spread=st.floats(0.1, 3), roundness=st.floats(0, 1),
    contact=st.booleans(),
)
def test_green_means_surely_below_the_limit(peak, sigma, ago, per_min, spread, roundness, contact) -> None:
    pace = stroke(peak, sigma, ended_us=NOW_US - ago)._replace(
        cadence_per_min=per_min, cadence_sigma=spread, roundness=roundness
    )
    shown = reading(pace, contact)
    if shown.level == OK:
        assert shown.value is not None
        if shown.unit.endswith("a minute"):
            assert per_min + 2 * spread <= LIMITS.too_fast_knead.warn
        else:
            assert peak + 2 * sigma <= LIMITS.too_fast.warn and ago <= 4_000_000
    if shown.level in (WARN, ALARM):
        low, limit = (
            (per_min - 2 * spread, LIMITS.too_fast_knead.warn)
            if shown.unit.endswith("a minute")
            else (peak - 2 * sigma, LIMITS.too_fast.warn)
        )
        assert low > limit


def told(watch: StrokeSpeedWatch, steps: list[tuple[int, int, int, float, float]]) -> list[Flag]:
    return [flag for step in steps if (flag := watch.step(*step)) is not None]


def test_a_flag_of_speed_needs_more_than_its_error_and_spans_the_fast_strokes() -> None:
    watch = StrokeSpeedWatch(LIMITS)
    assert told(watch, [(2_100_000, 1_000_000, 2_000_000, 32.0, 4.0)]) == []      # 24 at least
    [opened] = told(watch, [(3_100_000, 2_000_000, 3_000_000, 33.0, 3.0)])        # 27 at least
    assert (opened.start_us, opened.raised_us, opened.end_us) == (2_000_000, 3_100_000, None)
    assert (opened.severity, opened.value, opened.limit) == (Severity.WARN, 27.0, LIMITS.too_fast.warn)
    [worse] = told(watch, [(4_100_000, 3_000_000, 4_000_000, 40.0, 3.0), (4_105_000, 3_000_000, 4_000_000, 40.0, 3.0)])
    assert (worse.severity, worse.value, worse.start_us) == (Severity.ALARM, 34.0, 2_000_000)
    # A stroke of unknown speed changes nothing; one that is surely calm closes it where the fast one ended.
    assert told(watch, [(4_500_000, 4_000_000, 4_400_000, math.nan, math.nan)]) == []
    [closed] = told(watch, [(5_000_000, 4_400_000, 4_900_000, 12.0, 3.0)])
    assert closed.end_us == 4_000_000 and watch.flag is None


def test_a_flag_of_speed_is_open_long_enough_to_be_told_and_no_longer() -> None:
    watch = StrokeSpeedWatch(LIMITS)
    latest = (1_000_000, 2_000_000, 40.0, 3.0)
    assert watch.step(2_000_000, *latest) is not None
    assert watch.step(2_900_000, *latest) is None and watch.flag is not None
    closed = watch.step(3_005_000, *latest)
    assert closed is not None and closed.end_us == 2_000_000


def test_fast_kneading_is_flagged_from_its_first_cycle_and_rubbing_never() -> None:
    watch = RhythmWatch(LIMITS)
    rubbing = [watch.step(t, 160.0, 1.0, 0.1) for t in range(0, 3_000_000, 5000)]
    straight = [watch.step(t, 110.0, 1.0, 0.1) for t in range(3_000_000, 6_000_000, 5000)]
    unsure = [watch.step(t, 93.0, 2.0, 0.8) for t in range(6_000_000, 9_000_000, 5000)]
    assert not any([*rubbing, *straight, *unsure])
    kneading = [watch.step(t, 100.0, 1.0, 0.8) for t in range(9_000_000, 12_000_000, 5000)]
    [opened] = [flag for flag in kneading if flag is not None]
    # Two and a half cycles had passed when it was heard; each lasts 0.6 s.
    assert opened.start_us == pytest.approx(9_000_000 - 1_500_000, abs=5000)
    assert opened.raised_us <= 9_000_000 + 400_000 and opened.value == 98.0
    closed = watch.end(12_000_000)
    assert closed is not None and closed.start_us == opened.start_us and closed.end_us == 12_000_000
