"""A million damaged and a million invented frames: none may be taken for a real one."""

from __future__ import annotations

import random

import pytest

from slowhand.wire.framing import Decoder, Frame, cobs_encode
from slowhand.wire.messages_gen import Sample
from tests.unit.wire_torture import torture

MILLION = 1_000_000


@pytest.mark.soak
def test_a_million_damaged_frames() -> None:
    result = torture(frames=1_300_000, seed=2024, damage_rate=0.8)
    print(result)
    assert result.damaged > MILLION
    assert result.false_frames == 0
    assert result.counted_lost == result.truly_lost
    assert result.counted_repeated == result.truly_repeated


@pytest.mark.soak
def test_a_million_invented_frames_of_the_right_length_and_type() -> None:
    # The worst garbage: sound COBS, a type that exists and its length. Only the CRC-32 stands between: 2.3e-4 expected.
    rng = random.Random(7)
    decoder = Decoder()
    for _ in range(MILLION // 100):
        bodies = (bytes([Sample.TYPE]) + rng.randbytes(Sample.SIZE + 6) for _ in range(100))
        found = decoder.feed(b"\0".join(map(cobs_encode, bodies)) + b"\0")
        assert not any(isinstance(item, Frame) for item in found)
    assert decoder.counts.crc == MILLION
    print(decoder.counts)
