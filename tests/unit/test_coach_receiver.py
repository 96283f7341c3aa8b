"""The receiver's file, the shipped limits, zones against the plain words of the design, and flags on strokes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.limits import shipped_limits
from slowhand.coach.overlap import with_flags
from slowhand.coach.receiver import Receiver, SensitivePlace, load_receiver
from slowhand.coach.zones import BackZones
from slowhand.errors import BadInputError
from slowhand.strokes.places import region_of, side_of
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.touch import TOUCH_DTYPE
from tests.unit.touch_scenes import Scene


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "receiver.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nominal_receiver_is_that_of_the_design() -> None:
    receiver = load_receiver()
    assert (receiver.posture, receiver.back_length_mm, receiver.shoulder_width_mm) == ("prone", 450.0, 380.0)
    assert receiver.sensitive == () and receiver.personal_limits() == shipped_limits()


def test_a_file_may_change_posture_measures_sore_places_and_limits(tmp_path: Path) -> None:
    receiver = load_receiver(written(tmp_path, """
        posture = "seated"
        back_length_mm = 480
        shoulder_width_mm = 400.5
        sensitive = [{x_mm = -40, y_mm = 300, radius_mm = 25, max_n = 8}]
        [limits]
        too_fast = {warn = 20, alarm = 25}
        too_hard = {alarm = 80}
    """))
    limits = receiver.personal_limits()
    assert (limits.too_fast.warn, limits.too_fast.alarm, limits.too_fast.must_last_ms) == (20.0, 25.0, 150)
    assert (limits.too_hard.warn, limits.too_hard.alarm) == (60.0, 80.0)
    assert limits.spine_pressure == shipped_limits().spine_pressure
    assert receiver.sensitive[0].max_n == 8.0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('posture = "standing"', ["posture", "standing"]),
        ('implant = "yes"', ["implant", "yes"]),
        ("implant = 1", ["implant", "1"]),
        ("back_length_mm = 45", ["back_length_mm", "45"]),
        ("back_length_mm = '450'", ["back_length_mm", "450"]),
        ("colour = 1", ["colour"]),
        ("sensitive = [{x_mm = 1, y_mm = 2, radius_mm = 0, max_n = 3}]", ["sensitive[0].radius_mm"]),
        ("sensitive = [{x_mm = 1, y_mm = 2, radius_mm = 5}]", ["sensitive[0].max_n", "missing"]),
        ("[limits]\ntoo_fst = {warn = 3}", ["limits.too_fst"]),
        ("[limits]\ntoo_fast = {warn = -3}", ["limits.too_fast.warn", "-3"]),
        ("[limits]\ntoo_fast = {warn = 35}", ["too_fast", "35", "30", "cm/s"]),
    ],
)
def test_a_mistake_is_named_in_one_line(tmp_path: Path, text: str, names: list[str]) -> None:
    with pytest.raises(BadInputError) as caught:
        load_receiver(written(tmp_path, text))
    message = str(caught.value)
    assert "\n" not in message and "receiver.toml" in message
    for name in names:
        assert name in message


def test_every_limit_is_that_of_the_design_and_says_what_it_is_not() -> None:
    limits = shipped_limits()
    table = {
        "too_fast": (25, 30, "cm/s", 150), "spine_pressure": (5, 15, "N", 50), "neck_pressure": (5, 15, "N", 50),
        "kidney_pressure": (20, 40, "N", 50), "too_hard": (60, 100, "N", 50),
    }
    for kind, (warn, alarm, unit, must_last_ms) in table.items():
        limit = limits.of(FlagKind(kind))
        assert (limit.warn, limit.alarm, limit.unit, limit.must_last_ms) == (warn, alarm, unit, must_last_ms)
    knead, sore = limits.too_fast_knead, limits.sensitive(8.0)
    assert (knead.warn, knead.alarm, knead.unit, knead.must_last_cycles) == (90, 120, "/min", 3)
    assert (sore.warn, sore.alarm, sore.unit, sore.must_last_ms) == (8.0, 12.0, "N", 50)


@given(st.floats(-200, 200), st.floats(-200, 700), st.floats(0, 8), st.floats(0, 8))
def test_zones_are_those_of_the_design_in_plain_words(x: float, y: float, sigma_x: float, sigma_y: float) -> None:
    receiver = Receiver(back_length_mm=460.0, sensitive=(SensitivePlace(x_mm=50, y_mm=100, radius_mm=30, max_n=5),))
    rows = np.zeros(1, TOUCH_DTYPE)
    rows["pad_mm"], rows["pad_sigma_mm"], rows["force_n"][0, 2] = 5000.0, 0.0, 3.0
    rows["pad_mm"][0, 2], rows["pad_sigma_mm"][0, 2] = (x, y), (sigma_x, sigma_y)
    wx, wy = min(2 * sigma_x, 10.0), min(2 * sigma_y, 10.0)
    expected = [
        abs(x) <= 20 + wx and -wy <= y <= 460 + wy,
        abs(x) <= 60 + wx and y < wy,
        25 - wx <= abs(x) <= 95 + wx and 0.5 * 460 - wy <= y <= 0.845 * 460 + wy,
        math.hypot((x - 50) / (30 + wx), (y - 100) / (30 + wy)) <= 1.0,
    ]
    forces, bounds = BackZones(receiver, receiver.personal_limits()).forces(rows)
    assert (forces[0] > 0).tolist() == expected
    assert not bounds.any()
    rows["at_least"][0, 2] = True
    assert BackZones(receiver, receiver.personal_limits()).forces(rows)[1][0].tolist() == expected


@pytest.mark.parametrize("unknown", [0, 1])
def test_a_sigma_that_is_unknown_widens_as_far_as_any(unknown: int) -> None:
    zones = BackZones(Receiver(), Receiver().personal_limits())
    for axis, edge, far in ((0, (29.5, 100.0), (30.5, 100.0)), (1, (0.0, -9.5), (0.0, -10.5))):
        rows = np.zeros(2, TOUCH_DTYPE)
        rows["pad_mm"], rows["force_n"][:, 2] = 5000.0, 3.0
        rows["pad_mm"][:, 2] = [edge, far]
        rows["pad_sigma_mm"][:, 2, unknown] = np.nan
        inside = (zones.forces(rows)[0][:, 0] > 0).tolist()
        assert inside == ([True, False] if axis == unknown else [False, False])


def test_regions_and_sides_are_those_of_the_design() -> None:
    shares = (-0.01, 0.0, 0.18, 0.45, 0.70, 1.0)
    names = ["neck", "shoulders", "upper", "middle", "lower", "sacrum"]
    assert [region_of(share * 480.0, 480.0) for share in shares] == names
    assert [side_of(x) for x in (-20.0, 20.0, 20.1, -20.1)] == ["centre", "centre", "left", "right"]


def test_a_stroke_carries_the_kinds_of_the_flags_that_overlap_it() -> None:
    tracker = StrokeTracker(450.0)
    rows = Scene(at=(60.0, 50.0)).lift(1.0).glide(0, 200, 10.0).lift(1.0).glide(0, 100, 10.0).lift(1.0).rows()
    strokes = tracker.process(rows) + tracker.finish()

    def flag(kind: FlagKind, start_s: float, end_s: float | None) -> Flag:
        end_us = None if end_s is None else round(end_s * 1e6)
        return Flag(round(start_s * 1e6), end_us, 0, kind, Severity.WARN, 1.0, 1.0, "N", None, None)

    flags = [
        flag(FlagKind.TOO_HARD, 2.5, None), flag(FlagKind.TOO_FAST, 1.1, 1.4), flag(FlagKind.TOO_FAST, 1.6, 1.9),
        flag(FlagKind.KIDNEY_PRESSURE, 3.1, 3.9),
    ]
    assert [stroke.flags for stroke in with_flags(strokes, flags)] == [("too_fast", "too_hard"), ("too_hard",)]
