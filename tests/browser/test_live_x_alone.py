"""A hand of which only x is known: a band instead of a hand, words that say so, and nothing green."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import SIZES
from tests.browser.test_live_page import GREEN, meter

# Where things lie across the picture of the back, in its own millimetres: the receiver's left is negative there.
ACROSS = """(selector) => [...document.querySelectorAll(selector)]
  .filter((e) => e.checkVisibility({checkVisibilityCSS: true}))
  .map((e) => { const box = e.getBoundingClientRect(), m = e.ownerSVGElement.getScreenCTM();
    return [(box.left - m.e) / m.a, (box.right - m.e) / m.a, box.height]; })"""


@pytest.mark.parametrize("size", ["phone", "tablet-portrait"])
def test_a_band_shows_how_far_from_the_spine_and_no_hand_is_drawn(open_page, size):
    page = open_page("x_alone", SIZES[size], still=True)
    expect(page.locator("[data-part=hand]")).to_be_hidden()
    expect(page.locator("[data-part=cop]")).to_be_hidden()
    [[left, right, height]] = page.evaluate(ACROSS, ".band rect")
    assert (left, right) == (pytest.approx(-44 - 9, abs=2), pytest.approx(-44 + 9, abs=2))   # two sigma of 4.5 mm
    assert height >= page.locator(".map").bounding_box()["height"] * 0.9
    lines = page.evaluate(ACROSS, ".band-pad")
    assert len(lines) == 6 and all(-110 < a < 20 for a, _, _ in lines)
    expect(page.locator(".map-note")).to_contain_text("Height on the back unknown")
    expect(page.locator(".inset")).to_be_visible()


def test_it_is_said_in_words_and_nothing_is_green(open_page):
    page = open_page("x_alone")
    assert page.evaluate(GREEN) == []
    expect(page.locator(".coach .line")).to_have_text("Beside the spine, height unknown: stay light.")
    expect(meter(page, "Pressure")).to_have_attribute("aria-valuetext", "unknown, beside the spine, height unknown")
    expect(page.get_by_text("Place unknown")).to_be_hidden()


@pytest.mark.parametrize("scene", ["good", "unknown", "lost", "stale", "motion", "finished"])
def test_the_band_goes_when_the_place_is_known_or_nothing_is(open_page, scene):
    open_page("x_alone")
    page = open_page(scene)
    expect(page.locator("[data-part=band]")).to_be_hidden()
    expect(page.get_by_text("Height on the back unknown")).to_be_hidden()
