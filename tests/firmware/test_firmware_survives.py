"""What would silence a lesser glove: a program that hangs, a supply that fails, a deaf line, a lost host, a bad pad."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.sim.emulator import EmulatedGlove
from slowhand.wire.messages_gen import (
    Event,
    EventKind,
    Hello,
    Identify,
    Limits,
    Pace,
    Ping,
    Pong,
    Sample,
    SampleFlags,
    Start,
    Status,
    StatusFaults,
)
from tests.firmware.glove_talk import Said, commands, decode, start_at, still_feed, times_us

EXTERNAL, BROWN_OUT, WATCHDOG = 2, 4, 8   # MCUSR
WATCHDOG_MS = 130                         # 120 by its own oscillator, and some
GREETS_WITHIN_US = 150_000                # the slowest sensor's own start takes 100 ms of it


def greet_again(at_us: int) -> list[tuple[int, bytes | str]]:
    return commands((at_us, b"\0"), (at_us + 1000, Identify(1)), (at_us + 2000, Start(200)))


def run(glove: EmulatedGlove, feed: np.ndarray, seconds: float, faults: list[str], said: list) -> tuple[Said, dict]:
    glove.start(feed, realtime=False, port=False, seconds=seconds, faults=faults, commands=sorted(said))
    statistics = glove.wait(60)
    assert statistics["misuses"] == 0
    return decode(glove.bytes_sent()), statistics


def motor_edges(glove: EmulatedGlove) -> list[tuple[float, bool]]:
    return [(e.t_us, e.words[0] == "on") for e in glove.events("motor")]


def pressed_for(feed: np.ndarray, pad: int, from_s: float, to_s: float, count: int = 900) -> np.ndarray:
    feed["adc"][round(from_s * 200) : round(to_s * 200), pad] = count
    return feed


@pytest.mark.parametrize("fault", ["hang", "stall"])
def test_a_program_that_hangs_is_reset_and_the_motor_with_it(glove: EmulatedGlove, fault: str) -> None:
    feed = pressed_for(still_feed(5), 1, 1.9, 2.05)  # the motor runs when it happens
    answer, statistics = run(glove, feed, 5, [f"{fault}@2"], [*start_at(200), *greet_again(3_000_000)])
    assert statistics["resets"] == 1
    (_, on), (off_us, off) = motor_edges(glove)
    assert (on, off) == (True, False)
    assert 2_000_000 < off_us < 2_000_000 + WATCHDOG_MS * 1000
    first, _, again, _ = answer.of(Hello)
    assert again.boot_id == first.boot_id + 1 and again.channels == first.channels
    assert [one.reset_cause for one in answer.of(Status)][-1] == WATCHDOG
    back_us = min(e.t_us for e in glove.events("adc") if e.t_us > off_us)
    assert back_us - off_us < 20_000, "the pads are guarded again at once"


def test_a_pause_shorter_than_the_watchdogs_is_told_as_missed_ticks(glove: EmulatedGlove) -> None:
    answer, statistics = run(glove, still_feed(4), 4, ["hang@2-2.05", "stall@3-3.012"], start_at(200))
    assert statistics["resets"] == 0
    assert answer.faults == [] and answer.lost() == {}
    t_us = times_us(answer.of(Sample))
    gaps = np.flatnonzero(np.diff(t_us) > 5100)
    assert len(gaps) == 2 and np.all(np.diff(t_us) > 0), "time goes on by the crystal"
    marked = [one.t_us for one in answer.of(Sample) if one.flags & SampleFlags.OVERRUN]
    assert marked == [t_us[gap + 1] for gap in gaps], "the sample behind each gap says so"
    starts_us = np.array([float(e.words[2]) for e in glove.events("adc") if e.words[0] == "0"])
    began_us = [starts_us[starts_us > at_us][0] for at_us in t_us[[10, -10]] + 600]
    assert began_us[1] - began_us[0] == pytest.approx(t_us[-10] - t_us[10], abs=2), "and no tick of it is lost"


def test_a_brown_out_stops_the_motor_and_is_told_as_such(glove: EmulatedGlove) -> None:
    feed = pressed_for(still_feed(5), 1, 1.9, 2.1)
    answer, statistics = run(glove, feed, 5, ["brown_out@2-2.2"], [*start_at(200), *greet_again(3_000_000)])
    assert statistics["resets"] == 1
    (_, on), (off_us, off) = motor_edges(glove)
    assert (on, off) == (True, False) and off_us - 2_000_000 < 100
    first, _, again, _ = answer.of(Hello)
    assert again.boot_id == first.boot_id + 1 and again.channels == first.channels, "the sensors are set up anew"
    assert answer.of(Status)[-1].reset_cause == BROWN_OUT
    assert answer.of(Status)[-1].faults & ~StatusFaults.LIMITS_BUILTIN == 0


def test_bytes_that_come_while_nobody_looks_are_counted_and_the_next_command_is_heard(glove: EmulatedGlove) -> None:
    pings = commands(*((2_000_000 + 400 * i, Ping(i)) for i in range(3)))
    later = commands((2_100_000, Ping(99)))
    answer, statistics = run(glove, still_feed(4), 4, ["stall@2-2.0012"], [*start_at(200), *pings, *later])
    assert statistics["uart_overruns"] > 5
    assert [one.token for one in answer.of(Pong)][-1] == 99
    overruns = [one.uart_overruns for one in answer.of(Status)]
    assert overruns[0] == 0 and 1 <= overruns[-1] <= statistics["uart_overruns"]
    assert answer.of(Status)[-1].bad_commands >= 1, "the torn frame is thrown away"
    assert answer.faults == [] and answer.lost() == {}


def test_a_host_that_is_gone_leaves_the_built_in_limits_and_no_pace(glove: EmulatedGlove) -> None:
    said = commands((600_000, Limits((100,) * 6, 2000)), (700_000, Pace(1000, 150, 90)))
    feed = pressed_for(still_feed(16), 2, 13.0, 13.1, count=500)   # over the host's limit, which is gone
    pressed_for(feed, 2, 14.0, 14.1)
    answer, _ = run(glove, feed, 16, [], [*start_at(200), *said])
    kinds = [one.kind for one in answer.of(Event)]
    assert kinds == [EventKind.LIMITS_EXPIRED, EventKind.REFLEX_ON, EventKind.REFLEX_OFF]
    on_us = [t_us for t_us, on in motor_edges(glove) if on]
    assert 9_500_000 < max(t_us for t_us in on_us if t_us < 13_900_000) < 11_000_000, "the pace goes on for 10 s"
    assert [t_us for t_us in on_us if t_us > 11_000_000] == [pytest.approx(14_003_000, abs=3000)]
    assert len(answer.of(Sample)) > 15 * 200, "it streams all the same: the host may come back"


def test_a_shorted_pad_is_told_and_buzzes_no_more_until_it_is_mended(glove: EmulatedGlove) -> None:
    feed = pressed_for(still_feed(9), 4, 1.5, 6.0, count=1023)
    pressed_for(feed, 0, 5.0, 5.1)
    pressed_for(feed, 4, 7.5, 7.6, count=700)
    answer, _ = run(glove, feed, 9, [], start_at(200))
    told = {one.uptime_s: bool(one.faults & StatusFaults.PAD_SHORTED) for one in answer.of(Status)}
    assert [told[s] for s in (1, 2, 3)] == [False] * 3 and told[5] and not told[7]
    on_us = [t_us for t_us, on in motor_edges(glove) if on and t_us > 4_100_000]
    assert on_us == [pytest.approx(5_003_000, abs=3000), pytest.approx(7_503_000, abs=3000)]
    assert max(t_us for t_us, _ in motor_edges(glove) if t_us < 4_900_000) < 4_200_000


def test_a_pad_that_feels_nothing_in_a_minute_of_touch_is_told(glove: EmulatedGlove) -> None:
    feed = still_feed(1)[:1].repeat(2)
    feed["t_us"] = 0, 1_000_000
    feed["adc"] = 0                          # a wire that is off reads as a pad that nothing touches
    feed["adc"][1, :3] = 120, 140, 160
    answer, _ = run(glove, feed, 64, [], start_at(100))
    told = {one.uptime_s: bool(one.faults & StatusFaults.PAD_SILENT) for one in answer.of(Status)}
    assert max(told) >= 63 and told == {uptime_s: uptime_s > 60 for uptime_s in told}
