"""Debian's Chromium for the browser tests: it is part of them, so its absence is a failure with a reason."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Playwright

EXECUTABLE = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

SIZES = {
    "phone": (390, 844),
    "phone-landscape": (844, 390),
    "small-phone": (320, 640),
    "tablet-portrait": (820, 1180),
    "tablet-landscape": (1180, 820),
    "desktop": (1440, 900),
}


class MissingChromiumError(RuntimeError):
    """Chromium is not installed; the message names the package."""


def launch(playwright: Playwright) -> Browser:
    if not EXECUTABLE.exists():
        raise MissingChromiumError(f"{EXECUTABLE} is missing: install it with 'apt-get install chromium'")
    return playwright.chromium.launch(executable_path=str(EXECUTABLE), args=ARGUMENTS)
