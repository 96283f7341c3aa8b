"""What is seen of a session afterwards is what was: a lost link, and all that was told, to the last word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slowhand.coach.receiver import Receiver
from slowhand.locate.strip import load_strip
from slowhand.review.record import record_of
from slowhand.review.stretches import Band
from slowhand.session.engine import SessionEngine
from slowhand.session.export import session_summary
from slowhand.session.link_words import STALE_S
from slowhand.session.live_state import Level, LinkState
from slowhand.session.replay import replay
from slowhand.session.replay_session import ReplaySession
from slowhand.session.smoothing import smoothed
from slowhand.session.stream import Wishes
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import finds, naughty
from tests.integration.test_session_guided import run_until_pressed

OUT_S = 10.0   # how long the cable is out


def bench_for(folder: Path) -> Bench:
    """A bench whose receiver has no implant, so that nobody is asked."""
    bench = Bench(naughty(), folder)
    wishes = replace(Wishes(Receiver(implant=False)), strip=load_strip())
    bench.engine = SessionEngine(bench.link, bench.store, wishes, now_s=bench.time)
    return bench


def test_a_replay_shows_a_lost_link_as_lost_and_its_gauges_as_stale(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    began_s = bench.time.now_s
    run_until_pressed(bench, 4.0)
    out_s = bench.time.now_s - began_s
    bench.glove.unplug()
    bench.run(OUT_S)
    live = bench.engine.state()
    assert live.link.state is LinkState.LOST and {live.pace.level, live.pressure.level} == {Level.STALE}
    bench.glove.plugged = True
    bench.run(4.0)
    bench.engine.stop()

    again = ReplaySession(bench.store, 1, now_s=bench.time)
    again.step()
    seen = {}
    for after_s in (-0.1, STALE_S + 0.1, 3.0, 7.0, OUT_S + 3.0):
        bench.time.now_s += out_s + after_s - again.state().session_s
        again.step()
        seen[after_s] = again.state()
    for after_s in (STALE_S + 0.1, 3.0, 7.0):
        state = seen[after_s]
        assert state.link.state is LinkState.STALE and f" {after_s:.0f}." in state.link.words, after_s
        assert {state.pace.level, state.pressure.level, state.coach_level} == {Level.STALE}, after_s
        assert not state.hand.located and state.coach_line == state.link.words, after_s
    for after_s in (-0.1, OUT_S + 3.0):   # and nothing of it while samples come
        state = seen[after_s]
        assert state.link.state is LinkState.STREAMING, after_s
        assert Level.STALE not in (state.pace.level, state.pressure.level, state.coach_level), after_s


@pytest.mark.parametrize("implant", [False, True])
def test_what_is_told_after_the_last_row_is_replayed(tmp_path: Path, implant: bool) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    run_until_pressed(bench, 4.0)
    bench.glove.unplug()
    bench.run(1.0)
    bench.engine.tell("vote", "stop")
    bench.engine.tell("sore", {"x_mm": -60.0, "y_mm": 90.0})
    if implant:
        bench.engine.answer_implant(True)
    bench.run(0.5)
    bench.engine.stop()
    stored, played = bench.store.read(1), replay(bench.store, 1)
    [figures] = [event.detail for event in stored.events if event.kind == "guide"]
    assert len(figures["votes"]) == 1 and [place["why"] for place in figures["places"]] == ["stop", "sore"]
    assert played.analysis.guide == figures and session_summary(played)["summary"]["guide"] == figures
    assert played.analysis.setup.choice.mode.name.lower() == ("force" if implant else "strip")
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    again = ReplaySession(bench.store, 1, speed=1000.0, now_s=bench.time)
    while not again.finished:
        again.step()
        bench.time.wait(0.1)
    guide = again.state().guide
    assert guide is not None and guide.stopped and [mark.why for mark in guide.marks] == ["stop", "sore"]


def test_the_review_judges_by_what_was_told_and_shows_every_told_place(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.engine.start()
    run_until_pressed(bench, 4.0)
    bench.engine.tell("vote", "lighter")
    bench.run(1.0)
    bench.engine.tell("technique", "elbow")
    bench.run(6.0)
    bench.engine.tell("sore", {"x_mm": -60.0, "y_mm": 90.0, "radius_mm": 30.0, "max_n": 5.0})
    bench.run_to_the_end()
    live = bench.engine.state()
    bench.engine.stop()
    played = replay(bench.store, 1)
    told_us = {event.detail["value"]: event.detail["after_us"] for event in bench.store.read(1).events
               if event.kind == "told" and isinstance(event.detail["value"], str)}
    record = record_of(played.analysis, "Back rub", "")
    first, lighter, *later = record.spans
    for span in (first, lighter):
        assert span.technique is None and span.limits["too_fast"] == Band(25.0, 30.0) and span.felt
    assert first.places == () and [place.words for place in lighter.places] == ["lighter"]
    assert {it.technique for it in later} == {"elbow"} and {it.limits["too_fast"] for it in later} == {Band(5.0, 8.0)}
    assert record.start_us + 1e6 * later[0].from_s == pytest.approx(told_us["elbow"] + 5000, abs=1)   # the next row
    assert [(place.words, place.max_n) for place in record.spans[-1].places] == [
        (place.words, place.max_n) for place in live.sensitive
    ]
    assert [place.words for place in record.spans[-1].places] == ["lighter", "sore"]
    fast = [flag for flag in record.flags if flag.kind.value == "too_fast" and flag.start_us > told_us["elbow"]]
    assert fast and all(flag.limit in (5.0, 8.0) for flag in fast)

    summary = session_summary(played)["summary"]
    assert summary["limits"]["too_fast"] == {"warn": 25.0, "alarm": 30.0, "unit": "cm/s"}
    in_time = summary["limits_in_time"]
    assert [it["technique"] for it in in_time] == [None, None, "elbow", "elbow"]
    assert [it["force_felt"] for it in in_time] == [True, True, False, False]
    assert in_time[2]["limits"]["too_fast"]["warn"] == 5.0
    assert in_time[2]["from_us"] > told_us["elbow"] and in_time[0]["from_us"] == record.start_us
    assert [place["words"] for place in summary["receiver"]["sensitive"]] == ["lighter", "sore"]
    later_on = smoothed(played.analysis, played.raw)
    assert record_of(later_on, "Back rub", "").spans == record.spans
