"""The guided back rub on the page: its card, what was covered, sore places, and "how is the pressure?"."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SIZES

BIG = """(root) => [...root.querySelectorAll('button')].filter((b) => b.offsetParent !== null)
  .every((b) => b.offsetHeight >= 44 && b.offsetWidth >= 44)"""
INSIDE = """(button) => { const box = button.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight && button.contains(at); }"""


def card(page: Page):
    return page.get_by_role("region", name="Guided back rub")


def sheet(page: Page):
    return page.get_by_role("region", name="How is the pressure?")


def told(stage, before: int, least: int = 1) -> list:
    """What the page has told since; waits until it is as much as expected: a press takes its way to the server."""
    until = time.monotonic() + 5.0
    while True:
        calls = [call for call in stage.server.ask("calls", "calls")[before:] if call.startswith("tell-")]
        if len(calls) >= least or time.monotonic() > until:
            return [json.loads(call.removeprefix("tell-")) for call in calls]


def calls_so_far(stage) -> int:
    return len(stage.server.ask("calls", "calls"))


@pytest.mark.parametrize("size", ["small-phone", "phone", "tablet-portrait", "tablet-landscape"])
def test_the_step_is_told_in_words_and_what_comes_next(open_page, size):
    page = open_page("guide_step", SIZES[size])
    expect(card(page).get_by_role("heading")).to_have_text("4. Shoulders")
    expect(card(page)).to_contain_text("Knead the shoulders, first one, then the other.")
    expect(card(page)).to_contain_text("14 min left")
    expect(card(page).get_by_role("progressbar")).to_have_attribute("aria-valuenow", "55")
    expect(card(page).get_by_role("button", name="Next: Upper back")).to_be_visible()
    assert card(page).evaluate(BIG)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_begun_with_a_total_and_turned_by_taps(open_page, stage):
    page = open_page("guide_offered")
    before = calls_so_far(stage)
    expect(card(page).get_by_role("button", name="20 min")).to_have_attribute("aria-pressed", "true")
    card(page).get_by_role("button", name="Begin").click()
    expect(card(page).get_by_role("heading")).to_have_text("1. Ask first")
    card(page).get_by_role("button", name="Next: Settle").click()
    expect(card(page).get_by_role("heading")).to_have_text("2. Settle")
    assert told(stage, before, 2) == [["step", "start"], ["step", "next"]]


def test_what_was_missed_and_felt_is_said_in_words(open_page):
    page = open_page("guide_ready")
    expect(card(page)).to_contain_text("Both sides have had enough.")
    expect(card(page)).to_contain_text("Upper back: left feels firmer (maybe), by 38 ± 19 %.")
    expect(card(page)).to_contain_text("Hardly touched: right shoulder.")
    card(page).get_by_text("More").click()
    expect(card(page)).to_contain_text("0:40 of contact at an unknown place: counted nowhere.")
    expect(card(page)).to_contain_text("Uneven: right shoulder: 34 s against 81 s.")


def test_what_was_worked_is_a_tint_on_the_back_and_stays_when_the_back_is_drawn_anew(open_page):
    page = open_page("guide_step")
    assert "M" in page.locator(".cover-2").get_attribute("d")
    box, spine = (page.locator(name).first.bounding_box() for name in (".cover-2", ".zone.spine"))
    assert box["y"] > spine["y"] - 25 and box["y"] + box["height"] < spine["y"] + 0.3 * spine["height"]   # the shoulders
    page = open_page("guide_asked")   # with a place: the back is drawn anew
    expect(page.locator(".cover-2")).to_have_count(1)
    expect(page.locator(".sore text")).to_have_text(["lighter", "last time"])


def test_what_is_known_from_last_time_is_said_and_can_be_forgotten(open_page, stage):
    page = open_page("guide_asked")
    expect(card(page)).to_contain_text("From last time: 1 place.")
    before = calls_so_far(stage)
    sheet(page).get_by_role("button", name="Close").click()
    card(page).get_by_role("button", name="Forget").click()
    page.wait_for_function("() => true")
    assert told(stage, before) == [["sore", "forget"]]


@pytest.mark.parametrize("size", ["small-phone", "phone", "phone-landscape", "tablet-portrait", "tablet-landscape"])
def test_the_question_has_four_big_answers_and_leaves_the_gauges_free(open_page, size):
    page = open_page("guide_asked", SIZES[size])
    expect(sheet(page)).to_contain_text("How is the pressure? (upper back, left)")
    for name in ("Lighter", "Just right", "Deeper", "Stop"):
        button = sheet(page).get_by_role("button", name=name, exact=True)
        assert button.evaluate(INSIDE) and button.bounding_box()["height"] >= 56
    if size != "phone-landscape":   # there is no place for both
        gauges = page.get_by_role("region", name="Gauges").bounding_box()
        assert sheet(page).bounding_box()["y"] >= gauges["y"] + gauges["height"] - 1 or size == "small-phone"


def test_an_answer_is_told_once_and_what_it_changes_is_said(open_page, stage):
    page = open_page("guide_asked")
    before = calls_so_far(stage)
    sheet(page).get_by_role("button", name="Lighter").dblclick()
    expect(sheet(page)).to_contain_text("Lighter here: at most 9 N from now on.")
    expect(page.locator(".sore[data-why=lighter]")).to_have_count(2)
    assert told(stage, before) == [["vote", "lighter"]]


def test_an_answer_can_be_given_at_any_time(open_page, stage):
    page = open_page("guide_step")
    expect(card(page).get_by_role("heading")).to_have_text("4. Shoulders")
    expect(sheet(page)).to_be_hidden()
    page.get_by_role("button", name="Pressure?").click()
    before = calls_so_far(stage)
    sheet(page).get_by_role("button", name="Just right").click()
    assert told(stage, before) == [["vote", "right"]]


def test_a_question_that_is_put_away_stays_away_and_one_nobody_answers_goes(open_page):
    page = open_page("guide_asked")
    sheet(page).get_by_role("button", name="Close").click()
    expect(sheet(page)).to_be_hidden()
    page.wait_for_timeout(400)
    expect(sheet(page)).to_be_hidden()
    page = open_page("guide_asked_nowhere")
    expect(sheet(page)).to_be_visible()
    page = open_page("guide_step")
    expect(sheet(page)).to_be_hidden()


def test_a_sheet_that_was_opened_in_one_session_is_not_open_in_the_next(open_page, stage):
    page = open_page("guide_step")
    page.get_by_role("button", name="Pressure?").click()
    expect(sheet(page)).to_be_visible()
    stage.show(page, "guide_step")
    expect(sheet(page)).to_be_hidden()
    page.get_by_role("button", name="Pressure?").click()
    expect(sheet(page)).to_be_visible()
    sheet(page).get_by_role("button", name="Close").click()


def test_stop_says_hands_off_until_it_is_lifted(open_page, stage):
    page = open_page("guide_step")
    expect(card(page).get_by_role("heading")).to_have_text("4. Shoulders")
    page.get_by_role("button", name="Pressure?").click()
    sheet(page).get_by_role("button", name="Stop", exact=True).click()
    expect(sheet(page)).to_contain_text("Stop: hands off, ask.")
    expect(page.locator(".sore[data-why=stop]")).to_have_count(1)
    sheet(page).get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Stop is on").click()
    before = calls_so_far(stage)
    sheet(page).get_by_role("button", name="All right again").click()
    expect(sheet(page)).to_contain_text("Off limits no more: begin lightly.")
    assert told(stage, before) == [["vote", "lift"]]


@pytest.mark.parametrize("size", ["phone", "tablet-landscape"])
def test_a_tap_on_the_back_marks_a_sore_place_where_it_hurts(open_page, stage, size):
    page = open_page("guide_offered", SIZES[size])
    expect(card(page).get_by_role("button", name="Begin")).to_be_visible()
    page.get_by_role("button", name="Sore place?").click()
    expect(page.locator(".marking")).to_be_visible()
    expect(page.get_by_role("button", name="Take back")).to_be_enabled()   # it rests under the finger that opened it
    spine = page.locator(".zone.spine").bounding_box()
    mm = spine["height"] / 450.0
    x, y = spine["x"] + spine["width"] / 2 - 80 * mm, spine["y"] + 100 * mm   # the receiver's left is on the viewer's left
    before = calls_so_far(stage)
    page.mouse.click(x, y)
    expect(page.locator(".sore[data-why=sore]")).to_have_count(1)
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Done").click()
    page.mouse.click(x, y)   # no more
    [[kind, place], undo] = told(stage, before, 2)
    assert kind == "sore" and abs(place["x_mm"] - 80) <= 3 and abs(place["y_mm"] - 100) <= 3
    assert undo == ["sore", None]


def test_without_places_the_card_says_that_it_goes_by_the_clock_and_no_place_can_be_marked(open_page):
    page = open_page("guide_clock")
    expect(card(page)).to_contain_text("Place unknown: steps go by the clock and your taps.")
    expect(page.get_by_role("button", name="Sore place?")).to_be_hidden()


@pytest.mark.parametrize("scene", ["good", "await_away", "finished", "guide_replayed"])
def test_where_nothing_can_be_said_nothing_is_offered(open_page, scene):
    page = open_page(scene)
    expect(page.get_by_role("button", name="Pressure?")).to_be_hidden()
    expect(page.get_by_role("button", name="Sore place?")).to_be_hidden()
    expect(sheet(page)).to_be_hidden()
