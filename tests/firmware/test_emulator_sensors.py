"""The emulated sensors against their data sheets: a bridge program lets each test speak to them in its own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slowhand.sim.emulator import EmulatedGlove, Firmware
from tests.firmware.glove_talk import busy_feed, still_feed

MOTION, FIELD0, FIELD1 = 0x69, 0x0C, 0x1C
NACK = 0x20
ms = 1000

Exchange = tuple[int, tuple[int, ...]]


def write(address: int, reg: int, value: int) -> bytes:
    return bytes((ord("W"), address, reg, value))


def read(address: int, reg: int, count: int) -> bytes:
    return bytes((ord("R"), address, reg, count))


AWAKE_MOTION = [(20 * ms, write(MOTION, 0x06, 0x01))]  # PWR_MGMT_1: no sleep, best clock
BYPASS = [*AWAKE_MOTION, (21 * ms, write(MOTION, 0x0F, 0x02))]  # INT_PIN_CFG
FIELD0_100_HZ = [*BYPASS, (22 * ms, write(FIELD0, 0x31, 0x08))]  # CNTL2
FIELD1_155_HZ = [  # ultra-high performance, fast rate, 16 gauss, continuous
    (20 * ms, write(FIELD1, 0x20, 0x62)), (21 * ms, write(FIELD1, 0x21, 0x60)), (22 * ms, write(FIELD1, 0x22, 0x00))
]

Talk = Callable[..., list[tuple[int, bytes]]]


@pytest.fixture
def talk(firmware: Firmware, test_programs: Path) -> Talk:
    """Says things to the sensors at given microseconds; returns the answers: (status, bytes)."""

    def run(
        said: list[tuple[int, bytes]], feed: np.ndarray | None = None, faults: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
    ) -> list[tuple[int, bytes]]:
        with EmulatedGlove(Firmware(test_programs / "bridge.elf", firmware.emulator)) as glove:
            glove.start(still_feed(1) if feed is None else feed, realtime=False, port=False, commands=said,
                        seconds=said[-1][0] / 1e6 + 0.01, faults=faults, options=options)
            glove.wait(30)
            lines = glove.bytes_sent().decode().splitlines()
        assert len(lines) == len(said)
        return [(int(line[:2], 16), bytes.fromhex(line[2:])) for line in lines]

    return run


def big(data: bytes) -> list[int]:
    return np.frombuffer(data, ">i2").tolist()


def little(data: bytes) -> list[int]:
    return np.frombuffer(data, "<i2").tolist()


def test_each_chip_says_who_it_is(talk: Talk) -> None:
    answers = talk([*BYPASS, (30 * ms, read(MOTION, 0x00, 1)), (31 * ms, read(FIELD0, 0x00, 2)),
                    (32 * ms, read(FIELD1, 0x0F, 1))])
    assert [data for _, data in answers[2:]] == [b"\xea", b"\x48\x09", b"\x3d"]


def test_motion_sensor_answers_only_after_its_start_up(talk: Talk) -> None:
    early, late = talk([(5 * ms, read(MOTION, 0x00, 1)), (12 * ms, read(MOTION, 0x00, 1))])
    assert early[0] == NACK
    assert late == (0x58, b"\xea")


def test_motion_sensor_sleeps_until_woken_and_gives_zeros_until_it_has_measured(talk: Talk) -> None:
    asleep, _, starting, awake = talk([
        (15 * ms, read(MOTION, 0x2D, 12)), (20 * ms, write(MOTION, 0x06, 0x01)), (30 * ms, read(MOTION, 0x2D, 12)),
        (60 * ms, read(MOTION, 0x2D, 12)),
    ])
    assert big(asleep[1]) == big(starting[1]) == [0] * 6
    # the range after a reset is +-2 g and +-250 dps: twice and four times the nominal counts
    assert big(awake[1]) == [60, -40, 16384, 12, -8, 4]


def test_motion_ranges_scale_and_saturate(talk: Talk) -> None:
    feed = still_feed(1)
    feed["accel"] = 20_000, -20_000, 8192
    answers = talk([*AWAKE_MOTION, (21 * ms, write(MOTION, 0x7F, 0x20)), (22 * ms, write(MOTION, 0x14, 0x03)),
                    (23 * ms, write(MOTION, 0x01, 0x05)), (24 * ms, write(MOTION, 0x7F, 0x00)),
                    (80 * ms, read(MOTION, 0x2D, 12)), (81 * ms, write(MOTION, 0x7F, 0x20)),
                    (82 * ms, write(MOTION, 0x14, 0x01)), (83 * ms, write(MOTION, 0x7F, 0x00)),
                    (120 * ms, read(MOTION, 0x2D, 6))], feed)
    assert big(answers[5][1]) == [20_000, -20_000, 8192, 3, -2, 1]
    assert big(answers[9][1]) == [32_767, -32_768, 16_384]


def test_registers_of_banks_are_apart(talk: Talk) -> None:
    answers = talk([(20 * ms, write(MOTION, 0x7F, 0x20)), (21 * ms, write(MOTION, 0x01, 0x3D)),
                    (22 * ms, read(MOTION, 0x01, 1)), (23 * ms, read(MOTION, 0x7F, 1)),
                    (24 * ms, write(MOTION, 0x7F, 0x00)), (25 * ms, read(MOTION, 0x00, 2))])
    assert answers[2][1] == b"\x3d" and answers[3][1] == b"\x20"
    assert answers[5][1] == b"\xea\x00"


def test_reset_bit_forgets_settings_and_takes_its_time(talk: Talk) -> None:
    answers = talk([*BYPASS, (30 * ms, write(MOTION, 0x06, 0x80)), (32 * ms, read(MOTION, 0x00, 1)),
                    (50 * ms, read(MOTION, 0x06, 1)), (51 * ms, read(MOTION, 0x0F, 1))])
    assert answers[3][0] == NACK
    assert answers[4][1] == b"\x41" and answers[5][1] == b"\x00"


def test_motion_bursts_are_never_torn(talk: Talk) -> None:
    feed = busy_feed(1, 1000)
    nominal = [(21 * ms, write(MOTION, 0x7F, 0x20)), (22 * ms, write(MOTION, 0x14, 0x03)),
               (23 * ms, write(MOTION, 0x01, 0x05)), (24 * ms, write(MOTION, 0x7F, 0x00))]
    reads = [(100 * ms + 1730 * i, read(MOTION, 0x2D, 12)) for i in range(400)]
    answers = talk([*AWAKE_MOTION, *nominal, *reads], feed)[5:]
    # accelerometer and gyroscope measure at their own instants: each is whole, and of at most 2 ms ago
    accel = {tuple(row["accel"]): i for i, row in enumerate(feed)}
    gyro = {tuple(row["gyro"]): i for i, row in enumerate(feed)}
    assert len(accel) == len(gyro) == len(feed)
    for (t_us, _), (_, data) in zip(reads, answers, strict=True):
        values = tuple(big(data))
        now = (t_us + 350) // 1000  # the order's four bytes and the register's address come first
        assert 0 <= now - accel[values[:3]] <= 2
        assert 0 <= now - gyro[values[3:]] <= 2


def test_magnetometer_is_hidden_without_bypass(talk: Talk) -> None:
    answers = talk([*AWAKE_MOTION, (25 * ms, read(FIELD0, 0x01, 1)), (26 * ms, write(MOTION, 0x0F, 0x02)),
                    (27 * ms, read(FIELD0, 0x01, 1)), (28 * ms, write(MOTION, 0x0F, 0x00)),
                    (29 * ms, read(FIELD0, 0x01, 1))])
    assert [status for status, _ in (answers[1], answers[3], answers[5])] == [NACK, 0x58, NACK]


def ready_after(answers: list[tuple[int, bytes]], polls: list[tuple[int, bytes]], bit: int, first_ms: float,
                period_ms: float) -> np.ndarray:
    """How long after a measurement was due the poll that saw it began, ms.

    A poll in whose course a measurement ends may miss it: so do real ones.
    """
    seen_ms = np.array([t_us / 1000 for (t_us, _), (_, data) in zip(polls, answers, strict=True) if data[0] & bit])
    due = len(polls) * (polls[1][0] - polls[0][0]) / 1000 / period_ms
    assert 0.7 * due < len(seen_ms) <= due + 1
    return (seen_ms - first_ms) % period_ms


def test_field0_is_ready_every_ten_milliseconds(talk: Talk) -> None:
    polls = [(25 * ms + 1300 * i, read(FIELD0, 0x10, 9)) for i in range(150)]
    answers = talk([*FIELD0_100_HZ, *polls])[3:]
    after_ms = ready_after(answers, polls, 0x01, 21.9 + 7.2, 10.0)  # 7.2 ms for the first measurement
    assert np.all(after_ms < 1.6)
    assert little(answers[-1][1][1:7]) == [120, -150, 260]


def test_field0_oscillator_may_be_off(talk: Talk) -> None:
    polls = [(25 * ms + 1300 * i, read(FIELD0, 0x10, 9)) for i in range(150)]
    answers = talk([*FIELD0_100_HZ, *polls], options=("--field0-rate", "0.8"))[3:]
    assert np.all(ready_after(answers, polls, 0x01, 21.9 + 9.0, 12.5) < 1.6)


def test_field0_data_stand_still_until_st2_is_read_and_the_lost_ones_are_told(talk: Talk) -> None:
    feed = busy_feed(1)
    answers = talk([*FIELD0_100_HZ, (101 * ms, read(FIELD0, 0x11, 6)), (135 * ms, read(FIELD0, 0x11, 6)),
                    (136 * ms, read(FIELD0, 0x10, 1)), (137 * ms, read(FIELD0, 0x18, 1)),
                    (150 * ms, read(FIELD0, 0x10, 7))], feed)
    first, again, status, _, after = (data for _, data in answers[3:])
    assert little(first) == little(again), "protected from the first data byte to ST2"
    assert status[0] == 0x00, "reading data clears DRDY and DOR"
    assert after[0] & 1 and little(after[1:]) != little(first)


def test_field0_tells_of_measurements_that_nobody_read(talk: Talk) -> None:
    answers = talk([*FIELD0_100_HZ, (75 * ms, read(FIELD0, 0x10, 1))])
    assert answers[3][1] == b"\x03", "DRDY and DOR"


@pytest.mark.parametrize(("field", "overflows"), [((11_000, 11_000, 10_700), False), ((11_000, 11_000, 10_800), True)])
def test_field0_overflows_by_the_sum_of_its_axes(talk: Talk, field: tuple[int, ...], overflows: bool) -> None:
    feed = still_feed(1)
    feed["field0"] = field
    answers = talk([*FIELD0_100_HZ, (60 * ms, read(FIELD0, 0x10, 9))], feed)
    assert bool(answers[3][1][8] & 0x08) is overflows


def test_field0_overflow_stands_until_the_next_measurement(talk: Talk) -> None:
    feed = still_feed(1)
    feed["field0"][:12] = 12_000, 12_000, 12_000  # until 60 ms
    answers = talk([*FIELD0_100_HZ, (58 * ms, read(FIELD0, 0x11, 6)), (80 * ms, read(FIELD0, 0x18, 1)),
                    (95 * ms, read(FIELD0, 0x10, 9))], feed)
    assert answers[4][1] == b"\x08", "the protected measurement was one that overflowed"
    assert not answers[5][1][8] & 0x08


def test_field0_wants_power_down_between_modes(talk: Talk) -> None:
    answers = talk([*FIELD0_100_HZ, (30 * ms, write(FIELD0, 0x31, 0x02)), (31 * ms, read(FIELD0, 0x31, 1)),
                    (32 * ms, write(FIELD0, 0x31, 0x00)), (33 * ms, write(FIELD0, 0x31, 0x02)),
                    (34 * ms, read(FIELD0, 0x31, 1))])
    assert answers[4][1] == b"\x08" and answers[7][1] == b"\x02"


def test_field1_rate_status_and_increment(talk: Talk) -> None:
    polls = [(25 * ms + 1100 * i, read(FIELD1, 0x80 | 0x27, 7)) for i in range(150)]
    answers = talk([*FIELD1_155_HZ, *polls])[3:]
    assert np.all(ready_after(answers, polls, 0x08, 21.9, 1000 / 155) < 1.6)
    assert little(answers[-1][1][1:]) == [310, -380, 700]


def test_field1_repeats_one_register_without_the_increment_bit(talk: Talk) -> None:
    answers = talk([*FIELD1_155_HZ, (60 * ms, read(FIELD1, 0x28, 4))])
    assert answers[3][1] == bytes((310 & 0xFF,)) * 4


def test_field1_overrun_and_power_down(talk: Talk) -> None:
    idle, *_, unread = talk([(10 * ms, read(FIELD1, 0x80 | 0x27, 7)), *FIELD1_155_HZ, (60 * ms, read(FIELD1, 0x27, 1))])
    assert idle[1] == bytes(7)
    assert unread[1] == b"\xff"


def test_field1_block_update_keeps_both_bytes_of_one_measurement(talk: Talk) -> None:
    feed = still_feed(1, 1000)
    feed["field1"][::2] = 0x00FF  # any mixture with 0x0100 is seen
    feed["field1"][1::2] = 0x0100
    apart = [order for i in range(60) for order in (
        (60 * ms + 7000 * i, read(FIELD1, 0x28, 1)), (63 * ms + 7000 * i, read(FIELD1, 0x29, 1)))]

    def mixtures(block_update: int) -> int:
        answers = talk([*FIELD1_155_HZ, (23 * ms, write(FIELD1, 0x24, block_update)), *apart], feed)[4:]
        values = [low[1][0] | high[1][0] << 8 for low, high in zip(answers[::2], answers[1::2], strict=True)]
        return sum(value not in (0x00FF, 0x0100) for value in values)

    assert mixtures(0x00) > 0, "the danger is real"
    # with it, a later reader that leaves out axes gets the same measurement until all six bytes are read
    assert mixtures(0x40) == 0


@pytest.mark.parametrize(("fault", "address", "reg"), [("motion_absent", MOTION, 0), ("field1_absent", FIELD1, 0x0F)])
def test_absent_chip_does_not_answer_and_comes_back_as_new(talk: Talk, fault: str, address: int, reg: int) -> None:
    answers = talk([*sorted([*BYPASS, *FIELD1_155_HZ]), (150 * ms, read(address, reg, 1)),
                    (350 * ms, read(address, reg, 1)), (351 * ms, read(MOTION, 0x0F, 1)),
                    (352 * ms, read(FIELD1, 0x20, 1))], faults=(f"{fault}@0.1-0.3",))
    assert answers[5][0] == NACK and answers[6][0] == 0x58
    forgotten = (answers[7][1], answers[8][1])
    assert forgotten == ((b"\x00", b"\x62") if address == MOTION else (b"\x02", b"\x10"))


def test_motion_sensor_that_gives_zeros(talk: Talk) -> None:
    answers = talk([*BYPASS, (150 * ms, read(MOTION, 0x00, 1)), (151 * ms, read(MOTION, 0x2D, 12))],
                   faults=("all_zero@0.1",))
    assert answers[2] == (0x58, b"\0") and answers[3] == (0x58, bytes(12))
