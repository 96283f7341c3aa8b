"""Random work around every limit, and trains of every cadence: what the judge of the coach is given to judge."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from slowhand.sim.around_limits import CADENCES
from slowhand.sim.bad_habits import HABITS
from slowhand.sim.body import Body
from slowhand.sim.choreography import Choreography, Plan
from slowhand.sim.hand import Hand
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.truth import TRUTH_DTYPE, true_strokes


def runs(script: str, count: int = 6) -> list[SimOutput]:
    return [Simulation(script, seed=seed, duration_s=180.0).run() for seed in range(count)]


def test_work_around_the_limits_falls_on_both_sides_of_each() -> None:
    sessions = runs("limits")
    beyond = Counter(flag.kind for out in sessions for flag in out.flags_with(1.12))
    near = Counter(flag.kind for out in sessions for flag in out.flags_with(0.88, 10.0))
    assert set(beyond) == set(HABITS)
    assert sum(near.values()) > 1.15 * sum(beyond.values())          # some are near a limit or an edge, neither way
    flagged = sum(any(f.start_us <= s.end_us and f.end_us >= s.start_us for f in out.flags)
                  for out in sessions for s in out.strokes)
    assert 0.25 < flagged / sum(len(out.strokes) for out in sessions) < 0.8
    severities = {flag.severity for out in sessions for flag in out.flags}
    assert severities == {"warn", "alarm"}


def test_its_receivers_differ() -> None:
    bodies = [out.body for out in runs("limits", 3)]
    assert len({body.back_length_mm for body in bodies}) == 3
    assert all(2 <= len(body.sensitive) <= 3 for body in bodies)
    assert all(p.x_mm != q.x_mm for p, q in zip(bodies[0].sensitive, bodies[1].sensitive, strict=False))


def test_trains_reach_from_the_slowest_to_the_quickest_hands() -> None:
    strokes = [stroke for out in runs("cadences", 8) for stroke in out.strokes]
    for kind, (low, high) in CADENCES.items():
        told = np.array([s.cadence_per_min for s in strokes if s.kind == kind and s.cadence_per_min])
        assert len(told) >= 20 and told.min() < 1.25 * low and told.max() > 0.8 * high, kind
    kneading = np.array([s.cadence_per_min for s in strokes if s.kind == "knead"])
    assert all(np.any((kneading >= a) & (kneading < a + 20)) for a in range(20, 120, 20))


@pytest.mark.parametrize("uneven", [0.0, 0.05])
def test_a_wavering_pace_changes_when_but_not_how_often(uneven: float) -> None:
    stage = Choreography(Hand(), Body(), np.random.default_rng(3), 60.0)
    even = np.arange(2001) * 0.005 * 1.5
    turns = stage._wavering(even, uneven, 200.0)
    assert turns[0] == 0.0 and turns[-1] == pytest.approx(even[-1]) and np.all(np.diff(turns) > 0)
    spread = np.std(np.diff(turns)) / np.mean(np.diff(turns))
    assert spread == pytest.approx(uneven, rel=0.5, abs=1e-9)


def test_the_true_cadence_of_a_rub_is_that_of_the_hand_that_made_it() -> None:
    """However its landing and lifting bend the first and the last turn."""
    truth = np.zeros(1000, TRUTH_DTYPE)
    t = np.arange(1000) * 0.005
    truth["t_us"], truth["contact"], truth["total_n"], truth["stroke"] = 5000 * np.arange(1000), True, 9.0, 0
    moving = (t >= 0.6) & (t <= 4.4)
    truth["knead_turns"], truth["rub_turns"] = np.nan, np.where(moving, 2.5 * (t - 0.6), np.nan)
    truth["velocity_cm_s"][:, 0] = np.where(moving, 8.0 * np.sin(2 * np.pi * (t - 0.6) * 2.5), 0.0)
    truth["speed_cm_s"], truth["spine_mm"] = np.abs(truth["velocity_cm_s"][:, 0]), 60.0
    [stroke] = true_strokes(truth, ("friction",), ("",), Body())
    assert stroke.cadence_per_min == pytest.approx(150.0, abs=0.2)


def test_a_simulated_rub_keeps_the_cadence_that_was_planned() -> None:
    plan = Plan("friction", "thumb", (60.0, 100.0), (60.0, 100.0), 9.0, duration_s=4.0, cadence_per_min=100.0)
    stage = Choreography(Hand(), Body(), np.random.default_rng(3), 30.0)
    stage.perform(plan)
    program = stage.finish()
    turns = program.phase[~np.isnan(program.phase)]
    assert 60.0 * 200.0 * np.diff(turns).mean() == pytest.approx(100.0, rel=1e-6)
