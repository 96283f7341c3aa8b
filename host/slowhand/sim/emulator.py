"""The binary that ships, on an emulated board: builds the firmware, runs it, and feeds its sensors.

The emulator is a program of its own (`firmware/emulator`, GPL-3.0-or-later, because it links simavr). This module
starts it, and talks to it through files, pipes and a pseudo-terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from slowhand.errors import BadInputError, LinkError, MissingToolError, SlowhandError
from slowhand.sim.magnets import CHIP_TO_HAND, MOTOR_UT, UT_PER_COUNT
from slowhand.wire.messages_gen import Start

if TYPE_CHECKING:
    from slowhand.sim.simulation import SimOutput

FEED_MAGIC = b"SHFEED1\n"
FEED_DTYPE = np.dtype(
    [
        ("t_us", "<u8"),
        ("adc", "<u2", 6),
        ("accel", "<i2", 3),
        ("gyro", "<i2", 3),
        ("field0", "<i2", 3),
        ("field1", "<i2", 3),
        ("flags", "u1"),
    ]
)
FEED_OVERFLOW0 = 1
ANSWER_S = 10.0              # an order is carried out within a millisecond, on a busy machine later
# the motor's current beside a magnetometer, as a direction that nothing else has
_MOTOR_DIRECTIONS = np.array([[0.6, -0.64, 0.48], [0.48, 0.64, -0.6]])


class EmulatorError(SlowhandError):
    """The emulator or the build of the firmware ended with an error; the message says which and why."""


@dataclass(frozen=True)
class Firmware:
    """What `build_firmware` made."""

    elf: Path
    emulator: Path


@dataclass(frozen=True)
class EmulatorEvent:
    """One line of the ground truth: simulated microseconds since power-on, and what happened."""

    t_us: float
    kind: str
    words: tuple[str, ...]


def firmware_folder() -> Path:
    """Where the firmware's source is: beside this package in a checkout, or ``SLOWHAND_FIRMWARE``.

    Raises:
        MissingToolError: it is not there; an installed package has no firmware source.
    """
    named = os.environ.get("SLOWHAND_FIRMWARE")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "firmware"
    if not (folder / "Makefile").is_file():
        raise MissingToolError(f"the firmware's source is not in {folder}: run this from a checkout of Slowhand, "
                               "or set SLOWHAND_FIRMWARE to its firmware folder")
    return folder


def build_firmware(folder: Path | None = None) -> Firmware:
    """Build firmware and emulator where they are out of date; safe to call from several processes at once.

    Raises:
        MissingToolError: a tool is not installed; the message names its Debian package.
        EmulatorError: the source does not compile.
    """
    folder = folder or firmware_folder()
    build = folder / "build"
    build.mkdir(exist_ok=True)
    if shutil.which("make") is None:
        raise MissingToolError("make is missing: sudo apt-get install make")
    with (build / ".lock").open("w") as lock:
        _wait_for(lock)
        _make(folder, "build/glove.elf")
        _make(folder / "emulator", "all")
    return Firmware(build / "glove.elf", build / "slowhand-emulator")


def _wait_for(lock: IO[str]) -> None:
    try:
        import fcntl  # not on Windows, where the emulator cannot run either
    except ImportError as error:
        raise MissingToolError("the emulator needs pseudo-terminals: use Linux, macOS or WSL") from error
    fcntl.flock(lock, fcntl.LOCK_EX)


def _make(folder: Path, target: str) -> None:
    done = subprocess.run(["make", "-s", "-C", str(folder), target], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    for line in lines:
        if "is missing: sudo apt-get install" in line:
            raise MissingToolError(line)
    fault = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no message")
    raise EmulatorError(f"make -C {folder} {target} failed: {fault}")


def write_feed(chips: np.ndarray, path: Path | str) -> None:
    """Write what the sensors see for the emulator to read.

    ``chips`` is any structured array with ``t_us``, ``pads`` (or ``adc``) [6], ``accel``, ``gyro``, ``field0``,
    ``field1`` [3], chip axes and nominal LSB; an optional boolean ``overflow0`` marks magnetic overflow.

    Raises:
        BadInputError: a field is missing, there are no rows, or times do not increase from zero on.
    """
    names = chips.dtype.names or ()
    pads = "adc" if "adc" in names else "pads"
    missing = [name for name in ("t_us", pads, "accel", "gyro", "field0", "field1") if name not in names]
    if missing:
        raise BadInputError(f"the sensors' feed lacks the field {missing[0]}; it has {', '.join(names) or 'none'}")
    t_us = chips["t_us"]
    if len(chips) == 0 or t_us[0] < 0 or np.any(np.diff(t_us) <= 0):
        raise BadInputError("the sensors' feed needs rows with times that increase from zero on")
    records = np.zeros(len(chips), FEED_DTYPE)
    records["t_us"] = t_us
    records["adc"] = chips[pads]
    for name in ("accel", "gyro", "field0", "field1"):
        records[name] = chips[name]
    if "overflow0" in names:
        records["flags"] = np.where(chips["overflow0"], FEED_OVERFLOW0, 0)
    Path(path).write_bytes(FEED_MAGIC + records.tobytes())


def motor_counts() -> list[int]:
    """What the running motor adds to both magnetometers, chip LSB, as the simulated glove has it."""
    return [
        int(count)
        for k in range(2)
        for count in np.rint(MOTOR_UT * _MOTOR_DIRECTIONS[k] @ CHIP_TO_HAND[k] / UT_PER_COUNT[k])
    ]


class EmulatedGlove:
    """The firmware on its board, with a serial port.

    ``with EmulatedGlove() as glove: glove.start(chips, realtime=False, seconds=20, commands=[...])`` or, like the
    simulated glove, ``with EmulatedGlove.from_run(run) as glove: ... glove.port ...``. Leaving the block stops the
    program and removes its files.

    Raises:
        MissingToolError, EmulatorError: as `build_firmware`, when no ``firmware`` is given.
    """

    def __init__(self, firmware: Firmware | None = None) -> None:
        self._firmware = firmware or build_firmware()
        self._folder = Path(tempfile.mkdtemp(prefix="slowhand-emulator-"))
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._news = threading.Condition()
        self._notes: list[str] = []
        self._ended = False
        self._statistics: dict[str, Any] = {}
        self._planned: dict[str, Any] | None = None

    @classmethod
    def from_run(cls, run: SimOutput, **options: Any) -> EmulatedGlove:
        """The glove of a simulated session in real time; the hand begins to move at the host's first Start."""
        glove = cls(options.pop("firmware", None))
        absent = ["field1_absent@0"] if run.magnetometers < 2 else []
        faults = [*options.pop("faults", ()), *absent]
        chips = run.chips.copy()
        chips["t_us"] -= chips["t_us"][0]
        glove._planned = {
            "feed": chips, "feed_waits_for": Start.TYPE, "motor": True, "faults": faults,
            "event_kinds": ("motor", "fault", "feed", "cable", "reset", "misuse"), **options,
        }
        return glove

    def start(
        self,
        feed: np.ndarray | Path | str,
        realtime: bool = True,
        *,
        port: bool = True,
        seconds: float | None = None,
        commands: Iterable[tuple[int, bytes | str]] = (),
        faults: Iterable[str] = (),
        feed_waits_for: int | None = None,
        motor: bool = False,
        event_kinds: Iterable[str] = (),
        options: Iterable[str] = (),
    ) -> None:
        """Power on.

        ``feed``: rows as for `write_feed`, or a file (or pipe) of its format. ``realtime`` false: as fast as can
        be, and no byte is lost because time stands still while nobody takes it. ``port`` false: no pseudo-terminal;
        then only ``commands`` speak to the glove, and the run is the same to the bit every time. ``commands``:
        (simulated microseconds, bytes from the host or an order such as "reset"), in order. ``faults``:
        "NAME@SECONDS[-SECONDS]". ``feed_waits_for``: type of the command at which the feed's time begins.
        ``motor``: the motor's current disturbs the magnetometers. ``event_kinds``: which events are kept, all unless
        told; an hour of all of them is a quarter of a gigabyte. ``options``: further words for the program.

        Raises:
            BadInputError: the feed cannot be used.
            EmulatorError: the emulator refuses.
        """
        if isinstance(feed, np.ndarray):
            write_feed(feed, self._folder / "feed")
            feed = self._folder / "feed"
        words = ["--feed", str(feed), "--realtime" if realtime else "--fast", *self._script_words(commands)]
        words += ["--pty-link", self.port] if port else []
        words += ["--seconds", str(seconds)] if seconds else []
        words += ["--feed-waits-for", str(feed_waits_for)] if feed_waits_for else []
        kinds = ",".join(event_kinds)
        words += ["--event-kinds", kinds] if kinds else []
        words += ["--motor-counts", ",".join(map(str, motor_counts()))] if motor else []
        words += [word for fault in faults for word in ("--fault", fault)]
        self._launch([*self._own_words(), *words, *options])

    def _script_words(self, commands: Iterable[tuple[int, bytes | str]]) -> list[str]:
        """Leaves the orders in a file, if there are any, and names it."""
        script = "".join(f"{t_us} {what.hex() if isinstance(what, bytes) else what}\n" for t_us, what in commands)
        if not script:
            return []
        (self._folder / "commands").write_text(script)
        return ["--commands", str(self._folder / "commands")]

    def _own_words(self) -> list[str]:
        """The program, and where it leaves what it makes."""
        return [str(self._firmware.emulator), "--elf", str(self._firmware.elf), "--control",
                "--events", str(self._folder / "events"), "--uart-out", str(self._folder / "bytes")]

    def _launch(self, words: list[str]) -> None:
        # text mode, line by line: the control channel and the notes are small
        with (self._folder / "stderr").open("w") as complaints:
            # a session of its own: Ctrl-C is for the host, and the end of standard input ends the emulator
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
                                             text=True, bufsize=1, start_new_session=True)
        self._notes, self._ended, self._statistics = [], False, {}
        self._reader = threading.Thread(target=self._listen, args=(self._process.stdout or (),), name="emulator-notes",
                                        daemon=True)
        self._reader.start()
        self._await("ready")

    def _listen(self, lines: Iterable[str]) -> None:
        for line in lines:
            said = json.loads(line)
            with self._news:
                if "note" in said:
                    self._notes.append(said["note"])
                else:
                    self._statistics = said
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _await(self, note: str, count: int = 1) -> None:
        with self._news:
            self._news.wait_for(lambda: self._notes.count(note) >= count or self._ended, ANSWER_S)
            if self._notes.count(note) >= count:
                return
        raise EmulatorError(f"the emulator does not say '{note}': {self._complaint()}")

    def _complaint(self) -> str:
        path = self._folder / "stderr"
        lines = path.read_text().strip().splitlines() if path.exists() else []
        return lines[-1] if lines else "it gives no reason"

    @property
    def port(self) -> str:
        """What the host opens; the same name after the cable was out."""
        return str(self._folder / "port")

    @property
    def finished(self) -> bool:
        """The feed's last row has been reached. Raises EmulatorError when the program died before."""
        if self._ended and not self._statistics and "feed ended" not in self._notes:
            raise EmulatorError(f"the emulator ended in mid-session: {self._complaint()}")
        return "feed ended" in self._notes

    def unplug(self) -> None:
        """Pull the cable out: the port goes away under the host's hands; the glove runs on."""
        self._order("unplug", "unplugged")

    def plug(self) -> None:
        """Put the cable in again."""
        self._order("plug", "plugged")

    def reset(self) -> None:
        """As the reset button, or as opening the port does on most boards."""
        self._order("reset")

    def set_fault(self, name: str, present: bool) -> None:
        """Let something go wrong, or mend it: names as for ``faults``."""
        self._order(f"fault {name} {'on' if present else 'off'}")

    def _order(self, order: str, note: str | None = None) -> None:
        before = self._notes.count(note) if note else 0
        if self._process is None or self._process.stdin is None:
            raise LinkError("the emulated glove is not running; start it first")
        try:
            self._process.stdin.write(order + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise LinkError(f"the emulated glove has ended: {self._complaint()}") from error
        if note:
            self._await(note, before + 1)

    def wait(self, timeout_s: float = 120.0) -> dict[str, Any]:
        """Wait for its end (after ``seconds``); returns the statistics.

        Raises:
            EmulatorError: it does not end in time, or the firmware crashed, or the feed broke off.
        """
        if self._process is None:
            return self._statistics
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._kill()
            raise EmulatorError(f"the emulator did not end within {timeout_s:g} s") from None
        self._close()
        if code:
            raise EmulatorError(f"the emulator ended with {code} ({self._statistics.get('ended', 'no statistics')}): "
                                f"{self._complaint()}")
        return self._statistics

    def stop(self) -> dict[str, Any]:
        """Power off; returns the statistics."""
        if self._process is not None and self._process.stdin is not None and self._process.poll() is None:
            with contextlib.suppress(OSError):  # it may just have ended by itself
                self._process.stdin.close()  # the end of its orders is its end
        return self.wait(ANSWER_S)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close()

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.join()
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = self._reader = None

    def events(self, kind: str | None = None) -> list[EmulatorEvent]:
        """What really happened so far, or of one kind; complete once the glove has stopped."""
        found = []
        for line in (self._folder / "events").read_text().split("\n")[:-1]:
            t_us, what, *words = line.split(" ")
            if kind is None or kind == what:
                found.append(EmulatorEvent(float(t_us), what, tuple(words)))
        return found

    def bytes_sent(self) -> bytes:
        """All that left the glove; complete once it has stopped."""
        return (self._folder / "bytes").read_bytes()

    def __enter__(self) -> EmulatedGlove:
        if self._planned is not None:
            self.start(**self._planned)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.stop()  # which also tells of a firmware that crashed unseen
        finally:
            self._kill()
            shutil.rmtree(self._folder, ignore_errors=True)
