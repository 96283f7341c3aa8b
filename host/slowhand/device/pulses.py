"""The pulses that lead a pace: what is wanted of the glove, and when its pulses of now began."""

from __future__ import annotations

from slowhand.device.outbox import Outbox
from slowhand.wire.messages_gen import Ack, Pace

VARIANTS = 8      # more than are ever lost in a row
RESTARTS = 3      # for the sake of knowing when they began; then they are left in peace, and that stays unknown


class Pulses:
    """Asks the glove for pulses, and learns from its answer when they began.

    The glove begins the first pulse when it obeys, and stamps its answer with that same moment. But it keeps its rhythm
    when it is told the same pace again, and then the answer says nothing. So each time they are asked for they are a
    millisecond longer than before, which nobody feels: then they begin anew.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._wanted: Pace | None = None
        self._asked = 0
        self._restarts = 0
        self._began_us: int | None = None

    def want(self, pace: Pace | None) -> None:
        """What is wanted from now on, a period of 0 for none; `ask` sends it. ``None``: nothing was ever said."""
        self._wanted, self._began_us, self._restarts = pace, None, 0

    def ask(self) -> None:
        """Send what is wanted, if anything was: to begin at once."""
        if self._wanted is None:
            return
        longer_ms = self._asked % VARIANTS if self._wanted.period_ms else 0
        self._asked += 1
        self._outbox.put(Pace(self._wanted.period_ms, self._wanted.on_ms + longer_ms, self._wanted.strength))

    def answered(self, answer: Ack, first_try: bool, at_us: int) -> None:
        """The glove has obeyed, at ``at_us`` on the unwrapped line.

        ``first_try``: it was asked once. Else it may have obeyed before, and that answer was lost: ask again.
        """
        if answer.command != Pace.TYPE or self._wanted is None or not self._wanted.period_ms:
            return
        if first_try:
            self._began_us, self._restarts = at_us, 0
        elif self._restarts < RESTARTS:
            self._restarts += 1
            self.ask()

    def take_began_us(self) -> int | None:
        """When the pulses of now began; told once."""
        began_us, self._began_us = self._began_us, None
        return began_us
