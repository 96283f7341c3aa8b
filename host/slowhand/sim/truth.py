"""What really happened, free of noise: rows, strokes and flags, worked out plainly from the true motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import Body

CONTACT_ON_N, CONTACT_OFF_N, LOADED_N = 1.0, 0.5, 0.5

TRUTH_DTYPE = np.dtype(
    [
        ("t_us", "i8"),
        ("started", "?"),            # the start procedure is over
        ("p", "f8", 3),              # motion sensor, back frame, m
        ("v", "f8", 3),              # m/s
        ("q", "f8", 4),              # hand -> back, w first
        ("omega", "f8", 3),          # rad/s, hand frame
        ("pad_mm", "f8", (6, 2)),    # each pad's x and y
        ("force_n", "f8", 6),
        ("total_n", "f8"),
        ("contact", "?"),            # on at 1.0 N, off at 0.5 N
        ("cop_mm", "f8", 2),         # NaN where nothing is pressed
        ("velocity_cm_s", "f8", 2),  # of the centre of pressure over the skin, without jumps of the force's shares
        ("speed_cm_s", "f8"),
        ("spine_mm", "f8"),          # smallest abs(x) of a loaded pad, NaN if none
        ("stroke", "i4"),            # index into the true strokes' ``plan``, -1 none
        ("knead_turns", "f8"),       # circles so far, NaN when not kneading
        ("rub_turns", "f8"),         # times to and fro so far, NaN when not rubbing
    ]
)


@dataclass(frozen=True)
class TrueStroke:
    """One stroke as it was really made. ``plan`` is its number in the script."""

    plan: int
    kind: str
    start_us: int
    end_us: int
    mean_cm_s: float
    peak_cm_s: float
    path_mm: float
    cadence_per_min: float | None
    mean_n: float
    peak_n: float
    min_spine_mm: float | None
    region: str
    side: str
    note: str


@dataclass(frozen=True)
class TrueFlag:
    """A stretch in which a limit was really broken, by the words of the design's table."""

    kind: str
    severity: str
    start_us: int
    end_us: int
    value: float
    limit: float
    unit: str
    x_mm: float
    y_mm: float


# kind -> warn, alarm, seconds that it must last, unit (the design's table; not clinical limits)
LIMITS: dict[str, tuple[float, float, float, str]] = {
    "too_fast": (25.0, 30.0, 0.150, "cm/s"),
    "spine_pressure": (5.0, 15.0, 0.050, "N"),
    "neck_pressure": (5.0, 15.0, 0.050, "N"),
    "kidney_pressure": (20.0, 40.0, 0.050, "N"),
    "too_hard": (60.0, 100.0, 0.050, "N"),
    "too_fast_knead": (90.0, 120.0, 0.0, "/min"),
}


def hysteresis(value: np.ndarray, on: float, off: float) -> np.ndarray:
    """True from where ``value`` reaches ``on`` until it falls below ``off``."""
    state = np.where(value >= on, 1, np.where(value < off, 0, -1))
    last = np.maximum.accumulate(np.where(state >= 0, np.arange(len(value)), -1))
    return np.where(last >= 0, state[np.maximum(last, 0)] == 1, False)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Stretches [first, beyond) where ``mask`` is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def region_of(y_mm: float, back_length_mm: float) -> str:
    """The region's name by y over back length (the design's section 6)."""
    share = y_mm / back_length_mm
    for name, below in (("neck", 0.0), ("shoulders", 0.18), ("upper", 0.45), ("middle", 0.70), ("lower", 1.0)):
        if share < below:
            return name
    return "sacrum"


def side_of(x_mm: float) -> str:
    return "centre" if abs(x_mm) <= 20 else "left" if x_mm > 0 else "right"


def true_strokes(truth: np.ndarray, kinds: tuple[str, ...], notes: tuple[str, ...], body: Body) -> list[TrueStroke]:
    """One entry per planned stroke that really touched the skin."""
    out = []
    for plan, kind in enumerate(kinds):
        rows = np.flatnonzero((truth["stroke"] == plan) & truth["contact"])
        if len(rows) < 4:
            continue
        part = truth[rows[0] : rows[-1] + 1]
        pressed = part[part["contact"]]
        step_s = np.median(np.diff(truth["t_us"][: min(len(truth), 100)])) * 1e-6
        spine = pressed["spine_mm"]
        weight = pressed["total_n"] / pressed["total_n"].sum()
        middle = weight @ np.nan_to_num(pressed["cop_mm"])
        out.append(
            TrueStroke(
                plan, kind, int(part["t_us"][0]), int(part["t_us"][-1]),
                float(pressed["speed_cm_s"].mean()), float(pressed["speed_cm_s"].max()),
                float(pressed["speed_cm_s"].sum() * step_s * 10.0), _cadence(kind, part),
                float(pressed["total_n"].mean()), float(pressed["total_n"].max()),
                None if np.isnan(spine).all() else float(np.nanmin(spine)),
                region_of(middle[1], body.back_length_mm), side_of(middle[0]), notes[plan],
            )
        )
    return out


def _cadence(kind: str, part: np.ndarray) -> float | None:
    if kind in ("knead", "friction"):   # as the hand was moved: turning points would feel the landing and the lifting
        turns = part["knead_turns" if kind == "knead" else "rub_turns"]
        rows = np.flatnonzero(~np.isnan(turns))
        if len(rows) < 2:
            return None
        span_s = (part["t_us"][rows[-1]] - part["t_us"][rows[0]]) * 1e-6
        return float(60.0 * (turns[rows[-1]] - turns[rows[0]]) / span_s)
    if kind == "tap":
        starts = [a for a, _ in runs(part["contact"])]
        if len(starts) < 2:
            return None
        return float(60.0 * (len(starts) - 1) / ((part["t_us"][starts[-1]] - part["t_us"][starts[0]]) * 1e-6))
    return None


def zone_forces(
    truth: np.ndarray, body: Body, widen_mm: float | np.ndarray = 0.0
) -> dict[str, tuple[np.ndarray, float, float]]:
    """Summed force of the pads in each zone, with warn and alarm: ``{name: (N values, warn, alarm)}``.

    Names are the flags' kinds; sore places are ``sensitive_pressure:0`` and so on. ``widen_mm`` makes every zone
    wider (narrower when negative), for events that depend on millimetres: one figure, or one for each row, pad and
    axis (N, 6, 2).
    """
    x, y = truth["pad_mm"][..., 0], truth["pad_mm"][..., 1]
    wide = np.broadcast_to(widen_mm, truth["pad_mm"].shape)
    w, v = wide[..., 0], wide[..., 1]
    force, length = truth["force_n"], body.back_length_mm
    kidney = (np.abs(x) >= 25 - w) & (np.abs(x) <= 95 + w) & (y >= 0.50 * length - v) & (y <= 0.845 * length + v)
    zones = {
        "spine_pressure": (np.abs(x) <= 20 + w) & (y >= -v) & (y <= length + v),
        "neck_pressure": (y < v) & (np.abs(x) <= 60 + w),
        "kidney_pressure": kidney,
    }
    out = {k: ((force * inside).sum(axis=1), LIMITS[k][0], LIMITS[k][1]) for k, inside in zones.items()}
    for k, sore in enumerate(body.sensitive):
        inside = np.hypot((x - sore.x_mm) / (sore.radius_mm + w), (y - sore.y_mm) / (sore.radius_mm + v)) <= 1.0
        out[f"sensitive_pressure:{k}"] = ((force * inside).sum(axis=1), sore.max_n, 1.5 * sore.max_n)
    out["too_hard"] = (truth["total_n"], LIMITS["too_hard"][0], LIMITS["too_hard"][1])
    return out


def true_flags(
    truth: np.ndarray, body: Body, scale: float = 1.0, widen_mm: float | np.ndarray = 0.0
) -> list[TrueFlag]:
    """All flags by the design's table, in order of start.

    ``scale`` multiplies every limit, ``widen_mm`` every zone's edge. What flags with ``scale=1.12`` and narrow zones
    must be found by any good pipeline; what does not flag with ``scale=0.88`` and wide zones must not be reported.
    """
    flags = []
    speed = np.where(truth["contact"], truth["speed_cm_s"], 0.0)
    warn, alarm, last_s, unit = LIMITS["too_fast"]
    flags += _level_flags(truth, "too_fast", speed, warn * scale, alarm * scale, last_s, unit, truth["contact"])
    for name, (value, low, high) in zone_forces(truth, body, widen_mm).items():
        flags += _level_flags(truth, name.split(":")[0], value, low * scale, high * scale, 0.050, "N", None)
    flags += _knead_flags(truth, scale)
    return sorted(flags, key=lambda f: (f.start_us, f.kind))


def _level_flags(truth: np.ndarray, kind: str, value: np.ndarray, warn: float, alarm: float, last_s: float, unit: str,
                 contact: np.ndarray | None) -> list[TrueFlag]:
    """Flags of a value with two limits: they open after ``last_s`` above, and close after 200 ms below 90 %."""
    t, value = truth["t_us"], np.where(truth["started"], value, 0.0)
    calm = value < 0.9 * warn
    gone = np.zeros(len(t), bool)  # where an open flag may close
    for a, b in runs(calm):
        late = np.searchsorted(t, t[a] + 200_000)
        gone[min(late, b) : b] = True
    if contact is not None:
        gone |= ~contact
    flags, beyond = [], 0
    for a, b in runs(value > warn):
        if a < beyond or t[min(b, len(t) - 1)] - t[a] < last_s * 1e6:
            continue
        closing = np.flatnonzero(gone[b:])
        beyond = int(b + closing[0]) if len(closing) else len(t)
        part = slice(a, beyond)
        above = [r for r in runs(value[part] > alarm) if t[min(a + r[1], len(t) - 1)] - t[a + r[0]] >= last_s * 1e6]
        peak = a + int(np.argmax(value[part]))
        over = a + np.flatnonzero(value[part] > warn)
        x, y = truth["cop_mm"][peak]
        flags.append(
            TrueFlag(
                kind, "alarm" if above else "warn", int(t[a]), int(t[min(over[-1] + 1, len(t) - 1)]),
                float(value[peak]), alarm if above else warn, unit, float(x), float(y),
            )
        )
    return flags


def _knead_flags(truth: np.ndarray, scale: float) -> list[TrueFlag]:
    """Three circles in a row faster than the limit; the flag starts with the first of them."""
    warn, alarm, _, unit = LIMITS["too_fast_knead"]
    flags = []
    touching = runs(truth["contact"])
    kneading = ~np.isnan(truth["knead_turns"]) & truth["contact"] & truth["started"]
    for a, b in runs(kneading):
        turns, t = truth["knead_turns"][a:b], truth["t_us"][a:b]
        marks = np.interp(np.arange(int(turns[0]), int(turns[-1]) + 1), turns, t)
        cadence = 60e6 / np.diff(marks)
        for first, beyond in runs(cadence > warn * scale):
            if beyond - first < 3:
                continue
            part = cadence[first:beyond]
            bad = any(e - s >= 3 for s, e in runs(part > alarm * scale))
            row = a + int(np.searchsorted(t, marks[first]))
            x, y = truth["cop_mm"][row]
            end_us = int(marks[beyond])
            if beyond == len(cadence):  # fast to the last: it ends with the contact
                end_us = int(truth["t_us"][next((e for s, e in touching if s <= row < e), b) - 1])
            severity, limit = ("alarm", alarm) if bad else ("warn", warn)
            flags.append(TrueFlag("too_fast_knead", severity, int(marks[first]), end_us, float(part.max()),
                                  limit * scale, unit, float(x), float(y)))
    return flags
