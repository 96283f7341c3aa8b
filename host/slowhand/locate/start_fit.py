"""Fits the state at the start pose to the averages of both rests: an iterated Kalman correction, as kernels.

Gravity gives the tilt, the strip's field place and heading, and the rest away, turned along by the gyroscope, gives the
earth's field in the back frame - wrong by just what the attitude is wrong by, which the joint solution keeps as a
correlation. Iterated extended Kalman update: Bell and Cathey 1993, doi 10.1109/9.250476.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.contact_model import height_innovation
from slowhand.locate.correction import inject
from slowhand.locate.field_map import FieldMap, build_map, empty_map
from slowhand.locate.field_model import field_innovation
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BA, BE, BG, MAGNETS, PER_MAGNET, SHIFT, TILT, A, H, P, Q
from slowhand.locate.motion_model import Work, new_work
from slowhand.locate.rotation import matrix_of

ROWS = 19                  # both fields at the pose (6), both away (6), gravity (3), turn rate (3), height (1)
AWAY, UP, RATE, HEIGHT = 6, 12, 15, 18
AWAY_COMMON = 7.0          # uT, of the room's field between there and the back, a steel bed's included; the same for both
AWAY_OWN = 1.2             # uT
POSE_MAP = 0.05            # of the strip's field; averaging takes nothing off an error that stays
ACCEL_SIGMA = 0.05         # m/s2
GYRO_SIGMA = 0.002         # rad/s, and of the rates felt at rest the share that does not average out:
RESTLESS = 0.12            # a hand that trembles also drifts
NO_CONTACT_SIGMA = 0.012   # m more when the pads feel nothing
LONGEST_STEP = 0.008       # m per round: the field bends within a centimetre


class Fit(NamedTuple):
    """A descent's arrays. N = size of the error state, M = ``ROWS``."""

    centre: np.ndarray    # (N + 1,) nominal state that the prior is about
    variance: np.ndarray  # (N,) of the prior, without what the magnets have in common
    common: float         # variance that the sideways leans of all magnets have in common, rad2
    error: np.ndarray     # (N,) the solution so far, from the centre
    x: np.ndarray         # (N + 1,) the same as a nominal state
    nu: np.ndarray        # (M,)
    rows: np.ndarray      # (M, N)
    noise: np.ndarray     # (M, M)
    weighted: np.ndarray  # (M, N) rows times prior
    spread: np.ndarray    # (M, M) of the innovation
    solved: np.ndarray    # (M,)
    expected: np.ndarray  # (M,)
    link: np.ndarray      # (3, 3) hand at the pose -> hand away
    field_map: FieldMap
    work: Work


def new_fit(centre: np.ndarray, variance: np.ndarray, common: float, magnets: int) -> Fit:
    """Room for a descent about ``centre``."""
    n = len(variance)
    return Fit(
        centre, variance, common, np.zeros(n), centre.copy(), np.zeros(ROWS), np.zeros((ROWS, n)), np.zeros((ROWS, ROWS)),
        np.zeros((ROWS, n)), np.zeros((ROWS, ROWS)), np.zeros(ROWS), np.zeros(ROWS), np.zeros((3, 3)), empty_map(magnets),
        new_work(n),
    )


@kernel
def descend(fit, rounds, start, setup, frame, par, lever, sway):
    """From the beginning in ``fit.error`` to the most probable state near it; returns its chi-square.

    ``start`` is a row of ``START_DTYPE``, ``lever`` (3,) the touching point in the hand frame, m, ``sway`` how much more a
    resting hand is shaken than on a receiver who lies.
    """
    error = fit.error
    matrix_of(start.link, fit.link)
    _guess_earth(fit, start)
    for _ in range(rounds):
        _linearise(fit, start, setup, frame, par, lever, sway)
        _solve(fit)
        long2 = 0.0
        for i in range(3):
            long2 += (_target(fit, P + i) - error[P + i]) ** 2
        share = min(1.0, LONGEST_STEP / max(math.sqrt(long2), 1e-9))
        for j in range(error.shape[0]):
            error[j] += share * (_target(fit, np.int64(j)) - error[j])
    _linearise(fit, start, setup, frame, par, lever, sway)
    _solve(fit)
    chi2 = 0.0
    for r in range(ROWS):
        chi2 += fit.expected[r] * fit.solved[r]
    for j in range(error.shape[0]):
        error[j] = _target(fit, np.int64(j))
    _place(fit)
    return chi2


@inner
def _target(fit, j):
    total = 0.0
    for r in range(ROWS):
        total += fit.weighted[r, j] * fit.solved[r]
    return total


@inner
def _place(fit):
    for j in range(fit.x.shape[0]):
        fit.x[j] = fit.centre[j]
    inject(fit.x, fit.error, fit.error.shape[0])


@inner
def _guess_earth(fit, start):
    _place(fit)
    rot = fit.work.rot
    matrix_of(fit.x[Q : Q + 4], rot)
    count = start.away_has[0] + start.away_has[1]
    for i in range(3):
        fit.error[BE + i] = 0.0
        for j in range(3):
            away = 0.0
            for m in range(3):
                for k in range(2):
                    if start.away_has[k]:
                        away += fit.link[m, j] * start.away_field[k, m] / count
            fit.error[BE + i] += rot[i, j] * away


@inner
def _linearise(fit, start, setup, frame, par, lever, sway):
    """Innovations, derivatives and noise of everything that was measured, at the present solution."""
    _place(fit)
    n = fit.error.shape[0]
    for r in range(ROWS):
        fit.nu[r] = 0.0
        for j in range(n):
            fit.rows[r, j] = 0.0
        for c in range(ROWS):
            fit.noise[r, c] = 1.0 if r == c else 0.0
    x, work = fit.x, fit.work
    build_map(x, setup.ribbon, fit.field_map)
    for k in range(2):
        if start.pose_has[k]:
            strip2 = field_innovation(
                x, n, k, start.pose_field[k], setup.levers[k], setup.ribbon, fit.field_map, frame, work
            )
            for i in range(3):
                fit.nu[3 * k + i] = work.nu[i]
                fit.noise[3 * k + i, 3 * k + i] = par.field_noise**2 + POSE_MAP**2 * strip2
                for j in range(n):
                    fit.rows[3 * k + i, j] = work.rows[i, j]
    variance = height_innovation(x, n, lever, frame, par, work)
    fit.nu[HEIGHT] = work.nu[0]
    for j in range(n):
        fit.rows[HEIGHT, j] = work.rows[0, j]
    fit.noise[HEIGHT, HEIGHT] = variance + (0.0 if start.pose_contact else NO_CONTACT_SIGMA**2)
    matrix_of(x[Q : Q + 4], work.rot)
    _away_rows(fit, start)
    _motion_rows(fit, start, frame, sway)


@inner
def _away_rows(fit, start):
    x, rot = fit.x, fit.work.rot
    ex, ey, ez = x[BE + SHIFT], x[BE + SHIFT + 1], x[BE + SHIFT + 2]
    for k in range(2):
        if not start.away_has[k]:
            continue
        for i in range(3):
            r = AWAY + 3 * k + i
            seen = start.away_field[k, i] - x[H + SHIFT + 3 * k + i]
            then = fit.work.at  # row i of link rot': back -> hand at the rest away
            for j in range(3):
                then[j] = fit.link[i, 0] * rot[j, 0] + fit.link[i, 1] * rot[j, 1] + fit.link[i, 2] * rot[j, 2]
                fit.rows[r, BE + j] = then[j]
            fit.nu[r] = seen - (then[0] * ex + then[1] * ey + then[2] * ez)
            fit.rows[r, A] = then[1] * ez - then[2] * ey
            fit.rows[r, A + 1] = then[2] * ex - then[0] * ez
            fit.rows[r, A + 2] = then[0] * ey - then[1] * ex
            fit.rows[r, H + 3 * k + i] = 1.0
            fit.noise[r, r] = AWAY_OWN**2 + AWAY_COMMON**2
            if start.away_has[0] and start.away_has[1]:
                fit.noise[r, AWAY + 3 * (1 - k) + i] = AWAY_COMMON**2


@inner
def _motion_rows(fit, start, frame, sway):
    x, rot = fit.x, fit.work.rot
    up = fit.work.b
    for i in range(3):
        up[i] = -(frame.gravity[i] + x[TILT + SHIFT] * frame.lean[0, i] + x[TILT + SHIFT + 1] * frame.lean[1, i])
    rate_sigma = sway * (GYRO_SIGMA + RESTLESS * start.pose_turn)
    for i in range(3):
        r = UP + i
        felt = rot[0, i] * up[0] + rot[1, i] * up[1] + rot[2, i] * up[2]
        fit.nu[r] = start.pose_accel[i] - felt - x[BA + SHIFT + i]
        fit.rows[r, A] = rot[1, i] * up[2] - rot[2, i] * up[1]
        fit.rows[r, A + 1] = rot[2, i] * up[0] - rot[0, i] * up[2]
        fit.rows[r, A + 2] = rot[0, i] * up[1] - rot[1, i] * up[0]
        fit.rows[r, BA + i] = 1.0
        for k in range(2):
            lean = frame.lean[k]
            fit.rows[r, TILT + k] = -(rot[0, i] * lean[0] + rot[1, i] * lean[1] + rot[2, i] * lean[2])
        fit.noise[r, r] = (sway * ACCEL_SIGMA) ** 2
        fit.nu[RATE + i] = start.pose_gyro[i] - x[BG + SHIFT + i]
        fit.rows[RATE + i, BG + i] = 1.0
        fit.noise[RATE + i, RATE + i] = rate_sigma**2


@inner
def _solve(fit):
    """``solved = (rows prior rows' + noise)^-1 (nu + rows error)``."""
    n = fit.error.shape[0]
    for r in range(ROWS):
        sideways = 0.0
        for j in range(MAGNETS, n, PER_MAGNET):
            sideways += fit.rows[r, j]
        total = fit.nu[r]
        for j in range(n):
            fit.weighted[r, j] = fit.rows[r, j] * fit.variance[j]
            total += fit.rows[r, j] * fit.error[j]
        for j in range(MAGNETS, n, PER_MAGNET):
            fit.weighted[r, j] += fit.common * sideways
        fit.expected[r] = total
    for r in range(ROWS):
        for c in range(r + 1):
            total = fit.noise[r, c]
            for j in range(n):
                total += fit.weighted[r, j] * fit.rows[c, j]
            fit.spread[r, c] = total
    _cholesky(fit.spread)
    for r in range(ROWS):
        total = fit.expected[r]
        for k in range(r):
            total -= fit.spread[r, k] * fit.solved[k]
        fit.solved[r] = total / fit.spread[r, r]
    for r in range(ROWS - 1, -1, -1):
        total = fit.solved[r]
        for k in range(r + 1, ROWS):
            total -= fit.spread[k, r] * fit.solved[k]
        fit.solved[r] = total / fit.spread[r, r]


@inner
def _cholesky(spread):
    for r in range(ROWS):
        for c in range(r + 1):
            total = spread[r, c]
            for k in range(c):
                total -= spread[r, k] * spread[c, k]
            spread[r, c] = math.sqrt(max(total, 1e-12)) if r == c else total / spread[c, c]


@kernel
def posterior(fit, cov):
    """Write the covariance (N, N) of the solution that ``descend`` has just found to ``cov``."""
    n = fit.error.shape[0]
    white = fit.weighted  # becomes chol^-1 weighted
    for r in range(ROWS):
        for k in range(r):
            for j in range(n):
                white[r, j] -= fit.spread[r, k] * white[k, j]
        for j in range(n):
            white[r, j] /= fit.spread[r, r]
    for i in range(n):
        for j in range(n):
            cov[i, j] = fit.variance[i] if i == j else 0.0
    for i in range(MAGNETS, n, PER_MAGNET):
        for j in range(MAGNETS, n, PER_MAGNET):
            cov[i, j] += fit.common
    for r in range(ROWS):
        for i in range(n):
            for j in range(n):
                cov[i, j] -= white[r, i] * white[r, j]
