"""From the scores of many sessions to figures of strokes and coach beside their bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from slowhand.coach.flag import FlagKind
from slowhand.locate.pose import Mode
from tests.bench import coach_conditions as asked
from tests.bench.coach_conditions import JUDGED
from tests.bench.locate_figures import Line
from tests.integration.coach_score import TOLD_PER_MIN, FlagScore, StrokeScore

# How far a pad may truly be from a zone's edge for a flag of that zone to count neither way, as it is printed. A pad
# counts as in a zone when it may be: up to two sigma outside. Its place is wrong by up to two sigma more.
EXCUSES = ("none", "two sigma", "four sigma", "5 mm", "10 mm")
ASKED_EXCUSE = "four sigma"
KINDS = ("glide", "knead", "press", "friction", "tap")
SIGMAS = {"mean_cm_s": "mean speed", "min_spine_mm": "distance from the spine", "cadence_per_min": "cadence"}


@dataclass
class Tally:
    """What was found in some sessions of one mode."""

    flags: dict[str, dict[str, FlagScore]] = field(default_factory=dict)   # by excuse, by kind
    strokes: StrokeScore = field(default_factory=StrokeScore)
    minutes: float = 0.0
    false_alarms: int = 0        # flags of what was within the limits, and not near them
    strict_alarms: int = 0       # the same without any excuse for the place
    cues: int = 0
    contact_s: float = 0.0
    placeless_s: float = 0.0     # of contact without a place
    paceless_s: float = 0.0      # of contact without a speed

    def add(self, other: Tally) -> Tally:
        for excuse, kinds in other.flags.items():
            for kind, score in kinds.items():
                self.flags.setdefault(excuse, {}).setdefault(kind, FlagScore()).add(score)
        self.strokes.add(other.strokes)
        for name in ("minutes", "false_alarms", "strict_alarms", "cues", "contact_s", "placeless_s", "paceless_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


Results = dict[tuple[str, Mode], Tally]   # by condition and mode, over all seeds


def pooled(results: Results, mode: Mode = Mode.STRIP, beside: bool = False) -> Tally:
    """All conditions of one mode together; those of which nothing is asked only when wanted."""
    whole = Tally()
    for (name, of_mode), tally in results.items():
        if of_mode is mode and JUDGED[name].beside is beside:
            whole.add(tally)
    return whole


def quantile(values: Iterable[float], percent: float) -> float:
    """NaN of nothing; a value that is never reached (inf) stays so."""
    known = np.array([v for v in values if not np.isnan(v)])
    return float(np.percentile(known, percent, method="higher")) if len(known) else np.nan


def at_least(label: str, value: float, bound: float | None, beside: str = "", digits: int = 3) -> Line:
    """A figure that must not be smaller; unknown never holds."""
    text = f"{value:.{digits}f}" if value == value else "unknown"
    if bound is None:
        return Line(label, text, beside)
    return Line(label, text, beside, f">= {bound:g}", bool(value >= bound))


def at_most(label: str, value: float, bound: float | None, unit: str, beside: str = "", digits: int = 0) -> Line:
    """A figure that must not be larger; unknown never holds."""
    text = f"{value:.{digits}f} {unit}" if value == value else "unknown"
    if bound is None:
        return Line(label, text, beside)
    return Line(label, text, beside, f"<= {bound:g} {unit}", bool(value <= bound))


def flag_lines(whole: Tally, judged: bool = True, excuse: str = ASKED_EXCUSE) -> list[Line]:
    """Recall, precision and lateness of each kind."""
    lines = []
    for kind in FlagKind:
        score = whole.flags.get(excuse, {}).get(kind.value, FlagScore())
        if not (judged or score.there or score.right or score.wrong):
            continue
        blind = f", {score.blind} unseen" if score.blind else ""
        lines.append(at_least(f"{kind.value} recall", score.recall, asked.RECALL if judged else None,
                              f"{score.found} of {score.there}{blind}"))
        lines.append(at_least(f"{kind.value} precision", score.precision, asked.PRECISION if judged else None,
                              f"{score.right} of {score.right + score.wrong}"))
        bound = None if kind is FlagKind.TOO_FAST_KNEAD or not judged else asked.LATE_MS[kind.value]
        lines.append(at_most(f"{kind.value} raised after, p95", quantile(score.late_ms, 95), bound, "ms",
                             f"worst {max(score.late_ms):.0f}" if score.late_ms else ""))
    return lines


def excuse_lines(whole: Tally) -> list[Line]:
    """Precision of the zones' flags, the more a place may be off the less is excused."""
    lines = []
    for kind in asked.ZONED:
        scores = [whole.flags[excuse][kind.value] for excuse in EXCUSES]
        shown = ", ".join(f"{name} {score.precision:.3f}" for name, score in zip(EXCUSES, scores, strict=True))
        lines.append(Line(kind.value, shown))
    return lines


def calm_lines(calm: Tally) -> list[Line]:
    rate = calm.false_alarms / calm.minutes * 30.0 if calm.minutes >= 60.0 else np.nan
    shown = f"{calm.false_alarms} in {calm.minutes:.0f} min, {calm.strict_alarms} strict"
    return [Line("false alarms per 30 min", f"{rate:.2f}" if rate == rate else "unknown", shown,
                 f"< {asked.FALSE_PER_HALF_HOUR:g}", bool(rate < asked.FALSE_PER_HALF_HOUR))]


def stroke_lines(strokes: StrokeScore, judged: bool = True) -> list[Line]:
    """Kinds, boundaries, cadences, and what each kind is taken for."""
    lines = [
        at_least("kind right, of time", strokes.accuracy, asked.ACCURACY if judged else None,
                 f"{100 * strokes.unknown:.1f} % unknown"),
        at_least("boundaries F1", strokes.f1, asked.F1 if judged else None,
                 f"{strokes.matched} of {strokes.there}; {strokes.reported} told"),
    ]
    for kind in ("knead", "friction", "tap"):
        lines += _cadence_lines(kind, strokes.cadences.get(kind, []), judged)
    for kind in KINDS:
        time_us = sum(us for (true, _), us in strokes.taken_for.items() if true == kind)
        told = sorted(((us, name) for (true, name), us in strokes.taken_for.items() if true == kind), reverse=True)
        shown = ", ".join(f"{name or 'none'} {100 * us / time_us:.1f}" for us, name in told if us >= 0.0005 * time_us)
        if time_us:
            lines.append(Line(f"{kind} is told as, %", shown))
    return lines


def _cadence_lines(kind: str, cadences: list[tuple[float, float]], judged: bool) -> list[Line]:
    lines = []
    low, high = TOLD_PER_MIN
    for title, errors in (
        (f"{kind} cadence, {low:g}-{high:g} a minute", [e for true, e in cadences if low <= true <= high]),
        (f"{kind} cadence, faster", [e for true, e in cadences if true > high]),
    ):
        told = [abs(e) for e in errors if not np.isnan(e)]
        if not errors:
            continue
        bound = asked.CADENCE_PER_MIN if judged and "faster" not in title else None
        untold = f"{len(errors) - len(told)} of {len(errors)} untold"
        lines.append(at_most(f"{title}, p95", quantile(told, 95), bound, "/min", untold, 2))
        lines.append(at_most(f"{title}, worst", max(told, default=np.nan), bound, "/min", digits=2))
    return lines


def sigma_lines(strokes: StrokeScore, judged: bool = True) -> list[Line]:
    """How often a measure's error is within two of its stated sigmas, and of how many strokes it is told."""
    lines = []
    for name, words in SIGMAS.items():
        pulls = np.abs(strokes.pulls.get(name, []))
        there, told, stated = (strokes.told[name, what] for what in ("there", "told", "with sigma"))
        if there:
            inside = float(np.mean(pulls <= 2.0)) if len(pulls) else np.nan
            lines.append(at_least(f"{words} within two sigma", inside, asked.COVERED if judged and told else None,
                                  f"{stated} of {there} told", 3))
    return lines


def unknown_lines(tally: Tally) -> list[Line]:
    """How much of the contact is without place and without pace."""
    return [
        Line("contact without a place", f"{100 * tally.placeless_s / max(tally.contact_s, 1e-9):.1f} %"),
        Line("contact without a speed at that instant", f"{100 * tally.paceless_s / max(tally.contact_s, 1e-9):.1f} %"),
        Line("cues a minute", f"{tally.cues / max(tally.minutes, 1e-9):.1f}"),
    ]


def condition_lines(results: Results, mode: Mode) -> list[Line]:
    """Each kind of session by itself: kinds, boundaries, and flags of all kinds together."""
    lines = []
    for (name, of_mode), tally in results.items():
        if of_mode is not mode:
            continue
        every = FlagScore()
        for score in tally.flags[ASKED_EXCUSE].values():
            every.add(score)
        judged = mode is Mode.STRIP and not JUDGED[name].beside
        title, strokes = JUDGED[name].title, tally.strokes
        lines.append(at_least(f"{title}: kinds", strokes.accuracy, asked.ACCURACY if judged else None,
                              f"{100 * tally.placeless_s / max(tally.contact_s, 1e-9):.1f} % placeless"))
        lines.append(at_least(f"{title}: F1", strokes.f1, asked.F1 if judged else None))
        lines.append(Line(f"{title}: flags", f"{every.recall:.3f} / {every.precision:.3f}", "recall / precision"))
    return lines
