"""The recorder between two threads, and what a killed session knows of the time of day."""

from __future__ import annotations

from pathlib import Path

import pytest

from slowhand.clock import ClockFit
from slowhand.session.recorder import CLOCK_EVERY_S, Recorder
from slowhand.session.store import Ending, SessionStore


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "s.sqlite3", lambda: 1_800_000_000.0)


def test_a_session_that_is_released_while_it_is_committed_does_not_end_the_commits(store: SessionStore) -> None:
    class Interrupted(Recorder):
        """Another thread releases between the look and the commit."""

        looks = 0

        def __getattribute__(self, name: str):
            value = super().__getattribute__(name)
            if name == "_writer" and value is not None and type(self).looks == 0:
                type(self).looks += 1
                self.release()
            return value

    recorder = Interrupted(store)
    writer = recorder.open_session()
    recorder.use(writer, 5.0)
    writer.wire(b"kept", 5.1)
    assert recorder.commit() and recorder.commit()
    assert list(store.iter_wire(writer.session_id)) == [(5.1, b"kept")]
    assert store.read(writer.session_id).info.ending is Ending.ENDED


def test_a_killed_session_knows_when_it_was(store: SessionStore) -> None:
    recorder = Recorder(store)
    writer = recorder.open_session()
    recorder.use(writer, 5.0)
    fit = ClockFit(1_000_000, 5.5, 1.001, 1e-3, 4)
    for second in range(100):
        recorder.clock(fit, 6.0 + second)
    recorder.clock(None, 200.0)
    recorder.commit()   # and then the plug is pulled
    events = store.read(writer.session_id).events
    assert (events[0].kind, events[0].detail, events[0].host_s) == ("wall_clock", {"unix_s": 1_800_000_000.0}, 5.0)
    clocks = [event.host_s for event in events if event.kind == "clock"]
    assert clocks == [6.0, 6.0 + CLOCK_EVERY_S, 6.0 + 2 * CLOCK_EVERY_S, 6.0 + 3 * CLOCK_EVERY_S]
    assert events[1].detail == {"reference_us": 1_000_000, "reference_host_s": 5.5, "rate": 1.001}


def test_a_commit_waits_until_the_disk_has_it(store: SessionStore) -> None:
    """FULL is 2: in WAL mode the log is synced at every commit, so that a power cut loses none (sqlite.org/pragma)."""
    assert store._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
