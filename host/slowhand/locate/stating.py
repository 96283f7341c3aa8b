"""How well a place is known, as it is told: standard deviations that can be believed, and whether a place is one at all."""

from __future__ import annotations

import math

from slowhand.locate.acceptance import ALONE_S
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import P
from slowhand.locate.tracker import LASTING_S

LEARNED_S = 100.0
CREEP_S = 300.0          # a ribbon that has not slipped by then, warm and pressed down, has settled
COASTING_S = 0.2   # without field: then motion alone carries the place


@kernel
def place_sigmas(x, cov, book, frame, par, sigmas):
    """The stated standard deviations of x, y and z, m, into ``sigmas`` (3,), of the place in the state ``x``."""
    # The filter doubts the map more than most worlds deserve; what is off in the others shows in what lasts.
    share_x, share_y = _coasting(par.stated_x, par.stated_coasting, book), _coasting(par.stated_y, par.stated_coasting, book)
    beyond = min(1.0, (x[P] / par.reach) ** 2)
    floor_x = par.floor_x * _of_full(par.floor_spine_x, beyond)
    floor_y = par.floor_y * _of_full(par.floor_spine_y, beyond)
    lasting_x = par.lasting_x * _of_full(par.lasting_spine_x, beyond)
    lasting_y = par.lasting_y * _of_full(par.lasting_spine_y, beyond)
    own_x = own_sigma(cov[P, P], share_x, floor_x, par.nis_stated_x, book)
    own_y = own_sigma(cov[P + 1, P + 1], share_y, floor_y, par.nis_stated_y, book)
    own_z = own_sigma(cov[P + 2, P + 2], share_y, floor_y, par.nis_stated_y, book)
    sigmas[0] = stated(own_x, lasting_x, par.knee_x, par.unlearned_x, par.creep_x, book, frame)
    sigmas[1] = stated(own_y, lasting_y, par.knee_y, par.unlearned_y, par.creep_y, book, frame)
    sigmas[2] = stated(own_z, lasting_y, par.knee_y, par.unlearned_y, 0.0, book, frame)
    if max(book.last_field_s[0], book.last_field_s[1]) > ALONE_S:
        for i in range(3):
            sigmas[i] *= par.stated_alone


@inner
def _of_full(spine, beyond):
    """Share of a deviation of which ``spine`` remains above the spine: its square grows with ``beyond``, 0 to 1."""
    return math.sqrt(spine * spine + (1.0 - spine * spine) * beyond)


@inner
def _coasting(share, coasting_share, book):
    """A share of the filter's deviation: another one once no field has been seen for a while."""
    return share + min(1.0, book.field_s / COASTING_S) * (coasting_share - share)


@kernel
def own_sigma(variance, share, floor, nis, book):
    """The filter's own part of a stated sigma: a ``share`` of its deviation, larger while the field does not fit."""
    return math.hypot(share * math.sqrt(variance), floor) * max(1.0, max(book.nis_fast, book.nis_slow) / nis)


@kernel
def stated(sigma, lasting, knee, unlearned, creep, book, frame):
    """A standard deviation as it is reported: never better than the fit of the field lets one believe.

    Independent parts: the filter's own ``sigma`` (`own_sigma`); ``lasting`` (m), what a place may lastingly be off where
    the field lastingly is: half its square at an excess of ``knee`` over a plain world's; what
    of start and map has not been learned yet (``unlearned``, m, gone after `LEARNED_S`); and how far the ribbon may have
    crept on the skin since the start (``creep``, m, after `CREEP_S`), which no field can tell.
    """
    excess = max(0.0, book.lasting / frame.odd_stated - 1.0)
    off = lasting * lasting * excess / (excess + knee)
    since = book.since_start_s
    crept = creep * creep * min(1.0, since / CREEP_S)
    early = unlearned * unlearned * max(0.0, 1.0 - since / LEARNED_S)
    return math.sqrt(sigma * sigma + off + early + crept)


@kernel
def vouched(cov, book, frame, par):
    """Whether the place is vouched for: the filter's own sigmas, its doubt of the map included, are small enough.

    A place that is stated to a few millimetres in a world as expected is still not to be called one while the filter
    would not be surprised to be far off.
    """
    misfit = max(1.0, max(book.nis_fast, book.nis_slow) / par.nis_vouched)
    # In the first seconds it is the map that has not been learned, and no odd world.
    known = book.lasting_s / LASTING_S
    odd = 1.0 + known * (min(2.0, max(1.0, (book.lasting / frame.odd) ** 0.35)) - 1.0)
    most = par.located_sigma / (misfit * odd)
    share_x = _coasting(par.vouched_x, par.vouched_coasting, book)
    share_y = _coasting(par.vouched_y, par.vouched_coasting, book)
    return share_x * math.sqrt(cov[P, P]) <= most and share_y * math.sqrt(cov[P + 1, P + 1]) <= most
