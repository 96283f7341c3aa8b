"""Flags: exactly when they open, grow worse and close, for values that are known to the sample."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.limits import shipped_limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.coach.watches import LimitWatch
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import load_glove
from slowhand.session.ledger import FlagLedger
from tests.unit.touch_scenes import STEP_US, Scene, unplaced

GLOVE = load_glove()
LIMITS = shipped_limits()


def flags_of(rows: np.ndarray, receiver: Receiver | None = None, mode: Mode = Mode.STRIP) -> list[Flag]:
    """The last state of every flag, in order of start."""
    coach = Coach(GLOVE, receiver or Receiver(), mode)
    changed = (*coach.process(rows).flags_changed, *coach.finish().flags_changed)
    last = {flag.key: flag for flag in changed}
    return sorted(last.values(), key=lambda flag: flag.start_us)


def press(x: float, y: float, force_n: float, seconds: float = 1.0) -> Scene:
    return Scene(at=(x, y)).lift(0.5).hold(seconds, force_n).lift(0.5)


def watch_values(values: list[float], warn_ms: int = 50) -> tuple[list[Flag], LimitWatch]:
    """What a watch of spine pressure (5 / 15 N) tells of values that come every 5 ms from time 0."""
    limit = LIMITS.spine_pressure.model_copy(update={"must_last_ms": warn_ms})
    watch = LimitWatch(FlagKind.SPINE_PRESSURE, limit, LIMITS)
    changes = [watch.step(STEP_US * i, value, (1.0, float(i))) for i, value in enumerate(values)]
    return [flag for flag in changes if flag is not None], watch


def test_a_flag_opens_when_the_value_has_been_above_for_its_time_and_not_before() -> None:
    assert watch_values([0.0] * 4 + [6.0] * 10)[0] == []
    [flag] = watch_values([0.0] * 4 + [6.0] * 11)[0]
    assert (flag.start_us, flag.raised_us, flag.end_us) == (20_000, 70_000, None)
    assert (flag.severity, flag.limit, flag.value) == (Severity.WARN, 5.0, 6.0)


def test_a_value_at_the_limit_is_not_above_it() -> None:
    assert watch_values([5.0] * 100)[0] == []


def test_a_warning_turns_to_an_alarm_within_one_flag() -> None:
    opened, worse = watch_values([0.0] + [6.0] * 40 + [20.0] * 11)[0]
    assert opened.severity is Severity.WARN
    assert worse.severity is Severity.ALARM and worse.limit == 15.0 and worse.value == 20.0
    assert (worse.start_us, worse.raised_us) == (opened.start_us, opened.raised_us)


def test_a_push_that_starts_hard_is_an_alarm_at_once() -> None:
    [flag] = watch_values([0.0] + [20.0] * 11)[0]
    assert flag.severity is Severity.ALARM


def test_an_alarm_too_short_stays_a_warning() -> None:
    changes, watch = watch_values([6.0] * 20 + [20.0] * 9 + [6.0] * 20)
    assert [flag.severity for flag in changes] == [Severity.WARN]
    assert watch.flag is not None and watch.flag.value == 20.0   # the largest value is told all the same


def test_a_flag_closes_after_200_ms_below_nine_tenths_and_ends_where_it_fell() -> None:
    changes, watch = watch_values([6.0] * 20 + [4.8] * 10 + [4.4] * 41)
    assert [flag.end_us for flag in changes] == [None, 20 * STEP_US]
    assert watch.flag is None


def test_between_nine_tenths_and_the_limit_it_stays_open() -> None:
    changes, watch = watch_values([6.0] * 20 + [4.6] * 400)
    assert len(changes) == 1 and watch.flag is not None


def test_a_new_rise_within_200_ms_is_the_same_flag() -> None:
    changes, _ = watch_values([6.0] * 20 + [1.0] * 39 + [7.0] * 5 + [1.0] * 60)
    assert len(changes) == 2
    assert changes[1].end_us == 64 * STEP_US and changes[1].value == 7.0


def test_noise_at_the_limit_does_not_restart_the_clock_but_a_real_dip_does() -> None:
    assert len(watch_values([5.2, 4.9] * 6)[0]) == 1
    assert watch_values([5.2] * 8 + [4.7] + [5.2] * 8)[0] == []


def test_a_push_too_short_for_a_flag_leaves_nothing_to_the_next_one() -> None:
    changes, _ = watch_values([2.0, 40.0, 40.0] + [2.0] * 20 + [6.0] * 11)
    [opened] = changes
    assert (opened.severity, opened.value, opened.x_mm, opened.y_mm) == (Severity.WARN, 6.0, 1.0, 23.0)


def test_an_unknown_value_neither_opens_nor_closes() -> None:
    nan = math.nan
    assert watch_values([6.0] * 8 + [nan] * 100)[0] == []
    changes, watch = watch_values([6.0] * 20 + [nan] * 150)
    assert len(changes) == 1 and watch.flag is not None


def test_a_flag_unknown_for_a_second_ends_where_it_was_last_known() -> None:
    changes, watch = watch_values([6.0] * 20 + [math.nan] * 202)
    assert [flag.end_us for flag in changes] == [None, 19 * STEP_US]
    assert watch.flag is None


@given(st.lists(st.floats(0, 30), min_size=1, max_size=400))
def test_a_flag_always_has_a_reason(values: list[float]) -> None:
    """Whatever the values: no flag without 50 ms above, none that ends before it starts, no two at once."""
    open_flag = None
    for flag in watch_values(values)[0]:
        if open_flag is not None:
            assert flag.start_us == open_flag.start_us
        above = values[flag.start_us // STEP_US : flag.raised_us // STEP_US + 1]
        assert above[0] > 5.0 and above[-1] > 5.0 and min(above) >= LIMITS.noise.dip_share * 5.0
        assert flag.raised_us - flag.start_us >= 50_000
        assert flag.end_us is None or flag.end_us >= flag.raised_us - 50_000
        open_flag = flag if flag.end_us is None else None


def test_a_push_on_the_spine_is_flagged_where_it_was() -> None:
    [flag] = flags_of(press(5.0, 200.0, 8.0).rows())
    assert (flag.kind, flag.severity, flag.unit) == (FlagKind.SPINE_PRESSURE, Severity.WARN, "N")
    assert (flag.start_us, flag.raised_us, flag.end_us) == (500_000, 550_000, 1_500_000)
    assert (flag.x_mm, flag.y_mm) == (5.0, 200.0)


@pytest.mark.parametrize(
    ("x", "y", "force", "kind"),
    [
        (20.0, 0.0, 6.0, "spine_pressure"), (-20.0, 450.0, 6.0, "spine_pressure"), (20.5, 100.0, 50.0, None),
        (0.0, 451.0, 50.0, None), (0.0, -1.0, 6.0, "neck_pressure"), (-60.0, -30.0, 6.0, "neck_pressure"),
        (61.0, -30.0, 50.0, None), (25.0, 225.0, 21.0, "kidney_pressure"), (-95.0, 380.0, 21.0, "kidney_pressure"),
        (96.0, 300.0, 50.0, None), (60.0, 224.0, 50.0, None), (60.0, 381.0, 50.0, None), (60.0, 300.0, 19.0, None),
        (120.0, 100.0, 61.0, "too_hard"), (120.0, 100.0, 59.0, None),
    ],
)  # fmt: skip
def test_each_zone_has_its_edges_and_its_limit(x: float, y: float, force: float, kind: str | None) -> None:
    found = [flag.kind.value for flag in flags_of(press(x, y, force).rows())]
    assert found == ([kind] if kind else [])


def test_a_sore_place_has_its_own_limit() -> None:
    receiver = Receiver(sensitive=(SensitivePlace(x_mm=80.0, y_mm=100.0, radius_mm=30.0, max_n=10.0),))
    [warn] = flags_of(press(80.0, 129.0, 12.0).rows(), receiver)
    assert (warn.kind, warn.severity, warn.limit) == (FlagKind.SENSITIVE_PRESSURE, Severity.WARN, 10.0)
    [alarm] = flags_of(press(80.0, 129.0, 16.0).rows(), receiver)
    assert (alarm.severity, alarm.limit) == (Severity.ALARM, 15.0)
    assert flags_of(press(80.0, 131.0, 16.0).rows(), receiver) == []


def test_one_push_on_two_sore_places_is_two_flags_to_the_end() -> None:
    """Both begin in the same row; neither may stand in for the other."""
    places = tuple(SensitivePlace(x_mm=80.0, y_mm=y, radius_mm=30.0, max_n=max_n) for y, max_n in ((95, 10), (105, 13)))
    coach, ledger = Coach(GLOVE, Receiver(sensitive=places), Mode.STRIP), FlagLedger()
    ledger.add(coach.process(press(80.0, 100.0, 16.0).rows()).flags_changed)
    first, second = ledger.flags()
    assert first.start_us == second.start_us
    assert [(flag.limit, flag.severity) for flag in (first, second)] == [(15.0, Severity.ALARM), (13.0, Severity.WARN)]
    assert first.end_us == second.end_us == 1_500_000


@pytest.mark.parametrize(("sigma", "x", "flagged"), [(0.0, 21.0, False), (2.0, 23.9, True), (2.0, 24.1, False),
                                                     (9.0, 29.9, True), (9.0, 30.1, False)])  # fmt: skip
def test_an_uncertain_pad_counts_when_it_may_be_in_the_zone(sigma: float, x: float, flagged: bool) -> None:
    assert bool(flags_of(press(x, 100.0, 8.0).rows(sigma_mm=sigma))) is flagged


def test_too_fast_needs_150_ms_and_ends_with_the_contact() -> None:
    start, end = 1_000_000, 1_000_000 + round(400 / 280 * 1e6)
    [flag] = flags_of(Scene(at=(60.0, 20.0)).lift().glide(0, 400, cm_s=28.0).lift().rows())
    assert (flag.kind, flag.severity, flag.unit) == (FlagKind.TOO_FAST, Severity.WARN, "cm/s")
    assert flag.start_us == pytest.approx(start, abs=10_000)
    assert flag.raised_us - flag.start_us == 150_000
    assert flag.end_us == pytest.approx(end, abs=10_000)
    assert flags_of(Scene(at=(60.0, 20.0)).lift().glide(0, 38, cm_s=28.0).lift().rows()) == []
    assert flags_of(Scene(at=(60.0, 20.0)).lift().glide(0, 400, cm_s=24.0).lift().rows()) == []


def test_two_fast_strokes_with_a_short_lift_between_are_two_flags() -> None:
    scene = Scene(at=(60.0, 20.0)).lift().glide(0, 200, 32.0).lift(0.1).glide(0, -200, 32.0).lift()
    assert [flag.severity for flag in flags_of(scene.rows())] == [Severity.ALARM] * 2


def test_fast_in_the_air_is_no_flag() -> None:
    assert flags_of(Scene(at=(60.0, 20.0)).hop(60.0, 440.0).lift().rows()) == []


def test_fast_kneading_is_flagged_after_three_cycles() -> None:
    [flag] = flags_of(Scene(at=(60.0, 100.0)).lift().circles(8, per_min=105.0).lift().rows())
    assert (flag.kind, flag.severity, flag.unit) == (FlagKind.TOO_FAST_KNEAD, Severity.WARN, "/min")
    assert flag.value == pytest.approx(105.0, rel=0.05)
    cycle_us = 60e6 / 105.0
    assert flag.start_us <= 1_000_000 + cycle_us
    assert flag.raised_us - flag.start_us == pytest.approx(3 * cycle_us, rel=0.2)
    assert flag.end_us == pytest.approx(1_000_000 + 8 * cycle_us, abs=20_000)


@pytest.mark.parametrize(("cycles", "per_min"), [(8, 80.0), (2.5, 110.0)])
def test_slow_or_short_kneading_is_no_flag(cycles: float, per_min: float) -> None:
    assert flags_of(Scene(at=(60.0, 100.0)).lift().circles(cycles, per_min).lift().rows()) == []


def test_very_fast_kneading_is_an_alarm_and_friction_is_no_kneading() -> None:
    [flag] = flags_of(Scene(at=(60.0, 100.0)).lift().circles(9, per_min=135.0, radius_mm=9.0).lift().rows())
    assert flag.severity is Severity.ALARM
    assert flags_of(Scene(at=(60.0, 100.0)).lift().rub(4.0, per_min=160.0).lift().rows()) == []


def test_kneading_that_slows_down_closes_its_flag() -> None:
    scene = Scene(at=(60.0, 100.0)).lift().circles(6, 110.0).circles(6, 40.0).lift()
    [flag] = flags_of(scene.rows())
    assert flag.end_us == pytest.approx(1_000_000 + 6 * 60e6 / 110.0, abs=1_000_000)


def test_no_flag_before_the_start_procedure_is_complete() -> None:
    rows = press(0.0, 100.0, 80.0).rows()
    rows["phase"] = Phase.AWAIT_START_POSE
    assert flags_of(rows) == []


def rest_at_start(force_n: float, seconds: float) -> np.ndarray:
    """A hand that rests at the start pose; the procedure is complete after 1.3 s of it."""
    rows = Scene(at=(0.0, 10.0)).hold(seconds, force_n).lift(0.5).rows()
    rows["phase"][:260] = Phase.AWAIT_START_POSE
    return rows


def test_the_weight_of_the_hand_at_the_start_pose_is_no_warning() -> None:
    assert flags_of(rest_at_start(9.0, 4.0)) == []


def test_a_push_at_the_start_pose_is_flagged_and_so_is_a_rest_that_never_ends() -> None:
    assert [flag.severity for flag in flags_of(rest_at_start(20.0, 4.0))] == [Severity.ALARM]
    assert [flag.severity for flag in flags_of(rest_at_start(9.0, 8.0))] == [Severity.WARN]


def test_a_glide_down_the_spine_straight_from_the_start_pose_is_flagged() -> None:
    rows = Scene(at=(0.0, 10.0)).hold(2.0, 9.0).glide(0, 200, 10, force_n=9.0).lift().rows()
    rows["phase"][:260] = Phase.AWAIT_START_POSE
    [flag] = flags_of(rows)
    assert flag.kind is FlagKind.SPINE_PRESSURE
    assert flag.start_us == pytest.approx(2_000_000, abs=10_000)


def test_a_place_unknown_raises_no_zone_flag_but_too_hard_holds() -> None:
    rows = press(0.0, 100.0, 80.0).rows()
    unplaced(rows)
    [flag] = flags_of(rows)
    assert (flag.kind, flag.x_mm, flag.y_mm) == (FlagKind.TOO_HARD, None, None)


def test_a_light_hand_closes_a_zone_flag_even_where_its_place_is_unknown() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(0.5, 8.0).hold(2.0, 2.0).rows()
    unplaced(rows[200:])
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    coach.process(rows)
    assert coach.open_flags == ()


def broken_pad(rows: np.ndarray) -> None:
    """The pad that carries the force tells nothing any more (a view will do)."""
    rows["force_n"][:, 1], rows["total_n"], rows["total_at_least"], rows["contact"] = np.nan, 0.0, True, False


@pytest.mark.parametrize("placed", [True, False])
def test_what_is_left_of_the_force_when_a_pad_breaks_closes_no_flag(placed: bool) -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(3.0, 8.0).rows()
    broken_pad(rows[200:])
    if not placed:
        unplaced(rows[200:])
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    coach.process(rows[:380])
    assert [flag.kind for flag in coach.open_flags] == [FlagKind.SPINE_PRESSURE]
    [closed] = coach.process(rows[380:]).flags_changed   # after a second of not knowing
    assert closed.end_us == rows["t_us"][199]


def test_a_broken_pad_elsewhere_keeps_no_zone_flag_open() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(1.0, 8.0).lift(1.0).rows()
    rows["force_n"][:, 0], rows["total_at_least"], rows["pad_mm"][:, 0] = np.nan, True, (120.0, 100.0)
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    assert [flag.end_us for flag in coach.process(rows).flags_changed] == [None, rows["t_us"][300]]


@pytest.mark.parametrize("force_n", [8.0, 70.0])
def test_without_a_strip_a_lower_bound_closes_no_flag_either(force_n: float) -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(3.0, force_n).rows(Mode.FORCE)
    broken_pad(rows[200:])
    coach = Coach(GLOVE, Receiver(), Mode.FORCE)
    coach.choose_zone("spine" if force_n < 60 else "open")
    coach.process(rows[:380])
    assert len(coach.open_flags) == 1


def test_a_lower_bound_that_is_too_much_is_flagged() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(1.0, 8.0).rows()
    rows["at_least"][:, 1] = rows["total_at_least"] = True
    assert [flag.kind for flag in flags_of(rows)] == [FlagKind.SPINE_PRESSURE]


def test_while_the_motor_blinds_the_locator_a_flag_stays_open_as_long_as_the_contact_lasts() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(4.0, 8.0).lift(1.0).rows()
    unplaced(rows[200:])
    [forgotten] = flags_of(rows)
    assert forgotten.end_us == rows["t_us"][199]
    rows["haptic"][200:900:3] = True
    [flag] = flags_of(rows)
    assert flag.end_us == rows["t_us"][900]


def test_without_a_strip_the_spine_limit_holds_everywhere_until_a_zone_is_chosen() -> None:
    rows = press(120.0, 100.0, 8.0).rows(Mode.FORCE)
    [flag] = flags_of(rows, mode=Mode.FORCE)
    assert (flag.kind, flag.x_mm, flag.y_mm) == (FlagKind.SPINE_PRESSURE, None, None)
    coach = Coach(GLOVE, Receiver(), Mode.FORCE)
    coach.choose_zone("open")
    assert coach.process(rows).flags_changed == ()
    coach.choose_zone("kidney")
    hard = press(120.0, 100.0, 25.0).rows(Mode.FORCE, start_us=10_000_000)
    assert [flag.kind for flag in coach.process(hard).flags_changed] == [FlagKind.KIDNEY_PRESSURE] * 2
    with pytest.raises(BadInputError, match="'elbow'"):
        coach.choose_zone("elbow")


def test_a_gap_closes_what_is_open_and_a_lost_row_does_not() -> None:
    rows = press(0.0, 100.0, 8.0).rows()
    torn = np.delete(rows, slice(150, 170))
    torn["gap"][150] = True
    first, second = flags_of(torn)
    assert first.end_us == rows["t_us"][149] and second.start_us == rows["t_us"][170]
    pricked = np.delete(rows, 150)
    pricked["gap"][150] = True
    assert len(flags_of(pricked)) == 1


def test_what_is_open_at_the_end_closes_at_the_last_row() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(0.5, 8.0).rows()
    [flag] = flags_of(rows)
    assert flag.end_us == rows["t_us"][-1]


def test_a_receiver_may_have_limits_of_their_own() -> None:
    receiver = Receiver.model_validate({"limits": {"spine_pressure": {"warn": 9.0}}})
    assert flags_of(press(0.0, 100.0, 8.0).rows(), receiver) == []
    assert flags_of(press(0.0, 100.0, 10.0).rows(), receiver)[0].limit == 9.0


def test_a_saturated_pad_still_breaks_a_limit() -> None:
    rows = press(0.0, 100.0, 20.0).rows()
    rows["at_least"][:, 1] = rows["total_at_least"] = True
    assert [flag.severity for flag in flags_of(rows)] == [Severity.ALARM]


@cache
def naughty_rows() -> np.ndarray:
    scene = Scene(at=(10.0, 40.0)).lift(0.2).glide(0, 300, 33.0, 9.0).lift(0.2).hold(0.4, 70.0).lift(0.1)
    scene.hop(60.0, 260.0).hold(0.5, 26.0).circles(6, 125.0, 10.0).lift(0.3)
    rows = scene.rows(sigma_mm=2.0)
    unplaced(rows[230:250])
    return rows


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(naughty_rows())), max_size=12))
def test_splitting_changes_nothing(cuts: list[int]) -> None:
    rows = naughty_rows()
    whole = Coach(GLOVE, Receiver(), Mode.STRIP).process(rows)
    assert len(whole.flags_changed) >= 6 and whole.cues and len(whole.limits) >= 2
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    parts = [coach.process(rows[a:b]) for a, b in pairwise([0, *sorted(cuts), len(rows)])]
    assert tuple(flag for part in parts for flag in part.flags_changed) == whole.flags_changed
    assert tuple(cue for part in parts for cue in part.cues) == whole.cues
    assert tuple(limits for part in parts for limits in part.limits) == whole.limits
