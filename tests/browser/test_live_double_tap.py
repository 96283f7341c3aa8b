"""An oily finger taps twice: it must not lift the stop that it gave, skip a step, or mark a place two times."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import SIZES
from tests.browser.test_live_guide import calls_so_far, card, sheet, told

GAP_MS = 250   # between two taps that are meant as one
# A finger that stays 0.7 s where it was and presses what has come there, by the page's own clock: ours may be late.
HESITATE = """() => {
  delete window.hesitated;
  const lift = () => document.querySelector('[data-vote="lift"]:not([hidden])');
  const press = () => { window.hesitated = lift().getAttribute("aria-disabled"); lift().click(); };
  const watcher = new MutationObserver(() => { if (lift()) { watcher.disconnect(); setTimeout(press, 700); } });
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
HANDY = ["small-phone", "phone", "tablet-portrait", "tablet-landscape"]


def tap_twice(page: Page, at: Locator | tuple[float, float]) -> None:
    """At one place of the screen, whatever lies there by the second time."""
    if isinstance(at, Locator):
        expect(at).to_be_enabled()
        to_the_middle(at)
        box = at.bounding_box()
        assert box is not None
        at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(*at)
    page.wait_for_timeout(GAP_MS)
    page.mouse.click(*at)


def to_the_middle(part: Locator) -> None:
    """On a phone the recording's buttons stay at the lower end of the screen, on top of the rest."""
    part.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")


def all_told(page: Page, stage, before: int) -> list:
    """Once a second tap would have arrived too."""
    page.wait_for_timeout(300)
    return told(stage, before, 0)


def map_point(page: Page, x_mm: float, y_mm: float) -> tuple[float, float]:
    """Where on the screen a place of the back is."""
    to_the_middle(page.locator(".map"))
    spine = page.locator(".zone.spine").bounding_box()
    assert spine is not None
    mm = spine["height"] / 450.0
    return spine["x"] + spine["width"] / 2 - x_mm * mm, spine["y"] + y_mm * mm


@pytest.mark.parametrize("size", HANDY)
@pytest.mark.parametrize("scene", ["guide_asked", "guide_step"])
def test_a_stop_that_is_tapped_twice_stands(open_page, stage, scene, size):
    page = open_page(scene, SIZES[size])
    if scene == "guide_step":
        page.get_by_role("button", name="Pressure?").click()
    before = calls_so_far(stage)
    tap_twice(page, sheet(page).get_by_role("button", name="Stop", exact=True))
    expect(sheet(page)).to_contain_text("Stop: hands off, ask.")
    assert all_told(page, stage, before) == [["vote", "stop"]]
    expect(sheet(page)).to_contain_text("Stop: hands off, ask.")


@pytest.mark.parametrize("size", HANDY)
def test_what_lifts_the_stop_is_not_where_it_was_given_and_rests_at_first(open_page, stage, size):
    page = open_page("guide_asked", SIZES[size])
    stop, lift = (sheet(page).get_by_role("button", name=name, exact=True) for name in ("Stop", "All right again"))
    was = stop.bounding_box()
    assert was is not None
    before = calls_so_far(stage)
    page.evaluate(HESITATE)
    stop.click()
    expect(lift).to_be_visible()
    now = lift.bounding_box()
    assert now is not None and now["height"] >= 56
    apart_x = now["x"] + now["width"] <= was["x"] or was["x"] + was["width"] <= now["x"]
    apart_y = now["y"] + now["height"] <= was["y"] or was["y"] + was["height"] <= now["y"]
    assert apart_x or apart_y
    assert lift.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    page.wait_for_function("window.hesitated !== undefined")
    assert page.evaluate("window.hesitated") == "true"
    expect(lift).to_be_enabled()
    lift.click()
    expect(sheet(page)).to_contain_text("Off limits no more")
    assert all_told(page, stage, before) == [["vote", "stop"], ["vote", "lift"]]


def test_a_vote_that_was_refused_does_not_answer_the_next_question(open_page, stage):
    page = open_page("guide_asked")
    sheet(page).get_by_role("button", name="Just right").click()
    expect(sheet(page)).to_contain_text("Just right here.")
    stage.go_on("guide_refusing")
    sheet(page).get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Pressure?").click()
    sheet(page).get_by_role("button", name="Lighter").click()
    expect(page.locator(".banner-warn")).to_have_text(re.compile("nothing can be told now"))
    expect(sheet(page).get_by_role("button", name="Lighter")).to_be_enabled(timeout=600)
    sheet(page).get_by_role("button", name="Close").click()
    stage.go_on("guide_asked_again")
    expect(sheet(page)).to_contain_text("How is the pressure? (left shoulder)")
    expect(sheet(page).get_by_role("button", name="Lighter")).to_be_visible()


def test_a_vote_that_nobody_answered_does_not_answer_the_next_question(open_page, stage):
    page = open_page("guide_answered")
    page.get_by_role("button", name="Pressure?").click()
    sheet(page).get_by_role("button", name="Just right").click()   # as before: the host has nothing new to say
    expect(sheet(page).get_by_role("button", name="Just right")).to_be_disabled()
    expect(sheet(page).get_by_role("button", name="Just right")).to_be_enabled()
    sheet(page).get_by_role("button", name="Close").click()
    stage.go_on("guide_asked_again")
    expect(sheet(page)).to_contain_text("How is the pressure? (left shoulder)")
    expect(sheet(page).get_by_role("button", name="Lighter")).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "tablet-landscape"])
def test_next_that_is_tapped_twice_turns_one_step(open_page, stage, size):
    page = open_page("guide_step", SIZES[size])
    before = calls_so_far(stage)
    tap_twice(page, card(page).get_by_role("button", name="Next: Upper back"))
    expect(card(page).get_by_role("heading")).to_have_text("5. Upper back")
    assert all_told(page, stage, before) == [["step", "next"]]
    card(page).get_by_role("button", name="The step before").click()   # it is free again
    assert told(stage, before, 2) == [["step", "next"], ["step", "back"]]


def test_a_step_that_the_guide_turns_by_itself_is_not_skipped_by_a_tap_that_came_late(open_page, stage):
    page = open_page("guide_step")
    following = card(page).locator(".guided-next")
    expect(following).to_be_enabled()
    stage.go_on("guide_ready")
    expect(card(page).get_by_role("heading")).to_have_text("5. Upper back")
    before = calls_so_far(stage)
    following.click(force=True)
    expect(following).to_be_enabled()
    assert all_told(page, stage, before) == []


def test_a_step_that_is_refused_can_be_pressed_again_at_once(open_page, stage):
    page = open_page("guide_refusing")
    following = card(page).locator(".guided-next")
    following.click()
    expect(page.locator(".banner-warn")).to_have_text(re.compile("nothing can be told now"))
    expect(following).to_be_enabled(timeout=600)
    stage.go_on("guide_answered")
    following.click()   # the host takes its words back
    expect(page.locator(".banner-warn")).to_have_count(0)


@pytest.mark.parametrize("size", ["phone", "tablet-landscape"])
def test_a_place_that_is_tapped_twice_is_marked_once_and_taken_back_once(open_page, stage, size):
    page = open_page("guide_offered", SIZES[size])
    page.get_by_role("button", name="Sore place?").click()
    undo = page.get_by_role("button", name="Take back")
    expect(undo).to_be_enabled()
    before = calls_so_far(stage)
    tap_twice(page, map_point(page, 80, 100))
    expect(page.locator(".sore[data-why=sore]")).to_have_count(1)
    expect(undo).to_be_enabled()
    page.mouse.click(*map_point(page, -60, 160))   # another one
    expect(undo).to_be_enabled()
    tap_twice(page, undo)
    kinds = [(kind, None if value is None else value["x_mm"] > 0) for kind, value in all_told(page, stage, before)]
    assert kinds == [("sore", True), ("sore", False), ("sore", None)]


def test_sore_place_that_is_tapped_twice_marks_nothing(open_page, stage):
    page = open_page("guide_offered", SIZES["phone"])
    before = calls_so_far(stage)
    opener = page.get_by_role("button", name="Sore place?")
    to_the_middle(opener)
    box = opener.bounding_box()
    assert box is not None
    tap_twice(page, (box["x"] + box["width"] - 4, box["y"] + box["height"] / 2))   # beside the neck
    expect(page.locator(".marking")).to_be_visible()
    assert all_told(page, stage, before) == []


def test_marking_ends_with_the_session_in_which_it_was_begun(open_page, stage):
    page = open_page("guide_offered")
    page.get_by_role("button", name="Sore place?").click()
    expect(page.locator(".marking")).to_be_visible()
    stage.show(page, "guide_offered")   # another session: maybe another person
    expect(page.locator(".marking")).to_be_hidden()
    expect(page.get_by_role("button", name="Sore place?")).to_be_visible()
    before = calls_so_far(stage)
    page.mouse.click(*map_point(page, 80, 100))
    assert all_told(page, stage, before) == []
