"""Limits that change in mid-session: flags, gauges and the glove's reflex follow from the next row on, and no sooner."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.cue import ReflexLimits
from slowhand.coach.flag import Flag, FlagKind
from slowhand.coach.limits import LimitOverride, Limits, shipped_limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.locate.pose import Mode
from slowhand.sensing.curves import pad_curves
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene, unplaced

GLOVE = load_glove()
CURVES = pad_curves(GLOVE.pad)
SOONER = shipped_limits().reflex.sooner_share   # a loaded pad reads less than it bears
INDEX = 1   # the pad that the scenes put at the centre of pressure
SORE = SensitivePlace(x_mm=100.0, y_mm=200.0, radius_mm=25.0, max_n=6.0)
OTHER = SensitivePlace(x_mm=-100.0, y_mm=50.0, radius_mm=25.0, max_n=4.0)


def with_limit(kind: str, warn: float, alarm: float) -> Limits:
    return shipped_limits().changed({kind: LimitOverride(warn=warn, alarm=alarm)})


def latest(*parts: tuple[Flag, ...]) -> list[Flag]:
    last = {flag.key: flag for part in parts for flag in part}
    return sorted(last.values(), key=lambda flag: flag.start_us)


def test_a_lower_limit_flags_from_the_next_row_on_what_was_fine_before() -> None:
    rows = Scene(at=(120.0, 100.0)).lift(0.5).hold(2.0, 40.0).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    assert coach.process(rows[:200]).flags_changed == () and coach.pressure().level == "ok"
    coach.use_limits(with_limit("too_hard", 30.0, 60.0))
    assert (coach.pressure().level, coach.pressure().warn) == ("warn", 30.0)
    [flag] = coach.process(rows[200:]).flags_changed
    assert (flag.kind, flag.start_us, flag.limit) == (FlagKind.TOO_HARD, rows["t_us"][200], 30.0)


def test_a_flag_that_is_open_ends_with_its_limit_and_the_new_one_opens_its_own() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(2.0, 9.0).lift(0.5).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    before = coach.process(rows[:200])
    coach.use_limits(with_limit("spine_pressure", 3.0, 8.0))
    assert coach.open_flags == ()
    old, new = latest(before.flags_changed, coach.process(rows[200:]).flags_changed)
    assert (old.end_us, old.limit, old.severity.value) == (rows["t_us"][199], 5.0, "warn")
    assert (new.start_us, new.limit, new.severity.value) == (rows["t_us"][200], 8.0, "alarm")
    assert new.raised_us - new.start_us == 50_000


def test_a_higher_limit_ends_the_flag_and_raises_none() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(2.0, 9.0).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    coach.process(rows[:200])
    coach.use_limits(with_limit("spine_pressure", 12.0, 20.0))
    [closed] = coach.process(rows[200:]).flags_changed
    assert closed.end_us == rows["t_us"][199]


def test_a_flag_of_another_kind_goes_on() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(2.0, 9.0).lift(0.5).rows()
    whole = Coach(GLOVE, Receiver(), Mode.STRIP).process(rows).flags_changed
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    before = coach.process(rows[:200]).flags_changed
    coach.use_limits(with_limit("too_fast", 10.0, 12.0))
    assert before + coach.process(rows[200:]).flags_changed == whole


def test_a_sore_place_that_is_named_in_mid_session_counts_and_the_others_stay_what_they_were() -> None:
    rows = Scene(at=(100.0, 200.0)).lift(0.5).hold(1.0, 8.0).lift(0.5).rows()
    rows["pad_mm"][:, 2] = (-100.0, 50.0)   # a second pad presses the place that is named later
    rows["force_n"][:, 2] = rows["force_n"][:, 1]
    coach = Coach(GLOVE, Receiver(sensitive=(SORE,)), Mode.STRIP)
    before = coach.process(rows[:150]).flags_changed
    coach.use_receiver(Receiver(sensitive=(SORE, OTHER)))
    assert coach.pressure().level == "warn"   # of the place that was known; the new one's force is not yet
    first, second = latest(before, coach.process(rows[150:]).flags_changed)
    assert (first.sore, first.limit, first.end_us) == (0, 6.0, rows["t_us"][300])
    assert (second.sore, second.limit, second.start_us) == (1, 6.0, rows["t_us"][150])   # alarm: 1.5 x 4


def test_a_sore_place_that_is_taken_back_ends_its_flag() -> None:
    rows = Scene(at=(100.0, 200.0)).lift(0.5).hold(1.0, 8.0).rows()
    coach = Coach(GLOVE, Receiver(sensitive=(SORE,)), Mode.STRIP)
    coach.process(rows[:150])
    coach.use_limits(shipped_limits(), places=())
    [closed] = coach.process(rows[150:]).flags_changed
    assert (closed.sore, closed.end_us) == (0, rows["t_us"][149]) and coach.pressure().level == "ok"


def test_without_a_strip_the_chosen_zone_has_the_new_limit() -> None:
    rows = Scene().lift(0.5).hold(2.0, 15.0).rows(Mode.FORCE)
    coach = Coach(GLOVE, Receiver(), Mode.FORCE)
    coach.choose_zone("kidney")
    assert coach.process(rows[:200]).flags_changed == ()
    coach.use_limits(with_limit("kidney_pressure", 10.0, 20.0))
    [flag] = coach.process(rows[200:]).flags_changed
    assert (flag.kind, flag.limit) == (FlagKind.KIDNEY_PRESSURE, 10.0)
    assert coach.chosen_zone == "kidney" and coach.pressure().warn == 10.0


def test_without_a_strip_the_last_stroke_is_not_judged_once_more() -> None:
    rows = Scene().lift(0.5).hold(3.0, 8.0).rows(Mode.MOTION)
    rows["stroke_start_us"][120:], rows["stroke_end_us"][120:] = 500_000, 590_000
    rows["stroke_peak_cm_s"][120:], rows["stroke_peak_sigma_cm_s"][120:] = 15.0, 0.5
    coach = Coach(GLOVE, Receiver(), Mode.MOTION)
    coach.choose_zone("open")
    coach.process(rows[:200])
    coach.use_limits(with_limit("too_fast", 10.0, 12.0))
    assert coach.process(rows[200:]).flags_changed == ()


# -- the glove's own reflex ---------------------------------------------------------------------------------------


def alone(rows: np.ndarray) -> np.ndarray:
    """All pads but the one that presses are out on the open back."""
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    return rows


def last_two(rows: np.ndarray, at: int, limits: Limits) -> tuple[ReflexLimits, ReflexLimits]:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    before = coach.process(rows[:at]).limits[-1]
    coach.use_limits(limits)
    return before, coach.process(rows[at:]).limits[0]


def test_the_reflex_follows_with_the_next_row() -> None:
    rows = alone(Scene(at=(0.0, 100.0)).lift(1.0).rows())
    before, after = last_two(rows, 103, with_limit("spine_pressure", 3.0, 9.0))
    assert after.t_us == rows["t_us"][103] and after.zone == "spine"
    assert before.pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * 5.0)
    assert after.pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * 3.0)


@pytest.mark.parametrize("warn", [3.0, 7.0])
def test_what_a_hand_that_was_lost_on_the_spine_is_held_to_follows_too(warn: float) -> None:
    rows = alone(Scene(at=(0.0, 100.0)).lift(0.3).hold(3.0, 2.0).rows())
    unplaced(rows[160:])
    _, after = last_two(rows, 300, with_limit("spine_pressure", warn, 15.0))
    assert after.zone == "spine" and after.pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * warn)


def test_a_pad_on_a_sore_place_that_is_taken_back_is_on_the_open_back() -> None:
    rows = alone(Scene(at=(100.0, 200.0)).lift(1.0).rows())
    coach = Coach(GLOVE, Receiver(sensitive=(SORE,)), Mode.STRIP)
    assert coach.process(rows[:100]).limits[-1].zone == "sensitive"
    coach.use_receiver(Receiver())
    assert coach.process(rows[100:]).limits[-1].zone == "open"


# -- what holds for any change -------------------------------------------------------------------------------------


@cache
def naughty_rows() -> np.ndarray:
    scene = Scene(at=(10.0, 40.0)).lift(0.2).glide(0, 300, 33.0, 9.0).lift(0.2).hold(0.4, 70.0).lift(0.1)
    scene.hop(60.0, 260.0).hold(0.5, 26.0).circles(6, 125.0, 10.0).lift(0.3)
    return scene.rows(sigma_mm=2.0)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, len(naughty_rows())), st.lists(st.integers(0, len(naughty_rows())), max_size=8),
    st.sampled_from([{"too_fast": (12.0, 18.0)}, {"too_hard": (25.0, 50.0)}, {"spine_pressure": (3.0, 8.0)}]),
)
def test_changing_the_limits_between_two_rows_does_not_depend_on_how_the_stream_is_split(
    at: int, cuts: list[int], change: dict[str, tuple[float, float]]
) -> None:
    rows = naughty_rows()
    overrides = {kind: LimitOverride(warn=warn, alarm=alarm) for kind, (warn, alarm) in change.items()}

    def found(edges: list[int]) -> tuple[list, list, list]:
        coach, parts = Coach(GLOVE, Receiver(), Mode.STRIP), []
        for a, b in pairwise([0, *edges, len(rows)]):
            if a == at:
                coach.use_limits(shipped_limits().changed(overrides))
            parts.append(coach.process(rows[a:b]))
        parts.append(coach.finish())
        return ([f for p in parts for f in p.flags_changed], [c for p in parts for c in p.cues],
                [r for p in parts for r in p.limits])

    assert found(sorted({at, *cuts} - {0})) == found([at] if at else [])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, len(naughty_rows())))
def test_the_same_limits_once_more_change_nothing(at: int) -> None:
    rows = naughty_rows()
    whole = Coach(GLOVE, Receiver(), Mode.STRIP).process(rows)
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    first = coach.process(rows[:at])
    coach.use_receiver(Receiver())
    coach.use_limits(shipped_limits(), places=())
    second = coach.process(rows[at:])
    assert first.flags_changed + second.flags_changed == whole.flags_changed
    assert first.cues + second.cues == whole.cues and first.limits + second.limits == whole.limits
