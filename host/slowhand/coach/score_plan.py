"""The score card's numbers and words: read from ``score_card.toml``."""

from __future__ import annotations

from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slowhand.settings import read_toml

SAFETY = ("spine", "neck", "kidney", "sore", "hard", "unplaced", "asked")
PRACTISED = (*SAFETY, "fast", "knead", "pulse", "even", "missed", "sides", "ramp", "place", "feel", "again", "longer")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JudgeRules(_Table):
    """From where on something may be said; see ``score_card.toml`` for each number."""

    short_s: float = Field(gt=0)
    known_share: float = Field(gt=0, le=1)
    mention_share: float = Field(gt=0, lt=1)
    glides_least: int = Field(ge=2)
    slow_cm_s: float = Field(gt=0)
    even_least: float = Field(gt=0, lt=1)
    even_odd: float = Field(gt=0, lt=1)
    turns_least: int = Field(ge=2)
    with_least: float = Field(gt=0, le=1)
    rate_off_pct: float = Field(gt=0)
    waiting_s: float = Field(gt=0)
    whole_s: float = Field(gt=0)
    ramp_least: int = Field(ge=1)
    fewer_least: int = Field(ge=1)
    fewer_share: float = Field(gt=0, lt=1)
    differs_cm_s: float = Field(gt=0)
    differs_sigmas: float = Field(gt=0)
    earlier_s: float = Field(gt=0)
    well_most: int = Field(ge=1)
    units: dict[str, str]
    source: str = Field(min_length=1)
    note: str = Field(pattern="not a clinical limit")


class Topic(_Table):
    """What is said about one thing; empty: never said."""

    practise: str = ""
    why: str = ""
    well: str = ""
    well_enough: str = ""


class ScorePlan(_Table):
    """All of ``score_card.toml``."""

    judge: JudgeRules
    topic: dict[str, Topic]

    @model_validator(mode="after")
    def _every_topic_has_its_words(self) -> ScorePlan:
        for name in PRACTISED:
            topic = self.topic.get(name)
            if topic is None or not (topic.practise and topic.why):
                raise ValueError(f"topic.{name} needs the words `practise` and `why`")
        return self


@cache
def score_plan() -> ScorePlan:
    """The shipped one."""
    with resources.as_file(resources.files("slowhand.coach") / "score_card.toml") as file:
        return read_toml(file, ScorePlan)
