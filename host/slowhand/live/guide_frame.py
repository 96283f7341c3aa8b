"""The guided back rub as messages: the step, the cells that were worked, and what was said about the pressure."""

from __future__ import annotations

from typing import Any

from slowhand.session.live_state import GuideView

STEP_S = 5   # times are told in steps of so many seconds: a card is no stopwatch


def guide_sections(guide: GuideView | None) -> dict[str, dict[str, Any]]:
    """Sections "guide", "cover" and "answers"; each changes by itself, and seldom."""
    if guide is None:
        return {"guide": {"shown": False}, "cover": {"cells": ""}, "answers": {"question": None, "may_tell": False}}
    return {"guide": _guide(guide), "cover": _cover(guide), "answers": _answers(guide)}


def _guide(guide: GuideView) -> dict[str, Any]:
    return {
        "shown": True,
        "running": guide.running,
        "finished": guide.finished,
        "by_clock": guide.by_clock,
        "minutes": guide.minutes,
        "totals": list(guide.totals),
        "index": guide.index,
        "count": guide.count,
        "title": guide.title,
        "words": guide.words,
        "kinds": list(guide.kinds),
        "pace": guide.pace,
        "percent": round(100 * guide.progress),
        "step_left": _rounded(guide.step_left_s),
        "left": _rounded(guide.left_s),
        "ready": guide.ready,
        "next": guide.next_title,
        "hint": guide.hint,
        "missed": list(guide.missed),
        "uneven": list(guide.uneven),
        "unknown": _rounded(guide.unknown_s),
        "palpation": list(guide.palpation),
    }


def _cover(guide: GuideView) -> dict[str, Any]:
    return {
        "cells": "".join(map(str, guide.cells)),
        "columns": guide.columns,
        "cell": guide.cell_mm,
        "top": guide.top_mm,
    }


def _answers(guide: GuideView) -> dict[str, Any]:
    return {
        "question": guide.question,
        "marks": [[it.x_mm, it.y_mm, it.radius_mm, it.max_n, it.why, it.earlier] for it in guide.marks],
        "everywhere": guide.everywhere_n,
        "stopped": guide.stopped,
        "answered": guide.answered,
        "may_tell": guide.may_tell,
        "places": not guide.by_clock,
    }


def _rounded(seconds: float) -> int:
    return STEP_S * round(max(seconds, 0.0) / STEP_S)
