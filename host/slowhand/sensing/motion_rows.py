"""Row by row, whether the motion sensor and the magnetometers can be believed."""

from __future__ import annotations

import numpy as np
from numba import njit

from slowhand.sensing.rows import FAULT_I2C, FAULT_OVERFLOW0, FAULT_OVERFLOW1

# A value on the end stop is a lower bound. The chip's 16 bits end at +-4 g and +-999 dps (32768 LSB at 8192 LSB/g and
# 32.8 LSB/dps); a log from a wider range passes through these values only by accident.
ACCEL_STOP = (39.20, 39.23)  # m/s2
GYRO_STOP = (17.42, 17.44)   # rad/s

# Six values that all repeat have no noise, so the chip hangs; but so has a noiseless recording of a hand at rest.
# Something else must therefore show that the hand did move.
STUCK_US = 1_000_000
STUCK_FIELD_UT = 5.0         # the field changed by this much (a motor's current changes it too: not while it runs)
STUCK_SLOW_US = 5_000_000
STUCK_FORCE_N = 5.0          # without magnetometers: the total force changed by this much
STUCK_TURN_RAD = 0.5         # a magnetometer that repeats while the hand turned by this much hangs
TURNING_RAD_S = 0.3          # slower may be the gyroscope's bias

# A log whose `mag_new` is never set has lost the column's meaning: then a changed value is a new one.
UNMARKED_ROWS = 50

STATE_DTYPE = np.dtype(
    [
        ("accel", "f8", 3),         # of the previous row
        ("gyro", "f8", 3),
        ("repeats_since_us", "i8"),  # -1: not repeating
        ("moved_field", "?"),        # since then
        ("moved_force", "?"),
        ("field_then", "f8", (2, 3)),
        ("force_then", "f8"),
        ("field", "f8", (2, 3)),     # of the previous row
        ("turned_rad", "f8", 2),     # since each magnetometer last changed
        ("unmarked", "i8"),          # rows without `mag_new` so far, -1 once it was set
    ]
)


def new_state() -> np.ndarray:
    """State before the first row."""
    state = np.zeros(1, STATE_DTYPE)
    state["accel"] = np.nan
    state["gyro"] = np.nan
    state["field"] = np.nan
    state["repeats_since_us"] = -1
    return state


@njit(cache=True)
def _on_stop(values, low, high):  # pragma: no cover - compiled
    for value in values:  # noqa: SIM110 (numba compiles no generator)
        if low <= abs(value) <= high:
            return True
    return False


@njit(cache=True)
def _differ(a, b):  # pragma: no cover - compiled
    """Whether two vectors differ; nothing differs from what is not there."""
    for axis in range(3):  # noqa: SIM110 (numba compiles no generator)
        if a[axis] != b[axis] and not (np.isnan(a[axis]) and np.isnan(b[axis])):
            return True
    return False


@njit(cache=True)
def _absent(vector):  # pragma: no cover - compiled
    """Not there, or all zeros, as a chip reads while it starts."""
    bad, zeros = False, True
    for value in vector:
        bad = bad or not np.isfinite(value)
        zeros = zeros and value == 0.0
    return bad or zeros


@njit(cache=True)
def _hangs(state, t_us, accel, gyro, field, force_n, haptic):  # pragma: no cover - compiled
    """Whether the motion sensor repeats itself although the hand moved."""
    if _differ(accel, state.accel) or _differ(gyro, state.gyro):
        state.accel[:] = accel
        state.gyro[:] = gyro
        state.repeats_since_us = -1
        return False
    if state.repeats_since_us < 0:
        state.repeats_since_us = t_us
        state.moved_field = False
        state.moved_force = False
        state.field_then[:] = field
        state.force_then = force_n
    for k in range(2):
        for axis in range(3):
            if not haptic and abs(field[k, axis] - state.field_then[k, axis]) > STUCK_FIELD_UT:
                state.moved_field = True
    state.moved_force = state.moved_force or abs(force_n - state.force_then) > STUCK_FORCE_N
    duration = t_us - state.repeats_since_us
    return (state.moved_field and duration >= STUCK_US) or (state.moved_force and duration >= STUCK_SLOW_US)


@njit(cache=True)
def _freshness(state, field, mag_new, faults, turn_rad, fresh):  # pragma: no cover - compiled
    """Which magnetometers have a new and believable value in this row.

    A row's mark speaks for both. Where only one of them has changed, the other one's value is the old one.
    """
    changed0 = _differ(field[0], state.field[0])
    changed1 = _differ(field[1], state.field[1])
    if mag_new:
        state.unmarked = -1
    elif state.unmarked >= 0:
        state.unmarked += 1
    marked = mag_new or (state.unmarked > UNMARKED_ROWS and (changed0 or changed1))
    for k in range(2):
        changed = changed0 if k == 0 else changed1
        state.turned_rad[k] = 0.0 if changed else state.turned_rad[k] + turn_rad
        overflow = faults & (FAULT_OVERFLOW0 if k == 0 else FAULT_OVERFLOW1)
        alone = changed0 != changed1 and not changed
        hangs = state.turned_rad[k] > STUCK_TURN_RAD
        fresh[k] = marked and not alone and not hangs and overflow == 0 and not _absent(field[k])
        state.field[k] = field[k]


@njit(cache=True)
def sense_motion(  # pragma: no cover - compiled
    states, t_us, gap, dt_s, accel, gyro, raw_field, faults, mag_new, haptic, force, motion_ok, field_new
):
    """Fill ``motion_ok`` (n,) and ``field_new`` (n, 2) from raw rows in their order.

    ``accel``, ``gyro`` (n, 3) and ``raw_field`` (n, 2, 3, uT) are before calibration; ``force`` (n, 6) is in N.
    """
    state = states[0]
    for i in range(t_us.shape[0]):
        if gap[i]:
            state.repeats_since_us = -1
            state.turned_rad[:] = 0.0
        total = 0.0
        for value in force[i]:
            if not np.isnan(value):
                total += value
        hangs = _hangs(state, t_us[i], accel[i], gyro[i], raw_field[i], total, haptic[i])
        stopped = _on_stop(accel[i], ACCEL_STOP[0], ACCEL_STOP[1]) or _on_stop(
            gyro[i], GYRO_STOP[0], GYRO_STOP[1]
        )
        finite = np.all(np.isfinite(gyro[i])) and not _absent(accel[i])
        motion_ok[i] = finite and not hangs and not stopped and faults[i] & FAULT_I2C == 0
        rate = np.sqrt(gyro[i, 0] ** 2 + gyro[i, 1] ** 2 + gyro[i, 2] ** 2)
        turn = rate * dt_s[i] if motion_ok[i] and rate > TURNING_RAD_S else 0.0
        _freshness(state, raw_field[i], mag_new[i], faults[i], turn, field_new[i])
