"""`make pictures`: the README's pictures, from the demo itself.

    python -m tests.browser.pictures
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import SIZES, launch

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SECONDS = 120
HAND_VIEW = (1280, 800)
AT_S = 30   # a moment with a flag in the list and the hand at work


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as out, sync_playwright() as playwright:
        demo = subprocess.Popen(
            [sys.executable, "-m", "slowhand", "demo", "--seconds", str(SECONDS), "--no-browser", "--out", out,
             "--http", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        assert demo.stderr is not None
        url = next(found.group() for found in (re.search(r"http://\S+", line) for line in demo.stderr) if found)
        width, height = SIZES["tablet-landscape"]
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(url)
        page.wait_for_timeout(AT_S * 1000)
        page.screenshot(path=IMAGES / "live.png")
        demo.wait()
        shutil.copy(Path(out) / "overview.png", IMAGES / "overview.png")
        take_hand_view(browser, Path(out) / "hand-view.html")
    print(f"{IMAGES}/live.png, overview.png and hand-view.png")


def take_hand_view(browser: Browser, file: Path) -> None:
    """The view of the hand half a second into the first flag: a stroke that is too fast, with its trail."""
    width, height = HAND_VIEW
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.goto(f"{file.resolve().as_uri()}#t=0")
    page.keyboard.press("n")
    for _ in range(10):
        page.keyboard.press(".")
    page.screenshot(path=IMAGES / "hand-view.png")


if __name__ == "__main__":
    main()
