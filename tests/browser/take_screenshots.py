"""Takes pictures of the scripted page at every size: the way to look at a change of the page.

    python -m tests.browser.take_screenshots --out /tmp/pictures --scenes good spine --sizes phone desktop
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import SIZES, launch
from tests.browser.page_process import PageProcess
from tests.browser.scripted_session import SCENES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenes", nargs="+", choices=SCENES, default=list(SCENES))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--seconds", type=float, default=2.5, help="how long each scene plays before its picture")
    parser.add_argument("--whole", action="store_true", help="the whole page, not only what the screen shows")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = PageProcess(Path(folder))
        try:
            [url] = server.expect("ready")
            browser = launch(playwright)
            for size in options.sizes:
                width, height = SIZES[size]
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(url)
                for scene in options.scenes:
                    server.scene(scene)
                    page.wait_for_timeout(options.seconds * 1000)
                    path = options.out / f"{scene}-{size}.png"
                    page.screenshot(path=path, full_page=options.whole)
                    print(path, flush=True)
                page.close()
            browser.close()
        finally:
            server.close()


if __name__ == "__main__":
    main()
