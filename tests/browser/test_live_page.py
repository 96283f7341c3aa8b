"""The live page in a real browser: what it says, how it says it, and what it never does."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import SIZES
from tests.browser.scripted_session import MARKUP

# Every visible element that has something green, as [its level, what it is].
GREEN = """() => {
  const green = (text) => { const m = /rgba?\\((\\d+), (\\d+), (\\d+)(?:, ([\\d.]+))?\\)/.exec(text);
    return m && (m[4] === undefined || +m[4] > 0.05) && +m[2] > +m[1] + 15 && +m[2] > +m[3] + 15; };
  const found = [];
  for (const element of document.querySelectorAll('.live, .live *')) {
    if (!element.checkVisibility({checkVisibilityCSS: true})) continue;
    const style = getComputedStyle(element);
    const drawn = [style.color, style.backgroundColor, style.borderTopColor, style.fill, style.stroke];
    if (drawn.some(green)) found.push([element.closest('[data-level]')?.dataset.level ?? 'none',
                                       element.tagName + '.' + element.getAttribute('class')]);
  }
  return found; }"""

# Changes of a meter's data-t-us within two seconds, and its first and last values.
COUNT_UPDATES = """(name) => new Promise((done) => {
  const meter = document.querySelector(`[role=meter][aria-label="${name}"]`);
  const times = [Number(meter.dataset.tUs)];
  const began = performance.now();
  const observer = new MutationObserver(() => {
    const time = Number(meter.dataset.tUs);
    if (time !== times.at(-1)) times.push(time);
  });
  observer.observe(meter, { attributes: true, attributeFilter: ['data-t-us'] });
  setTimeout(() => { observer.disconnect();
    done({ rate: (times.length - 1) / ((performance.now() - began) / 1000), times }); }, 2000); })"""


def meter(page: Page, name: str):
    return page.get_by_role("meter", name=name, exact=True)


def says(text: str) -> re.Pattern[str]:
    return re.compile(f"^{text}$")


def test_gauges_are_meters_with_value_unit_and_state_in_words(open_page):
    page = open_page("good")
    for name, unit, words, full in (("Pace", "cm/s", "good pace", "40"), ("Pressure", "N", "gentle", "120")):
        gauge = meter(page, name)
        expect(gauge).to_have_attribute("aria-valuetext", says(rf"\d+ {unit}, {words}"))
        expect(gauge).to_have_attribute("aria-valuemin", "0")
        expect(gauge).to_have_attribute("aria-valuemax", full)
        spoken, now, shown = gauge.evaluate(
            "m => [m.getAttribute('aria-valuetext'), m.getAttribute('aria-valuenow'),"
            " m.querySelector('.number').textContent]"
        )
        assert abs(float(now) - float(spoken.split()[0])) <= 0.5
        assert shown == spoken.split()[0]
        expect(gauge.locator(".words")).to_have_text(words)


def test_gauges_follow_the_samples_20_to_30_times_a_second(open_page):
    page = open_page("good")
    # a busy machine may disturb one look; a page that is too slow fails in all three
    looks = [page.evaluate(COUNT_UPDATES, "Pace") for _ in range(1)]
    while looks[-1]["rate"] < 20 and len(looks) < 3:
        looks.append(page.evaluate(COUNT_UPDATES, "Pace"))
    times = looks[-1]["times"]
    assert 20 <= looks[-1]["rate"] <= 30
    assert times == sorted(times)
    assert 1_700_000 < times[-1] - times[0] < 2_300_000  # device time runs as fast as the clock on the wall


@pytest.mark.parametrize(
    ("scene", "levels"),
    [
        ("good", {"ok"}), ("too_fast", {"ok"}), ("spine", {"ok"}), ("nonsense", {"ok"}), ("unknown", {"ok"}),
        ("stale", set()), ("lost", set()), ("searching", set()), ("finished", set()), ("await_away", set()),
    ],
)  # fmt: skip
def test_only_what_is_ok_is_green(open_page, scene, levels):
    page = open_page(scene)
    assert {level for level, _ in page.evaluate(GREEN)} == levels


def test_too_fast_is_said_in_words_sign_and_colour(open_page):
    page = open_page("too_fast")
    pace = meter(page, "Pace")
    expect(pace).to_have_attribute("aria-valuetext", "28 cm/s, too fast")
    expect(pace).to_have_attribute("data-level", "warn")
    expect(pace.locator(".state .icon")).to_have_attribute("data-icon", "warn")
    coach = page.locator("[aria-live=polite].line")
    expect(coach).to_have_text("Slower.")
    assert coach.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 36
    expect(page.get_by_role("list", name="Latest flags, newest first").get_by_role("listitem").first).to_contain_text(
        "Too fast"
    )
    expect(page.get_by_text("23 strokes, 4 flags")).to_be_visible()


def test_an_alarm_at_the_spine_lights_the_spine(open_page):
    page = open_page("spine")
    pressure = meter(page, "Pressure")
    expect(pressure).to_have_attribute("aria-valuetext", says("1[78] N, too hard near the spine"))
    expect(pressure).to_have_attribute("data-level", "alarm")
    expect(page.locator("[data-zone=spine]")).to_have_attribute("data-severity", "alarm")
    expect(page.locator("[data-zone=kidney]").first).to_have_attribute("data-severity", "none")
    expect(page.locator(".coach .icon")).to_have_attribute("data-icon", "alarm")


def test_a_lower_bound_says_at_least(open_page):
    page = open_page("saturated")
    expect(meter(page, "Pressure")).to_have_attribute("aria-valuetext", "at least 85 N, too hard")
    expect(meter(page, "Pressure").locator(".number")).to_have_text("≥85")
    expect(page.locator("[data-pad=index]")).to_have_class(re.compile("at-least"))
    expect(page.locator("[data-pad=thumb]")).to_have_class(re.compile("unusable"))


@pytest.mark.parametrize("scene", ["stale", "lost"])
def test_a_silent_glove_is_never_shown_as_good(open_page, scene):
    page = open_page("good")
    expect(page.locator("[data-part=hand]")).to_be_visible()
    open_page(scene)
    for name in ("Pace", "Pressure"):
        gauge = meter(page, name)
        expect(gauge).to_have_attribute("aria-valuetext", "unknown, no fresh data")
        assert gauge.get_attribute("aria-valuenow") is None
        expect(gauge).to_have_attribute("data-t-us", "21000000")
        expect(gauge.locator(".track-hatch")).to_be_visible()
        expect(gauge.locator(".value")).to_be_hidden()
    expect(page.locator("[data-part=hand]")).to_be_hidden()
    expect(page.get_by_text("Place unknown: keep off the spine", exact=True)).to_be_visible()
    expect(page.locator(".banner-lost")).to_contain_text("/dev/ttyUSB0")


def test_an_unknown_place_draws_no_hand_and_says_so(open_page):
    page = open_page("unknown")
    expect(meter(page, "Pace")).to_have_attribute("aria-valuetext", "unknown, place unknown")
    assert meter(page, "Pace").get_attribute("aria-valuenow") is None
    expect(meter(page, "Pressure")).to_have_attribute("aria-valuetext", re.compile("N, gentle"))
    expect(page.locator(".map").get_by_text("Place unknown: keep off the spine", exact=True)).to_be_visible()
    for part in ("hand", "cop"):
        expect(page.locator(f"[data-part={part}]")).to_be_hidden()


def test_numbers_that_are_none_are_unknown_whatever_they_are_called(open_page):
    page = open_page("nonsense")
    for name in ("Pace", "Pressure"):
        expect(meter(page, name)).to_have_attribute("aria-valuetext", "unknown")
        expect(meter(page, name)).to_have_attribute("data-level", "unknown")
    expect(page.locator("[data-part=hand]")).to_be_hidden()


def centres(page: Page, *selectors: str) -> list[tuple[float, float]]:
    """All in one look: the hand moves between two."""
    found = page.evaluate(
        """(selectors) => selectors.map((selector) => {
          const box = document.querySelector(selector).getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2]; })""",
        list(selectors),
    )
    return [(x, y) for x, y in found]


def centre(page: Page, selector: str) -> tuple[float, float]:
    return centres(page, selector)[0]


@pytest.mark.parametrize("scene", ["good", "left_hand"])
def test_the_receivers_left_is_on_the_left_and_feet_are_down(open_page, scene):
    page = open_page(scene)
    spine, sensor, middle, heel, thumb = centres(
        page, "[data-zone=spine]", ".sigma", "[data-pad=middle]", "[data-pad=heel]", "[data-pad=thumb]"
    )
    assert sensor[0] < spine[0]        # back x > 0 is the receiver's left
    assert middle[1] > sensor[1] > heel[1]  # fingers to the feet
    # palm down and fingers down the page, a right thumb is on the viewer's right
    assert (thumb[0] > sensor[0]) is (scene == "good")
    outline = page.locator("[data-part=hand] .hand-shape").get_attribute("transform")
    assert outline is not None and outline.endswith("scale(1 1)" if scene == "good" else "scale(-1 1)")


def test_pads_are_drawn_at_their_places_in_scale(open_page):
    page = open_page("left_hand")
    # the spine zone is 450 mm long: that gives the scale
    box = page.locator("[data-zone=spine]").bounding_box()
    assert box is not None
    mm = (box["height"] - 2) / 450
    (spine_x, _), (x, y) = centres(page, "[data-zone=spine]", "[data-pad=middle]")
    assert abs((spine_x - x) / mm - 60) < 4
    assert abs((y - box["y"]) / mm - 305) < 4


def test_the_start_procedure_is_led_step_by_step(open_page):
    page = open_page("await_away")
    current = page.locator("[aria-current=step]")
    expect(current).to_contain_text("Hold still, away")
    page = open_page("await_start_pose")
    expect(page.locator("[aria-current=step]")).to_contain_text("Rest at the neck base")
    expect(page.locator(".ghost")).to_be_visible()
    page = open_page("good")
    expect(page.get_by_text("Getting ready")).to_be_hidden()


@pytest.mark.parametrize(("scene", "thumb"), [("await_start_pose", 1), ("left_start", -1)])
def test_the_hand_that_shows_the_start_pose_is_the_one_that_wears_the_glove(open_page, scene, thumb):
    page = open_page(scene, still=True)
    # along the page the thumb of a right hand whose fingers point to the feet is on the viewer's right
    beside = page.evaluate("""() => ['.ghost', '.step:nth-child(2) .g-glove'].map((name) => {
      const lines = [...document.querySelectorAll(`${name} .hand-fill path:not(.solid)`)];
      const middle = (e) => { const box = e.getBoundingClientRect(); return (box.left + box.right) / 2; };
      return Math.sign(middle(lines.at(-1)) - middle(lines[1])); })""")
    assert beside == [thumb, thumb]


def test_the_mode_is_always_shown(open_page):
    page = open_page("force")
    expect(page.locator("[data-part=mode]")).to_have_text("Mode:Force only")
    expect(page.locator("[data-part=mode]")).to_have_attribute("title", re.compile("force mode was asked for"))
    expect(page.locator(".strip circle")).to_have_count(0)
    page = open_page("good")
    expect(page.locator("[data-part=mode]")).to_have_text("Mode:Strip")
    expect(page.locator(".strip circle")).to_have_count(16)
    expect(page.locator("[data-part=link]")).to_have_text("Glove:200 Hz")
    expect(page.get_by_text("/dev/ttyUSB0 · 200 Hz · 0 frames lost · 0 bad")).to_be_visible()


def test_strip_and_sore_places_are_those_of_the_session(open_page):
    page = open_page("other_body")
    expect(page.locator(".strip circle")).to_have_count(11)
    box = page.locator("[data-zone=spine]").bounding_box()
    assert box is not None
    mm = box["height"] / 400
    first, last = centre(page, ".strip circle"), centre(page, ".strip circle:last-of-type")
    assert abs((last[1] - first[1]) / mm - 400) < 8   # 11 magnets, 40 mm apart
    sore = page.locator(".sore circle").bounding_box()
    assert sore is not None
    assert abs(sore["width"] / mm - 60) < 4
    assert abs((centre(page, "[data-zone=spine]")[0] - centre(page, ".sore circle")[0]) / mm - 60) < 4
    expect(open_page("good").locator(".sore")).to_have_count(0)


def test_the_end_is_summed_up(open_page):
    page = open_page("finished")
    summary = page.locator(".summary")
    expect(summary.get_by_role("heading", name="That was the session")).to_be_visible()
    for fact in ("2:03", "41", "7", "demo-out/session-12-timeline.png"):
        expect(summary.get_by_text(fact, exact=True)).to_be_visible()
    expect(summary.get_by_role("list", name="Flags by kind")).to_have_text(
        "4Too fast2Too hard near the spine1Too hard over a kidney"
    )
    expect(meter(page, "Pace")).to_have_attribute("aria-valuetext", "unknown, session over")


def test_words_from_outside_are_shown_as_words(open_page):
    page = open_page("markup")
    expect(page.locator(".coach .line")).to_have_text(MARKUP)
    expect(page.locator(".banner-warn p")).to_have_text(MARKUP)
    expect(page.locator(".live img")).to_have_count(0)


def test_medical_claims_are_disowned(open_page):
    expect(open_page("good").get_by_text("A companion, not a medical device.")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_hangs_over_the_edge(open_page, stage, size):
    page = open_page("good", SIZES[size])
    for scene in ("good", "spine", "lost", "await_start_pose", "finished", "magnets", "motion"):
        stage.show(page, scene)
        wide, tall, width, height = page.evaluate(
            "(() => { const e = document.scrollingElement;"
            " return [e.scrollWidth, e.scrollHeight, innerWidth, innerHeight]; })()"
        )
        assert wide <= width
        if "phone" not in size:
            assert tall <= height  # a tablet beside the bed is never scrolled
        clipped = page.evaluate(
            "[...document.querySelectorAll('.live .coach .line, .live .state .words, .live .button, .live .time')]"
            ".filter(e => e.checkVisibility()).filter(e => { const b = e.getBoundingClientRect();"
            " return b.left < 0 || b.right > innerWidth || e.scrollWidth > e.clientWidth + 1; }).map(e => e.className)"
        )
        assert clipped == []
        for button in page.locator("button:visible").all():
            box = button.bounding_box()
            assert box is not None and box["height"] >= 64 and box["width"] >= 120


def test_stillness_is_kept_for_those_who_ask_for_it(open_page):
    moving = open_page("await_start_pose")
    assert moving.evaluate("document.getAnimations().length") > 0
    still = open_page("await_start_pose", still=True)
    assert still.evaluate("document.getAnimations().length") == 0


def test_a_page_that_hears_nothing_says_so_and_recovers(open_page, stage):
    page = open_page("good")
    stage.server.process.send_signal(signal.SIGSTOP)
    try:
        expect(page.locator(".live")).to_have_attribute("data-page-link", "lost")
        expect(meter(page, "Pace")).to_have_attribute("aria-valuetext", "unknown, page has no link")
        assert page.evaluate(GREEN) == []
        expect(page.locator("[data-part=hand]")).to_be_hidden()
        expect(page.get_by_text("This page has lost its link to Slowhand.")).to_be_visible()
    finally:
        stage.server.process.send_signal(signal.SIGCONT)
    expect(meter(page, "Pace")).to_have_attribute("aria-valuetext", says(r"\d+ cm/s, good pace"))
    expect(page.get_by_text("This page has lost its link to Slowhand.")).to_have_count(0)
