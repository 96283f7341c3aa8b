"""Pace and pressure over the session, with limit bands, flagged stretches and what was not known."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from slowhand.review import ink
from slowhand.review.hand_track import spine_force_n
from slowhand.review.record import SessionRecord
from slowhand.review.stretches import runs

PACE_KINDS = {"too_fast", "too_fast_knead"}
SHORTEST_NAMED = 0.08   # share of the session: a shorter stretch has no room for words
POINTS = 3000  # about one per pixel of a wide chart; more would only hide the peaks under ink


def peaks(t_s: np.ndarray, value: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """Thin a series without losing a peak: the largest known value of each of ``points`` equal bins.

    Shapes (n,) -> (at most points,). A bin of NaN alone stays NaN, so that the unknown stays a hole.
    """
    if len(t_s) <= points:
        return t_s, value
    size = -(-len(t_s) // points)
    starts = np.arange(0, len(t_s), size)
    top = np.maximum.reduceat(np.where(np.isnan(value), -np.inf, value), starts)
    return t_s[starts], np.where(np.isneginf(top), np.nan, top)


def stretches(t_s: np.ndarray, mask: np.ndarray) -> list[tuple[float, float]]:
    """Begin and end (s) of each run of true values in ``mask``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(float(t_s[a]), float(t_s[min(b, len(t_s) - 1)])) for a, b in edges.reshape(-1, 2)]


def limit_bands(ax: Axes, record: SessionRecord, kind: str, top: float) -> None:
    """Shade the axis by the limits of the time: calm below warn, amber to alarm, red above; the last ones named in words.

    While the giver worked with what the pads do not feel nothing is called calm.
    """
    found = runs(record.spans, lambda it: (it.limits[kind], it.felt))
    for begin, end, (band, felt) in found:
        calm = (ink.OK, 0.5) if felt else (ink.UNKNOWN, 0.3)
        for low, high, (colour, alpha) in (
            (0.0, band.warn, calm), (band.warn, band.alarm, (ink.WARN, 0.18)),
            (band.alarm, max(top, band.alarm * 1.05), (ink.ALARM, 0.12)),
        ):
            ax.add_patch(Rectangle((begin, low), end - begin, high - low, color=colour, alpha=alpha, lw=0))
    band = found[-1][2][0]
    name_level(ax, band.warn, f"warn {band.warn:g}", ink.WARN)
    name_level(ax, band.alarm, f"alarm {band.alarm:g}", ink.ALARM)


def name_level(ax: Axes, level: float, words: str, colour: str) -> None:
    """A limit's words at the right of the chart."""
    ax.text(1.005, level, words, transform=ax.get_yaxis_transform(), va="center", fontsize=7, color=colour)


def name_techniques(ax: Axes, record: SessionRecord, kind: str = "", below_pt: float = 3.0) -> None:
    """What the giver worked with, from when it was told, with the limits of a ``kind`` that held then.

    The words stand ``below_pt`` points below the chart's upper edge.
    """
    told = runs(record.spans, lambda it: (it.technique, it.felt, it.limits.get(kind)))
    if all(technique is None for _, _, (technique, _, _) in told):
        return
    for begin, end, (technique, felt, band) in told:
        if begin > 0:
            ax.axvline(begin, color=ink.QUIET, lw=0.7)
        if end - begin < SHORTEST_NAMED * record.duration_s:
            continue
        lines = [technique or "nothing told"]
        lines += [f"warn {band.warn:g}, alarm {band.alarm:g}"] if band else []
        lines += [] if felt else ["force not felt"]
        ax.annotate(
            "\n".join(lines), (begin, 1.0), xycoords=ax.get_xaxis_transform(), xytext=(3, -below_pt),
            textcoords="offset points", va="top", fontsize=7, color=ink.QUIET,
        )


def blank_flagged(ax: Axes, record: SessionRecord, kinds: set[str]) -> None:
    """White under each flag of these kinds: the calm band's green must not shine through what was flagged."""
    for begin, width, _ in flag_spans(record, kinds):
        ax.axvspan(begin, begin + width, facecolor="white", lw=0)


def mark_unknown(ax: Axes, record: SessionRecord, need_place: bool) -> None:
    """Hatch what the charts must not pretend to know: missing rows, and (for the pace) a place unknown or half known.

    On white: the calm band's green must not shine through.
    """
    touch, t_s = record.touch, record.seconds(record.touch["t_us"])
    for row in np.flatnonzero(touch["gap"][1:]) + 1:
        ax.axvspan(t_s[row - 1], t_s[row], facecolor="white", edgecolor=ink.QUIET, hatch="xxx", lw=0)
    if need_place:
        for begin, end in stretches(t_s, touch["contact"] & ~touch["x_known"]):
            ax.axvspan(begin, end, facecolor="white", edgecolor=ink.UNKNOWN, hatch=ink.UNKNOWN_HATCH, lw=0)
        for begin, end in stretches(t_s, touch["contact"] & touch["x_known"] & ~touch["located"]):
            ax.axvspan(begin, end, facecolor="white", edgecolor=ink.X_ALONE, hatch=ink.X_ALONE_HATCH, lw=0)


def mark_flags(ax: Axes, record: SessionRecord, kinds: set[str]) -> None:
    """A bar along the foot of the chart for each flag of these kinds, coloured by severity."""
    for begin, width, colour in flag_spans(record, kinds):
        ax.axvspan(begin, begin + width, color=colour, alpha=0.35, lw=0)
        ax.axvspan(begin, begin + width, ymax=0.035, color=colour, lw=0)


def flag_spans(record: SessionRecord, kinds: set[str]) -> list[tuple[float, float, str]]:
    """Begin and width, s, and colour of each flag of these kinds; a short one is wide enough to be seen."""
    end_of_session = record.start_us + int(record.duration_s * 1e6)
    spans = []
    for flag in (flag for flag in record.flags if flag.kind.value in kinds):
        begin, end = record.seconds(flag.start_us), record.seconds(flag.end_us or end_of_session)
        width = max(float(end - begin), record.duration_s / 400)
        spans.append((float(begin), width, ink.ALARM if flag.severity.value == "alarm" else ink.WARN))
    return spans


def draw_pace(ax: Axes, record: SessionRecord) -> None:
    """Speed over the skin while in contact, cm/s."""
    touch = record.touch
    ink.dress(ax, "Pace over the skin", "", "cm/s")
    speed = np.where(touch["contact"], touch["speed_cm_s"], np.nan)
    known = speed[np.isfinite(speed)]
    if not len(known):
        reason = "no strip" if record.mode != "strip" else "the place was never known"
        ink.say_empty(ax, f"Pace unknown: {reason}")
        ax.set_yticks([])
        return
    t_s, top = peaks(record.seconds(touch["t_us"]), speed)
    ceiling = max(float(known.max()) * 1.08, *(1.25 * it.limits["too_fast"].alarm for it in record.spans))
    limit_bands(ax, record, "too_fast", ceiling)
    blank_flagged(ax, record, PACE_KINDS)
    mark_unknown(ax, record, need_place=True)
    mark_flags(ax, record, PACE_KINDS)
    ax.plot(t_s, top, color=ink.PACE, lw=0.9)
    name_techniques(ax, record, "too_fast")
    ax.set_ylim(0, ceiling)


def draw_pressure(ax: Axes, record: SessionRecord) -> None:
    """Total force and the part of it near the spine, N."""
    touch = record.touch
    ink.dress(ax, "Pressure", "session time, s", "N")
    t = record.seconds(touch["t_us"])
    t_s, total = peaks(t, touch["total_n"])
    known = total[np.isfinite(total)]
    ceiling = max(30.0, float(known.max()) * 1.12 if len(known) else 0.0)
    mark_unknown(ax, record, need_place=False)
    mark_flags(ax, record, set(ink.FLAG_WORDS) - PACE_KINDS)
    ax.plot(t_s, total, color=ink.PRESSURE, lw=0.9, label="all pads")
    if record.mode == "strip":
        near = spine_force_n(touch, record.back_length_mm)
        ax.plot(*peaks(t, near), color=ink.SPINE, lw=0.9, label="within 20 mm of the spine")
    bound = touch["total_at_least"] & touch["contact"]
    if bound.any():
        t_b, f_b = peaks(t[bound], touch["total_n"][bound], 400)
        ax.plot(t_b, f_b, "^", ms=3, color=ink.PRESSURE, label="at least (a pad is at its end)")
    for kind, word in (("spine_pressure", "spine"), ("too_hard", "anywhere")):
        limit_lines(ax, record, kind, word, ceiling)
    name_techniques(ax, record, below_pt=18.0)   # below the legend
    ax.set_ylim(0, ceiling)
    ax.legend(loc="upper left", fontsize=7, frameon=False, ncols=3)


def limit_lines(ax: Axes, record: SessionRecord, kind: str, word: str, ceiling: float) -> None:
    """A limit's two steps, each drawn for as long as it held; those of the end are named in words."""
    found = runs(record.spans, lambda it: it.limits[kind])
    for begin, end, band in found:
        for level, colour in ((band.warn, ink.WARN), (band.alarm, ink.ALARM)):
            if level > ceiling:
                continue
            ax.hlines(level, begin, max(end, begin + 1e-9), color=colour, lw=0.7, ls=(0, (4, 3)))
            if band == found[-1][2] and end == found[-1][1]:
                name_level(ax, level, f"{word} {level:.3g}", colour)
            elif end - begin >= SHORTEST_NAMED * record.duration_s:
                ax.text(end, level, f"{word} {level:.3g} ", va="bottom", ha="right", fontsize=7, color=colour)


def legend_of_marks(ax: Axes) -> None:
    """What the shades and hatches mean."""
    marks = [
        Patch(color=ink.WARN, alpha=0.5, label="flag: warn"),
        Patch(color=ink.ALARM, alpha=0.5, label="flag: alarm"),
        Patch(facecolor="white", edgecolor=ink.UNKNOWN, hatch=ink.UNKNOWN_HATCH, label="place unknown"),
        Patch(facecolor="white", edgecolor=ink.X_ALONE, hatch=ink.X_ALONE_HATCH, label="x only, height unknown"),
        Patch(facecolor="white", edgecolor=ink.QUIET, hatch="xxx", label="no data"),
    ]
    ax.legend(handles=marks, loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=7, frameon=False, ncols=5)
