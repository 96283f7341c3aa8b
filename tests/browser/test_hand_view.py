"""The view of the hand in a real browser, opened from disk as its reader does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from slowhand.coach.flag import FlagKind
from slowhand.locate.pose import Mode
from slowhand.review.hand_view import write_hand_view
from slowhand.review.record import SessionRecord
from slowhand.sensing.profile import load_glove
from tests.browser.chromium import SIZES
from tests.browser.conftest import Watched
from tests.unit.hand_scenes import elbow_session, flag, long_rows, session, told_session

Open = Callable[..., Page]
PLACE = "document.querySelector('.hand .hand-shape').getAttribute('transform')"
# Share of greenish pixels in the chart's pace row, in stretches between two shares of its width.
GREEN_SHARES = """(stretches) => {
  const canvas = document.querySelector('.chart canvas');
  const high = Math.floor(canvas.height * 0.4);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, high);
  const isGreen = (i) => data[i + 1] > data[i] + 8 && data[i + 1] > data[i + 2] + 5;
  return stretches.map(([from, to]) => {
    const [left, right] = [Math.ceil(canvas.width * from), Math.floor(canvas.width * to)];
    let green = 0;
    for (let y = 0; y < high; y++) for (let x = left; x < right; x++) green += isGreen(4 * (y * canvas.width + x));
    return green / (high * (right - left)); }); }"""
NARROW_TARGETS = """() => [...document.querySelectorAll('button, summary, [role=slider]')]
  .filter((e) => e.offsetParent !== null && !e.classList.contains('mark'))
  .map((e) => [e.className || e.textContent, e.getBoundingClientRect()])
  .filter(([, box]) => box.width < 40 || box.height < 32).map(([name]) => name)"""


@pytest.fixture
def open_view(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a session's view from disk; at the end nothing was fetched and nothing was complained of."""
    watched, tabs = Watched(), []

    def open_in(
        record: SessionRecord, size: str = "tablet-landscape", *, at: float | None = 0.0, still: bool = False,
        scheme: str = "light", clock: bool = False,
    ) -> Page:
        file = write_hand_view(record, tmp_path)
        width, height = SIZES[size]
        page = chromium.new_page(
            viewport={"width": width, "height": height}, reduced_motion="reduce" if still else "no-preference",
            color_scheme=scheme, offline=True,
        )
        tabs.append(page)
        if clock:
            page.clock.install(time=0)
            page.clock.pause_at(1000)
        watched.watch(page)
        page.goto(file.as_uri() + ("" if at is None else f"#t={at}"))
        page.wait_for_selector(".view[data-ready=true]")
        return page

    yield open_in
    for page in tabs:
        page.close()
    assert watched.hosts <= {""}   # a file has no host
    assert watched.complaints == []


def slider(page: Page):
    return page.get_by_role("slider", name="Time in the session")


def seconds(page: Page) -> float:
    return float(slider(page).get_attribute("aria-valuenow") or "nan")


def figure(page: Page, name: str):
    return page.locator(f"[data-figure={name}]")


def seek(page: Page, share: float) -> None:
    """A press on the chart, at this share of its width."""
    box = slider(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def test_it_plays_by_itself_and_the_hand_moves(open_view: Open) -> None:
    page = open_view(told_session(), at=None)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".hand")).to_be_visible()
    expect(page.locator(".hand .hand-shape")).not_to_have_attribute("transform", page.evaluate(PLACE))
    page.get_by_role("button", name="Pause").click()
    stopped = seconds(page)
    assert 1.0 < stopped < 9.0
    expect(page.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.parametrize(("speed", "name"), [(0.5, "0.5×"), (1.0, "1×"), (2.0, "2×"), (4.0, "4×")])
def test_a_second_of_watching_is_a_second_at_each_speed(open_view: Open, speed: float, name: str) -> None:
    page = open_view(told_session(), at=2.0, clock=True)
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(1000)
    assert seconds(page) == pytest.approx(2.0 + speed, abs=0.05 * speed + 0.03)


def test_it_stops_at_the_end_and_plays_again_from_the_beginning(open_view: Open) -> None:
    page = open_view(told_session(), at=100.0, clock=True)
    end = seconds(page)
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(500)
    assert 0.3 < seconds(page) < 0.7
    page.keyboard.press("End")
    page.clock.run_for(100)
    assert seconds(page) == end
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_who_wants_no_motion_gets_none_unasked(open_view: Open) -> None:
    page = open_view(told_session(), at=None, still=True, clock=True)
    begun = seconds(page)
    page.clock.run_for(2000)
    assert seconds(page) == begun == 1.0   # a second before the first stroke
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(1000)
    assert seconds(page) > 1.5


def test_the_hand_is_drawn_where_it_was(open_view: Open) -> None:
    page = open_view(told_session(), at=3.0)
    # the sensor, 5 mm to the left of the pad at x = 60 and 90 mm above it; left of the spine is left of the picture
    # heading 0: fingers down the page; a second of 8 cm/s from y = 60
    x, y = page.evaluate(PLACE).split("translate(")[1].split(")")[0].split()
    assert float(x) == pytest.approx(-55, abs=1) and float(y) == pytest.approx(60 + 80 - 90, abs=2)
    expect(page.locator(".sigma")).to_have_attribute("rx", "6")    # two sigmas of 3 and 5 mm
    expect(page.locator(".sigma")).to_have_attribute("ry", "10")
    expect(figure(page, "pace")).to_contain_text("8.0 cm/s")
    expect(figure(page, "pace")).to_have_attribute("data-level", "ok")
    expect(figure(page, "force")).to_contain_text("8.0 N")
    expect(figure(page, "spine")).to_contain_text("60 mm")
    expect(figure(page, "spine")).to_contain_text("on the left")
    expect(figure(page, "stroke")).to_have_text("glide (effleurage) along erector spinae")
    expect(page.locator(".hand .pad").nth(1)).to_have_attribute("data-step", "3")   # 8 N: above 5, below 10
    expect(page.locator(".hand .pad").nth(0)).to_have_attribute("data-step", "0")


def test_a_press_on_the_chart_jumps_there_and_a_drag_goes_on(open_view: Open) -> None:
    page = open_view(told_session())
    seek(page, 0.5)
    end = float(slider(page).get_attribute("aria-valuemax") or "nan")
    assert seconds(page) == pytest.approx(end / 2, abs=0.05)
    box = slider(page).bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 400)   # beyond the chart: still held
    page.mouse.up()
    assert seconds(page) == pytest.approx(0.7 * end, abs=0.05)


def test_a_finger_does_what_the_mouse_does(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(write_hand_view(told_session(), tmp_path).as_uri() + "#t=0")
    box = slider(page).bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert seconds(page) == pytest.approx(4.5, abs=0.1)
    page.locator(".mark").tap()
    assert seconds(page) == pytest.approx(6.25, abs=0.01)
    context.close()


def test_an_unknown_place_is_said_in_words_and_no_hand_is_drawn(open_view: Open) -> None:
    page = open_view(told_session(), at=5.5)
    expect(page.locator(".note")).to_be_visible()
    expect(page.locator(".note")).to_have_text("Place unknownIt pressed, but where on the back is not known.")
    expect(page.locator(".hand")).to_be_hidden()
    expect(page.locator(".sigma")).to_be_hidden()
    expect(page.locator(".inset")).to_be_visible()    # the pads are known
    assert page.locator(".back").evaluate("e => getComputedStyle(e).filter") == "grayscale(1)"
    expect(figure(page, "pace")).to_have_attribute("data-level", "unknown")
    expect(figure(page, "force")).to_have_attribute("data-level", "unknown")
    expect(figure(page, "spine")).to_contain_text("place unknown")
    assert "Place unknown" in (slider(page).get_attribute("aria-valuetext") or "")
    seek(page, 0.1)
    expect(page.locator(".note")).to_contain_text("The start gestures were not done yet.")
    seek(page, 0.4)
    expect(page.locator(".note")).to_be_hidden()
    expect(page.locator(".hand")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_stretch_without_a_place_is_never_green_in_the_chart(open_view: Open, scheme: str) -> None:
    page = open_view(told_session(), at=8.5, scheme=scheme)
    end = float(slider(page).get_attribute("aria-valuemax") or "nan")
    good, before, lost = page.evaluate(GREEN_SHARES, [[2.3 / end, 4.7 / end], [0.01, 1.9 / end], [5.05 / end, 5.95 / end]])
    assert good > 0.05 and before == 0 and lost == 0


def test_a_moment_with_an_unknown_part_is_not_green_however_long_the_session(open_view: Open) -> None:
    """In an hour's chart each column holds seconds: one row without a place in it is enough."""
    rows = long_rows(60)
    assert open_view(session(rows)).evaluate(GREEN_SHARES, [[0.0, 1.0]])[0] > 0.1
    unplaced_rows = rows.copy()
    unplaced_rows["located"][::100] = False
    assert open_view(session(unplaced_rows)).evaluate(GREEN_SHARES, [[0.0, 1.0]]) == [0]


def test_a_flag_is_seen_marked_listed_and_jumped_to(open_view: Open) -> None:
    page = open_view(told_session())
    words = "Too fast: 34 cm/s, limit 30"
    expect(figure(page, "flags")).to_have_text("none open")
    page.locator(".mark").click()
    assert seconds(page) == pytest.approx(6.25, abs=0.01)
    expect(figure(page, "flags")).to_have_text(words)
    expect(figure(page, "pace")).to_have_attribute("data-level", "alarm")
    expect(figure(page, "pace")).to_contain_text("above the alarm limit")
    assert page.locator(".trail[data-level=alarm]").evaluate_all("all => all.some((e) => e.getAttribute('d'))")
    seek(page, 0.1)
    page.get_by_role("list").get_by_role("button", name=words).press("Enter")
    expect(figure(page, "flags")).to_have_text(words)
    expect(page.locator(".flag-list button")).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowRight")
    assert seconds(page) == pytest.approx(7.25, abs=0.01)


def test_no_pace_is_good_that_was_flagged_or_is_not_that_of_what_pressed(open_view: Open) -> None:
    page = open_view(elbow_session(), at=2.5)
    expect(figure(page, "pace")).to_have_attribute("data-level", "ok")        # 8 cm/s with the hand
    expect(figure(page, "force")).to_have_attribute("data-level", "ok")
    page = open_view(elbow_session(), at=4.5)                                 # the same pace, and elbow was told
    expect(figure(page, "pace")).to_have_attribute("data-level", "warn")
    expect(figure(page, "pace")).to_contain_text("8.0 cm/s")
    expect(figure(page, "pace")).to_contain_text("above the warn limit")
    expect(figure(page, "force")).to_have_attribute("data-level", "unknown")
    expect(figure(page, "force")).to_contain_text("?")
    expect(figure(page, "force")).to_contain_text("elbow not felt: ask")
    levels = page.locator(".trail").evaluate_all("all => all.filter((e) => e.getAttribute('d')).map((e) => e.dataset.level)")
    assert "warn" in levels and "alarm" not in levels
    page = open_view(elbow_session(), at=6.5)                                 # 3 cm/s: within, but of the hand alone
    expect(figure(page, "pace")).to_have_attribute("data-level", "unknown")
    expect(figure(page, "pace")).to_contain_text("of the hand alone")
    end = float(slider(page).get_attribute("aria-valuemax") or "nan")
    hand, elbow, late = page.evaluate(GREEN_SHARES, [[0.2 / end, 2.8 / end], [3.1 / end, 5.4 / end], [5.7 / end, 1.0]])
    assert hand > 0.05 and elbow == 0 and late == 0
    page = open_view(elbow_session(), at=end - 0.3)                           # lifted, as far as the pads can tell
    expect(figure(page, "pace")).to_have_attribute("data-level", "unknown")


@pytest.mark.parametrize("kind", [FlagKind.TOO_FAST, FlagKind.TOO_FAST_KNEAD])
def test_an_open_flag_of_pace_is_stronger_than_a_slow_pace(open_view: Open, kind: FlagKind) -> None:
    page = open_view(replace(told_session(), flags=(flag(2.5, 4.0, kind),)), at=3.0)   # at 8 cm/s
    expect(figure(page, "pace")).to_have_attribute("data-level", "alarm")
    expect(figure(page, "pace")).to_contain_text("too fast")
    assert page.locator(".trail[data-level=alarm]").evaluate_all("all => all.some((e) => e.getAttribute('d'))")
    end = float(slider(page).get_attribute("aria-valuemax") or "nan")
    before, flagged = page.evaluate(GREEN_SHARES, [[2.1 / end, 2.4 / end], [2.55 / end, 3.95 / end]])
    assert before > 0.05 and flagged == 0


def test_a_told_place_is_there_while_it_holds_and_lights_up_with_its_flag(open_view: Open) -> None:
    record = elbow_session()
    flags = (flag(6.2, 6.6, FlagKind.SENSITIVE_PRESSURE),)
    for at, seen in ((5.5, False), (6.4, True), (7.2, False)):
        page = open_view(replace(record, flags=flags), at=at)
        sore = page.locator(".sore-place")
        expect(sore).to_have_text("lighterto 5 N") if seen else expect(sore).to_have_css("visibility", "hidden")
        expect(sore.locator("circle")).to_have_attribute("data-severity", "alarm" if seen else "none")


def test_what_the_coach_said_is_shown_when_it_was_said(open_view: Open) -> None:
    page = open_view(told_session(), at=6.2)
    expect(page.locator(".cue")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cue")).to_have_text("The coach said Much slower, please.")


def test_it_can_be_used_with_the_keyboard_alone(open_view: Open) -> None:
    page = open_view(told_session(), at=3.0)
    for key, expected in (("ArrowRight", 4.0), ("ArrowLeft", 3.0), (".", 3.04), (",", 3.0), ("n", 6.25), ("Home", 0.0)):
        page.keyboard.press(key)
        assert seconds(page) == pytest.approx(expected, abs=0.02), key
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="2×")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(slider(page)).to_be_focused()
    assert slider(page).evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    assert seconds(page) > 8.0
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Play")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.parametrize("mode", [Mode.MOTION, Mode.FORCE])
def test_without_a_strip_the_forces_are_on_a_hand_that_is_nowhere(open_view: Open, mode: Mode) -> None:
    page = open_view(told_session(mode), at=3.0)
    expect(page.get_by_text("No strip: where the hand was on the back is not known.")).to_be_visible()
    assert page.locator(".back, .sigma, .trail, .zone").count() == 0
    assert page.locator(".alone .newtons").all_text_contents() == ["0", "8.0", "0", "0", "0", "0"]
    expect(figure(page, "pace")).to_contain_text("unknown: no strip")
    expect(figure(page, "force")).to_have_attribute("data-level", "unknown")
    assert page.evaluate(GREEN_SHARES, [[0.0, 1.0]]) == [0]


def test_a_left_hand_is_mirrored(open_view: Open) -> None:
    right = open_view(told_session(), at=3.0).evaluate(PLACE)
    left = open_view(replace(told_session(), glove=load_glove(hand="left")), at=3.0).evaluate(PLACE)
    assert right.endswith("scale(1 1)") and left.endswith("scale(-1 1)")


def test_a_saturated_and_a_dead_pad_are_told_apart(open_view: Open) -> None:
    record = told_session()
    touch = record.touch.copy()
    touch["at_least"][:, 1] = touch["total_at_least"] = True
    touch["force_n"][:, 3] = float("nan")
    page = open_view(replace(record, touch=touch), at=3.0)
    expect(figure(page, "force").locator(".number")).to_have_text("≥8.0")
    expect(figure(page, "force")).to_have_attribute("data-level", "unknown")   # it may be more: not called good
    expect(page.locator(".hand .pad").nth(1).locator(".pad-ring")).to_be_visible()
    expect(page.locator(".hand .pad").nth(3).locator(".pad-cross")).to_be_visible()
    expect(page.locator(".hand .pad").nth(2).locator(".pad-cross")).to_be_hidden()


def test_a_hole_in_the_recording_is_no_data(open_view: Open) -> None:
    record = told_session()
    touch = record.touch.copy()
    late = touch["t_us"] > touch["t_us"][600]
    touch["t_us"][late] += 3_000_000
    page = open_view(replace(record, touch=touch), at=4.5)
    expect(page.locator(".note")).to_contain_text("No data")
    expect(page.locator(".hand")).to_be_hidden()
    expect(figure(page, "force")).to_contain_text("no data")
    page.keyboard.press("Home")
    expect(page.locator(".note")).to_contain_text("Place unknown")


def test_a_name_with_markup_is_shown_as_it_is_written(open_view: Open) -> None:
    nasty = "</script><img src=x onerror=alert(1)>"
    page = open_view(replace(told_session(), title=nasty, notes=(nasty,)))
    expect(page.get_by_role("heading", level=1)).to_have_text(nasty)
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("mode", [Mode.STRIP, Mode.FORCE])
def test_it_fits_every_screen(open_view: Open, size: str, mode: Mode) -> None:
    page = open_view(told_session(mode), size, at=5.5)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(NARROW_TARGETS) == []
    if size != "small-phone":   # picture, figures, chart and play button are seen at once
        assert page.get_by_role("button", name="Play").evaluate("e => e.getBoundingClientRect().bottom <= innerHeight")
    expect(page.get_by_text("A companion, not a medical device.")).to_be_visible()


def test_an_hour_opens_and_can_be_looked_at_closely(open_view: Open) -> None:
    flags = tuple(flag(k * 6.0 + 1.0, k * 6.0 + 2.0) for k in range(599))
    page = open_view(session(long_rows(60), flags=flags), at=1801.1)
    expect(page.locator(".flag-list li")).to_have_count(599)
    width = slider(page).bounding_box()["width"]
    assert page.locator(".mark").count() <= width / 30 + 1
    page.get_by_role("button", name="1 minute").click()
    assert 9 <= page.locator(".mark").count() <= 11
    seek(page, 0.0)
    assert seconds(page) == pytest.approx(1771.1, abs=0.2)


def test_a_session_without_a_row_says_that_there_is_no_data(open_view: Open) -> None:
    page = open_view(replace(told_session(), touch=told_session().touch[:0], flags=(), strokes=(), cues=()))
    expect(page.get_by_text("A companion, not a medical device.")).to_be_visible()
    expect(figure(page, "force")).to_contain_text("no data")
    page.get_by_role("button", name="Play").click()
    assert seconds(page) == 0.0
