"""The glove's mind without its port: commands in, frames out, device time handed in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from slowhand.sim.buzzer import Buzzer, Reflex
from slowhand.sim.magnets import CHIP_TO_HAND, MOTOR_UT, UT_PER_COUNT
from slowhand.sim.motion_sensor import ACCEL_PER_COUNT, GYRO_PER_COUNT
from slowhand.sim.pads import ADC_MAX
from slowhand.wire.framing import Decoder, Frame, encode_frame
from slowhand.wire.messages_gen import (
    PROTOCOL_VERSION,
    SCHEMA_HASH,
    Ack,
    Channels,
    Cue,
    Event,
    EventKind,
    Field,
    FieldFlags,
    Hand,
    Hello,
    Identify,
    Limits,
    Message,
    Nak,
    NakReason,
    Pace,
    Ping,
    Pong,
    Sample,
    SampleFlags,
    Start,
    Status,
    StatusFaults,
    Stop,
)

RATES_HZ = (100, 200, 400, 500)
FIELD_RATE_HZ = 100
GREET_AFTER_US = 120_000     # the sensors' start-up
HOST_GONE_US = 10_000_000    # then a pace that it led ends
MOST_BEHIND_US = 1_000_000   # a suspended computer: skip rather than send a flood
WRAP = 2**32


@dataclass(frozen=True)
class Faults:
    """What a simulated glove does wrong, for tests of the host."""

    protocol_version: int = PROTOCOL_VERSION
    schema_hash: int = SCHEMA_HASH
    mute: bool = False              # never says anything: not a glove
    boot_garbage: bytes = b""       # a boot loader's words after each reset
    lose_every: int = 0             # every n-th Sample is not sent (its sequence number is used up)
    corrupt_every: int = 0          # every n-th Sample has a wrong byte
    i2c_fault_rows: tuple[int, int] = (0, 0)  # rows [from, to) without motion values


@dataclass(frozen=True)
class Identity:
    unit_id: int = 0x51014A2D
    hand: str = "right"
    magnetometers: int = 2


class GloveModel:
    """From one reset to the next.

    ``chips`` is a CHIP_DTYPE array at ``rate_hz``; its first row plays at the first Start, or at ``origin_us`` of
    the device's time when the world has begun before this reset.
    """

    def __init__(self, chips: np.ndarray, rate_hz: float, identity: Identity, boot_id: int, faults: Faults,
                 now_us: int = 0, origin_us: int | None = None, reset_cause: int = 1):
        self.origin_us = origin_us
        self.finished = False        # the last row has been played
        self.streaming = False
        self.frames_dropped = 0
        self._chips, self._chips_rate_hz = _plain(chips), round(rate_hz)
        self._identity, self._boot_id, self._faults = identity, boot_id, faults
        self._rate_hz = min(200, self._chips_rate_hz)
        self._boot_us, self._tick_us, self._ticks, self._now_us = now_us, now_us, 0, now_us
        self._reset_cause = reset_cause
        self._greeted, self._last_heard_us, self._next_status_us = False, now_us, now_us + 1_000_000
        self._reflex, self._buzzer, self._decoder = Reflex(), Buzzer(), Decoder()
        self._seq: Counter[int] = Counter()
        self._bad_commands, self._samples = 0, 0
        self._out: list[bytes] = [faults.boot_garbage, b"\0"]
        # the motor's current, as a field along one direction that a count cannot tell from iron
        hand_ut = MOTOR_UT * np.array([[0.6, -0.64, 0.48], [0.48, 0.64, -0.6]])
        self._motor_counts = [
            np.rint(hand_ut[k] @ CHIP_TO_HAND[k] / UT_PER_COUNT[k]).astype(int).tolist() for k in range(2)
        ]

    def take_frames(self) -> list[bytes]:
        """What is to be sent since the last call, frame by frame."""
        out, self._out = self._out, []
        return [] if self._faults.mute else [frame for frame in out if frame]

    def next_tick_us(self) -> int:
        return self._tick_us

    def receive(self, data: bytes, now_us: int) -> None:
        """Bytes from the host that came in by ``now_us``."""
        self._now_us = now_us
        for found in self._decoder.feed(data):
            if isinstance(found, Frame):
                self._last_heard_us = now_us
                self._obey(found.message, found.seq)
            else:
                self._bad_commands += 1

    def advance(self, now_us: int) -> None:
        """Play all ticks up to ``now_us``."""
        self._now_us = now_us
        late = False
        if now_us - self._tick_us > MOST_BEHIND_US:
            skipped = (now_us - self._tick_us) // self._period_us
            self._tick_us += skipped * self._period_us
            self._ticks += skipped
            late = True
        while self._tick_us <= now_us:
            self._tick(self._tick_us, late)
            late = False
            self._tick_us += self._period_us
            self._ticks += 1

    @property
    def _period_us(self) -> int:
        return 1_000_000 // self._rate_hz

    def _tick(self, t_us: int, overrun: bool) -> None:
        if not self._greeted and t_us - self._boot_us >= GREET_AFTER_US:
            self._greeted = True
            self._send_hello()
        if t_us - self._last_heard_us > HOST_GONE_US:
            self._buzzer.set_pace(0, 0, 0, t_us)
        row = self._row(t_us)
        if self._reflex.expire(t_us):
            self._event(t_us, EventKind.LIMITS_EXPIRED, 255, 0, 0)
        if row is not None:
            for change in self._reflex.judge(self._chips.pads[row], t_us):
                kind = EventKind.REFLEX_ON if change.on else EventKind.REFLEX_OFF
                self._event(t_us, kind, change.pad, change.count, change.limit)
        reflex = self._reflex.active(t_us)
        if self._buzzer.update(reflex, t_us):
            self._event(t_us, EventKind.MOTOR_LIMIT, 255, 0, 0)
        if not self.streaming:
            return
        if t_us >= self._next_status_us:
            self._next_status_us = t_us + 1_000_000
            self._send_status(t_us)
        if row is not None:
            self._send_row(row, t_us, reflex, overrun)

    def _row(self, t_us: int) -> int | None:
        """The row of the world that plays now; None before it begins and after it has ended."""
        if self.origin_us is None:
            return None
        row = (t_us - self.origin_us) * self._chips_rate_hz // 1_000_000
        if row >= len(self._chips.pads):
            self.finished = True
            return None
        return row if row >= 0 else None

    def _send_row(self, row: int, t_us: int, reflex: bool, overrun: bool) -> None:
        motor = self._buzzer.on
        if self._ticks % (self._rate_hz // FIELD_RATE_HZ) == 0 and self._identity.magnetometers:
            self._send(self._field(row, t_us, motor))
        flags = SampleFlags.MOTOR_ON * motor | SampleFlags.REFLEX_ACTIVE * reflex | SampleFlags.OVERRUN * overrun
        pads, accel, gyro = self._chips.pads[row], self._chips.accel[row], self._chips.gyro[row]
        if self._faults.i2c_fault_rows[0] <= row < self._faults.i2c_fault_rows[1]:
            flags |= SampleFlags.I2C_FAULT
            accel = gyro = (0, 0, 0)
        self._send(Sample(t_us % WRAP, pads, accel, gyro, int(flags)))

    def _field(self, row: int, t_us: int, motor: bool) -> Field:
        first, second = self._chips.field0[row], self._chips.field1[row]
        if motor:
            first, second = _shifted(first, self._motor_counts[0]), _shifted(second, self._motor_counts[1])
        flags = FieldFlags.FRESH0 | FieldFlags.MOTOR_ON * motor
        if self._identity.magnetometers > 1:
            flags |= FieldFlags.FRESH1
        else:
            second = (0, 0, 0)
        # what was read in the motion sensor's tick, the second sensor 260 us later (one read at 400 kHz)
        return Field(t_us % WRAP, 260, first, second, int(flags))

    def _obey(self, message: Message, seq: int) -> None:
        now_us = self._now_us
        if isinstance(message, Identify):
            self._send_hello()
            return
        if isinstance(message, Ping):
            self._send(Pong(now_us % WRAP, message.token))
            return
        reason = self._carry_out(message)
        if reason is None:
            self._send(Ack(now_us % WRAP, message.TYPE, seq))
        else:
            self._bad_commands += 1
            self._send(Nak(now_us % WRAP, message.TYPE, seq, reason))

    def _carry_out(self, message: Message) -> NakReason | None:
        """Do it, or say why not."""
        now_us, good = self._now_us, True
        if isinstance(message, Start):
            good = self._start(message.rate_hz)
        elif isinstance(message, Stop):
            self.streaming = False
            self._buzzer.stop_all()
            self._reflex = Reflex()
        elif isinstance(message, Limits):
            self._reflex.set_limits(message.pads, message.ttl_ms, now_us)
        elif isinstance(message, Pace):
            good = self._buzzer.set_pace(message.period_ms, message.on_ms, message.strength, now_us)
        elif isinstance(message, Cue):
            good = self._buzzer.play(message.pattern, message.strength, now_us)
        else:
            return NakReason.UNKNOWN_COMMAND
        return None if good else NakReason.BAD_VALUE

    def _start(self, rate_hz: int) -> bool:
        # rows cannot be made faster than they were simulated
        if rate_hz not in RATES_HZ or rate_hz > self._chips_rate_hz or self._chips_rate_hz % rate_hz:
            return False
        self._rate_hz, self._ticks = rate_hz, 0
        self.streaming = True
        if self.origin_us is None:
            self.origin_us = self._tick_us
        return True

    def _send_hello(self) -> None:
        channels = Channels.PADS | Channels.MOTION | Channels.MOTOR
        channels |= Channels.FIELD0 * (self._identity.magnetometers > 0)
        channels |= Channels.FIELD1 * (self._identity.magnetometers > 1)
        hand = Hand.LEFT if self._identity.hand == "left" else Hand.RIGHT
        rate_hz = self._rate_hz if self.streaming else 0
        scales = (ACCEL_PER_COUNT, float(GYRO_PER_COUNT), float(UT_PER_COUNT[0]), float(UT_PER_COUNT[1]))
        self._send(Hello(self._faults.protocol_version, self._faults.schema_hash, 0, 1, 0, self._identity.unit_id,
                         self._boot_id, int(hand), rate_hz, int(channels), ADC_MAX, *scales))

    def _send_status(self, t_us: int) -> None:
        faults = StatusFaults(0)
        if not self._reflex.has_host_limits:
            faults |= StatusFaults.LIMITS_BUILTIN
        if self._identity.magnetometers < 2:
            faults |= StatusFaults.FIELD1_ABSENT
        if self._identity.magnetometers < 1:
            faults |= StatusFaults.FIELD0_ABSENT
        uptime_s = (t_us - self._boot_us) // 1_000_000
        self._send(Status(t_us % WRAP, uptime_s, min(self.frames_dropped, 65535), 0, 0,
                          self._bad_commands % 65536, 4980, self._buzzer.on_us // 1000, int(faults), self._reset_cause))

    def _event(self, t_us: int, kind: EventKind, pad: int, count: int, limit: int) -> None:
        if self.streaming:
            self._send(Event(t_us % WRAP, int(kind), pad, count, limit))

    def _send(self, message: Message) -> None:
        seq = self._seq[message.TYPE]
        self._seq[message.TYPE] = (seq + 1) % 65536
        frame = encode_frame(message, seq)
        if isinstance(message, Sample):
            self._samples += 1
            if self._faults.lose_every and self._samples % self._faults.lose_every == 0:
                return
            if self._faults.corrupt_every and self._samples % self._faults.corrupt_every == 0:
                frame = _damaged(frame)
        self._out.append(frame)


@dataclass(frozen=True)
class _Plain:
    """The rows as tuples of plain numbers: indexing numpy rows one by one costs ten times as much."""

    pads: list[Any]
    accel: list[Any]
    gyro: list[Any]
    field0: list[Any]
    field1: list[Any]


def _plain(chips: np.ndarray) -> _Plain:
    names = ("pads", "accel", "gyro", "field0", "field1")
    return _Plain(*([tuple(row) for row in chips[name].tolist()] for name in names))


def _shifted(reading: tuple[int, int, int], by: list[int]) -> tuple[int, int, int]:
    x, y, z = (max(-32768, min(32767, a + b)) for a, b in zip(reading, by, strict=True))
    return x, y, z


def _damaged(frame: bytes) -> bytes:
    """One bit turned, in the middle, without making or losing a delimiter."""
    at = len(frame) // 2
    return frame[:at] + bytes([frame[at] ^ (0x40 if frame[at] != 0x40 else 0x20)]) + frame[at + 1 :]
