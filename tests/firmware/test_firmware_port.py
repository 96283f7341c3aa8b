"""The host's own link and device on the pseudo-terminal behind which the shipped binary runs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from slowhand.device import DeviceOutput, DeviceState, GloveDevice
from slowhand.errors import LinkError, SlowhandError
from slowhand.link.serial_port import SerialLink
from slowhand.sim.emulator import EmulatedGlove, Firmware
from slowhand.sim.simulation import Simulation
from slowhand.wire.messages_gen import CuePattern
from tests.firmware.glove_talk import TICK_WAITS_US, busy_feed, still_feed

LONG_S = 40.0            # nothing here takes a quarter of it on an idle machine


class Host:
    """A device on a link, pumped until something is so."""

    def __init__(self, port: str, rate_hz: int = 200) -> None:
        self.link = SerialLink(port)
        self.device = GloveDevice(rate_hz)
        self.outputs: list[DeviceOutput] = []

    def open(self) -> None:
        self.link.open()
        self.device.link_opened(time.monotonic())

    def pump(self, until: Callable[[], bool]) -> None:
        limit_s = time.monotonic() + LONG_S
        while not until():
            assert time.monotonic() < limit_s, f"waited in vain; the device is {self.device.state}: {self.device.words}"
            say = self.device.poll(time.monotonic())
            if say:
                self.link.write(say)
            data = self.link.read(0.05)
            if data:
                self.outputs.append(self.device.feed(data, time.monotonic()))

    def pump_rows(self, count: int) -> None:
        self.pump(lambda: sum(len(one.rows) for one in self.outputs) >= count)

    @property
    def rows(self) -> np.ndarray:
        return np.concatenate([one.rows for one in self.outputs])

    def assert_nothing_lost(self) -> None:
        assert self.device.lost_frames == self.device.bad_frames == 0


@pytest.fixture
def host(glove: EmulatedGlove) -> Iterator[Host]:
    host = Host(glove.port)
    yield host
    host.link.close()


def test_a_host_greets_and_streams_in_real_time(glove: EmulatedGlove, host: Host) -> None:
    glove.start(busy_feed(30), realtime=True)
    host.open()
    began_s = time.monotonic()
    host.pump_rows(300)
    took_s = time.monotonic() - began_s
    host.assert_nothing_lost()
    assert host.device.state is DeviceState.STREAMING
    assert np.all(np.abs(np.diff(host.rows["t_us"]) - 5000) <= TICK_WAITS_US)
    assert took_s > 1.4, "faster than time itself"
    statistics = glove.stop()
    assert statistics["misuses"] == statistics["uart_overruns"] == 0


def test_in_fast_mode_no_byte_is_lost_however_slow_the_reader(glove: EmulatedGlove, host: Host) -> None:
    seconds = 30
    glove.start(busy_feed(seconds), realtime=False)
    host.open()
    host.pump(lambda: glove.finished)
    host.assert_nothing_lost()
    rows = host.rows
    assert len(rows) > 0.9 * 200 * seconds
    assert np.all(np.abs(np.diff(rows["t_us"]) - 5000) <= TICK_WAITS_US)
    feed = busy_feed(seconds)
    first = int(np.flatnonzero((feed["adc"] == rows["pads"][0]).all(axis=1))[0])
    assert np.array_equal(rows["pads"], feed["adc"][np.minimum(first + np.arange(len(rows)), len(feed) - 1)])


def test_commands_of_the_host_reach_the_motor(glove: EmulatedGlove, host: Host) -> None:
    glove.start(still_feed(60), realtime=False)
    host.open()
    host.pump_rows(50)
    host.device.limits((900,) * 6)
    host.device.cue(CuePattern.LIGHTER, 255)
    host.pump_rows(600)
    glove.stop()
    motor = glove.events("motor")
    assert [e.words[0] for e in motor] == ["on", "off"]
    assert motor[1].t_us - motor[0].t_us == pytest.approx(500_000, abs=1000)


def test_cable_out_and_in_again_while_the_glove_runs_on(glove: EmulatedGlove, host: Host) -> None:
    glove.start(busy_feed(60), realtime=True)
    host.open()
    host.pump_rows(100)
    before = host.rows
    glove.unplug()
    assert not Path(glove.port).exists()
    with pytest.raises(LinkError):
        host.pump(lambda: False)
    host.link.close()
    host.device.link_lost()
    out_until_s = time.monotonic() + 0.1   # the glove runs in real time: let it say something that nobody hears
    while time.monotonic() < out_until_s:
        with pytest.raises(LinkError):
            host.link.open()
    glove.plug()
    host.open()
    host.pump_rows(len(before) + 200)
    after = host.rows[len(before) :]
    assert after["gap"][0] and not after["gap"][1:].any()
    assert host.device.lost_frames > 0, "what the glove said meanwhile is counted as lost"
    steps_us = np.diff(host.rows["t_us"])
    assert np.all(steps_us > 0)
    assert np.all((steps_us + TICK_WAITS_US) % 5000 <= 2 * TICK_WAITS_US), "the device's clock went on"


def test_host_that_closes_and_opens_the_port_finds_the_glove_alive(glove: EmulatedGlove) -> None:
    glove.start(still_feed(60), realtime=True)
    for _ in range(3):
        host = Host(glove.port)
        host.open()
        host.pump_rows(40)
        host.link.close()
        assert host.device.bad_frames <= 1, "at most the frame that was under way"
    statistics = glove.stop()
    assert statistics["resets"] == 0


def test_reset_under_the_hosts_hands_is_noticed_and_streaming_begins_again(glove: EmulatedGlove, host: Host) -> None:
    glove.start(still_feed(120), realtime=False)
    host.open()
    host.pump_rows(100)
    boot_id = host.device.hello.boot_id
    glove.reset()
    host.pump(lambda: host.device.hello.boot_id != boot_id)
    count = len(host.rows)
    host.pump_rows(count + 200)
    assert host.device.hello.boot_id == boot_id + 1
    assert np.all(np.diff(host.rows["t_us"]) > 0)
    assert int(host.rows["gap"].sum()) == 2


def test_a_signal_pulls_the_cable(firmware: Firmware, glove: EmulatedGlove) -> None:
    glove.start(still_feed(60), realtime=True)
    process_id = glove._process.pid
    for note, there in (("unplugged", False), ("plugged", True)):
        os.kill(process_id, signal.SIGUSR1)
        glove._await(note)
        assert Path(glove.port).exists() is there


def test_a_simulated_back_rub_begins_with_the_hosts_start(firmware: Firmware) -> None:
    run = Simulation("calm", seed=5, duration_s=12.0).run()
    with EmulatedGlove.from_run(run, realtime=False, firmware=firmware) as glove:
        host = Host(glove.port)
        host.open()
        # the feed's end is told by the glove; what it said before is still on its way
        host.pump(lambda: glove.finished and np.ptp(host.rows["t_us"]) > 11.9e6)
        host.link.close()
    host.assert_nothing_lost()
    rows = host.rows
    # ticks and the hand's rows have their own phase, any moment of 5 ms; a row may change between two conversions
    lags = [lag_of(rows["pads"][:, pad], run.chips["pads"][:, pad]) for pad in range(6)]
    assert all(0 <= later - earlier <= 1 for earlier, later in pairwise(lags)) and -2 <= lags[0] <= lags[-1] <= 2
    assert len(rows) == pytest.approx(np.ptp(rows["t_us"]) / 5000, abs=2)
    assert rows["fresh0"].mean() == pytest.approx(0.5, abs=0.02)


def lag_of(counts: np.ndarray, of_hand: np.ndarray) -> int:
    """By how many rows the one is behind the other; the same numbers otherwise."""
    for lag in range(-3, 4):
        row = np.clip(np.arange(len(counts)) + lag, 0, len(of_hand) - 1)
        if (counts == of_hand[row]).mean() > 0.99:
            return lag
    raise AssertionError("the glove did not send the counts of this hand")


def test_an_emulator_that_dies_is_not_taken_for_a_session_that_ended(firmware: Firmware) -> None:
    # leaving the glove says it once more
    with pytest.raises(SlowhandError, match="ended with -9"), EmulatedGlove(firmware) as glove:
        glove.start(still_feed(60), realtime=True)
        assert not glove.finished
        process = glove._process
        assert process is not None
        process.kill()
        process.wait()
        assert glove._reader is not None
        glove._reader.join(10)
        with pytest.raises(SlowhandError, match="mid-session"):
            _ = glove.finished
