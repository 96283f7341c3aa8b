"""How sure a stroke is of its measures: carried from the rows, written down and read again."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from slowhand.session.details import stroke_from, to_json
from slowhand.strokes.measures import HAND_FIT_MM, SIGMA_TAP_CM_S
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Kind, Stroke
from tests.unit.touch_scenes import Scene, unplaced

ADDED = ("spine_sigma_mm", "cadence_sigma_per_min")


def strokes_of(rows: np.ndarray) -> list[Stroke]:
    tracker = StrokeTracker(450.0)
    return tracker.process(rows) + tracker.finish()


def glide(sigma_mm: float, cm_s: float = 10.0) -> Stroke:
    rows = Scene(at=(60.0, 20.0)).lift().glide(0.0, 300.0, cm_s).lift().rows(sigma_mm=sigma_mm)
    rows["spine_sigma_mm"] = sigma_mm
    [stroke] = strokes_of(rows)
    return stroke


def test_the_mean_speed_is_as_sure_as_the_place_and_a_share_of_itself() -> None:
    sigmas = [glide(mm).speed_sigma_cm_s for mm in (1.0, 5.0, 10.0)]
    assert sigmas == sorted(sigmas) and sigmas[2] == pytest.approx(0.94, abs=0.05)   # 0.9 mm/s for a millimetre
    assert glide(0.0, 20.0).speed_sigma_cm_s == pytest.approx(0.5, abs=0.03)         # a fortieth
    taps = Scene().lift().taps(4).lift().rows()
    [tap] = strokes_of(taps)
    assert tap.kind is Kind.TAP and tap.speed_sigma_cm_s is not None and tap.speed_sigma_cm_s >= SIGMA_TAP_CM_S


def test_the_distance_from_the_spine_has_the_sigma_of_the_nearest_place_and_of_the_hand() -> None:
    rows = Scene(at=(60.0, 100.0)).lift().glide(-50.0, 120.0, 10.0).lift().rows()
    rows["spine_sigma_mm"] = np.interp(np.abs(rows["cop_mm"][:, 0]), [10.0, 60.0], [3.0, 9.0])
    [stroke] = strokes_of(rows)
    assert stroke.min_spine_mm == pytest.approx(10.0, abs=0.5)
    assert stroke.spine_sigma_mm == pytest.approx(np.hypot(HAND_FIT_MM, 3.0), abs=0.1)


def test_a_longer_train_is_surer_of_its_cadence() -> None:
    short, long = (strokes_of(Scene().lift().circles(n, 60.0).lift().rows())[0] for n in (4, 12))
    assert short.cadence_sigma_per_min == pytest.approx(3.0 * long.cadence_sigma_per_min, rel=0.05)
    assert 0.1 < long.cadence_sigma_per_min < 0.3
    [beats] = strokes_of(Scene().lift().swell(12.0, 60.0, 12.0, depth=0.4).lift().rows())
    assert beats.kind is Kind.KNEAD and beats.cadence_sigma_per_min > long.cadence_sigma_per_min


def test_what_is_not_told_has_no_sigma() -> None:
    rows = Scene().lift().glide(0.0, 200.0, 10.0).lift().rows()
    unplaced(rows)
    [stroke] = strokes_of(rows)
    assert stroke.mean_cm_s is stroke.speed_sigma_cm_s is stroke.min_spine_mm is stroke.spine_sigma_mm is None
    assert glide(2.0).cadence_per_min is glide(2.0).cadence_sigma_per_min is None


def test_sigmas_are_stored_and_a_session_from_before_them_is_still_read() -> None:
    stroke = glide(2.0)
    assert stroke_from(to_json(stroke)) == stroke and stroke.spine_sigma_mm is not None
    old = {name: value for name, value in asdict(stroke).items() if name not in ADDED}
    assert stroke_from(json.dumps(old)).spine_sigma_mm is None
