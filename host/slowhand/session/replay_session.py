"""A stored session on the live page, as it was or faster: the same gauges, from its wire bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

import numpy as np

from slowhand.errors import BadInputError
from slowhand.session.link_words import STALE_S
from slowhand.session.live_state import LinkState, LinkView, LiveState
from slowhand.session.picture import Scene, draw
from slowhand.session.replay import Player
from slowhand.session.setup import Setup
from slowhand.session.store import SessionStore

BLOCK_S = 0.02


class ReplaySession:
    """``with ReplaySession(store, 12, speed=2.0) as session: serve(session, ...)``

    ``speed`` is how much faster than it was. ``now_s`` (never jumps) and ``wait`` are in seconds; tests call `step`
    instead of `open`.

    Raises:
        BadInputError: there is no such session, its settings cannot be read, or ``speed`` is not above 0.
    """

    def __init__(
        self,
        store: SessionStore,
        session_id: int,
        speed: float = 1.0,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        if not speed > 0:
            raise BadInputError(f"speed: found {speed:g}, expected a number above 0")
        stored = store.read(session_id)
        self._player = Player(stored, Setup.from_dict(stored.info.setup))
        self._chunks = store.iter_wire(session_id)
        self._next = next(self._chunks, None)
        self._first_s = self._next[0] if self._next else 0.0
        self._info, self._speed, self._now_s = stored.info, speed, now_s
        self._began_s: float | None = None
        self._row: np.void | None = None
        self._row_s = 0.0   # when it came, on the session's clock
        self._origin_us = 0
        self._strokes = 0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None
        self._picture = self._draw(0.0)

    @property
    def finished(self) -> bool:
        """All of it has been played."""
        return self._next is None

    def state(self) -> LiveState:
        """The latest picture. Raises what ended the thread, if anything did."""
        if self._failure is not None:
            raise self._failure
        return self._picture

    def start(self) -> None:
        """A replay cannot be recorded: raises BadInputError."""
        raise BadInputError("this is a replay: there is nothing to record; begin a session with `slowhand live`")

    def stop(self) -> None:
        """Nothing is recorded."""

    def choose_zone(self, name: str | None) -> None:
        """A replay shows the zones that were chosen then."""

    def tell(self, kind: str, value: object) -> None:
        """A replay has heard what was told then."""

    def start_over(self) -> None:
        """A replay begins anew where the session did."""

    def answer_implant(self, present: bool) -> None:
        """A replay asks nothing."""

    def open(self) -> None:
        """Begin to play, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def __enter__(self) -> ReplaySession:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def step(self) -> None:
        """Play what is due by now."""
        now = self._now_s()
        if self._began_s is None:
            self._began_s = now
        played_s = (now - self._began_s) * self._speed
        while self._next is not None and self._next[0] - self._first_s <= played_s:
            host_s, chunk = self._next
            for raw, results in self._player.feed(chunk, host_s):
                if self._row is None:
                    self._origin_us = int(raw["t_us"][0]) - round(1e6 * (host_s - self._first_s))
                self._row, self._row_s = results.touch[-1].copy(), host_s - self._first_s
                self._strokes += len(results.strokes)
            self._next = next(self._chunks, None)
            if self._next is None:
                self._strokes += len(self._player.finish().strokes)
        self._picture = self._draw(played_s)

    def _run(self) -> None:
        try:
            while not self._closing.is_set() and not self.finished:
                self.step()
                self._closing.wait(BLOCK_S)
        except Exception as error:  # a fault of ours or of the file: shown by `state` in the page's thread
            self._failure = error

    def _draw(self, played_s: float) -> LiveState:
        stream = self._player.stream
        picture = draw(
            Scene(
                setup=stream.setup if stream else self._player.setup,
                link=self._link(played_s),
                pipeline=stream.pipeline if stream else None,
                row=self._row,
                session_id=self._info.id,
                session_s=min(played_s, self._info.duration_s),
                origin_us=self._origin_us,
                strokes=self._strokes,
                finished=self.finished,
                card=stream.card if stream else None,
            )
        )
        # what was said then cannot be said otherwise now
        guide = replace(picture.guide, may_tell=False, question=None) if picture.guide else None
        return replace(picture, choosing=False, may_start_over=False, techniques=(), guide=guide)

    def _link(self, played_s: float) -> LinkView:
        """As it was then: where nothing came for a while, what was last known is shown as stale here too."""
        quiet_s = played_s - self._row_s if self._row is not None else 0.0
        if self.finished:
            state, words = LinkState.LOST, "played to its end"
        elif quiet_s > STALE_S:
            state, words = LinkState.STALE, f"a replay: no sample from the glove for {quiet_s:.1f} s"
        else:
            state, words = LinkState.STREAMING, "a replay"
        reception = self._player.reception
        return LinkView(
            state, f"Session {self._info.id}, {words}.", "replay", None,
            reception.losses.lost, reception.decoder.counts.bad, reconnects=0,
        )
