"""Motion mode against optical truth: hand-held trials of the BROAD data set (Laidig et al. 2021)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import SENSED_DTYPE

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "broad"


@pytest.mark.parametrize(
    ("trial", "total_deg", "tilt_deg"),
    [("12_undisturbed_slow_translation_C", 2.0, 0.6), ("28_disturbed_stationary_magnet_A", 4.0, 2.0)],
)
def test_orientation_stays_true_over_minutes(trial: str, total_deg: float, tilt_deg: float) -> None:
    file = FOLDER / f"{trial}.mat"
    if not file.exists():
        pytest.skip(f"the BROAD trials are not beside the project ({file.parent})")
    data = loadmat(file)
    rate, n = float(data["sampling_rate"].item()), len(data["imu_gyr"])
    rows = np.zeros(n, SENSED_DTYPE)
    rows["t_us"] = np.rint(np.arange(n) * 1e6 / rate)
    rows["gap"][0], rows["motion_ok"] = True, True
    rows["gyro"], rows["accel"], rows["field"] = data["imu_gyr"], data["imu_acc"], np.nan
    q = Locator(Mode.MOTION, None, load_glove()).process(rows)["q"]
    moving = (data["movement"][:, 0] > 0) & np.isfinite(q[:, 0]) & np.isfinite(data["opt_quat"]).all(axis=1)
    found = Rotation.from_quat(np.roll(q[moving], -1, axis=1))
    truth = Rotation.from_quat(np.roll(data["opt_quat"][moving], -1, axis=1))
    between = truth * found.inv()
    # Heading is arbitrary without a magnetometer: its mean is taken out, its drift is not.
    heading = between.as_euler("ZYX")[:, 0]
    mean = np.angle(np.mean(np.exp(1j * heading)))
    total = (Rotation.from_euler("z", -mean) * between).magnitude()
    tilt = np.arccos(np.clip(between.as_matrix()[:, 2, 2], -1.0, 1.0))
    assert np.degrees(np.sqrt(np.mean(total**2))) < total_deg
    assert np.degrees(np.sqrt(np.mean(tilt**2))) < tilt_deg
