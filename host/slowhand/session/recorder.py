"""Recording beside the stream: begins and ends sessions, commits, and goes on when a full disk has room again."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from slowhand.clock import ClockFit
from slowhand.coach.score_compare import Earlier
from slowhand.errors import StoreError
from slowhand.session.results import Results
from slowhand.session.score import earlier_session
from slowhand.session.store import SessionStore
from slowhand.session.stream import Stream, Wishes
from slowhand.session.writer import SessionWriter

COMMIT_EVERY_S = 0.25   # what a killed host loses at most, and a commit's own time: well within a second
CLOCK_EVERY_S = 30.0    # the glove's clock strays by 5e-3 at most until the next fit is stored: 0.15 s


class Recorder:
    """Hands over to the session that is being recorded; nothing happens when none is.

    `commit` belongs to a thread of its own, so that a slow disk never holds up the stream.
    """

    def __init__(self, store: SessionStore | None) -> None:
        self._store = store
        self._writer: SessionWriter | None = None
        self._unclosed: list[SessionWriter] = []
        self._commits = threading.Lock()
        self._warning = ""
        self._clock_s: float | None = None   # when a fit was stored last
        self._memory: dict[str, list[dict[str, Any]]] = {}   # said of a receiver's places beside a recording

    @property
    def recording(self) -> bool:
        return self._writer is not None

    @property
    def session_id(self) -> int | None:
        """Of the session that is being recorded."""
        writer = self._writer
        return writer.session_id if writer else None

    @property
    def warning(self) -> str:
        """One line for the page while recording is held up; empty when all is well."""
        dropped = sum(writer.dropped_bytes for writer in self._writers())
        if self._warning and dropped:
            return f"{self._warning} {dropped} bytes are lost already."
        return self._warning

    def open_session(self) -> SessionWriter:
        """A new session in the file, not yet in use: `use` it.

        Raises:
            StoreError: it cannot be written.
        """
        if self._store is None:
            raise StoreError("this session has no file to record to; start again with --db FILE")
        return self._store.begin()

    def earlier(self, session_id: int) -> Earlier | None:
        """The stored session that one of now is compared with, if there is one."""
        return earlier_session(self._store, session_id) if self._store is not None else None

    def use(self, writer: SessionWriter, host_s: float) -> None:
        """From now on everything goes to this session; ``host_s`` is now on the monotonic clock."""
        writer.wall_clock(host_s)
        self._clock_s = None
        self._writer = writer

    def describe(self, setup: dict[str, Any], reception: dict[str, Any] | None) -> None:
        if self._writer:
            self._writer.describe(setup, reception)

    def wire(self, chunk: bytes, host_s: float) -> None:
        if self._writer:
            self._writer.wire(chunk, host_s)

    def results(self, results: Results) -> None:
        if self._writer:
            self._writer.results(results)

    def event(self, kind: str, detail: dict[str, Any], host_s: float) -> None:
        if self._writer:
            self._writer.event(kind, detail, host_s)

    def remember(self, stream: Stream) -> None:
        """What was said about places by now, for the next session with the same receiver; unnamed ones are forgotten."""
        name, answers = stream.setup.receiver.name, stream.pipeline.coach.guide.answers
        if name is None:
            return
        places = [place.model_dump(mode="json") for place in answers.to_remember()]
        if self._writer:
            self._writer.remember(name, places)
        elif self._store is not None:
            self._memory[name] = places

    def recalled(self, wishes: Wishes) -> Wishes:
        """The wishes, with what earlier sessions made known of their receiver."""
        name = wishes.receiver.name
        if self._store is None or name is None:
            return wishes
        self.commit()
        return replace(wishes, receiver=wishes.receiver.model_copy(update={"remembered": self._store.remembered(name)}))

    def clock(self, fit: ClockFit | None, host_s: float, *, last: bool = False) -> None:
        """How the glove's clock stands to the host's: now and again, so that a killed session knows it too."""
        due = last or self._clock_s is None or host_s - self._clock_s >= CLOCK_EVERY_S
        if fit is not None and due:
            self._clock_s = host_s
            detail = {"reference_us": fit.reference_us, "reference_host_s": fit.reference_host_s, "rate": fit.rate}
            self.event("clock", detail, host_s)

    def release(self) -> None:
        """No more of this session comes; `commit` closes it."""
        if self._writer:
            self._unclosed.append(self._writer)
            self._writer = None

    def commit(self) -> bool:
        """Put on disk what waits, and close what has ended. False (and `warning` says why) when that fails."""
        with self._commits:
            writer = self._writer   # `release` may come in between
            try:
                while self._memory and self._store is not None:
                    name, places = next(iter(self._memory.items()))
                    self._store.remember(name, places)
                    if self._memory.get(name) is places:   # nothing was said in between
                        del self._memory[name]
                if writer:
                    writer.commit()
                while self._unclosed:
                    self._unclosed[0].close()
                    self._unclosed.pop(0)
            except StoreError as error:
                self._warning = f"Recording is held up: {error}. It goes on by itself."
                return False
            self._warning = ""
            return True

    def _writers(self) -> list[SessionWriter]:
        writer = self._writer
        return self._unclosed + ([writer] if writer else [])
