"""A pace through the whole loop: asked for, led by the glove, followed by a hand, measured, recorded, heard again."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from slowhand.coach.pacing import ON_MS
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.session.replay import replay
from slowhand.sim.pulse_follower import DELAY_S, FIRST_S, JITTER_S, PERIOD_S
from slowhand.sim.simulation import SimOutput, Simulation
from tests.integration.model_link import Bench

GLIDES = {"kind": "glide", "cm_s": 5.4, "length_mm": 270}   # from turn to turn as long as the follower's


@cache
def follower() -> SimOutput:
    return Simulation("with_pulse", seed=1, duration_s=62.0).run()


def played(run: SimOutput, folder: Path, pace: object = GLIDES) -> Bench:
    """A recorded session, with pulses that begin when the simulated giver expects the first one."""
    bench = Bench(run, folder)
    bench.run(0.7)
    bench.engine.start()
    while run_s(bench) < FIRST_S:
        bench.run(0.02)
    bench.engine.tell("pace", pace)
    bench.run_to_the_end()
    return bench


def run_s(bench: Bench) -> float:
    """How far the simulated run has come."""
    origin_us = bench.glove.model.origin_us
    return 0.0 if origin_us is None else (bench.glove._device_us() - origin_us) * 1e-6


@pytest.fixture(scope="module")
def following(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    bench = played(follower(), tmp_path_factory.mktemp("pacing"))
    bench.engine.stop()
    return bench


def test_a_hand_that_goes_with_the_pulse_is_found_to(following: Bench) -> None:
    stored = replay(following.store, 1)
    pacing = stored.analysis.pacing
    assert pacing is not None and pacing["turns"] >= 8
    assert abs(pacing["rate_error_pct"]) < 5.0
    # It lags as people do; bench steps of 20 ms and the locator's error come to it.
    assert pacing["phase_periods"] == pytest.approx(DELAY_S / PERIOD_S, abs=0.03)
    assert pacing["spread_periods"] == pytest.approx(JITTER_S / PERIOD_S, abs=0.03)
    assert pacing["evenness"] > 0.9 and pacing["with_pulse_share"] > 0.9 and pacing["words"] == 0


def test_each_turn_is_found_where_the_hand_truly_turned() -> None:
    from slowhand.coach.receiver import Receiver
    from slowhand.locate.strip import load_strip
    from slowhand.sensing.profile import load_glove
    from slowhand.session.pipeline import Pipeline

    run = follower()
    pipeline = Pipeline(load_glove(), load_strip(), Receiver(), Mode.STRIP)
    pipeline.coach.tell("pace", GLIDES)
    pipeline.coach.tell("pulse", int(run.raw["t_us"][0]) + round(FIRST_S * 1e6))
    pipeline.process(run.raw)
    true_s = np.array([(s.end_us - run.raw["t_us"][0]) * 1e-6 for s in run.strokes if s.kind == "glide"][:-1])
    true_phase = ((true_s - FIRST_S) / PERIOD_S + 0.5) % 1.0 - 0.5
    figures = pipeline.coach.pacing.session_figures()
    assert figures is not None
    assert figures["phase_periods"] == pytest.approx(float(np.mean(true_phase)), abs=0.02)
    assert figures["spread_periods"] == pytest.approx(float(np.std(true_phase)), abs=0.015)


def test_the_glove_pulses_at_the_origin_that_the_coach_was_told(following: Bench) -> None:
    stored = replay(following.store, 1)
    [began] = [e.detail for e in stored.stored.events if e.kind == "told" and e.detail["kind"] == "pulse"]
    rising = np.flatnonzero(np.diff(stored.raw["haptic"].astype(int)) == 1)
    starts_us = stored.raw["t_us"][rising + 1]
    starts_us = starts_us[starts_us >= began["value"]]
    late_us = (starts_us - began["value"]) % 5_000_000
    assert len(starts_us) >= 8
    assert np.median(late_us) <= 10_000   # a sample's own time, and the one before it
    on_rows = np.count_nonzero(stored.raw["haptic"]) / len(starts_us)
    assert on_rows * 5.0 == pytest.approx(ON_MS, abs=10.0)


def test_live_and_replay_have_the_same_figures_to_the_bit(following: Bench) -> None:
    stream = following.engine._stream
    assert stream is not None
    assert replay(following.store, 1).analysis.pacing == stream.pipeline.coach.pacing.session_figures()


def test_a_hand_that_keeps_a_pace_of_its_own_is_told_so_and_not_that_it_follows(tmp_path: Path) -> None:
    bench = played(follower(), tmp_path, GLIDES | {"length_mm": 340})   # a pulse every 6.3 s; it turns every 5 s
    bench.engine.stop()
    stored = replay(bench.store, 1)
    pacing = stored.analysis.pacing
    assert pacing is not None and pacing["with_pulse_share"] == 0.0
    assert pacing["rate_error_pct"] == pytest.approx(100 * (6.296 / 5.0 - 1), abs=6.0)
    said = [cue for cue in stored.stored.cues if cue.kind == "pace"]
    assert 1 <= len(said) == pacing["words"] <= 2
    assert [cue for block in stored.analysis.blocks for cue in block.cues] == list(stored.stored.cues)


def test_the_page_sees_the_pulse_and_the_pace_goes_on_in_the_next_session(tmp_path: Path) -> None:
    bench = Bench(follower(), tmp_path, with_strip=False)
    bench.run(0.7)
    bench.engine.tell("pace", "auto")
    bench.engine.tell("pace", "slower")
    bench.run(0.3)
    view = bench.engine.state().pacing
    assert view is not None and (view.choice, view.kind, view.unit) == ("auto", "glide", "cm/s")
    assert view.period_us == 6_250_000 and view.origin_us is not None
    bench.engine.start()
    bench.run(0.5)
    again = bench.engine.state().pacing
    assert again is not None and again.period_us == 6_250_000
    assert again.origin_us is not None and again.origin_us > view.origin_us   # the pulses began anew
    bench.engine.stop()
    bench.run(0.1)
    events = [e.detail for e in bench.store.read(1).events if e.kind == "told"]
    assert events[0]["after_us"] is None and events[0]["kind"] == "pace"
    player = replay(bench.store, 1)
    assert player.analysis.pacing is not None


def test_the_pulses_begin_anew_after_the_cable_was_out(tmp_path: Path) -> None:
    bench = Bench(follower(), tmp_path)
    bench.run(9.0)
    bench.engine.tell("pace", GLIDES)
    bench.run(0.3)
    before = bench.engine.state().pacing
    bench.glove.unplug()
    bench.run(1.0)
    bench.glove.plugged = True
    bench.run(3.0)
    after = bench.engine.state().pacing
    assert before is not None and after is not None and before.origin_us is not None and after.origin_us is not None
    assert after.origin_us > before.origin_us + 1_000_000
    assert bench.glove.model._buzzer._pace is not None
    bench.engine.tell("pace", None)
    bench.run(0.3)
    assert bench.glove.model._buzzer._pace is None


def test_the_pace_survives_that_the_magnets_are_given_up(tmp_path: Path) -> None:
    bench = Bench(follower(), tmp_path)
    bench.run(9.0)
    bench.engine.tell("pace", {"kind": "knead", "per_min": 30})
    bench.run(0.3)
    before = bench.engine.state().pacing
    bench.engine.answer_implant(True)
    bench.run(0.5)
    assert bench.engine.state().mode == "force"
    after = bench.engine.state().pacing
    assert before is not None and after is not None
    assert (after.period_us, after.origin_us) == (before.period_us, before.origin_us)
    bench.engine.tell("pace", "faster")
    assert bench.engine.state().pacing.period_us == 1_600_000


def test_nothing_buzzes_until_the_start_steps_are_done(tmp_path: Path) -> None:
    bench = Bench(follower(), tmp_path)
    bench.run(0.7)
    bench.engine.tell("pace", "auto")
    while bench.engine.state().phase != "running":
        bench.run(0.1)
        assert bench.engine.state().phase == "running" or bench.glove.model._buzzer._pace is None
    bench.run(0.2)
    view = bench.engine.state().pacing
    assert view is not None and view.origin_us is not None and bench.glove.model._buzzer._pace is not None
    bench.engine.start_over()
    bench.run(0.2)
    again = bench.engine.state().pacing
    assert again is not None and (again.words, again.origin_us) == ("after the start steps", None)
    assert bench.glove.model._buzzer._pace is None


def test_a_pace_that_is_none_is_refused_and_not_recorded(tmp_path: Path) -> None:
    bench = Bench(follower(), tmp_path)
    bench.run(0.7)
    bench.engine.start()
    with pytest.raises(BadInputError, match="pace: found"):
        bench.engine.tell("pace", "quickly")
    bench.run(0.3)
    bench.engine.stop()
    assert not [e for e in bench.store.read(1).events if e.kind == "told"]
    assert replay(bench.store, 1).analysis.pacing is None
