"""A glove for tests: answers on the wire by the book, on a clock that the test owns, and can be made to misbehave."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from slowhand.device import DeviceOutput, GloveDevice
from slowhand.wire import messages_gen as wire
from slowhand.wire.framing import Decoder, Fault, encode_frame

G = 9.80665


def hello(**changes: object) -> wire.Hello:
    values: dict = {
        "protocol_version": wire.PROTOCOL_VERSION, "schema_hash": wire.SCHEMA_HASH,
        "firmware_major": 0, "firmware_minor": 1, "firmware_patch": 2, "unit_id": 77, "boot_id": 5,
        "hand": wire.Hand.RIGHT, "rate_hz": 0, "channels": 0x1F, "adc_max": 1023,
        "accel_scale": G / 8192, "gyro_scale": 5.32e-4, "field0_scale": 0.15, "field1_scale": 0.0584,
    }  # fmt: skip
    return wire.Hello(**(values | changes))


def sample(t_us: int, number: int = 0, flags: int = 0) -> wire.Sample:
    return wire.Sample(t_us % 2**32, (number % 1024, 0, 3, 1023, 5, 6), (1, -2, 8192), (number % 100, 0, -7), flags)


def field(t_us: int, number: int = 0, flags: int = 3, lag1_us: int = 600) -> wire.Field:
    return wire.Field(t_us % 2**32, lag1_us, (number % 3000, -1, 2), (3, number % 500, -4), flags)


class ScriptedGlove:
    """``boot_s`` is when it was reset, on the test's clock; its own clock starts there at ``first_us``."""

    def __init__(self, boot_s: float = 0.0, first_us: int = 0, says_hello: bool = True, **hello_changes: object):
        self.boot_s = boot_s
        self.first_us = first_us
        self.hello = hello(**hello_changes)
        self.rate_hz = 0
        self.got: list[wire.Message] = []
        self.deaf_to: set[type] = set()
        self.dumb = False                    # streams nothing even when started
        self.refuses: set[type] = set()
        self._decoder = Decoder()
        self._seqs: dict[int, int] = {}
        self._next_tick_us = 0
        self._ticks = 0
        self.out = b"\0" + self.frame(self.hello) if says_hello else b""

    def t_us(self, now_s: float) -> int:
        return self.first_us + round((now_s - self.boot_s) * 1e6)

    def frame(self, message: wire.Message) -> bytes:
        seq = self._seqs.get(message.TYPE, 0)
        self._seqs[message.TYPE] = (seq + 1) & 0xFFFF
        return encode_frame(message, seq)

    def hear(self, data: bytes, now_s: float) -> None:
        for found in self._decoder.feed(data):
            assert not isinstance(found, Fault), "the host must send sound frames only"
            self._obey(found.message, found.seq, now_s)

    def speak(self, now_s: float) -> bytes:
        """What it has to say by now."""
        while self.rate_hz and not self.dumb and self._next_tick_us <= self.t_us(now_s):
            self._tick()
        out, self.out = self.out, b""
        return out

    def _tick(self) -> None:
        t_us = self._next_tick_us
        if self._ticks % (self.rate_hz // 100) == 0:
            self.out += self.frame(field(t_us + 400, self._ticks))
        self.out += self.frame(sample(t_us, self._ticks))
        if self._ticks % self.rate_hz == self.rate_hz - 1:
            self.out += self.frame(wire.Status(t_us % 2**32, t_us // 1_000_000, 0, 0, 0, 0, 4950, 0, 0, 1))
        self._ticks += 1
        self._next_tick_us += 1_000_000 // self.rate_hz

    def _obey(self, message: wire.Message, seq: int, now_s: float) -> None:
        self.got.append(message)
        stamp = self.t_us(now_s) % 2**32
        if type(message) in self.deaf_to:
            return
        if type(message) in self.refuses:
            self.out += self.frame(wire.Nak(stamp, message.TYPE, seq, wire.NakReason.BAD_VALUE))
        elif isinstance(message, wire.Identify):
            self.out += self.frame(dataclasses.replace(self.hello, rate_hz=self.rate_hz))
        elif isinstance(message, wire.Ping):
            self.out += self.frame(wire.Pong(stamp, message.token))
        else:
            self._carry_out(message, now_s)
            self.out += self.frame(wire.Ack(stamp, message.TYPE, seq))

    def _carry_out(self, message: wire.Message, now_s: float) -> None:
        if isinstance(message, wire.Stop):
            self.rate_hz = 0
        elif isinstance(message, wire.Start) and message.rate_hz != self.rate_hz:
            self.rate_hz = message.rate_hz
            self._next_tick_us = self.t_us(now_s)

    def count(self, kind: type) -> int:
        return sum(isinstance(message, kind) for message in self.got)


def converse(
    device: GloveDevice,
    glove: ScriptedGlove | None,
    from_s: float,
    seconds: float,
    step_s: float = 0.01,
    damage: Callable[[bytes], bytes] = bytes,
) -> list[DeviceOutput]:
    """Let both talk for a while, ``step_s`` at a time. Without a glove nothing answers."""
    outputs = []
    for step in range(1, round(seconds / step_s) + 1):
        now_s = from_s + step * step_s
        out = device.poll(now_s)
        if glove is not None:
            glove.hear(out, now_s - step_s / 2)
            outputs.append(device.feed(damage(glove.speak(now_s)), now_s))
    return outputs
