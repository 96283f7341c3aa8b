"""The firmware without the chip: its portable core under sanitizers, its static analysis, what it takes of the chip."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
CHIP_FLASH_BYTES = 32 * 1024  # ATmega328P data sheet, section 1
CHIP_RAM_BYTES = 2 * 1024
PEAK_STACK_BYTES = 200  # measured in the emulator: 180, and some margin


def make(*goals: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs make in the firmware's folder; fails the test, with the reason, when make itself is missing."""
    program = shutil.which("make")
    if program is None:
        pytest.fail("make is not installed: sudo apt-get install make", pytrace=False)
    environment = dict(os.environ) if path is None else {**os.environ, "PATH": path}
    command = [program, "--no-print-directory", "-C", str(FIRMWARE), *goals]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=300)


def must_pass(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode != 0:
        pytest.fail(f"{' '.join(done.args[2:])}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}", pytrace=False)
    return done.stdout


@pytest.fixture(scope="module")
def elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of its own, since others may be building the usual one at the same time."""
    folder = tmp_path_factory.mktemp("avr")
    must_pass(make(f"BUILD={folder}"))
    return folder / "glove.elf"


@pytest.mark.xdist_group("firmware_desktop")
def test_the_portable_core_holds_under_the_sanitizers() -> None:
    told = must_pass(make("BUILD=build/desktop", "test"))
    ran = re.search(r"test cases:\s*(\d+)\s*\|\s*(\d+) passed", told)
    assert ran and int(ran[1]) == int(ran[2]) > 50


@pytest.mark.xdist_group("firmware_desktop")
def test_whatever_a_host_says_the_core_holds() -> None:
    told = must_pass(make("BUILD=build/desktop", "FUZZ_BYTES=200000", "fuzz"))
    ran = re.search(r"(\d+) bytes in \d+ inputs, (\d+) commands obeyed", told)
    assert ran and int(ran[1]) >= 200_000 and int(ran[2]) > 1000, "it must get past the checksum to try anything"


@pytest.mark.xdist_group("firmware_desktop")
def test_no_function_takes_more_than_its_share_of_the_stack(elf: Path) -> None:
    frames = [int(line.split("\t")[1]) for line in must_pass(make(f"BUILD={elf.parent}", "stack")).splitlines()]
    assert len(frames) >= 10 and 20 < max(frames) <= 128


@pytest.mark.xdist_group("firmware_desktop")
def test_static_analysis_finds_nothing() -> None:
    must_pass(make("check"))


@pytest.mark.xdist_group("firmware_desktop")
def test_it_builds_with_the_arduino_core_and_leaves_room_on_the_chip(elf: Path) -> None:
    sizes = must_pass(make(f"BUILD={elf.parent}", "size"))
    flash, ram = (int(found) for found in re.findall(r"(?:Program|Data):\s+(\d+) bytes", sizes))
    assert flash < 0.40 * CHIP_FLASH_BYTES
    assert ram + PEAK_STACK_BYTES < 0.45 * CHIP_RAM_BYTES
    assert elf.with_suffix(".hex").read_text().startswith(":")


@pytest.mark.xdist_group("firmware_desktop")
def test_the_core_includes_no_header_of_arduino_or_the_chip() -> None:
    for source in sorted((FIRMWARE / "glove" / "src" / "core").iterdir()):
        for header in re.findall(r'#include\s*[<"]([^>"]+)', source.read_text()):
            allowed = header in {"stdint.h", "string.h"} or header.endswith("wire/messages_gen.h") or "/" not in header
            assert allowed and header != "Arduino.h", f"{source.name} includes {header}"


@pytest.mark.xdist_group("firmware_desktop")
def test_a_missing_tool_is_named_with_its_package_in_one_line(tmp_path: Path) -> None:
    for name in ("sh", "mkdir", "echo"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    for goal, package in (("all", "gcc-avr"), ("test", "g++"), ("check", "cppcheck")):
        done = make(f"BUILD={tmp_path / 'build'}", goal, path=str(tmp_path))
        assert done.returncode != 0
        assert f"sudo apt-get install {package}" in done.stderr.splitlines()[0]
