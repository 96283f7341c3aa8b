"""Without a strip: cuts the hand's motion over the skin into passes, from one turning point to the next."""

from __future__ import annotations

import math

import numpy as np

from slowhand.locate.drift_filter import smooth_states, smooth_variances
from slowhand.locate.kernel import inner, kernel

LOOK_EVERY = 5           # slots: ten looks a second are enough
FEWEST = 5               # slots of the shortest pass: a tenth of a second
COME_BACK_M = 0.01       # a turning point is one when the hand has come back so far from it,
COME_BACK_SHARE = 0.15   # or this share of the pass, so that a long glide may wobble and drift,
COME_BACK_MOST_M = 0.05  # but never more than this
LONGEST_S = 8.0          # a longer one is cut: nothing has held its drift for so long
HELD_S = 0.15            # a speed counts as reached when it was held so long (as for the flag)
MEAN_SHARE = 0.7         # of the velocity's sigma in that of a pass's mean: part of the error averages out
SCALE_SHARE = 0.08       # of the speed itself: sensor scale, and turns that the gyroscope takes too small
SIGMA_MOST_M_S = 0.06    # a figure worse than this,
SIGMA_MOST_SHARE = 0.34  # and than this share of itself, is no figure

# A finished pass; SI. Times are 0 and figures NaN where there is none.
PASS_DTYPE = np.dtype(
    [
        ("start_us", "i8"), ("end_us", "i8"), ("mean", "f8"), ("mean_sigma", "f8"), ("peak", "f8"), ("peak_sigma", "f8"),
    ]
)


@kernel
def turning_slot(drift, first, last):
    """The slot of the first turning point after ``first``: the farthest point, once the hand has come back from it.

    -1 where it has not. The states must be smoothed. The same rule as in ``strokes/legs.py``, with more patience:
    the integral of a velocity that is some cm/s off moves by itself.
    """
    x, y, z, far, at = 0.0, 0.0, 0.0, 0.0, first
    for n in range(first + 1, last + 1):
        step = drift.t_s[n] - drift.t_s[n - 1]
        x += drift.over[n, 0] * step
        y += drift.over[n, 1] * step
        z += drift.over[n, 2] * step
        distance = math.sqrt(x * x + y * y + z * z)
        if distance >= far:
            far, at = distance, n
        elif at - first >= FEWEST and far - distance > max(COME_BACK_M, min(COME_BACK_SHARE * far, COME_BACK_MOST_M)):
            return at
    return -1


@kernel
def find_pass(drift, first, last, ends):
    """Look for the end of the pass that began at slot ``first``; ``ends``: the contact ends at ``last``.

    Returns the slot of its end, -1 where there is none yet; leaves its smoothed velocity in ``drift``.
    """
    if last - first < FEWEST:
        return -1
    smooth_states(drift, first, last)
    # The rest of a contact after a last small turn is not worth a pass of its own.
    end = last if ends else turning_slot(drift, first, last)
    if end < 0 and drift.t_s[last] - drift.t_s[first] > LONGEST_S:
        end = last
    if end >= 0:
        smooth_variances(drift, first, last)
    return end


@kernel
def measure_pass(drift, first, end, found):
    """Speeds of the pass from slot ``first`` to ``end`` into the record ``found`` (all but the times)."""
    total, variance = 0.0, 0.0
    for n in range(first, end + 1):
        over = drift.over[n]
        total += math.sqrt(over[0] * over[0] + over[1] * over[1] + over[2] * over[2])
        variance += drift.varied[n]
    count = end + 1 - first
    mean = total / count
    found.mean = mean
    found.mean_sigma = math.hypot(MEAN_SHARE * math.sqrt(variance / count), SCALE_SHARE * mean)
    held, spread = _held(drift, first, end)
    found.peak = max(held, mean)
    found.peak_sigma = math.hypot(spread, SCALE_SHARE * held)
    if mean <= 2.0 * found.mean_sigma:
        # A hand that perhaps rests: the largest of many noisy speeds is no more than noise either.
        found.peak_sigma = max(found.peak_sigma, 0.5 * found.peak)
    if found.mean_sigma > max(SIGMA_MOST_M_S, SIGMA_MOST_SHARE * mean):
        found.mean, found.mean_sigma, found.peak, found.peak_sigma = math.nan, math.nan, math.nan, math.nan


@inner
def _held(drift, first, end):
    """The largest speed that was held for ``HELD_S`` (the smallest of a shorter pass), and its sigma; m/s."""
    best, spread = 0.0, 0.0
    for n in range(first, end + 1):
        least, worst, k = 1e9, 0.0, n
        while True:
            over = drift.over[k]
            least = min(least, math.sqrt(over[0] * over[0] + over[1] * over[1] + over[2] * over[2]))
            worst = max(worst, drift.varied[k])
            if k == end or drift.t_s[k] - drift.t_s[n] >= HELD_S:
                break
            k += 1
        if (drift.t_s[k] - drift.t_s[n] >= HELD_S or n == first) and least > best:
            best, spread = least, math.sqrt(worst)
    return best, spread
