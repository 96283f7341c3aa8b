"""The session file: what goes in comes out, whatever happens to the program or the disk."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.errors import BadInputError, StoreError
from slowhand.session.results import Results
from slowhand.session.schema import SCHEMA_VERSION
from slowhand.session.store import Ending, SessionStore, default_path
from slowhand.strokes.stroke import Kind, Stroke

SETUP = {"mode": "force", "rate_hz": 200.0, "glove": {"name": "nominal right M"}}

STROKE = Stroke(
    start_us=5_000_000_000, end_us=5_001_000_000, kind=Kind.GLIDE, mean_cm_s=0.1 + 0.2, peak_cm_s=12.0,
    path_mm=101.0, cadence_per_min=None, mean_n=3.3, peak_n=7.0, peak_at_least=False, impulse_n_s=3.3,
    min_spine_mm=31.0, region="upper", side="left", evenness=0.5, direction_deg=1.0, flags=("too_fast",),
)
FLAG = Flag(5_000_100_000, None, 5_000_250_000, FlagKind.TOO_FAST, Severity.WARN, 26.0, 25.0, "cm/s", 1.0, None)
CUE = Cue(5_000_250_000, "too_fast", "warn", 1, 200, "Slower.")


class WallClock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def store(tmp_path: Path, clock: WallClock) -> SessionStore:
    return SessionStore(tmp_path / "deep" / "sessions.sqlite3", clock)


def test_a_session_comes_back_exactly(store: SessionStore, clock: WallClock) -> None:
    writer = store.begin()
    writer.describe(SETUP, reception={"decoder": "00ff"})
    writer.wire(b"\0abc\0", 10.25)
    writer.wire(b"", 10.3)
    writer.wire(bytes(range(256)), 10.5)
    writer.results(Results(strokes=(STROKE,), flags_changed=(FLAG,), cues=(CUE,)))
    writer.event("gap", {"rows": 3}, 10.4)
    clock.now += 90.0
    writer.close()
    stored = store.read(writer.session_id)
    assert stored.strokes == (STROKE,) and stored.flags == (FLAG,) and stored.cues == (CUE,)
    assert stored.reception == {"decoder": "00ff"}
    assert [(event.host_s, event.kind, event.detail) for event in stored.events] == [(10.4, "gap", {"rows": 3})]
    assert list(store.iter_wire(writer.session_id)) == [(10.25, b"\0abc\0"), (10.5, bytes(range(256)))]
    info = stored.info
    assert (info.setup, info.ending, info.duration_s, info.wire_bytes) == (SETUP, Ending.ENDED, 90.0, 261)


def test_a_stroke_gets_the_flags_that_were_raised_after_it_was_stored(store: SessionStore) -> None:
    writer = store.begin(SETUP)
    writer.results(Results(strokes=(replace(STROKE, flags=()),)))
    writer.commit()
    writer.results(Results(flags_changed=(FLAG,)))
    writer.close()
    assert store.read(writer.session_id).strokes == (STROKE,)


def test_a_flag_that_gets_worse_and_closes_stays_one_flag(store: SessionStore) -> None:
    writer = store.begin(SETUP)
    writer.results(Results(flags_changed=(FLAG,)))
    writer.commit()
    closed = Flag(*(FLAG.start_us, FLAG.start_us + 900_000, FLAG.raised_us, FLAG.kind, Severity.ALARM),
                  33.0, 30.0, "cm/s", 1.0, 2.0)
    writer.results(Results(flags_changed=(closed,)))
    writer.close()
    assert store.read(writer.session_id).flags == (closed,)


def test_sessions_are_listed_newest_first_and_kept_apart(store: SessionStore) -> None:
    first, second = store.begin(SETUP), store.begin(SETUP)
    first.wire(b"one", 1.0)
    second.wire(b"two", 1.0)
    first.close()
    second.close()
    assert [info.id for info in store.list()] == [second.session_id, first.session_id]
    assert store.latest() == second.session_id
    assert list(store.iter_wire(first.session_id)) == [(1.0, b"one")]


def test_more_bytes_than_one_page_of_reading_come_in_order(store: SessionStore) -> None:
    writer = store.begin(SETUP)
    for number in range(25):
        writer.wire(bytes([number]), float(number))
    writer.close()
    read = list(store.iter_wire(writer.session_id, at_once=10))
    assert read == [(float(number), bytes([number])) for number in range(25)]


def test_an_unclosed_session_is_running_and_then_interrupted(
    store: SessionStore, clock: WallClock, tmp_path: Path
) -> None:
    writer = store.begin(SETUP)
    writer.wire(b"kept", 1.0)
    clock.now += 2.0
    writer.commit()
    writer.wire(b"lost", 2.0)  # never committed: the host is gone
    again = SessionStore(store.path, clock)
    assert again.list()[0].ending is Ending.RUNNING
    clock.now += 60.0
    info = again.list()[0]
    assert info.ending is Ending.INTERRUPTED and info.duration_s == 2.0
    assert list(again.iter_wire(info.id)) == [(1.0, b"kept")]


@pytest.mark.parametrize("number", [99, -1, 2**63 - 1, 2**63, 99999999999999999999999, -(2**70)])
def test_an_unknown_session_is_bad_input(store: SessionStore, number: int) -> None:
    with pytest.raises(BadInputError, match=f"no session {number};"):
        store.read(number)


def fill_up(store: SessionStore) -> None:
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")


def test_a_full_disk_is_told_and_nothing_is_lost_when_there_is_room_again(store: SessionStore) -> None:
    writer = store.begin(SETUP)
    writer.wire(b"before", 1.0)
    writer.commit()
    fill_up(store)
    big = bytes(100_000)
    writer.wire(big, 2.0)
    writer.results(Results(strokes=(STROKE,)))
    with pytest.raises(StoreError) as caught:
        writer.commit()
    assert "disk is full" in str(caught.value) and "\n" not in str(caught.value)
    writer.wire(b"after", 3.0)
    with pytest.raises(StoreError):
        writer.close()
    store._connection.execute("PRAGMA max_page_count = 100000")
    writer.close()
    assert list(store.iter_wire(writer.session_id)) == [(1.0, b"before"), (2.0, big), (3.0, b"after")]
    assert len(store.read(writer.session_id).strokes) == 1


def test_a_disk_that_stays_full_costs_the_oldest_bytes_and_says_how_many(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slowhand.session.writer.MAX_WAITING_BYTES", 1000)
    writer = store.begin(SETUP)
    fill_up(store)
    for number in range(30):
        writer.wire(bytes(600), float(number))
    with pytest.raises(StoreError):
        writer.commit()
    store._connection.execute("PRAGMA max_page_count = 100000")
    writer.close()
    assert writer.dropped_bytes == 29 * 600
    assert [event.detail for event in store.read(writer.session_id).events] == [{"bytes": 29 * 600}]


def test_a_newer_file_is_refused_and_left_alone(store: SessionStore) -> None:
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer slowhand"):
        SessionStore(store.path)
    connection = sqlite3.connect(store.path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION + 1


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        SessionStore(path)
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("recipe",)]


def test_a_file_that_is_no_database_and_a_folder_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, " * 100)
    for path in (text, tmp_path):
        with pytest.raises(StoreError) as caught:
            SessionStore(path)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    assert text.read_text().startswith("not a database")


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        SessionStore(tmp_path / "file" / "sessions.sqlite3")


def test_the_default_path_is_in_the_users_data() -> None:
    assert default_path().name == "sessions.sqlite3" and "slowhand" in str(default_path().parent)
