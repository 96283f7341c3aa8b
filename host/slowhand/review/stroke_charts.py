"""Strokes by speed and force, and the flags on lanes."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes

from slowhand.review import ink
from slowhand.review.record import SessionRecord
from slowhand.review.stretches import unfelt_between
from slowhand.strokes.stroke import Stroke


def draw_strokes(ax: Axes, record: SessionRecord) -> None:
    """Each stroke at its peak speed and peak force; the mark is its kind, the size its duration."""
    ink.dress(ax, "Strokes by speed and force", "peak speed, cm/s", "peak force, N")
    if not record.strokes:
        ink.say_empty(ax, "no stroke in this session")
        return
    speeds = [s.peak_cm_s for s in record.strokes if s.peak_cm_s is not None]
    right = max([*(it.limits["too_fast"].alarm * 1.2 for it in record.spans), *(v * 1.05 for v in speeds)])
    margin = -0.12 * right if any(s.peak_cm_s is None for s in record.strokes) else 0.0
    for kind, colour in ink.KIND_COLOURS.items():
        of_kind = [s for s in record.strokes if s.kind.value == kind]
        if not of_kind:
            continue
        mark = ink.KIND_MARKS[kind]
        rims = ["#000000" if s.peak_at_least else "white" for s in of_kind] if mark != "x" else None   # a cross has none
        ax.scatter(
            [_across(s, margin) for s in of_kind], [s.peak_n for s in of_kind], s=[_size(s) for s in of_kind],
            c=[ink.UNKNOWN if _unfelt(record, s) else colour for s in of_kind], edgecolors=rims, marker=mark, alpha=0.7,
            lw=0.6,
        )
        ax.scatter([], [], c=colour, marker=mark, alpha=0.7, label=f"{kind} ({len(of_kind)})")
    top = max(s.peak_n for s in record.strokes) * 1.4 + 1
    _ring_flagged(ax, record, margin)
    _draw_limits(ax, record, top)
    if margin:
        ax.axvspan(margin, 0, facecolor="white", edgecolor=ink.UNKNOWN, hatch="////", lw=0, zorder=0)
        ax.text(margin / 2, top * 0.98, "speed\nunknown", fontsize=7, color=ink.QUIET, ha="center", va="top")
    ax.set_xlim(margin, right)
    ax.set_ylim(0, top)
    notes = [
        ("black rim: at least", any(s.peak_at_least for s in record.strokes)),
        ("red ring: flagged", any(s.flags for s in record.strokes)),
        ("grey: force not felt", any(_unfelt(record, s) for s in record.strokes)),
    ]
    words = "size: duration" + "".join(f"\n{words}" for words, so in notes if so)
    ax.legend(fontsize=7, loc="upper right", framealpha=0.85, edgecolor=ink.HAIR, title=words, title_fontsize=7)


def _across(stroke: Stroke, margin: float) -> float:
    return stroke.peak_cm_s if stroke.peak_cm_s is not None else margin / 2


def _size(stroke: Stroke) -> float:
    return 12 + 14 * min((stroke.end_us - stroke.start_us) / 1e6, 8)


def _unfelt(record: SessionRecord, stroke: Stroke) -> bool:
    """Whether something pressed that the pads do not feel: the stroke is the hand's, its force is not known."""
    begin_s, end_s = record.seconds(stroke.start_us), record.seconds(stroke.end_us)
    return unfelt_between(record.spans, float(begin_s), float(end_s))


def _ring_flagged(ax: Axes, record: SessionRecord, margin: float) -> None:
    """Rings around strokes in which a limit was broken, wherever they lie: another limit may have held then."""
    flagged = [s for s in record.strokes if s.flags]
    ax.scatter(
        [_across(s, margin) for s in flagged], [s.peak_n for s in flagged], s=[3 * _size(s) for s in flagged],
        facecolors="none", edgecolors=ink.ALARM, lw=0.9,
    )


def _draw_limits(ax: Axes, record: SessionRecord, top: float) -> None:
    """Every limit that held for a while; green is what was within all of them, and only where all force was felt."""
    bands = {
        kind: {it.limits[kind] for it in record.spans if it.to_s > it.from_s or len(record.spans) == 1}
        for kind in ("too_fast", "too_hard")
    }
    for band in bands["too_fast"]:
        ax.axvline(band.warn, color=ink.WARN, lw=0.8, ls=(0, (4, 3)))
        ax.axvline(band.alarm, color=ink.ALARM, lw=0.8, ls=(0, (4, 3)))
    if all(it.felt for it in record.spans):
        ax.axvspan(0, min(band.warn for band in bands["too_fast"]), color=ink.OK, alpha=0.5, lw=0, zorder=0)
    for band in bands["too_hard"]:
        for level, colour in ((band.warn, ink.WARN), (band.alarm, ink.ALARM)):
            if level < top:
                ax.axhline(level, color=colour, lw=0.8, ls=(0, (4, 3)))


def draw_flags(ax: Axes, record: SessionRecord) -> None:
    """One lane per kind of flag, a bar from its start to its end."""
    ink.dress(ax, "Flags", "session time, s", "")
    kinds = [k for k in ink.FLAG_WORDS if any(f.kind.value == k for f in record.flags)]
    ax.set_xlim(0, max(record.duration_s, 1.0))
    if not kinds:
        ax.set_yticks([])
        ink.say_empty(ax, "no limit was broken" + where_it_could_be_seen(record))
        return
    end_of_session = record.start_us + int(record.duration_s * 1e6)
    for lane, kind in enumerate(reversed(kinds)):
        for flag in (f for f in record.flags if f.kind.value == kind):
            begin, end = float(record.seconds(flag.start_us)), float(record.seconds(flag.end_us or end_of_session))
            colour = ink.ALARM if flag.severity.value == "alarm" else ink.WARN
            ax.barh(lane, max(end - begin, record.duration_s / 300), left=begin, height=0.5, color=colour,
                    hatch=None if flag.end_us is not None else "////", edgecolor="white", lw=0.3)
    counts = Counter(f.kind.value for f in record.flags)
    alarms = Counter(f.kind.value for f in record.flags if f.severity.value == "alarm")
    ax.set_yticks(range(len(kinds)), [ink.FLAG_WORDS[k] for k in reversed(kinds)], fontsize=8)
    for lane, kind in enumerate(reversed(kinds)):
        worst = max((f for f in record.flags if f.kind.value == kind), key=lambda f: f.value)
        words = f"{counts[kind]}x"
        words += f", {alarms[kind]} alarm" + ("s" if alarms[kind] > 1 else "") if alarms[kind] else ""
        ax.text(1.01, lane, f"{words}\nworst {worst.value:.3g} {worst.unit}", transform=ax.get_yaxis_transform(),
                fontsize=7, color=ink.INK, va="center")
    ax.set_ylim(-0.6, len(kinds) - 0.4)


def where_it_could_be_seen(record: SessionRecord) -> str:
    """The share of contact in which a zone flag could have been raised at all, in words."""
    contact = record.touch["contact"]
    if not contact.any():
        return ": there was no contact"
    if record.mode != "strip":
        return " that can be judged without a strip"
    located, x_known = record.touch["located"], record.touch["x_known"]
    share, x_alone = (float((known & contact).sum() / contact.sum()) for known in (located, x_known & ~located))
    also = f", x alone in {100 * x_alone:.0f} %" if x_alone else ""
    return f"\n(place known in {100 * share:.0f} % of the contact{also})"
