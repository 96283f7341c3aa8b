"""The guide against the truth of simulated sessions, with every error of sensors and locator in the loop."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from slowhand.coach.areas import AREAS
from slowhand.coach.coach import Coach
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sim.body import REALISTIC_BODY, some_body
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.strokes.segment import StrokeTracker
from tests.integration.coach_truth import receiver_of, touches_from_sensors
from tests.integration.guide_truth import true_contact_s, true_seconds

SECONDS = 240
FIRMER_LEFT = {2000: 0.2, 2001: -0.2, 2002: 0.0}


def session(seed: int) -> SimOutput:
    body = replace(some_body(np.random.default_rng([seed, 1]), REALISTIC_BODY), firmer_left=FIRMER_LEFT[seed])
    return Simulation("routine", seed=seed, duration_s=SECONDS, body=body).run()


@cache
def guided(seed: int) -> tuple[SimOutput, Coach, list[str], int]:
    """The session, the coach after it, the steps in their order, and how many flags were raised."""
    out = session(seed)
    touch, tracker = touches_from_sensors(out), StrokeTracker(float(out.body.back_length_mm))
    coach, steps, flags = Coach(load_glove(), receiver_of(out), Mode.STRIP), [], set()
    coach.tell("step", {"minutes": SECONDS // 60})
    coach.tell("step", "start")
    begin = 0
    for row, stroke in tracker.process_by_row(touch):
        flags |= {flag.key for flag in coach.process(touch[begin : row + 1], [stroke]).flags_changed}
        begin = row + 1
        name = coach.guide.routine.step.name
        steps += [name] if not steps or steps[-1] != name else []
    coach.process(touch[begin:])
    return out, coach, steps, len(flags)


@pytest.mark.parametrize("seed", FIRMER_LEFT)
def test_cells_and_areas_agree_with_the_truth(seed: int) -> None:
    out, coach, _, _ = guided(seed)
    coverage = coach.guide.coverage
    grid, truth = coverage.grid, true_seconds(out, coverage.grid)
    on_back = grid.area >= 0
    worked, really = coverage.worked()[on_back], (truth >= coverage.rule.worked_s)[on_back]
    assert np.mean(worked == really) >= 0.93
    assert np.corrcoef(coverage.seconds()[on_back], truth[on_back])[0, 1] >= 0.95
    spent = true_contact_s(out)
    assert max(abs(coverage.contact_s(area) - spent[area]) for area in AREAS) <= 8.0
    assert coverage.unknown_s <= 0.06 * sum(spent.values())
    assert coverage.missed() == () and coverage.uneven() == ()


@pytest.mark.parametrize("seed", FIRMER_LEFT)
def test_the_steps_follow_the_hands_in_their_order(seed: int) -> None:
    _, _, steps, flags = guided(seed)
    assert steps[:2] == ["settle", "feel"]   # the first stroke ends while the hands settle
    order = [name for name in ("shoulders", "upper", "middle", "lower", "neck") if name in steps]
    assert len(order) >= 4 and [steps.index(name) for name in order] == sorted(steps.index(name) for name in order)
    assert flags <= 1


@pytest.mark.parametrize("seed", FIRMER_LEFT)
def test_firmness_is_within_what_is_claimed_and_never_names_the_wrong_side(seed: int) -> None:
    _, coach, _, _ = guided(seed)
    share = FIRMER_LEFT[seed]
    truth = np.log((1.0 + share) / (1.0 - share))
    told = [it for it in coach.guide.palpation.comparisons() if it.firmness_ratio is not None]
    assert told
    for compared in told:
        assert abs(np.log(compared.firmness_ratio) - truth) <= 2.5 * compared.firmness_sigma
        if compared.firmer:
            assert share != 0.0 and compared.firmer == ("left" if share > 0.0 else "right")
