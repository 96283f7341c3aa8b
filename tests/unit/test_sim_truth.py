"""The judge itself is judged: flags and strokes from hand-made truth with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.sim.body import Body, SorePlace
from slowhand.sim.truth import TRUTH_DTYPE, hysteresis, region_of, runs, side_of, true_flags, true_strokes

FAR_MM = np.array([[150.0, 200.0]] * 6)  # no zone


def rows(seconds: float) -> np.ndarray:
    truth = np.zeros(round(seconds * 200), TRUTH_DTYPE)
    truth["t_us"] = 1_000_000 + 5000 * np.arange(len(truth))
    truth["started"], truth["stroke"] = True, -1
    truth["pad_mm"], truth["cop_mm"], truth["knead_turns"] = FAR_MM, [150.0, 200.0], np.nan
    return truth


def press(truth: np.ndarray, start_s: float, end_s: float, force_n: float, at=(150.0, 200.0), pad: int = 4) -> None:
    part = truth[round(start_s * 200) : round(end_s * 200)]
    part["force_n"][:, pad] = force_n
    part["total_n"] = part["force_n"].sum(axis=1)
    part["contact"] = part["total_n"] >= 1.0
    part["pad_mm"][:, pad] = at


def test_hysteresis_holds_between_its_two_levels():
    value = np.array([0.0, 0.9, 1.0, 0.7, 0.5, 0.49, 0.9, 1.2])
    assert hysteresis(value, 1.0, 0.5).tolist() == [False, False, True, True, True, False, False, True]
    assert hysteresis(np.array([0.7, 0.7]), 1.0, 0.5).tolist() == [False, False]


def test_runs_are_half_open():
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]


@pytest.mark.parametrize(("at", "kind"), [
    ((0.0, 100.0), "spine_pressure"),
    ((-20.0, 450.0), "spine_pressure"),
    ((40.0, -30.0), "neck_pressure"),
    ((60.0, 300.0), "kidney_pressure"),
    ((-95.0, 226.0), "kidney_pressure"),
    ((71.0, 110.0), "sensitive_pressure"),
])
def test_each_zone_has_its_flag(at, kind):
    body = Body(sensitive=(SorePlace(75, 110, 25, 8),))
    truth = rows(3)
    press(truth, 1.0, 2.0, 55.0, at)
    found = true_flags(truth, body)
    assert [(f.kind, f.severity, f.value) for f in found] == [(kind, "alarm", 55.0)]
    assert found[0].start_us == 2_000_000
    assert found[0].end_us == 3_000_000


@pytest.mark.parametrize(
    "at", [(20.5, 100.0), (0.0, 451.0), (61.0, -10.0), (24.0, 300.0), (96.0, 300.0), (60.0, 224.0)]
)
def test_just_outside_a_zone_nothing_is_flagged(at):
    truth = rows(3)
    press(truth, 1.0, 2.0, 55.0, at)
    assert true_flags(truth, Body()) == []


def test_too_hard_counts_every_pad_anywhere():
    truth = rows(3)
    press(truth, 1.0, 2.0, 40.0, pad=4)
    press(truth, 1.0, 2.0, 30.0, pad=5)
    assert [(f.kind, f.severity, f.value) for f in true_flags(truth, Body())] == [("too_hard", "warn", 70.0)]


@pytest.mark.parametrize(("lasts_s", "flags"), [(0.045, 0), (0.055, 1)])
def test_a_force_must_last_fifty_milliseconds(lasts_s, flags):
    truth = rows(3)
    press(truth, 1.0, 1.0 + lasts_s, 9.0, (0.0, 100.0))
    assert len(true_flags(truth, Body())) == flags


def test_a_short_dip_does_not_close_a_flag_but_a_long_one_does():
    for dip_s, expected in ((0.15, 1), (0.3, 2)):
        truth = rows(4)
        press(truth, 1.0, 3.0, 9.0, (0.0, 100.0))
        press(truth, 2.0, 2.0 + dip_s, 2.0, (0.0, 100.0))
        assert len(true_flags(truth, Body())) == expected


def test_a_value_between_the_limit_and_nine_tenths_keeps_a_flag_open():
    truth = rows(4)
    press(truth, 1.0, 3.0, 9.0, (0.0, 100.0))
    press(truth, 1.5, 2.5, 4.8, (0.0, 100.0))
    assert len(true_flags(truth, Body())) == 1


def test_speed_needs_contact_and_time():
    truth = rows(3)
    truth["speed_cm_s"][200:260] = 40.0
    assert true_flags(truth, Body()) == []  # in the air
    press(truth, 0.5, 2.5, 5.0)
    found = true_flags(truth, Body())
    assert [(f.kind, f.severity, f.value) for f in found] == [("too_fast", "alarm", 40.0)]
    truth["speed_cm_s"][:] = 0.0
    truth["speed_cm_s"][200:228] = 40.0  # 140 ms
    assert true_flags(truth, Body()) == []


def test_a_short_burst_above_the_alarm_stays_a_warning():
    truth = rows(3)
    press(truth, 0.5, 2.5, 5.0)
    truth["speed_cm_s"][200:260] = 28.0
    truth["speed_cm_s"][220:240] = 35.0  # 100 ms
    assert [f.severity for f in true_flags(truth, Body())] == ["warn"]


def test_kneading_needs_three_fast_circles():
    for per_min, circles, expected in ((100, 2.5, []), (100, 5, ["warn"]), (130, 5, ["alarm"]), (80, 8, [])):
        truth = rows(10)
        n = round(circles * 60 / per_min * 200)
        press(truth, 1.0, 1.0 + n / 200, 10.0)
        truth["knead_turns"][200 : 200 + n] = np.arange(n) / 200 * per_min / 60
        assert [f.severity for f in true_flags(truth, Body())] == expected


def test_nothing_is_flagged_before_the_start_procedure_is_over():
    truth = rows(3)
    press(truth, 1.0, 2.0, 50.0, (0.0, 100.0))
    truth["started"] = False
    assert true_flags(truth, Body()) == []


def test_wider_limits_and_zones_say_what_is_certain():
    truth = rows(3)
    press(truth, 1.0, 2.0, 5.4, (17.0, 100.0))
    body = Body()
    assert len(true_flags(truth, body)) == 1
    assert true_flags(truth, body, scale=1.12) == []
    assert true_flags(truth, body, widen_mm=-5.0) == []
    truth["pad_mm"][:, 4] = [26.0, 100.0]
    assert true_flags(truth, body) == []
    assert len(true_flags(truth, body, widen_mm=10.0)) == 1


def test_regions_and_sides_are_the_designs():
    assert [region_of(y, 450) for y in (-1, 0, 81, 203, 315, 450)] == [
        "neck", "shoulders", "upper", "middle", "lower", "sacrum"]
    assert [side_of(x) for x in (-21, -20, 0, 20, 21)] == ["right", "centre", "centre", "centre", "left"]


def test_a_stroke_is_measured_over_its_contact():
    truth = rows(4)
    truth["stroke"][200:600] = 0
    press(truth, 1.5, 2.5, 8.0, (60.0, 100.0))
    truth["cop_mm"], truth["speed_cm_s"], truth["spine_mm"] = [60.0, 100.0], 12.0, 60.0
    (stroke,) = true_strokes(truth, ("glide",), ("",), Body())
    assert stroke.start_us == 2_500_000
    assert stroke.path_mm == pytest.approx(120, rel=0.01)
    assert (stroke.mean_n, stroke.min_spine_mm, stroke.region, stroke.side) == (8.0, 60.0, "upper", "left")
