"""Writes one session: gathers in memory, commits in one go, loses nothing when a commit fails."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from slowhand.session.details import to_json
from slowhand.session.results import Results

# What waits for a full disk is held in memory: an hour and a half of wire at 200 Hz. Beyond it the oldest bytes go,
# and an event says how many.
MAX_WAITING_BYTES = 64 * 1024 * 1024


@dataclass
class _Waiting:
    """What was handed over and is not on disk yet."""

    wire: list[tuple[float, bytes]] = field(default_factory=list)
    wire_bytes: int = 0
    strokes: list[tuple[int, int, str, str]] = field(default_factory=list)
    flags: dict[tuple[str, int], str] = field(default_factory=dict)
    cues: list[tuple[int, str, str]] = field(default_factory=list)
    events: list[tuple[float, str, str]] = field(default_factory=list)
    setup: str | None = None
    reception: str | None = None
    memory: dict[str, str] = field(default_factory=dict)

    def extend(self, later: _Waiting) -> None:
        self.wire += later.wire
        self.wire_bytes += later.wire_bytes
        self.strokes += later.strokes
        self.flags |= later.flags
        self.cues += later.cues
        self.events += later.events
        self.memory |= later.memory
        self.setup = later.setup or self.setup
        self.reception = later.reception or self.reception


class SessionWriter:
    """Takes what happens in a session; `commit` puts it on disk.

    Handing over never touches the disk and may be done from one thread while another one commits. Commit at
    least twice a second: what is not committed is lost when the host is killed.
    """

    def __init__(
        self,
        session_id: int,
        transaction: Callable[[], AbstractContextManager[sqlite3.Connection]],
        wall_clock: Callable[[], float],
    ) -> None:
        self.session_id = session_id
        self.dropped_bytes = 0   # given up because the disk stayed full for too long
        self._transaction = transaction
        self._wall_clock = wall_clock
        self._waiting = _Waiting()
        self._handing_over = threading.Lock()
        self._committing = threading.Lock()
        self._closed = False

    def describe(self, setup: dict[str, Any], reception: dict[str, Any] | None = None) -> None:
        """What the session is run with (fit for JSON), once that is known.

        ``reception`` is the state of decoding (`device.Reception.state`) where a session begins in mid-stream.
        """
        with self._handing_over:
            self._waiting.setup = to_json(setup)
            self._waiting.reception = to_json(reception) if reception else self._waiting.reception

    def wire(self, chunk: bytes, host_s: float) -> None:
        """Bytes as they came, with the host's monotonic time in seconds."""
        if not chunk:
            return
        with self._handing_over:
            self._waiting.wire.append((host_s, bytes(chunk)))
            self._waiting.wire_bytes += len(chunk)

    def results(self, results: Results) -> None:
        """Strokes, flags and cues of one block."""
        with self._handing_over:
            for stroke in results.strokes:
                self._waiting.strokes.append((stroke.start_us, stroke.end_us, stroke.kind.value, to_json(stroke)))
            for flag in results.flags_changed:
                self._waiting.flags[flag.key] = to_json(flag)
            for cue in results.cues:
                self._waiting.cues.append((cue.t_us, cue.kind, to_json(cue)))

    def event(self, kind: str, detail: dict[str, Any], host_s: float) -> None:
        """Something that happened to the link, the glove or the recording."""
        with self._handing_over:
            self._waiting.events.append((host_s, kind, to_json(detail)))

    def remember(self, receiver: str, places: list[dict[str, Any]]) -> None:
        """What is known of a receiver's places by now; it takes the place of what was known before."""
        with self._handing_over:
            self._waiting.memory[receiver] = json.dumps(places, allow_nan=False)

    def wall_clock(self, host_s: float) -> None:
        """Tie the monotonic clock, which now shows ``host_s``, to the time of day: an event of its own."""
        self.event("wall_clock", {"unix_s": self._wall_clock()}, host_s)

    def commit(self) -> None:
        """Put on disk what waits.

        Raises:
            StoreError: it failed; what waits is kept for the next try.
        """
        with self._committing:
            if self._closed:
                return
            with self._handing_over:
                batch, self._waiting = self._waiting, _Waiting()
            try:
                with self._transaction() as connection:
                    self._write(connection, batch)
            except BaseException:
                self._take_back(batch)
                raise

    def close(self) -> None:
        """Commit what waits and mark the session as ended.

        Raises:
            StoreError: it failed; call again to try again.
        """
        self.commit()
        with self._committing:
            if self._closed:
                return
            with self._transaction() as connection:
                now = self._wall_clock()
                connection.execute(
                    "UPDATE session SET ended_at = ?, last_at = ? WHERE id = ?", (now, now, self.session_id)
                )
            self._closed = True

    def _take_back(self, batch: _Waiting) -> None:
        with self._handing_over:
            batch.extend(self._waiting)
            dropped = 0
            while batch.wire_bytes > MAX_WAITING_BYTES:
                host_s, chunk = batch.wire.pop(0)
                batch.wire_bytes -= len(chunk)
                dropped += len(chunk)
            if dropped:
                self.dropped_bytes += dropped
                batch.events.append((host_s, "bytes_dropped", to_json({"bytes": dropped})))
            self._waiting = batch

    def _write(self, connection: sqlite3.Connection, batch: _Waiting) -> None:
        me = self.session_id
        connection.execute(
            "UPDATE session SET last_at = ?, wire_bytes = wire_bytes + ?, setup = coalesce(?, setup), "
            "reception = coalesce(?, reception) WHERE id = ?",
            (self._wall_clock(), batch.wire_bytes, batch.setup, batch.reception, me),
        )
        connection.executemany(
            "INSERT INTO wire (session_id, host_s, bytes) VALUES (?, ?, ?)", [(me, *row) for row in batch.wire]
        )
        connection.executemany("INSERT INTO stroke VALUES (?, ?, ?, ?, ?)", [(me, *row) for row in batch.strokes])
        connection.executemany(
            "INSERT OR REPLACE INTO flag VALUES (?, ?, ?, ?)",
            [(me, *key, detail) for key, detail in batch.flags.items()],
        )
        connection.executemany("INSERT INTO cue VALUES (?, ?, ?, ?)", [(me, *row) for row in batch.cues])
        connection.executemany(
            "INSERT INTO event (session_id, host_s, kind, detail) VALUES (?, ?, ?, ?)",
            [(me, *row) for row in batch.events],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?)",
            [(receiver, places, me, self._wall_clock()) for receiver, places in batch.memory.items()],
        )
