"""A serial port, or anything that pyserial has a URL for: `socket://`, `rfc2217://`, `loop://`."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import sys
from typing import Any

import serial

from slowhand.errors import LinkError
from slowhand.wire.messages_gen import BAUD

READ_BYTES = 4096
WRITE_TIMEOUT_S = 1.0
LOOK_AROUND = "`slowhand doctor` lists the ports"

# What the system calls and pyserial may raise: `in_waiting` lets a bare OSError through, pyserial's own errors are
# OSErrors too, and termios has an error class beside them.
_BROKEN: tuple[type[Exception], ...] = (OSError,)
if sys.platform != "win32":
    import termios

    _BROKEN = (OSError, termios.error)

# The last three are what a port raises whose file went away in another thread (closed while it is read).
_BROKEN_IN_USE: tuple[type[Exception], ...] = (*_BROKEN, TypeError, ValueError, AttributeError)


class SerialLink:
    """The port of a glove. Opening it resets most boards."""

    def __init__(self, url: str, baud: int = BAUD) -> None:
        self.name = url
        self._baud = baud
        self._port: Any = None

    def open(self) -> None:
        if self._port is not None:
            return
        if not self.name:
            raise LinkError(f"no port was named; {LOOK_AROUND}")
        try:
            port = serial.serial_for_url(
                self.name, do_not_open=True, baudrate=self._baud, timeout=0, write_timeout=WRITE_TIMEOUT_S
            )
            if "://" not in self.name:
                port.exclusive = True  # two readers would each get half of the bytes
            port.open()
        except _BROKEN as error:
            raise LinkError(_open_words(self.name, error)) from error
        except (ValueError, AttributeError, TypeError) as error:  # a URL that pyserial cannot take apart
            raise LinkError(f"{self.name}: is no port and no URL of one; {LOOK_AROUND}") from error
        self._port = port
        self._ask_for_low_latency()

    def read(self, timeout_s: float) -> bytes:
        port = self._opened()
        try:
            data = self._read_file(port, timeout_s) if self._has_file(port) else _read_any(port, timeout_s)
        except _BROKEN_IN_USE as error:
            raise self._lost(error) from error
        return data

    def write(self, data: bytes) -> None:
        port = self._opened()
        try:
            port.write(data)
        except serial.SerialTimeoutException as error:
            words = f"{self.name}: takes no bytes for {WRITE_TIMEOUT_S:g} s; unplug the glove and plug it in again"
            raise LinkError(words) from error
        except _BROKEN_IN_USE as error:
            raise self._lost(error) from error

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(*_BROKEN):  # a port that is gone cannot be closed well, and need not be
                port.close()

    def _opened(self) -> Any:
        if self._port is None:
            raise LinkError(f"{self.name}: is not open")
        return self._port

    @staticmethod
    def _has_file(port: Any) -> bool:
        return os.name == "posix" and isinstance(port, serial.Serial)

    def _read_file(self, port: Any, timeout_s: float) -> bytes:
        # select and one read cost half of what pyserial's own read loop does at 200 Hz.
        file = port.fileno()
        ready, _, _ = select.select([file], [], [], max(timeout_s, 0.0))
        if not ready:
            return b""
        try:
            data = os.read(file, READ_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            raise OSError(errno.EIO, "ready to read, but nothing there")  # how Linux says that a USB device has gone
        return data

    def _lost(self, error: Exception) -> LinkError:
        reason = _reason(error)
        return LinkError(f"{self.name}: the connection broke ({reason}); plug the cable in again")

    def _ask_for_low_latency(self) -> None:
        # FTDI chips otherwise hand bytes over every 16 ms, a third of the time from touch to buzz. Where the driver
        # or the system does not know it, everything works all the same.
        if hasattr(self._port, "set_low_latency_mode"):
            with contextlib.suppress(ValueError, NotImplementedError, *_BROKEN):
                self._port.set_low_latency_mode(True)


def _read_any(port: Any, timeout_s: float) -> bytes:
    port.timeout = max(timeout_s, 0.0)
    first = port.read(1)
    if not first:
        return b""
    port.timeout = 0
    return bytes(first) + bytes(port.read(READ_BYTES))


def _open_words(name: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.ENOENT:
        return f"{name}: no such port; is the glove plugged in? {LOOK_AROUND}"
    if number in (errno.EACCES, errno.EPERM):
        return f"{name}: access denied; on Linux: `sudo usermod -aG dialout $USER`, then log in again"
    if number in (errno.EBUSY, errno.EAGAIN):
        return f"{name}: in use by another program; close it (a serial monitor, another Slowhand)"
    if number in (errno.ENOTTY, errno.EISDIR, errno.EINVAL) or "onfigure port" in str(error):
        return f"{name}: is no serial port; {LOOK_AROUND}"
    if isinstance(error.__context__, TypeError | ValueError | OverflowError):  # a URL with no number for a port
        return f"{name}: is no port and no URL of one; {LOOK_AROUND}"
    reason = _reason(error).removeprefix(f"Could not open port {name}: ")
    return f"{name}: cannot be opened ({reason}); {LOOK_AROUND}"


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return os.strerror(number)
    return str(error).split("\n", 1)[0] or type(error).__name__
