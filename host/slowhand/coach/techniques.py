"""What the giver works with: fingers, palm, fist, forearm or elbow, and what that changes for the judgement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from slowhand.coach.limits import Limits
from slowhand.coach.readings import ALARM, IDLE, OK, UNKNOWN, WARN, Reading
from slowhand.coach.receiver import Receiver
from slowhand.errors import BadInputError


@dataclass(frozen=True)
class Technique:
    """One technique. Its speed is in ``limits.toml``, under the same name."""

    name: str
    felt: bool          # the glove's pads are what presses, so that they know the force and the contact
    slower: str = ""    # what the coach says when it is too fast; empty: as for any hand
    much_slower: str = ""
    line: str = ""      # said while there is nothing else to say, where the pads do not feel it


TECHNIQUES = {
    technique.name: technique
    for technique in (
        Technique("fingers", True),
        Technique("palm", True),
        *(
            Technique(
                name, False, f"With the {name}: very slowly.", f"Much slower with the {name}, please.",
                f"With the {name}: very slowly, and off the spine.",
            )
            for name in ("fist", "forearm", "elbow")
        ),
    )
}  # fmt: skip


def technique_named(name: object) -> Technique | None:
    """The technique that a person chose; ``None``: none was, and the hand is judged as it is.

    Raises:
        BadInputError: no such technique.
    """
    if name is None:
        return None
    if not isinstance(name, str) or name not in TECHNIQUES:
        raise BadInputError(f"technique: found {name!r}, expected one of {', '.join(TECHNIQUES)}, or none")
    return TECHNIQUES[name]


@dataclass(frozen=True)
class Terms:
    """What a giver is judged by: whose back it is, its limits, the technique, and whether anything is said."""

    receiver: Receiver
    limits: Limits                     # of the receiver, whatever the giver works with
    technique: Technique | None = None
    feedback: bool = True              # False: a practice in which the giver goes by feel

    @cached_property
    def in_force(self) -> Limits:
        """The limits that flags and gauges hold now."""
        return self.limits.for_technique(self.technique.name if self.technique else None)

    @property
    def unfelt(self) -> Technique | None:
        """The technique, if the pads do not feel what it does."""
        return self.technique if self.technique and not self.technique.felt else None


def pressure_unfelt(reading: Reading, technique: Technique, running: bool) -> Reading:
    """The pressure gauge while the pads do not press: unknown, unless they all the same feel too much."""
    if reading.level in (WARN, ALARM) or not running:
        return reading
    return replace(
        reading, value=None, at_least=False, level=UNKNOWN, words=f"the pads do not feel the {technique.name}: ask"
    )


def pace_unfelt(reading: Reading, technique: Technique, touching: bool) -> Reading:
    """The pace gauge while the pads do not press: no contact is not known, and the hand may move otherwise."""
    if reading.level == OK:
        return replace(reading, level=IDLE, words=f"{reading.words}, of the hand")
    if reading.level == IDLE and reading.value is None and not touching:
        return replace(reading, level=UNKNOWN, words=f"contact unknown: the pads do not feel the {technique.name}")
    return reading


def without_feedback(reading: Reading) -> Reading:
    """A gauge that says nothing, in a practice without feedback."""
    return replace(reading, value=None, at_least=False, level=IDLE, words="feedback is off")
