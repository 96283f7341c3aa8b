"""The fits against closed forms: a sphere, an ellipsoid, gravity, a rest; whatever the iron."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand_calibration.directions import REACH_DEG, coverage, even_directions, thinned
from slowhand_calibration.field_fit import field_coverage, fit_field
from slowhand_calibration.rest import STILL_S, G, first_still, fit_accel

IRON = st.tuples(*[st.floats(-300, 300)] * 3).map(np.array)


def readings(rng: np.random.Generator, iron: np.ndarray, gain: np.ndarray | None = None, strength: float = 48.0,
             count: int = 800, noise: float = 0.35) -> np.ndarray:
    to = rng.normal(size=(count, 3))
    to *= strength / np.linalg.norm(to, axis=1)[:, None]
    return to @ (np.eye(3) if gain is None else gain).T + iron + rng.normal(0, noise, (count, 3))


def test_without_noise_a_sphere_is_found_exactly():
    fit = fit_field(readings(np.random.default_rng(1), np.array([140.0, -95.0, 210.0]), noise=0.0))
    assert fit is not None and not fit.ellipsoid
    np.testing.assert_allclose(fit.hard_iron_ut, [140, -95, 210], atol=1e-6)
    assert fit.strength_ut == pytest.approx(48.0, abs=1e-6) and fit.residual_ut < 1e-6 and fit.coverage > 0.99


@settings(max_examples=25, deadline=None)
@given(IRON, st.floats(23, 68), st.integers(0, 2**32 - 1))
def test_hard_iron_is_found_to_a_fraction_of_the_noise(iron, strength, seed):
    fit = fit_field(readings(np.random.default_rng(seed), iron, strength=strength))
    assert fit is not None and not fit.ellipsoid
    # 800 readings of 0.35 uT know a centre to 0.35 sqrt(3 / 800) = 0.02 uT an axis; six sigma
    assert np.abs(fit.hard_iron_ut - iron).max() < 0.13
    assert fit.strength_ut == pytest.approx(strength, abs=0.1)
    assert fit.residual_ut == pytest.approx(0.35, rel=0.15)
    assert 0.01 < fit.hard_iron_sigma_ut < 0.04


@settings(max_examples=15, deadline=None)
@given(IRON, st.integers(0, 2**32 - 1))
def test_bad_readings_do_not_move_it(iron, seed):
    rng = np.random.default_rng(seed)
    points = readings(rng, iron)
    bad = rng.random(len(points)) < 0.05
    points[bad] += rng.normal(0, 60, (int(bad.sum()), 3))
    fit = fit_field(points)
    assert fit is not None and np.abs(fit.hard_iron_ut - iron).max() < 0.3
    assert fit.outliers == pytest.approx(bad.mean(), abs=0.02)


@settings(max_examples=10, deadline=None)
@given(IRON, st.integers(0, 2**32 - 1))
def test_soft_iron_is_undone_up_to_a_turn_and_a_scale(iron, seed):
    rng = np.random.default_rng(seed)
    part = rng.normal(0, 0.05, (3, 3))
    gain = np.eye(3) + np.diag([0.08, -0.06, 0.0]) + (part + part.T) / 2
    fit = fit_field(readings(rng, iron, gain))
    assert fit is not None and fit.ellipsoid
    np.testing.assert_allclose(fit.soft_iron, fit.soft_iron.T, atol=1e-12)
    assert np.linalg.det(fit.soft_iron) == pytest.approx(1.0)
    undone = fit.soft_iron @ gain / np.cbrt(np.linalg.det(gain))
    np.testing.assert_allclose(undone @ undone.T, np.eye(3), atol=0.01)   # what is left is a turn
    assert np.abs(fit.hard_iron_ut - iron).max() < 0.2


def test_a_resting_hand_does_not_outweigh_the_rest():
    rng = np.random.default_rng(3)
    points = readings(rng, np.array([50.0, 60.0, -70.0]))
    rest = np.array([50.0, 60.0, -70.0 + 50.0]) + rng.normal(0, 0.2, (4000, 3))   # 2 uT off the sphere, for 40 s
    fit = fit_field(np.concatenate([points[:400], rest, points[400:]]))
    assert fit is not None and np.abs(fit.hard_iron_ut - [50, 60, -70]).max() < 0.15


def test_too_few_different_readings_are_no_fit():
    assert fit_field(np.full((5000, 3), 40.0) + np.random.default_rng(0).normal(0, 0.3, (5000, 3))) is None
    assert fit_field(np.zeros((0, 3))) is None


@pytest.mark.parametrize("angle_deg", [30, 90, 150, 180])
def test_coverage_is_the_area_of_what_was_seen(angle_deg):
    to = even_directions(4000)
    cap = to[to[:, 2] >= np.cos(np.radians(angle_deg))]
    reach = min(angle_deg + REACH_DEG, 180.0)
    assert coverage(17.0 * cap) == pytest.approx((1 - np.cos(np.radians(reach))) / 2, abs=0.03)
    assert coverage(cap[:0]) == 0.0


def test_live_coverage_grows_with_what_is_seen_and_is_not_taken_from_a_short_arc():
    rng = np.random.default_rng(5)
    iron, angle = np.array([-200.0, 90.0, 250.0]), np.linspace(0, 0.5, 300)
    arc = 48 * np.column_stack([np.cos(angle), np.sin(angle), 0 * angle]) + iron + rng.normal(0, 0.35, (300, 3))
    assert field_coverage(arc) < 0.3
    assert field_coverage(readings(rng, iron, count=600)) > 0.95


def test_thinned_keeps_what_is_far_enough_from_the_last():
    points = np.zeros((7, 3))
    points[:, 0] = [0, 0.5, 1.0, 1.4, 2.1, 1.9, 0.0]
    assert thinned(points, 1.0).tolist() == [0, 2, 4, 6]
    assert thinned(points[:0], 1.0).tolist() == []


def at_rest(rng: np.random.Generator, seconds: float, tremble: float = 0.003) -> tuple[np.ndarray, ...]:
    n = round(200 * seconds)
    accel, gyro = rng.normal((0, 0, G), 0.03, (n, 3)), rng.normal((0.02, -0.03, 0.01), tremble, (n, 3))
    return np.arange(n) / 200, accel, gyro, rng.normal((20, 0, -40), 0.35, (n, 3))


def test_the_first_rest_after_a_start_is_found():
    rng = np.random.default_rng(1)
    t, accel, gyro, field = at_rest(rng, 12.0)
    gyro[:600] += rng.normal(0, 0.5, (600, 3))
    part = first_still(t, accel, gyro, (field,))
    assert part is not None and 2.9 <= t[part.start] <= 3.3
    assert t[part.stop - 1] - t[part.start] == pytest.approx(STILL_S, abs=0.01)


@pytest.mark.parametrize("moved", ["tremble", "tilt", "turn", "short", "gyro_dead", "spin"])
def test_what_moved_was_not_at_rest(moved):
    t, accel, gyro, field = at_rest(np.random.default_rng(2), 6.0, 0.1 if moved == "tremble" else 0.003)
    angle = 0.02 * t if moved in ("tilt", "turn") else 0.0 * t
    if moved == "tilt":
        accel[:, 0] += G * np.sin(angle)
    if moved == "turn":   # about the vertical: only the field tells
        field += np.column_stack([20 * (np.cos(angle) - 1), -20 * np.sin(angle), 0 * angle])
    if moved == "gyro_dead":
        gyro[:] = 0.0
    if moved == "spin":
        gyro[:, 2] += 0.5
    keep = slice(0, 900) if moved == "short" else slice(None)
    assert first_still(t[keep], accel[keep], gyro[keep], (field[keep],)) is None


BIAS = st.tuples(*[st.floats(-0.6, 0.6)] * 3).map(np.array)


@settings(max_examples=20, deadline=None)
@given(BIAS, st.integers(0, 2**32 - 1))
def test_the_accelerometers_bias_is_found_from_many_rests(bias, seed):
    rng = np.random.default_rng(seed)
    accel = np.repeat(G * even_directions(24), 60, axis=0) + bias + rng.normal(0, 0.03, (24 * 60, 3))
    fit = fit_accel(np.arange(len(accel)) / 200, accel, np.zeros((len(accel), 3)))
    assert fit.bias is not None and np.abs(fit.bias - bias).max() < 0.02


@pytest.mark.parametrize("spoilt", ["one attitude", "hasty", "shaken", "absurd", "too short"])
def test_a_bias_that_is_not_known_is_not_guessed(spoilt):
    rng = np.random.default_rng(4)
    accel = rng.normal(np.repeat(G * even_directions(24) + np.array([0.3, -0.2, 0.4]), 60, axis=0), 0.03)
    gyro = np.zeros_like(accel)
    if spoilt == "one attitude":
        accel = np.tile(accel[:60], (24, 1))
    if spoilt == "hasty":
        gyro[:, 1] = 1.5
    if spoilt == "shaken":
        accel += rng.normal(0, 1.0, accel.shape)
    if spoilt == "absurd":
        accel += [1.2, 0, 0]
    rows = slice(0, 100) if spoilt == "too short" else slice(None)
    fit = fit_accel(np.arange(len(accel))[rows] / 200, accel[rows], gyro[rows])
    assert fit.bias is None and fit.words
