"""All flags of a session so far, each once and in its latest state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from slowhand.coach.flag import Flag
from slowhand.strokes.stroke import Stroke


class FlagLedger:
    """A flag is reported when raised, when made worse and when closed; the ledger knows which reports are one flag."""

    def __init__(self) -> None:
        self._flags: dict[tuple[str, int], Flag] = {}

    def add(self, changed: Iterable[Flag]) -> None:
        """Take reports in their order; a later one of the same kind and start replaces the earlier."""
        for flag in changed:
            self._flags[flag.kind.value, flag.start_us] = flag

    def flags(self) -> tuple[Flag, ...]:
        """In the order of their start."""
        return tuple(sorted(self._flags.values(), key=_place))

    def overlapping(self, stroke: Stroke) -> tuple[str, ...]:
        """Kinds of the flags that share a moment with the stroke, each once, in the order of their start.

        An open flag lasts until now.
        """
        kinds: dict[str, None] = {}
        for flag in self.flags():
            if flag.start_us <= stroke.end_us and (flag.end_us is None or flag.end_us >= stroke.start_us):
                kinds[flag.kind.value] = None
        return tuple(kinds)

    def counts(self) -> dict[str, int]:
        """How many of each kind, most of them first."""
        return dict(Counter(flag.kind.value for flag in self.flags()).most_common())


def _place(flag: Flag) -> tuple[int, str]:
    return flag.start_us, flag.kind.value
