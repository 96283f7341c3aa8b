"""What people have told the coach and what holds on: told again to the coach of the next session."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from slowhand.errors import BadInputError
from slowhand.session.recorder import Recorder
from slowhand.session.stream import Stream

ZONE = "zone"   # where the giver says that the hand is, without a strip
EARLY = ("step", "vote", "sore", ZONE)
KINDS = ("technique", "feedback", "pace")   # votes, sore places and steps belong to one session


class Standing:
    """The latest word of each kind that outlives a session, by kind."""

    def __init__(self, told: Mapping[str, object]) -> None:
        self._told = dict(told)
        self._places: tuple[dict[str, object], ...] = ()   # said about places while nothing was recorded
        self._early: list[tuple[str, object]] = []   # said to this session before its first row, besides those of ``KINDS``

    def keep(self, kind: str, value: object, stream: Stream) -> None:
        """``stream`` was told ``value``. Of a pace it is kept what came of it: "slower" twice would be too slow."""
        if kind in KINDS:
            self._told[kind] = stream.pipeline.coach.pacing.choice if kind == "pace" else value
        elif kind in EARLY and not stream.rows:
            self._early.append((kind, value))

    def begin(self, before: Stream | None, recording: bool) -> None:
        """Another session begins. What was said in a recording belongs to it, what was said beside one to the next."""
        self._early.clear()
        self._places = ()
        if not recording:
            self.carry(before)

    def carry(self, stream: Stream | None) -> None:
        """``stream``, which is not recorded, gives way to another: what was said about places in it still holds."""
        if stream is not None:
            self._places = stream.pipeline.coach.guide.answers.carried()

    def tell_again(self, stream: Stream, recorder: Recorder, now_s: float) -> None:
        """Tell it all to a new stream, in the order of ``KINDS``, and record that; what cannot be said any more is left out.

        A stream without a row gives way to the next glove's: what was said to it, and recorded then, the new one hears too.
        """
        told = [(kind, self._told[kind]) for kind in KINDS if kind in self._told]
        for kind, value in [*told, *(("sore", place) for place in self._places)]:
            with suppress(BadInputError):
                stream.tell(kind, value)
                recorder.event("told", {"kind": kind, "value": value, "after_us": None}, now_s)
        for kind, value in self._early:
            with suppress(BadInputError):
                if kind == ZONE:
                    stream.choose_zone(None if value is None else str(value))
                else:
                    stream.tell(kind, value)
        if self._places:
            recorder.remember(stream)
