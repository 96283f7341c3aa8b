"""The whole way in one test: a simulated glove in its own process, `slowhand live`, and a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from slowhand.session.replay import replay
from slowhand.session.store import SessionStore
from tests.browser.test_live_page import COUNT_UPDATES, meter
from tests.integration.commands import live, simulated_glove

STRIP = 'pitch_mm = 30\npolarity = "+++++-------++++"\nmoment_a_m2 = 0.1\nheight_mm = 0\n'
LIVE_S = 30


@pytest.mark.xdist_group("live_with_glove")
def test_what_the_hand_does_is_on_the_page(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "strip.toml").write_text(STRIP)
    with (
        simulated_glove(tmp_path, seconds=LIVE_S, script="demo") as port,
        live(port, tmp_path / "s.sqlite3", "--strip", str(tmp_path / "strip.toml")) as (_, url),
    ):
        page = chromium.new_page()
        page.goto(url)
        expect(page.get_by_role("button", name="Stop recording")).to_be_visible()
        for name, unit in (("Pace", "cm/s"), ("Pressure", "N")):
            gauge = meter(page, name)
            # a number with its unit and its state in words: the start procedure is over and the hand works
            expect(gauge).to_have_attribute("aria-valuetext", number_in(unit), timeout=30_000)
        looks = [page.evaluate(COUNT_UPDATES, "Pressure") for _ in range(2)]
        assert max(look["rate"] for look in looks) > 15  # the exact rate is the bench's business, on a quiet machine
        assert looks[-1]["times"][-1] > looks[0]["times"][0]
        page.close()


def number_in(unit: str):
    import re

    return re.compile(rf"^(at least )?\d+(\.\d+)? {unit}, \w+")


@pytest.mark.xdist_group("live_with_glove")
def test_an_answer_on_the_page_lowers_what_the_glove_itself_lets_pass(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "strip.toml").write_text(STRIP)
    (tmp_path / "receiver.toml").write_text("implant = false\n")
    db = tmp_path / "s.sqlite3"
    words = ("--strip", str(tmp_path / "strip.toml"), "--receiver", str(tmp_path / "receiver.toml"))
    with simulated_glove(tmp_path, seconds=120, script="routine") as port, live(port, db, *words) as (_, url):
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.goto(url)
        page.get_by_role("button", name="Begin").click(timeout=40_000)   # offered once the start steps are done
        expect(page.get_by_role("heading", name="Ask first")).to_be_visible()
        expect(meter(page, "Pressure")).to_have_attribute("aria-valuetext", number_in("N"), timeout=20_000)
        page.wait_for_timeout(2500)   # of contact, so that there is something to answer about
        page.get_by_role("button", name="Pressure?").click()
        page.get_by_role("button", name="Lighter", exact=True).click()
        expect(page.get_by_role("region", name="How is the pressure?")).to_contain_text("Lighter here: at most")
        expect(page.locator(".sore[data-why=lighter]")).to_have_count(1)
        page.get_by_role("button", name="Stop recording").click()
        expect(page.get_by_role("button", name="Start recording")).to_be_visible()
        page.close()
    store = SessionStore(db)
    told_us = [event.detail["after_us"] for event in store.read(1).events if event.detail.get("value") == "lighter"]
    played = replay(store, 1)
    limits = [limit for block in played.analysis.blocks for limit in block.limits]
    before = [limit for limit in limits if limit.t_us <= told_us[0]][-1]
    after = [limit for limit in limits if told_us[0] < limit.t_us <= told_us[0] + 100_000]
    assert after and after[0].zone == "sensitive" and min(after[0].pad_counts) < min(before.pad_counts)
