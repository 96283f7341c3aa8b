"""Python reads the vector files that the C++ test reads too; both were made by a third, obvious encoder."""

from __future__ import annotations

import dataclasses
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.wire.framing import Decoder, Fault, Frame, encode_frame
from slowhand.wire.messages_gen import MESSAGES
from tests.contract import wire_reference as reference

VECTORS = Path(__file__).parent / "vectors"


def lines(name: str) -> list[list[str]]:
    text = (VECTORS / name).read_text("utf-8")
    return [line.split(" | ") for line in text.splitlines() if line and not line.startswith("#")]


def by_name() -> dict[str, type]:
    return {kind.__name__: kind for kind in MESSAGES.values()}


def message_from(text: str):
    name, seq, *words = text.split()
    values = reference.values_from(words)
    kind = by_name()[name]
    lone = {f.name: values[f.name] for f in dataclasses.fields(kind)}
    arrays = {field for field, _, count in reference.LAYOUTS[name][1] if count > 1}
    return kind(**{f: tuple(v) if f in arrays else v[0] for f, v in lone.items()}), int(seq)


def event_name(event: Frame | Fault) -> str:
    if isinstance(event, Fault):
        return f"!{event.kind}"
    return f"{type(event.message).__name__}/{event.seq}"


@pytest.mark.parametrize(("text", "coded"), lines("messages.txt"))
def test_every_message_is_decoded_and_encoded_as_the_vectors_say(text: str, coded: str) -> None:
    message, seq = message_from(text)
    [frame] = Decoder().feed(bytes.fromhex(coded))
    assert isinstance(frame, Frame)
    assert frame.seq == seq
    for field in dataclasses.fields(message):
        assert getattr(frame.message, field.name) == pytest.approx(getattr(message, field.name), rel=1e-7)
    assert encode_frame(message, seq).hex() == coded


@pytest.mark.parametrize(("name", "data", "expected"), lines("streams.txt"))
def test_every_stream_gives_the_events_that_the_vectors_say(name: str, data: str, expected: str) -> None:
    events = Decoder().feed(bytes.fromhex(data))
    assert [event_name(e) for e in events] == expected.split()


@given(st.data())
def test_events_do_not_depend_on_how_the_stream_was_cut(data: st.DataObject) -> None:
    stream = b"".join(bytes.fromhex(part[1]) for part in lines("streams.txt"))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=40)))
    whole, cut = Decoder(), Decoder()
    parts = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [e for part in parts for e in cut.feed(part)] == whole.feed(stream)
    assert cut.counts == whole.counts


def test_one_byte_at_a_time() -> None:
    for _, data, expected in lines("streams.txt"):
        decoder = Decoder()
        stream = bytes.fromhex(data)
        events = [e for i in range(len(stream)) for e in decoder.feed(stream[i : i + 1])]
        assert [event_name(e) for e in events] == expected.split()


def test_vector_files_are_what_the_reference_writes_and_hold_every_message() -> None:
    assert [" | ".join(parts) for parts in lines("messages.txt")] == reference.message_lines()[1:]
    assert [" | ".join(parts) for parts in lines("streams.txt")] == reference.stream_lines()[1:]
    assert {text.split()[0] for text, _ in lines("messages.txt")} == set(by_name()) == set(reference.LAYOUTS)


def test_reference_judges_the_streams_as_their_author_did() -> None:
    for name, data, expected in lines("streams.txt"):
        assert reference.judge(bytes.fromhex(data)) == expected.split(), name


def test_reference_is_sound() -> None:
    assert reference.crc32_bitwise(b"123456789") == 0xCBF43926 == zlib.crc32(b"123456789")
    # The example of the COBS paper's description: 11 22 00 33 -> 03 11 22 02 33.
    assert reference.stuff(bytes.fromhex("11220033")).hex() == "0311220233"
