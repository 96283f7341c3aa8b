"""The start procedure anew in mid-session: live, recorded at its row, and the same in every replay."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from slowhand.cli.sessions import minutes, notes_of
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Phase
from slowhand.locate.strip import load_strip
from slowhand.session.engine import SessionEngine
from slowhand.session.live_state import Level, LiveState
from slowhand.session.replay import replay
from slowhand.session.replay_session import ReplaySession
from slowhand.session.store import Event
from slowhand.session.stream import Wishes
from slowhand.sim.hand import Hand
from slowhand.sim.simulation import SimOutput, Simulation
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import finds, naughty


@cache
def restarting(posture: str = "prone", side: str = "right") -> SimOutput:
    hand = Hand(side) if side == "left" else Hand()
    return Simulation("restart", seed=4, duration_s=60.0, posture=posture, hand=hand).run()


def bench_for(run: SimOutput, folder: Path, posture: str = "prone") -> Bench:
    bench = Bench(run, folder)
    wishes = Wishes(Receiver(posture=posture), strip=load_strip())
    bench.engine = SessionEngine(bench.link, bench.store, wishes, now_s=bench.time)
    return bench


def second_away_us(run: SimOutput) -> int:
    """When the hand has been taken away for the second start procedure, device time."""
    truth = run.truth
    return int(truth["t_us"][np.argmax(truth["started"] & (truth["p"][:, 2] > 0.35))])


def run_until(bench: Bench, device_us: int) -> None:
    while bench.engine.state().pressure.t_us < device_us:
        bench.run(0.02)


def events_of(bench: Bench, kind: str = "start_over") -> list[Event]:
    return [event for event in bench.store.read(1).events if event.kind == kind]


@pytest.mark.parametrize(("posture", "side"), [("prone", "right"), ("seated", "left")])
def test_the_place_is_found_anew_and_live_and_replay_agree_to_the_bit(tmp_path: Path, posture: str, side: str) -> None:
    run = restarting(posture, side)
    bench = bench_for(run, tmp_path, posture)
    bench.run(0.5)
    bench.engine.start()
    live: list[np.ndarray] = []
    keep = bench.engine._recorder.results
    bench.engine._recorder.results = lambda results: (live.append(results.touch), keep(results))  # type: ignore[assignment]
    run_until(bench, second_away_us(run))
    before = bench.engine.state()
    bench.engine.start_over()
    seen: list[LiveState] = []
    while not bench.glove.finished:
        bench.run(0.1)
        seen.append(bench.engine.state())
    bench.engine.stop()
    assert before.phase == "running" and before.may_start_over
    assert all(state.may_start_over is (state.phase == "running") for state in seen)
    anew = next(state for state in seen if state.phase == "running")
    assert "Lovely" not in anew.coach_line, "nothing has been done yet that could be praised"
    phases = [phase for i, phase in enumerate(state.phase for state in seen) if i == 0 or phase != seen[i - 1].phase]
    assert phases == ["await_away", "await_start_pose", "running"]
    assert all(state.recording and state.session_id == before.session_id for state in seen)
    assert not any(state.hand.located for state in seen if state.phase != "running")
    assert seen[-1].stroke_count > before.stroke_count > 0, "what was counted stays counted"

    [event] = events_of(bench)
    played, stored = replay(bench.store, 1), bench.store.read(1)
    touch = played.analysis.touch
    assert np.concatenate(live).tobytes() == touch.tobytes()
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert [cue for block in played.analysis.blocks for cue in block.cues] == list(stored.cues)
    at_s = (event.detail["after_us"] - int(touch["t_us"][0])) * 1e-6
    assert notes_of(played) == (f"the start procedure was begun anew at {minutes(at_s)}",)
    effect = int(np.searchsorted(touch["t_us"], event.detail["after_us"], side="right"))
    assert touch["phase"][effect - 1] == Phase.RUNNING and touch["phase"][effect] == Phase.AWAIT_AWAY

    later = slice(effect, None)
    truth = run.truth[np.isin(run.truth["t_us"], touch["t_us"][later])]
    rows = touch[np.isin(touch["t_us"], truth["t_us"])]
    off_mm = np.abs(rows["pos_mm"][:, :2] - 1e3 * truth["p"][:, :2])[rows["located"] & rows["contact"]]
    assert len(off_mm) > 1000 and np.all(np.median(off_mm, axis=0) < 10.0)


def test_a_replay_on_the_page_leads_through_it_again(tmp_path: Path) -> None:
    run = restarting()
    bench = bench_for(run, tmp_path)
    bench.run(0.5)
    bench.engine.start()
    run_until(bench, second_away_us(run))
    bench.engine.start_over()
    bench.run(9.0)
    bench.engine.stop()
    seen, session = [], ReplaySession(bench.store, 1, speed=5.0, now_s=bench.time)
    while not session.finished:
        session.step()
        session.start_over()   # nothing to begin anew there
        seen.append(session.state().phase)
        assert not session.state().may_start_over
        bench.time.wait(0.05)
    changes = [phase for i, phase in enumerate(seen) if i == 0 or phase != seen[i - 1]]
    assert changes == ["await_away", "await_start_pose", "running"] * 2


def test_a_hand_that_goes_on_working_is_told_what_it_waits_for_and_guarded_meanwhile(tmp_path: Path) -> None:
    bench = bench_for(naughty(), tmp_path)
    bench.run(0.5)
    bench.engine.start()
    while not bench.engine.state().hand.located:
        bench.run(0.2)
    bench.engine.start_over()
    lines = set()
    for _ in range(40):
        bench.run(0.1)
        now = bench.engine.state()
        lines.add(now.coach_line)
        assert now.phase == "await_away" and not now.hand.located
        assert now.pace.level is Level.UNKNOWN and now.pressure.level is Level.UNKNOWN
        assert now.coach_level is Level.UNKNOWN
    assert any(line.startswith("Hold your hand still, well away from the back. (") for line in lines)
    stream = bench.engine._stream
    assert stream is not None and bench.glove.limits_heard[-1] == stream.thresholds
    bench.engine.stop()
    touch = replay(bench.store, 1).analysis.touch
    assert set(touch["phase"][touch["t_us"] > events_of(bench)[0].detail["after_us"]]) == {Phase.AWAIT_AWAY}


def test_an_open_flag_ends_where_the_start_procedure_begins_anew(tmp_path: Path) -> None:
    bench = bench_for(naughty(), tmp_path)
    bench.run(0.5)
    bench.engine.start()
    while not any(flag.open for flag in bench.engine.state().flags):
        bench.run(0.02)
    bench.engine.start_over()
    bench.run(0.2)
    assert not any(flag.open for flag in bench.engine.state().flags)
    bench.engine.stop()
    after_us = events_of(bench)[0].detail["after_us"]
    [last] = [flag for flag in bench.store.read(1).flags if flag.end_us is not None and flag.end_us >= after_us]
    assert last.end_us - after_us == 5000   # one row later
    played = replay(bench.store, 1)
    stored = bench.store.read(1)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)


def test_without_a_strip_there_is_nothing_to_begin_anew(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path, with_strip=False)
    bench.engine.start_over()   # nor before the glove is there
    bench.run(0.5)
    bench.engine.start()
    bench.run(2.0)
    bench.engine.start_over()
    bench.run(0.5)
    assert bench.engine.state().phase == "running" and not bench.engine.state().may_start_over
    bench.engine.stop()
    assert events_of(bench) == []


def test_it_may_be_asked_for_before_the_first_row_and_again_and_again(tmp_path: Path) -> None:
    bench = bench_for(naughty(), tmp_path)
    bench.run(0.5)
    bench.engine.start()
    bench.engine.start_over()   # of this recording no row has come yet
    bench.run(0.1)
    bench.engine.start_over()
    bench.engine.start_over()
    bench.run_to_the_end()
    bench.engine.stop()
    assert [event.detail["after_us"] is None for event in events_of(bench)] == [True, False, False]
    stored, played = bench.store.read(1), replay(bench.store, 1)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert len(stored.strokes) > 3   # the giver was still away: the procedure went on from there
