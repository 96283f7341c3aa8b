"""The way back through a session: row by row, and over the searches in it.

A hand that is found after a second of searching was there from the first touch. From the adopted place, smoothed, the
filter runs backwards in time over the rows of the search and of the approach, meeting the same fields. Where the pass had
let the place go in good order it meets that pass again, and what it knows joins the smoothing of the rows before. Where the
pass had given the place up as wrong it tells whether it was: a place elsewhere is not believed any more, back to where it
was taken from a search. It ends where it knows the place no longer.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.backward import hear
from slowhand.locate.book import ROWS, TRACK, new_book
from slowhand.locate.field_map import empty_map
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import SHIFT, A, P, V
from slowhand.locate.motion_model import predict, spread
from slowhand.locate.recording import APART, LOST, misfit_of
from slowhand.locate.row_back import believe, smooth_row
from slowhand.locate.tracker import Estimate, copy_estimate, look, touch

HELD_S = 2.5          # a place that was lost again sooner than this may have been wrong
START_PLACE = 0.002   # m added to the place: the search has looked at these fields already
FITTING = 1.0         # smoothed d2 / 3 above this: no longer the same place
JOIN_DOUBT = 1.5      # by how much its sigmas are taken larger where it joins the pass
ELSEWHERE_M = 0.03    # farther apart than this, and than 4 sigmas, are two places
LET_GO_S = 3.0        # without contact for this long, the way back has come to the approach

# What is thought of the place that the pass had, on the way back (bridge.verdict).
GOOD = 0
ASK = 1       # it was given up as wrong in the row behind, and a bridge has come to it
SUSPECT = 2   # it was given up as wrong
WRONG = 3     # and it was


class Bridge(NamedTuple):
    """A way back that may reach from one chunk into the one before."""

    est: Estimate
    books: np.ndarray    # of its own: fit of the field, contact
    last: np.ndarray     # ROWS, the row that it has reached
    active: np.ndarray   # (1,)
    verdict: np.ndarray  # (1,) GOOD, ASK, SUSPECT, WRONG


def new_bridge(size: int, magnets: int) -> Bridge:
    """None under way."""
    empty = np.zeros((0, size + SHIFT)), np.zeros((0, size, size)), np.zeros(0)
    est = Estimate(np.zeros(size + SHIFT), np.zeros((size, size)), empty_map(magnets), *empty)
    return Bridge(est, new_book(), np.zeros(1, ROWS), np.zeros(1, np.int64), np.zeros(1, np.int64))


@kernel
def go_back(rows, rec, tape, way, bridge, n, frames, pars, setup, work, poses):
    """Smooth the rows of a chunk, last to first, into ``poses``, which hold the causal ones."""
    frame, par, verdict = frames[0], pars[0], bridge.verdict
    for i in range(rows.shape[0] - 1, -1, -1):
        pose, f = poses[i], rec.found[i]
        if bridge.active[0]:
            _step_back(rows[i], i, rec, bridge, n, setup, frame, par, work)
        if verdict[0] == ASK:
            verdict[0] = WRONG if bridge.active[0] and _elsewhere(i, rec, bridge) else SUSPECT
        if bridge.active[0] and verdict[0] == GOOD and rec.status[i] == TRACK:
            bridge.active[0] = not hear(i, n, bridge.est.x, bridge.est.cov, JOIN_DOUBT, rec, way)
        if verdict[0] == WRONG:
            _disbelieve(pose)
        else:
            smooth_row(i, rec, tape, way, n, frame, par, pose)
        if bridge.active[0]:
            _believe_bridge(n, bridge, par, work, pose)
        if f >= 0 and verdict[0] != WRONG:
            trusted = verdict[0] == GOOD and rec.found_held_s[f] > HELD_S and way.doubt[0] == 0.0
            bridge.active[0] = pose.located and trusted
            if bridge.active[0]:
                _begin(f, rec, bridge)
        if pose.located:
            pose.x_known = True
        _pass_by(i, rec, way, bridge)
        if bridge.active[0]:
            _reach(rows[i], bridge.last[0])


@inner
def _pass_by(i, rec, way, bridge):
    """What row ``i`` means for the rows before it."""
    if rec.link[i] == LOST:
        bridge.verdict[0] = ASK
    elif rec.link[i] == APART or rec.found[i] >= 0:
        if bridge.verdict[0] == WRONG:
            way.doubt[0] = 0.0
        bridge.verdict[0] = GOOD
        if rec.link[i] == APART:
            bridge.active[0] = 0  # nothing is located before a start


@inner
def _elsewhere(i, rec, bridge):
    x, cov = bridge.est.x, bridge.est.cov
    dx, dy = x[P] - rec.x[i, P], x[P + 1] - rec.x[i, P + 1]
    apart2 = dx * dx + dy * dy
    return apart2 > ELSEWHERE_M**2 and apart2 > 16.0 * max(cov[P, P], cov[P + 1, P + 1])


@inner
def _disbelieve(pose):
    pose.located = False
    pose.x_known = False
    for k in range(3):
        pose.p[k] = math.nan
        pose.v[k] = math.nan
        pose.sigma_p[k] = math.nan


@inner
def _begin(f, rec, bridge):
    copy_estimate(bridge.est.x, bridge.est.cov, rec.found_x[f], rec.found_cov[f])
    spread(bridge.est.cov, np.int64(P), START_PLACE)
    book = bridge.books[0]
    book.nis_fast = 0.05
    book.nis_slow = 0.05
    book.weak_s = 0.0
    book.free_s = 0.0
    book.contact_s = 1.0


@inner
def _reach(row, last):
    last.t_us = row.t_us
    last.motion_ok = row.motion_ok
    last.gap = row.gap
    last.haptic = row.haptic
    for k in range(3):
        last.accel[k] = row.accel[k]
        last.gyro[k] = row.gyro[k]


@inner
def _step_back(row, i, rec, bridge, n, setup, frame, par, work):
    est, book, last = bridge.est, bridge.books[0], bridge.last[0]
    if not last.motion_ok or last.gap or not row.motion_ok:
        bridge.active[0] = 0
        return
    seconds = (last.t_us - row.t_us) * 1e-6
    for k in range(3):
        book.mean_accel[k] = 0.5 * (row.accel[k] + last.accel[k])
        book.mean_gyro[k] = 0.5 * (row.gyro[k] + last.gyro[k])
        book.lever[k] = rec.lever[i, k]
    predict(est.x, est.cov, n, -seconds, book.mean_accel, book.mean_gyro, frame, par, work)
    if last.haptic:
        spread(est.cov, np.int64(V), par.haptic_walk * math.sqrt(seconds))
    book.field_s += seconds
    look(row, est, n, setup, book, frame, par, work)
    book.contact = rec.contact[i]
    touch(est, n, book, frame, par, seconds, work)
    book.free_s = 0.0 if book.contact else book.free_s + seconds
    if max(book.nis_fast, book.nis_slow) > FITTING or book.free_s > LET_GO_S:
        bridge.active[0] = 0


@inner
def _believe_bridge(n, bridge, par, work, pose):
    if pose.located:
        bridge.active[0] = 0
        return
    x, cov, book = bridge.est.x, bridge.est.cov, bridge.books[0]
    for k in range(n):
        work.step[k] = 0.0
    misfit = misfit_of(book, par)
    believe(
        x, work.step, cov[P, P], cov[P + 1, P + 1], cov[P + 2, P + 2], cov[A + 2, A + 2], misfit, False, par, pose
    )
