"""Who lies there: posture, measures, sore places, and limits of their own (``receiver.toml``)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slowhand.coach.limits import LimitOverride, Limits, Positive, shipped_limits
from slowhand.settings import read_toml

Why = Literal["lighter", "stop", "sore"]   # a place has a limit of its own
Place = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1000, le=1000)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SensitivePlace(_Table):
    """A sore place: a circle on the back that bears no more than ``max_n``."""

    x_mm: Place
    y_mm: Place
    radius_mm: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=500)]
    max_n: Positive


class RememberedPlace(SensitivePlace):
    """A place that an earlier session with this receiver made known, and why."""

    why: Why

    def bare(self) -> SensitivePlace:
        """The place alone."""
        return SensitivePlace(x_mm=self.x_mm, y_mm=self.y_mm, radius_mm=self.radius_mm, max_n=self.max_n)


class TechniqueOverrides(_Table):
    """``[limits.technique]``: the speed of a technique, cm/s; what is left out stays."""

    fingers: LimitOverride | None = None
    palm: LimitOverride | None = None
    fist: LimitOverride | None = None
    forearm: LimitOverride | None = None
    elbow: LimitOverride | None = None

    def given(self) -> dict[str, LimitOverride]:
        """The techniques that the file names."""
        return {name: override for name, override in self if override is not None}


class LimitOverrides(_Table):
    """``[limits]``: any kind of flag with its own ``{warn = ..., alarm = ...}``; what is left out stays.

    All techniques change in proportion with ``too_fast``; ``technique`` changes one of them alone.

    A sore place is not here: it has its own ``max_n``.
    """

    too_fast: LimitOverride | None = None          # cm/s
    spine_pressure: LimitOverride | None = None    # N
    neck_pressure: LimitOverride | None = None     # N
    kidney_pressure: LimitOverride | None = None   # N
    too_hard: LimitOverride | None = None          # N
    too_fast_knead: LimitOverride | None = None    # per minute
    technique: TechniqueOverrides = TechniqueOverrides()

    def given(self) -> dict[str, LimitOverride]:
        """The kinds that the file names."""
        return {kind: override for kind, override in self if isinstance(override, LimitOverride)}


class Receiver(_Table):
    """The receiver, as ``receiver.toml`` writes it."""

    # Under this name the session file remembers what was said about places; without one nothing is kept.
    name: Annotated[str, Field(strict=True, min_length=1, max_length=80)] | None = None
    posture: Literal["prone", "seated"] = "prone"
    # From C7 to the sacrum; half a child's and twice a tall man's are typing errors.
    back_length_mm: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=200, le=800)] = 450.0
    shoulder_width_mm: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=150, le=700)] = 380.0
    sensitive: tuple[SensitivePlace, ...] = ()
    # Whether the receiver or the giver has an implant that magnets can disturb; None: nobody has said.
    implant: Annotated[bool, Field(strict=True)] | None = None
    limits: LimitOverrides = LimitOverrides()
    remembered: tuple[RememberedPlace, ...] = ()   # filled in from the session file

    @model_validator(mode="after")
    def _limits_rise(self) -> Receiver:
        self.personal_limits()
        return self

    def personal_limits(self) -> Limits:
        """The shipped limits with this receiver's own."""
        return shipped_limits().changed(self.limits.given(), self.limits.technique.given())


def load_receiver(path: Path | str | None = None) -> Receiver:
    """Read ``receiver.toml``; ``None`` gives the nominal receiver.

    Raises:
        BadInputError: the file cannot be read or a key is wrong; the line names both.
    """
    return Receiver() if path is None else read_toml(path, Receiver)
