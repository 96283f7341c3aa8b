"""When the search is over: hypotheses are compared, and the leader is taken for the place or is not."""

from __future__ import annotations

import math

import numpy as np

from slowhand.locate.book import AWAY, TRACK
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BE, N_QUICK, SHIFT, A, P, Q
from slowhand.locate.motion_model import spread

PRUNE = 20.0             # log-likelihood behind the best
SAME_X = 0.006           # m: two hypotheses nearer than this are one
SAME_Y = 0.008
RIVAL = 0.025            # m: farther away than this is another place
NEEDED_LEAD = 5.0        # log-likelihood over the best rival ...
ALONE_LEAD = 6.5         # ... when one magnetometer alone speaks,
ALONE_S = 0.1            # the other having been silent for so long ...
UNSURE_LEAD = 15.0       # ... and after a gap, when nobody knows how the hand turned: then also a longer look,
UNSURE_S = 1.5           # so that gravity has levelled the hypotheses, and one in which the hand moved:
UNSURE_TRAVEL = 0.06     # m
UNSURE_TURN = 0.09       # rad of attitude from where on it is so
X_LEAD = 9.0             # all within so much of the leader count when x alone is to be told
FITTING_NIS = 0.8        # mean of d2 / 3: the right place has 0.1-0.5, as most of the noise is doubt of the map
MAX_SEARCH_S = 5.0       # then start over
OUTSIDE_X = 0.26         # m: no back is wider
OUTSIDE_Y = 0.20         # m beyond the strip's ends
ADOPTED_PLACE = 0.004    # m added to an accepted place: its own covariance counts one map error many times
ADOPTED_TURN = 0.006     # rad


@kernel
def compare(bank, book, frame):
    """Prune, merge, and find the leader and its lead over the best rival at another place."""
    spare = bank.score.shape[0] - 1
    best = 0
    for k in range(spare):
        if _off_the_body(bank.x[k], frame):
            bank.score[k] = -math.inf
        if bank.score[k] > bank.score[best]:
            best = k
    top = bank.score[best]
    for k in range(spare):
        if bank.score[k] < top - PRUNE:
            bank.score[k] = -math.inf
    for k in range(spare):
        if bank.score[k] == -math.inf:
            continue
        for j in range(k + 1, spare):
            if bank.score[j] > -math.inf and _same(bank.x[k], bank.x[j]):
                loser = j if bank.score[j] <= bank.score[k] else k
                bank.score[loser] = -math.inf
                if loser == k:
                    break
    book.alive = 0
    rival = top - PRUNE
    for k in range(spare):
        if bank.score[k] == -math.inf:
            continue
        book.alive += 1
        dx, dy = bank.x[k, P] - bank.x[best, P], bank.x[k, P + 1] - bank.x[best, P + 1]
        if dx * dx + dy * dy > RIVAL**2:
            rival = max(rival, bank.score[k])
    book.best = best
    book.lead = top - rival


@kernel
def agree_on_x(bank, book, par):
    """Do all hypotheses that are still in the running lie at one x? Then x alone is told, y being open."""
    book.x_alone = 0
    best = book.best
    if best < 0 or not book.settled or book.unsure or bank.nis[best] > FITTING_NIS:
        return
    top = bank.score[best]
    low, high, weights, mean = math.inf, -math.inf, 0.0, 0.0
    for k in range(bank.score.shape[0] - 1):
        if bank.score[k] < top - X_LEAD:
            continue
        x = bank.x[k, P]
        low, high = min(low, x), max(high, x)
        weight = math.exp(bank.score[k] - top)
        weights += weight
        mean += weight * x
    book.x_aside = mean / weights - bank.x[best, P]
    farthest = max(high - mean / weights, mean / weights - low)
    # Two sigmas hold every one of them.
    book.x_sigma = math.sqrt(bank.cov[best, P, P] + ADOPTED_PLACE**2 + 0.25 * farthest * farthest)
    book.x_alone = book.x_sigma <= par.located_sigma


@inner
def _off_the_body(x, frame):
    return abs(x[P]) > OUTSIDE_X or x[P + 1] < -OUTSIDE_Y or x[P + 1] > frame.length + OUTSIDE_Y


@inner
def _same(x, other):
    if abs(x[P] - other[P]) > SAME_X or abs(x[P + 1] - other[P + 1]) > SAME_Y:
        return False
    aligned = 0.0
    for i in range(4):
        aligned += x[Q + i] * other[Q + i]
    return abs(aligned) > 0.997  # nine degrees


@kernel
def decide(est, n, bank, book, par):
    """Accept the leader when it stands alone and fits; start over when time is up; go back to waiting when let go."""
    if book.free_s > 1.5:
        book.status = AWAY
        return
    best = book.best
    if best < 0 or not book.settled:
        return
    cov = bank.cov[best]
    sure = math.sqrt(max(cov[P, P], cov[P + 1, P + 1])) < 0.8 * par.located_sigma
    alone = max(book.last_field_s[0], book.last_field_s[1]) > ALONE_S
    needed = ALONE_LEAD if alone else NEEDED_LEAD
    if book.unsure:
        needed = UNSURE_LEAD
        turn = max(cov[A, A], cov[A + 1, A + 1], cov[A + 2, A + 2])
        moved = book.free_bank_s > UNSURE_S and book.travel > UNSURE_TRAVEL
        sure = sure and moved and turn < UNSURE_TURN**2
    if book.lead > needed and bank.nis[best] < FITTING_NIS and sure:
        adopt(est, n, best, bank, book)
    elif book.search_s > MAX_SEARCH_S:
        book.status = AWAY  # still in contact: the next row begins a new search


@kernel
def adopt(est, n, best, bank, book):
    """The leader's place, motion, attitude and biases become the estimate; the map stays as it was."""
    for i in range(N_QUICK + SHIFT):
        est.x[i] = bank.x[best, i]
    for i in range(N_QUICK):
        for j in range(n):
            est.cov[i, j] = 0.0
            est.cov[j, i] = 0.0
    for i in range(N_QUICK):
        for j in range(N_QUICK):
            est.cov[i, j] = bank.cov[best, i, j]
    for i in range(3):
        est.cov[P + i, P + i] *= 2.0
    spread(est.cov, np.int64(P), ADOPTED_PLACE)
    spread(est.cov, np.int64(A), ADOPTED_TURN)
    spread(est.cov, np.int64(BE), 0.5)
    book.nis_fast = 0.05
    book.nis_slow = 0.05
    book.height_z = 0.3
    book.weak_s = 0.0
    book.good_s = 0.0
    book.snapshot_s = 0.0
    book.status = TRACK
