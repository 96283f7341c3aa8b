"""Counts what was lost on the way, by the name of the message, from the sequence numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SEQ_MODULUS = 1 << 16

# A number up to so many behind the last one, and not later in time, is an old frame again (a repeated buffer).
REPEAT_WINDOW = 1000


@dataclass(slots=True)
class Tally:
    """One message type's frames. ``lost`` is exact between the first and the last one received in a boot.

    Of a silence in which more than 65535 frames of one type were sent (over five minutes of samples without a reset)
    only the rest beyond whole turns of the sequence is counted.
    """

    received: int = 0
    lost: int = 0
    repeated: int = 0
    last_seq: int | None = None   # None: the next one is the first of its boot
    last_us: int = 0


class LossCounter:
    """A `Tally` for each message type."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.by_name: dict[str, Tally] = {name: Tally(**tally) for name, tally in (state or {}).items()}

    def count(self, name: str, seq: int, t_us: int) -> int | None:
        """How many frames are missing just before this one; ``None`` when it is an old one again, to be ignored."""
        tally = self.by_name.get(name)
        if tally is None:
            tally = self.by_name[name] = Tally()
        missing = 0
        if tally.last_seq is not None:
            missing = (seq - tally.last_seq - 1) % SEQ_MODULUS
            if missing >= SEQ_MODULUS - REPEAT_WINDOW and t_us <= tally.last_us:
                tally.repeated += 1
                return None
        tally.received += 1
        tally.lost += missing
        tally.last_seq = seq
        tally.last_us = t_us
        return missing

    def new_boot(self) -> None:
        """The glove counts from zero again; the sums go on."""
        for tally in self.by_name.values():
            tally.last_seq = None

    @property
    def lost(self) -> int:
        return sum(tally.lost for tally in self.by_name.values())

    @property
    def repeated(self) -> int:
        return sum(tally.repeated for tally in self.by_name.values())

    def state(self) -> dict[str, Any]:
        return {name: asdict(tally) for name, tally in self.by_name.items()}
