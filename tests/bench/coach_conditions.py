"""In which simulated sessions strokes and coach are judged, and what must hold of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from slowhand.coach.flag import FlagKind
from slowhand.locate.pose import Mode
from slowhand.sim.hand import Hand

RECALL = PRECISION = 0.97
ACCURACY = F1 = 0.9
CADENCE_PER_MIN = 2.0
FALSE_PER_HALF_HOUR = 1.0
LATE_MS = {kind.value: 90.0 for kind in FlagKind} | {FlagKind.TOO_FAST: 250.0}
REFLEX_MS = 15.0
COST_US = 50.0
COVERED = 0.90            # of errors within two stated sigmas

ZONED = (FlagKind.SPINE_PRESSURE, FlagKind.NECK_PRESSURE, FlagKind.KIDNEY_PRESSURE, FlagKind.SENSITIVE_PRESSURE)
STRIP, WITHOUT = (Mode.STRIP,), (Mode.STRIP, Mode.MOTION, Mode.FORCE)


@dataclass(frozen=True)
class Condition:
    """One kind of session: ``script`` and further arguments of `slowhand.sim.simulation.Simulation`."""

    title: str
    script: str
    modes: tuple[Mode, ...] = STRIP
    seconds: float = 180.0
    options: dict = field(default_factory=dict)
    beside: bool = False    # printed, but nothing is asked


JUDGED: dict[str, Condition] = {
    "flags": Condition("every limit broken, by much", "flags", WITHOUT),
    "limits": Condition("around every limit and edge", "limits", WITHOUT),
    "mixed": Condition("mixed work", "mixed", WITHOUT),
    "calm": Condition("calm work", "calm", WITHOUT, 240.0),
    "cadences": Condition("trains of every cadence", "cadences", WITHOUT),
    "near_spine": Condition("near the spine", "near_spine"),
    "absences": Condition("mixed work, absences", "absences"),
    "flags_left": Condition("every limit broken, left hand", "flags", options={"hand": Hand(side="left")}),
    "limits_seated": Condition("around every limit, seated", "limits", options={"posture": "seated"}),
    "limits_buzzed": Condition("around every limit, the motor buzzes", "limits", options={"motor": True}),
    "harsh": Condition("around every limit, harsh world", "limits", options={"level": "harsh"}, beside=True),
    "single": Condition("around every limit, one magnetometer", "limits", options={"magnetometers": 1}, beside=True),
    "large": Condition("around every limit, large hand (1.12)", "limits", options={"hand": Hand(scale=1.12)}, beside=True),
}
