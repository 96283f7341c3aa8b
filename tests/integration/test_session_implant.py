"""An implant is named, a mode is wished for, a zone is chosen: the session follows at once, and so does its replay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.locate.strip import load_strip
from slowhand.session.engine import SessionEngine
from slowhand.session.live_state import Implant, Level, SoreView
from slowhand.session.replay import replay
from slowhand.session.replay_session import ReplaySession
from slowhand.session.stream import Wishes
from tests.integration.commands import one_clear_line, slowhand
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import finds, naughty

SORE = SensitivePlace(x_mm=-40.0, y_mm=300.0, radius_mm=25.0, max_n=8.0)


def bench_for(tmp_path: Path, demo: bool = False, **changes: object) -> Bench:
    bench = Bench(naughty(), tmp_path)
    wishes = replace(Wishes(Receiver(), strip=load_strip()), **changes)  # type: ignore[arg-type]
    bench.engine = SessionEngine(bench.link, bench.store, wishes, now_s=bench.time, demo=demo)
    return bench


def test_an_implant_that_is_named_ends_strip_mode_at_once_and_in_the_replay_too(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.run(0.5)
    bench.engine.start()
    while not bench.engine.state().flags:
        bench.run(0.5)
    before = bench.engine.state()
    assert before.implant is Implant.ASK and before.mode == "strip" and len(before.strip_y_mm) == 16
    bench.engine.answer_implant(True)
    after = bench.engine.state()
    assert after.mode == "force" and after.implant is Implant.NAMED and "implant" in after.mode_reason
    assert after.strip_y_mm == () and after.choosing and after.zone is None
    assert after.stroke_count >= before.stroke_count and sum(after.flag_counts.values()) >= len(before.flags)
    bench.run(0.1)
    going_on = bench.engine.state()
    assert going_on.phase == "running" and not going_on.hand.located
    assert going_on.pressure.t_us > before.pressure.t_us and going_on.pressure.level is not Level.STALE
    bench.run_to_the_end()
    bench.engine.stop()
    stored = bench.store.read(1)
    [event] = [event for event in stored.events if event.kind == "implant"]
    assert event.detail["present"] is True
    played = replay(bench.store, 1)
    modes = played.analysis.touch["t_us"] <= event.detail["after_us"]
    assert played.analysis.touch["located"][modes].any() and not played.analysis.touch["located"][~modes].any()
    assert played.analysis.setup.choice.mode is Mode.FORCE
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert [cue for block in played.analysis.blocks for cue in block.cues] == list(stored.cues)
    assert np.all(np.diff(played.analysis.touch["t_us"]) > 0)
    seen = ReplaySession(bench.store, 1, speed=20.0, now_s=bench.time)
    while not seen.finished:
        seen.step()
        bench.time.wait(0.1)
    assert seen.state().mode == "force" and seen.state().stroke_count == bench.engine.state().stroke_count
    assert seen.state().implant is Implant.SETTLED and not seen.state().choosing


def test_a_no_is_recorded_and_changes_nothing_else(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.run(0.5)
    bench.engine.start()
    bench.run(8.4)
    assert bench.engine.state().hand.located
    bench.engine.answer_implant(False)
    bench.run(0.1)
    assert bench.engine.state().mode == "strip" and bench.engine.state().hand.located
    assert bench.engine.state().implant is Implant.SETTLED
    bench.engine.stop()
    bench.engine.start()   # the answer holds for the next one too, and is told there
    bench.engine.stop()
    for session_id in (1, 2):
        events = bench.store.read(session_id).events
        assert [event.detail["present"] for event in events if event.kind == "implant"] == [False]
    assert bench.engine.state().implant is Implant.SETTLED
    stored = bench.store.read(1)
    played = replay(bench.store, 1)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)


def test_a_yes_before_there_is_a_glove_holds_when_it_comes(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.glove.plugged = False
    bench.engine.start()
    bench.run(0.3)
    bench.engine.answer_implant(True)
    assert bench.engine.state().mode == "force"
    bench.glove.plugged = True
    bench.run(5.0)
    assert bench.engine.state().mode == "force" and bench.engine.state().phase == "running"
    bench.engine.stop()
    assert bench.store.read(1).info.setup["mode"] == "force"
    assert not replay(bench.store, 1).analysis.touch["located"].any()


@pytest.mark.parametrize(
    ("changes", "implant"),
    [
        ({"demo": True}, Implant.SETTLED),
        ({"receiver": Receiver(implant=False)}, Implant.SETTLED),
        ({"receiver": Receiver(implant=True)}, Implant.NAMED),
        ({"strip": None}, Implant.SETTLED),
        ({"mode": Mode.MOTION}, Implant.SETTLED),
        ({}, Implant.ASK),
    ],
)
def test_it_is_asked_only_where_a_strip_is_in_use_and_nobody_has_said(tmp_path, changes, implant) -> None:
    bench = bench_for(tmp_path, **changes)
    bench.run(1.0)
    assert bench.engine.state().implant is implant
    assert (bench.engine.state().mode == "strip") is (implant is Implant.ASK or changes.get("demo") is True
                                                     or changes.get("receiver") == Receiver(implant=False))


def test_a_zone_that_was_chosen_is_on_the_picture_until_it_is_cleared(tmp_path: Path) -> None:
    bench = bench_for(tmp_path, mode=Mode.FORCE, receiver=Receiver(sensitive=(SORE,)))
    assert not bench.engine.state().choosing
    bench.run(1.0)
    now = bench.engine.state()
    assert now.choosing and now.zone is None and now.pressure.warn == 5.0
    assert now.mode_reason == "force mode was asked for" and now.sensitive == (SoreView(-40.0, 300.0, 25.0, 8.0),)
    bench.engine.choose_zone("kidney")
    bench.run(0.1)
    assert bench.engine.state().zone == "kidney" and bench.engine.state().pressure.warn == 20.0
    with pytest.raises(BadInputError, match="elbow"):
        bench.engine.choose_zone("elbow")
    bench.engine.choose_zone(None)
    bench.run(0.1)
    assert bench.engine.state().zone is None and bench.engine.state().pressure.warn == 5.0


def test_with_a_strip_nobody_chooses_a_zone(tmp_path: Path) -> None:
    bench = bench_for(tmp_path)
    bench.run(1.0)
    bench.engine.choose_zone("open")
    bench.run(0.1)
    assert not bench.engine.state().choosing and bench.engine.state().zone is None


@pytest.mark.parametrize("mode", [[], ["--mode", "strip"], ["--mode", "motion"]])
def test_live_refuses_a_strip_where_there_is_an_implant(tmp_path: Path, mode: list[str]) -> None:
    receiver = tmp_path / "anna.toml"
    receiver.write_text("implant = true\n")
    words = ["live", "--port", "/dev/no-such-port", "--no-browser", "--http", "127.0.0.1:0"]
    line = one_clear_line(slowhand(*words, "--receiver", receiver, "--strip", "nominal", *mode))
    assert "anna.toml" in line and "implant" in line and "--mode force" in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--receiver", "anna.toml", "--strip", "nominal", "--mode", "force"], "/dev/no-such-port"),
        (["--receiver", "anna.toml"], "/dev/no-such-port"),
        (["--mode", "strip"], "--strip"),
    ],
)
def test_live_goes_on_to_the_port_with_what_is_allowed(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "anna.toml").write_text("implant = true\n")
    begin = ["live", "--port", "/dev/no-such-port", "--no-browser", "--http", "127.0.0.1:0", "--db", "s.sqlite3"]
    line = one_clear_line(slowhand(*begin, *words, cwd=tmp_path))
    assert said in line and "implant" not in line
