"""The glove's reflex in a closed loop: thresholds, motor, disturbed field, place, and thresholds again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from slowhand.coach.cue import ReflexLimits
from slowhand.coach.flag import Flag, FlagKind
from slowhand.coach.limits import shipped_limits
from slowhand.locate.strip import load_strip
from slowhand.sensing.curves import pad_curves
from slowhand.sensing.profile import load_glove
from slowhand.session.pipeline import Pipeline
from slowhand.sim.buzzer import Buzzer, Reflex
from slowhand.sim.choreography import Choreography, Plan
from slowhand.sim.magnets import MOTOR_UT
from slowhand.sim.scripts import SCRIPTS
from slowhand.sim.simulation import SimOutput, Simulation
from tests.integration.coach_truth import receiver_of

BLOCK = 4             # rows of 5 ms that the host takes in at once
SHAKE_M_S2 = 1.5
TTL_MS = 2000
MOTOR_FIELD_UT = MOTOR_UT * np.array([[0.6, -0.64, 0.48], [0.48, 0.64, -0.6]])
THUMB = 0


@dataclass
class Played:
    """What the coach and the glove did. ``rows`` are touches."""

    limits: list[ReflexLimits] = field(default_factory=list)
    flags: dict[tuple, Flag] = field(default_factory=dict)
    rows: list[np.ndarray] = field(default_factory=list)

    def take(self, results) -> None:
        self.limits += results.limits
        self.flags |= {(flag.kind, flag.start_us): flag for flag in results.flags_changed}
        self.rows.append(results.touch)


def press_the_spine(stage: Choreography) -> None:
    """Two calm glides, so that the place is well known; then the thumb rests on the spine, much too firmly."""
    for x in (70.0, -70.0):
        stage.perform(Plan("glide", "palm", (x, 80.0), (x, 300.0), force_n=9.0, speed_cm_s=9.0))
    stage.perform(Plan("press", "thumb", (0.0, 170.0), (0.0, 170.0), force_n=8.0, duration_s=5.0, ramp_s=0.3))
    stage.hover(0.6)


def play(out: SimOutput, from_us: int) -> Played:
    """The pipeline and a glove whose motor runs when a pad is over its threshold, and disturbs the sensors."""
    pipeline = Pipeline(load_glove(), load_strip(), receiver_of(out))
    reflex, buzzer, rng = Reflex(), Buzzer(), np.random.default_rng(4)
    played, raw = Played(), out.raw.copy()
    begin = int(np.searchsorted(raw["t_us"], from_us))
    played.take(pipeline.process(raw[:begin]))
    for at in range(begin, len(raw), BLOCK):
        block = raw[at : at + BLOCK]
        for row in block:
            t_us = int(row["t_us"])
            if played.limits:   # those of the blocks before: the host's and the wire's way takes that long
                reflex.set_limits(played.limits[-1].pad_counts, TTL_MS, t_us)
            reflex.judge(row["pads"].tolist(), t_us)
            buzzer.update(reflex.active(t_us), t_us)
            if buzzer.on:
                row["haptic"] = True
                row["m0"] += MOTOR_FIELD_UT[0]
                row["m1"] += MOTOR_FIELD_UT[1]
                row["accel"] += rng.normal(0.0, SHAKE_M_S2, 3)
        played.take(pipeline.process(block))
    played.flags |= {(flag.kind, flag.start_us): flag for flag in pipeline.finish().flags_changed}
    return played


@pytest.mark.parametrize("seed", [1, 2])
def test_the_warning_does_not_switch_itself_off(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCRIPTS, "spine press", press_the_spine)
    out = Simulation("spine press", seed=seed, duration_s=30.0).run()
    [press] = [stroke for stroke in out.strokes if stroke.kind == "press"]
    played = play(out, press.start_us - 300_000)
    touch = np.concatenate(played.rows)
    during = touch[(touch["t_us"] > press.start_us + 700_000) & (touch["t_us"] < press.end_us - 500_000)]
    assert len(during) > 800
    assert 0.3 < during["haptic"].mean() < 0.9           # the motor's own guard lets it rest

    bound = pad_curves(load_glove().pad)[THUMB].force_to_count(shipped_limits().reflex.sooner_share * 5.0)
    first = max(k for k, limits in enumerate(played.limits) if limits.t_us <= during["t_us"][0])
    held = [limits for limits in played.limits[first:] if limits.t_us <= during["t_us"][-1]]
    assert {limits.pad_counts[THUMB] for limits in held} == {bound}

    spine = [flag for flag in played.flags.values() if flag.kind is FlagKind.SPINE_PRESSURE]
    [flag] = [flag for flag in spine if flag.end_us > press.start_us]
    assert flag.start_us < press.start_us + 500_000
    assert flag.end_us > press.end_us - 600_000
