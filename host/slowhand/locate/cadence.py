"""Without a strip: how many cycles a minute a kneading, rubbing or tapping hand makes, by autocorrelation."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.kernel import inner, kernel

BEATS = 1024             # velocities kept: 20 s of slots
GRID_S = 0.025           # even grid of the autocorrelation: a dozen points in the shortest cycle
GRID = 402               # its length: ten seconds
SHORT_S = 6.0            # of the motion is looked at first: a hand that changes its pace is soon heard,
LONG_S = 10.0            # then more of it, for slow rhythms
CYCLES = 2.5             # that must be seen,
LEAST_S = 1.5            # and so much time
SHORTEST_S = 0.29        # 207 a minute; and
LONGEST_S = 3.1          # 19 a minute
FASTEST_S = 0.16         # a rhythm up to here is heard, so that its double is not taken for it
STRENGTH = 0.6           # correlation one cycle later from which a rhythm is believed
FIRST_SHARE = 0.8        # of the best peak: the first that is about as good is one cycle, later ones are two or three
SIGMA_MOST = 3.0         # per minute; a cadence that is less sure, in its first two seconds, is none
QUIET_M_S = 0.006        # RMS; less is breathing and tremor


class Beats(NamedTuple):
    """Velocities that were felt, gravity taken off, with all their drift; the newest last."""

    t_s: np.ndarray        # (BEATS,)
    v: np.ndarray          # (BEATS, 3) m/s
    grid: np.ndarray       # (GRID, 3) work
    like: np.ndarray       # (GRID,) work: the autocorrelation
    power: np.ndarray      # (GRID + 1,) work: squares summed up to each point of the grid


def new_beats() -> Beats:
    """None yet."""
    return Beats(np.zeros(BEATS), np.zeros((BEATS, 3)), np.zeros((GRID, 3)), np.zeros(GRID), np.zeros(GRID + 1))


@kernel
def rhythm(beats, count, out):
    """Cadence per minute, its sigma and its roundness into ``out`` (3,), from the newest of ``count`` velocities.

    All NaN where nothing repeats. Roundness: 0 for a motion to and fro on a line, 1 for a circle.

    A straight to and fro and a circle both change the sign of their velocity after half a cycle: there the
    correlation is lowest, so half a cycle is never taken for one. Sigma: a sine of frequency f in noise, seen
    for W seconds in n independent readings of signal to noise r/(1 - r), r the correlation, has
    sigma_f = sqrt(6 (1 - r) / (r n)) / (pi W) (Rife and Boorstyn 1974); two readings a cycle are independent,
    because what disturbs a hand's rhythm lasts about as long as its strokes.
    """
    out[0], out[1], out[2] = math.nan, math.nan, math.nan
    if count < 2:
        return
    for window_s in (SHORT_S, LONG_S):
        span = min(window_s, beats.t_s[count - 1] - beats.t_s[0])
        n = min(int(span / GRID_S) + 1, GRID)
        if span < LEAST_S or not _even(beats, count, n):
            continue
        lag, strength = _cycle(beats, n)
        if lag > 0.0:
            cycle_s = lag * GRID_S
            if cycle_s >= SHORTEST_S and cycle_s <= LONGEST_S:
                window = (n - 1) * GRID_S
                noise = max(1.0 - strength, 0.02) / strength
                sigma = 60.0 * math.sqrt(3.0 * noise * cycle_s / window) / (math.pi * window) + 0.12 / cycle_s
                if sigma <= SIGMA_MOST:
                    out[0], out[1], out[2] = 60.0 / cycle_s, sigma, _roundness(beats.grid, n)
            return
        if span < window_s:
            return


@inner
def _even(beats, count, n):
    """Write ``n`` velocities on the even grid up to the newest, less a parabola; false when the hand is quiet."""
    grid, k = beats.grid, count - 1
    for i in range(n):
        t = beats.t_s[count - 1] - (n - 1 - i) * GRID_S
        if i == 0:
            while k > 1 and beats.t_s[k - 1] > t:
                k -= 1
        while k < count - 1 and beats.t_s[k] < t:
            k += 1
        before = max(k - 1, 0)
        width = beats.t_s[k] - beats.t_s[before]
        share = (t - beats.t_s[before]) / width if width > 0.0 else 0.0
        for c in range(3):
            grid[i, c] = beats.v[before, c] + share * (beats.v[k, c] - beats.v[before, c])
    power = 0.0
    for c in range(3):
        power += _without_parabola(grid, n, c)
    return power > n * QUIET_M_S**2


@inner
def _without_parabola(grid, n, c):
    """Take the best parabola off column ``c``; returns what is left, squared and summed. Legendre's polynomials."""
    half = 0.5 * (n - 1)
    a0, a1, a2, s1, s2 = 0.0, 0.0, 0.0, 0.0, 0.0
    third = 0.0
    for i in range(n):
        x = (i - half) / half
        third += x * x
    third /= n
    for i in range(n):
        x = (i - half) / half
        y = x * x - third
        a0 += grid[i, c]
        a1 += x * grid[i, c]
        a2 += y * grid[i, c]
        s1 += x * x
        s2 += y * y
    a0, a1, a2 = a0 / n, a1 / s1, a2 / s2
    power = 0.0
    for i in range(n):
        x = (i - half) / half
        grid[i, c] -= a0 + a1 * x + a2 * (x * x - third)
        power += grid[i, c] ** 2
    return power


@inner
def _cycle(beats, n):
    """Length of a cycle in grid steps, and the correlation one cycle later; (0, 0) when nothing repeats."""
    like, grid, power = beats.like, beats.grid, beats.power
    for i in range(n):
        power[i + 1] = power[i] + grid[i, 0] ** 2 + grid[i, 1] ** 2 + grid[i, 2] ** 2
    most = min(int(LONGEST_S / GRID_S) + 2, int((n - 1) / CYCLES) + 1)
    for lag in range(most + 1):
        total = 0.0
        for i in range(n - lag):
            a, b = grid[i], grid[i + lag]
            total += a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
        scale = math.sqrt(power[n - lag] * (power[n] - power[lag]))
        like[lag] = total / scale if scale > 0.0 else 0.0
    best, least = 0.0, int(FASTEST_S / GRID_S)
    for lag in range(least, most):
        if like[lag] > like[lag - 1] and like[lag] >= like[lag + 1]:
            best = max(best, like[lag])
    if best < STRENGTH:
        return 0.0, 0.0
    for lag in range(least, most):
        if like[lag] > like[lag - 1] and like[lag] >= like[lag + 1] and like[lag] >= FIRST_SHARE * best:
            return _refined(like, lag, most), like[lag]
    return 0.0, 0.0


@inner
def _roundness(grid, n):
    """The second axis of the velocities' ellipsoid over its first.

    Eigenvalues of the symmetric (3, 3) sum of squares in closed form (Smith 1961).
    """
    xx, yy, zz, xy, xz, yz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        x, y, z = grid[i, 0], grid[i, 1], grid[i, 2]
        xx += x * x
        yy += y * y
        zz += z * z
        xy += x * y
        xz += x * z
        yz += y * z
    mean = (xx + yy + zz) / 3.0
    a, b, c = xx - mean, yy - mean, zz - mean
    size = math.sqrt((a * a + b * b + c * c + 2.0 * (xy * xy + xz * xz + yz * yz)) / 6.0)
    if size <= 0.0:
        return 1.0
    det = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz)
    angle = math.acos(min(max(0.5 * det / size**3, -1.0), 1.0)) / 3.0
    first = mean + 2.0 * size * math.cos(angle)
    third = mean + 2.0 * size * math.cos(angle + 2.0 * math.pi / 3.0)
    return math.sqrt(max(3.0 * mean - first - third, 0.0) / first)


@inner
def _refined(like, lag, most):
    """The cycle by the farthest peak that still correlates: its place is as far off, but holds several cycles."""
    cycle, count = _top(like, lag), 1
    while True:
        low, high = int((count + 0.75) * cycle), int((count + 1.25) * cycle) + 1
        if high >= most:
            return cycle
        best, at = STRENGTH, -1
        for k in range(low, high + 1):
            if like[k] > like[k - 1] and like[k] >= like[k + 1] and like[k] >= best:
                best, at = like[k], k
        if at < 0:
            return cycle
        count += 1
        cycle = _top(like, at) / count


@inner
def _top(like, k):
    """Place of the top of the parabola through three values."""
    bend = like[k - 1] - 2.0 * like[k] + like[k + 1]
    return k + (0.5 * (like[k - 1] - like[k + 1]) / bend if bend < 0.0 else 0.0)
