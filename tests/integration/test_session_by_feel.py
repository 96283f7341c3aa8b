"""A session without feedback, and what is told in mid-session: the page is silent, the store and a replay know all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from slowhand.cli.sessions import notes_of
from slowhand.coach.receiver import Receiver
from slowhand.errors import BadInputError
from slowhand.locate.strip import load_strip
from slowhand.session.engine import SessionEngine
from slowhand.session.export import session_summary
from slowhand.session.live_state import Level
from slowhand.session.replay import replay
from slowhand.session.setup import Setup
from slowhand.session.stream import Wishes
from tests.integration.commands import slowhand
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import finds, naughty


def bench_for(folder: Path, feedback: bool) -> Bench:
    bench = Bench(naughty(), folder)
    wishes = Wishes(Receiver(implant=False), strip=load_strip(), feedback=feedback)
    bench.engine = SessionEngine(bench.link, bench.store, wishes, now_s=bench.time)
    return bench


def test_a_practice_by_feel_is_silent_and_whole(tmp_path: Path) -> None:
    bench = bench_for(tmp_path, feedback=False)
    bench.engine.start()
    while not bench.glove.finished:
        bench.run(0.5)
        state = bench.engine.state()
        assert not state.feedback and state.flags == () and state.flag_counts == {}
        assert all(pad.force_n is None for pad in state.hand.pads)
        assert state.pace.value is None and state.pressure.value is None
        assert {state.pace.level, state.pressure.level} <= {Level.IDLE, Level.UNKNOWN, Level.STALE}
    bench.engine.stop()
    bench.engine.conclude()
    assert sum(bench.engine.state().flag_counts.values()) > 3   # when it is over all may be seen
    stored = bench.store.read(1)
    assert stored.info.setup["feedback"] is False and stored.cues == () and len(stored.flags) > 3
    played = replay(bench.store, 1)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert not any(block.cues for block in played.analysis.blocks)
    summary = session_summary(played)["summary"]
    assert summary["feedback"] is False and summary["without_feedback_s"] > 10.0
    assert any("practice without feedback" in note for note in notes_of(played))


def test_when_a_practice_by_feel_is_stopped_its_flags_are_seen_and_no_others(tmp_path: Path) -> None:
    bench = bench_for(tmp_path, feedback=False)
    bench.engine.start()
    bench.run(14.0)
    assert bench.engine.state().flags == ()
    bench.engine.stop()
    stored = Counter(flag.kind.value for flag in bench.store.read(1).flags)
    assert sum(stored.values()) > 1
    while not bench.glove.finished:   # the hand goes on by feel, and nothing is said of that
        state = bench.engine.state()
        assert state.score is not None and not state.feedback
        assert state.flag_counts == stored and len(state.flags) == sum(stored.values())
        assert not any(flag.open for flag in state.flags)
        assert all(pad.force_n is None for pad in state.hand.pads)
        assert state.pace.value is None and state.pressure.value is None
        bench.run(0.5)
    assert sum(bench.engine._stream.pipeline.flags.counts().values()) > sum(stored.values())
    bench.engine.tell("feedback", True)
    assert bench.engine.state().flag_counts != stored
    bench.engine.start()
    assert bench.engine.state().flags == ()


def test_what_is_told_is_seen_recorded_and_heard_again_and_outlives_an_implant(tmp_path: Path) -> None:
    bench = bench_for(tmp_path, feedback=True)
    bench.engine.start()
    bench.run(9.0)
    assert bench.engine.state().techniques == ("fingers", "palm", "fist", "forearm", "elbow")
    bench.engine.tell("technique", "fist")
    bench.run(2.0)
    state = bench.engine.state()
    assert (state.technique, state.pace.warn, state.feedback) == ("fist", 10.0, True)
    bench.engine.tell("feedback", False)
    bench.run(2.0)
    bench.engine.answer_implant(True)
    bench.run(2.0)
    state = bench.engine.state()
    assert (state.mode, state.technique, state.feedback) == ("force", "fist", False)
    bench.engine.tell("feedback", True)
    with pytest.raises(BadInputError):
        bench.engine.tell("technique", "knee")
    bench.run_to_the_end()
    bench.engine.stop()
    stored, played = bench.store.read(1), replay(bench.store, 1)
    told = [(event.detail["kind"], event.detail["value"]) for event in stored.events if event.kind == "told"]
    assert told == [("technique", "fist"), ("feedback", False), ("feedback", True)]
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert [cue for block in played.analysis.blocks for cue in block.cues] == list(stored.cues)
    assert played.analysis.without_feedback_s == pytest.approx(4.0, abs=0.1)
    assert session_summary(played)["summary"]["feedback"] is False


def test_a_session_that_was_stored_before_there_was_a_choice_had_feedback() -> None:
    setup = Wishes(Receiver(), feedback=False).setup_for(None)
    stored = json.loads(json.dumps(setup.as_dict()))
    assert Setup.from_dict(stored) == setup
    del stored["feedback"]
    assert Setup.from_dict(stored) == replace(setup, feedback=True)


def test_live_offers_it() -> None:
    assert "--no-feedback" in slowhand("live", "--help", COLUMNS="120").stdout
