"""The live engine from the wire's bytes to the page's picture, the glove's reflex and the session file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from slowhand.coach.flag import Flag
from slowhand.coach.receiver import Receiver
from slowhand.errors import BadInputError
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.session.analyze import analyze, analyze_log
from slowhand.session.export import export
from slowhand.session.live_state import Level, LinkState
from slowhand.session.rawlog import read_raw_log
from slowhand.session.replay import replay
from slowhand.session.replay_session import ReplaySession
from slowhand.session.store import Ending
from slowhand.sim.glove_model import Faults, Identity
from slowhand.sim.profiles import strip_toml
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.strokes.stroke import Stroke
from slowhand.wire.messages_gen import Status, StatusFaults
from tests.integration.model_link import Bench


@cache
def naughty() -> SimOutput:
    return Simulation("flags", seed=2, duration_s=36.0).run()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(naughty(), tmp_path)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A session that was recorded from mid-stream, as when a person presses the button, to its end."""
    bench = Bench(naughty(), tmp_path_factory.mktemp("recorded"))
    bench.run(0.7)
    bench.engine.start()
    bench.run_to_the_end()
    bench.engine.stop()
    return bench


def finds(strokes: tuple[Stroke, ...], flags: tuple[Flag, ...]) -> tuple[list[Stroke], list[Flag]]:
    def start(thing: Stroke | Flag) -> tuple[int, str]:
        return thing.start_us, thing.kind.value

    return sorted(strokes, key=start), sorted(flags, key=start)


def test_live_replay_and_analysis_of_the_exported_log_agree_to_the_bit(recorded: Bench, tmp_path: Path) -> None:
    bench = recorded
    session_id = bench.engine.state().session_id
    assert session_id is not None
    stored = bench.store.read(session_id)
    assert stored.info.ending is Ending.ENDED and len(stored.strokes) > 4 and len(stored.flags) > 3
    played = replay(bench.store, session_id)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert played.lost_frames == played.bad_frames == 0
    assert [cue for block in played.analysis.blocks for cue in block.cues] == list(stored.cues)
    out = tmp_path / "exported"
    files = export(bench.store, session_id, out)
    assert [path.name for path in files] == [
        "flags.csv", "raw.csv", "session.json", "strokes.csv", "summary.json", "track.csv",
    ]
    log = read_raw_log(out / "raw.csv")
    again = analyze_log(log, load_glove(), load_strip(), Receiver())
    assert again.touch.tobytes() == played.analysis.touch.tobytes()
    assert finds(again.strokes, again.flags) == finds(stored.strokes, stored.flags)
    (tmp_path / "strip.toml").write_text(strip_toml())
    analyze(out / "raw.csv", None, tmp_path / "strip.toml", None, tmp_path / "analysed")
    for name in ("track.csv", "strokes.csv", "flags.csv"):
        assert (tmp_path / "analysed" / name).read_bytes() == (out / name).read_bytes()


def test_a_session_that_begins_before_the_glove_is_there(bench: Bench) -> None:
    bench.glove.plugged = False
    bench.engine.start()
    bench.run(1.0)
    assert bench.engine.state().link.state is LinkState.SEARCHING
    assert bench.engine.state().recording
    bench.glove.plugged = True
    bench.run_to_the_end()
    bench.engine.stop()
    stored = bench.store.read(1)
    assert stored.info.setup["mode"] == "strip"
    played = replay(bench.store, 1)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    assert len(stored.strokes) > 4


def test_the_picture_follows_the_session(bench: Bench) -> None:
    first = bench.engine.state()
    assert first.link.state is LinkState.SEARCHING and not first.recording and first.session_id is None
    assert first.pace.level is Level.UNKNOWN and first.pressure.level is Level.UNKNOWN
    bench.run(0.4)
    bench.engine.start()
    bench.run(1.5)
    early = bench.engine.state()
    assert early.link.state is LinkState.STREAMING and early.phase.startswith("await") and early.mode == "strip"
    assert early.link.rate_hz == pytest.approx(200.0, abs=1.0)
    assert early.session_s == pytest.approx(1.5, abs=0.05) and early.recording and early.session_id == 1
    seen_phases, seen_levels, located = set(), set(), 0
    while not bench.glove.finished:
        bench.run(0.1, step_s=0.05)
        now = bench.engine.state()
        seen_phases.add(now.phase)
        seen_levels.add(now.pressure.level)
        located += now.hand.located
        if now.hand.located:
            assert now.hand.x_mm is not None and now.hand.sigma_mm is not None
    assert "running" in seen_phases and located > 50
    assert {Level.OK, Level.WARN} <= seen_levels
    last = bench.engine.state()
    assert last.flags and sum(last.flag_counts.values()) >= len(last.flags) and last.stroke_count > 0
    starts = [flag.session_s for flag in last.flags]
    assert starts == sorted(starts, reverse=True) and all(0 < start < last.session_s for start in starts)


def test_the_gauges_go_stale_when_samples_stop(bench: Bench) -> None:
    bench.run(3.0)
    assert bench.engine.state().link.state is LinkState.STREAMING
    bench.time.wait(0.35)  # the engine's thread itself hangs: the page must not believe the old picture
    hung = bench.engine.state()
    assert hung.link.state is LinkState.STALE
    assert hung.pace.level is Level.STALE and hung.pressure.level is Level.STALE and not hung.hand.located
    bench.run(0.5)
    assert bench.engine.state().link.state is LinkState.STREAMING
    bench.glove.silence = True
    bench.run(0.4)
    assert bench.engine.state().link.state is LinkState.STALE
    assert bench.engine.state().pressure.level is Level.STALE
    bench.glove.silence = False
    bench.run(1.5)
    assert bench.engine.state().link.state is LinkState.STREAMING


def test_a_pulled_cable_is_shown_and_the_session_goes_on_with_a_gap(bench: Bench) -> None:
    bench.run(0.5)
    bench.engine.start()
    bench.run(6.0)
    bench.glove.unplug()
    bench.run(3.0)
    lost = bench.engine.state()
    assert lost.link.state is LinkState.LOST and lost.recording and "Plug it in again" in lost.link.words
    assert lost.pace.level is Level.STALE and not lost.hand.located
    bench.glove.plugged = True
    bench.run(5.0)
    back = bench.engine.state()
    assert back.link.state is LinkState.STREAMING and back.link.reconnects == 1
    assert back.session_id == lost.session_id and back.recording
    bench.engine.stop()
    stored = bench.store.read(1)
    kinds = [event.kind for event in stored.events]
    assert "link_down" in kinds and "link_up" in kinds and "gap" in kinds
    gap = next(event.detail for event in stored.events if event.kind == "gap")
    assert gap["to_us"] - gap["from_us"] == pytest.approx(3.0e6, rel=0.5)
    played = replay(bench.store, 1)
    touch = played.analysis.touch
    assert np.all(np.diff(touch["t_us"]) > 0)
    assert np.flatnonzero(touch["gap"])[1:].size == kinds.count("gap")
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)


def test_a_port_that_is_no_glove_is_refused_with_a_reason(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path, faults=Faults(mute=True))
    bench.run(5.0)
    refused = bench.engine.state()
    assert refused.link.state is LinkState.REFUSED and "nothing answers" in refused.link.words
    assert refused.pace.level is not Level.OK


def test_a_link_that_was_open_long_before_the_engine_began_is_given_its_time(bench: Bench) -> None:
    """Compiling the kernels for the first time takes longer than a glove may take to answer."""
    bench.link.open()
    bench.time.wait(60.0)
    bench.glove.read(0.0)   # its greeting after the reset went by unheard
    for _ in range(50):
        bench.time.wait(0.02)
        bench.engine.step()
        assert bench.engine.device.problem() is None
    assert bench.engine.state().link.state is LinkState.STREAMING


def test_the_glove_gets_thresholds_and_cues(recorded: Bench) -> None:
    bench = recorded
    stored = bench.store.read(1)
    played = replay(bench.store, 1)
    assert stored.cues and sum(len(block.limits) for block in played.analysis.blocks) > 3
    # The motor ran: the cues, or the reflex at the thresholds that were sent, have reached the glove.
    assert played.raw["haptic"].any()
    assert not [event for event in stored.events if event.kind.startswith("command_")]


def test_a_glove_that_comes_back_gets_the_thresholds_of_then_and_never_those_of_before(bench: Bench) -> None:
    bench.run(3.0)
    anywhere = bench.glove.limits_heard[-1]   # before the place is known
    while (held := bench.glove.limits_heard[-1]) <= anywhere:   # until it is known, and allows more
        bench.run(0.1)
    assert bench.engine.device.holds_limits
    bench.glove.unplug()
    bench.run(2.0)
    assert not bench.engine.device.holds_limits
    bench.glove.plugged = True
    heard = len(bench.glove.limits_heard)
    bench.run(2.0)
    assert len(bench.glove.limits_heard) > heard, "the glove is guarded again, whether they have changed or not"
    stream = bench.engine._stream
    assert stream is not None and bench.glove.limits_heard[-1] == stream.thresholds
    assert bench.glove.limits_heard[heard] != held, "the place is not known any more"


@pytest.mark.parametrize(
    ("other", "words"), [(Identity(hand="left"), "left glove"), (Identity(unit_id=0x77), "00000077")]
)
def test_another_glove_in_mid_recording_is_objected_to(bench: Bench, other: Identity, words: str) -> None:
    bench.run(0.5)
    bench.engine.start()
    bench.run(2.0)
    own = bench.glove._identity
    assert words not in bench.engine.state().warning
    bench.glove.unplug()
    bench.glove._identity, bench.glove.plugged = other, True
    bench.run(2.0)
    assert words in bench.engine.state().warning and bench.engine.state().recording
    bench.glove.unplug()
    bench.glove._identity, bench.glove.plugged = own, True
    bench.run(2.0)
    assert words not in bench.engine.state().warning
    bench.glove.unplug()
    bench.glove._identity, bench.glove.plugged = other, True
    bench.engine.stop()
    bench.run(2.0)
    assert words not in bench.engine.state().warning, "nothing is recorded: the profile follows the glove"
    assert "other_glove" in {event.kind for event in bench.store.read(1).events}


def test_samples_that_come_late_are_stale_although_they_come(bench: Bench) -> None:
    bench.run(6.0)
    assert bench.engine.state().link.state is LinkState.STREAMING
    bench.glove.delay_s = 2.0   # something between the glove and us holds its bytes back
    bench.run(4.0)
    late = bench.engine.state()
    assert late.link.state is LinkState.STALE and "late" in late.link.words
    assert late.pressure.level is Level.STALE and not late.hand.located
    bench.glove.delay_s = 0.0
    bench.run(1.0)
    assert bench.engine.state().link.state is LinkState.STREAMING


def test_a_fault_while_committing_is_shown(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise ValueError("a fault of ours")

    bench.engine.start()
    monkeypatch.setattr(bench.engine._recorder, "commit", broken)
    monkeypatch.setattr(bench.engine._closing, "wait", lambda seconds: False)
    bench.engine._keep_committing()
    with pytest.raises(ValueError, match="a fault of ours"):
        bench.engine.state()


def test_warnings_do_not_hide_each_other(bench: Bench) -> None:
    bench.run(3.0)
    bench.engine._objection = "An objection."
    bench.engine._recorder._warning = "A full disk."
    bench.engine._health.heard([Status(0, 1, 0, 0, 0, 0, 4100, 0, int(StatusFaults.SUPPLY_LOW), 1)])
    bench.run(0.05)
    for words in ("A full disk.", "An objection.", "4.1 V"):
        assert words in bench.engine.state().warning


def test_losses_are_told_by_name_and_only_those_of_the_session(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path, faults=Faults(lose_every=49))
    bench.run(8.0)
    before = bench.engine.device.lost_frames
    bench.engine.start()
    bench.run(2.0)
    bench.engine.stop()
    played = replay(bench.store, 1)
    assert before > 25 and played.lost_frames == pytest.approx(8, abs=1)
    session = json.loads((export(bench.store, 1, tmp_path / "files")[0].parent / "session.json").read_text())
    assert session["lost_frames"] == played.lost_frames
    assert session["orphan_fields"] == played.losses["orphan_fields"] > 0
    for name in ("bad_frames", "unknown_frames", "repeated_frames", "disordered_samples"):
        assert session[name] == 0


def test_what_could_not_be_sent_is_in_the_session(bench: Bench) -> None:
    bench.run(0.5)
    bench.engine.start()
    bench.run(2.0)
    bench.link.dropped_writes, bench.link.dropped_bytes = 3, 60
    bench.engine.stop()
    assert {"writes": 3, "bytes": 60} in [event.detail for event in bench.store.read(1).events if event.kind == "unsent"]


def test_without_a_strip_the_mode_is_motion_and_a_zone_can_be_chosen(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path, with_strip=False)
    bench.run(0.5)
    bench.engine.start()
    bench.run(12.0)
    assert bench.engine.state().mode == "motion"
    bench.engine.choose_zone("open")
    bench.run_to_the_end()
    bench.engine.stop()
    stored = bench.store.read(1)
    played = replay(bench.store, 1)
    assert finds(played.analysis.strokes, played.analysis.flags) == finds(stored.strokes, stored.flags)
    spine = [flag for flag in stored.flags if flag.kind.value == "spine_pressure"]
    chosen_us = next(event.detail["after_us"] for event in stored.events if event.kind == "zone")
    assert all(flag.start_us <= chosen_us for flag in spine)


def test_a_glove_without_field_sensors_is_used_without_places(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path, identity=Identity(magnetometers=0))
    bench.run(2.0)
    now = bench.engine.state()
    assert now.mode == "motion" and now.link.state is LinkState.STREAMING


def test_a_left_glove_gets_the_mirrored_nominal_profile(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path, identity=Identity(hand="left"))
    bench.run(0.5)
    bench.engine.start()
    bench.run(1.0)
    bench.engine.stop()
    assert bench.store.read(1).info.setup["glove"]["hand"] == "left"


def test_a_recorded_session_plays_again_on_the_page(recorded: Bench) -> None:
    bench = recorded
    live = bench.engine.state()
    session = ReplaySession(bench.store, 1, speed=4.0, now_s=bench.time)
    assert session.state().phase == "await_away" and session.state().pace.level is Level.UNKNOWN
    running = located = 0
    while not session.finished:
        session.step()
        bench.time.wait(0.1)
        running += session.state().link.state is LinkState.STREAMING
        located += session.state().hand.located
    assert running == pytest.approx(live.session_s / 4.0 / 0.1, rel=0.1) and located > running / 4
    last = session.state()
    assert last.finished and last.stroke_count == live.stroke_count and last.flag_counts == live.flag_counts
    with pytest.raises(BadInputError, match="replay"):
        session.start()
