"""The binary that ships, run to the bit: what it sends is what its sensors saw, all of it, at the right times."""

from __future__ import annotations

import os
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from slowhand.sim.emulator import EmulatedGlove, Firmware, write_feed
from slowhand.wire.messages_gen import (
    PROTOCOL_VERSION,
    SCHEMA_HASH,
    Ack,
    Channels,
    Field,
    FieldFlags,
    Hello,
    Ping,
    Pong,
    Sample,
    SampleFlags,
    Status,
)
from tests.firmware.glove_talk import (
    TICK_WAITS_US,
    Said,
    busy_feed,
    commands,
    decode,
    start_at,
    still_feed,
    times_us,
)

SECONDS = 20
MOTION_READ_US = 600     # how soon after the tick the motion sensor is read
MOTION_OLD_US = 900      # its output rate is 1125 Hz
CLOCK_US = 1  # the device clock counts half microseconds and rounds down


@pytest.fixture(scope="module")
def twenty_seconds(firmware: Firmware) -> tuple[np.ndarray, Said, EmulatedGlove, dict]:
    feed = busy_feed(SECONDS)
    with EmulatedGlove(firmware) as glove:
        glove.start(feed, realtime=False, port=False, seconds=SECONDS, commands=start_at(200))
        statistics = glove.wait(60)
        yield feed, decode(glove.bytes_sent()), glove, statistics


def test_no_frame_is_bad_or_lost(twenty_seconds) -> None:
    _, said, _, statistics = twenty_seconds
    assert said.faults == []
    assert said.lost() == {}
    assert statistics["misuses"] == 0, "the firmware does something that the chips do not allow"
    assert statistics["uart_overruns"] == statistics["framing_errors"] == statistics["resets"] == 0


def test_it_says_hello_with_all_that_is_there(twenty_seconds) -> None:
    _, said, _, _ = twenty_seconds
    greeting, identified = said.of(Hello)
    for hello in (greeting, identified):
        assert (hello.protocol_version, hello.schema_hash) == (PROTOCOL_VERSION, SCHEMA_HASH)
        assert hello.channels == sum(Channels)
    assert greeting.rate_hz == 0
    assert [ack.command for ack in said.of(Ack)] == [0x82]


def test_every_sample_is_what_the_sensors_saw(twenty_seconds) -> None:
    feed, said, glove, _ = twenty_seconds
    samples = said.of(Sample)
    assert len(samples) >= 200 * (SECONDS - 0.5)
    first_pads = [e for e in glove.events("adc") if e.words[0] == "0"]
    # device time begins when the firmware does; the conversion of the first pad marks the tick
    starts_us = np.array([float(e.words[2]) for e in first_pads])
    offset_us = power_on_us(starts_us, times_us(samples))
    rows = {name: [tuple(row) for row in feed[name].tolist()] for name in ("adc", "accel", "gyro")}
    for sample in samples:
        at_us = sample.t_us + offset_us
        assert sample.pads == rows["adc"][int(at_us) // 5000]
        # the motion sensor measures by a clock of its own, at most MOTION_OLD_US before it is read
        known = {int(at_us + MOTION_READ_US) // 5000, int(at_us - MOTION_OLD_US) // 5000}
        assert sample.accel in [rows["accel"][row] for row in known]
        assert sample.gyro in [rows["gyro"][row] for row in known]
        assert sample.flags == 0


def power_on_us(starts_us: np.ndarray, t_us: np.ndarray) -> float:
    """Simulated time at which the device's clock was zero: one for all samples, to within the clock's rounding."""
    nearest = starts_us[np.searchsorted(starts_us, t_us + 3000) - 1]
    offsets = nearest - t_us
    assert np.ptp(offsets) <= CLOCK_US, "a sample's time is not that of its conversions"
    return float(np.median(offsets))


def test_samples_are_spaced_by_the_crystal(twenty_seconds) -> None:
    _, said, glove, _ = twenty_seconds
    assert np.all(np.abs(np.diff(times_us(said.of(Sample))) - 5000) <= TICK_WAITS_US)
    starts = np.array([float(e.words[2]) for e in glove.events("adc") if e.words[0] == "0"])[100:]
    assert np.std(np.diff(starts)) < 0.5, "jitter of the sampling instant, us"


def test_every_field_is_a_whole_measurement_of_the_last_moments(twenty_seconds) -> None:
    feed, said, _, _ = twenty_seconds
    fields = said.of(Field)
    assert len(fields) >= 100 * (SECONDS - 0.5)
    rows0 = {tuple(row["field0"]): i for i, row in enumerate(feed)}
    rows1 = {tuple(row["field1"]): i for i, row in enumerate(feed)}
    assert len(rows0) == len(rows1) == len(feed)
    for one in fields:
        at_us = one.t_us + 1000
        if one.flags & FieldFlags.FRESH0:
            assert 0 <= at_us // 5000 - rows0[one.field0] <= 3  # at most 10 ms and the reading old
        if one.flags & FieldFlags.FRESH1:
            assert 0 <= at_us // 5000 - rows1[one.field1] <= 2
        assert 200 < one.lag1_us < 1500
    fresh = np.array([one.flags for one in fields])
    assert np.mean(fresh & FieldFlags.FRESH0 != 0) > 0.99
    assert np.mean(fresh & FieldFlags.FRESH1 != 0) > 0.99


def test_every_field_precedes_the_sample_of_its_tick(twenty_seconds) -> None:
    _, said, _, _ = twenty_seconds
    stream = [frame.message for frame in said.frames if isinstance(frame.message, Field | Sample)]
    for one, after in pairwise(stream):
        if isinstance(one, Field):
            assert isinstance(after, Sample)
            assert 0 <= one.t_us - after.t_us < 4000


def test_status_once_a_second_and_all_is_well(twenty_seconds) -> None:
    _, said, _, _ = twenty_seconds
    statuses = said.of(Status)
    assert len(statuses) in (SECONDS - 1, SECONDS)
    assert [one.uptime_s for one in statuses] == list(range(1, len(statuses) + 1))
    last = statuses[-1]
    assert last.frames_dropped == last.uart_overruns == last.bad_commands == last.motor_ms == 0
    assert abs(last.supply_mv - 5000) < 60
    assert last.reset_cause == 1


def test_there_is_room_left_on_the_chip(twenty_seconds) -> None:
    *_, statistics = twenty_seconds
    assert statistics["cpu_share"] < 0.5
    assert statistics["static_ram_bytes"] + statistics["stack_bytes"] < 2048 - 256


def test_same_commands_give_the_same_bytes(firmware: Firmware) -> None:
    def run() -> bytes:
        with EmulatedGlove(firmware) as glove:
            glove.start(busy_feed(3), realtime=False, port=False, seconds=3, commands=start_at(400))
            glove.wait(60)
            return glove.bytes_sent()

    assert run() == run()


def test_a_feed_through_a_pipe_is_lockstep(firmware: Firmware, tmp_path: Path) -> None:
    feed = busy_feed(2)

    def run(path: Path) -> bytes:
        with EmulatedGlove(firmware) as glove:
            glove.start(path, realtime=False, port=False, seconds=2, commands=start_at(200))
            glove.wait(60)
            return glove.bytes_sent()

    write_feed(feed, tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=write_feed, args=(feed, tmp_path / "pipe"), daemon=True)
    writer.start()
    assert run(tmp_path / "pipe") == run(tmp_path / "file")
    writer.join(10)


@pytest.mark.parametrize("rate_hz", [100, 200, 400, 500])
def test_every_rate_that_is_offered_holds(firmware: Firmware, rate_hz: int) -> None:
    with EmulatedGlove(firmware) as glove:
        glove.start(busy_feed(6), realtime=False, port=False, seconds=6, commands=start_at(rate_hz))
        statistics = glove.wait(60)
        said = decode(glove.bytes_sent())
    assert said.faults == [] and said.lost() == {}
    assert statistics["misuses"] == 0
    t_us = times_us(said.of(Sample))[2:]
    period_us = 1_000_000 // rate_hz
    assert len(t_us) >= rate_hz * 5.5
    # told truly, to the microsecond: an interrupt that is just running delays a tick, and that never adds up
    assert np.all(np.abs(np.diff(t_us) - period_us) <= TICK_WAITS_US)
    assert np.all(np.abs(t_us - t_us[0] - period_us * np.arange(len(t_us))) <= TICK_WAITS_US)
    assert not any(one.flags & SampleFlags.OVERRUN for one in said.of(Sample)[2:])
    assert len(said.of(Field)) == pytest.approx(100 * 5.6, abs=8)


def test_magnetometer_with_a_clock_of_its_own_is_fresh_when_it_measured(firmware: Firmware) -> None:
    with EmulatedGlove(firmware) as glove:
        glove.start(busy_feed(10), realtime=False, port=False, seconds=10, commands=start_at(200),
                    options=("--field0-rate", "0.93"))
        glove.wait(60)
        fields = decode(glove.bytes_sent()).of(Field)
    fresh = [one for one in fields if one.flags & FieldFlags.FRESH0]
    assert len(fresh) / len(fields) == pytest.approx(0.93, abs=0.03)
    values = [one.field0 for one in fresh]
    assert len(set(values)) == len(values), "an old value is called fresh"


def test_pong_tells_when_the_ping_came_in(firmware: Firmware) -> None:
    asked_us = [600_000 + 37_123 * i for i in range(40)]
    pings = commands(*((t_us, Ping(i)) for i, t_us in enumerate(asked_us)))
    with EmulatedGlove(firmware) as glove:
        glove.start(still_feed(3), realtime=False, port=False, seconds=3, commands=[*start_at(200), *pings])
        glove.wait(60)
        said = decode(glove.bytes_sent())
    pongs = said.of(Pong)
    assert [one.token for one in pongs] == list(range(40))
    lengths = [len(data) for _, data in pings]
    arrived_us = np.array([t_us + 40 * length for t_us, length in zip(asked_us, lengths, strict=True)])
    lag_us = arrived_us - times_us(pongs)
    # the same shift for all: the moment at which the device's clock began
    assert np.ptp(lag_us) < 30
