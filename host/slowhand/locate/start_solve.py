"""Solves for the state at the start pose from the averages of both rests.

The hand rests within some centimetres of where the giver was told to put it; gravity gives the tilt, the strip's field
place and heading, and the rest away, turned along by the gyroscope, gives the earth's field in the back frame -
wrong by just what the attitude is wrong by, which the joint solution keeps as a correlation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from slowhand.locate.contact_model import height_innovation
from slowhand.locate.correction import inject
from slowhand.locate.field_map import build_map, empty_map
from slowhand.locate.field_model import field_innovation
from slowhand.locate.layout import BA, BE, BG, SHIFT, TILT, A, H, P, Q, V
from slowhand.locate.motion_model import new_work
from slowhand.locate.parameters import Parameters, packed
from slowhand.locate.prior import fresh_state, prior_covariance
from slowhand.locate.rotation import matrix_of
from slowhand.locate.tracker import Setup

PLACE_SIGMA = 0.015        # m, where people put a hand that was told where to lie
HEIGHT_SIGMA = 0.02
YAW_SIGMA = 0.14           # rad; much looser and the field pulls it off at rest, with one magnetometer by 5 degrees
SLOPE_SIGMA = 0.15         # rad, of the palm on the shoulders' slope
EARTH_SIGMA = 60.0         # uT
AWAY_COMMON = 4.0          # uT, of the room's field between there and the back; the same for both sensors
AWAY_OWN = 0.7             # uT
POSE_MAP = 0.05            # of the strip's field; averaging takes nothing off an error that stays
ACCEL_SIGMA = 0.05         # m/s2
GYRO_SIGMA = 0.004         # rad/s of a resting hand
SWAY_FACTOR = 4.0          # a seated trunk moves the resting hand along
NO_CONTACT_SIGMA = 0.012   # m more when the pads feel nothing
ROUNDS = 14
LONGEST_STEP = 0.008       # m per round: the field bends within a centimetre
FARTHEST = 0.045           # m from where the hand should be
FIT_PER_VALUE = 1.8        # chi-square may be this times the number of values; a good start has 0.5, and 1.4 seated
STRICT_PER_VALUE = 1.0     # in the middle of a back rub
SWAY_PER_VALUE = 0.6       # more when seated


@dataclass(frozen=True)
class StartSolution:
    """The state at the start pose: nominal vector, covariance, and how well it fits."""

    x: np.ndarray
    cov: np.ndarray
    chi2: float
    limit: float  # what chi2 may be

    @property
    def believable(self) -> bool:
        """Does it fit what was seen, near where the hand was told to be?"""
        return bool(self.chi2 < self.limit and np.hypot(self.x[P], self.x[P + 1]) < FARTHEST)


def start_attitude() -> np.ndarray:
    """Quaternion of the start pose: hand x = back y, hand z = back z (design section 3)."""
    return np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])


def solve_start(start: np.void, setup: Setup, frame: np.void, parameters: Parameters) -> StartSolution:
    """The most probable start: the best of several beginnings of an iterated Kalman correction."""
    looks = _Looks(start, setup, frame, parameters)
    beginnings = product((-0.02, 0.0, 0.02), (-0.02, 0.0, 0.02), (-0.12, 0.0, 0.12))
    solutions = [looks.descend(*beginning) for beginning in beginnings]
    return min(solutions, key=lambda solution: solution.chi2)


class _Looks:
    """All that was measured at the two rests, as innovations and derivatives of one state."""

    def __init__(self, start: np.void, setup: Setup, frame: np.void, parameters: Parameters) -> None:
        magnets = len(setup.ribbon.sign)
        self.start, self.setup, self.frame, self.par = start, setup, frame, packed(parameters)[0]
        self.x0 = fresh_state(magnets)
        self.x0[Q : Q + 4] = start_attitude()
        self.variance = np.diag(prior_covariance(parameters, frame, magnets)).copy()
        self.variance[P : P + 3] = np.array([PLACE_SIGMA, PLACE_SIGMA, HEIGHT_SIGMA]) ** 2
        self.variance[V : V + 3] = 0.01**2
        self.variance[A : A + 3] = np.array([SLOPE_SIGMA, SLOPE_SIGMA, YAW_SIGMA]) ** 2
        self.variance[BE : BE + 3] = EARTH_SIGMA**2
        self.sway = SWAY_FACTOR if frame["gravity"][1] > 0.0 else 1.0
        self.lever = start["pose_lever"].copy() if start["pose_contact"] else setup.pads.mean(axis=0)
        self.x0[P + 2] = -self.lever[2] - frame["height"]
        self.size = len(self.variance)
        self.work, self.map = new_work(self.size), empty_map(magnets)
        self.link = np.zeros((3, 3))
        matrix_of(start["link"], self.link)

    def descend(self, dx: float, dy: float, yaw: float) -> StartSolution:
        error = np.zeros(self.size)
        error[[P, P + 1, A + 2]] = dx, dy, yaw
        error[BE : BE + 3] = self._earth_guess(error)
        for _ in range(ROUNDS):
            nu, rows, noise = self._all(self._at(error))
            target, spread = self._gauss_newton(error, nu, rows, noise)
            step = target - error
            share = min(1.0, LONGEST_STEP / max(float(np.linalg.norm(step[P : P + 3])), 1e-9))
            error = error + share * step
        nu, rows, noise = self._all(self._at(error))
        error, spread = self._gauss_newton(error, nu, rows, noise)
        expected = nu + rows @ error
        chi2 = float(expected @ np.linalg.solve(spread, expected))
        weighted = rows * self.variance
        cov = np.diag(self.variance) - weighted.T @ np.linalg.solve(spread, weighted)
        return StartSolution(self._at(error), 0.5 * (cov + cov.T), chi2, self._limit() * len(nu))

    def _limit(self) -> float:
        strict = STRICT_PER_VALUE if self.start["strict"] else FIT_PER_VALUE
        return strict + (SWAY_PER_VALUE if self.sway > 1.0 else 0.0)

    def _at(self, error: np.ndarray) -> np.ndarray:
        x = self.x0.copy()
        inject(x, error, self.size)
        return x

    def _gauss_newton(
        self, error: np.ndarray, nu: np.ndarray, rows: np.ndarray, noise: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        weighted = rows * self.variance
        spread = weighted @ rows.T + noise
        return weighted.T @ np.linalg.solve(spread, nu + rows @ error), spread

    def _earth_guess(self, error: np.ndarray) -> np.ndarray:
        rot = np.zeros((3, 3))
        matrix_of(self._at(error)[Q : Q + 4], rot)
        seen = [self.start["away_field"][k] for k in range(2) if self.start["away_has"][k]]
        return rot @ self.link.T @ np.mean(seen, axis=0)

    def _all(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        parts = [*self._pose_fields(x), self._away_fields(x), self._gravity(x), self._rate(x), self._height(x)]
        nu = np.concatenate([part[0] for part in parts])
        rows = np.vstack([part[1] for part in parts])
        noise = np.zeros((len(nu), len(nu)))
        at = 0
        for part in parts:
            end = at + len(part[0])
            noise[at:end, at:end] = part[2]
            at = end
        return nu, rows, noise

    def _pose_fields(self, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        build_map(x, self.setup.ribbon, self.map)
        parts = []
        for k in range(2):
            if not self.start["pose_has"][k]:
                continue
            strip2 = field_innovation(
                x, self.size, k, self.start["pose_field"][k], self.setup.levers[k], self.setup.ribbon, self.map,
                self.frame, self.work,
            )
            variance = self.par["field_noise"] ** 2 + POSE_MAP**2 * strip2
            parts.append((self.work.nu.copy(), self.work.rows.copy(), variance * np.eye(3)))
        return parts

    def _away_fields(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rot = np.zeros((3, 3))
        matrix_of(x[Q : Q + 4], rot)
        then = self.link @ rot.T  # back -> hand at the rest away
        earth = x[BE + SHIFT : BE + SHIFT + 3]
        seen = [k for k in range(2) if self.start["away_has"][k]]
        rows = np.zeros((3 * len(seen), self.size))
        nu = np.zeros(3 * len(seen))
        for i, k in enumerate(seen):
            part = slice(3 * i, 3 * i + 3)
            iron = x[H + SHIFT + 3 * k : H + SHIFT + 3 * k + 3]
            nu[part] = self.start["away_field"][k] - then @ earth - iron
            rows[part, BE : BE + 3] = then
            rows[part, A : A + 3] = then @ _cross(earth)
            rows[part, H + 3 * k : H + 3 * k + 3] = np.eye(3)
        common = np.kron(np.ones((len(seen), len(seen))), np.eye(3))
        return nu, rows, AWAY_COMMON**2 * common + AWAY_OWN**2 * np.eye(len(nu))

    def _gravity(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rot = np.zeros((3, 3))
        matrix_of(x[Q : Q + 4], rot)
        lean = self.frame["lean"]
        up = -(self.frame["gravity"] + x[TILT + SHIFT : TILT + SHIFT + 2] @ lean)
        rows = np.zeros((3, self.size))
        rows[:, A : A + 3] = rot.T @ _cross(up)
        rows[:, BA : BA + 3] = np.eye(3)
        rows[:, TILT : TILT + 2] = -rot.T @ lean.T
        nu = self.start["pose_accel"] - rot.T @ up - x[BA + SHIFT : BA + SHIFT + 3]
        return nu, rows, (self.sway * ACCEL_SIGMA) ** 2 * np.eye(3)

    def _rate(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = np.zeros((3, self.size))
        rows[:, BG : BG + 3] = np.eye(3)
        nu = self.start["pose_gyro"] - x[BG + SHIFT : BG + SHIFT + 3]
        return nu, rows, (self.sway * GYRO_SIGMA) ** 2 * np.eye(3)

    def _height(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        variance = height_innovation(x, self.size, self.lever, self.frame, self.par, self.work)
        if not self.start["pose_contact"]:
            variance += NO_CONTACT_SIGMA**2
        return self.work.nu[:1].copy(), self.work.rows[:1].copy(), np.array([[variance]])


def _cross(v: np.ndarray) -> np.ndarray:
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
