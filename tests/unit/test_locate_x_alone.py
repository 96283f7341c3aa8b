"""x alone is told when all hypotheses that are still in the running lie at one x, whatever their y."""

import numpy as np
import pytest

from slowhand.locate.acceptance import agree_on_x
from slowhand.locate.book import new_book
from slowhand.locate.layout import N_QUICK, P, error_size
from slowhand.locate.parameters import Parameters, packed
from slowhand.locate.search import new_bank

PAR = packed(Parameters())[0]


def searching(places: list[tuple[float, float, float]]) -> tuple:
    """A settled search with hypotheses at (x m, y m, log-likelihood behind the best)."""
    bank, books = new_bank(error_size(16)), new_book()
    for k, (x, y, behind) in enumerate(places):
        bank.x[k, P], bank.x[k, P + 1], bank.score[k], bank.nis[k] = x, y, -behind, 0.2
        bank.cov[k] = np.eye(N_QUICK) * 0.003**2
    book = books[0]
    book["best"], book["settled"] = 0, 1
    return bank, books


@pytest.mark.parametrize("places", [
    [(0.010, 0.10, 0.0), (0.013, 0.31, 1.0)],
    [(-0.040, 0.10, 0.0), (-0.040, 0.25, 0.5), (0.090, 0.10, 30.0)],   # who is beaten has no say
])
def test_rivals_at_one_x_tell_it(places) -> None:
    bank, books = searching(places)
    agree_on_x(bank, books[0], PAR)
    told = bank.x[0, P] + books["x_aside"][0]
    assert books["x_alone"][0]
    running = [x for x, _, behind in places if behind < 9.0]
    assert min(running) <= told <= max(running)
    assert all(abs(x - told) <= 2.0 * books["x_sigma"][0] for x in running)


@pytest.mark.parametrize("spoil", ["another x", "unsettled", "misfit", "turn unknown"])
def test_otherwise_it_is_not_told(spoil: str) -> None:
    bank, books = searching([(0.01, 0.1, 0.0), (0.012, 0.3, 1.0)])
    if spoil == "another x":
        bank.x[1, P] = 0.09
    elif spoil == "unsettled":
        books["settled"] = 0
    elif spoil == "misfit":
        bank.nis[0] = 2.0
    else:
        books["unsure"] = 1
    agree_on_x(bank, books[0], PAR)
    assert not books["x_alone"][0]
