"""What goes wrong on a real glove, done to the shipped binary: loose wires, stuck buses, noise, resets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from slowhand.sim.emulator import EmulatedGlove, Firmware
from slowhand.wire.messages_gen import (
    Channels,
    Field,
    FieldFlags,
    Hello,
    Identify,
    Sample,
    SampleFlags,
    Start,
    Status,
    StatusFaults,
)
from tests.firmware.glove_talk import (
    AWAKE_US,
    TICK_WAITS_US,
    Said,
    busy_feed,
    commands,
    decode,
    start_at,
    still_feed,
    times_us,
)

BACK_WITHIN_S = 0.1


def run(glove: EmulatedGlove, seconds: float, faults: Iterable[str] = (), said: Iterable = (),
        options: Iterable[str] = ()) -> tuple[Said, dict]:
    """Streams at 200 Hz; whatever happens, no frame may be lost or bad and no sample late."""
    glove.start(busy_feed(seconds), realtime=False, port=False, seconds=seconds, faults=faults, options=options,
                commands=sorted([*start_at(200), *said]))
    statistics = glove.wait(60)
    answer = decode(glove.bytes_sent())
    assert answer.faults == [] and answer.lost() == {}
    return answer, statistics


def assert_steady(answer: Said) -> None:
    assert np.all(np.abs(np.diff(times_us(answer.of(Sample))) - 5000) <= TICK_WAITS_US)


def at_s(message: Sample | Field | Status) -> float:
    return message.t_us / 1e6


def bad_seconds(answer: Said) -> list[float]:
    return [at_s(one) for one in answer.of(Sample) if one.flags & SampleFlags.I2C_FAULT]


def test_a_glove_without_the_second_magnetometer_works(glove: EmulatedGlove) -> None:
    answer, statistics = run(glove, 5, ["field1_absent@0"])
    assert answer.of(Hello)[-1].channels == sum(Channels) - Channels.FIELD1
    assert bad_seconds(answer) == []
    fields = answer.of(Field)
    assert len(fields) == pytest.approx(460, abs=4)
    assert not any(one.flags & FieldFlags.FRESH1 for one in fields)
    assert np.mean([bool(one.flags & FieldFlags.FRESH0) for one in fields]) > 0.99
    assert {one.faults & 0x0F for one in answer.of(Status)} == {StatusFaults.FIELD1_ABSENT}
    assert statistics["misuses"] == 0
    assert_steady(answer)


def test_a_glove_without_the_motion_sensor_still_guards_the_force(glove: EmulatedGlove) -> None:
    answer, _ = run(glove, 4, ["motion_absent@0"])
    hello = answer.of(Hello)[-1]
    assert hello.channels == Channels.PADS | Channels.MOTOR | Channels.FIELD1
    assert all(one.flags & SampleFlags.I2C_FAULT for one in answer.of(Sample))
    assert len({one.pads for one in answer.of(Sample)}) > 200
    assert answer.of(Status)[-1].faults & StatusFaults.MOTION_ABSENT
    assert_steady(answer)


@pytest.mark.parametrize("fault", ["motion_absent", "all_zero", "nack"])
def test_motion_values_that_are_gone_are_marked_and_come_back(glove: EmulatedGlove, fault: str) -> None:
    answer, statistics = run(glove, 6, [f"{fault}@2-3"])
    bad = bad_seconds(answer)
    assert 1.99 < min(bad) < 2.02
    assert 2.98 < max(bad) < 3.0 + BACK_WITHIN_S
    assert len(bad) >= 195
    # afterwards everything is as before: set up anew, right ranges, both magnetometers
    after = [one for one in answer.of(Sample) if at_s(one) > 3.5]
    seen = {tuple(row) for row in busy_feed(6)["accel"].tolist()}
    assert all(one.accel in seen for one in after)
    fields = [one for one in answer.of(Field) if at_s(one) > 3.5]
    assert np.mean([one.flags & 3 == 3 for one in fields]) > 0.98
    assert answer.of(Status)[-1].faults & 0x0F == 0
    assert statistics["misuses"] == 0
    assert_steady(answer)


def test_second_magnetometer_that_falls_off_and_is_put_back(glove: EmulatedGlove) -> None:
    answer, _ = run(glove, 6, ["field1_absent@2-3"])
    stale = [at_s(one) for one in answer.of(Field) if not one.flags & FieldFlags.FRESH1 and at_s(one) > 1]
    assert min(stale) > 1.98 and max(stale) < 3.0 + BACK_WITHIN_S and len(stale) >= 95
    assert bad_seconds(answer) == []
    assert_steady(answer)


def test_stuck_bus_is_clocked_free(glove: EmulatedGlove) -> None:
    answer, statistics = run(glove, 5, ["stuck_bus@2.5"])
    bad = bad_seconds(answer)
    assert 1 <= len(bad) <= BACK_WITHIN_S * 200
    assert max(bad) < 2.5 + BACK_WITHIN_S
    assert answer.of(Status)[-1].i2c_errors > 0
    assert answer.of(Status)[-1].faults & 0x0F == 0
    assert any(e.words[:2] == ("bus", "freed") for e in glove.events("twi"))
    assert statistics["misuses"] == 0
    assert_steady(answer)


@pytest.mark.parametrize("shift_us", range(0, 1000, 130))
def test_stuck_bus_is_clocked_free_whenever_it_strikes(glove: EmulatedGlove, shift_us: int) -> None:
    answer, _ = run(glove, 2.5, [f"stuck_bus@{1.5 + shift_us / 1e6:.6f}"])
    bad = bad_seconds(answer)
    assert len(bad) >= 1 and max(bad) < 1.5 + BACK_WITHIN_S
    assert_steady(answer)


def test_short_circuit_of_the_bus_costs_only_the_motion_values(glove: EmulatedGlove) -> None:
    answer, _ = run(glove, 6, ["stuck_bus@2-4"])
    bad = bad_seconds(answer)
    assert 1.99 < min(bad) < 2.02 and 3.98 < max(bad) < 4.0 + BACK_WITHIN_S
    during = [one.faults for one in answer.of(Status) if 2.5 < at_s(one) < 4]
    assert during and all(faults & StatusFaults.I2C_BUS for faults in during)
    pads = [one.pads for one in answer.of(Sample) if 2.1 < at_s(one) < 3.9]
    assert len(set(pads)) > 50, "the pads are sampled all the same"
    assert_steady(answer)


def test_low_supply_is_told(glove: EmulatedGlove) -> None:
    answer, _ = run(glove, 6, ["supply_low@2"])
    statuses = answer.of(Status)
    assert [one.supply_mv for one in statuses] == pytest.approx([5000] * 2 + [4200] * (len(statuses) - 2), abs=60)


def test_magnetic_overflow_is_marked(glove: EmulatedGlove) -> None:
    feed = still_feed(4)
    feed["field0"][400:600] = 12_000, 12_000, 12_000
    feed["field1"][400:600] = 32_767, 0, 0
    glove.start(feed, realtime=False, port=False, seconds=4, commands=start_at(200))
    glove.wait(60)
    fields = decode(glove.bytes_sent()).of(Field)
    both = FieldFlags.OVERFLOW0 | FieldFlags.OVERFLOW1
    assert all(one.flags & both == both for one in fields if 2.05 < at_s(one) < 2.95)
    assert not any(one.flags & both for one in fields if at_s(one) < 1.95 or at_s(one) > 3.05)


def test_reset_in_mid_session_is_a_new_boot_and_waits_for_a_host(glove: EmulatedGlove, tmp_path: Path) -> None:
    said = [(2_000_000, "reset"), *commands((2_600_000, b"\0"), (2_601_000, Identify(1)), (3_000_000, Start(200)))]
    answer, statistics = run_across_reset(glove, 4.5, said)
    greetings = answer.of(Hello)
    assert [one.boot_id - greetings[0].boot_id for one in greetings] == [0, 0, 1, 1]
    assert len({one.unit_id for one in greetings}) == 1
    t_us = times_us(answer.of(Sample))
    (back,) = np.flatnonzero(np.diff(t_us) < 0)
    assert t_us[back + 1] < 1_100_000, "its clock begins anew, and it does not stream before Start"
    assert answer.of(Status)[-1].reset_cause == 2
    assert statistics["resets"] == 1


def run_across_reset(glove: EmulatedGlove, seconds: float, said: list) -> tuple[Said, dict]:
    glove.start(busy_feed(seconds), realtime=False, port=False, seconds=seconds, commands=[*start_at(200), *said])
    statistics = glove.wait(60)
    answer = decode(glove.bytes_sent())
    assert len(answer.faults) <= 1, "at most the frame that the reset cut off"
    return answer, statistics


def test_identity_survives_power_off(firmware: Firmware, tmp_path: Path) -> None:
    boots = []
    for _ in range(3):
        with EmulatedGlove(firmware) as glove:
            glove.start(still_feed(1), realtime=False, port=False, seconds=1,
                        options=("--eeprom", str(tmp_path / "eeprom")))
            glove.wait(60)
            boots += decode(glove.bytes_sent()).of(Hello)
    assert [one.boot_id for one in boots] == [0, 1, 2]
    assert len({one.unit_id for one in boots}) == 1


def test_noise_from_the_host_is_counted_and_disturbs_nothing(glove: EmulatedGlove) -> None:
    noise = np.random.default_rng(7).integers(0, 256, 6000, dtype=np.uint8).tobytes()
    said = [(1_000_000 + 20_000 * i, noise[60 * i : 60 * i + 60]) for i in range(100)]
    # the line falls silent in mid-frame: a zero byte ends what the noise began
    sane = [(3_200_000, b"\0" + data) for _, data in commands((0, Identify(1)))]
    answer, statistics = run(glove, 4, said=[*said, *sane])
    assert len(answer.of(Hello)) == 3, "it still understands"
    last = answer.of(Status)[-1]
    assert last.bad_commands > 10
    assert last.uart_overruns == statistics["uart_overruns"] == 0
    assert_steady(answer)


def test_host_that_talks_without_pause_loses_no_byte_of_the_stream(glove: EmulatedGlove) -> None:
    asks = [(AWAKE_US + 100_000 + 40 * 10 * i, data) for i, (_, data) in enumerate(
        commands(*((0, Identify(1)) for _ in range(1000))))]
    glove.start(busy_feed(3), realtime=False, port=False, seconds=3, commands=sorted([*start_at(200), *asks]))
    statistics = glove.wait(60)
    answer = decode(glove.bytes_sent())
    assert answer.faults == []
    # 76 bytes of answer to each 10 of question cannot all get out: what is not sent is counted, samples hold
    dropped = answer.of(Status)[-1].frames_dropped
    assert sum(answer.lost().values()) <= dropped
    assert statistics["uart_overruns"] <= answer.of(Status)[-1].uart_overruns, "what was not taken in is told"
    t_us = times_us(answer.of(Sample))
    assert t_us[-1] > 2_900_000
