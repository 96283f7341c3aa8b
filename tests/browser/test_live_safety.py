"""Magnets and implants, and the place of the hand where nothing measures it: what the page asks and takes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SIZES
from tests.browser.test_live_page import meter

QUESTION = "has either of you a pacemaker, ICD, insulin pump, shunt or another implant that magnets can disturb?"


def card(page: Page):
    return page.get_by_role("region", name="Magnets and implants")


def calls_since(stage, before: int) -> list[str]:
    return stage.server.ask("calls", "calls")[before:]


def zone(page: Page, name: str):
    return page.get_by_role("button", name=f"Hand is at: {name}")


def test_implants_are_asked_about_while_the_gauges_go_on(open_page, stage):
    page = open_page("magnets")
    expect(card(page)).to_contain_text(QUESTION)
    expect(meter(page, "Pace")).to_have_attribute("aria-valuetext", re.compile("good pace"))
    shown_us = meter(page, "Pressure").get_attribute("data-t-us")
    page.wait_for_function("then => +document.querySelector('[aria-label=Pressure]').dataset.tUs > +then", arg=shown_us)
    before = len(stage.server.ask("calls", "calls"))
    page.get_by_role("button", name="No, neither of us").click()
    expect(card(page)).to_be_hidden()
    expect(page.locator("[data-part=mode]")).to_have_text("Mode:Strip")
    assert calls_since(stage, before) == ["implant-False"]


def test_a_yes_takes_the_strip_off_by_the_keyboard_too(open_page, stage):
    page = open_page("magnets")
    before = len(stage.server.ask("calls", "calls"))
    page.get_by_role("button", name="Yes", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Take the strip off. Pressure only.")
    expect(page.locator("[data-part=mode]")).to_have_text("Mode:Force only")
    expect(page.locator(".strip circle")).to_have_count(0)
    expect(page.get_by_role("button", name="Yes", exact=True)).to_be_hidden()
    assert calls_since(stage, before) == ["implant-True"]


@pytest.mark.parametrize("scene", ["good", "demo", "finished", "motion"])
def test_nothing_is_asked_where_no_strip_is_in_question(open_page, scene):
    expect(card(open_page(scene))).to_be_hidden()


@pytest.mark.parametrize("size", ["phone", "tablet-portrait", "tablet-landscape"])
def test_the_question_covers_nothing(open_page, size):
    page = open_page("magnets", SIZES[size])
    covered = page.evaluate("""() => {
      const card = document.querySelector('.magnets').getBoundingClientRect();
      const shown = ['.coach', '[data-gauge=pace]', '[data-gauge=pressure]', '.map'];
      return shown.filter((name) => { const box = document.querySelector(name).getBoundingClientRect();
        return box.top < card.bottom && box.bottom > card.top && box.left < card.right && box.right > card.left; }); }""")
    assert covered == []
    for selector in (".magnets", "[data-gauge=pace]", "[data-gauge=pressure]"):
        box = page.locator(selector).bounding_box()
        assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= SIZES[size][1]


@pytest.mark.parametrize("size", ["phone", "tablet-landscape"])
def test_a_tap_on_the_back_says_where_the_hand_is(open_page, stage, size):
    page = open_page("motion", SIZES[size])
    words = page.locator(".map-note")
    expect(words).to_contain_text("Place unknown: keep off the spine")
    before = len(stage.server.ask("calls", "calls"))
    for name, at, said in (
        ("Neck", "[data-zone=neck]", "Your hand: at the neck"),
        ("Spine", "[data-zone=spine]", "Your hand: on the spine"),
        ("Kidneys", "[data-zone=kidney]", "Your hand: over the kidneys"),
    ):
        middle_of(page, at)
        expect(words).to_contain_text(said)
        expect(zone(page, name)).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-tap][aria-pressed=true]")).to_have_count(1)
    middle_of(page, ".choosing text:last-of-type")
    expect(words).to_contain_text("Your hand: elsewhere")
    middle_of(page, ".choosing text:last-of-type")   # there again: not known
    expect(words).to_contain_text("Place unknown: keep off the spine")
    expect(page.locator("[data-tap][aria-pressed=true]")).to_have_count(0)
    assert calls_since(stage, before) == ["zone-neck", "zone-spine", "zone-kidney", "zone-open", "zone-None"]


def middle_of(page: Page, selector: str) -> None:
    """Tap there, whatever lies on top."""
    thing = page.locator(selector).first
    thing.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = thing.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_zones_are_reached_and_chosen_by_keys(open_page, stage):
    page = open_page("motion")
    before = len(stage.server.ask("calls", "calls"))
    zone(page, "Elsewhere on the back").focus()
    for key, name in (("Tab", "Neck"), ("Tab", "Spine"), ("Tab", "Kidneys")):
        page.keyboard.press(key)
        expect(zone(page, name)).to_be_focused()
    page.keyboard.press("Enter")
    expect(zone(page, "Kidneys")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(zone(page, "Kidneys")).to_have_attribute("aria-pressed", "false")
    assert calls_since(stage, before) == ["zone-kidney", "zone-None"]


def test_with_a_strip_the_back_is_no_button(open_page, stage):
    page = open_page("good")
    before = len(stage.server.ask("calls", "calls"))
    expect(zone(page, "Spine")).to_be_hidden()
    middle_of(page, "[data-zone=spine]")
    page.wait_for_selector(".live[data-page-link=live]")
    assert calls_since(stage, before) == []
