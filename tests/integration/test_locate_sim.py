"""The locator against simulated truth. Bounds are looser than what `tests.bench.bench_locate` prints: seeds differ."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench.bench_locate import CONDITIONS, Score, locate, score, simulate


def judged(script: str, seed: int, seconds: float, condition: str = "realistic") -> Score:
    sim = simulate(script, seed, seconds, **CONDITIONS[condition])
    return score(sim, *locate(sim, magnetometers=sim.magnetometers))


@pytest.mark.parametrize("script", ["mixed", "near_spine", "calm"])
def test_ordinary_work_is_located_to_millimetres(script: str) -> None:
    results = [judged(script, seed, 70.0) for seed in (301, 302)]
    assert max(r.x_near for r in results) < 4.0
    assert max(r.y for r in results) < 10.0
    assert max(r.speed for r in results) < 1.6
    assert min(r.located for r in results) > 0.90
    assert max(r.wrong for r in results) < 0.005 and max(r.wrong_y for r in results) < 0.01
    # Stated sigmas are to be believed. What all magnets are off together lasts for a session, so it takes several.
    results += [judged(script, seed, 70.0) for seed in range(306, 312)]
    assert np.mean([r.inside_x for r in results]) > 0.9 and np.mean([r.inside_y for r in results]) > 0.85


def test_an_absence_is_survived() -> None:
    results = [judged("absences", seed, 110.0) for seed in (303, 304)]
    assert max(r.wrong for r in results) < 0.01
    assert min(r.located for r in results) > 0.80
    found = [r.found_p50 for r in results]
    assert np.isfinite(found).all() and max(found) < 6.0


@pytest.mark.parametrize("condition", ["left", "large", "seated", "motor"])
def test_other_hands_postures_and_the_motor(condition: str) -> None:
    result = judged("mixed", 305, 60.0, condition)
    assert result.x_near < 5.0 and result.y < 12.0 and result.speed < 2.5
    assert result.located > 0.85 and result.wrong < 0.015


def test_one_magnetometer_does_with_larger_sigmas() -> None:
    result = judged("near_spine", 306, 60.0, "single")
    assert result.x_near < 8.0 and result.y < 25.0
    assert result.located > 0.6 and result.wrong < 0.02
