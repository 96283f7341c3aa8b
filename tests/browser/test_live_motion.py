"""The page without a strip: a pace with its error, in words that fit, and nothing green that is not known."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import SIZES
from tests.browser.test_live_page import GREEN, meter

FITS = """(meter) => { const box = meter.getBoundingClientRect();
  return [...meter.querySelectorAll('.number, .unit, .words')].every((part) => {
    const inner = part.getBoundingClientRect();
    return inner.width > 0 && inner.left >= box.left - 1 && inner.right <= box.right + 1; }); }"""


@pytest.mark.parametrize("size", ["small-phone", "phone", "tablet-portrait", "tablet-landscape"])
def test_the_last_strokes_speed_is_told_with_its_error(open_page, size):
    page = open_page("motion", SIZES[size])
    pace = meter(page, "Pace")
    expect(pace).to_have_attribute("aria-valuetext", "14 ± 4 cm/s, last stroke: good pace")
    expect(pace.locator(".unit")).to_have_text("± 4 cm/s")
    assert pace.evaluate(FITS)


@pytest.mark.parametrize("size", ["small-phone", "tablet-landscape"])
def test_kneading_shows_its_cadence_and_its_own_limits(open_page, size):
    page = open_page("motion_kneading", SIZES[size])
    pace = meter(page, "Pace")
    expect(pace).to_have_attribute("aria-valuetext", "142 ± 10 a minute, kneading much too fast")
    expect(pace).to_have_attribute("data-level", "alarm")
    expect(pace.locator(".tick-label")).to_have_text(["90", "120"])
    assert pace.evaluate(FITS)


def test_an_unknown_pace_has_no_number_and_no_green(open_page):
    page = open_page("motion_unknown")
    pace = meter(page, "Pace")
    expect(pace).to_have_attribute("data-level", "unknown")
    expect(pace).to_have_attribute("aria-valuetext", "unknown, pace unknown")
    expect(pace.locator(".number")).to_have_text("–")
    assert [found for found in page.evaluate(GREEN) if found[0] != "ok"] == []
    assert pace.evaluate("m => m.closest('[data-level]').dataset.level") == "unknown"


@pytest.mark.parametrize("size", ["phone", "tablet-landscape"])
def test_pads_that_nothing_is_said_of_are_not_drawn_as_broken_ones(open_page, stage, size):
    page = open_page("motion", SIZES[size])
    expect(page.locator(".inset")).to_be_visible()
    stage.show(page, "by_feel_motion")
    expect(page.locator(".coach .line")).to_have_text("Practice without feedback: go by feel.")
    expect(page.locator(".inset")).to_be_hidden()
    assert page.locator(".pad-cross").evaluate_all("all => all.every((e) => getComputedStyle(e).visibility === 'hidden')")
    stage.show(page, "motion")
    expect(page.locator(".inset")).to_be_visible()
