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

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.book import AWAY, TRACK
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BA, BG, N_QUICK, SHIFT, TILT, A, P, Q, V
from slowhand.locate.recording import APART, CARRIED, N_KEPT
from slowhand.locate.rotation import turn_in_back

SIGMA_ROWS = 4   # every how many rows sigmas are computed anew; they change slowly
SIGMAS = 4       # of place and of the turn about z


class WayBack(NamedTuple):
    """What is carried from row to earlier row. N errors."""

    pull: np.ndarray    # (N,)
    news: np.ndarray    # (N, N)
    folded: np.ndarray  # (3, N) scratch
    weight: np.ndarray  # (3, 3) scratch
    step: np.ndarray    # (12,) scratch
    share: np.ndarray   # (4,) of the filtered variance that is left
    age: np.ndarray     # (1,) rows since that was computed


def new_way_back(size: int) -> WayBack:
    """At the end of a session: later rows say nothing."""
    return WayBack(
        np.zeros(size), np.zeros((size, size)), np.zeros((3, size)), np.zeros((3, 3)), np.zeros(N_KEPT),
        np.ones(SIGMAS), np.full(1, SIGMA_ROWS),
    )


@kernel
def go_back(rec, tape, way, n, frames, pars, poses):
    """Smooth the rows of a recording, last to first, into ``poses``, which hold the causal ones."""
    frame, par = frames[0], pars[0]
    for i in range(rec.link.shape[0] - 1, -1, -1):
        if rec.status[i] == TRACK or rec.status[i] == AWAY:
            _smooth_row(i, n, rec, way, par, poses[i])
        if rec.found[i] >= 0:
            _smooth_find(n, rec.found_x[rec.found[i]], rec.found_cov[rec.found[i]], way)
            forget_quick(n, way)
        if rec.link[i] == APART:
            forget(n, way)
            continue
        end, begin = rec.tape_end[i], rec.tape_end[i - 1] if i > 0 else 0
        while end > begin:
            m = tape.block[end - 1]
            end -= m
            fold(tape.rows[end : end + m], tape.gain[end : end + m], tape.nu[end : end + m], n, m, way)
        if rec.link[i] == CARRIED:
            carry_back(way.pull, way.news, n, rec.seconds[i], rec.rot[i], rec.felt[i], frame)
        else:
            widen_back(way.pull, way.news, n, rec.seconds[i])


@kernel
def forget(n, way):
    """Later rows have nothing to say about earlier ones."""
    for i in range(n):
        way.pull[i] = 0.0
        for j in range(n):
            way.news[i, j] = 0.0
    way.age[0] = SIGMA_ROWS


@kernel
def forget_quick(n, way):
    """The hand's state was taken from a search: later rows speak of the map only."""
    for i in range(N_QUICK):
        way.pull[i] = 0.0
        for j in range(n):
            way.news[i, j] = 0.0
            way.news[j, i] = 0.0
    way.age[0] = SIGMA_ROWS


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


@inner
def _smooth_row(i, n, rec, way, par, pose):
    x, cross, step = rec.x[i], rec.cross[i], way.step
    for r in range(N_KEPT):
        total, own = 0.0, cross[r]
        for j in range(n):
            total += own[j] * way.pull[j]
        step[r] = total
    way.age[0] += 1
    if way.age[0] >= SIGMA_ROWS:
        way.age[0] = 0
        for s in range(SIGMAS):
            _find_share(P + s if s < 3 else A + 2, s, n, cross, way)
    for k in range(3):
        pose.p[k] = x[P + k] + step[P + k]
        pose.v[k] = x[V + k] + step[V + k]
        pose.omega[k] -= step[BG + k]
        pose.sigma_p[k] = math.sqrt(cross[P + k, P + k] * way.share[k]) * par.sigma_factor * rec.misfit[i]
    pose.sigma_yaw = math.sqrt(cross[A + 2, A + 2] * way.share[3]) * par.sigma_factor * rec.misfit[i]
    for k in range(4):
        pose.q[k] = x[Q + k]
    turn_in_back(pose.q, step[A], step[A + 1], step[A + 2])
    pose.located = max(pose.sigma_p[0], pose.sigma_p[1]) <= par.located_sigma


@inner
def _find_share(state, s, n, cross, way):
    own, known = cross[state], 0.0
    for k in range(n):
        total, source = 0.0, way.news[k]
        for j in range(n):
            total += source[j] * own[j]
        known += total * own[k]
    # Rounding must not make a variance of nothing.
    way.share[s] = min(1.0, max(1e-3, 1.0 - known / max(own[state], 1e-30)))


@inner
def _smooth_find(n, x, cov, way):
    return
