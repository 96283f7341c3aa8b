"""The emulated microcontroller against its data sheet, by small AVR programs that share nothing with the firmware."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from slowhand.sim.emulator import EmulatedGlove, EmulatorEvent, Firmware, write_feed
from tests.firmware.glove_talk import still_feed

BYTE_CYCLES = 640  # ten bits of 250000 baud at 16 MHz


class Board:
    """Runs one program and gives what it told, line by line."""

    def __init__(self, firmware: Firmware, programs: Path) -> None:
        self._firmware, self._programs = firmware, programs

    def run(
        self, program: str, seconds: float, commands: tuple[tuple[int, bytes], ...] = (), faults: tuple[str, ...] = ()
    ) -> tuple[str, list[EmulatorEvent], dict]:
        elf = self._programs / f"{program}.elf"
        with EmulatedGlove(Firmware(elf, self._firmware.emulator)) as glove:
            glove.start(still_feed(1), realtime=False, port=False, seconds=seconds, commands=commands,
                        faults=faults)
            statistics = glove.wait(30)
            return glove.bytes_sent().decode("latin-1"), glove.events(), statistics


@pytest.fixture
def board(firmware: Firmware, test_programs: Path) -> Board:
    return Board(firmware, test_programs)


def told(text: str) -> dict[str, list[int]]:
    values: dict[str, list[int]] = defaultdict(list)
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        values[name].append(int(value, 16))
    return values


def test_uart_echoes_and_its_bytes_take_ten_bits(board: Board) -> None:
    text, _, statistics = board.run("uart", 0.1, ((1000, b"slowly, gently"), (50_000, b"Q")))
    echo, *rest = text.split("!", 1)
    assert echo == "slowly, gently"
    values = told(rest[0].lstrip("\n"))
    assert values["free"] == [1], "an empty transmitter takes a second byte at once"
    assert values["full"] == [1], "and no third one"
    assert 2 * BYTE_CYCLES <= values["took"][0] < 2 * BYTE_CYCLES + 40
    assert statistics["framing_errors"] == statistics["misuses"] == 0


def test_uart_receiver_holds_two_bytes_and_the_shift_register_then_overruns(board: Board) -> None:
    text, events, statistics = board.run("uart", 0.1, ((1000, b"P"), (1500, b"ABCDEF")))
    # A and B wait in the buffer, the last byte overwrote all others in the shift register
    assert text == "ABFO"
    assert statistics["uart_overruns"] == 3
    assert [e for e in events if e.kind == "uart"]


def test_uart_holds_three_bytes_without_loss(board: Board) -> None:
    text, _, statistics = board.run("uart", 0.1, ((1000, b"P"), (1500, b"ABC")))
    assert text == "ABCo"
    assert statistics["uart_overruns"] == 0


def test_adc_reads_the_channel_that_was_selected_at_its_start(board: Board) -> None:
    text, events, _ = board.run("adc", 0.1)
    values = told(text)
    assert values["a0"] == [20]
    assert values["pad"] == [20, 21, 22, 23, 24, 25]
    assert values["bandgap"] == [225]  # 1.1 V of 5 V
    assert values["ground"] == [0]
    assert values["left"] == [23 << 6]
    assert values["interrupts"] == [2]
    assert [e.words[0] for e in events if e.kind == "adc"][2:8] == ["0", "1", "2", "3", "6", "7"]


def test_adc_takes_25_clocks_first_and_13_after(board: Board) -> None:
    values = told(board.run("adc", 0.1)[0])
    # from the prescaler's next edge: up to one ADC clock more, and some cycles of the program
    assert 25 * 128 <= values["first"][0] <= 26 * 128 + 40
    assert 13 * 128 <= values["second"][0] <= 14 * 128 + 40


def test_twi_status_codes_of_a_register_read(board: Board) -> None:
    values = told(board.run("twi", 0.2)[0])
    assert values["start"] == [0x08]
    assert values["restart"] == [0x10]
    assert values["sla"] == [0x18, 0x40]
    assert values["reg"] == [0x28]
    assert values["read"] == [0x58]
    assert values["data"] == [0xEA]  # WHO_AM_I of the motion sensor
    assert values["sto"] == [0] and values["idle"] == [0xF8]
    assert values["nobody"] == [0x20]


def test_twi_byte_takes_nine_bits_of_twbr_and_a_collision_changes_nothing(board: Board) -> None:
    text, events, _ = board.run("twi", 0.2)
    values = told(text)
    assert 9 * 40 <= values["cycles"][0] < 9 * 40 + 30  # 400 kHz
    assert values["collision"] == [0x08] and values["after"] == [0x18]
    assert any("TWDR" in e.words for e in events if e.kind == "misuse")


def test_stuck_bus_is_freed_by_nine_clocks_by_hand(board: Board) -> None:
    values = told(board.run("twi", 0.5, faults=("stuck_bus@0.05",))[0])
    assert values["stuck"] == [0xEE], "a START must not get out while SDA is low"
    assert values["sda"] == [0, 1]
    assert values["freed"] == [0x08]


def test_short_circuit_is_not_freed_by_clocks_but_by_its_end(board: Board) -> None:
    values = told(board.run("twi", 0.5, faults=("stuck_bus@0.05-0.4",))[0])
    assert values["sda"] == [0, 0]
    assert values["freed"] == [0xEE]


def test_motor_edges_are_those_of_the_pin(board: Board) -> None:
    _, events, statistics = board.run("pwm", 0.1)
    motor = [e for e in events if e.kind == "motor"]
    assert [e.words for e in motor] == [("on", "1000"), ("off",), ("on", "250"), ("on", "1000"), ("off",)]
    steps_ms = [(b.t_us - a.t_us) / 1000 for a, b in pairwise(motor)]
    assert steps_ms == pytest.approx([10, 10, 10, 10], abs=0.05)
    assert statistics["motor_on_s"] == pytest.approx(0.030, abs=1e-4)


def test_no_interrupt_is_lost_when_several_come_at_once(board: Board) -> None:
    values = told(board.run("interrupts", 0.5)[0])
    assert values["a"] == values["b"] == values["adc"] == [1000]
    assert values["kept"] == [2], "TIFR1 clears only the flags that are written as one"


def test_same_run_is_the_same_to_the_byte(board: Board) -> None:
    first, second = (board.run("interrupts", 0.4) for _ in range(2))
    assert first[0] == second[0]
    assert first[1] == second[1]


def test_feed_that_breaks_off_is_named(firmware: Firmware, tmp_path: Path) -> None:
    path = tmp_path / "feed"
    write_feed(still_feed(1), path)
    path.write_bytes(path.read_bytes()[:-7])
    done = subprocess.run([firmware.emulator, "--elf", firmware.elf, "--feed", path, "--seconds", "3"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert done.stderr.strip() == "slowhand-emulator: the feed ends inside a record"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--feed", "/nowhere"], "the feed cannot be opened"),
        (["--fault", "sunshine@3"], "a fault is NAME@SECONDS"),
        (["--seconds", "soon"], "a number is missing"),
        (["--elf", "/nowhere"], "the ELF cannot be read"),
        (["surplus"], "an argument is left over"),
    ],
)
def test_bad_options_are_refused_with_one_line(firmware: Firmware, words: list[str], reason: str) -> None:
    done = subprocess.run([firmware.emulator, "--elf", firmware.elf, "--seconds", "0.1", *words],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert reason in done.stderr.splitlines()[-1]
    assert done.stdout == ""
