"""Bytes tortured in every way a line knows, with the truth kept beside them.

A stream of real frames is damaged piece by piece: bits flip, bytes go missing or come twice, delimiters vanish or
appear, whole buffers come again, noise comes between. The truth knows which frames came through whole, so that a frame
that was never sent, or one that was and is not counted right, shows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from slowhand.device import GloveDevice
from slowhand.wire import messages_gen as wire
from slowhand.wire.framing import Decoder, Frame, encode_frame
from tests.unit.device_peer import field, hello, sample

DAMAGES = ("flip", "flips", "burst", "drop", "double", "zero", "cut", "noise", "swap")


@dataclass
class TortureResult:
    frames: int
    damaged: int
    false_frames: int      # decoded, but never sent like that
    decoded: int
    truly_lost: int
    counted_lost: int
    truly_repeated: int
    counted_repeated: int
    faults: int


def torture(frames: int, seed: int, damage_rate: float = 0.4) -> TortureResult:
    """Send so many Sample and Field frames through a line that damages ``damage_rate`` of them."""
    rng = random.Random(seed)
    device, decoder = GloveDevice(), Decoder()
    device.feed(encode_frame(hello(), 0), 0.0)
    tallies = {wire.Sample.TYPE: _Truth(), wire.Field.TYPE: _Truth()}
    damaged = false_frames = decoded = faults = 0
    recent: list[bytes] = []
    for number in range(frames):
        message, seq = _message(number)
        frame = encode_frame(message, seq)
        if rng.random() < damage_rate and number not in (0, 1):
            damaged += 1
            line = _damage(frame, rng)
        elif rng.random() < 0.01 and recent:
            line = frame + b"".join(recent[-rng.randrange(1, 20) :]) + frame
        else:
            line = frame
        recent = [*recent[-20:], frame]
        device.feed(line, number * 0.003)
        for found in decoder.feed(line):
            if not isinstance(found, Frame):
                faults += 1
                continue
            decoded += 1
            sent = _was_sent(found, number)
            false_frames += not sent
            if sent:
                tallies[found.message.TYPE].saw(found.seq, number)
    counted = device.reception.losses.by_name
    return TortureResult(
        frames, damaged, false_frames, decoded,
        sum(truth.lost() for truth in tallies.values()),
        counted["Sample"].lost + counted["Field"].lost,
        sum(truth.repeated for truth in tallies.values()),
        counted["Sample"].repeated + counted["Field"].repeated,
        faults,
    )  # fmt: skip


class _Truth:
    """Which of a type's frames came through, by their running number."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.newest = -1
        self.repeated = 0

    def saw(self, seq: int, number: int) -> None:
        running = (number // 2) - ((number // 2 - seq) % 65536)
        if running <= self.newest:
            self.repeated += 1
            return
        self.newest = running
        self.seen.add(running)

    def lost(self) -> int:
        return self.newest - min(self.seen) + 1 - len(self.seen)


def _message(number: int) -> tuple[wire.Message, int]:
    """The ``number``-th frame of the stream: Field and Sample in turn."""
    tick = number // 2
    if number % 2 == 0:
        return field(tick * 5000 + 400, tick), tick % 65536
    return sample(tick * 5000, tick), tick % 65536


def _was_sent(found: Frame, number: int) -> bool:
    tick = number // 2
    running = tick - ((tick - found.seq) % 65536)
    offset = 0 if isinstance(found.message, wire.Field) else 1
    return running >= 0 and _message(2 * running + offset)[0] == found.message


def _damage(frame: bytes, rng: random.Random) -> bytes:
    data = bytearray(frame)
    at = rng.randrange(len(data))
    kind = rng.choice(DAMAGES)
    if kind == "flip":
        data[at] ^= 1 << rng.randrange(8)
    elif kind == "flips":
        for _ in range(rng.randrange(2, 20)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == "burst":
        end = min(at + rng.randrange(1, 12), len(data))
        data[at:end] = rng.randbytes(end - at)
    elif kind == "drop":
        del data[at : at + rng.randrange(1, 10)]
    elif kind == "double":
        data[at:at] = data[at : at + rng.randrange(1, 10)]
    elif kind == "zero":
        data[at] = 0
    elif kind == "cut":
        del data[at:]
    elif kind == "noise":
        data[at:at] = rng.randbytes(rng.randrange(1, 200))
    else:
        other = rng.randrange(len(data))
        data[at], data[other] = data[other], data[at]
    return bytes(data)
