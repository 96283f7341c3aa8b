"""The glove's bytes to rows and events: pure, so that a recording gives what the live session gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slowhand.clock import Timeline
from slowhand.device.losses import LossCounter
from slowhand.device.output import DeviceOutput, GloveEvent, Notice, NoticeKind, PongSeen
from slowhand.device.wire_rows import RowBuilder, rows_from
from slowhand.wire.framing import Decoder, Frame
from slowhand.wire.messages_gen import (
    PROTOCOL_VERSION,
    SCHEMA_HASH,
    Ack,
    Event,
    Field,
    Hello,
    Message,
    Nak,
    Pong,
    Sample,
    Status,
)

NO_PAD = 255


@dataclass(slots=True)
class _Gathered:
    host_s: float
    rows: list[tuple] = field(default_factory=list)
    events: list[GloveEvent] = field(default_factory=list)
    hellos: list[Hello] = field(default_factory=list)
    rows_before_hello: list[int] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    answers: list[Ack | Nak] = field(default_factory=list)
    answered_us: list[int] = field(default_factory=list)
    pongs: list[PongSeen] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def output(self) -> DeviceOutput:
        return DeviceOutput(
            rows_from(self.rows), tuple(self.events), tuple(self.hellos), tuple(self.rows_before_hello),
            tuple(self.statuses), tuple(self.answers), tuple(self.answered_us), tuple(self.pongs), tuple(self.notices),
        )  # fmt: skip


def speaks_our_wire(hello: Hello) -> bool:
    return hello.protocol_version == PROTOCOL_VERSION and hello.schema_hash == SCHEMA_HASH


class Reception:
    """Decodes, orders, counts. Nothing but the bytes (and, at a reset, their recorded times) decides what comes out.

    Until a Hello of our version has come, and after one of another version, only Hellos are heeded: the same bytes
    might mean something else.
    """

    def __init__(self) -> None:
        self.decoder = Decoder()
        self.losses = LossCounter()
        self.builder = RowBuilder()
        self.timeline = Timeline()
        self.hello: Hello | None = None     # the latest, whatever its version
        self.echoes = 0                     # our own kind of message came back: a loop-back plug
        self._boot: tuple[int, int] | None = None
        self._compatible = False

    @property
    def compatible(self) -> bool:
        """The latest Hello speaks our wire."""
        return self._compatible

    def all_losses(self) -> dict[str, int]:
        """Everything that was lost, damaged or left out since this object was made, by its name."""
        return {
            "lost_frames": self.losses.lost,
            "bad_frames": self.decoder.counts.bad,
            "unknown_frames": self.decoder.counts.unknown_type,
            "repeated_frames": self.losses.repeated,
            "orphan_fields": self.builder.orphan_fields,
            "disordered_samples": self.builder.disordered_samples,
        }

    def feed(self, data: bytes, host_time_s: float) -> DeviceOutput:
        """Take in bytes.

        Args:
            data: any number of bytes, cut anywhere.
            host_time_s: when they were read, on any clock that does not jump; the recorded time in a replay.
        """
        gathered = _Gathered(host_time_s)
        for found in self.decoder.feed(data):
            if isinstance(found, Frame):
                self._take(found.message, found.seq, gathered)
        return gathered.output()

    def state(self) -> dict[str, Any]:
        """Everything that decides what comes out next, as plain values that JSON can hold: see `restore`."""
        return {
            "hello": self.hello.pack().hex() if self.hello else None,
            "boot": self._boot,
            "decoder": self.decoder.state(),
            "losses": self.losses.state(),
            "rows": self.builder.state(),
            "timeline": self.timeline.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken, so that a recording that began in mid-stream gives the same rows."""
        self.hello = Hello.unpack(bytes.fromhex(state["hello"])) if state["hello"] else None
        self._compatible = self.hello is not None and speaks_our_wire(self.hello)
        self._boot = tuple(state["boot"]) if state["boot"] else None
        self.decoder.restore(state["decoder"])
        self.losses = LossCounter(state["losses"])
        self.builder.restore(state["rows"])
        self.timeline = Timeline(**state["timeline"])

    def _take(self, message: Message, seq: int, gathered: _Gathered) -> None:
        if isinstance(message, Hello):
            self._take_hello(message, seq, gathered)
        elif isinstance(message, Sample | Field | Status | Event | Ack | Nak | Pong):
            if self._compatible:
                self._take_stamped(message, seq, gathered)
        else:
            self.echoes += 1

    def _take_hello(self, hello: Hello, seq: int, gathered: _Gathered) -> None:
        boot = (hello.unit_id, hello.boot_id)
        if self._boot is not None and boot != self._boot:
            self.timeline.announce_reset()
            self._begin_boot(gathered)
        self._boot = boot
        # Counted, but heeded even if its number is an old one: a glove whose EEPROM is worn out keeps its boot id over
        # a reset, and must be started again all the same. It carries no time, so none passes between two Hellos.
        self.losses.count("Hello", seq, 0)
        self.hello = hello
        self._compatible = speaks_our_wire(hello)
        gathered.hellos.append(hello)
        gathered.rows_before_hello.append(len(gathered.rows))

    def _take_stamped(
        self, message: Sample | Field | Status | Event | Ack | Nak | Pong, seq: int, gathered: _Gathered
    ) -> None:
        t_us, reset = self.timeline.place(message.t_us, gathered.host_s)
        if reset:
            self._boot = None  # its Hello was lost; the next one tells
            self._begin_boot(gathered)
        missing = self.losses.count(type(message).__name__, seq, t_us)
        if missing is None:
            return
        if isinstance(message, Sample):
            row = self.builder.add_sample(t_us, seq, missing, message)
            if row is not None:
                gathered.rows.append(row)
        elif isinstance(message, Field):
            self.builder.add_field(t_us, message)
        elif isinstance(message, Status):
            gathered.statuses.append(message)
        elif isinstance(message, Event):
            pad = None if message.pad == NO_PAD else message.pad
            gathered.events.append(GloveEvent(t_us, message.kind, pad, message.count, message.limit))
        elif isinstance(message, Pong):
            gathered.pongs.append(PongSeen(t_us, message.token))
        else:
            gathered.answers.append(message)
            gathered.answered_us.append(t_us)

    def _begin_boot(self, gathered: _Gathered) -> None:
        self.losses.new_boot()
        self.builder.reset()
        gathered.notices.append(
            Notice(NoticeKind.GLOVE_RESTARTED, "The glove was reset; the session goes on, with a gap.")
        )
