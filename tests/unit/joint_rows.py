"""A hand at the bench, as rows: it rests, points to the ceiling, presses one pad after the other. From physics."""

from __future__ import annotations

import numpy as np

from slowhand.sim.simulation import CHIP_DTYPE

RATE_HZ = 200
G_LSB = 8192
EARTH_UT = np.array([18.0, 3.0, -44.0])      # in the frame of the hand at rest
UT_PER_LSB = (0.15, 100 / 1711)
# hand = AXES[k] @ chip, as in the build guide: AK09916 with y and z reversed, LIS3MDL turned by 90 degrees.
AXES = (np.diag([1.0, -1.0, -1.0]), np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
PRESS_COUNTS = (520, 480, 450, 400, 160, 130)


def raised(angle: np.ndarray) -> np.ndarray:
    """(n, 3, 3): turns hand -> rest, the fingertips raised by angles: at a right angle hand x is up."""
    turn = np.zeros((len(angle), 3, 3))
    turn[:, 1, 1] = 1.0
    turn[:, 0, 0] = turn[:, 2, 2] = np.cos(angle)
    turn[:, 2, 0] = np.sin(angle)
    turn[:, 0, 2] = -np.sin(angle)
    return turn


def bench(still_s: float = 1.6, turn_s: float = 1.0, hold_s: float = 0.6, press_s: float = 0.3,
          turn_rad: float = np.pi / 2, offsets_ut: tuple = ((0, 0, 0), (0, 0, 0)), axes: tuple = AXES,
          tail_s: float = 2.0, seed: int = 0) -> np.ndarray:
    """CHIP_DTYPE rows of the whole visit."""
    n_still, n_turn, n_up = (round(s * RATE_HZ) for s in (still_s, turn_s, hold_s))
    angle = np.concatenate([np.zeros(n_still), np.linspace(0, turn_rad, n_turn), np.full(n_up, turn_rad)])
    n_press = round(press_s * RATE_HZ)
    n = len(angle) + 12 * n_press + round(tail_s * RATE_HZ)
    angle = np.concatenate([angle, np.full(n - len(angle), turn_rad)])
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, CHIP_DTYPE)
    rows["t_us"] = np.arange(n) * 1_000_000 // RATE_HZ
    back = raised(angle).transpose(0, 2, 1)
    rows["accel"] = np.rint(back @ [0, 0, G_LSB] + rng.normal(0, 20, (n, 3)))
    rows["gyro"][:, 1] = np.rint(-np.degrees(np.gradient(angle) * RATE_HZ) * 32.8)
    rows["gyro"] += rng.integers(-20, 21, (n, 3)).astype("i2")
    for k, name in enumerate(("field0", "field1")):
        hand_ut = back @ EARTH_UT + np.array(offsets_ut[k]) + rng.normal(0, 0.3, (n, 3))
        rows[name] = np.rint(hand_ut @ axes[k] / UT_PER_LSB[k])   # chip = axes^T hand
    rows["field_new"] = np.arange(n) % 2 == 0
    rows["pads"] = 6 + rng.integers(0, 3, (n, 6))
    at = n_still + n_turn + n_up
    for pad, count in enumerate(PRESS_COUNTS):
        begin = at + (2 * pad + 1) * n_press
        rows["pads"][begin : begin + n_press, pad] = count + rng.integers(0, 5, n_press)
    return rows
