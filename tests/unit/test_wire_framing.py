"""COBS, CRC and the decoder, against what they promise for any bytes at all."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.wire import messages_gen as wire
from slowhand.wire.framing import (
    MAX_CODED_BYTES,
    Decoder,
    Fault,
    FaultKind,
    Frame,
    cobs_decode,
    cobs_encode,
    encode_frame,
    encode_payload,
)
from tests.unit.wire_torture import torture

REAL_BYTES = Path(__file__).resolve().parents[3] / "shared" / "data" / "serial_vn100" / "F00294.raw"


@given(st.binary(max_size=1200) | st.lists(st.sampled_from([0, 1, 255]), max_size=600).map(bytes))
def test_cobs_gives_back_what_went_in_without_zeros(data: bytes) -> None:
    coded = cobs_encode(data)
    assert 0 not in coded
    assert len(coded) <= len(data) + 1 + len(data) // 254
    assert cobs_decode(coded) == data


@pytest.mark.parametrize(
    ("data", "coded"),
    [
        # The table of examples in Wikipedia's article on COBS, without the final zero.
        ("00", "0101"),
        ("0000", "010101"),
        ("00112200", "0103112201"),
        ("11220033", "0311220233"),
        ("11223344", "0511223344"),
        ("11000000", "0211010101"),
        (bytes(range(1, 255)).hex(), "ff" + bytes(range(1, 255)).hex()),
        ("00" + bytes(range(1, 255)).hex(), "01ff" + bytes(range(1, 255)).hex()),
        (bytes(range(1, 256)).hex(), "ff" + bytes(range(1, 255)).hex() + "02ff"),
        (bytes(range(2, 256)).hex() + "00", "ff" + bytes(range(2, 256)).hex() + "0101"),
        (bytes(range(3, 256)).hex() + "0001", "fe" + bytes(range(3, 256)).hex() + "0201"),
    ],
)
def test_cobs_examples(data: str, coded: str) -> None:
    assert cobs_encode(bytes.fromhex(data)).hex() == coded
    assert cobs_decode(bytes.fromhex(coded)).hex() == data  # type: ignore[union-attr]


@pytest.mark.parametrize("coded", ["00", "05", "0311", "0011", "031100"])
def test_what_is_no_cobs_is_refused(coded: str) -> None:
    assert cobs_decode(bytes.fromhex(coded)) is None


def test_the_crc_is_the_one_of_the_design() -> None:
    assert zlib.crc32(b"123456789") == 0xCBF43926
    body = cobs_decode(encode_frame(wire.Ping(1), 2)[:-1])
    assert body is not None
    assert struct.unpack("<I", body[-4:])[0] == zlib.crc32(body[:-4])


def test_what_does_not_fit_is_not_encoded() -> None:
    with pytest.raises(struct.error):
        encode_frame(wire.Start(70000), 0)
    for bad in (lambda: encode_frame(wire.Stop(), 65536), lambda: encode_payload(256, 0, b""),
                lambda: encode_payload(1, 0, bytes(90))):  # fmt: skip
        with pytest.raises(ValueError, match=r"out of range|too long"):
            bad()


@given(st.binary(max_size=3000))
def test_any_bytes_are_taken_without_a_word_and_memory_stays_bounded(data: bytes) -> None:
    decoder = Decoder()
    found = decoder.feed(data)
    assert all(isinstance(item, Fault) for item in found)
    pending, skipped = decoder.state()
    assert len(pending) // 2 <= MAX_CODED_BYTES
    # Every byte is accounted for: thrown away, a delimiter, or still waiting.
    thrown = sum(item.byte_count for item in found if isinstance(item, Fault))
    assert thrown + data.count(0) + len(pending) // 2 + skipped == len(data)
    assert decoder.counts.bad + decoder.counts.unknown_type == len(found)


@given(garbage=st.binary(max_size=400), seq=st.integers(0, 65535), token=st.integers(0, 2**32 - 1))
def test_after_any_garbage_the_next_delimiter_brings_it_in_step(garbage: bytes, seq: int, token: int) -> None:
    message = wire.Ping(token)
    found = Decoder().feed(garbage + b"\0" + encode_frame(message, seq))
    last = found[-1]
    assert isinstance(last, Frame)
    assert (last.message, last.seq) == (message, seq)


@given(st.integers(1, 200), st.randoms(use_true_random=False))
def test_any_one_or_two_flipped_bits_are_noticed(number: int, rng: random.Random) -> None:
    frame = bytearray(encode_frame(wire.Sample(number, (1, 2, 3, 0, 0, 6), (0, -1, 8192), (0, 0, 0), 0), number))
    for bit in rng.sample(range(8 * len(frame)), rng.choice([1, 2])):
        frame[bit // 8] ^= 1 << bit % 8
    assert not any(isinstance(item, Frame) for item in Decoder().feed(bytes(frame) + b"\0"))


def test_faults_say_their_cause_and_are_counted() -> None:
    decoder = Decoder()
    bad = [
        (b"\x09\x01\x00", FaultKind.COBS),
        (b"\x02\x01\x00", FaultKind.LENGTH),
        (b"\x11" * 98 + b"\x00", FaultKind.TOO_LONG),
        (b"\x09\x87\x01\x01\x01\x01\x01\x01\x01\x00", FaultKind.CRC),
        (encode_payload(0x87, 0, b"abc"), FaultKind.LENGTH),
        (encode_payload(0x55, 0, b"abc"), FaultKind.UNKNOWN_TYPE),
    ]
    for data, kind in bad:
        assert decoder.feed(data) == [Fault(kind, len(data) - 1)]
    counts = decoder.counts
    assert (counts.cobs, counts.crc, counts.length, counts.too_long, counts.unknown_type) == (1, 1, 2, 1, 1)
    assert (counts.bad, counts.frames) == (5, 0)


def test_another_sensors_real_bytes_hold_no_frame_of_ours() -> None:
    if not REAL_BYTES.exists():
        pytest.skip(f"{REAL_BYTES} is not here: recorded bytes of another sensor")
    data = REAL_BYTES.read_bytes()
    decoder = Decoder()
    found = decoder.feed(data)
    assert len(data) > 10_000
    assert len(found) > 100
    assert all(isinstance(item, Fault) for item in found)
    message = wire.Ping(5)
    assert decoder.feed(b"\0" + encode_frame(message, 0))[-1].message == message  # type: ignore[union-attr]


def test_twenty_thousand_damaged_frames() -> None:
    result = torture(frames=20_000, seed=1)
    assert result.false_frames == 0
    assert result.damaged > 5_000
    assert result.counted_lost == result.truly_lost
    assert result.counted_repeated == result.truly_repeated
