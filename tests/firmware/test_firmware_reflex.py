"""The glove guards the force by itself: the shipped binary, judged by the pin of its motor."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from slowhand.sim.emulator import EmulatedGlove, EmulatorEvent
from slowhand.wire.messages_gen import (
    Ack,
    Cue,
    CuePattern,
    Event,
    EventKind,
    Field,
    FieldFlags,
    Limits,
    Nak,
    NakReason,
    Pace,
    Sample,
    SampleFlags,
    Start,
    Status,
    StatusFaults,
    Stop,
)
from tests.firmware.glove_talk import TICK_WAITS_US, Said, commands, decode, start_at, still_feed, times_us

ONE_SAMPLE_US = 5000
NONE = 65535


def run(glove: EmulatedGlove, feed: np.ndarray, said: Iterable[tuple[int, bytes | str]], seconds: float) -> tuple[
    Said, list[EmulatorEvent], dict
]:
    glove.start(feed, realtime=False, port=False, seconds=seconds, commands=said)
    statistics = glove.wait(60)
    answer = decode(glove.bytes_sent())
    assert answer.faults == [] and answer.lost() == {} and statistics["misuses"] == 0
    return answer, glove.events("motor"), statistics


def pressed(seconds: float, pad: int, count: int, from_s: float, to_s: float) -> np.ndarray:
    feed = still_feed(seconds)
    feed["adc"][round(from_s * 200) : round(to_s * 200), pad] = count
    return feed


def on_edges_us(motor: list[EmulatorEvent]) -> list[float]:
    edges, running = [], False
    for event in motor:
        if event.words[0] == "on" and not running:
            edges.append(event.t_us)
        running = event.words[0] == "on"
    return edges


def test_a_pad_over_the_hosts_limit_buzzes_within_one_sample(glove: EmulatedGlove) -> None:
    limits = commands((500_000, Limits((NONE, NONE, 400, NONE, NONE, NONE), 5000)))
    feed = pressed(3, 2, 412, 2.0, 2.4)
    answer, motor, _ = run(glove, feed, [*start_at(200), *limits], 3)
    on, off = [one for one in answer.of(Event) if one.kind in (EventKind.REFLEX_ON, EventKind.REFLEX_OFF)]
    assert (on.kind, on.pad, on.count, on.limit) == (EventKind.REFLEX_ON, 2, 412, 400)
    assert (off.kind, off.pad) == (EventKind.REFLEX_OFF, 2)
    first_seen_us = min(e.t_us for e in glove.events("adc") if e.words[:2] == ("2", "412"))
    (edge_us,) = on_edges_us(motor)
    assert first_seen_us < edge_us < first_seen_us + ONE_SAMPLE_US
    assert edge_us - first_seen_us < 1000, "and in fact as soon as the six pads are converted"
    assert off.t_us - on.t_us == pytest.approx(400_000, abs=ONE_SAMPLE_US)


def test_the_built_in_limits_hold_when_no_host_has_ever_spoken(glove: EmulatedGlove) -> None:
    _, motor, _ = run(glove, pressed(2, 4, 700, 1.0, 1.3), [], 2)
    (edge_us,) = on_edges_us(motor)
    assert 1_000_000 <= edge_us < 1_000_000 + 2 * ONE_SAMPLE_US


def test_just_below_the_built_in_limits_nothing_buzzes(glove: EmulatedGlove) -> None:
    feed = still_feed(2)
    feed["adc"] = 840, 840, 840, 840, 640, 640
    _, motor, _ = run(glove, feed, [], 2)
    assert motor == []


def test_a_host_cannot_lift_the_built_in_limits(glove: EmulatedGlove) -> None:
    limits = commands((500_000, Limits((NONE,) * 6, 60_000)))
    answer, motor, _ = run(glove, pressed(2, 0, 900, 1.0, 1.3), [*start_at(200), *limits], 2)
    assert len(on_edges_us(motor)) == 1
    assert answer.of(Event)[0].limit == 840


def test_limits_that_grow_old_give_way_to_the_built_in_ones(glove: EmulatedGlove) -> None:
    limits = commands((500_000, Limits((100,) * 6, 1000)))
    feed = pressed(4, 1, 300, 3.0, 3.5)  # over the host's limit, which has expired by then
    answer, motor, _ = run(glove, feed, [*start_at(200), *limits], 4)
    (expired,) = answer.of(Event)
    assert expired.kind == EventKind.LIMITS_EXPIRED
    assert motor == []
    builtin = [bool(one.faults & StatusFaults.LIMITS_BUILTIN) for one in answer.of(Status)]
    assert builtin == [False, True, True] or builtin == [False, True, True, True]


def test_the_motor_never_runs_for_more_than_a_second(glove: EmulatedGlove) -> None:
    answer, motor, statistics = run(glove, pressed(8, 3, 1000, 1.0, 7.5), start_at(200), 8)
    assert statistics["motor_longest_on_s"] <= 1.0
    assert len(on_edges_us(motor)) > 2, "it comes back after its rest while the pad is still pressed"
    assert EventKind.MOTOR_LIMIT in [one.kind for one in answer.of(Event)]
    assert statistics["motor_on_s"] / 6.5 < 0.75


def test_samples_and_fields_say_when_the_motor_ran(glove: EmulatedGlove) -> None:
    answer, motor, _ = run(glove, pressed(3, 0, 900, 1.0, 1.3), start_at(200), 3)
    (on_us,), off_us = on_edges_us(motor), motor[-1].t_us
    first_adc = np.array([float(e.words[2]) for e in glove.events("adc") if e.words[0] == "0"])
    samples = answer.of(Sample)
    shift_us = np.median(first_adc[-len(samples) :] - times_us(samples))
    marked = [one.t_us + shift_us for one in samples if one.flags & SampleFlags.MOTOR_ON]
    # from the sample in which it began to the one in which it ended; not before, not long after
    assert on_us - ONE_SAMPLE_US <= min(marked) <= on_us
    assert off_us - ONE_SAMPLE_US <= max(marked) <= off_us + ONE_SAMPLE_US
    assert len(marked) == pytest.approx((off_us - on_us) / ONE_SAMPLE_US, abs=2)
    fields = [one.t_us + shift_us for one in answer.of(Field) if one.flags & FieldFlags.MOTOR_ON]
    during = [t_us for t_us in fields if on_us <= t_us <= off_us]
    assert len(during) == pytest.approx((off_us - on_us) / 10_000, abs=2)
    assert max(fields) < off_us + 3 * ONE_SAMPLE_US


def test_the_pace_is_felt_at_its_period(glove: EmulatedGlove) -> None:
    pace = commands((500_000, Pace(1000, 120, 100)), (6_500_000, Pace(0, 0, 0)))
    _, motor, _ = run(glove, still_feed(9), [*start_at(200), *pace], 9)
    edges = np.array(on_edges_us(motor))
    assert len(edges) == 6
    assert np.diff(edges) == pytest.approx(1_000_000, abs=400)
    lengths = [b.t_us - a.t_us for a, b in zip(motor[::2], motor[1::2], strict=True)]
    assert lengths == pytest.approx([120_000] * 6, abs=400)
    assert {e.words[1] for e in motor[::2]} == {"394"}  # 101 of 256


@pytest.mark.parametrize("pattern", [CuePattern.SLOWER, CuePattern.LIGHTER, CuePattern.SPINE, CuePattern.DONE])
def test_each_cue_is_played_once_and_feels_its_own_way(glove: EmulatedGlove, pattern: CuePattern) -> None:
    said = commands((600_000, Cue(pattern, 200)))
    answer, motor, _ = run(glove, still_feed(4), [*start_at(200), *said], 4)
    pulses = len(on_edges_us(motor))
    assert {CuePattern.SLOWER: pulses == 2, CuePattern.LIGHTER: pulses == 1, CuePattern.SPINE: pulses >= 3,
            CuePattern.DONE: pulses == 1}[pattern]
    assert motor[-1].words == ("off",)
    assert motor[-1].t_us < 600_000 + 1_600_000
    assert [one.command for one in answer.of(Ack)] == [Start.TYPE, Cue.TYPE]


def test_stop_silences_motor_and_stream(glove: EmulatedGlove) -> None:
    said = commands((600_000, Pace(1000, 500, 255)), (2_050_000, Stop()))
    answer, motor, _ = run(glove, still_feed(4), [*start_at(200), *said], 4)
    assert motor[-1].words == ("off",) and motor[-1].t_us < 2_060_000
    assert max(times_us(answer.of(Sample))) < 2_060_000


def test_what_makes_no_sense_is_refused_and_changes_nothing(glove: EmulatedGlove) -> None:
    said = commands((600_000, Start(123)), (700_000, Pace(10, 500, 255)), (800_000, Cue(99, 255)))
    answer, motor, _ = run(glove, still_feed(2), [*start_at(200), *said], 2)
    assert [(one.command, one.reason) for one in answer.of(Nak)] == [
        (Start.TYPE, NakReason.BAD_VALUE), (Pace.TYPE, NakReason.BAD_VALUE), (Cue.TYPE, NakReason.BAD_VALUE)
    ]
    assert motor == []
    assert np.all(np.abs(np.diff(times_us(answer.of(Sample))) - 5000) <= TICK_WAITS_US)
