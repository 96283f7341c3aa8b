"""The locator's row-by-row kernel: which part acts on a row, and what is reported of it."""

from __future__ import annotations

import math

from slowhand.locate.acceptance import agree_on_x, compare, decide
from slowhand.locate.book import AWAY, SEARCH, SOLVE, TRACK, WAIT
from slowhand.locate.contact import feel
from slowhand.locate.field_map import build_map
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BG, SHIFT, A, P, Q, V
from slowhand.locate.pose import Mode, Phase
from slowhand.locate.rotation import turn_in_hand
from slowhand.locate.search import SETTLE_S, begin, level_enough, run_bank, score_grid, settle
from slowhand.locate.start_watch import begin_again, watch
from slowhand.locate.stating import own_sigma, place_sigmas, vouched
from slowhand.locate.tracker import bound, carry, doubt, judge, look, touch

STRIP_MODE = int(Mode.STRIP)
RUNNING = int(Phase.RUNNING)
AWAIT_AWAY = int(Phase.AWAIT_AWAY)
AWAIT_START_POSE = int(Phase.AWAIT_START_POSE)
TIDY_ROWS = 8


@kernel
def run(rows, poses, first, n, seated, est, bank, setup, books, starts, frames, pars, work):
    """Take in ``rows`` from ``first`` on, writing ``poses``; returns the row after the last one taken in.

    Stops early, after writing nothing for that row, while the start is being solved for (book.status SOLVE): the
    caller does a row's share of that and calls ``report`` for the row before it goes on behind it.
    """
    book, start, frame, par = books[0], starts[0], frames[0], pars[0]
    for i in range(first, rows.shape[0]):
        row = rows[i]
        if book.status == SOLVE:
            rest_on(row, setup, book, start)
            return i
        if book.status == WAIT:
            wait(row, seated, setup, book, start, work)
            if book.status == SOLVE:
                return i
        else:
            advance(row, n, est, bank, setup, book, frame, par, work)
            if book.status == AWAY and book.trial_s > 0.0:
                begin_again(start)
                book.status = WAIT
        report(row, poses[i], est, book, start, frame, par)
    return rows.shape[0]


@kernel
def wait(row, seated, setup, book, start, work):
    """One row before the start procedure is complete."""
    seconds = _note(row, setup, book)
    watch(row, seconds, seated, book, start, work)
    if start.pose_ready:
        start.pose_ready = 0
        start.turned[0], start.turned[1], start.turned[2], start.turned[3] = 1.0, 0.0, 0.0, 0.0
        start.turned_s = 0.0
        book.status = SOLVE


@kernel
def rest_on(row, setup, book, start):
    """One row while the start is solved for: the hand rests on, and the gyroscope tells how it turns all the same."""
    seconds = _note(row, setup, book)
    start.turned_s += seconds
    if row.motion_ok:
        turn_in_hand(
            start.turned, (row.gyro[0] - start.bias[0]) * seconds, (row.gyro[1] - start.bias[1]) * seconds,
            (row.gyro[2] - start.bias[2]) * seconds,
        )


@inner
def _note(row, setup, book):
    """Keep what later rows need of this one; returns the seconds since the last."""
    seconds = (row.t_us - book.t_us) * 1e-6 if book.seen > 0 else 0.0
    book.seen += 1
    book.t_us = row.t_us
    feel(row, setup.pads, seconds, book)
    book.has_last = row.motion_ok
    for i in range(3):
        book.last_accel[i] = row.accel[i]
        book.last_gyro[i] = row.gyro[i]
    return seconds


@kernel
def advance(row, n, est, bank, setup, book, frame, par, work):
    """One row after it."""
    seconds = carry(row, est, n, book, frame, par, work)
    book.since_start_s += seconds
    feel(row, setup.pads, seconds, book)
    _remember_fields(row, seconds, book)
    if book.status == TRACK:
        look(row, est, n, setup, book, frame, par, work)
        touch(est, n, book, frame, par, seconds, work)
        doubt(est, seconds, book, par)
        judge(est, n, seconds, book, par)
        book.trial_s = max(0.0, book.trial_s - seconds)
    else:
        book.away_s += seconds
        bound(est, n, seconds, book, frame, par, work)
        if book.status == AWAY and book.contact and book.contact_s > 0.04 and level_enough(est.cov, frame):
            build_map(est.x, setup.ribbon, est.field_map)
            begin(est, bank, book)
        if book.status == SEARCH:
            _search(row, seconds, n, est, bank, setup, book, frame, par, work)


@inner
def _remember_fields(row, seconds, book):
    for k in range(2):
        book.last_field_s[k] += seconds
        book.look_s[k] = 0.0
        if row.field_new[k] and not row.haptic and math.isfinite(row.field[k, 0] + row.field[k, 1] + row.field[k, 2]):
            book.look_s[k] = min(book.last_field_s[k], 0.1)
            book.last_field_s[k] = 0.0
            for i in range(3):
                book.last_field[k, i] = row.field[k, i]


@inner
def _search(row, seconds, n, est, bank, setup, book, frame, par, work):
    book.search_s += seconds
    if book.grid >= 0:
        score_grid(est, bank, setup, book, frame, par, work)
        return
    book.height_s += seconds
    if row.motion_ok and not row.gap:
        run_bank(row, seconds, est, bank, setup, book, frame, par, work)
    elif seconds > 0.1:
        book.status = AWAY
        return
    book.free_bank_s += seconds
    fresh = book.last_field_s[0] == 0.0 or book.last_field_s[1] == 0.0
    if not book.settled and fresh and book.free_bank_s > SETTLE_S:
        settle(est, bank, setup, book, frame, par, work)
        book.settled = 1
        book.tidy = TIDY_ROWS
    book.tidy += 1
    if book.tidy >= TIDY_ROWS:
        book.tidy = 0
        compare(bank, book, frame)
        agree_on_x(bank, book, par)
        decide(est, n, bank, book, par)
    if book.x_alone:
        book.x = bank.x[book.best, P] + book.x_aside


@kernel
def report(row, pose, est, book, start, frame, par):
    """Write what is known after this row. What is not known is NaN."""
    x, cov = est.x, est.cov
    started = book.status >= TRACK
    tracking = book.status == TRACK
    pose.t_us = row.t_us
    pose.mode = STRIP_MODE
    pose.phase = RUNNING if started else (AWAIT_START_POSE if start.away_ready else AWAIT_AWAY)
    place_sigmas(x, cov, book, frame, par, pose.sigma_p)
    sure = vouched(cov, book, frame, par) and max(pose.sigma_p[0], pose.sigma_p[1]) <= par.located_sigma
    pose.located = tracking and sure
    alone = book.status == SEARCH and book.x_alone
    pose.x_known = pose.located or alone
    for i in range(3):
        pose.p[i] = x[P + i] if tracking else math.nan
        pose.v[i] = x[V + i] if tracking else math.nan
        pose.omega[i] = row.gyro[i] - (x[BG + SHIFT + i] if started else 0.0)
        if not tracking:
            pose.sigma_p[i] = math.nan
        if not row.motion_ok:
            pose.omega[i] = math.nan
    if alone:
        pose.p[0], pose.sigma_p[0] = book.x, book.x_sigma
    for i in range(4):
        pose.q[i] = x[Q + i] if started else math.nan
    yaw = own_sigma(cov[A + 2, A + 2], par.stated_yaw, 0.0, par.nis_stated_x, book)
    pose.sigma_yaw = yaw if started else math.nan
