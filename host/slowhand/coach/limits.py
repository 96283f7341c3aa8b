"""Every number that the coach judges by: read from ``limits.toml``, changed by the receiver's own wishes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slowhand.coach.flag import FlagKind
from slowhand.settings import read_toml

Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Milliseconds = Annotated[int, Field(strict=True, gt=0)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, lt=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Table):
    """One flag's two steps. ``note`` says that it is not a clinical limit."""

    warn: Positive
    alarm: Positive
    unit: str
    source: str
    note: str
    must_last_ms: Milliseconds = 50
    must_last_cycles: Milliseconds = 3

    @model_validator(mode="after")
    def _rising(self) -> Limit:
        if self.warn >= self.alarm:
            raise ValueError(
                f"a warn below the alarm; warn is {self.warn:g} and alarm {self.alarm:g} {self.unit}; give both"
            )
        return self


class SensitiveLimit(_Table):
    """As a sore place has its own force, here is only what belongs to all of them."""

    alarm_share: Annotated[float, Field(strict=True, gt=1)]
    unit: str
    must_last_ms: Milliseconds
    source: str
    note: str


class Closing(_Table):
    share: Share
    calm_ms: Milliseconds
    source: str


class Noise(_Table):
    dip_share: Share
    unknown_ms: Milliseconds
    pending_unknown_ms: Milliseconds
    lost_ms: Milliseconds
    doubted_ms: Milliseconds
    hole_ms: Milliseconds
    source: str


class Zones(_Table):
    spine_half_width_mm: Positive
    neck_half_width_mm: Positive
    kidney_from_share: Share
    kidney_to_share: Share
    kidney_inner_mm: Positive
    kidney_outer_mm: Positive
    widen_sigmas: Positive
    widen_most_mm: Positive
    source: str


class Reflex(_Table):
    sooner_share: Share
    unknown_place_n: Positive
    lead_ms: Milliseconds
    margin_mm: Positive
    loosen_ms: Milliseconds
    unknown_keep_ms: Milliseconds
    check_ms: Milliseconds
    source: str


class CueTiming(_Table):
    refractory_s: Positive
    urgent_s: Positive
    repeat_most_s: Positive
    praise_after_s: Positive
    warn_strength: Annotated[int, Field(strict=True, ge=0, le=255)]
    alarm_strength: Annotated[int, Field(strict=True, ge=0, le=255)]
    source: str


class Limits(_Table):
    """All of ``limits.toml``."""

    too_fast: Limit
    spine_pressure: Limit
    neck_pressure: Limit
    kidney_pressure: Limit
    sensitive_pressure: SensitiveLimit
    too_hard: Limit
    too_fast_knead: Limit
    closing: Closing
    noise: Noise
    zones: Zones
    reflex: Reflex
    cue: CueTiming

    def of(self, kind: FlagKind) -> Limit:
        """The limit of a flag's kind; sore places have their own (``sensitive``)."""
        limit = getattr(self, kind.value)
        if not isinstance(limit, Limit):
            raise KeyError(f"{kind.value} has no limit of its own; ask for sensitive(max_n)")
        return limit

    def sensitive(self, max_n: float) -> Limit:
        """The limit of a sore place that bears ``max_n``."""
        rule = self.sensitive_pressure
        return Limit(
            warn=max_n, alarm=rule.alarm_share * max_n, unit=rule.unit, source=rule.source, note=rule.note,
            must_last_ms=rule.must_last_ms,
        )

    def changed(self, overrides: Mapping[str, LimitOverride]) -> Limits:
        """These limits with a receiver's overrides, by kind.

        Raises:
            ValueError: a warn that is not below its alarm.
        """
        new = {}
        for kind, override in overrides.items():
            table = self.of(FlagKind(kind)).model_dump()
            table.update(override.model_dump(exclude_none=True))
            try:
                new[kind] = Limit.model_validate(table)
            except ValueError as error:
                raise ValueError(f"for {kind} {_reason(error)}") from error
        return self.model_copy(update=new)


class LimitOverride(_Table):
    """A receiver's own warn, alarm or both, in the limit's unit."""

    warn: Positive | None = None
    alarm: Positive | None = None


@cache
def shipped_limits() -> Limits:
    """The limits that come with the product."""
    with resources.as_file(resources.files("slowhand.coach") / "limits.toml") as file:
        return read_toml(file, Limits)


def _reason(error: ValueError) -> str:
    text = str(error.errors()[0]["msg"]) if hasattr(error, "errors") else str(error)
    return text.removeprefix("Value error, ")
