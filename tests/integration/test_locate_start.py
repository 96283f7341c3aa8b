"""The start procedure as people do it: with a tremor, on a slope, over steel - and at the wrong place of the back."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.sim import scripts
from slowhand.sim.choreography import Choreography, Plan
from slowhand.sim.hand import Hand
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.trouble import TROUBLES


def poses_of(sim: SimOutput) -> np.ndarray:
    profile = load_glove(None, sim.hand.side)
    sensed = Sensing(profile, sim.rate_hz).process(sim.raw)
    return Locator(Mode.STRIP, None, profile, sim.body.posture, sim.body.back_length_mm).process(sensed)


@pytest.mark.parametrize("options", [
    {"trouble": TROUBLES["tilted_start"]},
    {"trouble": TROUBLES["steel"], "posture": "seated"},
    {"trouble": TROUBLES["tilted_start"] | TROUBLES["steel"], "hand": Hand(side="left", tremor=3.0)},
    {"magnetometers": 1},
], ids=["slope", "chair", "tremor", "one magnetometer"])
def test_the_start_is_recognised_and_right(options: dict) -> None:
    for seed in (401, 402):
        sim = Simulation("mixed", seed, duration_s=12.0, **options).run()
        poses = poses_of(sim)
        running = np.flatnonzero(poses["phase"] == Phase.RUNNING)
        assert len(running) and poses["t_us"][running[0]] < sim.start_us + 300_000
        assert np.abs(poses["p"] - sim.truth["p"])[running[0], :2].max() < 0.015


def test_a_rest_elsewhere_on_the_back_is_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def rests(stage: Choreography) -> None:
        for x, y in ((15.0, 335.0), (-25.0, 380.0), (55.0, 370.0), (0.0, 235.0)):
            stage.absence(2.0)
            stage.hold(2.6)
            stage.perform(Plan("press", "palm", (x, y), (x, y), 4.0, duration_s=3.0))

    monkeypatch.setitem(scripts.SCRIPTS, "rests", rests)
    monkeypatch.setattr(Choreography, "start_procedure", lambda self, *a, **k: self.hold(2.8))
    for seed in (403, 404):
        poses = poses_of(Simulation("rests", seed, duration_s=42.0).run())
        assert not np.any(poses["phase"] == Phase.RUNNING)
