"""Motion mode against optical truth: the orientation of two trials of the BROAD data set (Laidig et al. 2021)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import SENSED_DTYPE
from tests.bench.locate_figures import Line

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "broad"
TRIALS = {"12_undisturbed_slow_translation_C": 2.0, "28_disturbed_stationary_magnet_A": 4.0}   # total, degrees


def broad_lines() -> list[Line]:
    """Total error of orientation (RMS over moving parts, without the arbitrary mean heading) beside its bound."""
    lines = []
    for trial, most in TRIALS.items():
        file, label = FOLDER / f"{trial}.mat", f"trial {trial.split('_')[0]}, total error, degrees"
        if not file.exists():
            lines.append(Line(label, "no data", bound=f"<= {most:g}"))
            continue
        total, tilt = orientation_error_deg(file)
        lines += [Line(label, f"{total:.2f}", "", f"<= {most:g}", total <= most), Line("  of it tilt", f"{tilt:.2f}")]
    return lines


def orientation_error_deg(file: Path) -> tuple[float, float]:
    """RMS of the total error and of its tilt, degrees, while the board moves."""
    data = loadmat(file)
    rate, n = float(data["sampling_rate"].item()), len(data["imu_gyr"])
    rows = np.zeros(n, SENSED_DTYPE)
    rows["t_us"] = np.rint(np.arange(n) * 1e6 / rate)
    rows["gap"][0], rows["motion_ok"] = True, True
    rows["gyro"], rows["accel"], rows["field"] = data["imu_gyr"], data["imu_acc"], np.nan
    q = Locator(Mode.MOTION, None, load_glove()).process(rows)["q"]
    moving = (data["movement"][:, 0] > 0) & np.isfinite(q[:, 0]) & np.isfinite(data["opt_quat"]).all(axis=1)
    found = Rotation.from_quat(q[moving], scalar_first=True)
    truth = Rotation.from_quat(data["opt_quat"][moving], scalar_first=True)
    between = truth * found.inv()
    # Heading is arbitrary without a magnetometer: its mean is taken out, its drift is not.
    heading = between.as_euler("ZYX")[:, 0]
    mean = np.angle(np.mean(np.exp(1j * heading)))
    total = (Rotation.from_euler("z", -mean) * between).magnitude()
    tilt = np.arccos(np.clip(between.as_matrix()[:, 2, 2], -1.0, 1.0))
    return tuple(float(np.degrees(np.sqrt(np.mean(angle**2)))) for angle in (total, tilt))
