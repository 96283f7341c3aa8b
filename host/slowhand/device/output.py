"""What a piece of the glove's bytes turned out to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from slowhand.device.wire_rows import NO_ROWS
from slowhand.wire.messages_gen import Ack, Hello, Nak, Status


class NoticeKind(StrEnum):
    GLOVE_RESTARTED = "glove_restarted"   # reset in mid-session: a gap lies here
    COMMAND_REFUSED = "command_refused"
    COMMAND_LOST = "command_lost"         # sent often enough, never answered


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person may want to know, in one line."""

    kind: NoticeKind
    words: str


@dataclass(frozen=True, slots=True)
class GloveEvent:
    """An Event message on the unwrapped line. ``kind`` is a number of `EventKind`, or one not known here."""

    t_us: int
    kind: int
    pad: int | None   # None: no pad
    count: int
    limit: int


@dataclass(frozen=True, slots=True)
class PongSeen:
    t_us: int
    token: int


@dataclass(frozen=True)
class DeviceOutput:
    """All that came in with one piece of bytes, each list in the order of the line."""

    rows: np.ndarray = field(default_factory=lambda: NO_ROWS)  # WIRE_DTYPE
    events: tuple[GloveEvent, ...] = ()
    hellos: tuple[Hello, ...] = ()
    rows_before_hello: tuple[int, ...] = ()   # for each Hello, how many of ``rows`` came before it
    statuses: tuple[Status, ...] = ()     # their t_us is as on the wire
    answers: tuple[Ack | Nak, ...] = ()   # their t_us is as on the wire
    answered_us: tuple[int, ...] = ()     # and on the unwrapped line
    pongs: tuple[PongSeen, ...] = ()
    notices: tuple[Notice, ...] = ()

    def parts(self) -> Iterator[tuple[Hello | None, np.ndarray]]:
        """The rows cut at each Hello, with the Hello that they follow (``None``: one of an earlier piece).

        A Hello may change channels and scales (a sensor that woke up late), and rows must be read by the one that was
        in force when they came, however the bytes were cut.
        """
        cuts = (0, *self.rows_before_hello, len(self.rows))
        for number, hello in enumerate((None, *self.hellos)):
            yield hello, self.rows[cuts[number] : cuts[number + 1]]

    @property
    def hello(self) -> Hello | None:
        """The latest Hello in this piece."""
        return self.hellos[-1] if self.hellos else None
