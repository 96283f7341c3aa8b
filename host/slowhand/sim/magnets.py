"""The magnetometers on the back of the hand: dipole fields, iron, noise, and what the chips make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import Strip

MU0_OVER_4PI = 1e-7  # T m / A
LEVER_M = np.array([[0.0, 0.0, 0.0], [-0.06, 0.0, 0.0]])  # of both sensors in the hand frame
UT_PER_COUNT = np.array([0.15, 100.0 / 1711.0])  # AK09916; LIS3MDL at +-16 gauss
COUNT_LIMIT = np.array([32752, 32767])  # AK09916 datasheet: +-4912 uT; LIS3MDL: i16
# One column per chip axis, in hand coordinates: hand = CHIP_TO_HAND[k] @ chip.
CHIP_TO_HAND = np.array(
    [
        [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]],  # AK09916: y and z oppose the accelerometer's
        [[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],  # LIS3MDL, turned by 90 degrees on the plate
    ]
)
MOTOR_UT = 8.5  # of the motor's current at the hand


def dipole_ut(place: np.ndarray, moment: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Field of one magnetic dipole, uT.

    ``place`` and ``moment`` (3,) in m and A m2, ``at`` (N, 3) in m. B = mu0 / (4 pi r^3) (3 (m.u) u - m).
    """
    r = at - place
    distance = np.sqrt(np.einsum("ij,ij->i", r, r))
    along = r @ moment
    scale = MU0_OVER_4PI * 1e6 / distance**3
    return scale[:, None] * (3.0 * (along / distance**2)[:, None] * r - moment)


def strip_ut(strip: Strip, at: np.ndarray) -> np.ndarray:
    """Sum of all magnets' fields, uT, at points (N, 3) in m."""
    total = np.zeros_like(at)
    for place, moment in zip(strip.place, strip.moment, strict=True):
        total += dipole_ut(place, moment, at)
    return total


@dataclass(frozen=True)
class FieldErrors:
    """What is wrong with the magnetometers after calibration."""

    hard_iron_ut: float = 2.5     # residual, each axis
    soft_iron: float = 0.02       # residual, each entry
    misalignment_deg: float = 0.5
    noise_ut: tuple[float, float] = (0.35, 0.30)  # AK09916 at 100 Hz; LIS3MDL ultra-high performance
    lever_mm: float = 1.0         # mounting, each axis
    lag_ms: float = 1.5           # between the motion sample and the field's own instant


FRIENDLY_FIELD = FieldErrors(0.5, 0.0, 0.0, (0.35, 0.30), 0.0, 0.0)
REALISTIC_FIELD = FieldErrors()


@dataclass(frozen=True)
class Magnetometers:
    """One draw of both sensors' errors: ``read = gain @ hand field + hard_iron + noise``."""

    gain: np.ndarray        # (2, 3, 3)
    hard_iron: np.ndarray   # (2, 3), uT
    lever: np.ndarray       # (2, 3), m
    noise_ut: np.ndarray    # (2,)
    motor: np.ndarray       # (2, 3), uT while the motor runs

    def read(self, felt_ut: np.ndarray, haptic: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Readings in uT, hand frame, shape (N, 2, 3), in the fields ``felt_ut`` (N, 2, 3) at the two ``lever``."""
        out = np.empty_like(felt_ut)
        for k in range(2):
            out[:, k] = felt_ut[:, k] @ self.gain[k].T + self.hard_iron[k] + haptic[:, None] * self.motor[k]
            out[:, k] += rng.normal(0.0, self.noise_ut[k], (len(felt_ut), 3))
        return out


def some_magnetometers(rng: np.random.Generator, errors: FieldErrors) -> Magnetometers:
    """Draw both sensors."""
    turn = rng.normal(0.0, np.radians(errors.misalignment_deg), (2, 3))
    gain = np.array([np.eye(3) + _cross_matrix(turn[k]) for k in range(2)])
    gain += rng.normal(0.0, errors.soft_iron / np.sqrt(3.0), (2, 3, 3))
    lever = LEVER_M + rng.normal(0.0, 1.0, (2, 3)) * errors.lever_mm / 1000.0
    lever[0] = LEVER_M[0]  # the frame's origin is the motion sensor, where the first one sits
    motor = rng.normal(0.0, 1.0, (2, 3))
    motor *= MOTOR_UT / np.linalg.norm(motor, axis=1, keepdims=True)
    hard = rng.normal(0.0, 1.0, (2, 3)) * errors.hard_iron_ut
    return Magnetometers(gain, hard, lever, np.array(errors.noise_ut), motor)


def field_counts(hand_ut: np.ndarray) -> np.ndarray:
    """Chip counts (N, 2, 3), i16, from readings in the hand frame (N, 2, 3), uT."""
    counts = np.empty(hand_ut.shape, np.int16)
    for k in range(2):
        chip = hand_ut[:, k] @ CHIP_TO_HAND[k] / UT_PER_COUNT[k]
        counts[:, k] = np.clip(np.rint(chip), -COUNT_LIMIT[k], COUNT_LIMIT[k])
    return counts


def field_ut(counts: np.ndarray) -> np.ndarray:
    """Hand-frame uT (N, 2, 3) from chip counts (N, 2, 3)."""
    out = np.empty(counts.shape, float)
    for k in range(2):
        out[:, k] = counts[:, k] @ CHIP_TO_HAND[k].T * UT_PER_COUNT[k]
    return out


def _cross_matrix(v: np.ndarray) -> np.ndarray:
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
