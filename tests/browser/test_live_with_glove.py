"""The whole way in one test: a simulated glove in its own process, `slowhand live`, and a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

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
