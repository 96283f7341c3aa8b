"""From a session's results, live, replayed or analysed, to what its score card is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slowhand.coach.score_compare import Earlier
from slowhand.coach.score_facts import SessionFacts, Tally
from slowhand.coach.techniques import technique_named
from slowhand.errors import SlowhandError
from slowhand.session.pipeline import Pipeline
from slowhand.session.results import Results
from slowhand.session.setup import Setup
from slowhand.session.store import SessionStore, StoredSession

ANSWERS = ("lighter", "right", "deeper", "stop")   # to "how is the pressure?"
LOOK_BACK = 10   # sessions: one that was like this one and longer ago says little about now


def new_tally(setup: Setup) -> Tally:
    """For the beginning of a session."""
    return Tally(setup.receiver.personal_limits().too_fast.warn)


def count(tally: Tally, pipeline: Pipeline, results: Results) -> None:
    """Add one block; what was told holds from a block's beginning on, so that it holds for all of it."""
    technique = technique_named(pipeline.coach.technique)
    unfelt = technique is not None and not technique.felt
    tally.add(results.touch, results.strokes, results.cues, unfelt)


def facts_of(tally: Tally, pipeline: Pipeline) -> SessionFacts:
    """What is known of the session so far; whole once the pipeline has ended."""
    coach = pipeline.coach
    return SessionFacts(
        mode=pipeline.mode.name.lower(),
        sums=tally.sums,
        strokes=tally.strokes,
        flags=pipeline.flags.flags(),
        silent_us=coach.silent_us,
        pacing=coach.pacing.session_figures(),
    )


def with_guide(facts: SessionFacts, figures: Mapping[str, Any]) -> SessionFacts:
    """The facts with what the guide knows besides: areas missed, uneven sides, and the receiver's answers.

    Args:
        figures: ``missed`` ([region, side] each), ``uneven`` (each with its ``words``), ``votes`` (each with its
            ``answer``). Areas are known with a strip alone; what is missing from ``figures`` stays unknown.
    """
    placed = facts.mode == "strip"
    missed, uneven, votes = (figures.get(name) for name in ("missed", "uneven", "votes"))
    return replace(
        facts,
        missed=tuple(area_words(*area) for area in missed) if placed and missed is not None else None,
        uneven=tuple(each["words"] for each in uneven) if placed and uneven is not None else None,
        votes=tuple(each["answer"] for each in votes if each["answer"] in ANSWERS) if votes is not None else None,
    )


def area_words(region: str, side: str) -> str:
    """An area as one says it: "left shoulder", "lower back, right"."""
    if region == "shoulders":
        return f"{side} shoulder"
    return f"{region if region in ('neck', 'sacrum') else f'{region} back'}, {side}"


def earlier_session(store: SessionStore, session_id: int) -> Earlier | None:
    """The latest session before ``session_id`` in the same mode and with feedback; ``None``: there is none.

    Only what is stored is read: its strokes and flags as they were found then.
    """
    try:
        infos = [info for info in store.list() if info.id <= session_id][: LOOK_BACK + 1]
        if not infos or infos[0].id != session_id:
            return None
        setup = infos[0].setup
        for info in infos[1:]:
            if info.setup.get("mode") != setup.get("mode") or not info.strokes:
                continue
            stored = store.read(info.id)
            if had_feedback(stored):
                same = limits_in(info.setup) == limits_in(setup)
                return Earlier(info.id, str(info.setup.get("mode")), stored.strokes, stored.flags, same)
    except SlowhandError:   # what cannot be read cannot be compared with; this session's own card stands without it
        return None
    return None


def had_feedback(stored: StoredSession) -> bool:
    """Whether the giver was told of what was found, from beginning to end."""
    told = [event.detail for event in stored.events if event.kind == "told"]
    silenced = any(each.get("kind") == "feedback" and each.get("value") is False for each in told)
    return stored.info.setup.get("feedback", True) is True and not silenced


def limits_in(setup: dict) -> object:
    """The receiver's own limits in a stored setup."""
    return (setup.get("receiver") or {}).get("limits")
