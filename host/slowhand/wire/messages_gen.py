"""The messages on the wire.

Generated from protocol.toml by `python -m slowhand.wire.codegen`: do not edit.

`pack` and `unpack` raise `struct.error` when a value does not fit its type or the payload has not SIZE bytes.
Enum and bit fields are plain integers, since a newer peer may send numbers that are not known here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import ClassVar, TypeAlias

PROTOCOL_VERSION = 1
SCHEMA_HASH = 0xABEE992A
MAX_BODY_BYTES = 96
BAUD = 250000


class Hand(IntEnum):
    UNKNOWN = 0
    RIGHT = 1
    LEFT = 2


class NakReason(IntEnum):
    UNKNOWN_COMMAND = 1
    BAD_LENGTH = 2
    BAD_VALUE = 3


class EventKind(IntEnum):
    REFLEX_ON = 1
    REFLEX_OFF = 2
    MOTOR_LIMIT = 3
    LIMITS_EXPIRED = 4


class CuePattern(IntEnum):
    NONE = 0
    SLOWER = 1
    LIGHTER = 2
    SPINE = 3
    DONE = 4


class SampleFlags(IntFlag):
    MOTOR_ON = 1
    REFLEX_ACTIVE = 2
    I2C_FAULT = 4
    OVERRUN = 8


class FieldFlags(IntFlag):
    FRESH0 = 1
    FRESH1 = 2
    MOTOR_ON = 4
    OVERFLOW0 = 8
    OVERFLOW1 = 16


class Channels(IntFlag):
    PADS = 1
    MOTION = 2
    FIELD0 = 4
    FIELD1 = 8
    MOTOR = 16


class StatusFaults(IntFlag):
    MOTION_ABSENT = 1
    FIELD0_ABSENT = 2
    FIELD1_ABSENT = 4
    I2C_BUS = 8
    SUPPLY_LOW = 16
    LIMITS_BUILTIN = 32
    PAD_SHORTED = 64
    PAD_SILENT = 128


_HELLO = struct.Struct("<BIBBBIIBHHHffff")


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the glove is; sent after a reset and on Identify."""

    TYPE: ClassVar[int] = 0x01
    SIZE: ClassVar[int] = 39

    protocol_version: int  # protocol_version of this file
    schema_hash: int  # CRC-32 of the messages' names, types and fields
    firmware_major: int
    firmware_minor: int
    firmware_patch: int
    unit_id: int  # this glove, kept in EEPROM
    boot_id: int  # counts resets, kept in EEPROM
    hand: int  # Hand
    rate_hz: int  # Hz; sample rate now; 0 when stopped
    channels: int  # Channels; what is present
    adc_max: int  # full scale of a pad's count
    accel_scale: float  # m/s2 per LSB
    gyro_scale: float  # rad/s per LSB
    field0_scale: float  # uT per LSB
    field1_scale: float  # uT per LSB

    def pack(self) -> bytes:
        return _HELLO.pack(
            self.protocol_version,
            self.schema_hash,
            self.firmware_major,
            self.firmware_minor,
            self.firmware_patch,
            self.unit_id,
            self.boot_id,
            self.hand,
            self.rate_hz,
            self.channels,
            self.adc_max,
            self.accel_scale,
            self.gyro_scale,
            self.field0_scale,
            self.field1_scale,
        )

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Hello:
        return cls(*_HELLO.unpack(payload))


_SAMPLE = struct.Struct("<I6H3h3hB")


@dataclass(frozen=True, slots=True)
class Sample:
    """One tick: six pads and the motion sensor, chip axes."""

    TYPE: ClassVar[int] = 0x02
    SIZE: ClassVar[int] = 29

    t_us: int  # us; device time, wraps
    pads: tuple[int, int, int, int, int, int]  # count
    accel: tuple[int, int, int]  # LSB
    gyro: tuple[int, int, int]  # LSB
    flags: int  # SampleFlags

    def pack(self) -> bytes:
        return _SAMPLE.pack(self.t_us, *self.pads, *self.accel, *self.gyro, self.flags)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Sample:
        v = _SAMPLE.unpack(payload)
        return cls(v[0], v[1:7], v[7:10], v[10:13], v[13])


_FIELD = struct.Struct("<Ih3h3hB")


@dataclass(frozen=True, slots=True)
class Field:
    """Both magnetometers, chip axes; comes before the Sample of the same tick, which it belongs to."""

    TYPE: ClassVar[int] = 0x03
    SIZE: ClassVar[int] = 19

    t_us: int  # us; device time of the first one's reading, wraps
    lag1_us: int  # us; reading of the second one, after t_us
    field0: tuple[int, int, int]  # LSB; AK09916 in the motion sensor
    field1: tuple[int, int, int]  # LSB; LIS3MDL
    flags: int  # FieldFlags

    def pack(self) -> bytes:
        return _FIELD.pack(self.t_us, self.lag1_us, *self.field0, *self.field1, self.flags)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Field:
        v = _FIELD.unpack(payload)
        return cls(v[0], v[1], v[2:5], v[5:8], v[8])


_STATUS = struct.Struct("<IIHHHHHIBB")


@dataclass(frozen=True, slots=True)
class Status:
    """Health, once a second."""

    TYPE: ClassVar[int] = 0x04
    SIZE: ClassVar[int] = 24

    t_us: int  # us
    uptime_s: int  # s
    frames_dropped: int  # frames not sent because the ring was full
    i2c_errors: int
    uart_overruns: int  # times received bytes were lost: each may be several
    bad_commands: int  # received frames thrown away
    supply_mv: int  # mV
    motor_ms: int  # ms; motor on in all since the reset
    faults: int  # StatusFaults
    reset_cause: int  # MCUSR: 1 power, 2 external, 4 brown-out, 8 watchdog

    def pack(self) -> bytes:
        return _STATUS.pack(
            self.t_us,
            self.uptime_s,
            self.frames_dropped,
            self.i2c_errors,
            self.uart_overruns,
            self.bad_commands,
            self.supply_mv,
            self.motor_ms,
            self.faults,
            self.reset_cause,
        )

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Status:
        return cls(*_STATUS.unpack(payload))


_EVENT = struct.Struct("<IBBHH")


@dataclass(frozen=True, slots=True)
class Event:
    """Something the glove did by itself."""

    TYPE: ClassVar[int] = 0x05
    SIZE: ClassVar[int] = 10

    t_us: int  # us
    kind: int  # EventKind
    pad: int  # 0-5, 255 none
    count: int  # count
    limit: int  # count

    def pack(self) -> bytes:
        return _EVENT.pack(self.t_us, self.kind, self.pad, self.count, self.limit)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Event:
        return cls(*_EVENT.unpack(payload))


_ACK = struct.Struct("<IBH")


@dataclass(frozen=True, slots=True)
class Ack:
    """A command was carried out."""

    TYPE: ClassVar[int] = 0x06
    SIZE: ClassVar[int] = 7

    t_us: int  # us
    command: int  # its type
    command_seq: int

    def pack(self) -> bytes:
        return _ACK.pack(self.t_us, self.command, self.command_seq)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Ack:
        return cls(*_ACK.unpack(payload))


_NAK = struct.Struct("<IBHB")


@dataclass(frozen=True, slots=True)
class Nak:
    """A command was refused."""

    TYPE: ClassVar[int] = 0x07
    SIZE: ClassVar[int] = 8

    t_us: int  # us
    command: int
    command_seq: int
    reason: int  # NakReason

    def pack(self) -> bytes:
        return _NAK.pack(self.t_us, self.command, self.command_seq, self.reason)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Nak:
        return cls(*_NAK.unpack(payload))


_PONG = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Pong:
    """Answer to Ping; t_us is taken when the Ping's last byte came in."""

    TYPE: ClassVar[int] = 0x08
    SIZE: ClassVar[int] = 8

    t_us: int  # us
    token: int

    def pack(self) -> bytes:
        return _PONG.pack(self.t_us, self.token)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Pong:
        return cls(*_PONG.unpack(payload))


_IDENTIFY = struct.Struct("<B")


@dataclass(frozen=True, slots=True)
class Identify:
    """Ask for Hello."""

    TYPE: ClassVar[int] = 0x81
    SIZE: ClassVar[int] = 1

    protocol_version: int  # the host's

    def pack(self) -> bytes:
        return _IDENTIFY.pack(self.protocol_version)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Identify:
        return cls(*_IDENTIFY.unpack(payload))


_START = struct.Struct("<H")


@dataclass(frozen=True, slots=True)
class Start:
    """Begin to stream."""

    TYPE: ClassVar[int] = 0x82
    SIZE: ClassVar[int] = 2

    rate_hz: int  # Hz; 100, 200, 400 or 500

    def pack(self) -> bytes:
        return _START.pack(self.rate_hz)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Start:
        return cls(*_START.unpack(payload))


_STOP = struct.Struct("<")


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop streaming; motor off."""

    TYPE: ClassVar[int] = 0x83
    SIZE: ClassVar[int] = 0

    def pack(self) -> bytes:
        return _STOP.pack()

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Stop:
        _STOP.unpack(payload)
        return cls()


_LIMITS = struct.Struct("<6HH")


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the reflex where the hand is now."""

    TYPE: ClassVar[int] = 0x84
    SIZE: ClassVar[int] = 14

    # count; reflex above this; 65535 none (the absolute limits hold always)
    pads: tuple[int, int, int, int, int, int]
    ttl_ms: int  # ms; after this the built-in limits hold again

    def pack(self) -> bytes:
        return _LIMITS.pack(*self.pads, self.ttl_ms)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Limits:
        v = _LIMITS.unpack(payload)
        return cls(v[0:6], v[6])


_PACE = struct.Struct("<HHB")


@dataclass(frozen=True, slots=True)
class Pace:
    """Pacing pulses made in the glove."""

    TYPE: ClassVar[int] = 0x85
    SIZE: ClassVar[int] = 5

    period_ms: int  # ms; 0 stops
    on_ms: int  # ms
    strength: int  # 0-255

    def pack(self) -> bytes:
        return _PACE.pack(self.period_ms, self.on_ms, self.strength)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Pace:
        return cls(*_PACE.unpack(payload))


_CUE = struct.Struct("<BB")


@dataclass(frozen=True, slots=True)
class Cue:
    """Play a pattern once."""

    TYPE: ClassVar[int] = 0x86
    SIZE: ClassVar[int] = 2

    pattern: int  # CuePattern
    strength: int  # 0-255

    def pack(self) -> bytes:
        return _CUE.pack(self.pattern, self.strength)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Cue:
        return cls(*_CUE.unpack(payload))


_PING = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask for Pong, for the clock's fit and the link's age."""

    TYPE: ClassVar[int] = 0x87
    SIZE: ClassVar[int] = 4

    token: int

    def pack(self) -> bytes:
        return _PING.pack(self.token)

    @classmethod
    def unpack(cls, payload: bytes | memoryview) -> Ping:
        return cls(*_PING.unpack(payload))


Message: TypeAlias = (
    Hello
    | Sample
    | Field
    | Status
    | Event
    | Ack
    | Nak
    | Pong
    | Identify
    | Start
    | Stop
    | Limits
    | Pace
    | Cue
    | Ping
)

MESSAGES: dict[int, type[Message]] = {
    Hello.TYPE: Hello,
    Sample.TYPE: Sample,
    Field.TYPE: Field,
    Status.TYPE: Status,
    Event.TYPE: Event,
    Ack.TYPE: Ack,
    Nak.TYPE: Nak,
    Pong.TYPE: Pong,
    Identify.TYPE: Identify,
    Start.TYPE: Start,
    Stop.TYPE: Stop,
    Limits.TYPE: Limits,
    Pace.TYPE: Pace,
    Cue.TYPE: Cue,
    Ping.TYPE: Ping,
}
