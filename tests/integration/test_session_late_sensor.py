"""A sensor that wakes up late: rows are read by the Hello that was in force, however the bytes were cut."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.receiver import load_receiver
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.session.modes import Present, choose_mode
from slowhand.session.replay import Player
from slowhand.session.setup import Setup
from slowhand.session.store import Ending, SessionInfo, StoredSession
from slowhand.wire.framing import encode_frame
from slowhand.wire.messages_gen import PROTOCOL_VERSION, SCHEMA_HASH, Channels, Field, FieldFlags, Hand, Hello, Sample


def hello(channels: Channels) -> Hello:
    return Hello(PROTOCOL_VERSION, SCHEMA_HASH, 0, 1, 0, 7, 1, Hand.RIGHT, 200, channels, 1023, 0.0012, 0.0005, 0.15, 0.0584)


def wire() -> bytes:
    """Ten samples without sensors, a second Hello, ten with them."""
    pads_only = Channels.PADS | Channels.MOTOR
    all_there = pads_only | Channels.MOTION | Channels.FIELD0 | Channels.FIELD1
    frames = [encode_frame(hello(pads_only), 0)]
    for i in range(20):
        if i == 10:
            frames.append(encode_frame(hello(all_there), 1))
        frames.append(encode_frame(Field(5000 * i, 300, (100, 0, 0), (90, 0, 0), FieldFlags.FRESH0 | FieldFlags.FRESH1), i))
        frames.append(encode_frame(Sample(5000 * i, (0,) * 6, (0, 0, 8192), (1, 2, 3), 0), i))
    return b"\x00" + b"".join(frames)


def rows_of(pieces: list[bytes]) -> np.ndarray:
    setup = Setup(load_glove(), load_strip(), load_receiver(), choose_mode(Present(True, True, True, True)))
    info = SessionInfo(1, 0.0, 0.0, Ending.ENDED, "0", {}, 0, 0, 0)
    fields = {"info": info, "first_seq": None, "first_t_us": None, "strokes": (), "flags": (), "cues": (), "events": ()}
    names = StoredSession.__dataclass_fields__
    stored = StoredSession(**{name: fields.get(name) for name in names})
    player = Player(stored, setup)
    raw = [rows for piece in pieces for rows, _ in player.feed(piece, 0.0, 1)]
    raw += [rows for rows, _ in player.process_waiting()]
    return np.concatenate(raw)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 1000), max_size=6))
def test_any_cut_of_the_bytes_gives_the_same_rows(cuts: list[int]) -> None:
    data = wire()
    places = sorted({0, len(data), *(c % len(data) for c in cuts)})
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    rows, whole = rows_of(pieces), rows_of([data])
    assert rows.tobytes() == whole.tobytes()
    assert len(rows) == 20
    assert not np.isfinite(rows["m0"][:10]).any() or not rows["m0"][:10].any()
    assert np.abs(rows["m0"][10:]).max() > 1
