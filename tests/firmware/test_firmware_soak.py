"""Long runs of the shipped binary: a whole session, and the moment at which its clock wraps."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.sim.emulator import EmulatedGlove
from slowhand.wire.messages_gen import Field, FieldFlags, Limits, Pace, Sample, Status
from tests.firmware.glove_talk import (
    TICK_WAITS_US,
    busy_feed,
    commands,
    decode,
    start_at,
    still_feed,
    times_us,
)
from tests.firmware.test_firmware_port import Host

pytestmark = pytest.mark.soak
WRAP_US = 1 << 32


def test_ten_minutes_behind_the_port_without_a_lost_or_bad_frame(glove: EmulatedGlove, monkeypatch) -> None:
    monkeypatch.setattr("tests.firmware.test_firmware_port.LONG_S", 300.0)
    minutes = 10
    feed = busy_feed(60 * minutes)
    glove.start(feed, realtime=False, event_kinds=["motor"])
    host = Host(glove.port)
    host.open()
    host.device.limits((900,) * 6)
    host.pump(lambda: glove.finished)
    host.link.close()
    statistics = glove.stop()
    host.assert_nothing_lost()
    rows = host.rows
    assert len(rows) > 0.99 * 200 * 60 * minutes
    assert np.all(np.abs(np.diff(rows["t_us"]) - 5000) <= TICK_WAITS_US)
    assert not rows["overrun"].any()
    assert not rows["i2c_fault"][rows["t_us"] > 1_000_000].any(), "beyond the sensors' start-up"
    assert rows["fresh0"].mean() > 0.49 and rows["fresh1"].mean() > 0.49
    assert statistics["misuses"] == statistics["uart_overruns"] == 0
    print(f"{minutes} simulated minutes: {len(rows)} samples, none lost, {statistics['speed']:.0f} times real time, "
          f"CPU {100 * statistics['cpu_share']:.0f} %, longest awake {statistics['longest_awake_us']:.0f} us")


def test_the_devices_clock_wraps_after_71_minutes_and_nothing_happens(glove: EmulatedGlove) -> None:
    wrap_s = WRAP_US / 1e6
    glove.start(still_feed(1), realtime=False, port=False, event_kinds=["motor"], seconds=wrap_s + 10,
                commands=[*start_at(100, round((wrap_s - 8) * 1e6))])
    statistics = glove.wait(900)
    answer = decode(glove.bytes_sent())
    assert answer.faults == [] and answer.lost() == {}
    t_us = times_us(answer.of(Sample))
    steps = np.diff(t_us) % WRAP_US
    assert t_us.max() > WRAP_US - 20_000 and t_us.min() < 20_000 and np.sum(np.diff(t_us) < 0) == 1
    assert np.all(np.abs(steps - 10_000) <= TICK_WAITS_US)
    assert all(one.flags & 3 == FieldFlags.FRESH0 | FieldFlags.FRESH1 for one in answer.of(Field)[2:])
    uptimes = [one.uptime_s for one in answer.of(Status)]
    assert np.all(np.diff(uptimes) == 1)
    print(f"71.7 simulated minutes at {statistics['speed']:.0f} times real time")


def test_the_reflex_and_the_pace_work_across_the_wrap(glove: EmulatedGlove) -> None:
    wrap_us = WRAP_US
    said = commands((wrap_us - 4_000_000, Limits((300,) * 6, 8000)), (wrap_us - 3_500_000, Pace(1000, 200, 200)))
    feed = still_feed(1)[:1].repeat(3)
    feed["t_us"] = 0, wrap_us + 2_000_000, wrap_us + 2_300_000
    feed["adc"][1, 0] = 350
    glove.start(feed, realtime=False, port=False, event_kinds=["motor"], seconds=wrap_us / 1e6 + 4,
                commands=[*start_at(200, wrap_us - 5_000_000), *said])
    glove.wait(900)
    edges = [e.t_us for e in glove.events("motor") if e.words[0] == "on"]
    paced = np.array([t_us for t_us in edges if t_us < wrap_us + 1_990_000])
    assert np.all(np.abs(np.diff(paced) - 1_000_000) < 400)
    assert any(wrap_us + 2_000_000 < t_us < wrap_us + 2_006_000 for t_us in edges) or any(
        e.words == ("on", "1000") and wrap_us + 2_000_000 < e.t_us < wrap_us + 2_006_000 for e in glove.events("motor"))
