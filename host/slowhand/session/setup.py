"""What a session is run with: profiles, mode and rate; stored with it, so that it can be run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from slowhand.coach.receiver import Receiver
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.locate.strip import StripProfile
from slowhand.sensing.profile import GloveProfile
from slowhand.session.modes import Choice
from slowhand.session.pipeline import Pipeline


@dataclass(frozen=True)
class Setup:
    """Everything that a pipeline is made from."""

    glove: GloveProfile
    strip: StripProfile | None
    receiver: Receiver
    choice: Choice
    rate_hz: float = 200.0
    feedback: bool = True   # False: a practice in which flags are found, but nothing is said of them

    def pipeline(self) -> Pipeline:
        """A pipeline at its beginning."""
        return Pipeline(self.glove, self.strip, self.receiver, self.choice.mode, self.rate_hz, self.feedback)

    def as_dict(self) -> dict[str, Any]:
        """Fit for JSON, and for `from_dict`."""
        return {
            "mode": self.choice.mode.name.lower(),
            "mode_reason": self.choice.reason,
            "rate_hz": self.rate_hz,
            "feedback": self.feedback,
            "glove": self.glove.model_dump(mode="json"),
            "strip": self.strip.model_dump(mode="json") if self.strip else None,
            "receiver": self.receiver.model_dump(mode="json"),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Setup:
        """What `as_dict` gave.

        Raises:
            BadInputError: it does not hold what this version needs.
        """
        try:
            return cls(
                GloveProfile.model_validate(stored["glove"]),
                StripProfile.model_validate(stored["strip"]) if stored["strip"] else None,
                Receiver.model_validate(stored["receiver"]),
                Choice(Mode[stored["mode"].upper()], stored["mode_reason"]),
                float(stored["rate_hz"]),
                bool(stored.get("feedback", True)),   # there was no other before it could be chosen
            )
        except (KeyError, ValidationError) as error:
            what = str(error).splitlines()[0]
            raise BadInputError(f"this version cannot read the settings stored with the session: {what}") from error
