"""All flags of a session so far, each once and in its latest state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from slowhand.coach.flag import Flag
from slowhand.coach.overlap import with_flags
from slowhand.strokes.stroke import Stroke


class FlagLedger:
    """A flag is reported when raised, when made worse and when closed; the ledger knows which reports are one flag."""

    def __init__(self) -> None:
        self._flags: dict[tuple[str, int], Flag] = {}
        self.ended: FlagLedger | None = None   # those of the session alone, once it has ended; the coach may find more

    def add(self, changed: Iterable[Flag]) -> None:
        """Take reports in their order; a later one of the same flag replaces the earlier."""
        for flag in changed:
            self._flags[flag.key] = flag

    def end(self) -> None:
        """The session has ended: what is reported from now on belongs to none."""
        self.ended = FlagLedger()
        self.ended.add(self._flags.values())

    def flags(self) -> tuple[Flag, ...]:
        """In the order of their start."""
        return tuple(sorted(self._flags.values(), key=_place))

    def mark(self, strokes: Iterable[Stroke]) -> tuple[Stroke, ...]:
        """The strokes with the kinds of the flags known by now that overlap them."""
        return tuple(with_flags(strokes, self.flags()))

    def counts(self) -> dict[str, int]:
        """How many of each kind, most of them first."""
        return dict(Counter(flag.kind.value for flag in self.flags()).most_common())


def _place(flag: Flag) -> tuple[int, str]:
    name, start_us = flag.key
    return start_us, name
