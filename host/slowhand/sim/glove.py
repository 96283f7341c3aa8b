"""A glove that does not exist: it speaks the wire on a pseudo-terminal, in real time, from a simulated session."""

from __future__ import annotations

import select
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from slowhand.errors import LinkError, MissingToolError
from slowhand.sim.glove_model import Faults, GloveModel, Identity

if TYPE_CHECKING:
    from slowhand.sim.pseudo_terminal import PseudoTerminal
    from slowhand.sim.simulation import SimOutput

RING_BYTES = 4096           # what waits for a host that does not read; more is dropped and counted
AWAY_POLL_S = 0.02          # how often to look whether a host has opened the port
EXTERNAL_RESET, POWER_RESET = 2, 1


class SimulatedGlove:
    """``with SimulatedGlove.from_run(Simulation("demo").run()) as glove: ... glove.port ...``

    The hand begins to move at the host's first Start and then goes on, whatever the host does. After the last row
    the glove stops sending samples and `finished` is true. ``link`` is a name for the port (a symbolic link that
    stays the same when the cable is pulled out and put back). ``reset_on_open`` resets as most boards do when a
    port is opened. ``drift_ppm`` is how much too fast the device's clock runs. ``clock`` and ``wait`` (seconds)
    may be replaced in tests, and `step` called by hand instead of `start`.

    Raises:
        MissingToolError: this system has no pseudo-terminals.
        LinkError: ``link`` cannot be made, or is the name of something else.
    """

    def __init__(
        self,
        chips: np.ndarray,
        rate_hz: float = 200.0,
        identity: Identity | None = None,
        link: Path | str | None = None,
        faults: Faults | None = None,
        reset_on_open: bool = False,
        drift_ppm: float = 0.0,
        boot_us: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self._chips, self._rate_hz = chips, rate_hz
        self._identity, self._faults = identity or Identity(), faults or Faults()
        self._link = Path(link) if link else None
        self._reset_on_open, self._speed, self._first_boot_us = reset_on_open, 1.0 + drift_ppm * 1e-6, boot_us
        self._clock, self._wait = clock, wait or self._wait_for_host
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._terminal: PseudoTerminal | None = None
        self._was_open, self.boot_id = False, 0
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._boot_s, self._dropped = 0.0, 0
        self._origin_s: float | None = None
        self._model = self._reset(POWER_RESET)
        self._open_port()

    @classmethod
    def from_run(cls, run: SimOutput, **options) -> SimulatedGlove:
        """The glove of a simulated session; options as for the constructor."""
        return cls(run.chips, run.rate_hz, Identity(hand=run.hand.side, magnetometers=run.magnetometers), **options)

    @property
    def port(self) -> str:
        """What the host opens."""
        if self._link is not None:
            return str(self._link)
        return self._terminal.path if self._terminal else ""

    @property
    def finished(self) -> bool:
        """The session's last row has been played."""
        return self._model.finished

    @property
    def streaming(self) -> bool:
        return self._model.streaming

    @property
    def frames_dropped(self) -> int:
        """Frames that a host did not take."""
        return self._dropped

    def plug(self) -> None:
        """Put the cable in again: a port appears and the glove boots. Nothing happens if it is in."""
        with self._lock:
            if self._terminal is None:
                self._open_port()
                self._reset(POWER_RESET)

    def _open_port(self) -> None:
        # not at the top: its modules do not exist on Windows, where the rest of this package works
        try:
            from slowhand.sim.pseudo_terminal import PseudoTerminal, point_link
        except ImportError as error:
            raise MissingToolError("simulated glove: needs pseudo-terminals, which this system has not; "
                                   "use Linux, macOS or WSL") from error
        terminal = PseudoTerminal()
        if self._link is not None:
            try:
                point_link(self._link, terminal.path)
            except OSError as error:
                terminal.close()
                raise LinkError(f"simulated glove: cannot make the port's name {self._link}: {error}; "
                                "choose another name or folder") from error
        self._terminal, self._was_open = terminal, False

    def unplug(self) -> None:
        """Pull the cable out: the port goes away under the host's hands."""
        with self._lock:
            if self._terminal is None:
                return
            if self._link is not None:
                self._link.unlink(missing_ok=True)
            self._terminal.close()
            self._terminal = None

    def start(self) -> None:
        """Run in a thread of its own."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="simulated-glove", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and take the port away."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.unplug()

    def __enter__(self) -> SimulatedGlove:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def step(self) -> None:
        """Do all that is due now: take commands, play ticks, send frames."""
        with self._lock:
            if self._terminal is None:
                return
            is_open = self._terminal.is_open()
            if is_open and not self._was_open:
                self._terminal.make_raw()
                if self._reset_on_open:
                    self._reset(EXTERNAL_RESET)
            self._was_open = is_open
            commands = self._terminal.read() if is_open else b""
            now_us = self._device_us()
            self._model.advance(now_us)
            if commands:
                self._model.receive(commands, now_us)
            if self._origin_s is None and self._model.origin_us is not None:
                self._origin_s = self._boot_s + (self._model.origin_us - self._first_us) / (1e6 * self._speed)
            self._send(is_open)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            self._wait(self._until_next_s())

    def _until_next_s(self) -> float:
        if self._terminal is None or not self._was_open:
            return AWAY_POLL_S
        return max(0.0, (self._model.next_tick_us() - self._device_us()) / 1e6)

    def _wait_for_host(self, timeout_s: float) -> None:
        with self._lock:
            terminal = self._terminal if self._was_open else None
        if terminal is None:
            self._stop.wait(timeout_s)
            return
        try:
            select.select([terminal], [], [], timeout_s)
        except (OSError, ValueError):
            # unplugged by another thread in this moment; the next step sees it
            self._stop.wait(0.001)

    def _device_us(self) -> int:
        return self._first_us + int((self._clock() - self._boot_s) * 1e6 * self._speed)

    def _reset(self, cause: int) -> GloveModel:
        self._boot_s = self._clock()
        self._first_us = self._first_boot_us if self.boot_id == 0 else 0
        self.boot_id += 1
        origin_us = None
        if self._origin_s is not None:
            origin_us = int((self._origin_s - self._boot_s) * 1e6 * self._speed)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._model = GloveModel(self._chips, self._rate_hz, self._identity, self.boot_id, self._faults, self._first_us,
                                 origin_us, cause)
        return self._model

    def _send(self, is_open: bool) -> None:
        terminal = self._terminal
        if terminal is None or not is_open:
            self._model.take_frames()  # nobody there: as on a cable without a host
            self._waiting.clear()
            self._waiting_bytes = 0
            return
        for frame in self._model.take_frames():
            if self._waiting_bytes + len(frame) <= RING_BYTES:
                self._waiting.append(frame)
                self._waiting_bytes += len(frame)
            else:
                self._dropped += 1
                self._model.frames_dropped += 1
        while self._waiting:
            frame = self._waiting.popleft()
            taken = terminal.write(frame)
            self._waiting_bytes -= taken
            if taken < len(frame):
                self._waiting.appendleft(frame[taken:])
                return
