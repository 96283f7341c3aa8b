"""The guided back rub as one part of the coach: routine, coverage, palpation, and what people say about places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from slowhand.coach.areas import Area, in_words
from slowhand.coach.coverage import Coverage
from slowhand.coach.limits import PaceDefaults
from slowhand.coach.pacing import DEFAULT_TECHNIQUE, GLIDE, KNEAD, PaceTarget
from slowhand.coach.palpation import Palpation
from slowhand.coach.recall import Pressed, Recall
from slowhand.coach.receiver import Receiver
from slowhand.coach.routine import Routine, RoutineView
from slowhand.coach.routine_plan import RoutinePlan, shipped_routine
from slowhand.coach.votes import ANSWERS, STOP, Adapted, Answers, Asking, Question, Vote
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import GloveProfile
from slowhand.strokes.stroke import Stroke

KINDS = ("step", "vote", "sore")   # of what is told
HOLE_LOOKS = 3                     # so many looks missed: rows are missing, and nothing is credited
SHOWN_EVERY_US = 500_000
STOP_SHOWN_US = 12_000_000         # the line stays for so long after the word
CALM_CM_S = 20.0                   # nobody is asked in the middle of a hurry


@dataclass(frozen=True)
class GuideNow:
    """All of the guide for the page; made anew at most twice a second, or when something was said."""

    routine: RoutineView
    levels: tuple[int, ...]          # per cell, row by row from the head: 0 untouched, 1 a little, 2 worked
    missed: tuple[str, ...]          # in words; once the routine is beyond them, or at its end
    uneven: tuple[str, ...]
    unknown_s: float
    question: Question | None
    adapted: tuple[Adapted, ...]
    everywhere_n: float | None
    stopped: bool
    last_vote: Vote | None
    palpation: tuple[str, ...]


class Guide:
    """Looks at the hands ten times a second of device time, and at cells and presses with every row."""

    def __init__(
        self, profile: GloveProfile, receiver: Receiver, mode: Mode, plan: RoutinePlan | None = None
    ) -> None:
        self.plan = plan or shipped_routine()
        self._placed = mode is Mode.STRIP
        self.coverage = Coverage(profile, receiver, self.plan.coverage)
        self.palpation = Palpation(self.plan.palpation, receiver.back_length_mm)
        self.routine = Routine(self.plan, self.coverage, self.palpation, by_clock=not self._placed)
        self.answers = Answers(receiver, self.plan)
        self.answers.placed = self._placed
        self.asking = Asking(self.plan)
        self._recall = Recall(self.plan.votes)
        self.due_us = 0                  # of the next look
        self._look_us = 1000 * self.plan.following.look_ms
        self._looked_us: int | None = None
        self._area: Area | None = None   # where the hand was last in contact
        self._deeper: list[tuple[tuple[float, float], float]] = []
        self._from = 0                   # rows of the block at hand that cells and presses have seen
        self._said = 0
        self._shown: tuple[tuple, GuideNow] | None = None

    # -- what people say ---------------------------------------------------------------------------------------------

    def hear(self, kind: str, value: object) -> None:
        """One of ``KINDS``.

        Raises:
            BadInputError: not a value of that kind.
        """
        if kind == "step":
            self.routine.hear(value)
        elif kind == "sore":
            self.answers.mark_sore(value)
        else:
            self._hear_vote(value)
        self._said += 1

    def _hear_vote(self, value: object) -> None:
        t_us = self._looked_us or 0
        question, pressed = self.asking.question, self._recall.pressed(t_us)
        area = self._area
        if question is not None and value in ANSWERS:   # it names a place, and that is what the answer is about
            late = pressed is None or t_us - pressed.t_us > 1e6 * self.plan.votes.recall_s
            if late or (area != question.area and value != STOP):   # "stop" is about the hand, wherever it is by now
                pressed, area = question.about, question.area
        vote = self.answers.hear(value, t_us, pressed, area)
        self.asking.answered(t_us, self._area if self._placed else None)
        if vote.answer == "deeper" and vote.place is not None and vote.force_n is not None:
            place = vote.place
            self._deeper.append(((place.x_mm, place.y_mm), self.plan.votes.deeper_share * vote.force_n))

    def take_deeper(self) -> list[tuple[tuple[float, float], float]]:
        """Places where more is wanted than the ramp advises, and how much, N; each once."""
        taken, self._deeper = self._deeper, []
        return taken

    def go_on_in(self, mode: Mode) -> None:
        """Another mode from the next row on; all that was said and counted stays."""
        self._placed = self.answers.placed = mode is Mode.STRIP
        self.routine.by_clock = not self._placed

    # -- what the hands do -------------------------------------------------------------------------------------------

    def take(self, touch: np.ndarray, strokes: Sequence[Stroke]) -> None:
        """The rest of a block (TOUCH_DTYPE) after its looks, and the strokes that ended with it."""
        self._advance(touch, len(touch))
        self._from = 0
        if strokes:
            self.palpation.strokes(strokes)

    def _advance(self, touch: np.ndarray, until: int) -> None:
        rows = touch[self._from : until]
        self._from = until
        if self._placed and len(rows):
            self.coverage.process(rows)
            self.palpation.process(rows)

    def look(self, touch: np.ndarray, i: int, flagged: bool, may_ask: bool) -> None:
        """Row ``i`` of a block: the looks before it and at it were not due. ``flagged``: a flag is open."""
        self._advance(touch, i + 1)
        row = touch[i]
        t_us = int(row["t_us"])
        before_us, self._looked_us, self.due_us = self._looked_us, t_us, t_us + self._look_us
        step_us = t_us - before_us if before_us is not None else 0
        step_us = step_us if step_us <= HOLE_LOOKS * self._look_us else 0
        if row["phase"] != Phase.RUNNING:
            return
        contact, speed, total_n = bool(row["contact"]), float(row["speed_cm_s"]), float(row["total_n"])
        area, placed = None, False
        if contact:
            x_mm, y_mm = row["cop_mm"].tolist()
            placed = bool(row["located"]) and math.isfinite(x_mm) and math.isfinite(y_mm)
            area = self.coverage.contact(step_us, (x_mm, y_mm) if placed else None, float(row["sigma_mm"][0]))
            self._area = area
            self._recall.note(row, t_us, total_n, placed)
        resting = speed < self.plan.following.rest_cm_s
        self.routine.look(t_us, step_us, contact, area, resting)
        calm = may_ask and contact and not flagged and not row["total_at_least"] and not speed > CALM_CM_S
        worked_us, force_n = (step_us, total_n) if contact else (0, 0.0)
        self.asking.look(t_us, worked_us, area, placed, force_n, flagged, calm, self._recall.pressed)

    def pace(self, defaults: PaceDefaults) -> PaceTarget | None:
        """The pace of the present step, for an automatic pulse; ``None``: it has none, or the routine does not run."""
        step = self.routine.step
        if self.routine.running and step.pace_per_min is not None:
            return PaceTarget(KNEAD, step.pace_per_min)
        if self.routine.running and step.pace_cm_s is not None:
            return PaceTarget(GLIDE, step.pace_cm_s, defaults.glide_mm[DEFAULT_TECHNIQUE])
        return None

    # -- what it shows and leaves behind -----------------------------------------------------------------------------

    def pressed(self) -> Pressed | None:
        """What was pressed lately, and so what an answer now would be about."""
        return self._recall.pressed(self._looked_us or 0)

    def says_stop(self, t_us: int) -> bool:
        """Whether "hands off, ask" is the one thing to say now: just said, or nobody knows where it holds."""
        answers = self.answers
        if not answers.stopped:
            return False
        said_us = next((vote.t_us for vote in reversed(answers.votes) if vote.answer == "stop"), None)
        return answers.stopped_everywhere or (said_us is not None and t_us - said_us <= STOP_SHOWN_US)

    def now(self) -> GuideNow:
        """For the page, after the last row."""
        question = self.asking.question
        key = ((self._looked_us or 0) // SHOWN_EVERY_US, self._said, self.routine.index, question)
        if self._shown is None or self._shown[0] != key:
            self._shown = (key, self._now())
        return self._shown[1]

    def _now(self) -> GuideNow:
        seconds, rule = self.coverage.seconds(), self.plan.coverage
        levels = np.where(self.coverage.grid.area < 0, 0, (seconds >= 0.3 * rule.worked_s) + 0 + (seconds >= rule.worked_s))
        answers = self.answers
        return GuideNow(
            self.routine.view(), tuple(levels.ravel().tolist()), tuple(map(in_words, self._missed_by_now())),
            tuple(uneven.words for uneven in self.coverage.uneven()), self.coverage.unknown_s, self.asking.question,
            answers.adapted, answers.everywhere_n, answers.stopped, answers.votes[-1] if answers.votes else None,
            tuple(compared.words for compared in self.palpation.comparisons()),
        )

    def _missed_by_now(self) -> tuple[Area, ...]:
        """Areas of steps that the routine has left behind, hardly touched."""
        routine = self.routine
        if not self._placed or not (routine.running or routine.finished):
            return ()
        behind = self.plan.step if routine.finished else self.plan.step[: routine.index]
        regions = {region for step in behind for region in step.regions}
        return tuple(area for area in self.coverage.missed() if area[0] in regions)

    def figures(self) -> dict[str, Any]:
        """The whole session's figures, fit for JSON: what summary.json says, and a score card may use."""
        coverage, routine = self.coverage, self.routine
        return {
            "areas": [
                {
                    "region": work.area[0], "side": work.area[1], "contact_s": round(work.contact_s, 1),
                    "covered": round(work.covered, 3),
                    "mean_n": None if work.mean_n is None else round(work.mean_n, 2),
                }
                for work in coverage.areas()
            ] if self._placed else [],
            "unknown_s": round(coverage.unknown_s, 1),
            "missed": [list(area) for area in coverage.missed()] if self._placed else [],
            "even_s": round(coverage.even_s(), 1) if self._placed else None,
            "uneven": [asdict(uneven) | {"words": uneven.words} for uneven in coverage.uneven()],
            "routine": {
                "used": routine.running or routine.finished or any(step.spent_s > 0.0 for step in routine.steps()),
                "minutes": routine.minutes,
                "by_clock": routine.by_clock,
                "finished": routine.finished,
                "steps": [asdict(step) for step in routine.steps()],
            },
            "votes": [_as_dict(vote) for vote in self.answers.votes],
            "asked": self.asking.asked,
            "places": [it.place.model_dump() | {"why": it.why, "earlier": it.earlier} for it in self.answers.adapted],
            "everywhere_n": self.answers.everywhere_n,
            "palpation": [asdict(compared) | {"words": compared.words} for compared in self.palpation.comparisons()],
        }


def _as_dict(vote: Vote) -> dict[str, Any]:
    return {
        "t_us": vote.t_us, "answer": vote.answer, "force_n": None if vote.force_n is None else round(vote.force_n, 2),
        "place": vote.place.model_dump(exclude={"max_n"}) if vote.place else None, "max_n": vote.max_n,
        "area": list(vote.area) if vote.area else None, "everywhere": vote.place is None,
    }
