"""Every number that the coach judges by: read from ``limits.toml``, changed by the receiver's own wishes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slowhand.coach.flag import FlagKind
from slowhand.settings import read_toml

Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Milliseconds = Annotated[int, Field(strict=True, gt=0)]
# As the end of a number's name.
NAMED_UNITS = ("_ms", "_s", "_mm", "_n", "_share", "_sigmas", "_cycles", "_per_min", "_pct", "_periods")
Count = Milliseconds
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, lt=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sourced(_Table):
    """A table whose numbers say where they come from, in which unit they are, and what they are not."""

    source: Annotated[str, Field(min_length=1)]
    note: Literal["not a clinical limit"]
    units: dict[str, str] = {}   # of numbers whose name does not end in one

    @model_validator(mode="after")
    def _have_units(self) -> Self:
        own = {"warn", "alarm"} if getattr(self, "unit", "") else set()
        for name, value in self:
            if isinstance(value, int | float) and not (name.endswith(NAMED_UNITS) or name in own | set(self.units)):
                raise ValueError(f"a unit for {name}: in its name, in unit or in units")
        return self


class _Band(_Sourced):
    """Two steps, one above the other."""

    warn: Positive
    alarm: Positive
    unit: str

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.warn >= self.alarm:
            raise ValueError(
                f"a warn below the alarm; warn is {self.warn:g} and alarm {self.alarm:g} {self.unit}; give both"
            )
        return self


class Limit(_Band):
    """One flag's two steps."""

    must_last_ms: Milliseconds = 50
    must_last_cycles: Milliseconds = 3


class SensitiveLimit(_Sourced):
    """As a sore place has its own force, here is only what belongs to all of them."""

    alarm_share: Annotated[float, Field(strict=True, gt=1)]
    unit: str
    must_last_ms: Milliseconds


class Closing(_Sourced):
    share: Share
    calm_ms: Milliseconds


class Noise(_Sourced):
    dip_share: Share
    unknown_ms: Milliseconds
    pending_unknown_ms: Milliseconds
    lost_ms: Milliseconds
    doubted_ms: Milliseconds
    hole_ms: Milliseconds


class Zones(_Sourced):
    spine_half_width_mm: Positive
    neck_half_width_mm: Positive
    kidney_from_share: Share
    kidney_to_share: Share
    kidney_inner_mm: Positive
    kidney_outer_mm: Positive
    widen_sigmas: Positive
    widen_most_mm: Positive


class Reflex(_Sourced):
    sooner_share: Share
    unknown_place_n: Positive
    lead_ms: Milliseconds
    margin_mm: Positive
    loosen_ms: Milliseconds
    unknown_keep_ms: Milliseconds
    check_ms: Milliseconds


class CueTiming(_Sourced):
    refractory_s: Positive
    urgent_s: Positive
    repeat_most_s: Positive
    praise_after_s: Positive
    warn_strength: Annotated[int, Field(strict=True, ge=0, le=255)]
    alarm_strength: Annotated[int, Field(strict=True, ge=0, le=255)]


class RampRule(_Sourced):
    """How much is advised in an area by the time it has been worked."""

    light_n: Positive
    light_s: Positive
    full_s: Positive
    must_last_ms: Milliseconds
    again_s: Positive
    look_ms: Milliseconds

    @model_validator(mode="after")
    def _light_first(self) -> RampRule:
        if self.light_s >= self.full_s:
            raise ValueError(f"light_s below full_s; they are {self.light_s:g} and {self.full_s:g} s")
        return self


class FadingRule(_Sourced):
    """When and how far cues are thinned out."""

    stretch_s: Positive
    fewest: Annotated[int, Field(strict=True, ge=2)]
    most: Annotated[int, Field(strict=True, ge=2)]
    late_s: Positive
    rarer: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1)]


class TechniqueBands(_Table):
    """The speed that each technique may have over the skin."""

    fingers: _Band
    palm: _Band
    fist: _Band
    forearm: _Band
    elbow: _Band

    def changed(self, ratios: tuple[float, float], overrides: Mapping[str, LimitOverride]) -> TechniqueBands:
        """These bands, warn and alarm times ``ratios``, and then with a receiver's own.

        Raises:
            ValueError: a warn that is not below its alarm.
        """
        new = {}
        for name in type(self).model_fields:
            band = getattr(self, name).model_dump()
            band |= {"warn": band["warn"] * ratios[0], "alarm": band["alarm"] * ratios[1]}
            band |= overrides[name].model_dump(exclude_none=True) if name in overrides else {}
            try:
                new[name] = _Band.model_validate(band)
            except ValueError as error:
                raise ValueError(f"for technique.{name} {_reason(error)}") from error
        return self.model_copy(update=new)


class PaceDefaults(_Sourced):
    """The pace of each technique; keys of the three tables are the techniques' names."""

    glide_cm_s: dict[str, Positive]
    glide_mm: dict[str, Positive]
    knead_per_min: dict[str, Positive]
    slowest_cm_s: Positive
    fastest_cm_s: Positive
    slowest_per_min: Positive
    fastest_per_min: Positive
    slower_share: Share


class FollowingRules(_Sourced):
    """When a pulse is called followed, and when a word is said about it."""

    rate_good_pct: Positive
    rate_far_pct: Positive
    phase_good: Share
    spread_good: Share
    even_good: Share
    turns_least: Count
    turns_most: Count
    apart_least: Share
    break_periods: Positive
    glide_least_mm: Positive
    off_for_s: Positive
    again_after_s: Positive
    again_most_s: Positive
    cue_strength: Annotated[int, Field(strict=True, ge=0, le=255)]


class Limits(_Table):
    """All of ``limits.toml``."""

    too_fast: Limit
    spine_pressure: Limit
    neck_pressure: Limit
    kidney_pressure: Limit
    sensitive_pressure: SensitiveLimit
    too_hard: Limit
    too_fast_knead: Limit
    technique: TechniqueBands
    ramp: RampRule
    fading: FadingRule
    closing: Closing
    noise: Noise
    zones: Zones
    reflex: Reflex
    cue: CueTiming
    pace: PaceDefaults
    following: FollowingRules

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

    def changed(
        self, overrides: Mapping[str, LimitOverride], techniques: Mapping[str, LimitOverride] | None = None
    ) -> Limits:
        """These limits with a receiver's overrides, by kind, and those of techniques by their name.

        The bands of all techniques change in proportion with that of ``too_fast``.

        Raises:
            ValueError: a warn that is not below its alarm.
        """
        new: dict[str, Limit | TechniqueBands] = {}
        ratios = (1.0, 1.0)
        for kind, override in overrides.items():
            table = self.of(FlagKind(kind)).model_dump()
            table.update(override.model_dump(exclude_none=True))
            try:
                limit = Limit.model_validate(table)
            except ValueError as error:
                raise ValueError(f"for {kind} {_reason(error)}") from error
            new[kind] = limit
            if kind == FlagKind.TOO_FAST:
                ratios = limit.warn / self.too_fast.warn, limit.alarm / self.too_fast.alarm
        if techniques or ratios != (1.0, 1.0):
            new["technique"] = self.technique.changed(ratios, techniques or {})
        return self.model_copy(update=new)

    def for_technique(self, name: str | None) -> Limits:
        """These limits with the speed of a technique; ``None``: as they are."""
        if name is None:
            return self
        band = getattr(self.technique, name)
        return self.model_copy(
            update={"too_fast": self.too_fast.model_copy(update={"warn": band.warn, "alarm": band.alarm})}
        )


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
