"""The guide's part of the page's picture."""

from __future__ import annotations

from slowhand.coach.areas import in_words
from slowhand.coach.guide import Guide
from slowhand.coach.judged import named_places
from slowhand.coach.receiver import Receiver
from slowhand.coach.votes import Adapted, Question, Vote
from slowhand.session.live_state import GuideView, PlaceMark, SoreView


def guide_view(guide: Guide, may_tell: bool) -> GuideView:
    """The guide as it stands after the last row."""
    now, grid = guide.now(), guide.coverage.grid
    routine = now.routine
    step = routine.step
    return GuideView(
        running=routine.running,
        finished=routine.finished,
        by_clock=routine.by_clock,
        minutes=routine.minutes,
        totals=guide.plan.totals,
        index=routine.index,
        count=len(guide.plan.step),
        title=step.title,
        words=step.words,
        kinds=tuple(kind.value for kind in step.kinds),
        pace=step.pace,
        progress=routine.progress,
        step_left_s=routine.step_left_s,
        left_s=routine.left_s,
        ready=routine.ready,
        next_title=routine.next_title,
        hint=routine.hint,
        cells=now.levels,
        columns=grid.shape[1],
        cell_mm=grid.cell_mm,
        top_mm=float(grid.y_mm[0]) - grid.cell_mm / 2,
        missed=now.missed,
        uneven=now.uneven,
        unknown_s=now.unknown_s,
        question=_about(now.question) if may_tell else None,
        marks=tuple(map(_mark, now.adapted)),
        everywhere_n=now.everywhere_n,
        stopped=now.stopped,
        answered=_answered(now.last_vote),
        palpation=now.palpation,
        may_tell=may_tell,
    )


def _mark(it: Adapted) -> PlaceMark:
    return PlaceMark(it.place.x_mm, it.place.y_mm, it.place.radius_mm, it.place.max_n, it.why, it.earlier)


def sore_views(receiver: Receiver, guide: Guide | None) -> tuple[SoreView, ...]:
    """Every sore place, the receiver's own first, with what it is called on the map."""
    told = guide.answers.in_force if guide else ()
    return tuple(
        SoreView(p.x_mm, p.y_mm, p.radius_mm, p.max_n, words) for p, words in named_places(receiver, told)
    )


def _about(question: Question | None) -> str | None:
    if question is None:
        return None
    return in_words(question.area) if question.area is not None and question.area[1] != "centre" else ""


def _answered(vote: Vote | None) -> str:
    """What an answer has changed, in one line."""
    if vote is None:
        return ""
    here = "here" if vote.place is not None else "everywhere, as the place was not known"
    if vote.answer == "lighter":
        return f"Lighter {here}: at most {vote.max_n:.0f} N from now on."
    if vote.answer == "stop":
        return f"Off limits {here}, until you lift it."
    if vote.answer == "deeper":
        return f"Deeper is welcome {here}. Spine, neck and kidneys keep their limits."
    return "Off limits no more: begin lightly." if vote.answer == "lift" else f"Just right {here}."
