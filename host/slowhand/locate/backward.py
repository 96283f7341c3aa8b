"""The way back: what later rows say about earlier ones.

Fixed-interval smoothing (Rauch, Tung and Striebel 1965) in the form of Bryson and Frazier, modified by Bierman (1973,
"Fixed interval smoothing with discrete measurements", Int. J. Control 18): a vector ``pull`` and a matrix ``news`` are
carried back, and then ``smoothed = filtered + cov pull``, ``cov - cov news cov``. It inverts no covariance, process noise
does not come into it, and it is exact for the whole state, the map with its slow learning included, at the price of one
more covariance-like update per correction. With whitened rows H, gains G and innovations v of a correction:

    pull <- pull + H' (v - G pull),   news <- (I - G' H)' news (I - G' H) + H' H,   and over a step F of the motion:
    pull <- F' pull,                  news <- F' news F
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BA, BG, N_QUICK, TILT, A, P, V

SIGMA_ROWS = 4   # every how many rows sigmas are computed anew; they change slowly
SIGMAS = 4       # of place and of the turn about z
FITTING_D2 = 22.5  # of place and velocity: 99.9 % of a chi-square with 6 degrees of freedom


class WayBack(NamedTuple):
    """What is carried from row to earlier row. N errors."""

    pull: np.ndarray     # (N,)
    news: np.ndarray     # (N, N)
    slack: np.ndarray    # (N,) variance per second by which the map of later rows may differ
    folded: np.ndarray   # (3, N) scratch
    open: np.ndarray     # (6, N) scratch
    weight: np.ndarray   # (3, 3) scratch
    step: np.ndarray     # (N,) scratch
    scratch: np.ndarray  # (N, N)
    share: np.ndarray    # (4,) of the filtered variance that is left
    age: np.ndarray      # (1,) rows since that was computed
    held_s: np.ndarray   # (1,) how long the place holds after the row; doubt counts against it
    loose_s: np.ndarray  # (1,) since the map was loosened
    doubt: np.ndarray    # (1,) on the way back from a place that was lost, to where it still fitted


def new_way_back(slack: np.ndarray) -> WayBack:
    """At the end of a session: later rows say nothing. ``slack`` (N,) is in error units squared per second."""
    size = len(slack)
    return WayBack(
        np.zeros(size), np.zeros((size, size)), slack, np.zeros((3, size)), np.zeros((A, size)), np.zeros((3, 3)),
        np.zeros(size), np.zeros((size, size)), np.ones(SIGMAS), np.full(1, SIGMA_ROWS), np.zeros(1), np.zeros(1),
        np.zeros(1),
    )


@kernel
def forget(m, n, way):
    """Later rows have nothing to say about the first ``m`` errors: all of them, or the hand's own."""
    for i in range(m):
        way.pull[i] = 0.0
        for j in range(n):
            way.news[i, j] = 0.0
            way.news[j, i] = 0.0
    way.age[0] = SIGMA_ROWS
    way.held_s[0] = 0.0
    way.loose_s[0] = 0.0


@inner
def _distance2(miss, inverse):
    """The square of a miss (A,) in its own sigmas."""
    d2 = 0.0
    for r in range(A):
        for c in range(A):
            d2 += miss[r] * inverse[r, c] * miss[c]
    return d2


@kernel
def hear(i, n, x, cov, doubt, rec, way):
    """Later rows speak of the hand's state after row ``i`` by another way: an estimate ``x`` of its own with ``cov``.

    Only its place and velocity are taken, with ``doubt`` times the sigma: it shares its biases with the pass. It counts
    as a measurement on top of what is known of later rows already. Returns whether it fits.
    """
    cross, inverse, open_, miss = rec.cross[i], way.scratch, way.open, way.step
    for r in range(A):
        # open: e - news cov e, the way of a measurement of place and velocity past what later rows have said
        out, own = open_[r], cross[r]
        miss[r] = x[r] - rec.x[i, r]
        for j in range(n):
            out[j] = 1.0 if j == r else 0.0
            miss[r] -= own[j] * way.pull[j]
        for k in range(n):
            a, source = own[k], way.news[k]
            for j in range(n):
                out[j] -= a * source[j]
    for r in range(A):
        for c in range(A):
            total = doubt * doubt * cov[r, c]
            for j in range(n):
                total += cross[r, j] * open_[c, j]
            inverse[r, c] = total
    _invert(inverse, A)
    if _distance2(miss, inverse) > FITTING_D2:
        return False
    for r in range(A):
        for c in range(A):
            a, left, right = inverse[r, c], open_[r], open_[c]
            for j in range(n):
                way.pull[j] += a * miss[c] * left[j]
            for k in range(n):
                b, row = a * left[k], way.news[k]
                for j in range(n):
                    row[j] += b * right[j]
    way.age[0] = SIGMA_ROWS
    return True


@inner
def _invert(a, size):
    # Gauss and Jordan without pivots: it is symmetric and positive.
    for k in range(size):
        pivot = 1.0 / a[k, k]
        a[k, k] = 1.0
        for j in range(size):
            a[k, j] *= pivot
        for i in range(size):
            if i != k:
                factor = a[i, k]
                a[i, k] = 0.0
                for j in range(size):
                    a[i, j] -= factor * a[k, j]


@kernel
def loosen(n, seconds, way):
    """The map of later rows may differ from this one, as no model is whole: what they say of it counts less."""
    pull, news, scratch = way.pull, way.news, way.folded[0]
    for s in range(N_QUICK, n):
        variance = way.slack[s] * seconds
        own = news[s]
        if variance * own[s] == 0.0:
            continue
        weight = variance / (1.0 + variance * own[s])
        miss = weight * pull[s]
        for j in range(n):
            scratch[j] = own[j]
            pull[j] -= miss * own[j]
        for i in range(n):
            a, row = weight * scratch[i], news[i]
            for j in range(n):
                row[j] -= a * scratch[j]


@kernel
def fold(rows, gain, nu, n, m, way):
    """Take in a correction of ``m`` whitened rows."""
    pull, news, folded, weight = way.pull, way.news, way.folded, way.weight
    for r in range(m):
        own, out = gain[r], folded[r]
        miss = nu[r]
        for j in range(n):
            miss -= own[j] * pull[j]
            out[j] = 0.0
        way.step[r] = miss
        for k in range(n):
            a, source = own[k], news[k]
            for j in range(n):
                out[j] += a * source[j]
    for r in range(m):
        a, own = way.step[r], rows[r]
        for j in range(n):
            pull[j] += a * own[j]
        for c in range(m):
            total = 1.0 if r == c else 0.0
            for j in range(n):
                total += folded[r, j] * gain[c, j]
            weight[r, c] = total
    for r in range(m):
        out = folded[r]
        for c in range(m):
            a, own = 0.5 * weight[r, c], rows[c]
            for j in range(n):
                out[j] -= a * own[j]
    _take_off(rows, folded, n, m, news)


@inner
def _take_off(rows, folded, n, m, news):
    # news -= rows' folded + folded' rows
    if m == 3:
        h0, h1, h2, u0, u1, u2 = rows[0], rows[1], rows[2], folded[0], folded[1], folded[2]
        for i in range(n):
            a, b, c, d, e, f, own = h0[i], h1[i], h2[i], u0[i], u1[i], u2[i], news[i]
            for j in range(n):
                own[j] -= (a * u0[j] + d * h0[j]) + (b * u1[j] + e * h1[j]) + (c * u2[j] + f * h2[j])
    else:
        for r in range(m):
            h, u = rows[r], folded[r]
            for i in range(n):
                a, d, own = h[i], u[i], news[i]
                for j in range(n):
                    own[j] -= a * u[j] + d * h[j]


@kernel
def carry_back(pull, news, n, dt, rot, felt, frame):
    """Over a step of the motion: the transpose of what ``motion_model`` does to the covariance."""
    fx, fy, fz = dt * felt[0], dt * felt[1], dt * felt[2]
    _turn_back(pull, dt, rot, fx, fy, fz, frame)
    # Rows, then columns of the rows that changed; the others' columns follow by symmetry.
    for k in range(3):
        ba, bg = news[BA + k], news[BG + k]
        for i in range(3):
            r, v, a = dt * rot[i, k], news[V + i], news[A + i]
            for j in range(n):
                ba[j] -= r * v[j]
                bg[j] -= r * a[j]
    for k in range(2):
        tilt = news[TILT + k]
        for i in range(3):
            r, v = dt * frame.lean[k, i], news[V + i]
            for j in range(n):
                tilt[j] += r * v[j]
    ax, ay, az, vx, vy, vz = news[A], news[A + 1], news[A + 2], news[V], news[V + 1], news[V + 2]
    for j in range(n):
        ax[j] += fy * vz[j] - fz * vy[j]
        ay[j] += fz * vx[j] - fx * vz[j]
        az[j] += fx * vy[j] - fy * vx[j]
    for i in range(3):
        v, p = news[V + i], news[P + i]
        for j in range(n):
            v[j] += dt * p[j]
    for r in range(V, BA + 3):
        _turn_back(news[r], dt, rot, fx, fy, fz, frame)
    for k in range(2):
        _turn_back(news[TILT + k], dt, rot, fx, fy, fz, frame)
    _mirror(news, n)


@inner
def _turn_back(row, dt, rot, fx, fy, fz, frame):
    for k in range(3):
        for i in range(3):
            row[BA + k] -= dt * rot[i, k] * row[V + i]
            row[BG + k] -= dt * rot[i, k] * row[A + i]
    for k in range(2):
        for i in range(3):
            row[TILT + k] += dt * frame.lean[k, i] * row[V + i]
    vx, vy, vz = row[V], row[V + 1], row[V + 2]
    row[A] += fy * vz - fz * vy
    row[A + 1] += fz * vx - fx * vz
    row[A + 2] += fx * vy - fy * vx
    for i in range(3):
        row[V + i] += dt * row[P + i]


@inner
def _mirror(news, n):
    for r in range(V, BA + 3):
        for c in range(n):
            news[c, r] = news[r, c]
    for k in range(2):
        for c in range(n):
            news[c, TILT + k] = news[TILT + k, c]


@kernel
def widen_back(pull, news, n, seconds):
    """Over a step that nobody watched."""
    for i in range(3):
        pull[V + i] += seconds * pull[P + i]
        v, p = news[V + i], news[P + i]
        for j in range(n):
            v[j] += seconds * p[j]
    for r in range(V, V + 3):
        for i in range(3):
            news[r, V + i] += seconds * news[r, P + i]
    for r in range(V, V + 3):
        for c in range(n):
            news[c, r] = news[r, c]
