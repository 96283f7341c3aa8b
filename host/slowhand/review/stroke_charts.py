"""Strokes by speed and force, and the flags on lanes."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes

from slowhand.review import ink
from slowhand.review.record import SessionRecord


def draw_strokes(ax: Axes, record: SessionRecord) -> None:
    """Each stroke at its peak speed and peak force; the mark is its kind, the size its duration."""
    ink.dress(ax, "Strokes by speed and force", "peak speed, cm/s", "peak force, N")
    if not record.strokes:
        ink.say_empty(ax, "no stroke in this session")
        return
    speeds = [s.peak_cm_s for s in record.strokes if s.peak_cm_s is not None]
    right = max([record.limits["too_fast"].alarm * 1.2, *(v * 1.05 for v in speeds)])
    margin = -0.12 * right if any(s.peak_cm_s is None for s in record.strokes) else 0.0
    for kind, colour in ink.KIND_COLOURS.items():
        of_kind = [s for s in record.strokes if s.kind.value == kind]
        if not of_kind:
            continue
        ax.scatter(
            [s.peak_cm_s if s.peak_cm_s is not None else margin / 2 for s in of_kind], [s.peak_n for s in of_kind],
            s=[12 + 14 * min((s.end_us - s.start_us) / 1e6, 8) for s in of_kind], c=colour, marker=ink.KIND_MARKS[kind],
            alpha=0.7, lw=0.6, edgecolors=["#000000" if s.peak_at_least else "white" for s in of_kind],
            label=f"{kind} ({len(of_kind)})",
        )
    top = max(s.peak_n for s in record.strokes) * 1.4 + 1
    for level, colour in ((record.limits["too_fast"].warn, ink.WARN), (record.limits["too_fast"].alarm, ink.ALARM)):
        ax.axvline(level, color=colour, lw=0.8, ls=(0, (4, 3)))
    ax.axvspan(0, record.limits["too_fast"].warn, color=ink.OK, alpha=0.5, lw=0, zorder=0)
    for level, colour in ((record.limits["too_hard"].warn, ink.WARN), (record.limits["too_hard"].alarm, ink.ALARM)):
        if level < top:
            ax.axhline(level, color=colour, lw=0.8, ls=(0, (4, 3)))
    if margin:
        ax.axvspan(margin, 0, facecolor="white", edgecolor=ink.UNKNOWN, hatch="////", lw=0, zorder=0)
        ax.text(margin / 2, top * 0.98, "speed\nunknown", fontsize=7, color=ink.QUIET, ha="center", va="top")
    ax.set_xlim(margin, right)
    ax.set_ylim(0, top)
    note = "  (black rim: at least)" if any(s.peak_at_least for s in record.strokes) else ""
    words = "size: duration" + note
    ax.legend(fontsize=7, loc="upper right", framealpha=0.85, edgecolor=ink.HAIR, title=words, title_fontsize=7)


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
