"""What must hold of the firmware, in short: sampling, reflex, losses, a mad host. `make bench-firmware` has it at length."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.sim.emulator import Firmware
from slowhand.wire.messages_gen import Ping, Pong, Status, Stop
from tests.firmware.glove_talk import busy_feed, commands, start_at
from tests.firmware.glove_truth import (
    chatter,
    fuzz_bytes,
    random_crossings,
    reflex_latencies_us,
    run_glove,
    scan_starts_us,
    start_jitter_us,
    then_held_down,
)

LIMIT = 300


@pytest.mark.parametrize("rate_hz", [200, 400])
def test_a_host_that_talks_does_not_move_the_sampling_instant(firmware: Firmware, rate_hz: int) -> None:
    run = run_glove(firmware, busy_feed(12), 12, [*start_at(rate_hz), *chatter(12, 40, 4)], kinds=["adc"])
    starts_us = scan_starts_us(run.events)
    sd_us, worst_us = start_jitter_us(starts_us[starts_us > 1e6], rate_hz)
    assert sd_us < 0.2 and worst_us < 1.0
    assert run.said.lost() == {} and run.said.faults == []


def test_the_reflex_is_quick_whenever_a_pad_crosses(firmware: Firmware) -> None:
    feed, seconds = random_crossings(120, LIMIT, seed=8)
    run = run_glove(firmware, feed, seconds, [*start_at(200), *chatter(seconds, 20, 2, LIMIT)], kinds=["adc", "motor"])
    latencies_us = reflex_latencies_us(run.events, LIMIT)
    assert len(latencies_us) == 120 and latencies_us.max() < 1200
    assert run.statistics["cpu_share"] < 0.30


def test_more_questions_than_the_line_takes_are_counted_to_the_frame(firmware: Firmware) -> None:
    asked = commands(*((2_000_000 + 500 * k, Ping(k)) for k in range(3000)))
    last = [(4_500_000, b"\0" + data) for _, data in commands(*((0, Ping(k)) for k in range(3001)))[-1:]]
    run = run_glove(firmware, busy_feed(7), 7, [*start_at(500), *asked, *last], kinds=["misuse"])
    assert run.said.of(Pong)[-1].token == 3000, "the last one is answered, so that every loss shows"
    assert sum(run.said.lost(since_boot=True).values()) == run.said.of(Status)[-1].frames_dropped > 1000
    assert run.statistics["resets"] == 0


def test_a_mad_host_cannot_break_it_or_keep_the_motor_running(firmware: Firmware) -> None:
    data, chunk = fuzz_bytes(40_000, 21), 400
    said: list[tuple[int, bytes | str]] = [(500_000 + 60_000 * k, data[chunk * k : chunk * k + chunk]) for k in range(100)]
    sane = [(9_000_000 + 20_000 * k, b"\0" + line) for k, (_, line) in enumerate(commands((0, Stop()), (0, Ping(7))))]
    feed, _ = random_crossings(12, LIMIT, seed=9)
    feed = then_held_down(feed, 6_600_000, 8_600_000)
    run = run_glove(firmware, feed, 11, [*said, *sane], kinds=["motor"])
    assert run.said.faults == []
    assert run.statistics["resets"] == run.statistics["misuses"] == 0
    assert 0.9 < run.statistics["motor_longest_on_s"] <= 1.0 and run.statistics["motor_starts"] > 20
    assert run.events[-1].words == ("off",) and run.events[-1].t_us < 9_050_000
    assert run.said.of(Pong)[-1].token == 7


def test_the_figures_find_what_they_are_for() -> None:
    grid = 1e6 + 5000.0 * np.arange(100)
    late = grid.copy()
    late[50] += 7.5
    assert start_jitter_us(grid, 200) == (0, 0)
    assert start_jitter_us(late, 200)[1] == pytest.approx(7.5)
