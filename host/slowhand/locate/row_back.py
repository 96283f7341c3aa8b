"""One row on the way back: smoothed, stated with an honest sigma, and crossed to the row before."""

from __future__ import annotations

import math

import numpy as np

from slowhand.locate.backward import SIGMA_ROWS, SIGMAS, carry_back, fold, forget, loosen, widen_back
from slowhand.locate.book import TRACK
from slowhand.locate.correction import inject
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BG, N_QUICK, A, P, Q, V
from slowhand.locate.recording import APART, CARRIED, LOST, N_KEPT
from slowhand.locate.rotation import turn_in_back

DOUBTFUL = 1.5        # misfit; right places rarely have it, wrong ones soon do
DOUBT_COSTS_S = 6.0   # of holding well, before a place that was found is trusted for what was before it
LOOSEN_S = 1.0   # every how many seconds the map is loosened
GAINED_SIGMA_X = 0.010  # m; 15 mm as when live, of a place that only the review knows, had it wrong by 20 mm in 5 of 100


@kernel
def smooth_row(i, rec, tape, way, n, frame, par, pose):
    """Smooth row ``i`` of a recording into ``pose``, which holds the causal one, and go on to the row before it."""
    if way.doubt[0] > 0.0:
        if rec.link[i] != APART and rec.misfit[i] > 1.0:
            return  # what was read while the place was wrong must not pull earlier rows: these stay as they are
        way.doubt[0] = 0.0
    if rec.status[i] >= TRACK:
        _believe_row(i, n, rec, way, par, pose)
    if rec.found[i] >= 0:
        _smooth_find(rec.found[i], n, rec, way)
        forget(np.int64(N_QUICK), n, way)
    if rec.link[i] == APART or rec.link[i] == LOST:
        forget(n, n, way)
        way.doubt[0] = 1.0 if rec.link[i] == LOST else 0.0
    else:
        _cross_row(i, n, rec, tape, way, frame)


@inner
def _cross_row(i, n, rec, tape, way, frame):
    """From after row ``i`` to after the row before it."""
    end, begin = rec.tape_end[i], rec.tape_end[i - 1] if i > 0 else 0
    while end > begin:
        m = tape.block[end - 1]
        end -= m
        fold(tape.rows[end : end + m], tape.gain[end : end + m], tape.nu[end : end + m], n, m, way)
    seconds = rec.seconds[i]
    if rec.link[i] == CARRIED:
        carry_back(way.pull, way.news, n, seconds, rec.rot[i], rec.felt[i], frame)
    else:
        widen_back(way.pull, way.news, n, seconds)
    if rec.status[i] == TRACK:
        way.held_s[0] += seconds
    if rec.misfit[i] > DOUBTFUL:
        way.held_s[0] = min(way.held_s[0], -DOUBT_COSTS_S)
    way.loose_s[0] += seconds
    if way.loose_s[0] >= LOOSEN_S:
        loosen(n, way.loose_s[0], way)
        way.loose_s[0] = 0.0


@inner
def _believe_row(i, n, rec, way, par, pose):
    cross, step, share = rec.cross[i], way.step, way.share
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
    believe(
        rec.x[i], step, share[0] * cross[P, P], share[1] * cross[P + 1, P + 1], share[2] * cross[P + 2, P + 2],
        share[3] * cross[A + 2, A + 2], rec.misfit[i], rec.status[i] == TRACK, par, pose,
    )


@kernel
def believe(x, step, vx, vy, vz, vyaw, misfit, tracked, par, pose):
    """Write the estimate ``x`` with the error ``step`` added; variances as computed, stated with what experience adds.

    A row that was not tracked stays as it was unless the place is now known; one that was located live stays located.
    """
    sx, sy = stated_later(vx, 0, misfit), stated_later(vy, 1, misfit)
    located = sx <= GAINED_SIGMA_X and sy <= par.located_sigma
    if not located and not tracked:
        return
    pose.located = located or pose.located
    pose.sigma_p[0], pose.sigma_p[1], pose.sigma_p[2] = sx, sy, stated_later(vz, 2, misfit)
    pose.sigma_yaw = stated_later(vyaw, 3, misfit)
    for k in range(3):
        pose.p[k] = x[P + k] + step[P + k]
        pose.v[k] = x[V + k] + step[V + k]
        pose.omega[k] -= step[BG + k]
    for k in range(4):
        pose.q[k] = x[Q + k]
    turn_in_back(pose.q, step[A], step[A + 1], step[A + 2])


# Stated over computed sigma and what no later row can take off (m, rad): coverage in simulation. The errors that last -
# soft iron, alignment, a ribbon not quite where it is believed - hold for y more than for x.
STATED = ((1.1, 0.0008), (1.5, 0.0020), (1.5, 0.0010), (1.2, 0.010))


@inner
def stated_later(variance, which, misfit):
    factor, least = STATED[which]
    return misfit * math.sqrt(factor * factor * variance + least * least)


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
def _smooth_find(f, n, rec, way):
    """Smooth all of the estimate as it was when the place was adopted: the way further back begins there."""
    x, cov, part, step = rec.found_x[f], rec.found_cov[f], way.scratch, way.step
    rec.found_held_s[f] = way.held_s[0]
    for i in range(n):
        out, own, step[i] = part[i], cov[i], 0.0
        for j in range(n):
            out[j] = 0.0
            step[i] += own[j] * way.pull[j]
        for k in range(n):
            a, source = own[k], way.news[k]
            for j in range(n):
                out[j] += a * source[j]
    for i in range(n):
        # row i of cov news cov, over the row of cov news that is no longer needed
        own = way.folded[0]
        for j in range(n):
            own[j] = 0.0
        for k in range(n):
            a, source = part[i, k], cov[k]
            for j in range(n):
                own[j] += a * source[j]
        for j in range(n):
            part[i, j] = own[j]
    for i in range(n):
        for j in range(i + 1):
            less = 0.5 * (part[i, j] + part[j, i])
            cov[i, j] -= less
            cov[j, i] = cov[i, j]
        cov[i, i] = max(cov[i, i], 0.0)
    inject(x, step, n)
