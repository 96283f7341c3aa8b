"""What is said to the emulated glove, and what it answered, decoded with the host's own codec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from slowhand.sim.emulator import FEED_DTYPE
from slowhand.wire.framing import Decoder, Fault, Frame, encode_frame
from slowhand.wire.messages_gen import Identify, Message, Start

M = TypeVar("M", bound=Message)

# With this the firmware has said hello and found its sensors.
AWAKE_US = 400_000

# An interrupt routine that is just running delays a tick; the sample's time says so, and it never adds up.
TICK_WAITS_US = 6


@dataclass
class Said:
    """All messages of one kind, in order, with their sequence numbers."""

    frames: list[Frame] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, kind: type[M]) -> list[M]:
        return [frame.message for frame in self.frames if isinstance(frame.message, kind)]

    def lost(self, since_boot: bool = False) -> dict[str, int]:
        """Per kind of message: how many sequence numbers are missing between the first and the last.

        ``since_boot``: also those before the first; after a reset each kind counts from zero.
        """
        names = {type(frame.message).__name__ for frame in self.frames}
        last: dict[str, int] = dict.fromkeys(names, -1) if since_boot else {}
        lost: Counter[str] = Counter()
        for frame in self.frames:
            name = type(frame.message).__name__
            if name in last:
                lost[name] += (frame.seq - last[name] - 1) & 0xFFFF
            last[name] = frame.seq
        return {name: count for name, count in lost.items() if count}


def decode(data: bytes) -> Said:
    said = Said()
    for found in Decoder().feed(data):
        (said.frames if isinstance(found, Frame) else said.faults).append(found)  # type: ignore[arg-type]
    return said


def commands(*timed: tuple[int, Message | str | bytes]) -> list[tuple[int, bytes | str]]:
    """(simulated microseconds, message) as bytes, numbered per type as the protocol wants; orders as they are."""
    seq: Counter[int] = Counter()
    lines: list[tuple[int, bytes | str]] = []
    for t_us, what in timed:
        if isinstance(what, str | bytes):
            lines.append((t_us, what))
            continue
        lines.append((t_us, encode_frame(what, seq[what.TYPE])))
        seq[what.TYPE] += 1
    return lines


def start_at(rate_hz: int = 200, t_us: int = AWAKE_US) -> list[tuple[int, bytes | str]]:
    return commands((t_us, b"\0"), (t_us + 1000, Identify(1)), (t_us + 2000, Start(rate_hz)))


def still_feed(seconds: float, rate_hz: float = 200.0) -> np.ndarray:
    """A hand at rest: small, distinct, constant values, with an accelerometer that feels gravity."""
    feed = np.zeros(int(seconds * rate_hz), FEED_DTYPE)
    feed["t_us"] = np.arange(len(feed)) * round(1e6 / rate_hz)
    feed["adc"] = 20, 21, 22, 23, 24, 25
    feed["accel"] = 30, -20, 8192
    feed["gyro"] = 3, -2, 1
    feed["field0"] = 120, -150, 260
    feed["field1"] = 310, -380, 700
    return feed


def busy_feed(seconds: float, rate_hz: float = 200.0) -> np.ndarray:
    """Every row another: each value tells its row, so that a mixture of two rows is seen. Pads below any limit."""
    n = int(seconds * rate_hz)
    row = np.arange(n)
    feed = np.zeros(n, FEED_DTYPE)
    feed["t_us"] = row * round(1e6 / rate_hz)
    feed["adc"] = (row[:, None] * np.array([1, 3, 5, 7, 9, 11]) + 17) % 300
    feed["accel"] = row_pattern(row, 7919)
    feed["gyro"] = row_pattern(row, 6007)
    feed["field0"] = row_pattern(row, 104729) // 8  # far from a magnetic overflow
    feed["field1"] = row_pattern(row, 49999)
    return feed


def row_pattern(row: np.ndarray, prime: int) -> np.ndarray:
    """Three 16-bit numbers per row that no other row of some minutes shares."""
    steps = np.array([prime, prime * 3 + 2, prime * 7 + 4])
    return (row[:, None] * steps + np.array([11, 222, 3333])) % 65_000 - 32_500


def times_us(messages: Iterable[Any]) -> np.ndarray:
    return np.array([message.t_us for message in messages], dtype=np.int64)
