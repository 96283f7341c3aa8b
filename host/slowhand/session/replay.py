"""A stored session once more through the pipeline: from its wire bytes, as this version understands them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from slowhand.coach.overlap import with_flags
from slowhand.device.reception import Reception
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.sensing.rows import RAW_DTYPE
from slowhand.session.analyze import BLOCK_ROWS, Analysis, Progress
from slowhand.session.results import Results
from slowhand.session.setup import Setup
from slowhand.session.store import Event, SessionStore, StoredSession
from slowhand.session.stream import Stream
from slowhand.strokes.touch import TOUCH_DTYPE
from slowhand.wire.messages_gen import Hello


@dataclass(frozen=True)
class Replayed:
    """A session's raw rows and what was found in them."""

    stored: StoredSession
    raw: np.ndarray       # RAW_DTYPE
    analysis: Analysis
    losses: dict[str, int]   # during the session: `Reception.all_losses`

    @property
    def lost_frames(self) -> int:
        """Those that the sequence numbers show to be missing."""
        return self.losses["lost_frames"]

    @property
    def bad_frames(self) -> int:
        """Damaged ones."""
        return self.losses["bad_frames"]


class Player:
    """Takes a session's bytes in their order and gives its results, as the live engine did."""

    def __init__(self, stored: StoredSession, setup: Setup) -> None:
        self.setup = setup
        self.reception = Reception()
        self.stream: Stream | None = None
        self._turns = list(_turns(stored.events))
        self._ended = Results()   # with strip mode, when an implant was named
        self._waiting: list[np.ndarray] = []
        self._waiting_rows = 0
        if stored.reception:
            self.reception.restore(stored.reception)
            if self.reception.hello is not None and self.reception.compatible:
                self.stream = Stream(setup, self.reception.hello)
        self._lost_before = self.reception.all_losses()   # a session may begin in mid-stream

    def feed(self, chunk: bytes, host_s: float, block_rows: int = 1) -> Iterator[tuple[np.ndarray, Results]]:
        """Raw rows and results of bytes that were read at ``host_s`` (the recording host's clock).

        Bytes are decoded piece by piece, since a reset's place in time depends on when they came; rows are
        processed once there are ``block_rows`` of them.
        """
        output = self.reception.feed(chunk, host_s)
        for hello, rows in output.parts():
            if hello is not None and self.reception.compatible:
                yield from self.process_waiting()
                self._meet(hello)
            if len(rows):
                self._waiting.append(rows)
                self._waiting_rows += len(rows)
        if self._waiting_rows >= block_rows:
            yield from self.process_waiting()

    def process_waiting(self) -> Iterator[tuple[np.ndarray, Results]]:
        """Raw rows and results of what was decoded and waits for a block to be full."""
        waiting, self._waiting, self._waiting_rows = self._waiting, [], 0
        if self.stream is not None and waiting:
            for part in self._between_turns(np.concatenate(waiting)):
                raw, results = self.stream.process(part)
                yield raw, self._after_ended(results)

    def _after_ended(self, results: Results) -> Results:
        """The results, with what ended with strip mode before them."""
        ended, self._ended = self._ended, Results()
        return replace(
            results,
            strokes=ended.strokes + results.strokes,
            flags_changed=ended.flags_changed + results.flags_changed,
        )

    def losses(self) -> dict[str, int]:
        """What was lost since the session began, by its name."""
        return {name: count - self._lost_before[name] for name, count in self.reception.all_losses().items()}

    def finish(self) -> Results:
        """The recording has ended; what was told after its last row was told all the same."""
        if self.stream is None:
            return Results()
        for _, event in self._turns:
            self._take_turn(self.stream, event)
        self._turns.clear()
        return self._after_ended(self.stream.finish())

    def _meet(self, hello: Hello) -> None:
        if self.stream is None or self.stream.rows == 0:
            self.stream = Stream(self.setup, hello)
        else:
            self.stream.chips.use(hello)

    def _between_turns(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """The rows, cut where the giver chose a zone, named an implant or began the start procedure anew."""
        while self._turns and self.stream is not None:
            after_us, event = self._turns[0]
            before = int(np.searchsorted(rows["t_us"], after_us, side="right"))
            if before == len(rows):
                break
            if before:
                yield rows[:before]
                rows = rows[before:]
            self._turns.pop(0)
            self._take_turn(self.stream, event)
        yield rows

    def _take_turn(self, stream: Stream, event: Event) -> None:
        if event.kind == "zone":
            stream.choose_zone(event.detail["name"])
        elif event.kind == "told":
            stream.tell(event.detail["kind"], event.detail["value"])
        elif event.kind == "start_over":
            stream.start_over()
        elif stream.setup.choice.mode is Mode.STRIP:
            self._ended = stream.give_up_magnets()


def replay(
    store: SessionStore, session_id: int, setup: Setup | None = None, progress: Progress | None = None
) -> Replayed:
    """Run a stored session again: with its own setup, or with another (``setup``).

    Raises:
        BadInputError: there is no such session, or this version cannot read its settings.
        StoreError: the session file cannot be read.
    """
    stored = store.read(session_id)
    if setup is None:
        if not stored.info.setup:
            raise BadInputError(f"session {session_id} ended before it began: nothing was recorded")
        setup = Setup.from_dict(stored.info.setup)
    player = Player(stored, setup)
    raw: list[np.ndarray] = [np.zeros(0, RAW_DTYPE)]
    blocks: list[Results] = []
    total, done = max(stored.info.wire_bytes, 1), 0
    for host_s, chunk in store.iter_wire(session_id):
        for rows, results in player.feed(chunk, host_s, BLOCK_ROWS):
            raw.append(rows)
            blocks.append(results)
            if progress:
                progress(min(done / total, 1.0))
        done += len(chunk)
    for rows, results in player.process_waiting():
        raw.append(rows)
        blocks.append(results)
    blocks.append(player.finish())
    if progress:
        progress(1.0)
    return Replayed(stored, np.concatenate(raw), _analysis(setup, player, blocks), player.losses())


def _analysis(setup: Setup, player: Player, blocks: list[Results]) -> Analysis:
    touch = np.concatenate([np.zeros(0, TOUCH_DTYPE), *(block.touch for block in blocks)])
    flags = player.stream.pipeline.flags.flags() if player.stream else ()
    strokes = sorted((stroke for block in blocks for stroke in block.strokes), key=lambda stroke: stroke.start_us)
    pads = player.stream.pipeline.sensing.health() if player.stream else ()
    setup = player.stream.setup if player.stream else setup
    silent_s = 1e-6 * player.stream.pipeline.coach.silent_us if player.stream else 0.0
    coach = player.stream.pipeline.coach if player.stream else None
    pacing = coach.pacing.session_figures() if coach else None
    guide = coach.guide.figures() if coach else None
    return Analysis(
        setup, touch, tuple(with_flags(strokes, flags)), flags, tuple(blocks), pads, silent_s, guide, pacing=pacing,
        score=player.stream.facts() if player.stream else None, judged=coach.judged.stretches if coach else (),
    )  # fmt: skip


def _turns(events: tuple[Event, ...]) -> Iterator[tuple[int, Event]]:
    """What people told the session that changed its course, each after the row of that time."""
    for event in events:
        if event.kind in ("zone", "start_over", "told") or (event.kind == "implant" and event.detail["present"]):
            after_us = event.detail["after_us"]
            yield -1 if after_us is None else int(after_us), event
