"""A second, slow and obvious encoder of the wire, written from docs/protocol.md and sharing nothing with the product.

`python tests/contract/wire_reference.py` writes the vector files again; do so when the protocol changes, and read the
difference before committing it.
"""

from __future__ import annotations

import random
import struct
from pathlib import Path

VECTORS = Path(__file__).parent / "vectors"

# name: (type, [(field, struct code, count)])
LAYOUTS: dict[str, tuple[int, list[tuple[str, str, int]]]] = {
    "Hello": (0x01, [
        ("protocol_version", "B", 1), ("schema_hash", "I", 1), ("firmware_major", "B", 1), ("firmware_minor", "B", 1),
        ("firmware_patch", "B", 1), ("unit_id", "I", 1), ("boot_id", "I", 1), ("hand", "B", 1), ("rate_hz", "H", 1),
        ("channels", "H", 1), ("adc_max", "H", 1), ("accel_scale", "f", 1), ("gyro_scale", "f", 1),
        ("field0_scale", "f", 1), ("field1_scale", "f", 1),
    ]),
    "Sample": (0x02, [("t_us", "I", 1), ("pads", "H", 6), ("accel", "h", 3), ("gyro", "h", 3), ("flags", "B", 1)]),
    "Field": (0x03, [("t_us", "I", 1), ("lag1_us", "h", 1), ("field0", "h", 3), ("field1", "h", 3), ("flags", "B", 1)]),
    "Status": (0x04, [
        ("t_us", "I", 1), ("uptime_s", "I", 1), ("frames_dropped", "H", 1), ("i2c_errors", "H", 1),
        ("uart_overruns", "H", 1), ("bad_commands", "H", 1), ("supply_mv", "H", 1), ("motor_ms", "I", 1),
        ("faults", "B", 1), ("reset_cause", "B", 1),
    ]),
    "Event": (0x05, [("t_us", "I", 1), ("kind", "B", 1), ("pad", "B", 1), ("count", "H", 1), ("limit", "H", 1)]),
    "Ack": (0x06, [("t_us", "I", 1), ("command", "B", 1), ("command_seq", "H", 1)]),
    "Nak": (0x07, [("t_us", "I", 1), ("command", "B", 1), ("command_seq", "H", 1), ("reason", "B", 1)]),
    "Pong": (0x08, [("t_us", "I", 1), ("token", "I", 1)]),
    "Identify": (0x81, [("protocol_version", "B", 1)]),
    "Start": (0x82, [("rate_hz", "H", 1)]),
    "Stop": (0x83, []),
    "Limits": (0x84, [("pads", "H", 6), ("ttl_ms", "H", 1)]),
    "Pace": (0x85, [("period_ms", "H", 1), ("on_ms", "H", 1), ("strength", "B", 1)]),
    "Cue": (0x86, [("pattern", "B", 1), ("strength", "B", 1)]),
    "Ping": (0x87, [("token", "I", 1)]),
}  # fmt: skip

RANGES = {"B": (0, 0xFF), "H": (0, 0xFFFF), "I": (0, 0xFFFFFFFF), "h": (-0x8000, 0x7FFF)}


def crc32_bitwise(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        for bit in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if (crc ^ byte >> bit) & 1 else 0)
    return crc ^ 0xFFFFFFFF


def stuff(body: bytes) -> bytes:
    """COBS, one byte at a time, for bodies below 254 bytes."""
    coded, run = [], []
    for byte in [*body, 0]:
        if byte == 0:
            coded += [len(run) + 1, *run]
            run = []
        else:
            run.append(byte)
    return bytes(coded)


def frame_of(body_without_crc: bytes) -> bytes:
    return stuff(body_without_crc + struct.pack("<I", crc32_bitwise(body_without_crc))) + b"\0"


def body_of(name: str, seq: int, values: dict[str, list]) -> bytes:
    number, layout = LAYOUTS[name]
    body = struct.pack("<BH", number, seq)
    for field, code, _ in layout:
        for value in values[field]:
            body += struct.pack("<" + code, value)
    return body


def text_of(name: str, seq: int, values: dict[str, list]) -> str:
    """One line: name, sequence, fields; floats with the nine digits that give a float32 back exactly."""
    words = [name, str(seq)]
    for field, code, _ in LAYOUTS[name][1]:
        words.append(f"{field}=" + ",".join(f"{v:.9g}" if code == "f" else str(v) for v in values[field]))
    return " ".join(words)


def values_from(words: list[str]) -> dict[str, list]:
    split = [word.split("=") for word in words]
    return {k: [float(v) if set(v) & set(".en") else int(v) for v in text.split(",")] for k, text in split}


def random_values(name: str, rng: random.Random) -> dict[str, list]:
    return {
        field: [_random_value(code, rng) for _ in range(count)] for field, code, count in LAYOUTS[name][1]
    }


def _random_value(code: str, rng: random.Random) -> float | int:
    if code == "f":
        return struct.unpack("<f", struct.pack("<f", rng.choice([0.0, rng.uniform(-1e3, 1e3), 1e-4])))[0]
    low, high = RANGES[code]
    # Ends and zeros come far oftener than chance would have it: that is where codecs go wrong.
    return rng.choice([low, high, 0, 1, 0x100 & high, rng.randint(low, high), rng.randint(low, high)])


def message_lines() -> list[str]:
    rng = random.Random(20_948)
    lines = ["# One sound frame a line: name, sequence, fields | the bytes on the line, delimiter included."]
    for name, (_, layout) in LAYOUTS.items():
        sets = [{f: [0 if c != "f" else 0.0] * n for f, c, n in layout}]
        for end in (0, 1):
            sets.append({f: [RANGES[c][end] if c != "f" else 9.80665 / 8192] * n for f, c, n in layout})
        sets += [random_values(name, rng) for _ in range(3)]
        for values, seq in zip(sets, (0, 0xFFFF, 0x0100, 1, 0x1234, rng.randrange(65536)), strict=True):
            rounded = {
                f: [struct.unpack("<f", struct.pack("<f", v))[0] if c == "f" else v for v in values[f]]
                for f, c, _ in layout
            }
            line = text_of(name, seq, rounded)
            lines.append(f"{line} | {frame_of(body_of(name, seq, rounded)).hex()}")
    return lines


def stream_lines() -> list[str]:
    """Streams with the events that every decoder must report, byte for byte the same in both languages."""
    ping = frame_of(body_of("Ping", 7, {"token": [0x01020304]}))
    stop = frame_of(body_of("Stop", 9, {}))
    flipped = bytes([*ping[:5], ping[5] ^ 0x40, *ping[6:]])
    ok, end = "Ping/7", b"\0"
    noise = random.Random(115_200)
    streams: list[tuple[str, bytes, str]] = [
        ("empty", b"", ""),
        ("delimiters_only", end * 5, ""),
        ("two_frames", ping + stop, "Ping/7 Stop/9"),
        ("leading_delimiter", end + ping, ok),
        ("unfinished", ping[:-1], ""),
        ("one_bit_flipped", flipped + stop, "!crc Stop/9"),
        ("delimiter_lost", ping[:-1] + stop + ping, f"!crc {ok}"),
        ("delimiter_lost_in_step", stuff(b"\x87" * 9) + b"\x03\x01\x02" + end, "!crc"),
        ("too_short", stuff(b"\x87\x01\x00\x01\x02\x03") + end + ping, f"!length {ok}"),
        ("one_byte", b"\x01" + end, "!length"),
        ("code_beyond_end", b"\x09\x01\x02" + end + ping, f"!cobs {ok}"),
        ("full_run_code", b"\xff" + b"\x11" * 60 + end + ping, f"!cobs {ok}"),
        ("payload_too_short", frame_of(b"\x87\x07\x00\x01\x02\x03"), "!length"),
        ("payload_too_long", frame_of(b"\x87\x07\x00\x01\x02\x03\x04\x05"), "!length"),
        ("unknown_type", frame_of(b"\x7f\x07\x00\x01\x02\x03") + ping, f"!unknown_type {ok}"),
        ("unknown_type_empty", frame_of(b"\xfe\x07\x00") + ping, f"!unknown_type {ok}"),
        ("longest_body", frame_of(b"\x7e\x07\x00" + b"\x55" * 89), "!unknown_type"),
        ("one_byte_too_long", frame_of(b"\x7e\x07\x00" + b"\x55" * 90) + ping, f"!too_long {ok}"),
        ("endless_ones", b"\xff" * 5000 + end + ping, f"!too_long {ok}"),
        ("endless_code_one", b"\x01" * 1000 + end + ping, f"!too_long {ok}"),
        ("all_zeros_in_body", stuff(b"\0" * 7) + end, "!crc"),
        ("boot_loader_text", b"\r\nOptiboot\r\navrdude: stk500_getsync()\r\n" + end + ping, f"!cobs {ok}"),
        ("boot_loader_sync", b"\x14\x10" * 8 + b"\x14\x01\x10" + end + ping, f"!cobs {ok}"),
        ("nmea", b"$GPGGA,123519,4807.038,N,01131.000,E*47\r\n" * 3 + end + ping, f"!too_long {ok}"),
    ]
    for number in range(12):
        # Bytes of another baud rate: anything at all, then a frame; what the garbage is called is the reference's say.
        garbage = bytes(noise.randrange(256) for _ in range(noise.choice([10, 60, 300])))
        streams.append((f"wrong_baud_{number}", garbage + end + ping, " ".join([*judge(garbage + end), ok])))
    head = "# A stream a line: name | bytes | what a decoder reports (Name/sequence, or !cause), in order."
    return [head, *(f"{name} | {data.hex()} | {events}" for name, data, events in streams)]


def judge(data: bytes) -> list[str]:
    """What a decoder must report for a stream, the slow way."""
    sizes = {number: (name, struct.calcsize("<" + "".join(c * n for _, c, n in layout)))
             for name, (number, layout) in LAYOUTS.items()}  # fmt: skip
    events = []
    for piece in data.split(b"\0")[:-1]:
        body = _unstuff(piece)
        if not piece:
            continue
        if len(piece) > 97:
            events.append("!too_long")
        elif body is None:
            events.append("!cobs")
        elif len(body) < 7:
            events.append("!length")
        elif crc32_bitwise(body[:-4]) != struct.unpack("<I", body[-4:])[0]:
            events.append("!crc")
        elif body[0] not in sizes:
            events.append("!unknown_type")
        elif len(body) - 7 != sizes[body[0]][1]:
            events.append("!length")
        else:
            events.append(f"{sizes[body[0]][0]}/{struct.unpack('<H', body[1:3])[0]}")
    return events


def _unstuff(piece: bytes) -> bytes | None:
    body: list[int] = []
    left = list(piece)
    while left:
        code, left = left[0], left[1:]
        if len(left) < code - 1:
            return None
        body += left[: code - 1]
        left = left[code - 1 :]
        if left:
            body.append(0)
    return bytes(body)


def main() -> None:
    VECTORS.mkdir(exist_ok=True)
    (VECTORS / "messages.txt").write_text("\n".join(message_lines()) + "\n", "utf-8")
    (VECTORS / "streams.txt").write_text("\n".join(stream_lines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
