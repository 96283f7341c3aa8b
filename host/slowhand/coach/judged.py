"""What a giver was judged by, stretch after stretch: who looks at the session afterwards judges by the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from slowhand.coach.limits import Limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.coach.techniques import Terms
from slowhand.coach.votes import Adapted


@dataclass(frozen=True)
class Judged:
    """A stretch of a session in which one set of limits held, until the next one begins."""

    from_us: int | None         # device time of its first row; None: nothing came after it was told
    receiver: Receiver          # with all sore places by then
    limits: Limits              # those in force: of the technique, and lowered where an answer holds everywhere
    technique: str | None       # what the giver worked with; None: nothing was said
    felt: bool                  # the glove's pads were what pressed: without that no force is called good
    told: tuple[Adapted, ...]   # of the receiver's places the last ones: those that were told, and why

    @property
    def places(self) -> tuple[tuple[SensitivePlace, str], ...]:
        """Every sore place, the receiver's own first, with what it is called."""
        return named_places(self.receiver, self.told)

    def same_as(self, other: Judged) -> bool:
        """Whether all is judged alike."""
        return (self.receiver.sensitive, self.limits, self.technique, self.told) == (
            other.receiver.sensitive, other.limits, other.technique, other.told
        )


def named_places(receiver: Receiver, told: Sequence[Adapted]) -> tuple[tuple[SensitivePlace, str], ...]:
    """The sore places of a receiver, their own first, with what each is called: "sore", "lighter", "stop, last time".

    ``told`` are the last of ``receiver.sensitive``, in the same order.
    """
    own = len(receiver.sensitive) - len(told)
    words = ["sore"] * own + [f"{it.why}, last time" if it.earlier else it.why for it in told]
    return tuple(zip(receiver.sensitive, words, strict=True))


class JudgedLog:
    """Keeps the stretches of one session. Looked at once a block; nothing is made anew unless something has changed."""

    def __init__(self) -> None:
        self._stretches: list[Judged] = []
        self._noted: tuple[Terms, tuple[Adapted, ...]] | None = None

    def note(self, from_us: int | None, terms: Terms, told: tuple[Adapted, ...]) -> None:
        """The row at ``from_us`` and those after it are judged by ``terms``; ``told``: the places that were told.

        ``None``: the session ends, and no row comes after what was told last.
        """
        if self._noted is not None and self._noted[0] is terms and self._noted[1] == told:
            return
        technique = terms.technique.name if terms.technique else None
        now = Judged(from_us, terms.receiver, terms.in_force, technique, terms.unfelt is None, told)
        if not self._stretches or not now.same_as(self._stretches[-1]):
            self._stretches.append(now)
        # What ended a session may not have ended the stream: rows that come after all look again.
        self._noted = (terms, told) if from_us is not None else None
        if from_us is not None:
            self._stretches = [replace(it, from_us=from_us) if it.from_us is None else it for it in self._stretches]

    @property
    def stretches(self) -> tuple[Judged, ...]:
        """In the order of time."""
        return tuple(self._stretches)
