"""The ring that leads the pace, and the sheet that chooses it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SIZES


def ring(page: Page):
    return page.locator(".lead")


def opener(page: Page):
    return page.get_by_role("button", name="Pace & technique")


def sheet(page: Page):
    return page.get_by_role("dialog", name="Pace and technique")


def calls(stage) -> list[str]:
    return stage.server.ask("calls", "calls")


def open_sheet(page: Page) -> None:
    """The tab is shared by the tests: the sheet may be open from the one before."""
    if not sheet(page).is_visible():
        opener(page).click()
    expect(sheet(page)).to_be_visible()


def beats(page: Page, seconds: float) -> list[tuple[float, float]]:
    """Phase and radius of the disc, frame by frame."""
    return page.evaluate(
        """(ms) => new Promise((done) => { const seen = [], end = performance.now() + ms;
          const look = (now) => { const lead = document.querySelector('.lead');
            seen.push([Number(lead.dataset.phase), Number(lead.querySelector('.lead-disc').getAttribute('r')), now]);
            now < end ? requestAnimationFrame(look) : done(seen); };
          requestAnimationFrame(look); })""",
        1000 * seconds,
    )


def test_the_bead_comes_round_with_each_pulse_at_the_glove_s_time(open_page):
    page = open_page("paced_kneading")   # a pulse every 1.5 s
    page.wait_for_timeout(400)
    seen = beats(page, 3.2)
    steps = [((b[0] - a[0]) % 1.0, (b[2] - a[2]) / 1500.0) for a, b in pairwise(seen)]
    assert sum(step for step, _ in steps) == pytest.approx(sum(due for _, due in steps), abs=0.06)
    assert all(abs(step - due) < 0.06 for step, due in steps)   # smooth: no frame leaps
    # Its place is that of the script's clock: the pulses' origin is in the state, and so is the time of its samples.
    at_once = page.evaluate("""() => { const lead = document.querySelector('.lead');
      return [Number(lead.dataset.phase), Number(document.querySelector('[data-gauge=pace] .meter').dataset.tUs)]; }""")
    expected = (at_once[1] - 1_250_000) / 1_500_000 % 1.0
    assert (at_once[0] - expected + 0.5) % 1.0 - 0.5 == pytest.approx(0.0, abs=0.12)
    # The disc is largest at the pulse.
    top = max(seen, key=lambda frame: frame[1])
    assert min(top[0], 1.0 - top[0]) < 0.06


def test_how_it_is_followed_is_said_in_plain_words_and_only_following_is_green(open_page, stage):
    page = open_page("paced")
    expect(ring(page)).to_contain_text("with the pulse")
    expect(ring(page)).to_have_attribute("data-level", "ok")
    stage.show(page, "paced_fast")
    expect(ring(page)).to_contain_text("a little fast")
    expect(ring(page)).to_have_attribute("data-level", "idle")
    stage.show(page, "paced_unknown")
    expect(ring(page)).to_contain_text("find the pulse")
    expect(ring(page)).to_have_attribute("data-level", "unknown")


def test_nothing_leads_when_samples_have_stopped_or_the_session_is_over(open_page, stage):
    page = open_page("paced")
    stage.show(page, "paced_stale")
    expect(ring(page)).to_have_attribute("data-level", "stale")
    expect(ring(page)).to_contain_text("no fresh data")
    before = ring(page).get_attribute("data-phase")
    page.wait_for_timeout(300)
    assert ring(page).get_attribute("data-phase") == before
    stage.show(page, "paced")
    expect(ring(page)).to_have_attribute("data-level", "ok")
    for scene in ("paced_finished", "paced_start", "pace_off", "practice", "good"):
        stage.show(page, scene)
        expect(ring(page)).to_be_hidden()


def test_who_wants_no_movement_gets_a_light_that_comes_and_goes(open_page):
    page = open_page("paced_kneading", still=True)
    page.wait_for_timeout(200)
    seen = beats(page, 2.0)
    assert {frame[1] for frame in seen} == {30.0}
    expect(page.locator(".lead-bead")).to_be_hidden()
    lights = page.evaluate(
        """() => new Promise((done) => { const seen = new Set(), end = performance.now() + 2000;
          const look = (now) => { seen.add(document.querySelector('.lead-disc').getAttribute('opacity'));
            now < end ? requestAnimationFrame(look) : done([...seen]); };
          requestAnimationFrame(look); })"""
    )
    assert set(lights) == {"1", "0.35"}


def test_each_choice_of_pace_is_told_to_the_session(open_page, stage):
    page = open_page("pace_off")
    before = len(calls(stage))
    open_sheet(page)
    expect(sheet(page)).to_contain_text("No pulse leads.")
    pressed = lambda name: page.get_by_role("button", name=name, exact=True)  # noqa: E731
    expect(pressed("Slower")).to_have_attribute("aria-disabled", "true")
    pressed("Suggested").click()
    expect(pressed("Suggested")).to_have_attribute("aria-pressed", "true")
    expect(sheet(page)).to_contain_text("Glides of 6 cm/s: turn at each pulse, every 5 s.")
    expect(ring(page)).to_be_visible()
    pressed("Kneading").click()
    expect(sheet(page)).to_contain_text("40 circles a minute: one pulse for each, every 1.5 s.")
    pressed("Off").click()
    expect(ring(page)).to_be_hidden()
    assert calls(stage)[before:] == ['tell-["pace","auto"]', 'tell-["pace",{"kind":"knead"}]', 'tell-["pace",null]']


def test_slower_and_faster_are_told(open_page, stage):
    page = open_page("paced")
    before = len(calls(stage))
    open_sheet(page)
    for name in ("Slower", "Faster"):
        page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(200)
    assert calls(stage)[before:] == ['tell-["pace","slower"]', 'tell-["pace","faster"]']


def test_technique_and_practice_are_told_and_shown_plainly(open_page, stage):
    page = open_page("paced")
    before = len(calls(stage))
    open_sheet(page)
    expect(page.get_by_role("button", name="Palm")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Elbow").click()
    expect(page.get_by_role("button", name="Elbow")).to_have_attribute("aria-pressed", "true")
    expect(sheet(page)).to_contain_text("Very slowly with this one.")
    page.get_by_role("button", name="Without feedback").click()
    expect(page.get_by_text("Practice without feedback: the coach is silent.")).to_be_visible()
    expect(ring(page)).to_be_hidden()
    page.get_by_role("button", name="Without feedback").click()
    expect(page.get_by_text("Practice without feedback: the coach is silent.")).to_be_hidden()
    told = ['tell-["technique","elbow"]', 'tell-["feedback",false]', 'tell-["feedback",true]']
    assert calls(stage)[before:] == told


def test_what_the_host_does_not_know_is_not_offered(open_page, stage):
    page = open_page("good")   # no pacing in the state: no glove yet
    expect(opener(page)).to_be_hidden()
    stage.show(page, "paced")
    open_sheet(page)
    stage.show(page, "paced_finished")
    expect(sheet(page)).to_be_hidden()
    expect(opener(page)).to_be_hidden()


def test_the_keyboard_works_and_the_focus_comes_back(open_page):
    page = open_page("paced", new_tab=True)
    opener(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Done")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet(page)).to_be_hidden()
    expect(opener(page)).to_be_focused()
    page.close()


def test_the_tone_is_off_until_it_is_wanted_and_then_sounds_with_the_pulse(open_page):
    page = open_page("paced_kneading", new_tab=True)
    page.evaluate("""() => { window.tones = 0; const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); }; }""")
    page.wait_for_timeout(1700)
    assert page.evaluate("window.tones") == 0
    open_sheet(page)
    page.get_by_role("button", name="Soft tone").click()
    page.wait_for_function("window.tones >= 2", timeout=6000)
    page.get_by_role("button", name="Soft tone").click()
    before = page.evaluate("window.tones")
    page.wait_for_timeout(1700)
    assert page.evaluate("window.tones") == before
    page.close()


@pytest.mark.parametrize("scene", ["paced", "paced_fast", "paced_unknown", "paced_stale"])
@pytest.mark.parametrize("size", SIZES)
def test_the_ring_and_its_words_stay_within_the_coach_s_card(open_page, scene, size):
    page = open_page(scene, SIZES[size])
    outside = page.evaluate("""() => { const card = document.querySelector('.coach').getBoundingClientRect();
      return [...document.querySelectorAll('.coach .line, .lead, .lead svg, .lead-icon, .lead .words')]
        .filter((part) => part.offsetParent !== null || part.tagName === 'svg')
        .map((part) => [part.getAttribute('class') ?? part.tagName, part.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.top < card.top || box.bottom > card.bottom || box.left < card.left
          || box.right > card.right)).map(([name]) => name); }""")
    assert outside == []
    line, lead = page.locator(".coach .line").bounding_box(), ring(page).bounding_box()
    assert line is not None and lead is not None and line["x"] + line["width"] <= lead["x"]


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_leaves_the_coach_and_the_gauges_in_sight_and_its_targets_are_big(open_page, stage, size):
    page = open_page("good")
    stage.show(page, "paced_finished")   # closes what may be open
    page = open_page("paced", SIZES[size])
    wide, tall = SIZES[size]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= wide
    for button in page.locator(".controls button:visible").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= 64 and box["width"] >= 56
        assert box["x"] >= 0 and box["x"] + box["width"] <= wide
        assert button.evaluate("(b) => b.scrollWidth <= b.clientWidth")
    open_sheet(page)
    card = sheet(page).bounding_box()
    assert card is not None and card["x"] >= 0 and card["x"] + card["width"] <= wide and card["y"] + card["height"] <= tall
    kept = [".coach"] if "small" in size else [".coach", "[data-gauge=pace] .number", "[data-gauge=pressure] .number"]
    if size in ("phone", "tablet-portrait", "tablet-landscape", "desktop"):
        kept.append("[data-gauge=pace] .state")
    for name in kept:
        box = page.locator(name).bounding_box()
        assert box is not None
        apart = box["y"] + box["height"] <= card["y"] + 1 or card["x"] + card["width"] <= box["x"] + 1 or \
            box["x"] + box["width"] <= card["x"] + 1
        assert apart, name
    for button in sheet(page).locator("button").all():
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None and box["height"] >= 56 and box["width"] >= 80
        assert button.evaluate("(b) => b.scrollWidth <= b.clientWidth + 1")
    page.get_by_role("button", name="Done").click()
    expect(sheet(page)).to_be_hidden()
