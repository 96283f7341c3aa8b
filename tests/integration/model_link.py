"""A glove on the other end of a link, without a pseudo-terminal and without waiting: tests move the time."""

from __future__ import annotations

from pathlib import Path

from slowhand.coach.receiver import Receiver
from slowhand.errors import LinkError
from slowhand.link.reconnecting import ReconnectingLink
from slowhand.locate.strip import load_strip
from slowhand.session.engine import BLOCK_S, SessionEngine
from slowhand.session.store import SessionStore
from slowhand.session.stream import Wishes
from slowhand.sim.glove_model import Faults, GloveModel, Identity
from slowhand.sim.simulation import SimOutput
from slowhand.wire.framing import Decoder, Frame
from slowhand.wire.messages_gen import Limits


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


class ModelLink:
    """The simulated firmware's bytes; ``unplug`` pulls the cable (which resets the board), ``silence`` freezes it."""

    def __init__(self, run: SimOutput, time: Time, faults: Faults | None = None, identity: Identity | None = None):
        self.name = "the model"
        self.plugged, self.silence = True, False
        self.delay_s = 0.0   # bytes are held back for so long on their way to the host
        self._held: list[tuple[float, bytes]] = []
        self.limits_heard: list[tuple[int, ...]] = []
        self._ear = Decoder()
        self._run, self._time = run, time
        self._faults = faults or Faults()
        self._identity = identity or Identity(hand=run.hand.side, magnetometers=run.magnetometers)
        self._boots = 0
        self._origin_s: float | None = None
        self._open = False

    def open(self) -> None:
        if not self.plugged:
            raise LinkError("the model: no such port")
        if not self._open:
            self._boot()
        self._open = True

    def read(self, timeout_s: float) -> bytes:
        self._check()
        now_us = self._device_us()
        self.model.advance(now_us)
        if self._origin_s is None and self.model.origin_us is not None:
            self._origin_s = self._boot_s + self.model.origin_us * 1e-6
        data = b"".join(self.model.take_frames())
        self._held.append((self._time.now_s, b"" if self.silence else data))
        due = [part for at_s, part in self._held if at_s <= self._time.now_s - self.delay_s]
        self._held = self._held[len(due):]
        return b"".join(due)

    def write(self, data: bytes) -> None:
        self._check()
        heard = [found.message for found in self._ear.feed(data) if isinstance(found, Frame)]
        self.limits_heard += [message.pads for message in heard if isinstance(message, Limits)]
        self.model.receive(data, self._device_us())

    def close(self) -> None:
        self._open = False

    def unplug(self) -> None:
        self.plugged = self._open = False

    @property
    def finished(self) -> bool:
        return self._boots > 0 and self.model.finished

    def _boot(self) -> None:
        self._boots += 1
        self._held.clear()
        self._boot_s = self._time.now_s
        origin_us = None if self._origin_s is None else round((self._origin_s - self._boot_s) * 1e6)
        rate_hz = self._run.rate_hz
        self.model = GloveModel(self._run.chips, rate_hz, self._identity, self._boots, self._faults, 0, origin_us)

    def _device_us(self) -> int:
        return round((self._time.now_s - self._boot_s) * 1e6)

    def _check(self) -> None:
        if not self._open or not self.plugged:
            self._open = False
            raise LinkError("the model: the cable was pulled out")


class Bench:
    """An engine with a modelled glove, and a hand on the clock."""

    def __init__(self, run: SimOutput, folder: Path, with_strip: bool = True, **link_options: object) -> None:
        self.time = Time()
        self.glove = ModelLink(run, self.time, **link_options)  # type: ignore[arg-type]
        self.link = ReconnectingLink(self.glove, self.time, self.time.wait)
        self.store = SessionStore(folder / "sessions.sqlite3", lambda: 1.8e9 + self.time.now_s)
        wishes = Wishes(Receiver(), strip=load_strip() if with_strip else None)
        self.engine = SessionEngine(self.link, self.store, wishes, now_s=self.time)
        self.link.open_when_there()

    def run(self, seconds: float, step_s: float = BLOCK_S) -> None:
        end_s = self.time.now_s + seconds
        while self.time.now_s < end_s:
            self.time.wait(step_s)
            self.engine.step()

    def run_to_the_end(self, longest_s: float = 300.0) -> None:
        end_s = self.time.now_s + longest_s
        while not self.glove.finished and self.time.now_s < end_s:
            self.run(0.5, step_s=0.05)
        self.run(0.1)
