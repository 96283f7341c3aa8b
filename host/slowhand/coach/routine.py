"""The guided back rub, step by step: it follows what the hands do, suggests what comes next, and never forces."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.coach.areas import REGION_WORDS, SIDES, Area, in_words
from slowhand.coach.coverage import Coverage
from slowhand.coach.palpation import Palpation
from slowhand.coach.routine_plan import RoutinePlan, Step
from slowhand.errors import BadInputError

LONGEST_MINUTES = 180


@dataclass(frozen=True)
class StepDone:
    """One step as it stands: how far its aim is met, and how long it was the present one."""

    name: str
    done: bool
    progress: float     # 0 to 1
    spent_s: float


@dataclass(frozen=True)
class RoutineView:
    """The present step for the page.

    ``progress`` is ``None`` where nothing but the clock tells it. ``ready``: its aim is met, or its time is over; ``hint``
    says what is left or where the hands are.
    """

    running: bool
    finished: bool
    minutes: int
    by_clock: bool              # places are unknown in this mode: steps go by the clock and the giver's taps
    index: int
    step: Step
    next_title: str
    progress: float
    step_left_s: float
    left_s: float
    ready: bool
    hint: str


class Routine:
    """A causal state machine; it is looked at ten times a second of device time.

    Time in an area counts wherever and whenever the hand works there, also before the routine is begun. A step whose aim is
    met gives way when the hands have been where the next one is for ``follow_s``; one that is not, when they have worked
    elsewhere for ``wander_s``. Without places, steps change by their time or by the giver's taps.
    """

    def __init__(self, plan: RoutinePlan, coverage: Coverage, palpation: Palpation, by_clock: bool) -> None:
        self.plan, self._coverage, self._palpation = plan, coverage, palpation
        self.by_clock = by_clock
        self.minutes = round(plan.nominal_minutes)
        self.running = self.finished = False
        self.index = 0
        self.rest_s = 0.0
        self._spent_us = [0] * len(plan.step)
        self._elsewhere: tuple[int, int] = (-1, 0)   # which step the hands are at, and for how long
        self._progress = 0.0
        self._reckoned_us = -1

    @property
    def step(self) -> Step:
        """The present step."""
        return self.plan.step[self.index]

    # -- what a person says ------------------------------------------------------------------------------------------

    def hear(self, value: object) -> None:
        """"start", "stop", "next", "back", or ``{"minutes": 20}`` in all.

        Raises:
            BadInputError: anything else.
        """
        if isinstance(value, dict) and set(value) == {"minutes"}:
            self._take_minutes(value["minutes"])
        elif value == "start":
            self.running, self.finished = True, False
            self._go_to(0)
            self._spent_us = [0] * len(self.plan.step)
        elif value == "stop":
            self.running = False
        elif value in ("next", "back"):
            self._turn(1 if value == "next" else -1)
        else:
            raise BadInputError(f'step: found {value!r}, expected start, stop, next, back or {{"minutes": 20}}')

    def _take_minutes(self, minutes: object) -> None:
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= LONGEST_MINUTES:
            raise BadInputError(f"minutes: found {minutes!r}, expected a whole number from 1 to {LONGEST_MINUTES}")
        self.minutes, self._reckoned_us = minutes, -1

    def _turn(self, by: int) -> None:
        if not self.running:
            return
        if self.index + by >= len(self.plan.step):
            self.running, self.finished = False, True
        else:
            self._go_to(max(self.index + by, 0))

    def _go_to(self, index: int) -> None:
        self.index, self._elsewhere, self._reckoned_us = index, (-1, 0), -1

    # -- what the hands do -------------------------------------------------------------------------------------------

    def look(self, t_us: int, step_us: int, contact: bool, area: Area | None, resting: bool) -> None:
        """One look at the hands: ``step_us`` since the last one; ``area`` where they are, ``None`` where unknown."""
        if contact and resting:
            self.rest_s += 1e-6 * step_us
        if not self.running:
            return
        self._spent_us[self.index] += step_us
        if self._reckoned_us < 0 or t_us - self._reckoned_us >= 1_000_000:
            self._progress, self._reckoned_us = self._progress_of(self.index), t_us
        if self.by_clock:
            if self.step_left_s <= 0.0:
                self._turn(1)
            return
        if self.step.aim == "clock" and self.index == len(self.plan.step) - 1:
            return   # the last one ends when the giver says so
        if contact:
            self._follow(step_us, area)

    def _follow(self, step_us: int, area: Area | None) -> None:
        """The hands are in contact: are they still at this step?"""
        rule, at = self.plan.following, self._step_at(area)
        if at is None:
            return
        where, for_us = self._elsewhere
        if at == where:
            for_us += step_us
        else:   # a stroke that begins or ends across an edge does not make all forgotten
            for_us -= step_us
            if for_us <= 0:
                where, for_us = (at, step_us) if at != self.index else (-1, 0)
        self._elsewhere = (where, for_us)
        patience_s = rule.follow_s if self._over and where > self.index else rule.wander_s
        if for_us >= 1e6 * patience_s:
            self._go_to(where)

    @property
    def _over(self) -> bool:
        """Nothing keeps the hands at this step. Asking is done with hands off: hands that work have begun."""
        return self._progress >= 1.0 or self.step.aim == "clock" or self.step_left_s <= 0.0

    def _step_at(self, area: Area | None) -> int | None:
        """The step that the hands are at, as far as their place tells; ``None``: it does not."""
        here, after = self.step, self.index + 1
        if not here.regions and not self._over:   # settling and feeling are done anywhere
            return self.index
        if area is not None and area[0] in here.regions:
            return self.index
        if self._over and after < len(self.plan.step) and not self.plan.step[after].regions:
            return after
        if area is None:
            return None
        return next((i for i, step in enumerate(self.plan.step) if area[0] in step.regions), None)

    # -- how far it is -----------------------------------------------------------------------------------------------

    def seconds_of(self, step: Step) -> float:
        """What a step is given of the total, s."""
        return 60.0 * step.minutes * self.minutes / self.plan.nominal_minutes

    @property
    def step_left_s(self) -> float:
        """Of the present step's time."""
        return self.seconds_of(self.step) - 1e-6 * self._spent_us[self.index]

    def _side_progress(self, step: Step, side: str) -> tuple[float, float]:
        """Shares of the aimed time and of the aimed cover of one side."""
        areas = tuple((region, side) for region in step.regions)
        worked_s = sum(self._coverage.contact_s(area) for area in areas)
        aimed_s = 0.5 * step.share * self.seconds_of(step)
        return min(worked_s / aimed_s, 1.0), min(self._coverage.covered(areas) / step.cover, 1.0)

    def _progress_of(self, index: int) -> float:
        step = self.plan.step[index]
        if self.by_clock or step.aim == "clock":
            return min(1e-6 * self._spent_us[index] / self.seconds_of(step), 1.0)
        if step.aim == "rest":
            return min(self.rest_s / (step.share * self.seconds_of(step)), 1.0)
        if step.aim == "pairs":
            return min(len(self._palpation.pairs) / step.pairs, 1.0)
        return 0.5 * sum(min(self._side_progress(step, side)) for side in SIDES)

    def steps(self) -> tuple[StepDone, ...]:
        """Every step as it stands."""
        return tuple(
            StepDone(step.name, self._progress_of(i) >= 1.0, self._progress_of(i), 1e-6 * self._spent_us[i])
            for i, step in enumerate(self.plan.step)
        )

    def view(self) -> RoutineView:
        """For the page."""
        after = self.index + 1
        following = self.plan.step[after:]
        left_s = max(self.step_left_s, 0.0) + sum(map(self.seconds_of, following))
        ready = self._progress >= 1.0 or self.step_left_s <= 0.0
        return RoutineView(
            self.running, self.finished, self.minutes, self.by_clock, self.index, self.step,
            following[0].title if following else "", self._progress, self.step_left_s, left_s,
            self.running and ready, self._hint(ready) if self.running else "",
        )

    def _hint(self, ready: bool) -> str:
        where, for_us = self._elsewhere
        step = self.step
        if self._progress >= 1.0 and step.aim == "area":
            return "Both sides have had enough."
        if where >= 0 and for_us >= 1e6 * self.plan.following.note_s and not self.by_clock:
            regions = self.plan.step[where].regions
            return f"Your hands are at the {REGION_WORDS[regions[0]]}." if regions else ""
        if step.aim != "area" or self.by_clock:
            return ""
        if ready or self.step_left_s < 0.5 * self.seconds_of(step):
            return self._what_is_left(step)
        return ""

    def _what_is_left(self, step: Step) -> str:
        lacking = {side: self._side_progress(step, side) for side in SIDES}
        side = min(SIDES, key=lambda side: min(lacking[side]))
        time, cover = lacking[side]
        if min(time, cover) >= 1.0:
            return ""
        place = in_words((step.regions[0], side)).capitalize()
        return f"{place}: {'more time' if time < cover else 'not everywhere yet'}."
