"""Finding the hand again: hypotheses start on a grid over the back and compete until one stands alone.

Each is a small filter (``N_QUICK`` states) on the map as it was last known to be good. Scoring the grid is spread over
rows, so that no single row takes long.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.acceptance import ALONE_S, UNSURE_TURN
from slowhand.locate.book import SEARCH
from slowhand.locate.contact_model import height_innovation
from slowhand.locate.correction import correct
from slowhand.locate.field_model import field_innovation
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import MAGNETS, N_QUICK, PER_MAGNET, SHIFT, A, P, Q, V
from slowhand.locate.motion_model import predict
from slowhand.locate.rotation import turn_in_back
from slowhand.locate.tracker import copy_estimate

KEPT = 140               # hypotheses after the grid
CHUNK = 150              # grid points scored per row: about half a millisecond
STEP = 0.015             # m between grid points
REACH_X = 0.21           # m to either side
BEYOND = 0.07            # m beyond the strip's ends
LEVELS = 2
LEVEL_STEP = 0.016       # m between them
YAW_STEP = 0.35          # rad
NOISE_UT = 0.7
MAP_FIRST = 0.20         # share of the strip's field not to be believed on a grid of centimetres;
SETTLE_S = 0.15          # after this only what the map's own covariance and the sensors' iron leave open
SENSOR_SHARE = 0.02      # soft iron and alignment
CAREFUL = 1.45           # times both, when there is less to go by
LOOK_M = 0.006           # looks nearer together than this see the same error of the map


class Bank(NamedTuple):
    """The competing hypotheses. K = ``KEPT`` + 1; the last one is where the grid is scored."""

    x: np.ndarray       # (K, N + 1)
    cov: np.ndarray     # (K, 18, 18)
    score: np.ndarray   # (K,) log-likelihood; -inf where there is none
    nis: np.ndarray     # (K,) smoothed d2 / 3
    cell: np.ndarray    # (K,) which grid place it came from


def new_bank(size: int) -> Bank:
    """Room for the hypotheses of an error state of ``size``."""
    k = KEPT + 1
    return Bank(
        np.zeros((k, size + SHIFT)), np.zeros((k, N_QUICK, N_QUICK)), np.full(k, -np.inf), np.zeros(k),
        np.zeros(k, np.int64),
    )


@kernel
def begin(est, bank, book):
    """Start a search from the estimate's attitude, biases, earth field and map."""
    for k in range(bank.score.shape[0]):
        bank.score[k] = -math.inf
    for s in range(2):
        book.grid_has[s] = book.last_field_s[s] < 0.03
        for i in range(3):
            book.grid_field[s, i] = book.last_field[s, i]
    for i in range(4):
        book.grid_q[i] = est.x[Q + i]
    for i in range(2):
        book.prior_p[i] = est.x[P + i]
        book.prior_s[i] = math.sqrt(est.cov[P + i, P + i]) + STEP
    book.grid = 0
    book.alive = 0
    book.best = -1
    book.lead = 0.0
    book.search_s = 0.0
    book.free_bank_s = 0.0
    book.settled = 0
    book.x_alone = 0
    book.travel = 0.0
    turn2 = max(est.cov[A, A], est.cov[A + 1, A + 1], est.cov[A + 2, A + 2])
    book.unsure = turn2 > UNSURE_TURN**2
    book.tidy = 0
    book.status = SEARCH


@inner
def _axis(low, high, step):
    return round((high - low) / step) + 1


@kernel
def upright_axis(frame):
    """The axis of the back frame along which gravity pulls: turning about it is what gravity cannot tell."""
    return 1 if abs(frame.gravity[1]) > abs(frame.gravity[2]) else 2


@kernel
def level_enough(cov, frame):
    """Has gravity levelled the attitude well enough (after a gap) for a search to make sense?"""
    free = upright_axis(frame)
    return max(cov[A, A], cov[A + 3 - free, A + 3 - free]) < UNSURE_TURN**2


@kernel
def grid_points(frame, free, cov):
    """How many places along x and y, and how many headings, the grid has; ``free`` is the axis of gravity."""
    sigma_yaw = math.sqrt(cov[A + free, A + free])
    yaws = 1
    if sigma_yaw > 0.5 * YAW_STEP:
        yaws = 2 * math.ceil(min(2.5 * sigma_yaw, math.pi) / YAW_STEP) + 1
    columns = _axis(-REACH_X, REACH_X, STEP)
    lines = _axis(-BEYOND, frame.length + BEYOND, STEP)
    return columns, lines, yaws


@kernel
def score_grid(est, bank, setup, book, frame, par, work):
    """Score the next ``CHUNK`` points of the grid and keep the best ones; at its end the hypotheses are set free."""
    free = upright_axis(frame)
    columns, lines, yaws = grid_points(frame, free, est.cov)
    per_place = LEVELS * yaws
    total = columns * lines * per_place
    stop = min(total, book.grid + CHUNK)
    spare = bank.score.shape[0] - 1
    for g in range(book.grid, stop):
        place, variant = g // per_place, g % per_place
        px = -REACH_X + STEP * (place % columns)
        py = -BEYOND + STEP * (place // columns)
        level = (variant % LEVELS - 0.5 * (LEVELS - 1)) * LEVEL_STEP
        yaw = (variant // LEVELS - (yaws - 1) // 2) * YAW_STEP
        _place_at(spare, px, py, level, yaw if yaws > 1 else math.nan, est, bank, book, frame, par, work)
        score = _look_twice(spare, bank, est, setup, book, frame, par, work)
        score += _prior_score(px, py, book)
        _keep(spare, place, score, bank)
    book.grid = stop
    if stop == total:
        book.grid = -1
        _set_free(est, bank, book)


@inner
def _place_at(k, px, py, level, yaw, est, bank, book, frame, par, work):
    """Make hypothesis ``k``: the touching hand at (px, py), ``level`` above where the skin should be."""
    x, cov = bank.x[k], bank.cov[k]
    for i in range(x.shape[0]):
        x[i] = est.x[i]
    for i in range(4):
        x[Q + i] = book.grid_q[i]
    for i in range(N_QUICK):
        for j in range(N_QUICK):
            cov[i, j] = est.cov[i, j] if i >= A and j >= A else 0.0
    if math.isfinite(yaw):
        free = upright_axis(frame)
        turn_in_back(x[Q : Q + 4], 0.0, yaw if free == 1 else 0.0, yaw if free == 2 else 0.0)
        for j in range(N_QUICK):
            cov[A + free, j] = 0.0
            cov[j, A + free] = 0.0
        cov[A + free, A + free] = (0.4 * YAW_STEP) ** 2
    x[P], x[P + 1], x[P + 2] = px, py, 0.0
    height_innovation(x, np.int64(N_QUICK), book.lever, frame, par, work)
    x[P + 2] = work.nu[0] + level
    for i in range(3):
        x[V + i] = 0.0
        cov[P + i, P + i] = 0.007**2
        cov[V + i, V + i] = 0.20**2
    cov[P + 2, P + 2] = 0.008**2


@inner
def _look_twice(k, bank, est, setup, book, frame, par, work):
    score = 0.0
    noise = careful(book) * NOISE_UT
    for s in range(2):
        if book.grid_has[s]:
            score += _look(k, s, book.grid_field[s], noise, MAP_FIRST, bank, est, setup, frame, work)[1]
    return score


@inner
def _look(k, s, seen, noise, share, bank, est, setup, frame, work):
    x, cov = bank.x[k], bank.cov[k]
    strip2 = field_innovation(
        x, np.int64(N_QUICK), s, seen, setup.levers[s], setup.ribbon, est.field_map, frame, work
    )
    variance = noise * noise + share * share * strip2
    return correct(x, cov, np.int64(N_QUICK), np.int64(3), variance, 16.0, work)


@kernel
def settle(est, bank, setup, book, frame, par, work):
    """Score every hypothesis anew, now that it has found its place: how well do this moment's field and contact fit?

    Freedom in attitude, earth field and biases is what the estimate had before it met any field: a wrong place that bent
    them to fit pays for it here.
    """
    spare = bank.score.shape[0] - 1
    share, noise = _map_doubt(est.cov, book), careful(book) * NOISE_UT
    x, cov = bank.x[spare], bank.cov[spare]
    free = A + upright_axis(frame)
    free_yaw = est.cov[free, free] > (0.5 * YAW_STEP) ** 2
    for k in range(spare):
        if bank.score[k] == -math.inf:
            continue
        own = bank.x[k]
        for i in range(x.shape[0]):
            x[i] = own[i] if i < V or (free_yaw and Q <= i < Q + 4) else est.x[i]
        for i in range(N_QUICK):
            for j in range(N_QUICK):
                cov[i, j] = est.cov[i, j] if i >= A and j >= A else 0.0
        for i in range(3):
            cov[P + i, P + i] = 0.01**2
            cov[V + i, V + i] = 0.2**2
        cov[P + 2, P + 2] = 0.03**2
        score = _prior_score(x[P], x[P + 1], book)
        for s in range(2):
            if book.last_field_s[s] < 0.03:
                score += _look(spare, s, book.last_field[s], noise, share, bank, est, setup, frame, work)[1]
        variance = height_innovation(x, np.int64(N_QUICK), book.lever, frame, par, work)
        score += correct(x, cov, np.int64(N_QUICK), np.int64(1), variance, 9.0, work)[1]
        bank.score[k] = score


@inner
def _prior_score(px, py, book):
    # The filter's own last idea of the place counts, but a hand may have been carried anywhere.
    d2 = ((px - book.prior_p[0]) / book.prior_s[0]) ** 2 + ((py - book.prior_p[1]) / book.prior_s[1]) ** 2
    return -0.5 * min(d2, 16.0)


@inner
def _keep(spare, cell, score, bank):
    """Keep the hypothesis in ``spare`` if it is the best of its cell so far and good enough."""
    worst = 0
    for k in range(spare):
        if bank.score[k] > -math.inf and bank.cell[k] == cell:
            if score <= bank.score[k]:
                return
            worst = k
            break
        if bank.score[k] < bank.score[worst]:
            worst = k
    if score > bank.score[worst]:
        copy_estimate(bank.x[worst], bank.cov[worst], bank.x[spare], bank.cov[spare])
        bank.score[worst] = score
        bank.cell[worst] = cell
        bank.nis[worst] = 0.5


@inner
def _set_free(est, bank, book):
    """The grid was scored with an attitude some rows old: turn every hypothesis as the hand has turned since."""
    before, now = book.grid_q, est.x[Q : Q + 4]
    # between = before^-1 * now
    w = before[0] * now[0] + before[1] * now[1] + before[2] * now[2] + before[3] * now[3]
    i = before[0] * now[1] - before[1] * now[0] - before[2] * now[3] + before[3] * now[2]
    j = before[0] * now[2] + before[1] * now[3] - before[2] * now[0] - before[3] * now[1]
    k = before[0] * now[3] - before[1] * now[2] + before[2] * now[1] - before[3] * now[0]
    for h in range(bank.score.shape[0] - 1):
        q = bank.x[h, Q : Q + 4]
        a, b, c, d = q[0], q[1], q[2], q[3]
        q[0] = a * w - b * i - c * j - d * k
        q[1] = a * i + b * w + c * k - d * j
        q[2] = a * j - b * k + c * w + d * i
        q[3] = a * k + b * j - c * i + d * w
        book.alive += bank.score[h] > -math.inf
    bank.score[bank.score.shape[0] - 1] = -math.inf


@kernel
def run_bank(row, seconds, est, bank, setup, book, frame, par, work):
    """Carry every hypothesis to this row and let it meet this row's fields and contact."""
    touching = book.contact and book.contact_s > 0.04 and book.height_s >= par.height_period_s
    weight = _news(bank, book) / careful(book)
    later, noise = _map_doubt(est.cov, book), careful(book) * NOISE_UT
    share = later + (MAP_FIRST - later) * max(0.0, 1.0 - book.free_bank_s / SETTLE_S)
    for k in range(bank.score.shape[0] - 1):
        if bank.score[k] == -math.inf:
            continue
        x, cov = bank.x[k], bank.cov[k]
        predict(x, cov, np.int64(N_QUICK), seconds, book.mean_accel, book.mean_gyro, frame, par, work)
        for s in range(2):
            if book.look_s[s] > 0.0:
                d2, loglik = _look(k, s, book.last_field[s], noise, share, bank, est, setup, frame, work)
                bank.score[k] += weight * max(loglik, loglik + 0.5 * (d2 - 40.0))
                bank.nis[k] += 0.04 * (min(d2, 40.0) / 3.0 - bank.nis[k])
        if touching:
            variance = height_innovation(x, np.int64(N_QUICK), book.lever, frame, par, work)
            d2, loglik = correct(x, cov, np.int64(N_QUICK), np.int64(1), variance, 9.0, work)
            bank.score[k] += weight * max(loglik, loglik + 0.5 * (d2 - 16.0))
    if touching:
        book.height_s = 0.0
    if book.best >= 0:
        lead = bank.x[book.best]
        book.travel += seconds * math.sqrt(lead[V] ** 2 + lead[V + 1] ** 2)


@kernel
def careful(book):
    """How much less a look is to be trusted: when nobody knows how the hand turned, or one magnetometer speaks alone."""
    alone = max(book.last_field_s[0], book.last_field_s[1]) > ALONE_S
    return CAREFUL if alone or book.unsure else 1.0


@inner
def _map_doubt(cov, book):
    """Share of the strip's field that is not to be believed: what the magnets' moments and sensors leave open."""
    total, count = 0.0, 0
    for i in range(MAGNETS, cov.shape[0], PER_MAGNET):
        total += (cov[i, i] + cov[i + 1, i + 1] + cov[i + 2, i + 2]) / 3.0
        count += 1
    return math.sqrt((careful(book) * SENSOR_SHARE) ** 2 + total / max(count, 1))


@inner
def _news(bank, book):
    """How much a look is worth: repeated looks at one place are not new evidence."""
    speed = 0.1
    if book.best >= 0:
        x = bank.x[book.best]
        speed = math.sqrt(x[V] ** 2 + x[V + 1] ** 2 + x[V + 2] ** 2)
    return min(0.5, max(0.02, 0.5 * speed * max(book.look_s[0], book.look_s[1]) / LOOK_M))
