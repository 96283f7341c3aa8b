"""What strokes and coach cost on one core of this machine, in blocks of seven rows as a live session has them."""

from __future__ import annotations

import time

import numpy as np

from slowhand.coach.coach import Coach
from slowhand.locate.pose import Mode
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.strokes.segment import StrokeTracker
from tests.bench import coach_conditions as asked
from tests.bench.coach_figures import at_most
from tests.bench.locate_figures import Line
from tests.integration.coach_truth import glove_of, receiver_of, touches_from_sensors

BLOCK = 7
SCRIPTS = ("flags", "mixed", "cadences")
SECONDS = 60.0


def cost_us(out: SimOutput, touch: np.ndarray) -> tuple[float, float]:
    """Microseconds of processor time per row: of strokes, and of the coach."""
    tracker, coach = StrokeTracker(float(out.body.back_length_mm)), Coach(glove_of(out), receiver_of(out), Mode.STRIP)
    strokes_s = coach_s = 0.0
    for i in range(0, len(touch), BLOCK):
        block = touch[i : i + BLOCK]
        began = time.process_time()
        strokes = tracker.process(block)
        between = time.process_time()
        coach.process(block, strokes)
        strokes_s, coach_s = strokes_s + between - began, coach_s + time.process_time() - between
    return 1e6 * strokes_s / len(touch), 1e6 * coach_s / len(touch)


def cost_lines(seeds: list[int]) -> list[Line]:
    """The dearest of a few kinds of session, each over its cheaper half of runs: what else runs here is left out."""
    lines = []
    for script in SCRIPTS:
        out = Simulation(script, seeds[0], SECONDS).run()
        touch = touches_from_sensors(out)
        runs = sorted((cost_us(out, touch) for _ in range(3)), key=sum)
        strokes, coach = runs[0]
        lines.append(at_most(f"a row of {script}", strokes + coach, asked.COST_US, "us",
                             f"strokes {strokes:.0f}, coach {coach:.0f}"))
    return lines
