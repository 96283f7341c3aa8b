"""From bytes to rows: what belongs together is joined, what is lost is counted, and cutting changes nothing."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.device import WIRE_DTYPE, DeviceOutput, GloveDevice, NoticeKind
from slowhand.wire import messages_gen as wire
from slowhand.wire.framing import encode_frame
from tests.unit.device_peer import field, hello, sample

HELLO = encode_frame(hello(), 0)
PERIOD_US = 5000
NOW_S = 1000.0


def samples(numbers: range, start_us: int = 0) -> bytes:
    return b"".join(encode_frame(sample(start_us + n * PERIOD_US, n), n % 65536) for n in numbers)


def feed(device: GloveDevice, data: bytes, host_s: float = NOW_S) -> DeviceOutput:
    return device.feed(data, host_s)


def greeted() -> GloveDevice:
    device = GloveDevice()
    feed(device, HELLO)
    return device


def test_a_row_says_what_its_frames_said() -> None:
    device = greeted()
    flags = wire.SampleFlags.REFLEX_ACTIVE | wire.SampleFlags.OVERRUN
    data = (
        encode_frame(wire.Field(7_000_400, 650, (1, -2, 3), (-4, 5, -6), wire.FieldFlags.FRESH0 | wire.FieldFlags.FRESH1
                                | wire.FieldFlags.OVERFLOW1), 9)
        + encode_frame(wire.Sample(7_000_000, (0, 1, 2, 3, 4, 1023), (-32768, 0, 32767), (7, -8, 9), flags), 12)
    )  # fmt: skip
    [row] = feed(device, data).rows
    expected = {
        "t_us": 7_000_000, "seq": 12, "pads": [0, 1, 2, 3, 4, 1023], "accel": [-32768, 0, 32767], "gyro": [7, -8, 9],
        "field0": [1, -2, 3], "field1": [-4, 5, -6], "fresh0": True, "fresh1": True, "overflow0": False,
        "overflow1": True, "field0_lag_us": 400, "field1_lag_us": 1050, "motor_on": False, "i2c_fault": False,
        "overrun": True, "reflex": True, "gap": True,
    }  # fmt: skip
    assert set(expected) == set(WIRE_DTYPE.names or ())
    for name, value in expected.items():
        assert np.array_equal(row[name], value), name


def test_each_flag_has_its_column() -> None:
    columns = {
        wire.SampleFlags.MOTOR_ON: "motor_on", wire.SampleFlags.REFLEX_ACTIVE: "reflex",
        wire.SampleFlags.I2C_FAULT: "i2c_fault", wire.SampleFlags.OVERRUN: "overrun",
    }  # fmt: skip
    for flag, column in columns.items():
        device = greeted()
        [row] = feed(device, encode_frame(sample(0, 0, flag), 0)).rows
        assert [name for name in columns.values() if row[name]] == [column]
    for flag, column in {
        wire.FieldFlags.FRESH0: "fresh0", wire.FieldFlags.FRESH1: "fresh1", wire.FieldFlags.MOTOR_ON: "motor_on",
        wire.FieldFlags.OVERFLOW0: "overflow0", wire.FieldFlags.OVERFLOW1: "overflow1",
    }.items():  # fmt: skip
        device = greeted()
        [row] = feed(device, encode_frame(field(0, 0, flag), 0) + encode_frame(sample(0), 0)).rows
        assert [n for n in ("fresh0", "fresh1", "motor_on", "overflow0", "overflow1") if row[n]] == [column]


def test_a_field_is_held_but_fresh_only_once() -> None:
    device = greeted()
    data = encode_frame(field(400, 5), 0) + samples(range(3))
    rows = feed(device, data).rows
    assert rows["fresh0"].tolist() == [True, False, False]
    assert rows["field0"][:, 0].tolist() == [5, 5, 5]
    assert rows["field0_lag_us"].tolist() == [400, 0, 0]


def test_a_field_whose_sample_was_lost_is_not_given_to_the_next_one() -> None:
    device = greeted()
    feed(device, samples(range(4)))
    lost = 4
    data = encode_frame(field(lost * PERIOD_US + 400, 1), 0) + samples(range(5, 6))
    [row] = feed(device, data).rows
    assert not row["fresh0"]
    assert device.reception.builder.orphan_fields == 1
    # The other way round: a sample without field was lost before; the field belongs to the sample that follows it.
    data = encode_frame(field(8 * PERIOD_US + 400, 2), 1) + samples(range(8, 9))
    [row] = feed(device, data).rows
    assert row["fresh0"]
    assert row["field0"][0] == 2
    assert device.reception.builder.orphan_fields == 1


def test_nothing_is_a_row_before_hello() -> None:
    device = GloveDevice()
    assert len(feed(device, samples(range(5))).rows) == 0
    feed(device, HELLO)
    rows = feed(device, samples(range(5, 8))).rows
    assert rows["seq"].tolist() == [5, 6, 7]
    assert rows["gap"].tolist() == [True, False, False]
    assert device.lost_frames == 0


@pytest.mark.parametrize("around", [0, 65536 - 20])
def test_losses_are_exact_over_the_wrap_of_the_sequence(around: int) -> None:
    device = greeted()
    rng = random.Random(5)
    numbers = list(range(around, around + 400))
    kept = [n for n in numbers if n in (around, around + 399) or rng.random() > 0.3]
    data = b"".join(encode_frame(sample(n * PERIOD_US, n), n % 65536) for n in kept)
    rows = feed(device, data).rows
    tally = device.reception.losses.by_name["Sample"]
    assert tally.received == len(kept) == len(rows)
    assert tally.lost == len(numbers) - len(kept) > 50
    assert rows["gap"].tolist() == [True] + [b != a + 1 for a, b in itertools.pairwise(kept)]
    assert np.diff(rows["t_us"]).tolist() == [(b - a) * PERIOD_US for a, b in itertools.pairwise(kept)]


def test_a_repeated_buffer_is_counted_and_ignored() -> None:
    device = greeted()
    rows = feed(device, samples(range(20)) + samples(range(5, 20)) + samples(range(20, 25))).rows
    assert rows["seq"].tolist() == list(range(25))
    tally = device.reception.losses.by_name["Sample"]
    assert (tally.received, tally.lost, tally.repeated) == (25, 0, 15)
    assert rows["gap"].tolist() == [True] + [False] * 24


def test_each_message_type_is_counted_by_itself() -> None:
    device = greeted()
    data = samples(range(3)) + encode_frame(field(9000), 7) + encode_frame(field(19000), 9) + samples(range(5, 6))
    feed(device, data)
    lost = {name: tally.lost for name, tally in device.reception.losses.by_name.items()}
    assert lost == {"Hello": 0, "Sample": 2, "Field": 1}
    assert device.lost_frames == 3


def test_time_goes_on_over_the_wrap_of_the_stamp() -> None:
    device = greeted()
    start_us = 2**32 - 10 * PERIOD_US
    rows = feed(device, samples(range(20), start_us)).rows
    assert set(np.diff(rows["t_us"])) == {PERIOD_US}
    assert rows["t_us"][-1] > 2**32


def test_a_reset_in_mid_session_goes_on_with_a_gap() -> None:
    device = greeted()
    before = feed(device, samples(range(1000, 1010)), NOW_S).rows
    feed(device, b"\xf8\x80\x06Optiboot\xff\x00", NOW_S + 1.0)
    output = feed(device, b"\0" + encode_frame(hello(boot_id=6), 0), NOW_S + 2.0)
    assert [notice.kind for notice in output.notices] == [NoticeKind.GLOVE_RESTARTED]
    output = feed(device, encode_frame(field(400, 3), 0) + samples(range(5)), NOW_S + 2.5)
    assert output.notices == (), "one reset is told once"
    after = output.rows
    step_us = after["t_us"][0] - before["t_us"][-1]
    assert step_us == pytest.approx(2_500_000, abs=1000)
    assert after["gap"].tolist() == [True] + [False] * 4
    assert set(np.diff(after["t_us"])) == {PERIOD_US}
    assert device.lost_frames == 0, "a new boot counts anew; nothing is known to be lost"


def test_a_reset_whose_hello_was_lost_is_seen_by_its_clock() -> None:
    device = greeted()
    before = feed(device, samples(range(1000, 1010)), NOW_S).rows
    output = feed(device, samples(range(5)), NOW_S + 3.0)
    assert [notice.kind for notice in output.notices] == [NoticeKind.GLOVE_RESTARTED]
    assert output.rows["t_us"][0] - before["t_us"][-1] == 3_000_000
    assert output.rows["gap"][0]
    assert device.lost_frames == 0
    # Its Hello, asked for afterwards, is not taken for yet another reset.
    assert feed(device, encode_frame(hello(boot_id=6), 0), NOW_S + 3.1).notices == ()


def test_rows_are_cut_at_each_hello_so_that_each_is_read_by_its_own() -> None:
    device = greeted()
    late = encode_frame(hello(channels=3), 1)
    [before, after] = feed(device, samples(range(3)) + late + samples(range(3, 5))).parts()
    assert before[0] is None
    assert before[1]["seq"].tolist() == [0, 1, 2]
    assert after[0] is not None
    assert after[0].channels == 3
    assert after[1]["seq"].tolist() == [3, 4]
    [(greeting, rows)] = feed(device, samples(range(5, 6))).parts()
    assert greeting is None
    assert len(rows) == 1


def test_events_stand_on_the_same_line() -> None:
    device = greeted()
    start_us = 2**32 - 10_000
    event = wire.Event((start_us + 12_000) % 2**32, wire.EventKind.REFLEX_ON, 5, 900, 800)
    no_pad = wire.Event((start_us + 13_000) % 2**32, wire.EventKind.LIMITS_EXPIRED, 255, 0, 0)
    output = feed(device, samples(range(2), start_us) + encode_frame(event, 0) + encode_frame(no_pad, 1))
    assert [(e.t_us, e.kind, e.pad) for e in output.events] == [
        (start_us + 12_000, wire.EventKind.REFLEX_ON, 5),
        (start_us + 13_000, wire.EventKind.LIMITS_EXPIRED, None),
    ]


@functools.cache
def stormy_recording(seed: int) -> list[tuple[float, bytes]]:
    """Chunks with their host times: losses, garbage, both wraps, a reset, repeated buffers."""
    rng = random.Random(seed)
    boots = [(hello(boot_id=1), 2**32 - 100 * PERIOD_US, 65450), (hello(boot_id=2), 1_500_000, 0)]
    chunks = []
    host_s = 500.0
    for greeting, start_us, first in boots:
        stream = [b"\xff\x00" + encode_frame(greeting, 0)]
        for n in range(first, first + 200):
            t_us = start_us + (n - first) * PERIOD_US
            if n % 2 == 0:
                stream.append(encode_frame(field(t_us + 400, n), (n // 2) % 65536))
            stream.append(encode_frame(sample(t_us, n), n % 65536))
            if n % 50 == 0:
                stream.append(encode_frame(wire.Event(t_us % 2**32, 1, 2, 3, 4), n // 50))
        damaged = [part for part in stream if rng.random() > 0.05]
        data = bytearray(b"".join(damaged))
        if not chunks:
            data[:0] = stream[0]  # without the very first Hello there would be nothing to look at
        for _ in range(30):
            data[rng.randrange(len(stream[0]), len(data))] = rng.randrange(256)
        at = 0
        while at < len(data):
            size = rng.choice([1, 7, 60, 500])
            chunks.append((host_s, bytes(data[at : at + size])))
            at += size
            host_s += size / 20000 + rng.random() * 0.01
        host_s += 2.0
    return chunks


def rows_and_events(chunks: list[tuple[float, bytes]], device: GloveDevice | None = None):
    device = device or GloveDevice()
    outputs = [device.feed(data, host_s) for host_s, data in chunks]
    rows = np.concatenate([np.zeros(0, WIRE_DTYPE), *(output.rows for output in outputs)])
    events = [event for output in outputs for event in output.events]
    counts = dataclasses.astuple(device.reception.decoder.counts)
    return rows.tobytes(), events, device.reception.losses.state(), counts


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 5), data=st.data())
def test_rows_do_not_depend_on_how_the_chunks_are_cut(seed: int, data: st.DataObject) -> None:
    chunks = stormy_recording(seed)
    sizes = data.draw(st.lists(st.sampled_from([1, 2, 9, 40, 41, 300]), min_size=1, max_size=12))
    recut = []
    for number, (host_s, piece) in enumerate(chunks):
        size = sizes[number % len(sizes)]
        recut += [(host_s, piece[at : at + size]) for at in range(0, len(piece), size)]
    assert rows_and_events(recut) == rows_and_events(chunks)


def test_times_increase_and_gaps_are_marked_whatever_the_storm() -> None:
    for seed in range(6):
        device = GloveDevice()
        rows = np.concatenate([device.feed(data, host_s).rows for host_s, data in stormy_recording(seed)])
        steps = np.diff(rows["t_us"])
        assert len(rows) > 200
        assert (steps > 0).all()
        assert (rows["gap"][1:] == (steps != PERIOD_US)).all()
        assert (rows["t_us"][-1] - rows["t_us"][0]) < 60e6


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 5), part=st.floats(0, 1))
def test_a_recording_that_begins_in_mid_stream_gives_the_same_rows(seed: int, part: float) -> None:
    chunks = stormy_recording(seed)
    cut = round(part * len(chunks))
    live = GloveDevice()
    for host_s, data in chunks[:cut]:
        live.feed(data, host_s)
    snapshot = json.loads(json.dumps(live.snapshot()))
    expected = rows_and_events(chunks[cut:], live)[:3]
    replayed = GloveDevice()
    replayed.restore(snapshot)
    assert rows_and_events(chunks[cut:], replayed)[:3] == expected
