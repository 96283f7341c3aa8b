"""Sessions made by hand, as facts for the score card."""

from __future__ import annotations

from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.score_facts import RowSums, SessionFacts
from slowhand.strokes.stroke import Kind, Stroke

SECOND_US = 1_000_000


def glide(number: int, cm_s: float | None = 6.0, evenness: float | None = 0.7, peak_n: float = 12.0,
          sigma_cm_s: float | None = None) -> Stroke:  # fmt: skip
    """One glide of four seconds; each number follows the one before."""
    start_us = 4 * SECOND_US * number
    return Stroke(start_us, start_us + 4 * SECOND_US, Kind.GLIDE, cm_s, cm_s and 1.5 * cm_s, cm_s and 40 * cm_s, None,
                  0.6 * peak_n, peak_n, False, 20.0, 40.0, "middle", "left", evenness, 0.0, sigma_cm_s)  # fmt: skip


def glides(n: int, cm_s: float | None = 6.0, **measures: float | None) -> tuple[Stroke, ...]:
    return tuple(glide(i, cm_s, **measures) for i in range(n))  # type: ignore[arg-type]


LIMITS = {
    FlagKind.TOO_FAST: (25.0, 30.0, "cm/s"), FlagKind.TOO_FAST_KNEAD: (90.0, 120.0, "/min"),
    FlagKind.SPINE_PRESSURE: (5.0, 15.0, "N"), FlagKind.NECK_PRESSURE: (5.0, 15.0, "N"),
    FlagKind.KIDNEY_PRESSURE: (20.0, 40.0, "N"), FlagKind.SENSITIVE_PRESSURE: (8.0, 12.0, "N"),
    FlagKind.TOO_HARD: (60.0, 100.0, "N"),
}  # fmt: skip


def flag(kind: FlagKind, at_s: float = 10.0, alarm: bool = False, placed: bool = True) -> Flag:
    warn, most, unit = LIMITS[kind]
    limit = most if alarm else warn
    start_us = round(at_s * SECOND_US)
    x, y = (5.0, 200.0) if placed else (None, None)
    severity = Severity.ALARM if alarm else Severity.WARN
    return Flag(start_us, start_us + SECOND_US, start_us + 60_000, kind, severity, 1.2 * limit, limit, unit, x, y)


def sums(contact_s: float, located: float = 1.0, x_known: float | None = None, paced: float | None = None,
         **others: int) -> RowSums:  # fmt: skip
    """Sums of so much contact; shares of it were known."""
    contact_us = round(contact_s * SECOND_US)
    shares = {"located_us": located, "x_known_us": located if x_known is None else x_known,
              "paced_us": located if paced is None else paced}
    return RowSums(running_us=contact_us + 5 * SECOND_US, contact_us=contact_us,
                   **{name: round(share * contact_us) for name, share in shares.items()}, **others)  # fmt: skip


def calm(**changes: object) -> SessionFacts:
    """Five minutes of slow glides with everything known."""
    fields: dict = {"mode": "strip", "sums": sums(300.0), "strokes": glides(75), "most_n": 12.0}
    return SessionFacts(**fields | changes)


def without_strip(**changes: object) -> SessionFacts:
    """Five minutes in motion mode: nothing is known of places, the pace of every pass is."""
    fields: dict = {"mode": "motion", "sums": sums(300.0, located=0.0, passes=60, passes_judged=60),
                    "strokes": glides(60, evenness=None, sigma_cm_s=1.5), "most_n": 12.0}
    return SessionFacts(**fields | changes)


def pads_alone(**changes: object) -> SessionFacts:
    """Five minutes in force mode."""
    fields: dict = {"mode": "force", "sums": sums(300.0, located=0.0), "strokes": glides(60, None, evenness=None),
                    "most_n": 12.0}
    return SessionFacts(**fields | changes)
