"""The shipped firmware and its emulator, built once; what is missing fails with the reason, it is not skipped."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from slowhand.errors import SlowhandError
from slowhand.sim.emulator import EmulatedGlove, Firmware, build_firmware, firmware_folder


@pytest.fixture(scope="session")
def firmware() -> Firmware:
    try:
        return build_firmware()
    except SlowhandError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def glove(firmware: Firmware) -> Iterator[EmulatedGlove]:
    with EmulatedGlove(firmware) as glove:
        yield glove


@pytest.fixture(scope="session")
def test_programs(firmware: Firmware) -> Path:
    """Folder of the emulator's own AVR programs, compiled."""
    folder = firmware_folder()
    made = subprocess.run(["make", "-s", "-C", str(folder / "emulator"), "test-programs"],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.fail(made.stderr.strip() or "make test-programs failed", pytrace=False)
    return folder / "build" / "emulator" / "test"
