"""The glove lies still: where in a recording, and what the gyroscope and the accelerometer read then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

G = 9.80665                 # m/s2
STILL_S = 5.0
LOOK_EVERY_S = 0.25
STILL_GYRO = 0.05           # rad/s about the median: 0.01 on a table; a hand held in the air trembles by 0.1
MOST_GYRO = 0.35            # rad/s; the chip's own zero offset is 0.09 at most (5 dps, ICM-20948 datasheet)
STILL_TURN = 0.12           # m/s2 that gravity may move between the first and the last third: 0.7 degrees
STILL_FIELD_UT = 1.0        # the same of the field, which also sees a turn about the vertical: 2-3 degrees
BLOCK_S = 0.1
SLOW_GYRO = 0.5             # rad/s; an arm's centripetal acceleration (0.3 m) is below 0.08 m/s2
SLOW_SPREAD = 0.35          # m/s2 within a block
LEAST_BLOCKS = 12
LEAST_SPREAD = 0.08         # smallest eigenvalue of the directions' mean square (a third: evenly spread)
MOST_SIGMA = 0.05           # m/s2; what the locator takes for granted after a calibration
MOST_ACCEL_BIAS = 1.0       # m/s2 on an axis; 50 mg at board level is 0.49 (ICM-20948 datasheet), twice that is a fault


@dataclass(frozen=True)
class AccelFit:
    """The accelerometer's bias (``corrected = raw - bias``), or why it is not known."""

    bias: np.ndarray | None     # (3,), m/s2
    residual: float | None      # m/s2, RMS of |a - bias| about g
    words: str


def first_still(t_s: np.ndarray, accel: np.ndarray, gyro: np.ndarray, fields: tuple[np.ndarray, ...]) -> slice | None:
    """The first `STILL_S` seconds in which the glove did not move; ``None`` when there are none.

    ``t_s`` (n,) rises; accel m/s2, gyro rad/s and each of ``fields`` uT are (n, 3), uncorrected.
    """
    begin, count = 0, len(t_s)
    while begin < count and t_s[-1] - t_s[begin] >= STILL_S:
        end = int(np.searchsorted(t_s, t_s[begin] + STILL_S, side="right"))
        part = slice(begin, end)
        if _is_still(accel[part], gyro[part], [field[part] for field in fields]):
            return part
        begin = max(int(np.searchsorted(t_s, t_s[begin] + LOOK_EVERY_S)), begin + 1)
    return None


def _is_still(accel: np.ndarray, gyro: np.ndarray, fields: list[np.ndarray]) -> bool:
    middle = np.median(gyro, axis=0)
    if len(gyro) < 100 or np.linalg.norm(middle) > MOST_GYRO or not np.any(gyro):
        return False
    # A knock at the table is one thing, a hand that trembles another: one reading in a hundred may be off.
    if np.percentile(np.abs(gyro - middle).max(axis=1), 99) > STILL_GYRO:
        return False
    return _moved(accel) <= STILL_TURN and all(_moved(field) <= STILL_FIELD_UT for field in fields)


def _moved(values: np.ndarray) -> float:
    third = len(values) // 3
    return float(np.linalg.norm(np.median(values[-third:], axis=0) - np.median(values[:third], axis=0)))


def fit_accel(t_s: np.ndarray, accel: np.ndarray, gyro: np.ndarray) -> AccelFit:
    """The bias b with ``|a - b| = g`` over the moments in which the hand was slow; gyro (n, 3) without its bias."""
    points = _slow_moments(t_s, accel, gyro)
    if len(points) < LEAST_BLOCKS:
        return AccelFit(None, None, "the hand was never slow for long enough")
    to = points / np.linalg.norm(points, axis=1)[:, None]
    if np.linalg.eigvalsh(to.T @ to / len(to))[0] < LEAST_SPREAD:
        return AccelFit(None, None, "the hand was slow in too few attitudes")
    found = least_squares(lambda b: np.linalg.norm(points - b, axis=1) - G, np.zeros(3), loss="soft_l1", f_scale=0.05)
    left = np.linalg.norm(points - found.x, axis=1) - G
    residual = float(np.sqrt(np.mean(left**2)))
    away = (points - found.x) / np.linalg.norm(points - found.x, axis=1)[:, None]
    sigma = residual * float(np.sqrt(np.linalg.eigvalsh(np.linalg.inv(away.T @ away))[-1]))
    if sigma > MOST_SIGMA:
        return AccelFit(None, residual, f"the hand was too restless: known to {sigma:.2f} m/s2 only")
    if np.abs(found.x).max() > MOST_ACCEL_BIAS:
        return AccelFit(None, residual, f"it would be {np.abs(found.x).max():.1f} m/s2, more than this chip can have")
    return AccelFit(found.x, residual, f"known to {sigma:.3f} m/s2")


def _slow_moments(t_s: np.ndarray, accel: np.ndarray, gyro: np.ndarray) -> np.ndarray:
    """Mean accelerations (n, 3) of tenths of a second without haste, shaking or missing rows."""
    if len(t_s) < 2:
        return np.zeros((0, 3))
    rows = max(round(BLOCK_S / float(np.median(np.diff(t_s)))), 2)
    blocks = len(t_s) // rows
    time = t_s[: blocks * rows].reshape(blocks, rows)
    force = accel[: blocks * rows].reshape(blocks, rows, 3)
    turn = np.linalg.norm(gyro[: blocks * rows], axis=1).reshape(blocks, rows)
    mean = force.mean(axis=1)
    calm = (turn.max(axis=1) <= SLOW_GYRO) & (np.ptp(time, axis=1) <= 1.5 * BLOCK_S)
    calm &= np.sqrt(((force - mean[:, None]) ** 2).sum(axis=2).mean(axis=1)) <= SLOW_SPREAD
    return mean[calm & (np.abs(np.linalg.norm(mean, axis=1) - G) <= 2.0)]
