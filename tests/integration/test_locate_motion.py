"""Motion mode on simulated sessions: speed of passes, cadence and flags of pace against the truth."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from slowhand.coach.flag import Flag
from slowhand.coach.receiver import Receiver
from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.session.pipeline import Pipeline
from slowhand.sim.hand import Hand
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.truth import TrueFlag
from tests.bench.bench_motion import leaky_speed
from tests.motion_scenes import KNEADING, judge, simulate


def found_in(sim: SimOutput) -> tuple[np.ndarray, np.ndarray]:
    glove = load_glove(None, sim.hand.side)
    rows = Sensing(glove, sim.rate_hz).process(sim.raw)
    return rows, Locator(Mode.MOTION, None, glove).process(rows)


@pytest.mark.parametrize(
    ("script", "options", "rms_cm_s"),
    [
        ("mixed", {}, 2.5),
        ("mixed", {"posture": "seated"}, 2.5),
        ("calm", {"hand": Hand(side="left")}, 2.5),
        ("to_and_fro", {}, 4.5),
        ("mixed", {"motor": True, "rate_hz": 400.0}, 3.0),
    ],
)
def test_speed_of_passes(script: str, options: dict, rms_cm_s: float) -> None:
    sim = simulate(script, 60, 90.0, **options)
    rows, poses = found_in(sim)
    use = sim.truth["contact"] & (sim.truth["t_us"] >= sim.start_us)
    found = judge(poses, sim.truth["speed_cm_s"], use, sim.rate_hz)
    known = np.isfinite(found.mean)
    error = (found.mean - found.true_mean)[known]
    assert known.sum() >= 15
    assert np.sqrt(np.mean(error**2)) < rms_cm_s
    assert np.mean(np.abs(error) <= 2 * found.sigma[known]) > 0.88
    leaky = leaky_speed(rows, poses)
    by_leak = np.array([leaky[a:b].mean() for a, b in found.rows[known]]) - found.true_mean[known]
    assert np.sqrt(np.mean(error**2)) < 0.8 * np.sqrt(np.mean(by_leak**2))


@cache
def kneading() -> tuple[SimOutput, np.ndarray]:
    sim = simulate("knead", 61, 195.0)
    return sim, found_in(sim)[1]


@pytest.mark.parametrize("per_min", KNEADING)
def test_cadence_of_kneading_is_right_and_never_half_or_double(per_min: int) -> None:
    sim, poses = kneading()
    stroke = next(stroke for stroke in sim.strokes if stroke.plan == KNEADING.index(per_min))
    inside = poses[(poses["t_us"] >= stroke.start_us) & (poses["t_us"] < stroke.end_us)]
    heard = inside[np.isfinite(inside["cadence_per_min"])]
    error = np.abs(heard["cadence_per_min"] - per_min)
    assert np.max(error) < 3.5
    assert np.mean(error <= 2.0) > 0.95
    assert np.mean(error <= 2 * heard["cadence_sigma"]) > 0.9
    # Two and a half cycles must be seen: seven and a half of these fifteen seconds at 20 a minute.
    assert len(heard) > {20: 0.2, 25: 0.5}.get(per_min, 0.6) * len(inside)
    assert np.median(heard["cadence_round"]) > 0.5


def test_pressing_has_no_cadence() -> None:
    sim = Simulation("calm", 62, duration_s=150.0).run()
    poses = found_in(sim)[1]
    for stroke in sim.strokes:
        if stroke.kind == "press":
            inside = (poses["t_us"] >= stroke.start_us) & (poses["t_us"] < stroke.end_us)
            assert np.mean(np.isfinite(poses["cadence_per_min"][inside])) < 0.05


def test_flags_of_pace_are_raised_where_they_are_sure_and_nowhere_else() -> None:
    sim = Simulation("flags", 63, duration_s=150.0).run()
    pipeline = Pipeline(load_glove(), None, Receiver(), Mode.MOTION)
    pipeline.process(sim.raw)
    pipeline.finish()
    for kind, share in (("too_fast", 0.5), ("too_fast_knead", 1.0)):
        found = [flag for flag in pipeline.flags.flags() if flag.kind.value == kind]
        true = [flag for flag in sim.flags if flag.kind == kind and flag.severity == "alarm"]
        assert true and np.mean([any(touch(t, f) for f in found) for t in true]) >= share
        for flag in found:
            assert any(touch(t, flag) for t in sim.flags if t.kind == kind)
            assert flag.value > flag.limit


def touch(true: TrueFlag, found: Flag) -> bool:
    return found.start_us < true.end_us and (found.end_us or found.raised_us) > true.start_us


def test_strokes_have_kinds_and_speeds_that_hold() -> None:
    """Glides and trains are told apart without a strip; a figure without its error is not written down."""
    sim = Simulation("calm", 64, duration_s=180.0).run()
    pipeline = Pipeline(load_glove(), None, Receiver(), Mode.MOTION)
    strokes = [*pipeline.process(sim.raw).strokes, *pipeline.finish().strokes]
    right, judged, errors = 0, 0, []
    for true in sim.strokes:
        over = [s for s in strokes if s.start_us < true.end_us and s.end_us > true.start_us]
        if not over or true.kind == "press":
            continue
        best = max(over, key=lambda s: min(s.end_us, true.end_us) - max(s.start_us, true.start_us))
        judged += 1
        right += best.kind.value == true.kind
        alone = abs(best.start_us - true.start_us) < 300_000 and abs(best.end_us - true.end_us) < 300_000
        if best.mean_cm_s is not None and alone:
            assert best.speed_sigma_cm_s is not None and best.mean_cm_s >= 2 * best.speed_sigma_cm_s
            errors.append((best.mean_cm_s - true.mean_cm_s) / best.speed_sigma_cm_s)
    assert judged >= 15 and right >= 0.8 * judged
    assert len(errors) >= 8 and np.mean(np.abs(errors) <= 2.0) >= 0.85
    assert all(s.path_mm is None and s.region is None and s.min_spine_mm is None for s in strokes)
