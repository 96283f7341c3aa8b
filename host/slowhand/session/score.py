"""From a session's results, live, replayed or analysed, to what its score card is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from slowhand.coach.areas import in_words
from slowhand.coach.flag import Flag, FlagKind
from slowhand.coach.pacing import DEFAULT_TECHNIQUE
from slowhand.coach.score_compare import Earlier
from slowhand.coach.score_facts import SessionFacts, Tally
from slowhand.coach.techniques import technique_named
from slowhand.coach.votes import ANSWERS, Vote
from slowhand.errors import SlowhandError
from slowhand.session.pipeline import Pipeline
from slowhand.session.results import Results
from slowhand.session.store import SessionStore, StoredSession

GRACE_US = 2_000_000   # within which a hand has grown lighter that was asked to
LOOK_BACK = 10   # sessions: one that was like this one and longer ago says little about now


def count(tally: Tally, pipeline: Pipeline, results: Results) -> None:
    """Add one block; what was told holds from a block's beginning on, so that it holds for all of it."""
    technique = technique_named(pipeline.coach.technique)
    unfelt = technique is not None and not technique.felt
    tally.add(results.touch, pipeline.coach.pace_warn_cm_s, results.strokes, results.cues, unfelt)


def facts_of(tally: Tally, pipeline: Pipeline) -> SessionFacts:
    """What is known of the session so far; whole once the pipeline has ended."""
    coach = pipeline.coach
    facts = SessionFacts(
        mode=pipeline.mode.name.lower(),
        sums=tally.sums,
        strokes=tally.strokes,
        flags=without_grace(pipeline.flags.flags(), coach.guide.answers.votes),
        most_n=tally.most_n,
        deep_at_once=coach.deep_at_once,
        silent_us=coach.silent_us,
        pacing=coach.pacing.session_figures(),
    )
    return with_guide(facts, coach.guide.figures())


def without_grace(flags: Sequence[Flag], votes: Sequence[Vote]) -> tuple[Flag, ...]:
    """The flags but those of a hand that was asked to be lighter where it lay, and soon was.

    The place has its limit at once, so that the flag is right; but the giver has done what was asked.
    """
    asked_us = [vote.t_us for vote in votes if vote.answer in ("lighter", "stop")]

    def granted(flag: Flag) -> bool:
        end_us = flag.end_us
        return end_us is not None and any(asked <= flag.raised_us <= end_us <= asked + GRACE_US for asked in asked_us)

    return tuple(flag for flag in flags if flag.kind is not FlagKind.SENSITIVE_PRESSURE or not granted(flag))


def with_guide(facts: SessionFacts, figures: Mapping[str, Any]) -> SessionFacts:
    """The facts with what the guide knows besides: areas missed, uneven sides, and the receiver's answers.

    Args:
        figures: ``missed`` ([region, side] each), ``uneven`` (each with its ``words``), ``votes`` (each with its
            ``answer``), ``even_s``. Areas are known with a strip alone; what is missing from ``figures`` stays unknown.
    """
    placed = facts.mode == "strip"
    missed, uneven, votes = (figures.get(name) for name in ("missed", "uneven", "votes"))
    return replace(
        facts,
        missed=tuple(in_words((region, side)) for region, side in missed) if placed and missed is not None else None,
        uneven=tuple(each["words"] for each in uneven) if placed and uneven is not None else None,
        even_s=figures.get("even_s") if placed else None,
        votes=tuple(each["answer"] for each in votes if each["answer"] in ANSWERS) if votes is not None else None,
    )


def earlier_session(store: SessionStore, session_id: int) -> Earlier | None:
    """The latest session before ``session_id`` in the same mode and with feedback; ``None``: there is none.

    Only what is stored is read: its strokes and flags as they were found then.
    """
    try:
        infos = [info for info in store.list() if info.id <= session_id][: LOOK_BACK + 1]
        if not infos or infos[0].id != session_id:
            return None
        setup, own = infos[0].setup, techniques_of(store.read(session_id))
        for info in infos[1:]:
            if info.setup.get("mode") != setup.get("mode") or not info.strokes:
                continue
            stored = store.read(info.id)
            if had_feedback(stored):
                same = limits_in(info.setup) == limits_in(setup) and len(own) == 1 and own == techniques_of(stored)
                return Earlier(info.id, str(info.setup.get("mode")), stored.strokes, stored.flags, same)
    except SlowhandError:   # what cannot be read cannot be compared with; this session's own card stands without it
        return None
    return None


def had_feedback(stored: StoredSession) -> bool:
    """Whether the giver was told of what was found, from beginning to end."""
    told = [event.detail for event in stored.events if event.kind == "told"]
    silenced = any(each.get("kind") == "feedback" and each.get("value") is False for each in told)
    return stored.info.setup.get("feedback", True) is True and not silenced


def techniques_of(stored: StoredSession) -> set[str]:
    """What the giver worked with; the pace is judged by it. Without a word it is judged as the palm's."""
    told = [event.detail for event in stored.events if event.kind == "told" and event.detail.get("kind") == "technique"]
    found = {str(each.get("value") or DEFAULT_TECHNIQUE) for each in told}
    from_the_beginning = bool(told) and told[0].get("after_us") is None
    return found if from_the_beginning else found | {DEFAULT_TECHNIQUE}


def limits_in(setup: dict) -> object:
    """The receiver's own limits in a stored setup."""
    return (setup.get("receiver") or {}).get("limits")
