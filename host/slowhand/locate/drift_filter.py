"""Without a strip: how fast the hand goes, by integrating what it feels, and how far that can be off.

All is reckoned in a frame that only the gyroscope carries. There gravity is a constant: what is wrong with the
attitude at the start stays one unknown acceleration, and what is wrong with the gyroscope's bias lets it grow
evenly. Four things per axis are followed, place, velocity, leftover gravity and its growth, by a Kalman filter
whose covariance is the same for all three axes. Two things hold the drift: at a landing and a lift-off the hand
stands still on the skin, and it never leaves a back (see docs/decisions/0060-speed-without-a-strip.md).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.kernel import inner, kernel
from slowhand.locate.parameters import STANDARD_GRAVITY

SLOT_S = 0.0199          # readings are gathered into steps of 20 ms: ten to the fastest cycle
SLOTS = 512              # that are kept: the longest pass and what came after it
BACK_M = 0.15            # sigma of the hand's place on a back 450 mm long and 380 mm wide
AIR_M = 0.30             # and of a hand in the air
PLACE_EVERY_S = 1.0      # a hand's place is another one after about so long
STANDING_M_S = 0.03      # how well a hand stands still when it lands and when it lifts
ANY_SPEED_M_S = 0.3      # of a hand of which nothing is known
TILT = 0.03              # rad; vqf's attitude of a moving hand: 1.2 degrees RMS in simulation
TILT_EVERY_S = 3.0       # vqf's errors last about as long as its own time constant
TURN_WALK = 2.6e-4       # rad per sqrt(s): gyroscope noise 0.015 dps per sqrt(Hz) (ICM-20948 datasheet)
TURN_SCALE = 0.005       # rad per sqrt(rad) turned: scale 0.5 % and alignment 0.5 degrees, whose sign changes
BIAS_LEFT = 9e-4         # rad/s on top of what vqf says of its bias: 0.05 dps
BIAS_WALK = 9e-5         # rad/s per sqrt(s)
SHAKE_M_S2 = 0.03        # of each reading: 0.022 by the datasheet's noise density at 100 Hz
BUZZ_M_S2 = 2.0          # of each reading while the motor runs
HOLE_ACCEL_M_S2 = 1.0    # of a hand that nobody watched for a lost row or two


class Drift(NamedTuple):
    """The filter's state and what it remembers for smoothing; ``now`` is a record of ``NOW_DTYPE``."""

    state: np.ndarray      # (4, 3) place, velocity, leftover gravity, its growth; SI, gyroscope's frame
    cov: np.ndarray        # (4, 4) of each axis
    turn: np.ndarray       # (4,) quaternion hand -> gyroscope's frame
    felt: np.ndarray       # (3,) velocity that was felt since the last slot, gravity taken off, m/s
    up: np.ndarray         # (3,) up by vqf, gyroscope's frame, at the latest row
    t_s: np.ndarray        # (SLOTS,) when each slot ended
    kept: np.ndarray       # (SLOTS, 4, 3) state at its end
    told: np.ndarray       # (SLOTS, 4, 3) state that was expected there
    covs: np.ndarray       # (SLOTS, 4, 4)
    toldcovs: np.ndarray   # (SLOTS, 4, 4)
    gains: np.ndarray      # (SLOTS, 4, 4) what the next slot's surprise tells about this one
    spin: np.ndarray       # (SLOTS, 3) velocity of the pressed point against the hand, m/s
    normal: np.ndarray     # (SLOTS, 3) out of the back of the hand
    smooth: np.ndarray     # (SLOTS, 4, 3) work: state after smoothing
    over: np.ndarray       # (SLOTS, 3) work: velocity over the skin after smoothing, m/s
    varied: np.ndarray     # (SLOTS,) work: variance of each axis of it


def new_drift() -> Drift:
    """Room for everything, nothing known."""
    wide, square = np.zeros((SLOTS, 4, 3)), np.zeros((SLOTS, 4, 4))
    return Drift(
        np.zeros((4, 3)), np.zeros((4, 4)), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), np.zeros(3),
        np.zeros(SLOTS), wide, wide.copy(), square, square.copy(), square.copy(), np.zeros((SLOTS, 3)),
        np.zeros((SLOTS, 3)), wide.copy(), np.zeros((SLOTS, 3)), np.zeros(SLOTS),
    )


@kernel
def begin(drift, q, bias_sigma):
    """Nothing is known of the motion: take over vqf's attitude, at any speed, anywhere on the back."""
    drift.state[:] = 0.0
    drift.cov[:] = 0.0
    drift.felt[:] = 0.0
    for i in range(4):
        drift.turn[i] = q[i]
    drift.cov[0, 0] = BACK_M**2
    drift.cov[1, 1] = ANY_SPEED_M_S**2
    drift.cov[2, 2] = (STANDARD_GRAVITY * TILT) ** 2
    drift.cov[3, 3] = (STANDARD_GRAVITY * (bias_sigma + BIAS_LEFT)) ** 2


@inner
def _expect(drift, dt, shaken, turned):
    """One step ahead: the state by what was felt, the covariance by what could be wrong with it."""
    state, cov = drift.state, drift.cov
    for c in range(3):
        felt = drift.felt[c]
        p, v, g, h = state[0, c], state[1, c], state[2, c], state[3, c]
        state[0, c] = p + dt * v + 0.5 * dt * felt - 0.5 * dt * dt * g - dt**3 / 6.0 * h
        state[1, c] = v + felt - dt * g - 0.5 * dt * dt * h
        state[2, c] = g + dt * h
        drift.felt[c] = 0.0
    _transport(cov, dt)
    cov[1, 1] += shaken
    cov[2, 2] += STANDARD_GRAVITY**2 * (TURN_WALK**2 * dt + TURN_SCALE**2 * turned)
    cov[3, 3] += (STANDARD_GRAVITY * BIAS_WALK) ** 2 * dt


@inner
def _transport(cov, dt):
    """``cov <- F cov F'`` for the step of ``_expect``."""
    for c in range(4):
        p, v, g, h = cov[0, c], cov[1, c], cov[2, c], cov[3, c]
        cov[0, c] = p + dt * v - 0.5 * dt * dt * g - dt**3 / 6.0 * h
        cov[1, c] = v - dt * g - 0.5 * dt * dt * h
        cov[2, c] = g + dt * h
    for r in range(4):
        p, v, g, h = cov[r, 0], cov[r, 1], cov[r, 2], cov[r, 3]
        cov[r, 0] = p + dt * v - 0.5 * dt * dt * g - dt**3 / 6.0 * h
        cov[r, 1] = v - dt * g - 0.5 * dt * dt * h
        cov[r, 2] = g + dt * h


@inner
def _learn(drift, k, variance, x, y, z):
    """State ``k`` of the three axes was measured to differ by (x, y, z) from what is believed."""
    state, cov = drift.state, drift.cov
    total = cov[k, k] + variance
    g0, g1, g2, g3 = cov[0, k] / total, cov[1, k] / total, cov[2, k] / total, cov[3, k] / total
    gain = (g0, g1, g2, g3)
    for r in range(4):
        state[r, 0] += gain[r] * x
        state[r, 1] += gain[r] * y
        state[r, 2] += gain[r] * z
    for r in range(4):
        for c in range(r, 4):
            value = cov[r, c] - gain[r] * gain[c] * total
            cov[r, c] = value
            cov[c, r] = value


@inner
def _solve(a, b, out):
    """``out = b inv(a)`` for symmetric positive ``a`` (4, 4), by its Cholesky factor."""
    low = np.zeros((4, 4))
    for r in range(4):
        for c in range(r + 1):
            total = a[r, c]
            for k in range(c):
                total -= low[r, k] * low[c, k]
            low[r, c] = math.sqrt(max(total, 1e-24)) if r == c else total / low[c, c]
    y = np.zeros(4)
    for i in range(4):
        for r in range(4):
            total = b[i, r]
            for k in range(r):
                total -= low[r, k] * y[k]
            y[r] = total / low[r, r]
        for r in range(3, -1, -1):
            total = y[r]
            for k in range(r + 1, 4):
                total -= low[k, r] * out[i, k]
            out[i, r] = total / low[r, r]


@kernel
def advance(drift, n, dt, shaken, turned, place_due, tilt_due, contact, stands):
    """Close a slot of ``dt`` seconds: expect, then learn what is known. Writes slot ``n`` but for its geometry.

    ``shaken``: variance of the velocity felt; ``turned``: rad; ``stands``: the hand lands or lifts here.
    The slot's ``spin`` must be there already.
    """
    before = drift.cov.copy()
    _expect(drift, dt, shaken, turned)
    drift.told[n] = drift.state
    drift.toldcovs[n] = drift.cov
    if n > 0:
        # gain = cov F' inv(F cov F' + Q)
        for r in range(4):
            p, v, g, h = before[r, 0], before[r, 1], before[r, 2], before[r, 3]
            before[r, 0] = p + dt * v - 0.5 * dt * dt * g - dt**3 / 6.0 * h
            before[r, 1] = v - dt * g - 0.5 * dt * dt * h
            before[r, 2] = g + dt * h
        _solve(drift.cov, before, drift.gains[n - 1])
    state = drift.state
    if stands:
        spin = drift.spin[n]
        _learn(drift, 1, STANDING_M_S**2, -state[1, 0] - spin[0], -state[1, 1] - spin[1], -state[1, 2] - spin[2])
    if place_due:
        wide = BACK_M if contact else AIR_M
        _learn(drift, 0, wide * wide, -state[0, 0], -state[0, 1], -state[0, 2])
    if tilt_due:
        up = drift.up
        x, y, z = up[0] * STANDARD_GRAVITY, up[1] * STANDARD_GRAVITY, (up[2] - 1.0) * STANDARD_GRAVITY
        _learn(drift, 2, (STANDARD_GRAVITY * TILT) ** 2, x - state[2, 0], y - state[2, 1], z - state[2, 2])
    drift.kept[n] = drift.state
    drift.covs[n] = drift.cov


@kernel
def come_back(drift, n, cycle_s, x, y, z, variance):
    """Over a whole cycle a hand that repeats itself goes nowhere: learn it in slot ``n``, the newest.

    (x, y, z) is the mean velocity over the last cycle as it is believed now, m/s. It is the velocity of now less
    what was felt since each instant of the cycle; an error of the leftover gravity has worked on it for half a cycle.
    """
    state, cov, half = drift.state, drift.cov, 0.5 * cycle_s
    g = np.empty(4)
    for r in range(4):
        g[r] = cov[r, 1] + half * cov[r, 2]
    total = g[1] + half * g[2] + variance
    for r in range(4):
        state[r, 0] -= g[r] / total * x
        state[r, 1] -= g[r] / total * y
        state[r, 2] -= g[r] / total * z
        for c in range(4):
            cov[r, c] -= g[r] * g[c] / total
    drift.kept[n], drift.covs[n] = drift.state, drift.cov


@kernel
def smooth_states(drift, first, last):
    """States of the slots ``first..last`` in the light of all up to ``last`` (Rauch, Tung, Striebel 1965)."""
    smooth = drift.smooth
    smooth[last] = drift.kept[last]
    for n in range(last - 1, first - 1, -1):
        gain, told, after = drift.gains[n], drift.told[n + 1], smooth[n + 1]
        for c in range(3):
            for r in range(4):
                value = drift.kept[n, r, c]
                for k in range(4):
                    value += gain[r, k] * (after[k, c] - told[k, c])
                smooth[n, r, c] = value
    for n in range(first, last + 1):
        normal, spin = drift.normal[n], drift.spin[n]
        x, y, z = smooth[n, 1, 0] + spin[0], smooth[n, 1, 1] + spin[1], smooth[n, 1, 2] + spin[2]
        out = x * normal[0] + y * normal[1] + z * normal[2]
        # The palm lies on the skin: what goes along its normal is pressing and breathing, not stroking.
        drift.over[n, 0], drift.over[n, 1], drift.over[n, 2] = x - out * normal[0], y - out * normal[1], z - out * normal[2]


@kernel
def smooth_variances(drift, first, last):
    """Variance of the velocity (each axis) in the slots ``first..last``, as ``smooth_states``."""
    cov = drift.covs[last].copy()
    drift.varied[last] = cov[1, 1]
    work = np.zeros((4, 4))
    for n in range(last - 1, first - 1, -1):
        gain, told = drift.gains[n], drift.toldcovs[n + 1]
        for r in range(4):
            for c in range(4):
                total = 0.0
                for k in range(4):
                    total += gain[r, k] * (cov[k, c] - told[k, c])
                work[r, c] = total
        for r in range(4):
            for c in range(4):
                total = drift.covs[n, r, c]
                for k in range(4):
                    total += work[r, k] * gain[c, k]
                cov[r, c] = total
        drift.varied[n] = max(cov[1, 1], 0.0)


@kernel
def level(drift, count):
    """Turn the frame so that gravity, as it is known now, points along z again; also the first ``count`` slots.

    The model is linear and holds for small angles; the covariance, the same for all axes, does not mind.
    """
    state = drift.state
    x, y, z = state[2, 0], state[2, 1], STANDARD_GRAVITY + state[2, 2]
    length = math.sqrt(x * x + y * y + z * z)
    x, y, z = x / length, y / length, z / length
    # The shortest turn that takes (x, y, z) to (0, 0, 1).
    s = 1.0 / (1.0 + z)
    rot = np.array([[1.0 - s * x * x, -s * x * y, -x], [-s * x * y, 1.0 - s * y * y, -y], [x, y, z]])
    state[2, 2] += STANDARD_GRAVITY
    _turn_rows(state, 4, rot)
    state[2, 2] -= STANDARD_GRAVITY
    for n in range(count):
        for table in (drift.kept, drift.told):
            table[n, 2, 2] += STANDARD_GRAVITY
            _turn_rows(table[n], 4, rot)
            table[n, 2, 2] -= STANDARD_GRAVITY
    _turn_rows(drift.spin, count, rot)
    _turn_rows(drift.normal, count, rot)
    _turn_attitude(drift.turn, x, y, z)


@inner
def _turn_rows(rows, count, rot):
    for n in range(count):
        x, y, z = rows[n, 0], rows[n, 1], rows[n, 2]
        for r in range(3):
            rows[n, r] = rot[r, 0] * x + rot[r, 1] * y + rot[r, 2] * z


@inner
def _turn_attitude(q, x, y, z):
    """``q <- d q`` for the turn ``d`` that takes (x, y, z) to (0, 0, 1)."""
    w = math.sqrt(0.5 * (1.0 + z))
    dx, dy = 0.5 * y / w, -0.5 * x / w
    a, b, c, d = q[0], q[1], q[2], q[3]
    q[0] = w * a - dx * b - dy * c
    q[1] = w * b + dx * a + dy * d
    q[2] = w * c - dx * d + dy * a
    q[3] = w * d + dx * c - dy * b
