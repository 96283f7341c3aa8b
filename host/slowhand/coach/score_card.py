"""The score card after a session: what went well, the one thing to practise next, and what could not be judged.

No grades: sentences, each with the figures that it rests on. What is not known is neither praised nor blamed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from slowhand.coach.score_compare import Earlier, compared_with
from slowhand.coach.score_facts import SessionFacts
from slowhand.coach.score_plan import ScorePlan, score_plan
from slowhand.coach.score_practise import to_practise
from slowhand.coach.score_unjudged import not_judged
from slowhand.coach.score_well import went_well
from slowhand.coach.score_words import Sentence, time_words

NO_CLINICAL_LIMIT = "None of these figures is a clinical limit, and the card is no grade."


@dataclass(frozen=True)
class ScoreCard:
    """One session in plain words; it depends on nothing but the session's facts (and the one it is compared with)."""

    mode: str                        # "strip", "motion", "force"
    contact_s: float                 # after the start procedure
    practice: bool                   # without feedback: a test of what was learned
    headline: str
    well: tuple[Sentence, ...]       # at most three; empty when the session was too short to praise
    practise: Sentence               # the one thing, and why
    compared: tuple[Sentence, ...]   # with an earlier session; empty where nothing can be told
    unjudged: tuple[Sentence, ...]   # what could not be judged, and why
    note: str = NO_CLINICAL_LIMIT

    def as_dict(self) -> dict[str, Any]:
        """As it comes back from JSON: lists, no tuples."""
        return asdict(self, dict_factory=_plain)


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in pairs}


def score_card(facts: SessionFacts, earlier: Earlier | None = None, plan: ScorePlan | None = None) -> ScoreCard:
    """The card of a session; ``earlier`` is the one to compare it with."""
    plan = plan or score_plan()
    short = facts.contact_s < plan.judge.short_s
    return ScoreCard(
        facts.mode,
        round(facts.contact_s, 3),
        facts.practice,
        _headline(facts, short),
        () if short else went_well(facts, plan),
        to_practise(facts, plan, short),
        () if short or earlier is None else compared_with(facts, earlier, plan.judge),
        not_judged(facts, plan.judge, short),
    )


def _headline(facts: SessionFacts, short: bool) -> str:
    if not facts.contact_s > 0.0:
        return "No touch was recorded."
    time = time_words(facts.contact_s)
    if facts.practice:
        return f"A test without feedback: {time} on the back."
    if short:
        return f"A short one: {time} on the back."
    return f"{time.capitalize()} on the back."
