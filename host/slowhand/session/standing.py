"""What people have told the coach and what holds on: told again to the coach of the next session."""

from __future__ import annotations

from collections.abc import Mapping

from slowhand.session.recorder import Recorder
from slowhand.session.stream import Stream

KINDS = ("technique", "feedback", "pace")   # votes, sore places and steps belong to one session


class Standing:
    """The latest word of each kind that outlives a session, by kind."""

    def __init__(self, told: Mapping[str, object]) -> None:
        self._told = dict(told)
        self._places: tuple[dict[str, object], ...] = ()   # said about places while nothing was recorded

    def keep(self, kind: str, value: object, stream: Stream) -> None:
        """``stream`` was told ``value``. Of a pace it is kept what came of it: "slower" twice would be too slow."""
        if kind in KINDS:
            self._told[kind] = stream.pipeline.coach.pacing.choice if kind == "pace" else value

    def carry(self, stream: Stream | None, recording: bool) -> None:
        """``stream`` is about to end. What is said in a recording belongs to it, what was said beside one to the next."""
        if recording:
            self._places = ()
        elif stream is not None:
            self._places = stream.pipeline.coach.guide.answers.carried()

    def tell_again(self, stream: Stream, recorder: Recorder, now_s: float) -> None:
        """Tell it all to a new stream, in the order of ``KINDS``, and record that."""
        told = [(kind, self._told[kind]) for kind in KINDS if kind in self._told]
        for kind, value in [*told, *(("sore", place) for place in self._places)]:
            stream.tell(kind, value)
            recorder.event("told", {"kind": kind, "value": value, "after_us": None}, now_s)
        if self._places:
            recorder.remember(stream)
