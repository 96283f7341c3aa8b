"""Frames on the wire: COBS, CRC-32 and a decoder that does no input or output.

A frame is COBS(type u8, sequence u16, payload, CRC-32 u32) and then 0x00, little-endian; `docs/protocol.md`.
COBS: Cheshire and Baker 1999, "Consistent overhead byte stuffing", IEEE/ACM Trans. Networking 7(2).
The CRC is zlib's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

from slowhand.wire.messages_gen import MAX_BODY_BYTES, MESSAGES, Message

DELIMITER = b"\0"
MIN_BODY_BYTES = 7  # type, sequence, CRC-32

# COBS adds one byte for every 254 begun; the schema keeps bodies below that, so exactly one.
MAX_CODED_BYTES = MAX_BODY_BYTES + 1

# The CRC-32 of any message followed by its own CRC-32 (little-endian). It saves a slice and a conversion.
_CRC_RESIDUE = 0x2144DF1C


class FaultKind(StrEnum):
    """Why bytes between two delimiters are no message."""

    COBS = "cobs"  # a length byte points beyond the end
    CRC = "crc"
    LENGTH = "length"  # shorter than any frame, or the payload is not as long as its type's
    TOO_LONG = "too_long"
    UNKNOWN_TYPE = "unknown_type"  # sound, from a newer peer: skipped, no damage


@dataclass(frozen=True, slots=True)
class Frame:
    """One sound message. ``body`` is what was between the delimiters, decoded: type to CRC."""

    message: Message
    seq: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Bytes that were thrown away; ``byte_count`` of them, still coded, without the delimiter."""

    kind: FaultKind
    byte_count: int


@dataclass(slots=True)
class DecoderCounts:
    frames: int = 0
    cobs: int = 0
    crc: int = 0
    length: int = 0
    too_long: int = 0
    unknown_type: int = 0

    @property
    def bad(self) -> int:
        """Damaged frames of any cause. Sound frames of an unknown type are not among them."""
        return self.cobs + self.crc + self.length + self.too_long


class Decoder:
    """Bytes in, frames and faults out, in the order of the line. Never raises, whatever the bytes.

    Holds at most ``MAX_CODED_BYTES`` bytes between calls; what comes out does not depend on how the input was
    split.
    """

    def __init__(self) -> None:
        self.counts = DecoderCounts()
        self._pending = b""
        self._skipped = 0  # bytes of an over-long frame seen so far; 0 = not in one

    def feed(self, data: bytes) -> list[Frame | Fault]:
        found: list[Frame | Fault] = []
        *ended, rest = data.split(DELIMITER)
        for piece in ended:
            coded_bytes = self._skipped + len(self._pending) + len(piece)
            if coded_bytes > MAX_CODED_BYTES:
                found.append(self._fault(FaultKind.TOO_LONG, coded_bytes))
            elif coded_bytes:
                found.append(self._decode(self._pending + piece))
            self._pending = b""
            self._skipped = 0
        self._keep(rest)
        return found

    def state(self) -> tuple[str, int]:
        """What `restore` needs to go on in the middle of a frame, as plain values that JSON can hold."""
        return self._pending.hex(), self._skipped

    def restore(self, state: tuple[str, int]) -> None:
        self._pending = bytes.fromhex(state[0])
        self._skipped = state[1]

    def _keep(self, rest: bytes) -> None:
        if self._skipped or len(self._pending) + len(rest) > MAX_CODED_BYTES:
            self._skipped += len(self._pending) + len(rest)
            self._pending = b""
        else:
            self._pending += rest

    def _decode(self, coded: bytes) -> Frame | Fault:
        body = _uncobs_short(coded)
        if body is None:
            return self._fault(FaultKind.COBS, len(coded))
        if len(body) < MIN_BODY_BYTES:
            return self._fault(FaultKind.LENGTH, len(coded))
        if crc32(body) != _CRC_RESIDUE:
            return self._fault(FaultKind.CRC, len(coded))
        kind = MESSAGES.get(body[0])
        if kind is None:
            return self._fault(FaultKind.UNKNOWN_TYPE, len(coded))
        if len(body) != kind.SIZE + MIN_BODY_BYTES:
            return self._fault(FaultKind.LENGTH, len(coded))
        self.counts.frames += 1
        return Frame(kind.unpack(body[3:-4]), body[1] | body[2] << 8, body)

    def _fault(self, kind: FaultKind, byte_count: int) -> Fault:
        setattr(self.counts, kind.value, getattr(self.counts, kind.value) + 1)
        return Fault(kind, byte_count)


def encode_frame(message: Message, seq: int) -> bytes:
    """The bytes of one message on the line, delimiter included.

    Raises:
        struct.error: a value does not fit its field.
        ValueError: ``seq`` is not 0-65535.
    """
    return encode_payload(message.TYPE, seq, message.pack())


def encode_payload(message_type: int, seq: int, payload: bytes) -> bytes:
    """As `encode_frame`, for a payload that is already bytes: tests send types that do not exist.

    Raises:
        ValueError: ``seq`` is not 0-65535, ``message_type`` not 0-255, or the body is too long.
    """
    if not 0 <= seq <= 0xFFFF or not 0 <= message_type <= 0xFF:
        raise ValueError(f"sequence {seq} or type {message_type} out of range")
    if len(payload) + MIN_BODY_BYTES > MAX_BODY_BYTES:
        raise ValueError(f"a payload of {len(payload)} bytes is too long")
    body = bytes((message_type, seq & 0xFF, seq >> 8)) + payload
    return cobs_encode(body + crc32(body).to_bytes(4, "little")) + DELIMITER


def cobs_encode(data: bytes) -> bytes:
    """The data without any 0x00, one byte longer per 254 begun; the delimiter is not appended."""
    coded = bytearray()
    runs = data.split(DELIMITER)
    for index, run in enumerate(runs):
        while len(run) >= 254:
            coded.append(0xFF)
            coded += run[:254]
            run = run[254:]
            if not run and index == len(runs) - 1:
                return bytes(coded)  # a full group at the very end has no zero to stand for
        coded.append(len(run) + 1)
        coded += run
    return bytes(coded)


def cobs_decode(coded: bytes) -> bytes | None:
    """The data that was coded, or ``None`` when this cannot have come from `cobs_encode`."""
    data = bytearray()
    at = 0
    while at < len(coded):
        code = coded[at]
        run = coded[at + 1 : at + code]
        if code == 0 or len(run) != code - 1 or DELIMITER in run:
            return None
        data += run
        at += code
        if code != 0xFF and at < len(coded):
            data.append(0)
    return bytes(data)


def _uncobs_short(coded: bytes) -> bytes | None:
    """`cobs_decode` for at most ``MAX_CODED_BYTES`` bytes without 0x00: no full groups, half the time."""
    end = len(coded)
    at = 0
    runs = []
    while at < end:
        after = at + coded[at]
        runs.append(coded[at + 1 : after])
        at = after
    return DELIMITER.join(runs) if at == end else None
