"""Keeps the glove's pulses as the coach wants them, and tells when they began."""

from __future__ import annotations

from collections.abc import Callable

from slowhand.coach.pacing import STOP, PacePulse
from slowhand.device import GloveDevice
from slowhand.session.stream import Stream


class PulseSender:
    """Asked at each step of the engine; a pulse is sent when it changes (the device sends it again after a reconnect)."""

    def __init__(self, device: GloveDevice) -> None:
        self._device = device
        self._sent: PacePulse = STOP
        self._stream: Stream | None = None

    def follow(self, stream: Stream | None, tell: Callable[[str, object], None]) -> None:
        """Send what the coach of ``stream`` wants, if it is new; tell it ("pulse") when new pulses have begun."""
        pulse = stream.pipeline.coach.pacing.pulse if stream is not None else STOP
        # A new session's coach does not know when pulses began that go on from before: they begin anew.
        if pulse != self._sent or (stream is not self._stream and pulse != STOP):
            self._device.pace(pulse.period_ms, pulse.on_ms, pulse.strength)
        self._sent, self._stream = pulse, stream
        began_us = self._device.pulses.take_began_us()
        if began_us is not None and pulse != STOP:
            tell("pulse", began_us)
