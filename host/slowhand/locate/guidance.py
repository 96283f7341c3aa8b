"""What the start procedure waits for, as short codes with a reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.locate import book, start_watch

HOLD_AWAY = "hold_away"
START_POSE = "start_pose"
RUNNING = "running"
LOST = "lost"

_REASONS = {
    start_watch.HINT_NONE: "",
    start_watch.HINT_MOVING: "the hand moves: hold it still",
    start_watch.HINT_FIELD_STRONG: "too near to the strip or to iron: hold the hand about 40 cm away",
    start_watch.HINT_FIELDS_DIFFER: "too near to the strip or to iron: hold the hand about 40 cm away",
    start_watch.HINT_NO_FIELD: "no usable reading from a magnetometer",
    start_watch.HINT_STAY: "good: stay like this",
    start_watch.HINT_FIELD_WEAK: "the strip is not felt: rest the hand at the top of the ribbon",
    start_watch.HINT_NOT_FLAT: "lay the palm flat on the back",
    start_watch.HINT_NO_FIT: "this is not the start pose: palm flat, fingers towards the feet, the back of the hand "
    "over the first magnet",
    start_watch.HINT_TOO_LONG: "too long since the hand was held away: begin again",
    start_watch.HINT_NO_MOTION: "no usable reading from the motion sensor",
}
_WHY_LOST = {
    book.NO_REASON: "",
    book.WENT_AWAY: "the hand is away",
    book.GAP: "samples are missing",
    book.NO_MOTION: "no usable reading from the motion sensor",
    book.MISFIT: "the field does not fit the place",
    book.HEIGHT: "the height does not fit the place",
}


@dataclass(frozen=True)
class Guidance:
    """``code``: hold_away, start_pose, running or lost. ``reason``: a few words for the giver, may be empty."""

    code: str
    reason: str


def guidance_of(status: int, away_ready: bool, hint: int, why_lost: int) -> Guidance:
    """From the locator's book to words."""
    if status in (book.WAIT, book.SOLVE):
        return Guidance(START_POSE if away_ready else HOLD_AWAY, _REASONS[hint])
    if status == book.TRACK:
        return Guidance(RUNNING, "")
    return Guidance(LOST, _WHY_LOST[why_lost])
