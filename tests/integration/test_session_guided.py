"""What people say about the pressure in a session: the glove knows at once, the store keeps it, a replay hears it again."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from slowhand.coach.receiver import Receiver
from slowhand.coach.routine_plan import shipped_routine
from slowhand.errors import BadInputError
from slowhand.locate.strip import load_strip
from slowhand.session.engine import SessionEngine
from slowhand.session.export import session_summary
from slowhand.session.replay import replay
from slowhand.session.replay_session import ReplaySession
from slowhand.session.setup import Setup
from slowhand.session.stream import Wishes
from slowhand.sim.simulation import SimOutput, Simulation
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import finds


@cache
def rubbing() -> SimOutput:
    return Simulation("routine", seed=12, duration_s=70.0).run()


def bench_for(folder: Path, name: str | None = None) -> Bench:
    bench = Bench(rubbing(), folder)
    wishes = Wishes(Receiver(implant=False, name=name), strip=load_strip())
    bench.engine = SessionEngine(bench.link, bench.store, wishes, now_s=bench.time)
    return bench


def run_until_pressed(bench: Bench, least_n: float = 8.0) -> None:
    """To a moment of firm contact at a known place."""
    for _ in range(4000):
        bench.run(0.02)
        state = bench.engine.state()
        if state.phase == "running" and state.hand.located and (state.pressure.value or 0.0) > least_n:
            bench.run(0.6)
            return
    raise AssertionError("the simulated hand never pressed")


def test_lighter_reaches_the_glove_at_once_and_a_replay_gives_the_same_bits(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    bench.run(1.0)
    bench.engine.tell("step", {"minutes": 10})
    bench.engine.tell("step", "start")
    run_until_pressed(bench)
    before = bench.glove.limits_heard[-1]
    bench.engine.tell("vote", "lighter")
    bench.run(0.1)
    lower = bench.glove.limits_heard[-1]
    assert all(now <= then for now, then in zip(lower, before, strict=True)) and lower != before
    state = bench.engine.state()
    assert state.sensitive[0].words == "lighter" and state.guide is not None
    assert state.guide.answered.startswith("Lighter here: at most ")
    bench.run(3.0)
    bench.engine.tell("sore", {"x_mm": -60.0, "y_mm": 90.0, "radius_mm": 30.0})
    bench.engine.tell("vote", "stop")
    bench.run(2.0)
    assert bench.engine.state().guide.stopped
    bench.engine.tell("vote", "lift")
    bench.run_to_the_end()
    bench.engine.stop()
    stored, played = bench.store.read(1), replay(bench.store, 1)
    [figures] = [event.detail for event in stored.events if event.kind == "guide"]
    assert figures == played.analysis.guide and session_summary(played)["summary"]["guide"] == figures
    assert [vote["answer"] for vote in figures["votes"]] == ["lighter", "stop", "lift"]
    assert figures["places"][-1]["why"] == "sore" and "stop" not in {place["why"] for place in figures["places"]}
    assert figures["routine"]["used"] and sum(area["contact_s"] for area in figures["areas"]) > 20.0
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)


def test_a_replay_shows_the_guide_and_asks_nothing(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    bench.run(20.0)
    bench.engine.stop()
    again = ReplaySession(bench.store, 1, now_s=bench.time)
    again.step()
    bench.time.wait(15.0)
    again.step()
    guide = again.state().guide
    assert guide is not None and not guide.may_tell and guide.question is None


def test_what_was_said_outlives_an_implant(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    bench.run(1.0)
    bench.engine.tell("step", "start")
    run_until_pressed(bench)
    bench.engine.tell("vote", "lighter")
    bench.engine.answer_implant(True)
    bench.run(1.0)
    state = bench.engine.state()
    assert state.mode == "force" and state.guide.by_clock and state.guide.running
    assert [mark.why for mark in state.guide.marks] == ["lighter"]
    bench.run_to_the_end()
    bench.engine.stop()
    played = replay(bench.store, 1)
    [figures] = [event.detail for event in bench.store.read(1).events if event.kind == "guide"]
    assert played.analysis.guide == figures


def test_a_named_receiver_is_remembered_and_can_be_forgotten(tmp_path: Path) -> None:
    first = bench_for(tmp_path, "Ada")
    first.engine.start()
    run_until_pressed(first)
    first.engine.tell("vote", "lighter")
    first.engine.stop()
    kept = first.store.remembered("Ada")
    assert [place.why for place in kept] == ["lighter"] and first.store.remembered("Bo") == ()
    second = bench_for(tmp_path, "Ada")
    second.engine.start()
    second.run(9.0)
    state = second.engine.state()
    assert [(place.words, place.max_n) for place in state.sensitive] == [("lighter, last time", kept[0].max_n)]
    second.engine.stop()
    setup = Setup.from_dict(second.store.read(2).info.setup)
    assert setup.receiver.remembered == kept   # a replay is of what was known then
    second.engine.start()
    second.run(1.0)
    second.engine.tell("sore", "forget")
    second.engine.stop()
    assert second.store.remembered("Ada") == () and second.engine.state().sensitive == ()
    assert replay(second.store, 2).analysis.setup.receiver.remembered == kept


def test_nobody_without_a_name_is_remembered(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    run_until_pressed(bench)
    bench.engine.tell("vote", "lighter")
    bench.engine.stop()
    bench.engine.start()
    bench.run(0.5)
    assert bench.engine.state().sensitive == ()


def test_sore_places_marked_before_the_recording_begins_hold_in_it(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.run(1.0)
    bench.engine.tell("sore", {"x_mm": -60.0, "y_mm": 90.0})
    bench.engine.start()
    bench.run(0.5)
    assert [place.words for place in bench.engine.state().sensitive] == ["sore"]
    bench.run_to_the_end()
    bench.engine.stop()
    assert [place["why"] for place in replay(bench.store, 1).analysis.guide["places"]] == ["sore"]


def said_beside(bench: Bench) -> None:
    """A stop, a lighter and a sore place, all while nothing is recorded."""
    run_until_pressed(bench)
    bench.engine.tell("vote", "stop")
    bench.engine.tell("sore", {"x_mm": -60.0, "y_mm": 90.0})


@pytest.mark.parametrize("earlier", [0, 1])
def test_what_is_said_beside_a_recording_holds_in_the_next_one(tmp_path: Path, earlier: int) -> None:
    bench = bench_for(tmp_path)
    for _ in range(earlier):
        bench.engine.start()
        bench.run(1.0)
        bench.engine.tell("sore", {"x_mm": 20.0, "y_mm": 50.0})   # belongs to that session, and nobody is named
        bench.engine.stop()
    said_beside(bench)
    bench.engine.start()
    bench.run(0.5)
    assert bench.engine.state().guide.stopped
    assert [place.words for place in bench.engine.state().sensitive] == ["stop", "sore"]
    bench.engine.tell("vote", "lift")
    bench.run_to_the_end()
    bench.engine.stop()
    assert [place["why"] for place in replay(bench.store, earlier + 1).analysis.guide["places"]] == ["sore"]


def test_a_stop_whose_place_nobody_knows_holds_in_the_next_recording(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.run(0.5)
    bench.engine.tell("vote", "stop")   # nothing was pressed yet
    bench.engine.start()
    bench.run(0.5)
    guide = bench.engine.state().guide
    assert guide.stopped and guide.everywhere_n == shipped_routine().votes.off_limits_n


def test_beside_a_recording_a_named_receiver_is_remembered_and_forgotten_at_once(tmp_path: Path) -> None:
    bench = bench_for(tmp_path, name="Ada")
    said_beside(bench)
    bench.engine.stop()   # nothing is being recorded: what waits is put on disk
    assert [place.why for place in bench.store.remembered("Ada")] == ["stop", "sore"]
    bench.engine.start()
    bench.run(0.5)
    assert [place.words for place in bench.engine.state().sensitive] == ["stop", "sore"]   # each once
    bench.engine.stop()
    bench.engine.tell("sore", "forget")
    bench.engine.start()
    bench.run(0.5)
    assert bench.store.remembered("Ada") == () and bench.engine.state().sensitive == ()


def test_what_cannot_be_said_is_not_recorded(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    bench.run(1.0)
    for kind, value in (("vote", "harder"), ("step", "jump"), ("sore", "there"), ("vote", "lighter")):
        with pytest.raises(BadInputError):
            bench.engine.tell(kind, value)
    bench.engine.stop()
    assert [event for event in bench.store.read(1).events if event.kind == "told"] == []
