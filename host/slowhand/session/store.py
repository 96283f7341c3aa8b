"""Sessions on disk: one SQLite file that a crash, a pulled plug or a full disk cannot spoil."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import platformdirs

import slowhand
from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag
from slowhand.coach.overlap import with_flags
from slowhand.coach.receiver import RememberedPlace
from slowhand.errors import BadInputError, StoreError
from slowhand.session.details import cue_from, flag_from, stroke_from
from slowhand.session.schema import bring_up_to_date
from slowhand.session.writer import SessionWriter
from slowhand.strokes.stroke import Stroke

BUSY_TIMEOUT_S = 2.0   # another process writes: a commit takes milliseconds
ALIVE_S = 5.0          # a running session writes at least every half second
LARGEST_ID = 2**63 - 1   # SQLite's integers have eight bytes


class Ending(StrEnum):
    """How a session came to its end."""

    ENDED = "ended"
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # the host was killed; whole up to the last commit


@dataclass(frozen=True)
class Event:
    """Something that happened to the link, the glove or the recording."""

    host_s: float           # the host's monotonic clock
    kind: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class SessionInfo:
    """One line of the list of sessions. Times are seconds since 1970."""

    id: int
    started_at: float
    last_at: float
    ending: Ending
    version: str
    setup: dict[str, Any]   # mode, rate and profiles used
    strokes: int
    flags: int
    wire_bytes: int

    @property
    def duration_s(self) -> float:
        return max(self.last_at - self.started_at, 0.0)


@dataclass(frozen=True)
class StoredSession:
    """Everything that was stored with a session except its wire bytes (`SessionStore.iter_wire`)."""

    info: SessionInfo
    reception: dict[str, Any] | None  # where decoding stood when it began: `device.Reception.restore`
    strokes: tuple[Stroke, ...]
    flags: tuple[Flag, ...]
    cues: tuple[Cue, ...]
    events: tuple[Event, ...]


def default_path() -> Path:
    """Where this system keeps a user's data."""
    return Path(platformdirs.user_data_dir("slowhand", appauthor=False)) / "sessions.sqlite3"


class SessionStore:
    """The session file. Safe to use from several threads; several processes may have it open.

    Write-ahead logging with ``synchronous=FULL``: what was committed is on the disk, and neither a killed process nor
    a power cut takes it away. A commit waits for the disk (0.4 ms on an SSD), in a thread of its own.

    Raises:
        StoreError: it cannot be opened, is another program's, is damaged, or is newer than this program.
    """

    def __init__(self, path: Path | str | None = None, wall_clock: Callable[[], float] = time.time) -> None:
        self.path = Path(path) if path is not None else default_path()
        self._wall_clock = wall_clock
        self._lock = threading.RLock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise explain(self.path, error) from error
        self._connection.row_factory = sqlite3.Row
        try:
            with self._explained():
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                bring_up_to_date(self._connection, str(self.path))
        except StoreError:
            self._connection.close()
            raise

    def begin(self, setup: dict[str, Any] | None = None) -> SessionWriter:
        """Begin a session that uses ``setup`` (mode and profiles, fit for JSON; see also `SessionWriter.describe`)."""
        now = self._wall_clock()
        with self._explained():
            cursor = self._connection.execute(
                "INSERT INTO session (started_at, last_at, version, setup) VALUES (?, ?, ?, ?)",
                (now, now, slowhand.__version__, json.dumps(setup or {})),
            )
        if cursor.lastrowid is None:
            raise StoreError(f"{self.path}: gave the new session no number; try again")
        return SessionWriter(cursor.lastrowid, self._transaction, self._wall_clock)

    def list(self) -> tuple[SessionInfo, ...]:
        """All sessions, newest first."""
        with self._explained():
            rows = self._connection.execute(f"{_INFO} ORDER BY s.id DESC").fetchall()
        return tuple(self._info(row) for row in rows)

    def latest(self) -> int | None:
        """The newest session's number; ``None`` when there is none."""
        with self._explained():
            return self._connection.execute("SELECT max(id) FROM session").fetchone()[0]

    def read(self, session_id: int) -> StoredSession:
        """One session.

        Raises:
            BadInputError: there is no such session.
        """
        with self._explained():
            there = abs(session_id) <= LARGEST_ID
            row = self._connection.execute(f"{_INFO} WHERE s.id = ?", (session_id,)).fetchone() if there else None
            if row is None:
                raise BadInputError(f"{self.path}: holds no session {session_id}; `slowhand sessions` lists them")
            strokes = self._column("SELECT detail FROM stroke WHERE session_id = ? ORDER BY rowid", session_id)
            flags = self._column("SELECT detail FROM flag WHERE session_id = ? ORDER BY start_us, kind", session_id)
            cues = self._column("SELECT detail FROM cue WHERE session_id = ? ORDER BY rowid", session_id)
            events = self._connection.execute(
                "SELECT host_s, kind, detail FROM event WHERE session_id = ? ORDER BY id", (session_id,)
            ).fetchall()
        known_flags = tuple(map(flag_from, flags))
        return StoredSession(
            self._info(row),
            json.loads(row["reception"]) if row["reception"] else None,
            # A flag may have been raised after a stroke that it belongs to was stored.
            tuple(with_flags(map(stroke_from, strokes), known_flags)),
            known_flags,
            tuple(map(cue_from, cues)),
            tuple(Event(host_s, kind, json.loads(detail)) for host_s, kind, detail in events),
        )

    def remembered(self, receiver: str) -> tuple[RememberedPlace, ...]:
        """What earlier sessions made known of a receiver's places, by the name in receiver.toml.

        Raises:
            StoreError: this version cannot read it.
        """
        with self._explained():
            row = self._connection.execute("SELECT places FROM memory WHERE receiver = ?", (receiver,)).fetchone()
        try:
            return tuple(map(RememberedPlace.model_validate, json.loads(row[0]))) if row else ()
        except ValueError as error:
            raise StoreError(f"{self.path}: what is remembered of {receiver} cannot be read by this version") from error

    def remember(self, receiver: str, places: Sequence[dict[str, Any]]) -> None:
        """What is known of a receiver's places by now, said beside a recording; in place of what was known before.

        Raises:
            StoreError: it failed.
        """
        said = json.dumps(list(places), allow_nan=False)
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO memory VALUES (?, ?, 0, ?) "
                "ON CONFLICT(receiver) DO UPDATE SET places = excluded.places, at = excluded.at",
                (receiver, said, self._wall_clock()),
            )

    def iter_wire(self, session_id: int, at_once: int = 1000) -> Iterator[tuple[float, bytes]]:
        """The bytes of a session as they came: (host's monotonic time in s, bytes)."""
        last = 0
        while True:
            with self._explained():
                rows = self._connection.execute(
                    "SELECT id, host_s, bytes FROM wire WHERE session_id = ? AND id > ? ORDER BY id LIMIT ?",
                    (session_id, last, at_once),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            for _, host_s, chunk in rows:
                yield host_s, bytes(chunk)

    def close(self) -> None:
        """Close the file. Sessions that were not closed show as interrupted."""
        with self._explained():
            self._connection.close()

    def _column(self, query: str, session_id: int) -> Sequence[str]:
        return [row[0] for row in self._connection.execute(query, (session_id,)).fetchall()]

    def _info(self, row: sqlite3.Row) -> SessionInfo:
        if row["ended_at"] is not None:
            ending = Ending.ENDED
        else:
            alive = abs(self._wall_clock() - row["last_at"]) < ALIVE_S
            ending = Ending.RUNNING if alive else Ending.INTERRUPTED
        return SessionInfo(
            row["id"], row["started_at"], row["last_at"], ending, row["version"], json.loads(row["setup"]),
            row["strokes"], row["flags"], row["wire_bytes"],
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; errors come out as StoreError."""
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise explain(self.path, error) from error


_INFO = """SELECT s.*,
    (SELECT count(*) FROM stroke WHERE session_id = s.id) AS strokes,
    (SELECT count(*) FROM flag WHERE session_id = s.id) AS flags
    FROM session AS s"""

# What SQLite says (sqlite3.c, sqlite3ErrStr), and what the user is told.
_EXPLANATIONS = (
    ("disk is full", "the disk is full; free some space"),
    ("readonly", "may not be written; check its permissions or choose another file with --db"),
    ("unable to open", "cannot be opened; check folder and permissions or choose another file with --db"),
    ("not a database", "is no session file; choose another file with --db"),
    ("malformed", "is damaged; keep a copy of it and choose another file with --db"),
    ("locked", "is in use by another program; close that program and try again"),
    ("disk i/o", "the disk failed to read or write; check it"),
    ("closed database", "is closed already"),
)


def explain(path: Path, error: OSError | sqlite3.Error) -> StoreError:
    """One clear line for what SQLite or the system said."""
    said = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    for words, explanation in _EXPLANATIONS:
        if words in said.lower():
            return StoreError(f"{path}: {explanation}")
    return StoreError(f"{path}: cannot be used as the session file ({said.splitlines()[0]})")
