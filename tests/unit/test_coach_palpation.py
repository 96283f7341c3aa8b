"""Left against right: what is compared, what is not, and how sure it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from slowhand.coach.palpation import Comparison, Palpation, sink_of
from slowhand.coach.routine_plan import shipped_routine
from slowhand.strokes.segment import StrokeTracker
from tests.unit.touch_scenes import STEP_S, Scene

RULE = shipped_routine().palpation
LENGTH_MM = 450.0


def press(x: float, y: float, peak_n: float, n_per_mm: float | None, start_us: int, seconds: float = 2.5) -> np.ndarray:
    """One press with ramps of half a second; the hand sinks by force over stiffness (``None``: height unknown)."""
    ramp = 0.5 * (1.0 - np.cos(np.pi * np.arange(100) / 100))
    force = peak_n * np.concatenate([np.zeros(60), ramp, np.ones(round(seconds / STEP_S) - 200), ramp[::-1], np.zeros(140)])
    scene = Scene(at=(x, y))
    scene.xs, scene.ys, scene.forces = [np.full(len(force), x)], [np.full(len(force), y)], [force]
    rows = scene.rows(start_us=start_us, sigma_mm=2.0)
    rows["gap"] = False
    rows["pos_mm"][:, 2] = 30.0 - force / n_per_mm if n_per_mm else np.nan
    return rows


def felt(*presses: tuple[float, float, float, float | None], pause_s: float = 0.5) -> Palpation:
    palpation, tracker, t_us = Palpation(RULE, LENGTH_MM), StrokeTracker(LENGTH_MM), 0
    for x, y, peak_n, stiffness in presses:
        rows = press(x, y, peak_n, stiffness, t_us)
        t_us = int(rows["t_us"][-1]) + 5000 + round(1e6 * pause_s)
        for begin in range(0, len(rows), 7):
            block = rows[begin : begin + 7]
            strokes = tracker.process(block)
            palpation.process(block)
            palpation.strokes(strokes)
    return palpation


def test_how_far_a_press_sinks_is_the_force_over_the_stiffness() -> None:
    [pair] = felt((80.0, 150.0, 20.0, 4.0), (-80.0, 150.0, 20.0, 5.0)).pairs
    assert pair.left.sink_mm == pytest.approx(pair.left.rise_n / 4.0, rel=1e-6)
    assert pair.right.sink_mm == pytest.approx(pair.right.rise_n / 5.0, rel=1e-6)
    assert 15.0 < pair.left.rise_n < 20.0


def test_breathing_during_the_press_mostly_drops_out() -> None:
    rows = press(80.0, 150.0, 20.0, 4.0, 0)
    t_s = 1e-6 * rows["t_us"]
    kept = np.column_stack([
        rows["t_us"], rows["pos_mm"][:, 2] + 2.0 * t_s / 2.5, rows["total_n"], rows["cop_mm"], rows["sigma_mm"],
        rows["located"],
    ])[rows["contact"]]
    sink_mm, rise_n = sink_of(kept)   # a rise of 2 mm over the press, as at half a breath
    assert sink_mm == pytest.approx(rise_n / 4.0, abs=0.25)


def test_the_firmer_side_is_named_with_its_uncertainty_and_as_a_maybe() -> None:
    presses = [(side * 80.0, y, 22.0, 4.0 if side > 0 else 2.6) for y in (140.0, 150.0, 160.0) for side in (1.0, -1.0)]
    [compared] = felt(*presses).comparisons()
    assert (compared.region, compared.pairs, compared.firmer) == ("upper", 3, "left")
    assert compared.firmness_ratio == pytest.approx(4.0 / 2.6, rel=1e-6)
    assert compared.words.startswith("Upper back: left feels firmer (maybe), by 54 ± ")
    one = felt(*presses[:2]).comparisons()[0]
    assert one.firmness_sigma == pytest.approx(math.sqrt(3.0) * compared.firmness_sigma, rel=0.01)


def test_alike_sides_are_not_told_apart_and_a_harder_press_is_no_firmer_side() -> None:
    [compared] = felt((80.0, 150.0, 28.0, 4.0), (-80.0, 150.0, 16.0, 4.0)).comparisons()
    assert compared.firmer == "" and compared.force_ratio == pytest.approx(28.0 / 16.0, rel=0.02)
    assert compared.words.startswith("Upper back: no difference that the glove can tell (± ")


def test_an_unknown_height_says_that_firmness_is_not_known() -> None:
    [compared] = felt((80.0, 150.0, 20.0, None), (-80.0, 150.0, 20.0, 4.0)).comparisons()
    assert (compared.firmness_ratio, compared.firmness_sigma, compared.firmer) == (None, None, "")
    assert compared.words.endswith("how firm is not known.")


def test_a_press_that_hardly_sinks_tells_nothing() -> None:
    [compared] = felt((80.0, 150.0, 20.0, 20.0), (-80.0, 150.0, 20.0, 4.0)).comparisons()
    assert compared.firmness_ratio is None


@pytest.mark.parametrize("other", [(80.0, 150.0), (-80.0, 210.0), (-125.0, 150.0), (-10.0, 150.0)])
def test_only_mirrored_places_are_compared(other: tuple[float, float]) -> None:
    assert felt((80.0, 150.0, 20.0, 4.0), (*other, 20.0, 4.0)).pairs == []


def test_presses_far_apart_in_time_are_not_compared() -> None:
    assert felt((80.0, 150.0, 20.0, 4.0), (-80.0, 150.0, 20.0, 4.0), pause_s=RULE.within_s).pairs == []


def test_each_press_is_compared_once() -> None:
    assert len(felt(*[(80.0, 150.0, 20.0, 4.0)] * 3, (-80.0, 150.0, 20.0, 4.0)).pairs) == 1


def test_a_difference_within_its_error_is_none() -> None:
    compared = Comparison("upper", 1, 20.0, 20.0, 1.0, 1.3, 0.4)
    assert "no difference" in compared.words
