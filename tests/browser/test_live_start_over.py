"""The start procedure anew from the page: asked for by a button, confirmed, and led as at the beginning."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SIZES


def opener(page: Page):
    return page.get_by_role("button", name="Place wrong?")


def question(page: Page):
    return page.get_by_role("region", name="Start over")


def calls(stage) -> list[str]:
    return stage.server.ask("calls", "calls")


@pytest.mark.parametrize("size", ["phone", "tablet-portrait", "tablet-landscape"])
def test_the_steps_begin_anew_after_a_question(open_page, stage, size):
    page = open_page("good", SIZES[size])
    before = len(calls(stage))
    opener(page).click()
    expect(question(page)).to_contain_text("Is the place wrong, or has the strip moved?")
    expect(opener(page)).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Start over").dblclick()
    expect(page.locator(".guide")).to_be_visible()
    expect(page.locator(".guide")).to_be_focused()
    expect(page.locator(".step[aria-current=step]")).to_contain_text("Hold still, away")
    for gone in (question(page), opener(page), page.locator("[data-part=hand]")):
        expect(gone).to_be_hidden()
    expect(page.locator(".rec")).to_have_text("Recording")
    assert calls(stage)[before:] == ["start-over"]


def test_nothing_happens_without_a_yes_and_the_keyboard_works(open_page, stage):
    page = open_page("good")
    before = len(calls(stage))
    opener(page).focus()
    page.keyboard.press("Enter")
    stay = page.get_by_role("button", name="Go on as it is")
    expect(stay).to_be_focused()
    page.keyboard.press("Escape")
    expect(question(page)).to_be_hidden()
    expect(opener(page)).to_be_focused()
    page.keyboard.press("Space")
    expect(stay).to_be_focused()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_hidden()
    expect(opener(page)).to_have_attribute("aria-expanded", "false")
    opener(page).click()
    opener(page).click()   # the same button takes the question away
    expect(question(page)).to_be_hidden()
    assert calls(stage)[before:] == []


@pytest.mark.parametrize("scene", ["await_away", "await_start_pose", "finished", "motion", "force", "demo", "searching"])
def test_it_is_offered_only_where_it_can_be_done(open_page, stage, scene):
    page = open_page("good")
    opener(page).click()
    stage.show(page, scene)
    expect(opener(page)).to_be_hidden()
    expect(question(page)).to_be_hidden()


@pytest.mark.parametrize("size", ["small-phone", "phone", "phone-landscape", "tablet-portrait", "tablet-landscape"])
@pytest.mark.parametrize("scene", ["good", "unknown", "x_alone", "lost"])
def test_it_is_offered_also_while_the_place_is_unknown_and_the_note_does_not_cover_it(open_page, scene, size):
    page = open_page(scene, SIZES[size])
    expect(opener(page)).to_be_visible()
    button, note = opener(page).bounding_box(), page.locator(".map-note").bounding_box()
    assert button is not None and (note is None) is (scene == "good")
    assert note is None or note["y"] >= button["y"] + button["height"]


@pytest.mark.parametrize("size", SIZES)
def test_the_question_covers_nothing_and_fits(open_page, size):
    page = open_page("good", SIZES[size])
    opener(page).click()
    covered = page.evaluate("""() => {
      const card = document.querySelector('.start-over').getBoundingClientRect();
      const shown = ['.bar', '.coach', '[data-gauge=pace]', '[data-gauge=pressure]', '.map'];
      return shown.filter((name) => { const box = document.querySelector(name).getBoundingClientRect();
        return box.top < card.bottom && box.bottom > card.top && box.left < card.right && box.right > card.left; }); }""")
    assert covered == []
    wide, tall = page.evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]")
    assert wide <= SIZES[size][0]
    if "phone" not in size:
        assert tall <= SIZES[size][1]
    for button in page.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= 64 and box["width"] >= 120
    box = question(page).bounding_box()
    assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= SIZES[size][1]
    page.get_by_role("button", name="Go on as it is").click()
