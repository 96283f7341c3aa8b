"""What a live session costs: CPU of the host with the page open, update rate of the gauges, sample to gauge.

A simulated glove in its own process, `slowhand live` in another, a real Chromium on the page.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.chromium import launch
from tests.integration.commands import live, simulated_glove

STRIP = 'pitch_mm = 30\npolarity = "+++++-------++++"\nmoment_a_m2 = 0.1\nheight_mm = 0\n'
WATCH_S = 30

# Every change of the pressure gauge: the page's clock (ms since 1970) and the device time that it shows.
WATCH = """(seconds) => new Promise((done) => {
  const meter = document.querySelector('[role=meter][aria-label="Pressure"]');
  const seen = [];
  const observer = new MutationObserver(() => seen.push([performance.timeOrigin + performance.now(), +meter.dataset.tUs]));
  observer.observe(meter, { attributes: true, attributeFilter: ['data-t-us'] });
  setTimeout(() => { observer.disconnect(); done(seen); }, seconds * 1000); })"""


def cpu_s(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(_: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "strip.toml").write_text(STRIP)
        with (
            simulated_glove(folder, seconds=WATCH_S + 40, script="mixed") as port,
            live(port, folder / "s.sqlite3", "--strip", str(folder / "strip.toml")) as (host, url),
        ):
            page = launch(playwright).new_page()
            page.goto(url)
            page.wait_for_selector('[role=meter][aria-label="Pressure"][aria-valuenow]', timeout=30_000)
            began, before = time.monotonic(), cpu_s(host.pid)
            seen = np.array(page.evaluate(WATCH, WATCH_S))
            share = (cpu_s(host.pid) - before) / (time.monotonic() - began)
    steps_ms = np.diff(seen[:, 0])
    # Page time minus device time is the way's delay plus an unknown constant: its spread is what can be measured.
    delay_ms = seen[:, 0] - seen[:, 1] / 1e3
    spread = delay_ms - delay_ms.min()
    print(f"host CPU, 200 Hz, one page open:  {100 * share:.1f} % of one core   (at most 25 %)")
    print(f"gauge updates:                    {len(seen) / WATCH_S:.1f} Hz   (20-30 Hz)")
    print(f"between updates, ms:              p50 {np.percentile(steps_ms, 50):.0f}  p95 {np.percentile(steps_ms, 95):.0f}"
          f"  p99 {np.percentile(steps_ms, 99):.0f}  max {steps_ms.max():.0f}")
    print(f"sample to gauge, above the least: p50 {np.percentile(spread, 50):.0f}  p95 {np.percentile(spread, 95):.0f}"
          f"  p99 {np.percentile(spread, 99):.0f} ms")


if __name__ == "__main__":
    main([])
