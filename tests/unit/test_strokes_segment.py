"""Strokes from motions whose kind, bounds and measures are known because they were made so."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.locate.pose import Mode, Phase
from slowhand.strokes.kneading import KneadingTracker
from slowhand.strokes.rhythm import turning_cycle_of
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Kind, Stroke
from tests.unit.touch_scenes import Scene, unplaced

BACK_MM = 450.0


def strokes_of(rows: np.ndarray) -> list[Stroke]:
    tracker = StrokeTracker(BACK_MM)
    return tracker.process(rows) + tracker.finish()


def kinds_of(scene: Scene, mode: Mode = Mode.STRIP) -> list[str]:
    return [stroke.kind.value for stroke in strokes_of(scene.rows(mode))]


def test_one_glide_and_its_measures() -> None:
    [stroke] = strokes_of(Scene(at=(60.0, 50.0)).lift().glide(0.0, 300.0, cm_s=12.0, force_n=8.0).lift().rows())
    assert stroke.kind is Kind.GLIDE
    assert (stroke.start_us, stroke.end_us) == (1_000_000, 3_500_000)
    assert stroke.mean_cm_s == pytest.approx(12.0, rel=0.02)
    assert stroke.peak_cm_s == pytest.approx(12.0, rel=0.02)
    assert stroke.path_mm == pytest.approx(300.0, rel=0.02)
    assert stroke.mean_n == pytest.approx(8.0)
    assert stroke.impulse_n_s == pytest.approx(8.0 * 2.5, rel=0.01)
    assert stroke.min_spine_mm == pytest.approx(60.0)
    assert (stroke.region, stroke.side) == ("upper", "left")
    assert stroke.direction_deg == pytest.approx(0.0, abs=1.0)
    assert stroke.evenness == pytest.approx(1.0, abs=0.02)
    assert stroke.cadence_per_min is None


def test_a_glide_to_and_fro_is_split_at_its_turn() -> None:
    scene = Scene(at=(60.0, 50.0)).lift().glide(0, 200, 10).glide(0, -200, 10).glide(0, 200, 10).lift()
    strokes = strokes_of(scene.rows())
    assert [stroke.kind for stroke in strokes] == [Kind.GLIDE] * 3
    assert [stroke.start_us for stroke in strokes] == pytest.approx([1e6, 3e6, 5e6], abs=60_000)
    assert abs(strokes[1].direction_deg or 0.0) == pytest.approx(180.0, abs=3.0)


def test_a_turn_before_thirty_millimetres_splits_nothing() -> None:
    assert kinds_of(Scene().lift().glide(0, -20, 10).glide(0, 150, 10).lift()) == ["glide"]


def test_a_pause_parts_two_glides_and_belongs_to_neither() -> None:
    scene = Scene(at=(60.0, 50.0)).lift().glide(0, 120, 10).hold(0.6, 8.0).glide(0, 120, 10).lift()
    first, second = strokes_of(scene.rows())
    assert first.end_us == pytest.approx(2_200_000, abs=80_000)
    assert second.start_us == pytest.approx(2_800_000, abs=80_000)


def test_a_short_slowing_is_no_pause() -> None:
    assert kinds_of(Scene().lift().glide(0, 100, 10).hold(0.2, 8.0).glide(0, 100, 10).lift()) == ["glide"]


@pytest.mark.parametrize("per_min", [20.0, 45.0, 90.0, 130.0])
def test_circles_are_kneading_at_their_cadence(per_min: float) -> None:
    [stroke] = strokes_of(Scene().lift().circles(6, per_min).lift().rows())
    assert stroke.kind is Kind.KNEAD
    assert stroke.cadence_per_min == pytest.approx(per_min, abs=2.0)
    assert stroke.evenness is not None and stroke.evenness > 0.8


@pytest.mark.parametrize("per_min", [120.0, 160.0, 220.0])
def test_a_quick_rub_in_place_is_friction(per_min: float) -> None:
    [stroke] = strokes_of(Scene().lift().rub(3.0, per_min).lift().rows())
    assert stroke.kind is Kind.FRICTION
    assert stroke.cadence_per_min == pytest.approx(per_min, abs=3.0)


@pytest.mark.parametrize(("cycles", "per_min"), [(2, 110.0), (3, 110.0), (5, 140.0), (4, 40.0)])
def test_landing_and_lifting_belong_to_the_kneading_between_them(cycles: int, per_min: float) -> None:
    """Half circles that hold the landing or the lifting take up to four times as long as the others."""
    scene = Scene().lift().hold(0.28, 12.0).circles(cycles, per_min, radius_mm=22.0).hold(0.28, 12.0).lift()
    [stroke] = strokes_of(scene.rows())
    assert stroke.kind is Kind.KNEAD
    assert stroke.cadence_per_min == pytest.approx(per_min, rel=0.06)


def test_holding_still_is_a_press() -> None:
    [stroke] = strokes_of(Scene().lift().hold(2.0, 20.0).lift().rows())
    assert stroke.kind is Kind.PRESS
    assert stroke.impulse_n_s == pytest.approx(40.0, rel=0.01)
    assert stroke.cadence_per_min is None and stroke.direction_deg is None


def test_a_change_of_kind_without_a_lift_parts_strokes() -> None:
    scene = Scene(at=(60.0, 50.0)).lift().glide(0, 150, 10).hold(1.5, 20.0).circles(5, 45.0).lift()
    strokes = strokes_of(scene.rows())
    assert [stroke.kind.value for stroke in strokes] == ["glide", "press", "knead"]
    bounds = [stroke.start_us for stroke in strokes]
    assert bounds == pytest.approx([1e6, 2.5e6, 4e6], abs=250_000)


def test_short_contacts_in_a_row_are_one_tap_train() -> None:
    [stroke] = strokes_of(Scene().lift().taps(6, contact_s=0.06, pause_s=0.24).lift().rows())
    assert stroke.kind is Kind.TAP
    assert stroke.cadence_per_min == pytest.approx(200.0, rel=0.01)
    assert stroke.start_us == 1_000_000 and stroke.end_us == 1_000_000 + 5 * 300_000 + 60_000


def test_the_mean_force_of_taps_is_that_of_all_their_rows() -> None:
    scene = Scene().lift()
    for _ in range(5):
        for force in (1.0, 4.0, 8.0, 4.0, 1.0):
            scene = scene.hold(0.01, force)
        scene = scene.lift(0.2)
    rows = scene.rows()
    [stroke] = strokes_of(rows)
    assert stroke.kind is Kind.TAP
    assert stroke.mean_n == pytest.approx(rows["total_n"][rows["contact"]].mean(), rel=1e-9)


def test_two_short_contacts_are_no_train_and_a_very_short_one_is_nothing() -> None:
    assert kinds_of(Scene().lift().taps(2, contact_s=0.1)) == ["press", "press"]
    assert kinds_of(Scene().lift().taps(2, contact_s=0.06).lift()) == []


def test_taps_too_far_apart_are_no_train() -> None:
    assert kinds_of(Scene().lift().taps(4, contact_s=0.06, pause_s=0.7).lift()) == []


def test_a_tap_train_ends_where_the_hand_stays() -> None:
    assert kinds_of(Scene().lift().taps(4).hold(2.0, 15.0).lift()) == ["tap", "press"]


def test_nothing_is_a_stroke_before_the_start_procedure_is_complete() -> None:
    rows = Scene().lift().glide(0, 200, 10).lift().rows()
    rows["phase"] = Phase.AWAIT_START_POSE
    assert strokes_of(rows) == []


@pytest.mark.parametrize("lifts", [True, False])
def test_the_rest_at_the_start_pose_is_no_stroke_but_a_glide_straight_from_it_is(lifts: bool) -> None:
    scene = Scene(at=(0.0, 10.0)).lift().hold(3.0, 2.0)
    scene = scene.lift(0.5) if lifts else scene
    rows = scene.glide(0, 200, 10).lift().rows()
    rows["phase"][: round(3.5 / 0.005)] = Phase.AWAIT_START_POSE
    [stroke] = strokes_of(rows)
    assert stroke.kind is Kind.GLIDE
    assert stroke.start_us == pytest.approx(4.5e6 if lifts else 4.0e6, abs=20_000)


def test_a_hole_in_the_rows_ends_a_stroke_and_a_lost_row_does_not() -> None:
    rows = Scene(at=(60.0, 50.0)).lift().glide(0, 300, 10).lift().rows()
    torn = np.delete(rows, slice(400, 440))
    torn["gap"][400] = True
    first, second = strokes_of(torn)
    assert first.end_us == rows["t_us"][399] and second.start_us == rows["t_us"][440]
    pricked = np.delete(rows, 400)
    pricked["gap"][400] = True
    assert len(strokes_of(pricked)) == 1


def test_without_a_place_measures_that_need_one_are_unknown() -> None:
    [stroke] = strokes_of(Scene().lift().hold(2.0, 20.0).lift().rows(Mode.FORCE))
    assert stroke.kind is Kind.UNKNOWN   # pressed, or gliding evenly: the pads feel the same
    assert stroke.mean_n == pytest.approx(20.0)
    for name in ("mean_cm_s", "peak_cm_s", "path_mm", "min_spine_mm", "region", "side", "direction_deg"):
        assert getattr(stroke, name) is None, name


def test_without_a_place_the_rhythm_of_the_force_tells_kneading() -> None:
    [stroke] = strokes_of(Scene().lift().swell(8.0, 50.0, 12.0, depth=0.4).lift().rows(Mode.FORCE))
    assert stroke.kind is Kind.KNEAD
    assert stroke.cadence_per_min == pytest.approx(50.0, abs=2.0)


def test_a_light_hand_that_wavers_in_place_is_not_kneading() -> None:
    rows = Scene().lift().swell(6.0, 110.0, 3.0, depth=0.1).lift().rows()
    tracker = KneadingTracker(3)
    found = [
        tracker.step(row["t_us"], row["contact"], tuple(row["velocity_cm_s"]), tuple(row["pos_mm"][:2]), (5.0, 90.0), 0.0,
                     float(row["total_n"]))
        for row in rows
    ]
    assert not any(found)


@pytest.mark.parametrize("per_min", [30.0, 60.0, 103.0, 130.0])
def test_the_force_of_a_short_train_tells_its_cadence_although_the_hand_lands_and_leans(per_min: float) -> None:
    scene = Scene().lift().swell(max(3.5, 270.0 / per_min), per_min, 14.0, depth=0.18).lift()
    force, n = scene.forces[1], len(scene.forces[1])
    force *= np.linspace(0.9, 1.15, n) * np.minimum(np.minimum(np.arange(n), np.arange(n)[::-1]) / 50.0, 1.0) + 0.05
    [stroke] = strokes_of(scene.rows(Mode.FORCE))
    assert stroke.kind is Kind.KNEAD
    assert stroke.cadence_per_min == pytest.approx(per_min, abs=2.0)


def test_a_train_that_quickens_has_the_cadence_of_all_its_turns() -> None:
    """From 90 to 130 a minute: by their number over their time, not by the stretch that repeats best."""
    seconds = 5.0
    t = np.arange(1, round(seconds / 0.005) + 1) * 0.005
    turns = (90.0 * t + 40.0 * t**2 / (2 * seconds)) / 60.0
    scene = Scene().lift()
    scene._add(60.0 + 7.0 * np.sin(2 * np.pi * turns), np.full(len(t), 100.0), 12.0)
    [stroke] = strokes_of(scene.lift().rows())
    assert stroke.kind is Kind.FRICTION
    assert stroke.cadence_per_min == pytest.approx(110.0, abs=1.0)


def test_a_glide_that_is_lost_from_sight_for_a_moment_is_still_one() -> None:
    rows = Scene(at=(60.0, 20.0)).lift().glide(0, 400, 10).lift().rows()
    unplaced(rows[400:500])
    [stroke] = strokes_of(rows)
    assert stroke.kind is Kind.GLIDE and stroke.path_mm is not None


def test_a_rub_that_is_lost_from_sight_soon_is_not_taken_for_a_glide() -> None:
    rows = Scene().lift().rub(4.0, 170.0, amplitude_mm=8.0).lift().rows()
    unplaced(rows[250:])
    [stroke] = strokes_of(rows)
    assert stroke.kind is Kind.UNKNOWN
    rows = Scene(at=(60.0, 20.0)).lift().glide(0, 300, 10).lift().rows()
    unplaced(rows[320:])          # it went 120 mm one way before
    [stroke] = strokes_of(rows)
    assert stroke.kind is Kind.GLIDE


def test_a_cadence_heard_for_too_short_is_not_told() -> None:
    [stroke] = strokes_of(Scene().lift().swell(2.4, 100.0, 14.0, depth=0.3).lift().rows(Mode.FORCE))
    assert stroke.kind is Kind.KNEAD and stroke.cadence_per_min is stroke.cadence_sigma_per_min is None


def test_a_contact_that_never_ends_is_cut() -> None:
    rows = Scene().lift(0.1).hold(400.0, 5.0).rows()
    assert [stroke.kind for stroke in strokes_of(rows)] == [Kind.PRESS, Kind.PRESS]


@cache
def busy_scene() -> np.ndarray:
    scene = Scene(at=(60.0, 50.0)).lift(0.2).glide(0, 150, 12).glide(0, -120, 14).hold(0.5, 6.0).circles(4, 60.0)
    scene.lift(0.3).taps(4).lift(0.7).rub(1.5, 170.0).lift(0.1).taps(2, contact_s=0.1).hold(1.0, 9.0).lift(0.2)
    rows = scene.rows()
    unplaced(rows[250:300])
    torn = np.delete(rows, slice(600, 630))
    torn["gap"][600] = True
    return torn


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(busy_scene())), max_size=12))
def test_splitting_changes_no_bit(cuts: list[int]) -> None:
    rows = busy_scene()
    tracker = StrokeTracker(BACK_MM)
    edges = [0, *sorted(cuts), len(rows)]
    found = [stroke for a, b in pairwise(edges) for stroke in tracker.process(rows[a:b])]
    assert found + tracker.finish() == strokes_of(rows)


def test_strokes_come_in_order_and_do_not_overlap() -> None:
    strokes = strokes_of(busy_scene())
    assert len(strokes) >= 6
    for earlier, later in pairwise(strokes):
        assert earlier.start_us < earlier.end_us <= later.start_us


@pytest.mark.parametrize("per_min", [85.0, 105.0, 125.0, 180.0])
@pytest.mark.parametrize("seconds", [2.6, 4.0, 6.0])
def test_a_rub_that_grows_from_rest_has_the_cadence_of_its_even_part(per_min: float, seconds: float) -> None:
    """The first turn comes late while the width still grows: counted with it a train of four cycles is 3 % too fast."""
    t_us = np.arange(0, round(seconds * 1e6), 5000)
    t_s = 1e-6 * t_us
    width = 8.0 * np.clip(t_s / 0.4, 0.0, 1.0) ** 2
    way = width * np.sin(2.0 * np.pi * per_min / 60.0 * t_s)
    velocity = np.stack([np.gradient(way, t_s), 0.3 * np.gradient(way, t_s)], axis=1)
    cycle_us = turning_cycle_of(t_us, velocity, settled=True)
    assert cycle_us is not None and 60e6 / cycle_us == pytest.approx(per_min, rel=0.006)
