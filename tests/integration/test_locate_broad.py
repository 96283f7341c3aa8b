"""Motion mode against optical truth: hand-held trials of the BROAD data set (Laidig et al. 2021)."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from tests import broad
from tests.bench.bench_motion import leaky_speed
from tests.motion_scenes import judge


def located(name: str) -> tuple[broad.Trial, np.ndarray]:
    trial = broad.trial(name)
    if trial is None:
        pytest.skip(f"the BROAD trials are not beside the project ({broad.FOLDER})")
    return trial, Locator(Mode.MOTION, None, load_glove()).process(trial.rows)


@pytest.mark.parametrize(("name", "total_deg", "tilt_deg"), [(broad.SLOW, 2.0, 0.6), (broad.MAGNET, 4.0, 2.0)])
def test_orientation_stays_true_over_minutes(name: str, total_deg: float, tilt_deg: float) -> None:
    trial, poses = located(name)
    moving = trial.moving & np.isfinite(poses["q"][:, 0])
    total, tilt = broad.orientation_error_deg(poses["q"][moving], trial.attitude[moving])
    assert total < total_deg
    assert tilt < tilt_deg


# The error (RMS, cm/s) of a pass's mean speed: a tenth to a seventh of it. Trial 28 moves ten times as fast as a back rub.
@pytest.mark.parametrize(("name", "rms_cm_s", "inside"), [(broad.SLOW, 4.8, 0.9), (broad.MAGNET, 17.0, 0.8)])
def test_speed_of_passes_beats_a_leaky_integrator_and_knows_its_error(name: str, rms_cm_s: float, inside: float) -> None:
    trial, poses = located(name)
    found = judge(poses, trial.speed_cm_s, trial.moving, trial.rate_hz)
    known = np.isfinite(found.mean)
    error = (found.mean - found.true_mean)[known]
    leaky = leaky_speed(trial.rows, poses)
    by_leak = np.array([leaky[a:b].mean() for a, b in found.rows[known]])
    rms = np.sqrt(np.mean(error**2))
    assert rms < rms_cm_s
    assert rms < 0.7 * np.sqrt(np.mean((by_leak - found.true_mean[known]) ** 2))
    assert np.mean(np.abs(error) <= 2 * found.sigma[known]) >= inside
    assert np.sum((found.end_s - found.start_s)[known]) > 0.8 * trial.moving.sum() / trial.rate_hz
