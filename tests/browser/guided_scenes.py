"""Scenes of the guided back rub for the scripted session: its card, what was covered, and the question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from slowhand.coach.areas import AREAS, grid_for
from slowhand.coach.receiver import Receiver
from slowhand.coach.routine_plan import shipped_routine
from slowhand.session.live_state import GuideView, LiveState, PlaceMark, SoreView

PLAN = shipped_routine()
GRID = grid_for(Receiver(), PLAN.coverage)


def covered(*regions: str) -> tuple[int, ...]:
    """Cells of some regions, worked; those at an area's rim only a little."""
    wanted = np.isin(GRID.area, [i for i, (region, _) in enumerate(AREAS) if region in regions])
    level = np.where(wanted, 2, 0)
    level[:, ::5] = np.minimum(level[:, ::5], 1)
    return tuple(level.ravel().tolist())


def at_step(index: int, **changes: object) -> GuideView:
    """The card at a step of the shipped routine."""
    step = PLAN.step[index]
    after = PLAN.step[index + 1].title if index + 1 < len(PLAN.step) else ""
    view = GuideView(
        running=True, finished=False, by_clock=False, minutes=20, totals=PLAN.totals, index=index, count=len(PLAN.step),
        title=step.title, words=step.words, kinds=tuple(kind.value for kind in step.kinds), pace=step.pace, progress=0.55,
        step_left_s=95.0, left_s=840.0, ready=False, next_title=after, hint="", cells=covered("shoulders"),
        columns=GRID.shape[1], cell_mm=GRID.cell_mm, top_mm=float(GRID.y_mm[0]) - GRID.cell_mm / 2, missed=(), uneven=(),
        unknown_s=0.0, question=None, marks=(), everywhere_n=None, stopped=False, answered="", palpation=(),
    )  # fmt: skip
    return replace(view, **changes)


FELT = ("Upper back: left feels firmer (maybe), by 38 ± 19 %.",)
LIGHTER = PlaceMark(92.0, 150.0, 55.0, 9.0, "lighter", False)
STOPPED = PlaceMark(-70.0, 300.0, 60.0, 1.0, "stop", False)
JUST_RIGHT = "Just right here."
EARLIER = PlaceMark(70.0, 330.0, 45.0, 9.0, "lighter", True)
READY = at_step(
    4, progress=1.0, ready=True, hint="Both sides have had enough.", missed=("right shoulder",), unknown_s=40.0,
    uneven=("right shoulder: 34 s against 81 s",), palpation=FELT, cells=covered("upper"),
)


def _guided(view: GuideView, **changes: object) -> Callable[[LiveState], LiveState]:
    def scene(calm: LiveState) -> LiveState:
        marks = tuple(
            SoreView(it.x_mm, it.y_mm, it.radius_mm, it.max_n, f"{it.why}, last time" if it.earlier else it.why)
            for it in view.marks
        )
        return replace(calm, guide=view, **({"sensitive": marks} | changes))
    return scene


GUIDED: dict[str, Callable[[LiveState], LiveState]] = {
    "guide_offered": _guided(at_step(0, running=False, cells=covered())),
    "guide_step": _guided(at_step(3)),
    "guide_ready": _guided(READY),
    "guide_asked": _guided(at_step(4, question="upper back, left", marks=(EARLIER,))),
    "guide_asked_nowhere": _guided(at_step(4, question="")),
    "guide_stopped": _guided(at_step(5, stopped=True, marks=(STOPPED, LIGHTER),
                                     answered="Off limits here, until you lift it.")),
    "guide_answered": _guided(at_step(4, answered=JUST_RIGHT)),
    "guide_refusing": _guided(at_step(4, answered=JUST_RIGHT)),
    "guide_asked_again": _guided(at_step(4, answered=JUST_RIGHT, question="left shoulder")),
    "guide_clock": lambda calm: replace(_guided(at_step(4, by_clock=True, cells=covered()))(calm), mode="force",
                                        choosing=True, strip_y_mm=(), hand=replace(calm.hand, located=False)),
    "guide_replayed": _guided(replace(READY, may_tell=False)),
}


def guided_as_told(calm: LiveState, told: dict[str, object]) -> LiveState:
    """What the page has told, as a session would show it."""
    view = calm.guide
    if view is None:
        return calm
    if told.get("vote") == "lighter":
        view = replace(view, question=None, marks=(*view.marks, LIGHTER), answered="Lighter here: at most 9 N from now on.")
    if told.get("vote") == "right":
        view = replace(view, question=None, answered=JUST_RIGHT)
    if told.get("vote") == "stop":
        view = replace(view, question=None, marks=(*view.marks, STOPPED), stopped=True,
                       answered="Off limits here, until you lift it.")
    if told.get("vote") == "lift":
        view = replace(view, stopped=False, marks=(), answered="Off limits no more: begin lightly.")
    if told.get("step") == "start":
        view = replace(view, running=True)
    if told.get("step") == "next":
        view = at_step(view.index + 1)
    sore = told.get("sore")
    if isinstance(sore, dict):
        view = replace(view, marks=(*view.marks, PlaceMark(sore["x_mm"], sore["y_mm"], 40.0, 5.0, "sore", False)))
    return _guided(view)(calm)
