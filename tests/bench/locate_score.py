"""How far a run of the locator was from the simulated truth. Nothing under ``locate/`` sees what is read here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import GloveProfile, load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.sim.simulation import SimOutput, Simulation

WRONG_X_M = 0.020
WRONG_Y_M = 0.030
NEAR_M = 0.060
FOUND_M = 0.010
AWAY_S = 3.0        # out of contact for longer: an absence
CUT_SHORT_S = 5.0   # a return that the next absence or the end cuts off before so much contact is not judged


@dataclass(frozen=True)
class Score:
    """One run against its truth, over contact after the start procedure. mm, cm/s, shares of contact time.

    ``near`` is a true centre of pressure within 60 mm of the spine. NaN: there was nothing to judge.
    """

    x_near: float              # RMS
    p95_near: float            # of abs(x error)
    p95_far: float
    y: float                   # RMS
    y_near: float
    speed: float               # RMS, of the centre of pressure
    located: float
    wrong: float               # located and more than 20 mm off in x
    wrong_y: float             # located and more than 30 mm off in y
    inside_x: float            # within two stated sigmas, of located time
    inside_y: float
    yaw_deg: float             # RMS
    start_s: float             # recognised after the truth's end of the start procedure; NaN never
    step_us: float             # mean; only a hint: see `tests.bench.locate_cost`
    found_s: tuple[float, ...] = field(default=())       # contact time from each return to a place; inf never
    found_wall_s: tuple[float, ...] = field(default=())  # the same by the clock
    cut_short: int = 0         # returns too short to judge

    @property
    def found_p50(self) -> float:
        return quantile(np.array(self.found_s), 50)

    @property
    def found_p95(self) -> float:
        return quantile(np.array(self.found_s), 95)


def simulate(script: str, seed: int, seconds: float, **options) -> SimOutput:
    """A realistic simulated session."""
    return Simulation(script, seed, duration_s=seconds, **options).run()


def profile_for(sim: SimOutput) -> GloveProfile:
    """What the locator knows of the glove: the shipped profile, whatever the size of the hand in it."""
    profile = load_glove(None, sim.hand.side)
    if sim.magnetometers < 2:
        profile = profile.model_copy(update={"magnetometer": profile.magnetometer[:1]})
    return profile


def new_locator(sim: SimOutput, posture: str | None = None) -> Locator:
    """A locator that has seen nothing yet, for a session like this one."""
    return Locator(Mode.STRIP, None, profile_for(sim), posture or sim.body.posture, sim.body.back_length_mm)


def locate(sim: SimOutput, block: int = 0, posture: str | None = None, magnetometers: int | None = None):
    """Sensed rows, poses and seconds per row (per block of ``block`` rows when given) of a session.

    ``magnetometers`` is a session's own affair; a caller may still say it.
    """
    if magnetometers not in (None, sim.magnetometers):
        raise ValueError(f"the session has {sim.magnetometers} magnetometers, not {magnetometers}")
    sensed = Sensing(profile_for(sim), sim.rate_hz).process(sim.raw)
    locator = new_locator(sim, posture)
    step = block or len(sensed)
    parts, spent = [], []
    for i in range(0, len(sensed), step):
        began = time.perf_counter()
        parts.append(locator.process(sensed[i : i + step]))
        spent.append((time.perf_counter() - began) / len(parts[-1]))
    return sensed, np.concatenate(parts), np.array(spent)


def score(sim: SimOutput, sensed: np.ndarray, poses: np.ndarray, spent: np.ndarray) -> Score:
    """Compare with the truth."""
    truth = sim.truth
    use = truth["contact"] & (truth["t_us"] >= sim.start_us)
    on = use & poses["located"]
    error = poses["p"] - truth["p"]
    near = on & (np.abs(truth["cop_mm"][:, 0]) <= NEAR_M * 1000)
    far = on & ~near
    running = np.flatnonzero(poses["phase"] == Phase.RUNNING)
    began = (poses["t_us"][running[0]] - sim.start_us) * 1e-6 if len(running) else np.nan
    inside = np.abs(error) <= 2.0 * poses["sigma_p"]
    contact, wall, cut_short = found_again(sim, use, poses, error)
    return Score(
        x_near=rms(error[near, 0]) * 1e3,
        p95_near=quantile(np.abs(error[near, 0]), 95) * 1e3,
        p95_far=quantile(np.abs(error[far, 0]), 95) * 1e3,
        y=rms(error[on, 1]) * 1e3,
        y_near=rms(error[near, 1]) * 1e3,
        speed=rms(speeds(sensed, poses, profile_for(sim))[on] - truth["speed_cm_s"][on]),
        located=share(on, use),
        # a place that is no number is wrong too; a hand that is never located is no proof of being never wrong
        wrong=share(on & ~(np.abs(error[:, 0]) <= WRONG_X_M), use) if on.any() else np.nan,
        wrong_y=share(on & ~(np.abs(error[:, 1]) <= WRONG_Y_M), use) if on.any() else np.nan,
        inside_x=share(on & inside[:, 0], on),
        inside_y=share(on & inside[:, 1], on),
        yaw_deg=float(np.degrees(rms(yaw_error(poses["q"][on], truth["q"][on])))),
        start_s=float(began),
        step_us=float(spent.mean() * 1e6),
        found_s=tuple(contact),
        found_wall_s=tuple(wall),
        cut_short=cut_short,
    )


def speeds(sensed: np.ndarray, poses: np.ndarray, profile: GloveProfile) -> np.ndarray:
    """Speed of the centre of pressure, cm/s, from poses and sensed forces, by the pads' places of the profile."""
    levers = np.array([pad.position_mm for pad in profile.pad]) / 1000.0
    force = np.nan_to_num(sensed["force"])
    lever = force @ levers / np.maximum(force.sum(axis=1), 1e-9)[:, None]
    spin = rotate(poses["q"], np.cross(poses["omega"], lever))
    return 100.0 * np.hypot(*(poses["v"] + spin)[:, :2].T)


def rotate(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Vectors (N, 3) turned by unit quaternions (N, 4), w first."""
    w, u = q[:, :1], q[:, 1:]
    return v + 2.0 * np.cross(u, np.cross(u, v) + w * v)


def yaw_error(q: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Angle in rad between where the fingers point and where they truly do, seen from above the back."""
    ahead = np.zeros((len(q), 3))
    ahead[:, 0] = 1.0
    a, b = rotate(q, ahead), rotate(truth, ahead)
    return np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a[:, :2] * b[:, :2]).sum(axis=1))


def found_again(
    sim: SimOutput, use: np.ndarray, poses: np.ndarray, error: np.ndarray
) -> tuple[list[float], list[float], int]:
    """Seconds from the first contact after each absence until located within 10 mm: in contact time and by the clock.

    inf is "never": not until the next absence or the end. Also the number of returns that were cut off before 5 s of
    contact and without a place by then; nobody can say of them whether it would have been found.
    """
    t = sim.truth["t_us"] * 1e-6
    good = poses["located"] & (np.hypot(error[:, 0], error[:, 1]) < FOUND_M)
    contact, wall, cut_short = [], [], 0
    for start, stop in pairwise([*returns(use, t), len(t)]):
        after = np.flatnonzero(good[start:stop] & use[start:stop])
        if len(after):
            contact.append(float(use[start : start + after[0]].sum() / sim.rate_hz))
            wall.append(float(t[start + after[0]] - t[start]))
        elif use[start:stop].sum() / sim.rate_hz < CUT_SHORT_S:
            cut_short += 1
        else:
            contact.append(np.inf)
            wall.append(np.inf)
    return contact, wall, cut_short


def returns(use: np.ndarray, t_s: np.ndarray) -> list[int]:
    """First rows of contact after more than `AWAY_S` without any."""
    edges = np.diff(use.astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1
    out = []
    for start in starts:
        before = ends[ends <= start]
        if len(before) and t_s[start] - t_s[before[-1]] >= AWAY_S:
            out.append(int(start))
    return out


def share(part: np.ndarray, whole: np.ndarray) -> float:
    """Rows of ``part`` over rows of ``whole``; NaN of nothing."""
    return float(part.sum() / whole.sum()) if whole.any() else np.nan


def rms(values: np.ndarray) -> float:
    """Root mean square of what is a number; NaN of nothing."""
    values = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(values**2))) if len(values) else np.nan


def quantile(values: np.ndarray, percent: float) -> float:
    """The smallest value that at least ``percent`` of them do not exceed; NaN of nothing."""
    values = values[~np.isnan(values)]
    return float(np.percentile(values, percent, method="higher")) if len(values) else np.nan
