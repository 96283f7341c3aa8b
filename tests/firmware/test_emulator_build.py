"""What is missing is named with its package; nothing passes because it could not be built."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from slowhand.errors import BadInputError, LinkError, MissingToolError
from slowhand.sim.emulator import (
    FEED_MAGIC,
    EmulatedGlove,
    EmulatorError,
    Firmware,
    build_firmware,
    firmware_folder,
    write_feed,
)
from tests.firmware.glove_talk import still_feed


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A PATH with nothing but the named programs on it."""

    def leave(*names: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in names:
            (folder / name).symlink_to(shutil.which(name) or f"/nowhere/{name}")
        monkeypatch.setenv("PATH", str(folder))

    return leave


def test_missing_compiler_is_named_with_its_package(only, firmware: Firmware) -> None:
    only("make", "sh", "cc")
    with pytest.raises(MissingToolError, match=r"avr-g\+\+ is missing: sudo apt-get install gcc-avr"):
        build_firmware()


def test_missing_make_is_named(only, firmware: Firmware) -> None:
    only("sh")
    with pytest.raises(MissingToolError, match="make is missing: sudo apt-get install make"):
        build_firmware()


def test_package_without_firmware_says_where_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOWHAND_FIRMWARE", str(tmp_path))
    with pytest.raises(MissingToolError, match="from a checkout"):
        firmware_folder()


def test_source_that_does_not_compile_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "firmware"
    (folder / "emulator").mkdir(parents=True)
    (folder / "Makefile").write_text("build/glove.elf:\n\t@echo 'glove.cpp:1: error: expected sense' >&2; false\n")
    with pytest.raises(EmulatorError, match="expected sense"):
        build_firmware(folder)


def test_feed_has_the_documented_layout(tmp_path: Path) -> None:
    feed = still_feed(0.01)
    write_feed(feed, tmp_path / "feed")
    data = (tmp_path / "feed").read_bytes()
    assert data[:8] == FEED_MAGIC and len(data) == 8 + 45 * len(feed)
    second = data[8 + 45 : 8 + 90]
    assert int.from_bytes(second[:8], "little") == 5000
    assert [int.from_bytes(second[8 + 2 * i : 10 + 2 * i], "little") for i in range(6)] == [20, 21, 22, 23, 24, 25]
    assert int.from_bytes(second[20:22], "little", signed=True) == 30   # accelerometer x
    assert int.from_bytes(second[38:40], "little", signed=True) == 310  # LIS3MDL x


@pytest.mark.parametrize("spoil", ["field", "order", "empty", "negative"])
def test_feed_that_makes_no_sense_is_refused(tmp_path: Path, spoil: str) -> None:
    feed = still_feed(1)
    if spoil == "field":
        feed = feed[["t_us", "adc", "accel", "gyro", "field0"]]
    elif spoil == "order":
        feed["t_us"][5] = feed["t_us"][4]
    elif spoil == "empty":
        feed = feed[:0]
    else:
        moved = np.zeros(2, [(name, "i8" if name == "t_us" else feed.dtype[name]) for name in feed.dtype.names])
        moved["t_us"] = -5000, 0
        feed = moved
    with pytest.raises(BadInputError, match="feed"):
        write_feed(feed, tmp_path / "feed")
    assert not (tmp_path / "feed").exists()


def test_orders_after_its_end_are_refused(firmware: Firmware) -> None:
    with EmulatedGlove(firmware) as glove:
        with pytest.raises(LinkError, match="not running"):
            glove.reset()
        glove.start(still_feed(1), realtime=False, port=False, seconds=0.1)
        glove.wait(30)
        with pytest.raises(LinkError):
            glove.unplug()
