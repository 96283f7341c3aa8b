"""Strokes of a contact without a strip: which passes are glides, which are a train, which figures are written down."""

from __future__ import annotations

import math

import numpy as np
import pytest

from slowhand.locate.pose import PACE_FIELDS, Mode
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Kind, Stroke
from tests.unit.touch_scenes import Scene

STEP_US = 5000


def contact(seconds: float) -> np.ndarray:
    """Touches of one contact between two lifts of half a second, without a place, nothing known of pace."""
    return Scene().lift(0.5).hold(seconds, 10.0).lift(0.5).rows(Mode.MOTION)


def say_pass(rows: np.ndarray, start_s: float, end_s: float, mean: float, sigma: float, delay_s: float = 0.0) -> None:
    """From ``end_s`` (since the landing) on, this is the latest pass."""
    landed = 500_000
    later = rows["t_us"] >= landed + 1e6 * (end_s + delay_s)
    for name, value in (
        ("stroke_start_us", landed + round(1e6 * start_s)), ("stroke_end_us", landed + round(1e6 * end_s)),
        ("stroke_cm_s", mean), ("stroke_sigma_cm_s", sigma), ("stroke_peak_cm_s", 1.5 * mean),
        ("stroke_peak_sigma_cm_s", sigma),
    ):
        rows[name][later] = value


def strokes_of(rows: np.ndarray) -> list[Stroke]:
    tracker = StrokeTracker(450.0)
    return [*tracker.process(rows), *tracker.finish()]


def test_glides_to_and_fro_are_strokes_of_their_own() -> None:
    rows = contact(4.0)
    for k, (mean, sigma) in enumerate([(12.0, 3.0), (14.0, 3.0), (10.0, 2.0), (12.0, 3.0)]):
        say_pass(rows, k, k + 1.0, mean, sigma, delay_s=0.0 if k == 3 else 0.3)
    found = strokes_of(rows)
    assert [stroke.kind for stroke in found] == [Kind.GLIDE] * 4
    assert [stroke.mean_cm_s for stroke in found] == pytest.approx([12.0, 14.0, 10.0, 12.0])
    assert [stroke.speed_sigma_cm_s for stroke in found] == [3.0, 3.0, 2.0, 3.0]
    assert found[1].peak_cm_s == pytest.approx(21.0)
    assert all(stroke.path_mm is None and stroke.region is None for stroke in found)
    assert found[0].end_us == found[1].start_us


def test_a_figure_that_is_smaller_than_its_error_is_not_written_down() -> None:
    rows = contact(3.0)
    say_pass(rows, 0.0, 3.0, 2.0, 1.5)
    [stroke] = strokes_of(rows)
    assert (stroke.kind, stroke.mean_cm_s, stroke.peak_cm_s, stroke.speed_sigma_cm_s) == (Kind.PRESS, None, None, None)


def test_a_pass_of_unknown_speed_leaves_the_field_empty() -> None:
    rows = contact(3.0)
    say_pass(rows, 0.0, 3.0, math.nan, math.nan)
    [stroke] = strokes_of(rows)
    assert stroke.mean_cm_s is None and stroke.kind is Kind.UNKNOWN


@pytest.mark.parametrize(("mean", "kind"), [(2.0, Kind.PRESS), (3.4, Kind.UNKNOWN), (4.2, Kind.GLIDE)])
def test_what_neither_surely_moves_nor_seems_to_rest_has_no_kind(mean: float, kind: Kind) -> None:
    rows = contact(3.0)
    say_pass(rows, 0.0, 3.0, mean, 2.0)
    assert [stroke.kind for stroke in strokes_of(rows)] == [kind]


def test_a_train_carries_the_sigma_of_its_cadence() -> None:
    rows = contact(8.0)
    heard = rows["contact"] & (rows["t_us"] > 3_000_000)
    rows["cadence_per_min"][heard], rows["cadence_sigma"][heard], rows["cadence_round"][heard] = 50.0, 0.7, 0.8
    [stroke] = strokes_of(rows)
    assert stroke.kind is Kind.KNEAD and stroke.cadence_sigma_per_min == pytest.approx(0.7)


def test_a_press_between_glides_and_a_pause() -> None:
    rows = contact(5.2)
    say_pass(rows, 0.0, 1.5, 15.0, 3.0)
    say_pass(rows, 1.5, 3.5, 1.0, 2.0)
    say_pass(rows, 3.5, 4.8, 15.0, 3.0)
    say_pass(rows, 4.8, 5.2, 1.0, 2.0)     # too short for a press: it belongs to the glide
    found = strokes_of(rows)
    assert [stroke.kind for stroke in found] == [Kind.GLIDE, Kind.PRESS, Kind.GLIDE]
    assert found[2].end_us - found[2].start_us == pytest.approx(1_700_000, abs=STEP_US)
    assert found[2].mean_cm_s == pytest.approx((15.0 * 1.3 + 1.0 * 0.4) / 1.7)


@pytest.mark.parametrize(
    ("per_min", "roundness", "mean", "kind"),
    [
        (50.0, 0.8, 7.0, Kind.KNEAD), (110.0, 0.8, 12.0, Kind.KNEAD), (160.0, 0.8, 12.0, Kind.FRICTION),
        (160.0, 0.1, 9.0, Kind.FRICTION), (100.0, 0.1, 6.0, Kind.FRICTION), (50.0, 0.1, 3.0, Kind.KNEAD),
    ],
)
def test_trains_are_named_by_cadence_and_roundness(per_min: float, roundness: float, mean: float, kind: Kind) -> None:
    rows = contact(8.0)
    heard = rows["contact"] & (rows["t_us"] > 3_000_000)
    rows["cadence_per_min"][heard], rows["cadence_sigma"][heard], rows["cadence_round"][heard] = per_min, 1.0, roundness
    half_s = 30.0 / per_min
    for k in range(int(8.0 / half_s)):
        say_pass(rows, k * half_s, (k + 1) * half_s, mean, 1.0)
    [stroke] = strokes_of(rows)
    assert stroke.kind is kind
    assert stroke.cadence_per_min == pytest.approx(per_min)
    assert stroke.mean_cm_s == pytest.approx(mean)


def test_with_a_strip_nothing_of_this_is_heeded() -> None:
    rows = Scene().lift(0.5).glide(0.0, 200.0, 10.0).lift(0.5).rows()
    plain = strokes_of(rows)
    for name in PACE_FIELDS:
        rows[name] = 5.0
    assert strokes_of(rows) == plain and [stroke.kind for stroke in plain] == [Kind.GLIDE]
