""""How is the pressure?": when to ask, and what the answer changes, at once and for that place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeGuard, get_args

from slowhand.coach.areas import Area
from slowhand.coach.limits import LimitOverride, Limits
from slowhand.coach.recall import Pressed
from slowhand.coach.receiver import Receiver, RememberedPlace, SensitivePlace, Why
from slowhand.coach.routine_plan import RoutinePlan
from slowhand.errors import BadInputError

STOP: Literal["stop"] = "stop"
ANSWERS = ("lighter", "right", "deeper", STOP)
LIFT = "lift"              # "stop" is over
FORGET = "forget"          # what earlier sessions knew of this receiver
PLACE_LIMIT_MM = 1000.0    # as in receiver.toml


@dataclass(frozen=True)
class Vote:
    """One answer, and what it holds for.

    ``place`` is ``None`` where the place was not known: then it holds everywhere. ``force_n`` is the total that was used,
    ``max_n`` what may be pressed from now on (``None``: nothing has changed).
    """

    t_us: int
    answer: str
    force_n: float | None
    place: SensitivePlace | None
    max_n: float | None
    area: Area | None


@dataclass(frozen=True)
class Question:
    """An open question, and what it is about."""

    asked_us: int
    area: Area | None
    about: Pressed


@dataclass(frozen=True)
class Adapted:
    """A place with a limit from an answer or a tap: "lighter", "stop", or "sore"."""

    place: SensitivePlace
    why: Why
    earlier: bool = False    # from a session before this one


class Answers:
    """Everything that was said about places and pressure, and the limits that follow from it.

    The receiver's own file is never loosened: answers add places and lower limits, and take back only their own.
    """

    def __init__(self, receiver: Receiver, plan: RoutinePlan) -> None:
        self._rule, self._sore = plan.votes, plan.sore
        self._base = receiver
        self._places = [Adapted(it.bare(), it.why, earlier=True) for it in receiver.remembered]
        self._lighter_n: float | None = None    # "lighter" at a place that was not known
        self._stop_everywhere = False           # and "stop"
        self.placed = True      # places are known in this mode: else what was said of one in this session holds everywhere
        self._settled: tuple[bool, float | None] = (False, None)   # both, when the last recording ended
        self.votes: list[Vote] = []

    # -- what holds now ----------------------------------------------------------------------------------------------

    @property
    def adapted(self) -> tuple[Adapted, ...]:
        """Places with limits of their own, in the order in which they were named."""
        return tuple(self._places)

    @property
    def everywhere_n(self) -> float | None:
        """The total that may be pressed anywhere, by an answer whose place was not known."""
        if self.stopped_everywhere:
            return self._rule.off_limits_n
        return min(filter(None, (self._lighter_n, *(it.place.max_n for it in self._unplaced("lighter")))), default=None)

    @property
    def stopped_everywhere(self) -> bool:
        """Whether all of the back is off limits, as the place was not known."""
        return self._stop_everywhere or bool(self._unplaced(STOP))

    def _unplaced(self, why: Why) -> list[Adapted]:
        """What was said of a place in this session, in a mode that no longer knows any."""
        return [] if self.placed else [it for it in self._places if it.why == why and not it.earlier]

    @property
    def stopped(self) -> bool:
        """Whether something is off limits."""
        return self._stop_everywhere or any(it.why == STOP for it in self._places)

    def use_base(self, receiver: Receiver) -> None:
        """The receiver's own places and limits are others now; what was answered stays."""
        self._base = receiver

    @property
    def in_force(self) -> tuple[Adapted, ...]:
        """Of the adapted places those that say something: a circle within another that bears no more does not."""
        found: list[Adapted] = []
        for it in self._places:
            if not any(_guards(other.place, it.place) for other in found):
                found = [other for other in found if not _guards(it.place, other.place)] + [it]
        return tuple(found)

    def places(self) -> tuple[SensitivePlace, ...]:
        """The receiver's own sore places, and those that were added."""
        return (*self._base.sensitive, *(it.place for it in self.in_force))

    def limits(self) -> Limits:
        """The receiver's limits, lowered where an answer holds everywhere; never raised."""
        limits, most_n = self._base.personal_limits(), self.everywhere_n
        if most_n is None:
            return limits
        changed = {
            kind: LimitOverride(warn=most_n, alarm=min(getattr(limits, kind).alarm, limits.sensitive(most_n).alarm))
            for kind in ("too_hard", "spine_pressure", "neck_pressure", "kidney_pressure")
            if getattr(limits, kind).warn > most_n
        }
        unknown_n = min(limits.reflex.unknown_place_n, most_n)
        reflex = limits.reflex.model_copy(update={"unknown_place_n": unknown_n})
        return limits.changed(changed).model_copy(update={"reflex": reflex})

    # -- what is said ------------------------------------------------------------------------------------------------

    def hear(self, answer: object, t_us: int, pressed: Pressed | None, area: Area | None) -> Vote:
        """An answer about what was ``pressed`` (``None``: nothing lately).

        Raises:
            BadInputError: no such answer, or nothing that it could be about.
        """
        if answer == LIFT:
            return self._note(self._lift(t_us))
        if answer not in ANSWERS or not isinstance(answer, str):
            raise BadInputError(f"vote: found {answer!r}, expected one of {', '.join((*ANSWERS, LIFT))}")
        if pressed is None:
            if answer != STOP:
                raise BadInputError(f"{answer}: nothing was pressed lately that this could be about")
            self._stop_everywhere = True
            return self._note(Vote(t_us, answer, None, None, self.everywhere_n, None))
        vote = Vote(t_us, answer, pressed.total_n, self._place_of(pressed, 1.0), None, area)
        if answer == "right":
            return self._note(vote)
        return self._note({"lighter": self._lighter, "stop": self._stop, "deeper": self._deeper}[answer](vote, pressed))

    def mark_sore(self, value: object) -> None:
        """``{"x_mm": ..., "y_mm": ..., "radius_mm": ...}`` (and ``max_n``); ``None``: the last one is taken back.

        "forget": what earlier sessions knew of this receiver. With a ``why`` (and ``everywhere_n`` instead of a place, if
        it was not known): what was said before this session began, as `carried` gives it.

        Raises:
            BadInputError: not a place on the back.
        """
        if value is None:
            last = next((i for i in range(len(self._places) - 1, -1, -1) if self._places[i].why == "sore"), None)
            if last is not None:
                del self._places[last]
            return
        if value == FORGET:
            self.forget()
            return
        if not isinstance(value, dict):
            raise BadInputError(f"sore: found {value!r}, expected x_mm, y_mm and radius_mm, or none")
        why, fields = self._why(value), {k: v for k, v in value.items() if k != "why"}
        if "everywhere_n" in fields:
            self._hold_everywhere(why, fields["everywhere_n"])
            return
        fields = {"radius_mm": self._sore.radius_mm, "max_n": self._sore.max_n} | fields
        try:
            place = SensitivePlace.model_validate({k: float(v) if _is_number(v) else v for k, v in fields.items()})
        except ValueError as error:
            raise BadInputError(f"sore: {str(error).splitlines()[1]}: found {value!r}") from error
        # It may be remembered already, or told a second time: it is one place, and stays where it was in their order.
        same = next((i for i, it in enumerate(self._places) if (it.place, it.why) == (place, why)), len(self._places))
        self._places[same : same + 1] = [Adapted(place, why)]

    @staticmethod
    def _why(value: dict[str, object]) -> Why:
        why = value.get("why", "sore")
        if why == "sore" or why == "lighter" or why == "stop":
            return why
        raise BadInputError(f"sore: why: found {why!r}, expected one of {', '.join(get_args(Why))}")

    def _hold_everywhere(self, why: Why, most_n: object) -> None:
        if not _is_number(most_n) or not 0.0 < most_n < math.inf:
            raise BadInputError(f"sore: everywhere_n: found {most_n!r}, expected newtons, more than 0")
        if why == STOP:
            self._stop_everywhere = True
        else:
            self._lighter_n = min(float(most_n), self._lighter_n or math.inf)

    def to_remember(self) -> tuple[RememberedPlace, ...]:
        """What the next session with this receiver shall know."""
        return tuple(RememberedPlace(**it.place.model_dump(), why=it.why) for it in self._places)

    def carried(self) -> tuple[dict[str, object], ...]:
        """What was said since the last recording ended (or ever), as `mark_sore` takes it: it holds in the next one too."""
        everywhere: list[dict[str, object]] = []
        if self._stop_everywhere and not self._settled[0]:
            everywhere.append({"why": STOP, "everywhere_n": self._rule.off_limits_n})
        if self._lighter_n is not None and self._lighter_n != self._settled[1]:
            everywhere.append({"why": "lighter", "everywhere_n": self._lighter_n})
        return (*(it.place.model_dump() | {"why": it.why} for it in self._places if not it.earlier), *everywhere)

    def settle(self) -> None:
        """A recording has ended: what was said in it is what an earlier session knows from now on."""
        self._places = [replace(it, earlier=True) for it in self._places]
        self._settled = self._stop_everywhere, self._lighter_n

    def forget(self) -> None:
        """Nothing from earlier sessions holds any more."""
        self._places = [it for it in self._places if not it.earlier]

    def _note(self, vote: Vote) -> Vote:
        self.votes.append(vote)
        return vote

    def _place_of(self, pressed: Pressed, max_n: float) -> SensitivePlace | None:
        if pressed.place_mm is None or max(map(abs, pressed.place_mm)) > PLACE_LIMIT_MM:
            return None
        x_mm, y_mm = pressed.place_mm
        return SensitivePlace(
            x_mm=round(x_mm, 1), y_mm=round(y_mm, 1), radius_mm=round(pressed.radius_mm, 1), max_n=round(max_n, 2)
        )

    def _lighter(self, vote: Vote, pressed: Pressed) -> Vote:
        rule = self._rule
        if vote.place is None:
            wanted = max(rule.lighter_share * pressed.total_n, rule.lighter_least_n)
            self._lighter_n = min(wanted, self._lighter_n or wanted)
            return replace(vote, max_n=self.everywhere_n)
        max_n = max(rule.lighter_share * pressed.held_n, rule.lighter_least_n)
        before = self._here(vote.place, "lighter")
        place = vote.place.model_copy(update={"max_n": round(min([max_n, *(it.place.max_n for it in before)]), 2)})
        for old in before:   # one circle for both where one can hold them; no part of the old one is given up
            around = _around(old.place, place)
            if around.radius_mm <= rule.radius_mm[1]:
                self._places.remove(old)
                place = around
        self._places.append(Adapted(place, "lighter"))
        return replace(vote, place=place, max_n=place.max_n)

    def _stop(self, vote: Vote, pressed: Pressed) -> Vote:
        if vote.place is None:
            self._stop_everywhere = True
            return replace(vote, max_n=self.everywhere_n)
        place = vote.place.model_copy(update={"max_n": self._rule.off_limits_n})
        self._places.append(Adapted(place, STOP))   # a "lighter" here stays: it holds again when this is lifted
        return replace(vote, place=place, max_n=place.max_n)

    def _deeper(self, vote: Vote, pressed: Pressed) -> Vote:
        """An earlier "lighter" here is taken back; nobody's own limit, no "stop" and no sore place ever is."""
        if self.stopped_everywhere:
            return vote
        if vote.place is None:
            self._lighter_n = None
            for old in self._unplaced("lighter"):
                self._places.remove(old)
        elif not self._here(vote.place, STOP):
            for old in self._here(vote.place, "lighter"):
                self._places.remove(old)
        return vote

    def _here(self, place: SensitivePlace, why: Why) -> list[Adapted]:
        """Earlier places of that sort in which the middle of this one lies."""
        return [
            it for it in self._places
            if it.why == why
            and (it.place.x_mm - place.x_mm) ** 2 + (it.place.y_mm - place.y_mm) ** 2 <= it.place.radius_mm**2
        ]

    def _lift(self, t_us: int) -> Vote:
        """What was off limits may be touched again."""
        self._places = [it for it in self._places if it.why != STOP]
        self._stop_everywhere = False
        return Vote(t_us, LIFT, None, None, None, None)


class Asking:
    """When "how is the pressure?" is asked; looked at ten times a second."""

    def __init__(self, plan: RoutinePlan) -> None:
        self._rule = plan.votes
        self.question: Question | None = None
        self.asked = 0
        self._moderate_us: dict[Area | None, int] = {}   # contact at moderate force or more since it was asked there
        self._asked_us: dict[Area | None, int] = {}
        self._last_us: int | None = None                 # when it was asked or answered last
        self._flagged_us: int | None = None
        self._elsewhere_us = 0   # contact in another area than the one that the open question is about

    def look(
        self, t_us: int, step_us: int, area: Area | None, placed: bool, total_n: float, flagged: bool, calm: bool,
        recall: Callable[[int], Pressed | None],
    ) -> None:
        """One look. ``placed``: the area is known; ``calm``: in slow contact of a known force."""
        rule = self._rule
        where = area if placed else None
        if total_n >= rule.moderate_n:
            self._moderate_us[where] = self._moderate_us.get(where, 0) + step_us
        if flagged:
            self._flagged_us = t_us
        if self.question is not None and self._is_past(self.question, t_us, step_us, where):
            self.question = None
        if self.question is None and calm and self._due(t_us, where):
            pressed = recall(t_us)
            if pressed is not None:
                self.question = Question(t_us, where, pressed)
                self.asked += 1
                self._noted(t_us, where)

    def _is_past(self, question: Question, t_us: int, step_us: int, where: Area | None) -> bool:
        """Nobody has answered for long, or the hand works elsewhere and an answer would be about another place."""
        if step_us:   # the hand is in contact; a lift is neither here nor there
            self._elsewhere_us = self._elsewhere_us + step_us if where != question.area else 0
        return t_us - question.asked_us >= 1e6 * self._rule.open_s or self._elsewhere_us >= 1e6 * self._rule.recall_s

    def _due(self, t_us: int, where: Area | None) -> bool:
        rule = self._rule
        if self._last_us is not None and t_us - self._last_us < 1e6 * rule.again_s:
            return False
        if self._flagged_us is not None and t_us - self._flagged_us < 1e6 * rule.calm_s:
            return False
        asked_us = self._asked_us.get(where)
        if asked_us is not None and t_us - asked_us < 1e6 * rule.same_area_s:
            return False
        wanted_s = rule.unplaced_after_s if where is None else rule.after_s
        return self._moderate_us.get(where, 0) >= 1e6 * wanted_s

    def answered(self, t_us: int, area: Area | None) -> None:
        """Somebody has said how it is, asked or not."""
        if self.question is not None:
            area = self.question.area
        self.question = None
        self._noted(t_us, area)

    def _noted(self, t_us: int, where: Area | None) -> None:
        self._last_us = t_us
        self._asked_us[where] = t_us
        self._moderate_us[where] = 0


def _guards(outer: SensitivePlace, inner: SensitivePlace) -> bool:
    """Whether one circle holds all of the other, and bears no more."""
    apart = math.hypot(outer.x_mm - inner.x_mm, outer.y_mm - inner.y_mm)
    return outer.max_n <= inner.max_n and apart + inner.radius_mm <= outer.radius_mm


def _around(a: SensitivePlace, b: SensitivePlace) -> SensitivePlace:
    """The smallest circle that holds both, with the limit of ``b``."""
    apart = math.hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm)
    if apart + min(a.radius_mm, b.radius_mm) <= max(a.radius_mm, b.radius_mm):
        wider = max(a, b, key=lambda place: place.radius_mm)
        return wider.model_copy(update={"max_n": b.max_n})
    radius_mm = 0.5 * (apart + a.radius_mm + b.radius_mm)
    share = (radius_mm - a.radius_mm) / apart
    return SensitivePlace(
        x_mm=round(a.x_mm + share * (b.x_mm - a.x_mm), 1), y_mm=round(a.y_mm + share * (b.y_mm - a.y_mm), 1),
        radius_mm=round(radius_mm + 0.1, 1), max_n=b.max_n,
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
