"""Row by row, what each pad says: its force, whether the channel can be believed, its zero level."""

from __future__ import annotations

import numpy as np
from numba import njit

from slowhand.sensing.rows import PAD_COUNT

# A pad shorted to the supply reads like one pressed beyond all measure. It is called saturated ("at least"), which
# warns, for this long; nobody presses one pad with ten times its full conductance for longer.
SHORT_US = 10_000_000
SHORT_CONDUCTANCE_FACTOR = 10.0

# A loaded pad on a moving hand never repeats one count for this long: the converter's own noise is +-1 count.
STUCK_US = 10_000_000
STUCK_MIN_N = 0.3
STUCK_ACCEL_RANGE = 2.0      # m/s2: the hand did move meanwhile

# The zero level follows only while no pad can be in contact: all that is felt is below the force at which contact
# ends (0.5 N in all), has been for two seconds, and is small on each pad. Beyond 0.3 N it is no zero level any more.
QUIET_TOTAL_N = 0.4
QUIET_PAD_N = 0.15
QUIET_US = 2_000_000
ZERO_TIME_CONSTANT_S = 10.0
ZERO_MAX_N = 0.3
FELT_N = 0.3                 # a pad has been felt once it has read this much

STATE_DTYPE = np.dtype(
    [
        ("run_count", "i8"),     # the count that repeats, -1 none
        ("run_since_us", "i8"),
        ("accel_low", "f8", 3),  # range of the hand's acceleration since then
        ("accel_high", "f8", 3),
        ("over_since_us", "i8"),  # beyond `short_count` since then, -1 not
        ("quiet_since_us", "i8"),  # of the whole hand (only pad 0's is used), -1 not
        ("zero_n", "f8"),
        ("felt", "?"),
        ("stuck", "?"),
        ("shorted", "?"),
    ]
)


def new_state() -> np.ndarray:
    """State of the six pads before the first row."""
    state = np.zeros(PAD_COUNT, STATE_DTYPE)
    for name in ("run_count", "over_since_us", "quiet_since_us"):
        state[name] = -1
    return state


@njit(cache=True)
def _follow_run(pad, t_us, count, accel, raw_n):  # pragma: no cover - compiled
    """Note how long the count has repeated, and what the hand did meanwhile."""
    if count != pad.run_count:
        pad.run_count = count
        pad.run_since_us = t_us
        pad.accel_low[:] = accel
        pad.accel_high[:] = accel
    moved = False
    for axis in range(3):
        pad.accel_low[axis] = min(pad.accel_low[axis], accel[axis])
        pad.accel_high[axis] = max(pad.accel_high[axis], accel[axis])
        moved = moved or pad.accel_high[axis] - pad.accel_low[axis] >= STUCK_ACCEL_RANGE
    pad.stuck = raw_n >= STUCK_MIN_N and moved and t_us - pad.run_since_us >= STUCK_US


@njit(cache=True)
def _follow_short(pad, t_us, count, short_count):  # pragma: no cover - compiled
    if count < short_count:
        pad.over_since_us = -1
    elif pad.over_since_us < 0:
        pad.over_since_us = t_us
    pad.shorted = pad.over_since_us >= 0 and t_us - pad.over_since_us >= SHORT_US


@njit(cache=True)
def _follow_zero(state, t_us, dt_s, raw_n, ok):  # pragma: no cover - compiled
    """Let the zero levels follow while nothing can be touched; freeze them otherwise."""
    total, quiet = 0.0, True
    for k in range(PAD_COUNT):
        over = raw_n[k] - state[k].zero_n
        if ok[k]:
            total += max(over, 0.0)
            quiet = quiet and over <= QUIET_PAD_N
        # A pad cannot be pressed less than not at all: a level above the reading was too high.
        if over < 0.0:
            state[k].zero_n = raw_n[k]
    if not quiet or total > QUIET_TOTAL_N:
        state[0].quiet_since_us = -1
        return
    if state[0].quiet_since_us < 0:
        state[0].quiet_since_us = t_us
    if t_us - state[0].quiet_since_us < QUIET_US:
        return
    share = min(dt_s / ZERO_TIME_CONSTANT_S, 1.0)
    for k in range(PAD_COUNT):
        if ok[k]:
            level = state[k].zero_n + share * (raw_n[k] - state[k].zero_n)
            state[k].zero_n = min(level, ZERO_MAX_N)


@njit(cache=True)
def sense_pads(  # pragma: no cover - compiled
    state, t_us, gap, dt_s, counts, accel, force_table, at_least_table, short_count, force, at_least, pad_ok
):
    """Fill ``force`` (N), ``at_least`` and ``pad_ok``, each (n, 6), from ``counts`` (n, 6), in the order of rows.

    ``force_table`` and ``at_least_table`` are (6, 1024); ``short_count`` is (6,). ``state`` carries on.
    """
    raw_n = np.zeros(PAD_COUNT)
    last_count = force_table.shape[1] - 1
    for i in range(t_us.shape[0]):
        if gap[i]:
            state[0].quiet_since_us = -1
        for k in range(PAD_COUNT):
            count = min(max(counts[i, k], 0), last_count)
            if gap[i]:
                state[k].run_count = -1
                state[k].over_since_us = -1
            raw_n[k] = force_table[k, count]
            _follow_run(state[k], t_us[i], count, accel[i], raw_n[k])
            _follow_short(state[k], t_us[i], count, short_count[k])
            state[k].felt = state[k].felt or raw_n[k] >= FELT_N
            pad_ok[i, k] = not (state[k].stuck or state[k].shorted)
            at_least[i, k] = pad_ok[i, k] and at_least_table[k, count]
        _follow_zero(state, t_us[i], dt_s[i], raw_n, pad_ok[i])
        for k in range(PAD_COUNT):
            # A saturated pad's bound is its own; a zero level says nothing about it.
            over = raw_n[k] if at_least[i, k] else max(raw_n[k] - state[k].zero_n, 0.0)
            force[i, k] = over if pad_ok[i, k] else np.nan
