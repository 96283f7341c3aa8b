"""What a step of the locator costs on one core of this machine."""

from __future__ import annotations

import numpy as np

from slowhand.sim.simulation import SimOutput
from tests.bench.locate_figures import Line
from tests.bench.locate_score import locate, simulate

MEAN_US, LONGEST_MS = 25.0, 3.0
LIVE_ROWS = 8       # that arrive together in a live session
SCRIPTS = ("mixed", "absences")


def cost_lines(seeds: list[int], seconds: float) -> list[Line]:
    """Mean per 200 Hz step in blocks of 8 rows, and the longest of all steps taken one by one.

    Every session is located twice and of each block's two times the shorter one counts: what the operating system
    does meanwhile is not the locator's. The longest is looked for after the start procedure, which may take longer
    once. A step by itself carries some microseconds of Python that a block of eight shares.
    """
    means, singles, starts = [], [], []
    for script in SCRIPTS:
        for seed in seeds[:2]:
            sim = simulate(script, seed, seconds)
            means.append(float(shorter(sim, LIVE_ROWS).mean()) * 1e6)
            spent = shorter(sim, 1)
            running = sim.raw["t_us"] > sim.start_us + 1_000_000
            singles.append(spent[running])
            starts.append(spent[~running].max())
    steps = np.concatenate(singles) * 1e3
    mean, longest = max(means), float(steps.max())
    return [
        Line("mean step, blocks of 8, us", f"{mean:.1f}", "", f"<= {MEAN_US:g}", mean <= MEAN_US),
        Line("steps one by one, p50, us", f"{1e3 * np.percentile(steps, 50):.1f}"),
        Line("  p99.9, ms", f"{np.percentile(steps, 99.9):.2f}"),
        Line("  longest, ms", f"{longest:.2f}", "", f"<= {LONGEST_MS:g}", longest <= LONGEST_MS),
        Line("  longest of the start, ms", f"{1e3 * max(starts):.2f}"),
    ]


def shorter(sim: SimOutput, block: int) -> np.ndarray:
    """Seconds per row of every block, the shorter of two runs."""
    return np.minimum(locate(sim, block)[2], locate(sim, block)[2])
