"""Rows of a hand whose motion is known in closed form, with the errors that a motion sensor has."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from slowhand.locate.locator import Locator
from slowhand.locate.parameters import STANDARD_GRAVITY
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import SENSED_DTYPE

RATE_HZ = 200.0


def rows_of(
    accel: np.ndarray, pressed: np.ndarray, *, tilt_rad: tuple[float, float] = (0.0, 0.0), accel_bias=(0.0, 0.0, 0.0),
    gyro_bias=(0.0, 0.0, 0.0), noise: float = 0.0, seed: int = 0,
) -> np.ndarray:
    """SENSED_DTYPE rows for accelerations (n, 3) of a level room, m/s2, felt by a hand that stays tilted.

    All pads press alike where ``pressed``; the palm's plane is tilted with the hand, by a little only.
    """
    n, random = len(accel), np.random.default_rng(seed)
    rows = np.zeros(n, SENSED_DTYPE)
    rows["t_us"] = np.rint(np.arange(n) * 1e6 / RATE_HZ)
    rows["dt_s"][1:] = 1.0 / RATE_HZ
    rows["gap"][0], rows["motion_ok"], rows["pad_ok"] = True, True, True
    rows["force"][pressed] = 2.0
    turn = Rotation.from_euler("xy", tilt_rad)
    rows["accel"] = turn.inv().apply(accel + np.array([0.0, 0.0, STANDARD_GRAVITY])) + accel_bias
    rows["accel"] += random.normal(0.0, 1.0, (n, 3)) * noise
    rows["gyro"] = np.asarray(gyro_bias) + random.normal(0.0, 1.0, (n, 3)) * 0.05 * noise
    rows["field"] = np.nan
    return rows


def located(rows: np.ndarray) -> np.ndarray:
    """Poses of motion mode."""
    return Locator(Mode.MOTION, None, load_glove()).process(rows)


def passes(poses: np.ndarray) -> np.ndarray:
    """The rows at which another pass was known to have ended."""
    return poses[np.flatnonzero(np.diff(poses["stroke_end_us"], prepend=0) != 0)]
