"""Under what conditions the locator is judged, and what must hold of it there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from slowhand.sim.hand import Hand
from slowhand.sim.trouble import TROUBLES, Trouble


@dataclass(frozen=True)
class Bound:
    """A figure of `Score` by name and what must hold of its median (or of its worst) over the seeds."""

    figure: str
    most: float | None = None
    least: float | None = None
    of_worst: bool = False

    def holds(self, value: float) -> bool:
        """False for what is not known."""
        return bool((self.most is None or value <= self.most) and (self.least is None or value >= self.least))


# Truth within two stated sigmas: more often would be cowardice, less often a lie.
COVERAGE = (Bound("inside_x", least=0.90, most=0.98), Bound("inside_y", least=0.90, most=0.98))
ORDINARY = (
    Bound("x_near", most=2.0),
    Bound("p95_near", most=4.0),
    Bound("p95_far", most=8.0),
    Bound("y", most=6.0),
    Bound("speed", most=1.0),
    Bound("located", least=0.98),
    Bound("wrong", most=0.001),
    Bound("wrong", most=0.005, of_worst=True),
    Bound("wrong_y", most=0.005),
    *COVERAGE,
)
ABSENT = (Bound("located", least=0.95), Bound("wrong", most=0.003), *COVERAGE)
HARSH = (
    Bound("p95_near", most=8.0),
    Bound("speed", most=1.6),
    Bound("located", least=0.93),
    Bound("wrong", most=0.005),
    *COVERAGE,
)
BOUNDS = {"ordinary": ORDINARY, "absences": ABSENT, "harsh": HARSH, "beside": COVERAGE}
RETURN_P50_S, RETURN_P95_S = 1.0, 5.0   # of all returns of the group "absences", and none that is never found
GROUPS = {
    "ordinary": "Ordinary work",
    "absences": "With absences of 5-30 s",
    "harsh": "Harsh: every trouble by itself, and all together",
    "beside": "Beside them, without bounds but for the stated sigmas",
}


@dataclass(frozen=True)
class Condition:
    """One kind of session: ``script`` and further arguments of `slowhand.sim.simulation.Simulation`."""

    group: str
    title: str
    script: str = "mixed"
    options: dict = field(default_factory=dict)

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return BOUNDS[self.group]


def _harsh(title: str, trouble: str = "", script: str = "mixed", **options) -> Condition:
    return Condition("harsh", title, script, options | ({"trouble": TROUBLES[trouble]} if trouble else {}))


def _all(*left_out: str) -> Trouble:
    return reduce(or_, (trouble for name, trouble in TROUBLES.items() if name not in left_out))


# A back that lies does not lean; a sensor that fails and a motor that runs are judged by themselves.
_PRONE = {"trouble": _all("leans", "field1_fails", "long_buzzes"), "hand": Hand(scale=0.88, tremor=3.0)}
_SEATED = {"trouble": _all("field1_fails", "long_buzzes"), "hand": Hand(scale=0.88, tremor=3.0), "posture": "seated"}
_TREMBLING = Hand(scale=0.88, tremor=3.0, wander=1.0)   # 6-11 Hz alone: a hand that can still be held still
_BUZZING = _PRONE | {"trouble": _all("leans", "field1_fails")}
_SINGLE = {"magnetometers": 1}

JUDGED: dict[str, Condition] = {
    "mixed": Condition("ordinary", "mixed work"),
    "near_spine": Condition("ordinary", "near the spine", "near_spine"),
    "left": Condition("ordinary", "left hand", options={"hand": Hand(side="left")}),
    "large": Condition("ordinary", "large hand (1.12)", options={"hand": Hand(scale=1.12)}),
    "absences": Condition("absences", "mixed work, absences", "absences"),
    "curved": _harsh("back curved by 20 mm", "curved"),
    "tilted_start": _harsh("start on tilted skin, 8 mm and 5 degrees off", "tilted_start"),
    "breathing": _harsh("breathing 8 mm", "breathing"),
    "small": _harsh("small hand (0.88)", hand=Hand(scale=0.88)),
    "tremor": _harsh("three times the tremor and the wandering of the hand", hand=Hand(tremor=3.0)),
    "far": _harsh("long work at 110-150 mm", script="far"),
    "seated": _harsh("seated, swaying", posture="seated"),
    "leaning": _harsh("seated, swaying and changing lean", "leans", posture="seated"),
    "steel": _harsh("steel bed", "steel"),
    "chair": _harsh("seated, swaying, on a steel chair", "steel", posture="seated"),
    "phone": _harsh("a phone beside the back", "phone"),
    "ring": _harsh("a steel ring put on", "ring"),
    "slip": _harsh("the strip slips by 3-6 mm", "strip_slips"),
    "buzzes": _harsh("buzzes of 0.2 s", motor=True),
    "long_buzzes": _harsh("buzzes of up to 0.9 s", "long_buzzes"),
    "together": Condition("harsh", "all together, prone", "toil", _PRONE),
    "together_seated": Condition("harsh", "all together, seated", "toil", _SEATED),
    "single": Condition("beside", "one magnetometer, mixed work", options=_SINGLE),
    "single_near": Condition("beside", "one magnetometer, near the spine", "near_spine", _SINGLE),
    "single_absences": Condition("beside", "one magnetometer, absences", "absences", _SINGLE),
    "single_together": Condition("beside", "one magnetometer, all together", "toil", _PRONE | _SINGLE),
    "fails": Condition("beside", "the second magnetometer fails", options={"trouble": TROUBLES["field1_fails"]}),
    "trembling": Condition("beside", "three times the tremor, wandering as usual",
                           options={"hand": Hand(tremor=3.0, wander=1.0)}),
    "trembling_together": Condition("beside", "all together, prone, wandering as usual", "toil",
                                    _PRONE | {"hand": _TREMBLING}),
    "trembling_seated": Condition("beside", "all together, seated, wandering as usual", "toil",
                                  _SEATED | {"hand": _TREMBLING}),
    "buzzing": Condition("beside", "all together and long buzzes", "toil", _BUZZING),
    "absent": Condition("beside", "all together with absences", "absences", _PRONE),
}
