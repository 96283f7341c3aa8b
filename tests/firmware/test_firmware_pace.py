"""The pulses that lead a pace: their phase on the glove's clock is what the answer to PACE says, pulse for pulse."""

from __future__ import annotations

import numpy as np

from slowhand.sim.emulator import Firmware
from slowhand.wire.messages_gen import Ack, Pace, Ping, Pong
from tests.firmware.glove_talk import busy_feed, commands, start_at
from tests.firmware.glove_truth import on_edges_us, run_glove


def test_each_pulse_begins_a_whole_number_of_periods_after_the_answer_s_stamp(firmware: Firmware) -> None:
    paces = (2_103_700, Pace(1500, 80, 90)), (9_501_200, Pace(700, 81, 90)), (13_000_000, Pace(0, 0, 0))
    asked = commands((2_003_700, Ping(1)), *paces)
    run = run_glove(firmware, busy_feed(15), 15, [*start_at(200), *asked], kinds=["motor"])
    stamps = [ack.t_us for ack in run.said.of(Ack) if ack.command == Pace.TYPE]
    assert len(stamps) == 3 and len(run.said.of(Pong)) == 1
    edges = on_edges_us(run.events)
    # The emulator's time and the glove's clock differ by a constant (it boots first): taken from the first pulse.
    first = edges[edges > 2.1e6][0] - stamps[0]
    for began_us, period_us, until_us in ((stamps[0], 1_500_000, stamps[1]), (stamps[1], 700_000, stamps[2])):
        pulses = edges - first
        pulses = pulses[(pulses >= began_us - 2000) & (pulses < until_us - 2000)]
        late_us = pulses - began_us - period_us * np.arange(len(pulses))
        assert len(pulses) == 5
        assert np.abs(late_us).max() < 300
    assert abs(first) < 100_000
