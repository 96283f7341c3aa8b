"""A flat back and a hand that presses one place of it, for tests of what else moves."""

from __future__ import annotations

import numpy as np

from slowhand.sim.body import Body
from slowhand.sim.choreography import Choreography, Plan
from slowhand.sim.hand import Hand, Program

FLAT = Body(hump_mm=0.0, hollow_mm=0.0, neck_drop_mm=0.0, fall_100_mm=0.0, furrow_mm=0.0, breathing_mm=0.0)


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def held(body: Body, seconds: float = 20.0) -> Program:
    """A program that presses one place, 80 mm above the middle of the back."""
    stage = Choreography(Hand(), body, random(5), seconds)
    stage.start_procedure(2.2, 1.0, 2.2, slip_mm=0.0, turn_deg=0.0)
    place = (0.0, 1000.0 * body.length_m / 2 - 80.0)
    stage.perform(Plan("press", "palm", place, place, 10.0, duration_s=seconds))
    return stage.finish(unsteady=0.0)
