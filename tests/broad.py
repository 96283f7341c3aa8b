"""Trials of the BROAD data set (Laidig et al. 2021): a hand-held board with optical truth, as rows of the glove."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.io import loadmat
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.transform import Rotation

from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import SENSED_DTYPE

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "broad"
SLOW, MAGNET = "12_undisturbed_slow_translation_C", "28_disturbed_stationary_magnet_A"
TRUTH_HZ = 10.0   # the optical places are smoothed below this before they are made into speeds


@dataclass(frozen=True)
class Trial:
    """Rows as if a glove lay on the board and pressed evenly with all pads, and what the cameras saw."""

    rows: np.ndarray         # SENSED_DTYPE
    rate_hz: float
    moving: np.ndarray       # (n,) the data set's own mask of the moving part, where the place is known
    attitude: np.ndarray     # (n, 4) w first, board -> room; NaN where not seen
    speed_cm_s: np.ndarray   # (n,) of the point under the pads' middle, within the board's plane


def trial(name: str) -> Trial | None:
    """The trial, or None where the data is not beside the project."""
    file = FOLDER / f"{name}.mat"
    if not file.exists():
        return None
    data = loadmat(file)
    rate, n = float(data["sampling_rate"].item()), len(data["imu_gyr"])
    rows = np.zeros(n, SENSED_DTYPE)
    rows["t_us"] = np.rint(np.arange(n) * 1e6 / rate)
    rows["dt_s"][1:] = np.diff(rows["t_us"]) * 1e-6
    rows["gap"][0], rows["motion_ok"], rows["pad_ok"], rows["force"] = True, True, True, 2.0
    rows["gyro"], rows["accel"], rows["field"] = data["imu_gyr"], data["imu_acc"], np.nan
    seen = np.isfinite(data["opt_pos"]).all(axis=1) & np.isfinite(data["opt_quat"]).all(axis=1)
    speed = 100.0 * np.linalg.norm(_velocity_in_plane(data, seen, rate), axis=1)
    return Trial(rows, rate, (data["movement"][:, 0] > 0) & seen, data["opt_quat"], speed)


def _velocity_in_plane(data: dict, seen: np.ndarray, rate: float) -> np.ndarray:
    """(n, 3) m/s of the pads' middle, without what goes along the board's normal."""
    at = np.flatnonzero(seen)
    near = at[np.clip(np.searchsorted(at, np.arange(len(seen))), 0, len(at) - 1)]
    turn = Rotation.from_quat(np.roll(data["opt_quat"][near], -1, axis=1))
    middle = np.mean([pad.position_mm for pad in load_glove().pad], axis=0) / 1000.0
    place = np.column_stack([np.interp(np.arange(len(seen)), at, data["opt_pos"][at, k]) for k in range(3)])
    place = place + turn.apply(middle)
    low = butter(2, TRUTH_HZ, fs=rate, output="sos")
    velocity = np.gradient(sosfiltfilt(low, place, axis=0), 1.0 / rate, axis=0)
    normal = turn.apply([0.0, 0.0, 1.0])
    return velocity - np.sum(velocity * normal, axis=1, keepdims=True) * normal


def orientation_error_deg(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """RMS of the total error and of the tilt, degrees, of quaternions (n, 4), w first.

    Heading is arbitrary without a magnetometer: its mean is taken out, its drift is not.
    """
    between = Rotation.from_quat(np.roll(truth, -1, axis=1)) * Rotation.from_quat(np.roll(found, -1, axis=1)).inv()
    heading = between.as_euler("ZYX")[:, 0]
    mean = np.angle(np.mean(np.exp(1j * heading)))
    total = (Rotation.from_euler("z", -mean) * between).magnitude()
    tilt = np.arccos(np.clip(between.as_matrix()[:, 2, 2], -1.0, 1.0))
    return float(np.degrees(np.sqrt(np.mean(total**2)))), float(np.degrees(np.sqrt(np.mean(tilt**2))))
