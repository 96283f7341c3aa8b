"""The guided back rub and its numbers, as ``routine.toml`` writes them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slowhand.coach.limits import Milliseconds, Positive, Share
from slowhand.settings import read_toml
from slowhand.strokes.stroke import Kind

Region = Literal["neck", "shoulders", "upper", "middle", "lower", "sacrum"]
Pair = tuple[Positive, Positive]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sourced(_Table):
    source: str
    note: str


class Step(_Table):
    """One step of the routine. What is done in it counts by its ``aim`` (see ``routine.toml``)."""

    name: str
    title: str
    words: str
    aim: Literal["clock", "rest", "pairs", "area"]
    minutes: Positive
    regions: tuple[Region, ...] = ()
    kinds: tuple[Kind, ...] = ()
    pace: str = ""
    pace_cm_s: Positive | None = None
    pace_per_min: Positive | None = None
    share: Share = 0.5
    cover: Share = 0.5
    pairs: Annotated[int, Field(strict=True, gt=0)] = 3

    @model_validator(mode="after")
    def _area_has_regions(self) -> Step:
        if (self.aim == "area") != bool(self.regions):
            raise ValueError(f"regions for an aim of \"area\", and for no other; step {self.name} has not")
        return self


class Following(_Sourced):
    look_ms: Milliseconds
    rest_cm_s: Positive
    follow_s: Positive
    wander_s: Positive
    note_s: Positive


class CoverageRule(_Sourced):
    cell_mm: Positive
    top_mm: Positive
    bottom_share: Positive
    worked_s: Positive
    every_ms: Milliseconds
    missed_share: Share
    uneven_share: Share
    uneven_least_s: Positive
    reach: tuple[tuple[float, Positive], ...]


class PalpationRule(_Sourced):
    mirror_mm: Pair
    within_s: Positive
    shortest_s: Positive
    longest_s: Positive
    slow_cm_s: Positive
    least_n: Positive
    midline_mm: Positive
    sink_sigma_mm: Positive
    sink_least_mm: Positive
    sure_sigmas: Positive
    least_share: Share
    height_sigma_mm: Positive


class VoteRule(_Sourced):
    after_s: Positive
    moderate_n: Positive
    again_s: Positive
    same_area_s: Positive
    unplaced_after_s: Positive
    calm_s: Positive
    open_s: Positive
    recall_s: Positive
    recall_within_s: Positive
    lighter_share: Share
    lighter_least_n: Positive
    deeper_share: Annotated[float, Field(strict=True, gt=1)]
    radius_mm: Pair
    holds_share: Share
    off_limits_n: Positive


class SoreRule(_Sourced):
    radius_mm: Positive
    max_n: Positive


class RoutinePlan(_Sourced):
    """All of ``routine.toml``."""

    nominal_minutes: Positive
    totals: tuple[Annotated[int, Field(strict=True, gt=0)], ...]
    step: tuple[Step, ...]
    following: Following
    coverage: CoverageRule
    palpation: PalpationRule
    votes: VoteRule
    sore: SoreRule

    @model_validator(mode="after")
    def _minutes_add_up(self) -> RoutinePlan:
        total = sum(step.minutes for step in self.step)
        if abs(total - self.nominal_minutes) > 1e-6:
            raise ValueError(f"steps whose minutes add up to {self.nominal_minutes:g}; they make {total:g}")
        return self


@cache
def shipped_routine() -> RoutinePlan:
    """The routine that comes with the product."""
    with resources.as_file(resources.files("slowhand.coach") / "routine.toml") as file:
        return read_toml(file, RoutinePlan)
