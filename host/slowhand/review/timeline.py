"""Pace and pressure over the session, with limit bands, flagged stretches and what was not known."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from slowhand.review import ink
from slowhand.review.hand_track import spine_force_n
from slowhand.review.record import Band, SessionRecord

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


def limit_bands(ax: Axes, band: Band, top: float) -> None:
    """Shade the axis: calm below warn, amber to alarm, red above; each limit named in words."""
    ax.axhspan(0, band.warn, color=ink.OK, alpha=0.5, lw=0)
    ax.axhspan(band.warn, band.alarm, color=ink.WARN, alpha=0.18, lw=0)
    ax.axhspan(band.alarm, max(top, band.alarm * 1.05), color=ink.ALARM, alpha=0.12, lw=0)
    for level, word in ((band.warn, "warn"), (band.alarm, "alarm")):
        ax.text(1.005, level, f"{word} {level:g}", transform=ax.get_yaxis_transform(), va="center", fontsize=7,
                color=ink.WARN if word == "warn" else ink.ALARM)


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
    end_of_session = record.start_us + int(record.duration_s * 1e6)
    for flag in record.flags:
        if flag.kind.value not in kinds:
            continue
        begin, end = record.seconds(flag.start_us), record.seconds(flag.end_us or end_of_session)
        colour = ink.ALARM if flag.severity.value == "alarm" else ink.WARN
        width = max(float(end - begin), record.duration_s / 400)  # a short one must still be seen
        ax.axvspan(float(begin), float(begin) + width, color=colour, alpha=0.35, lw=0)
        ax.axvspan(float(begin), float(begin) + width, ymax=0.035, color=colour, lw=0)


def draw_pace(ax: Axes, record: SessionRecord) -> None:
    """Speed over the skin while in contact, cm/s."""
    touch = record.touch
    ink.dress(ax, "Pace over the skin", "", "cm/s")
    band = record.limits["too_fast"]
    speed = np.where(touch["contact"], touch["speed_cm_s"], np.nan)
    known = speed[np.isfinite(speed)]
    if not len(known):
        reason = "no strip" if record.mode != "strip" else "the place was never known"
        ink.say_empty(ax, f"Pace unknown: {reason}")
        ax.set_yticks([])
        return
    t_s, top = peaks(record.seconds(touch["t_us"]), speed)
    ceiling = max(band.alarm * 1.25, float(known.max()) * 1.08)
    limit_bands(ax, band, ceiling)
    mark_unknown(ax, record, need_place=True)
    mark_flags(ax, record, {"too_fast", "too_fast_knead"})
    ax.plot(t_s, top, color=ink.PACE, lw=0.9)
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
    mark_flags(ax, record, set(ink.FLAG_WORDS) - {"too_fast", "too_fast_knead"})
    ax.plot(t_s, total, color=ink.PRESSURE, lw=0.9, label="all pads")
    if record.mode == "strip":
        near = spine_force_n(touch, record.back_length_mm)
        ax.plot(*peaks(t, near), color=ink.SPINE, lw=0.9, label="within 20 mm of the spine")
    bound = touch["total_at_least"] & touch["contact"]
    if bound.any():
        t_b, f_b = peaks(t[bound], touch["total_n"][bound], 400)
        ax.plot(t_b, f_b, "^", ms=3, color=ink.PRESSURE, label="at least (a pad is at its end)")
    for kind, word in (("spine_pressure", "spine"), ("too_hard", "anywhere")):
        for level, colour in ((record.limits[kind].warn, ink.WARN), (record.limits[kind].alarm, ink.ALARM)):
            if level <= ceiling:
                ax.axhline(level, color=colour, lw=0.7, ls=(0, (4, 3)))
                ax.text(1.005, level, f"{word} {level:g}", transform=ax.get_yaxis_transform(), va="center",
                        fontsize=7, color=colour)
    ax.set_ylim(0, ceiling)
    ax.legend(loc="upper left", fontsize=7, frameon=False, ncols=3)


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
