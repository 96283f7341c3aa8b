"""Which mode a session can have, from what is present; and why, in words for the user."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.locate.pose import Mode


@dataclass(frozen=True)
class Present:
    """What a session has to work with."""

    strip: bool          # a strip of magnets was given
    magnetometer: bool   # the glove's profile describes at least one
    field: bool          # field values come in
    motion: bool         # acceleration and rotation come in


@dataclass(frozen=True)
class Choice:
    """A mode, and why no better one."""

    mode: Mode
    reason: str


# No magnets: the strip must not come near either person. Pads work all the same.
IMPLANT = Choice(Mode.FORCE, "an implant that magnets can disturb: no strip, forces only")


def choose_mode(present: Present) -> Choice:
    """The best mode that what is present allows."""
    if not present.motion:
        return Choice(Mode.FORCE, "no motion sensor: forces only")
    if not present.strip:
        return Choice(Mode.MOTION, "no strip of magnets: place unknown")
    if not present.magnetometer:
        return Choice(Mode.MOTION, "the glove's profile has no magnetometer: place unknown")
    if not present.field:
        return Choice(Mode.MOTION, "no magnetic field comes in: place unknown")
    return Choice(Mode.STRIP, "strip of magnets and field sensors are present")


def wished_mode(best: Choice, wish: Mode | None, implant: bool) -> Choice:
    """The mode that was wished for (``None``: the best there is), as far as what is present and an implant allow."""
    if best.mode is Mode.STRIP and implant:
        return IMPLANT
    if wish is not None and wish > best.mode:
        return Choice(wish, f"{wish.name.lower()} mode was asked for")
    if wish is not None and wish < best.mode:
        return Choice(best.mode, f"{wish.name.lower()} mode was asked for, but {best.reason}")
    return best


# When strip mode turns out to be impossible: nobody knows where the hand began.
NO_START_PROCEDURE = Choice(
    Mode.MOTION,
    "no start procedure found (hand still and well away for 2 s, then 2 s at rest at the start pose): place unknown",
)
