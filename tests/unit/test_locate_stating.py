"""What is stated of a place: how it depends on where the hand is, on the fit of the field and on time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.locate.book import new_book
from slowhand.locate.layout import P, error_size
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.prior import fresh_state
from slowhand.locate.stating import place_sigmas

MAGNETS = 16
LATE_S = 600.0


def sigmas_mm(across_mm: float = 60.0, sigma_mm: float = 5.0, *, posture: str = "prone", **book_fields: float) -> np.ndarray:
    """Stated sigmas of x, y, z, mm, with the filter's own ``sigma_mm`` on each axis."""
    parameters = Parameters()
    x, cov = fresh_state(MAGNETS), np.zeros((error_size(MAGNETS),) * 2)
    x[P] = across_mm / 1000.0
    cov[range(P, P + 3), range(P, P + 3)] = (sigma_mm / 1000.0) ** 2
    book = new_book()
    book["last_field_s"], book["since_start_s"] = 0.005, LATE_S
    for name, value in book_fields.items():
        book[name] = value
    out = np.zeros(3)
    place_sigmas(x, cov, book[0], frame_of(posture, 0.45, 0.002, parameters)[0], packed(parameters)[0], out)
    return 1000.0 * out


@given(st.floats(0.0, 200.0), st.floats(0.0, 200.0), st.floats(0.0, 5.0), st.sampled_from(["prone", "seated"]))
def test_a_place_farther_from_the_spine_is_never_stated_better(one_mm, other_mm, lasting, posture):
    near, far = (sigmas_mm(x, lasting=lasting, posture=posture) for x in sorted((one_mm, other_mm)))
    assert (near <= far + 1e-9).all()


@given(st.floats(0.0, 200.0), st.sampled_from(["prone", "seated"]))
def test_both_sides_of_the_back_are_stated_alike(across_mm, posture):
    assert sigmas_mm(across_mm, posture=posture) == pytest.approx(sigmas_mm(-across_mm, posture=posture))


@pytest.mark.parametrize("posture", ["prone", "seated"])
def test_a_field_that_lastingly_does_not_fit_is_told_most_of_all_far_from_the_spine(posture):
    plain, odd = (np.array([sigmas_mm(x, posture=posture, lasting=off)[:2] for x in (10.0, 140.0)]) for off in (0.0, 2.0))
    more = np.sqrt(odd**2 - plain**2)
    assert (more[1] > 4.0).all() and (more[0] < 0.5 * more[1]).all()
    assert (odd < 15.0).all()   # it alone takes no place away from the coach: that is what `vouched` is for


def test_what_has_not_been_learned_and_what_may_have_crept():
    first, learned, crept = (sigmas_mm(since_start_s=s)[:2] for s in (0.0, 100.0, 300.0))
    assert (first > sigmas_mm(since_start_s=60.0)[:2]).all()
    assert (crept > learned).all() and sigmas_mm(since_start_s=3000.0)[:2] == pytest.approx(crept)


def test_one_magnetometer_and_a_place_without_field_are_stated_worse():
    both = sigmas_mm()[:2]
    alone = sigmas_mm(last_field_s=np.array([0.005, 1e3]))[:2]
    assert (alone > both).all()
    coasting = sigmas_mm(field_s=1.0)[:2]
    assert (coasting >= 5.0).all()   # nothing but the filter's own sigma is known then
