"""Solves for the start, some descents a row: where near the start pose does the hand rest, and not elsewhere on the back?

The hand rests within some centimetres of where the giver was told to put it. A rest at another place of the ribbon often
fits the start pose too, but that other place better: so the rest of the back is asked as well.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from slowhand.locate.layout import BE, MAGNETS, PER_MAGNET, A, P, Q, V
from slowhand.locate.parameters import Parameters, packed
from slowhand.locate.prior import fresh_state, prior_covariance
from slowhand.locate.start_fit import descend, new_fit, posterior
from slowhand.locate.tracker import Setup

PLACE_SIGMA = 0.015        # m, where people put a hand that was told where to lie
HEIGHT_SIGMA = 0.02
YAW_SIGMA = 0.14           # rad; much looser and the field pulls it off at rest, with one magnetometer by 5 degrees
SLOPE_SIGMA = 0.15         # rad, of the palm on the shoulders' slope
EARTH_SIGMA = 60.0         # uT
SWAY_FACTOR = 4.0          # a seated trunk moves the resting hand along
ROUNDS = 14
ROUNDS_ELSEWHERE = 8
FARTHEST = 0.045           # m from where the hand should be
FIT_PER_VALUE = 3.0        # chi-square may be this times the number of values; a good start has 0.5, over a steel bed 2
STRICT_PER_VALUE = 1.0     # in the middle of a back rub
SWAY_PER_VALUE = 0.6       # more when seated
ELSEWHERE = 0.03           # m from the start found: another place
# By so much chi-square. In simulation other places fit a right start 7-25 worse (with one magnetometer about alike),
ELSEWHERE_BETTER = 3.0     # and a rest elsewhere that was taken for a start 9-50 better.
GRID_X, GRID_Y = 0.045, 0.03  # m between the places asked elsewhere
ROUNDS_A_ROW = 36          # about a millisecond


@dataclass(frozen=True)
class StartSolution:
    """The state at the start pose: nominal vector, covariance, how well it fits, and how well the best place elsewhere."""

    x: np.ndarray
    cov: np.ndarray
    chi2: float
    limit: float      # what chi2 may be
    elsewhere: float  # chi2 there; infinite when nothing was asked

    @property
    def believable(self) -> bool:
        """Does it fit what was seen, near where the hand was told to be, and nothing else better?"""
        return bool(_near_and_fitting(self.x, self.chi2, self.limit) and self.chi2 - ELSEWHERE_BETTER < self.elsewhere)


def _near_and_fitting(x: np.ndarray, chi2: float, limit: float) -> bool:
    return bool(chi2 < limit and np.hypot(x[P], x[P + 1]) < FARTHEST)


def start_attitude() -> np.ndarray:
    """Quaternion of the start pose: hand x = back y, hand z = back z (design section 3)."""
    return np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])


class StartSearch:
    """A solution in the making. ``advance`` once a row until ``solution`` is there; deterministic, so any split will do."""

    def __init__(self, start: np.void, setup: Setup, frame: np.void, parameters: Parameters) -> None:
        self._start = np.array([start]).copy()  # as it was when both rests had been seen
        self._setup, self._frame, self._par = setup, frame, packed(parameters)
        self._sway = SWAY_FACTOR if frame["gravity"][1] > 0.0 else 1.0
        magnets = len(setup.ribbon.sign)
        prior = prior_covariance(parameters, frame, magnets)
        variance = np.diag(prior).copy()
        variance[MAGNETS::PER_MAGNET] -= parameters.slope**2
        variance[P : P + 3] = np.array([PLACE_SIGMA, PLACE_SIGMA, HEIGHT_SIGMA]) ** 2
        variance[V : V + 3] = 0.01**2
        variance[A : A + 3] = np.array([SLOPE_SIGMA, SLOPE_SIGMA, YAW_SIGMA]) ** 2
        variance[BE : BE + 3] = EARTH_SIGMA**2
        self._lever = start["pose_lever"].copy() if start["pose_contact"] else setup.pads.mean(axis=0)
        centre = fresh_state(magnets)
        centre[Q : Q + 4] = start_attitude()
        centre[P + 2] = -self._lever[2] - frame["height"]
        self._centre = centre
        self._fit = new_fit(centre.copy(), variance, parameters.slope**2, magnets)
        self._todo = [(0.0, 0.0, *b) for b in product((-0.02, 0.0, 0.02), (-0.02, 0.0, 0.02), (-0.12, 0.0, 0.12))]
        self._near = True
        self._chi2, self._best = np.inf, self._todo[0]
        self._x = centre.copy()
        self._elsewhere = np.inf
        self.solution: StartSolution | None = None

    def advance(self) -> None:
        """Do one row's share of the work."""
        spent = 0
        while self.solution is None and spent < ROUNDS_A_ROW:
            if self._todo:
                spent += self._descend(self._todo.pop(0))
            elif self._near and _near_and_fitting(self._x, self._chi2, self._limit()):
                self._near, self._todo = False, self._places_elsewhere()
            else:
                self._finish()

    def state(self) -> dict[str, Any]:
        """What the rest of the search depends on."""
        names = ("_start", "_todo", "_near", "_chi2", "_best", "_x", "_elsewhere")
        return deepcopy({name: getattr(self, name) for name in names})

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned."""
        for name, value in deepcopy(state).items():
            setattr(self, name, value)

    def _descend(self, beginning: tuple[float, float, float, float, float]) -> int:
        px, py, dx, dy, yaw = beginning
        rounds = ROUNDS if self._near else ROUNDS_ELSEWHERE
        fit = self._fit
        fit.centre[:] = self._centre
        fit.centre[P] += px
        fit.centre[P + 1] += py
        fit.error[:] = 0.0
        fit.error[[P, P + 1, A + 2]] = dx, dy, yaw
        chi2 = descend(
            fit, rounds, self._start[0], self._setup, self._frame, self._par[0], self._lever, self._sway
        )
        if self._near and chi2 < self._chi2:
            self._chi2, self._best = chi2, beginning
            self._x = fit.x.copy()
        elif not self._near and np.hypot(*(fit.x[P : P + 2] - self._x[P : P + 2])) > ELSEWHERE:
            self._elsewhere = min(self._elsewhere, chi2)
        return rounds + 1

    def _places_elsewhere(self) -> list[tuple[float, float, float, float, float]]:
        across = GRID_X * np.arange(-2, 3)
        along = np.arange(-0.06, self._frame["length"] + 0.01, GRID_Y)
        return [
            (float(px), float(py), 0.0, 0.0, 0.0)
            for py in along for px in across
            if max(abs(px), abs(py)) > 0.9 * GRID_X
        ]

    def _finish(self) -> None:
        elsewhere, self._near = self._elsewhere, True
        self._descend(self._best)
        n = len(self._fit.error)
        cov = np.zeros((n, n))
        posterior(self._fit, cov)
        self.solution = StartSolution(
            self._fit.x.copy(), 0.5 * (cov + cov.T), float(self._chi2), self._limit(), float(elsewhere)
        )

    def _limit(self) -> float:
        values = 7 + 3 * int(self._start["pose_has"].sum() + self._start["away_has"].sum())
        per_value = STRICT_PER_VALUE if self._start["strict"][0] else FIT_PER_VALUE
        return values * (per_value + (SWAY_PER_VALUE if self._sway > 1.0 else 0.0))
