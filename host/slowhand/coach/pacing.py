"""A target pace: who sets it, how long it takes from turn to turn, and the soft pulse in the glove that leads it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from slowhand.coach.limits import PaceDefaults
from slowhand.errors import BadInputError

ON_MS = 80             # long enough for a coin motor to be felt, short enough to be a tick
STRENGTH = 90          # of 255: a lead, not a warning
SHORTEST_MS, LONGEST_MS = 300, 30_000   # faster is no pace, slower cannot be followed

GLIDE, KNEAD = "glide", "knead"
AUTO = "auto"
DEFAULT_TECHNIQUE = "palm"
SCALES = 0.01, 100.0   # more than can come of "slower" and "faster" with any technique
AGREES = 2             # turns, or cycles, of the other kind in a row until the pulse goes over to it
PACE_NEEDS = 'pace: found {found}, expected "auto", "slower", "faster", null, {{"kind": "glide", "cm_s": {glide}}} or ' \
    '{{"kind": "knead", "per_min": {knead}}}'


@dataclass(frozen=True)
class PacePulse:
    """As the wire's Pace message: ``period_ms`` 0 stops."""

    period_ms: int
    on_ms: int
    strength: int


STOP = PacePulse(0, 0, 0)


def pulse_for_glides(speed_cm_s: float, length_mm: float) -> PacePulse:
    """One pulse at each turn: a glide of ``length_mm`` at ``speed_cm_s`` lasts from one to the next."""
    return _every(100.0 * length_mm / speed_cm_s)


def pulse_for_cadence(per_min: float) -> PacePulse:
    """One pulse for each kneading circle."""
    return _every(60_000.0 / per_min)


def _every(period_ms: float) -> PacePulse:
    return PacePulse(round(min(max(period_ms, SHORTEST_MS), LONGEST_MS)), ON_MS, STRENGTH)


@dataclass(frozen=True)
class PaceTarget:
    """What the pulse leads: glides at ``value`` cm/s, each ``length_mm`` long, or ``value`` kneading circles a minute."""

    kind: str                      # GLIDE or KNEAD
    value: float
    length_mm: float = math.nan    # of glides

    @property
    def pulse(self) -> PacePulse:
        """For the glove."""
        return pulse_for_glides(self.value, self.length_mm) if self.kind == GLIDE else pulse_for_cadence(self.value)

    @property
    def period_us(self) -> int:
        """From one pulse to the next, as the glove makes them."""
        return 1000 * self.pulse.period_ms


class Pacer:
    """Which target holds now: the giver's own, or ("auto") the routine step's, or else the technique's.

    The technique has a pace for glides and one for kneading: the pulse leads what the hand does, and goes over to the
    other once the hand has done that twice in a row.
    """

    def __init__(self, defaults: PaceDefaults) -> None:
        self._defaults = defaults
        self._choice: str | PaceTarget | None = None
        self._scale = 1.0                   # of an automatic pace: the giver asked for slower or faster
        self._technique = DEFAULT_TECHNIQUE
        self._most: Mapping[str, float] = {}   # by kind: from there on it is called too fast
        self._step: PaceTarget | None = None
        self._kind = GLIDE                  # what the hand does
        self._others = 0                    # turns of the other kind in a row
        self.target: PaceTarget | None = None

    @property
    def choice(self) -> object:
        """What was asked for, as `hear` takes it."""
        if self._choice == AUTO:
            return AUTO if self._scale == 1.0 else {"kind": AUTO, "scale": self._scale}
        if isinstance(self._choice, PaceTarget):
            if self._choice.kind == KNEAD:
                return {"kind": KNEAD, "per_min": self._choice.value}
            return {"kind": GLIDE, "cm_s": self._choice.value, "length_mm": self._choice.length_mm}
        return None

    @property
    def automatic(self) -> bool:
        """The pace is the technique's or the routine's."""
        return self._choice == AUTO

    def hear(self, value: object) -> None:
        """What the giver wants.

        Args:
            value: None for no pulse, "auto", ``{"kind": "auto", "scale": 0.8}``, "slower" or "faster" than now,
                ``{"kind": "glide", "cm_s": 6, "length_mm": 300}``, or ``{"kind": "knead", "per_min": 40}``;
                numbers that are left out are the technique's own.

        Raises:
            BadInputError: anything else, or a pace outside the bounds of ``limits.toml``.
        """
        if value in ("slower", "faster"):
            self._change(self._defaults.slower_share if value == "slower" else 1.0 / self._defaults.slower_share)
        elif value is None:
            self._choice, self._scale = None, 1.0
        elif value == AUTO:
            self._choice, self._scale = AUTO, 1.0
        elif isinstance(value, dict) and value.get("kind") == AUTO:
            self._choice, self._scale = AUTO, self._number(value, "scale", *SCALES)
        else:
            self._choice, self._scale = self._told(value), 1.0
        self._settle()

    def use_technique(self, name: str | None, most: Mapping[str, float] | None = None) -> None:
        """The technique that is used now; one without a pace of its own goes as the palm does.

        ``most``: by kind, the pace that the coach warns of. Nothing leads a hand there, whoever asked for it.
        """
        self._most = most or {}
        known = name in self._defaults.glide_cm_s and name in self._defaults.knead_per_min
        self._technique = name if name is not None and known else DEFAULT_TECHNIQUE
        self._settle()

    def use_step(self, target: PaceTarget | None) -> None:
        """The routine's step has a pace of its own (``None``: it has none)."""
        if target != self._step:
            self._step = target
            self._settle()

    def hand_does(self, kind: str) -> bool:
        """The hand has done one more glide or kneading circle. Returns whether the target has changed."""
        self._others = 0 if kind == self._kind else self._others + 1
        if self._others < AGREES:
            return False
        self._kind, self._others = kind, 0
        before = self.target
        self._settle()
        return self.target != before

    def _settle(self) -> None:
        if isinstance(self._choice, PaceTarget):
            target = self._choice
        elif self._choice == AUTO:
            target = self._of_step(self._step) if self._step else self._own(self._kind)
            target = replace(target, value=target.value * self._scale)
        else:
            self.target = None
            return
        self.target = replace(target, value=self._bounded(target.kind, target.value))

    def _of_step(self, step: PaceTarget) -> PaceTarget:
        """A step's pace is the palm's: another technique goes as much more slowly as it does by itself, and less far."""
        own, palm = self._own(step.kind), self._own(step.kind, DEFAULT_TECHNIQUE)
        return replace(own, value=step.value * min(own.value / palm.value, 1.0))

    def _own(self, kind: str, technique: str = "") -> PaceTarget:
        name, rules = technique or self._technique, self._defaults
        if kind == KNEAD:
            return PaceTarget(KNEAD, rules.knead_per_min[name])
        return PaceTarget(GLIDE, rules.glide_cm_s[name], rules.glide_mm.get(name, rules.glide_mm[DEFAULT_TECHNIQUE]))

    def _change(self, share: float) -> None:
        if self.target is None:
            raise BadInputError("pace: nothing leads the pace yet, so it cannot be slower or faster; choose one first")
        value = self._bounded(self.target.kind, share * self.target.value)
        if isinstance(self._choice, PaceTarget):
            self._choice = replace(self._choice, value=value)
        else:
            self._scale *= value / self.target.value

    def _bounds(self, kind: str) -> tuple[float, float]:
        rules = self._defaults
        if kind == KNEAD:
            return rules.slowest_per_min, rules.fastest_per_min
        return rules.slowest_cm_s, rules.fastest_cm_s

    def _bounded(self, kind: str, value: float) -> float:
        low, high = self._bounds(kind)
        return min(max(value, low), high, self._most.get(kind, high))

    def _told(self, value: object) -> PaceTarget:
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(value, dict) or kind not in (GLIDE, KNEAD):
            raise BadInputError(PACE_NEEDS.format(found=repr(value), glide=6, knead=40))
        own = self._own(kind)
        if kind == KNEAD:
            return PaceTarget(KNEAD, self._number({"per_min": own.value, **value}, "per_min", *self._bounds(KNEAD)))
        value = {"cm_s": own.value, "length_mm": own.length_mm, **value}
        length = self._number(value, "length_mm", 50.0, 600.0)
        return PaceTarget(GLIDE, self._number(value, "cm_s", *self._bounds(GLIDE)), length)

    @staticmethod
    def _number(value: dict, key: str, low: float, high: float) -> float:
        number = value.get(key)
        if not isinstance(number, int | float) or isinstance(number, bool) or not low <= number <= high:
            raise BadInputError(f"pace: found {key} = {number!r}, expected a number from {low:g} to {high:g}")
        return float(number)
