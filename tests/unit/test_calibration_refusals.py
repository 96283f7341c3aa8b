"""A whole tumble: what it finds, and each way in which it is refused with one line that says what to do."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from slowhand.cli.tumble import recording_of
from slowhand.errors import CalibrationError
from slowhand.sim.profiles import UNCALIBRATED
from slowhand.sim.simulation import raw_from_chips
from slowhand_calibration.glove_fit import CalibrationRefusedError, GloveFit, Recording, fit_glove
from tests.unit.tumble_scenes import EARTH_UT, Tumble

EYES = np.stack([np.eye(3)] * 2)


def recording(magnetometers: int = 2, **changes) -> Recording:
    return recording_of(raw_from_chips(Tumble(**{"offsets": UNCALIBRATED} | changes).chips(), magnetometers))


def fitted(magnetometers: int = 2, **changes) -> GloveFit:
    return fit_glove(recording(magnetometers, **changes))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_tumble_tells_everything(seed):
    fit = fitted(seed=seed)
    # a count of the gyroscope is 0.0005 rad/s
    np.testing.assert_allclose(fit.gyro_bias, UNCALIBRATED.gyro, atol=6e-4)
    np.testing.assert_allclose(fit.accel.bias, UNCALIBRATED.accel, atol=0.02)
    np.testing.assert_allclose(fit.fields[0].hard_iron_ut, UNCALIBRATED.iron0_ut, atol=0.15)
    np.testing.assert_allclose(fit.fields[1].hard_iron_ut, UNCALIBRATED.iron1_ut, atol=0.15)
    for field in fit.fields:
        assert field.strength_ut == pytest.approx(np.linalg.norm(EARTH_UT), abs=0.1)
        assert not field.ellipsoid
    assert fit.agreement is not None
    # two readings of three axes with 0.35 uT each differ by 0.35 sqrt(6)
    assert fit.agreement.difference_ut == pytest.approx(0.35 * np.sqrt(6), rel=0.1)
    assert fit.agreement.turn_deg < 0.2 and fit.agreement.strength_ratio == pytest.approx(1.0, abs=0.005)


def test_one_magnetometer_is_enough():
    fit = fitted(magnetometers=1)
    assert len(fit.fields) == 1 and fit.agreement is None


def test_a_field_that_is_uneven_all_over_keeps_its_sphere():
    fit = fitted(uneven=0.03)   # not a shape that an ellipsoid explains
    assert not any(field.ellipsoid for field in fit.fields)
    np.testing.assert_allclose(fit.fields[0].hard_iron_ut, UNCALIBRATED.iron0_ut, atol=0.6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"creep": 0.1}, "moved"),
        ({"still_s": 3.0}, "moved"),
        ({"within": 1.2}, "of all directions were seen"),
        ({"within": 0.02}, "turn the hand through all directions"),
        ({"uneven": 0.15}, "not the same everywhere"),
        ({"earth_ut": 2.4 * EARTH_UT}, "is not the earth's"),
        ({"earth_ut": 0.4 * EARTH_UT}, "is not the earth's"),
        ({"gains": EYES * np.array([1.0, 1.25])[:, None, None]}, "fields of 47 and 59 uT at one place"),
        ({"gains": np.stack([np.eye(3), np.diag([1.0, -1.0, -1.0])])}, "turned by 180 degrees"),
        ({"gains": np.stack([np.eye(3), np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])])}, "turned by 90 degrees"),
        ({"gains": np.stack([np.diag([1.6, 0.8, 0.8]), np.eye(3)])}, "one axis reads far more"),
    ],
)
def test_what_cannot_be_believed_is_refused(changes, words):
    with pytest.raises(CalibrationRefusedError, match=words) as refused:
        fitted(**changes)
    assert "\n" not in str(refused.value)


def test_a_dipole_nearby_is_refused():
    whole = recording()
    # A magnet of the strip 15 cm away: 60 uT, from wherever the hand happens to be.
    near = np.random.default_rng(7).normal(0, 20.0, (40, 3)).repeat(len(whole.t_s) // 40 + 1, axis=0)[: len(whole.t_s)]
    near[: 7 * 200] = 0.0
    with pytest.raises(CalibrationRefusedError, match="not the same everywhere"):
        fit_glove(dataclasses.replace(whole, fields=tuple(field + near for field in whole.fields)))


def test_chips_that_say_nothing_are_named():
    rows = raw_from_chips(Tumble(turn_s=5.0).chips())
    for column, name in (("m0", "first magnetometer"), ("accel", "motion sensor")):
        dead = rows.copy()
        dead[column] = 0.0
        with pytest.raises(CalibrationError, match=name):
            recording_of(dead)


def test_samples_with_the_motor_running_are_left_out():
    rows = raw_from_chips(Tumble(turn_s=5.0).chips())
    rows["haptic"][300:340] = True
    assert len(recording_of(rows).t_s) == len(rows) - 40
