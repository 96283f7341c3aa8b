"""The angle between a stroke and the fibres under it, on muscles whose fibres are known because they were made so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.atlas_grid import grid_of
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode
from slowhand.session.details import stroke_from, to_json
from slowhand.strokes.fibres import FibreMap
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Kind, Stroke
from tests.unit.touch_scenes import Scene, height_unknown, unplaced


@dataclass(frozen=True)
class Striped:
    """Above ``border_mm`` the muscle "upper" with one axis, below it "lower" with another; right of x = 0 there is none."""

    upper_deg: float
    lower_deg: float
    border_mm: float = 1e9
    sigma_deg: float = 5.0
    muscle_names: tuple[str, ...] = ("upper", "lower")

    def felt(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        known = np.isfinite(x_mm) & np.isfinite(y_mm) & (x_mm > 0)
        return np.where(known, np.where(y_mm < self.border_mm, 0, 1), -1)

    def fibres(self, x_mm: np.ndarray, y_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        felt = self.felt(x_mm, y_mm)
        degrees = np.array([self.upper_deg, self.lower_deg, np.nan])[felt]
        return degrees, np.where(felt >= 0, self.sigma_deg, np.nan)


def strokes_of(rows: np.ndarray, fibres: FibreMap | None) -> list[Stroke]:
    tracker = StrokeTracker(450.0, fibres)
    return tracker.process(rows) + tracker.finish()


def glide(dx: float, dy: float, at: tuple[float, float] = (60.0, 100.0)) -> Scene:
    return Scene(at=at).lift().glide(dx, dy, cm_s=12.0).lift()


@given(st.floats(0, 180), st.floats(-180, 180))
@settings(max_examples=40, deadline=None)
def test_a_straight_glide_meets_the_fibres_at_the_angle_between_them(fibre_deg: float, direction_deg: float) -> None:
    way = 150.0 * np.array([np.sin(np.radians(direction_deg)), np.cos(np.radians(direction_deg))])
    [stroke] = strokes_of(glide(*way, at=(200.0, 200.0)).rows(), Striped(fibre_deg, 0.0))
    expected = abs((direction_deg - fibre_deg + 90.0) % 180.0 - 90.0)
    assert stroke.fibre_deg == pytest.approx(expected, abs=1.5)
    assert stroke.fibre_sigma_deg == pytest.approx(5.0, abs=1.0)   # what the map does not know: nothing else is unsure
    assert stroke.muscle == "upper"


@pytest.mark.parametrize(("fibre_deg", "expected"), [(90.0, 0.0), (0.0, 90.0), (40.0, 50.0)])
def test_straight_friction_has_an_angle_too(fibre_deg: float, expected: float) -> None:
    [stroke] = strokes_of(Scene().lift().rub(3.0, 160.0).lift().rows(), Striped(fibre_deg, 0.0))
    assert stroke.kind is Kind.FRICTION
    assert stroke.fibre_deg == pytest.approx(expected, abs=1.5)


def test_what_goes_round_or_rests_has_a_muscle_but_no_angle() -> None:
    round_fast = Scene().lift().circles(12, 200.0, radius_mm=8.0).lift()
    for scene in (round_fast, Scene().lift().circles(6, 45.0).lift(), Scene().lift().hold(2.0, 20.0).lift(),
                  Scene().lift().taps(6, contact_s=0.06, pause_s=0.24).lift()):
        [stroke] = strokes_of(scene.rows(), Striped(20.0, 0.0))
        assert stroke.muscle == "upper"
        assert stroke.fibre_deg is None and stroke.fibre_sigma_deg is None
    assert strokes_of(round_fast.rows(), Striped(20.0, 0.0))[0].kind is Kind.FRICTION


def test_a_way_along_one_muscle_and_across_the_next_has_no_angle() -> None:
    [stroke] = strokes_of(glide(0.0, 200.0).rows(), Striped(0.0, 90.0, border_mm=200.0))
    assert stroke.fibre_deg is None


def test_a_way_over_two_muscles_that_run_nearly_alike_has_their_mean_and_its_spread() -> None:
    [stroke] = strokes_of(glide(0.0, 200.0).rows(), Striped(10.0, 40.0, border_mm=200.0))
    assert stroke.fibre_deg == pytest.approx(25.0, abs=1.5)
    # Two axes 15 degrees to each side of their mean, and the map's own 5: 15.3 (resultant cos 30) and 5.
    assert stroke.fibre_sigma_deg == pytest.approx(np.hypot(15.3, 5.0), abs=0.7)


def test_the_muscle_is_that_of_most_of_the_time() -> None:
    assert strokes_of(glide(0.0, 200.0).rows(), Striped(0.0, 90.0, border_mm=260.0))[0].muscle == "upper"
    assert strokes_of(glide(0.0, 200.0).rows(), Striped(0.0, 90.0, border_mm=140.0))[0].muscle == "lower"


def test_an_unsure_place_near_another_muscle_makes_the_angle_unsure() -> None:
    sure, unsure = (
        strokes_of(glide(150.0, 0.0, at=(30.0, 190.0)).rows(sigma_mm=sigma), Striped(90.0, 50.0, border_mm=195.0))[0]
        for sigma in (0.5, 8.0)
    )
    assert sure.fibre_deg == pytest.approx(0.0, abs=1.5) and sure.fibre_sigma_deg == pytest.approx(5.0, abs=1.0)
    assert unsure.fibre_sigma_deg is not None and unsure.fibre_sigma_deg > 15.0


def test_noise_of_the_velocity_does_not_turn_a_stroke_along_the_fibres_aside() -> None:
    rows = glide(0.0, 200.0).rows()
    pressed = np.isfinite(rows["speed_cm_s"])
    rows["velocity_cm_s"][pressed] += np.random.default_rng(3).normal(0.0, 2.0, (pressed.sum(), 2))
    rows["speed_cm_s"] = np.hypot(*rows["velocity_cm_s"].T)
    [stroke] = strokes_of(rows, Striped(0.0, 0.0))
    assert stroke.fibre_deg is not None and stroke.fibre_deg < 2.5


def test_over_no_muscle_there_is_no_angle() -> None:
    [stroke] = strokes_of(glide(0.0, 200.0, at=(-60.0, 100.0)).rows(), Striped(0.0, 0.0))
    assert stroke.muscle is None and stroke.fibre_deg is None


def test_an_unknown_place_has_neither() -> None:
    alone, lost = glide(0.0, 200.0).rows(), glide(0.0, 200.0).rows()
    height_unknown(alone[:])
    unplaced(lost[100:300])
    for rows in (alone, lost, glide(0.0, 200.0).rows(Mode.MOTION), glide(0.0, 200.0).rows(Mode.FORCE)):
        for stroke in strokes_of(rows, Striped(0.0, 0.0)):
            assert stroke.muscle is None and stroke.fibre_deg is None and stroke.fibre_sigma_deg is None


def test_without_a_map_nothing_else_changes() -> None:
    rows = glide(0.0, 200.0).rows()
    [bare], [mapped] = strokes_of(rows, None), strokes_of(rows, Striped(0.0, 0.0))
    assert bare.muscle is None and bare.fibre_deg is None
    assert bare.direction_deg == mapped.direction_deg and bare.path_mm == mapped.path_mm


@pytest.mark.parametrize(
    ("scene", "muscle", "deg"),
    [
        (glide(0.0, 280.0, at=(45.0, 120.0)), "erector_spinae", 0.0),           # effleurage down beside the spine
        (glide(0.0, -280.0, at=(-45.0, 400.0)), "erector_spinae", 0.0),         # and up on the other side
        (glide(-80.0, 0.0, at=(150.0, 22.0)), "trapezius_middle", 0.0),         # from the shoulder to the spine
        (Scene(at=(-45.0, 330.0)).lift().rub(3.0, 160.0).lift(), "erector_spinae", 90.0),   # cross-fibre friction
    ],
)
def test_classic_strokes_on_the_shipped_atlas(scene: Scene, muscle: str, deg: float) -> None:
    [stroke] = strokes_of(scene.rows(sigma_mm=2.0), grid_of(Receiver()))
    assert stroke.muscle == muscle
    assert stroke.fibre_deg == pytest.approx(deg, abs=10.0)
    assert stroke.fibre_sigma_deg is not None and 5.0 < stroke.fibre_sigma_deg < 20.0


def test_it_is_stored_and_an_older_stroke_is_still_read() -> None:
    [stroke] = strokes_of(glide(0.0, 200.0, at=(45.0, 120.0)).rows(), grid_of(Receiver()))
    assert stroke.fibre_deg is not None and stroke.muscle is not None and stroke_from(to_json(stroke)) == stroke
    older = '{"start_us": 1, "end_us": 2, "kind": "press", "mean_cm_s": null, "peak_cm_s": null, "path_mm": null, ' \
            '"cadence_per_min": null, "mean_n": 1.0, "peak_n": 1.0, "peak_at_least": false, "impulse_n_s": 1.0, ' \
            '"min_spine_mm": null, "region": null, "side": null, "evenness": null, "direction_deg": null, "flags": []}'
    assert stroke_from(older).muscle is None
