"""Recording in a live session: starts and stops, a full disk, a thread that fails, the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from slowhand.session.live_state import LinkState
from slowhand.session.replay import replay
from slowhand.session.store import Ending
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import naughty


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(naughty(), tmp_path)


def test_a_second_start_ends_the_first_session(bench: Bench) -> None:
    bench.run(0.5)
    bench.engine.start()
    bench.run(1.0)
    bench.engine.start()
    bench.run(1.0)
    bench.engine.stop()
    infos = bench.store.list()
    assert [info.ending for info in infos] == [Ending.ENDED, Ending.ENDED]
    assert all(info.wire_bytes > 5000 for info in infos)


def test_stop_keeps_the_stream_and_stands_the_clock_still(bench: Bench) -> None:
    bench.run(0.5)
    bench.engine.start()
    bench.run(2.0)
    bench.engine.stop()
    bench.run(1.0)
    after = bench.engine.state()
    assert after.link.state is LinkState.STREAMING and not after.recording
    assert after.session_s == pytest.approx(2.0, abs=0.05)
    bench.engine.stop()  # again: nothing happens


def test_a_full_disk_warns_and_recording_goes_on_by_itself(bench: Bench) -> None:
    bench.run(0.5)
    bench.engine.start()
    bench.run(0.5)
    connection = bench.store._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    bench.run(2.0)
    recorder = bench.engine._recorder
    assert not recorder.commit()
    bench.run(0.1)
    assert "disk is full" in bench.engine.state().warning and bench.engine.state().recording
    assert bench.engine.state().link.state is LinkState.STREAMING
    connection.execute("PRAGMA max_page_count = 1000000")
    assert recorder.commit()
    bench.run(0.1)
    assert bench.engine.state().warning == ""
    bench.engine.stop()
    played = replay(bench.store, 1)
    assert played.lost_frames == 0 and len(played.raw) == pytest.approx(200 * 2.7, abs=40)


def test_conclude_names_the_charts(bench: Bench) -> None:
    bench.engine.conclude(["a.png"])
    assert bench.engine.state().finished and bench.engine.state().charts == ("a.png",)


def test_a_thread_that_fails_tells_the_page_why_and_the_session_is_kept(bench: Bench) -> None:
    def broken() -> None:
        raise RuntimeError("a fault of ours")

    bench.link.up = False
    bench.link.open_when_there = broken  # type: ignore[method-assign]
    bench.engine.start()
    bench.engine.open()
    bench.engine.close()
    with pytest.raises(RuntimeError, match="a fault of ours"):
        bench.engine.state()
    assert bench.store.read(1).info.ending is Ending.ENDED


def test_closing_ends_the_session_and_leaves_the_link_closed(bench: Bench) -> None:
    bench.engine.start()
    bench.run(0.5)
    with bench.engine:
        pass
    assert not bench.link.up and not bench.engine.state().recording
    assert bench.store.read(1).info.ending is Ending.ENDED
