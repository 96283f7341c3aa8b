"""How the hand moves between two samples: gyroscope and accelerometer carry the state, and it grows uncertain."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BA, BE, BG, N_QUICK, SHIFT, TILT, A, H, P, Q, V
from slowhand.locate.rotation import matrix_of, turn_in_hand
from slowhand.locate.tape import Tape, new_tape


class Work(NamedTuple):
    """Scratch arrays, so that no kernel allocates. N = size of the error state."""

    rot: np.ndarray        # (3, 3)
    b: np.ndarray          # (3,)
    jac: np.ndarray        # (3, 3)
    one: np.ndarray        # (3, 3)
    by_moment: np.ndarray  # (3, 3)
    at: np.ndarray         # (3,)
    lever: np.ndarray      # (3,)
    rows: np.ndarray       # (3, N) derivatives of a measurement
    gain: np.ndarray       # (3, N)
    nu: np.ndarray         # (3,) innovation
    chol: np.ndarray       # (3, 3)
    step: np.ndarray       # (N,) correction of the error state
    tape: Tape             # where corrections of the full state are kept, if there is room


def new_work(size: int, tape_length: int = 0) -> Work:
    """Scratch for an error state of ``size``; the causal pass has no tape."""
    small = [np.zeros((3, 3)) for _ in range(4)]
    return Work(
        small[0], np.zeros(3), small[1], small[2], small[3], np.zeros(3), np.zeros(3),
        np.zeros((3, size)), np.zeros((3, size)), np.zeros(3), np.zeros((3, 3)), np.zeros(size),
        new_tape(size, tape_length),
    )


@kernel
def predict(x, cov, n, dt, accel, gyro, frame, par, work):
    """Carry nominal state ``x`` and covariance ``cov`` (first ``n`` errors) over ``dt`` seconds.

    ``accel`` (m/s2) and ``gyro`` (rad/s) are the means over the step, hand frame. The attitude of mid-step
    turns the acceleration, which makes the step second order in ``dt``. A negative ``dt`` goes back in time; what
    nobody measured grows all the same.
    """
    gx, gy, gz = gyro[0] - x[BG + SHIFT], gyro[1] - x[BG + SHIFT + 1], gyro[2] - x[BG + SHIFT + 2]
    half = 0.5 * dt
    q = x[Q : Q + 4]
    turn_in_hand(q, gx * half, gy * half, gz * half)
    rot = work.rot
    matrix_of(q, rot)
    turn_in_hand(q, gx * half, gy * half, gz * half)
    felt = work.b
    lean0, lean1 = x[TILT + SHIFT], x[TILT + SHIFT + 1]
    moved2 = 0.0
    for i in range(3):
        felt[i] = 0.0
        for j in range(3):
            felt[i] += rot[i, j] * (accel[j] - x[BA + SHIFT + j])
        a = felt[i] + frame.gravity[i] + lean0 * frame.lean[0, i] + lean1 * frame.lean[1, i]
        moved2 += a * a
        x[P + i] += dt * (x[V + i] + half * a)
        x[V + i] += dt * a
    _carry_covariance(cov, n, dt, rot, felt, frame)
    _grow(x, cov, n, abs(dt), moved2, gx * gx + gy * gy + gz * gz, frame, par)
    _turn_trunk(x, cov, n, frame.trunk_turn**2 * abs(dt), frame)


@inner
def _carry_covariance(cov, n, dt, rot, felt, frame):
    # cov <- F cov F'. F differs from identity only in the rows of place, velocity and attitude: those
    # rows first, then mirror them into the columns, then the columns of the nine rows themselves.
    fx, fy, fz = dt * felt[0], dt * felt[1], dt * felt[2]
    for i in range(3):
        p, v = cov[P + i], cov[V + i]
        for j in range(n):
            p[j] += dt * v[j]
    ax, ay, az = cov[A], cov[A + 1], cov[A + 2]
    vx, vy, vz = cov[V], cov[V + 1], cov[V + 2]
    for j in range(n):
        vx[j] += fz * ay[j] - fy * az[j]
        vy[j] += fx * az[j] - fz * ax[j]
        vz[j] += fy * ax[j] - fx * ay[j]
    for i in range(3):
        v, a = cov[V + i], cov[A + i]
        for k in range(3):
            r = dt * rot[i, k]
            ba, bg = cov[BA + k], cov[BG + k]
            for j in range(n):
                v[j] -= r * ba[j]
                a[j] -= r * bg[j]
    if n > TILT:
        for i in range(3):
            v = cov[V + i]
            for k in range(2):
                r = dt * frame.lean[k, i]
                tilt = cov[TILT + k]
                for j in range(n):
                    v[j] += r * tilt[j]
    for r in range(9, n):
        for c in range(9):
            cov[r, c] = cov[c, r]
    _carry_columns(cov, n, dt, rot, fx, fy, fz, frame)


@inner
def _carry_columns(cov, n, dt, rot, fx, fy, fz, frame):
    for r in range(9):
        row = cov[r]
        for i in range(3):
            row[P + i] += dt * row[V + i]
        ax, ay, az = row[A], row[A + 1], row[A + 2]
        row[V] += fz * ay - fy * az
        row[V + 1] += fx * az - fz * ax
        row[V + 2] += fy * ax - fx * ay
        for i in range(3):
            for k in range(3):
                row[V + i] -= dt * rot[i, k] * row[BA + k]
                row[A + i] -= dt * rot[i, k] * row[BG + k]
            if n > TILT:
                for k in range(2):
                    row[V + i] += dt * frame.lean[k, i] * row[TILT + k]
    # Both halves were computed in different orders: make them equal to the last bit.
    for r in range(9):
        for c in range(r):
            cov[r, c] = cov[c, r]


@inner
def _grow(x, cov, n, dt, moved2, turned2, frame, par):
    velocity = par.velocity_walk**2 + frame.trunk_shake**2 + par.velocity_scale**2 * par.scale_memory_s * moved2
    speed = math.sqrt(x[V] * x[V] + x[V + 1] * x[V + 1] + x[V + 2] * x[V + 2])
    room = (frame.earth_walk**2 + par.room_walk**2 * min(speed, 1.0)) * dt
    attitude = par.attitude_walk**2 + par.attitude_scale**2 * par.scale_memory_s * turned2
    for i in range(3):
        cov[V + i, V + i] += velocity * dt
        cov[A + i, A + i] += attitude * dt
        cov[BG + i, BG + i] += par.gyro_bias_walk**2 * dt
        cov[BA + i, BA + i] += par.accel_bias_walk**2 * dt
        cov[BE + i, BE + i] += room
    if n > N_QUICK:
        iron = par.hard_iron_walk**2 + par.iron_turn**2 * par.scale_memory_s * turned2
        for i in range(6):
            cov[H + i, H + i] += iron * dt
        for i in range(2):
            cov[TILT + i, TILT + i] += frame.tilt_walk**2 * dt


@inner
def _turn_trunk(x, cov, n, variance, frame):
    """The receiver's trunk turns in the room by a small random ``e`` (``variance`` per axis, rad2).

    The gyroscope feels nothing of it, so in the back frame the hand, gravity and the earth's field all turn by
    ``-e``: one noise with a rank of three, which leaves gravity and earth as the hand feels them alone.
    """
    bx, by, bz = x[BE + SHIFT], x[BE + SHIFT + 1], x[BE + SHIFT + 2]
    for axis in range(3):
        # -(e x Be) for e along ``axis``
        if axis == 0:
            earth = (0.0, bz, -by)
        elif axis == 1:
            earth = (-bz, 0.0, bx)
        else:
            earth = (by, -bx, 0.0)
        lean0, lean1 = frame.tilt_by_turn[0, axis], frame.tilt_by_turn[1, axis]
        cov[A + axis, A + axis] += variance
        for i in range(3):
            cov[A + axis, BE + i] -= variance * earth[i]
            cov[BE + i, A + axis] -= variance * earth[i]
            for j in range(3):
                cov[BE + i, BE + j] += variance * earth[i] * earth[j]
        if n > TILT:
            for k in range(2):
                lean = lean0 if k == 0 else lean1
                cov[A + axis, TILT + k] -= variance * lean
                cov[TILT + k, A + axis] -= variance * lean
                for i in range(3):
                    cov[BE + i, TILT + k] += variance * earth[i] * lean
                    cov[TILT + k, BE + i] += variance * earth[i] * lean
                cov[TILT + k, TILT] += variance * lean * lean0
                cov[TILT + k, TILT + 1] += variance * lean * lean1


@kernel
def widen(x, cov, n, seconds, par):
    """Nobody watched the hand for ``seconds``: it went on as it was, or did anything else a hand can do."""
    for i in range(3):
        x[P + i] += seconds * x[V + i]
        row, speed = cov[P + i], cov[V + i]
        for j in range(n):
            row[j] += seconds * speed[j]
    for r in range(n):
        for i in range(3):
            if r >= 3:
                cov[r, P + i] = cov[P + i, r]
    for r in range(3):
        for i in range(3):
            cov[r, P + i] += seconds * cov[r, V + i]
    for r in range(3):
        for c in range(r):
            cov[r, c] = cov[c, r]
    gained = par.gap_acceleration * seconds
    for i in range(3):
        cov[P + i, P + i] += (0.5 * gained * seconds) ** 2
        cov[V + i, V + i] += gained**2
        cov[A + i, A + i] += (par.gap_turn * seconds) ** 2


@kernel
def spread(cov, first, sigma):
    """Add the standard deviation ``sigma`` to the three states from ``first`` on."""
    for i in range(first, first + 3):
        cov[i, i] += sigma * sigma
