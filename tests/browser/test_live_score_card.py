"""The score card on the page: there once a session has ended, read at a glance, its figures for who asks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SIZES


def card(page: Page):
    return page.get_by_role("region", name="Score card")


@pytest.mark.parametrize("scene", ["good", "finished", "await_away", "searching"])
def test_no_card_before_there_is_one(open_page, scene):
    expect(card(open_page(scene))).to_be_hidden()


def test_it_comes_when_the_session_ends_and_goes_when_another_begins(open_page, stage):
    page = open_page("good")
    stage.show(page, "stopped")
    expect(card(page)).to_be_visible()
    expect(card(page)).to_contain_text("You were gentle at spine, neck and kidneys.")
    expect(card(page)).to_contain_text("The one thing to practise next")
    expect(card(page).locator(".score-do")).to_have_text("Let your strokes be slower.")
    expect(card(page)).to_contain_text("For 12 % of the touch the place was unknown")
    stage.show(page, "good")
    expect(card(page)).to_be_hidden()
    expect(page.locator(".coach")).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "tablet-portrait", "tablet-landscape"])
def test_the_flags_of_a_practice_by_feel_come_with_the_card(open_page, stage, size):
    page = open_page("by_feel", SIZES[size])
    so_far = page.locator(".sofar")
    expect(so_far.locator(".counts")).to_contain_text("flags are shown afterwards")
    stage.show(page, "by_feel_stopped")
    expect(card(page)).to_be_visible()
    expect(so_far.locator(".counts")).to_have_text("118 strokes, 3 flags")
    expect(so_far.locator(".latest li")).to_have_count(3)
    so_far.scroll_into_view_if_needed()
    expect(so_far.locator(".latest li").first).to_be_visible()
    expect(page.get_by_role("meter", name="Pace")).to_have_attribute("aria-valuetext", "unknown, feedback is off")


def test_figures_are_shown_on_request(open_page):
    page = open_page("scored")
    figure = card(page).get_by_text("limit 30 cm/s")
    expect(figure).to_be_hidden()
    more = page.get_by_role("button", name="Show the figures")
    more.click()
    expect(figure).to_be_visible()
    expect(card(page).get_by_text("None of these figures is a clinical limit")).to_be_visible()
    page.get_by_role("button", name="Hide the figures").click()
    expect(figure).to_be_hidden()


def test_a_short_one_has_no_praise_and_no_empty_lists(open_page):
    page = open_page("scored_short")
    expect(card(page)).to_contain_text("A short one: 34 seconds on the back.")
    for gone in (".score-well", ".score-compared", ".score-more"):
        expect(page.locator(gone)).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", ["stopped", "scored"])
def test_the_one_thing_is_on_the_first_screen_and_nothing_overlaps(open_page, scene, size):
    page = open_page(scene, SIZES[size])
    expect(card(page)).to_be_visible()
    width, height = SIZES[size]
    box = page.locator(".score-do").bounding_box()
    assert box is not None and box["y"] >= 0
    if size != "small-phone":
        assert box["y"] + box["height"] <= height
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    overlaps = page.evaluate("""() => {
      const names = ['.bar', '.side', '[data-gauge=pace]', '[data-gauge=pressure]', '.map'];
      const boxes = names.map((name) => document.querySelector(name).getBoundingClientRect());
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
        a.top < b.bottom - 1 && b.top < a.bottom - 1 && a.left < b.right - 1 && b.left < a.right - 1)).length; }""")
    assert overlaps == 0
    for button in page.locator("button:visible").all():
        target = button.bounding_box()
        assert target is not None and target["height"] >= 44 and target["width"] >= 44


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", ["stopped", "stopped_guided", "by_feel_stopped"])
def test_what_is_beside_the_card_does_not_lie_on_it(open_page, scene, size):
    page = open_page(scene, SIZES[size])
    expect(card(page)).to_be_visible()
    boxes = [part.bounding_box() for part in page.locator(".side > :visible").all()]
    assert len(boxes) == (3 if scene == "stopped_guided" else 2)
    for upper, lower in pairwise(boxes):
        assert upper["y"] + upper["height"] <= lower["y"] + 1
    for part in (".score-head", ".score-do", ".sofar .counts"):
        shown = page.locator(part)
        shown.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
        assert shown.evaluate("""(e) => { const box = e.getBoundingClientRect();
          const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return e.contains(at) || at.contains(e) && e.parentElement.closest('.score, .sofar').contains(at); }"""), part


def test_a_warning_is_still_said_over_the_card(open_page, stage):
    page = open_page("stopped")
    expect(page.locator(".coach")).to_be_hidden()    # a neutral line makes room
    stage.show(page, "stopped_pressing")
    expect(page.locator(".coach")).to_be_visible()
    expect(page.locator(".coach")).to_contain_text("Lighter near the spine.")
