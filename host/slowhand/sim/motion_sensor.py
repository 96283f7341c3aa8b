"""The ICM-20948 on the back of the hand: what an accelerometer and a gyroscope feel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import STANDARD_GRAVITY

ACCEL_PER_COUNT = STANDARD_GRAVITY / 8192.0       # +-4 g range, datasheet table 2
GYRO_PER_COUNT = np.radians(1.0) / 32.8           # +-1000 dps range, datasheet table 1


@dataclass(frozen=True)
class MotionErrors:
    """What is wrong with the motion sensor after calibration. Noise densities: ICM-20948 datasheet."""

    accel_noise: float = 230e-6 * STANDARD_GRAVITY  # m/s2 per sqrt(Hz)
    gyro_noise: float = np.radians(0.015)           # rad/s per sqrt(Hz)
    accel_bias: float = 0.03                        # m/s2, each axis
    gyro_bias: float = np.radians(0.3)              # rad/s, each axis
    gyro_wander: float = 5e-5                       # rad/s per sqrt(s)
    accel_wander: float = 5e-4                      # m/s2 per sqrt(s)
    scale: float = 0.005                            # relative, each axis
    misalignment_deg: float = 0.5
    motor_shake: float = 1.5                        # m/s2 RMS while the motor runs


FRIENDLY_MOTION = MotionErrors(accel_bias=0.02, gyro_bias=np.radians(0.15), scale=0.0, misalignment_deg=0.0)
REALISTIC_MOTION = MotionErrors()


def specific_force(acceleration: np.ndarray, rotation: np.ndarray, gravity: np.ndarray) -> np.ndarray:
    """What an ideal accelerometer reads, hand frame, m/s2.

    ``acceleration`` (N, 3) in the back frame, ``rotation`` (N, 3, 3) hand to back, ``gravity`` (3,) or (N, 3).
    At rest it is the reaction to gravity: +9.81 upwards.
    """
    return np.einsum("nji,nj->ni", rotation, acceleration - gravity)


@dataclass(frozen=True)
class MotionSensor:
    """One draw of the sensor's errors."""

    accel_gain: np.ndarray   # (3, 3)
    gyro_gain: np.ndarray    # (3, 3)
    accel_bias: np.ndarray   # (3,)
    gyro_bias: np.ndarray    # (3,)
    errors: MotionErrors

    def read(
        self, force: np.ndarray, omega: np.ndarray, haptic: np.ndarray, rate_hz: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Noisy readings (accel m/s2, gyro rad/s), each (N, 3), from ideal ones."""
        n, bandwidth = len(force), rate_hz / 2.0
        step = np.sqrt(1.0 / rate_hz)
        accel = force @ self.accel_gain.T + self.accel_bias
        accel += np.cumsum(rng.normal(0.0, self.errors.accel_wander * step, (n, 3)), axis=0)
        accel += rng.normal(0.0, self.errors.accel_noise * np.sqrt(bandwidth), (n, 3))
        accel += haptic[:, None] * rng.normal(0.0, self.errors.motor_shake, (n, 3))
        gyro = omega @ self.gyro_gain.T + self.gyro_bias
        gyro += np.cumsum(rng.normal(0.0, self.errors.gyro_wander * step, (n, 3)), axis=0)
        gyro += rng.normal(0.0, self.errors.gyro_noise * np.sqrt(bandwidth), (n, 3))
        return accel, gyro


def some_motion_sensor(rng: np.random.Generator, errors: MotionErrors) -> MotionSensor:
    """Draw one sensor."""
    turn = np.radians(errors.misalignment_deg)
    gains = []
    for _ in range(2):
        gain = np.eye(3) + np.diag(rng.normal(0.0, 1.0, 3) * errors.scale)
        off = rng.normal(0.0, 1.0, (3, 3)) * turn / np.sqrt(2.0)
        gains.append(gain + off - np.diag(np.diag(off)))
    return MotionSensor(
        gains[0],
        gains[1],
        rng.normal(0.0, 1.0, 3) * errors.accel_bias,
        rng.normal(0.0, 1.0, 3) * errors.gyro_bias,
        errors,
    )


def motion_counts(accel: np.ndarray, gyro: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chip counts, i16, clipped at the chip's range. The chip's axes are the hand's."""
    a = np.clip(np.rint(accel / ACCEL_PER_COUNT), -32768, 32767).astype(np.int16)
    g = np.clip(np.rint(gyro / GYRO_PER_COUNT), -32768, 32767).astype(np.int16)
    return a, g
