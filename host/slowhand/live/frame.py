"""A live state as the small messages that the page understands: what moves, and what seldom changes.

The moving part goes out with every update and is kept to a few hundred bytes. The slow part is a set of named
sections; each is sent only when it differs from what that page was told last.
"""

from __future__ import annotations

import math
from typing import Any

from slowhand.live.guide_frame import guide_sections
from slowhand.session.live_state import Gauge, Level, LinkState, LiveState, ScoreLine, ScoreView

NO_FRESH_DATA = "no fresh data"
# Levels that say something about now, and so end with the stream. A coach's neutral words (IDLE) stay true.
JUDGEMENTS = frozenset({Level.OK, Level.WARN, Level.ALARM})

Section = dict[str, Any]


def fast_part(state: LiveState) -> Section:
    """What moves: the session clock (s), both gauges, the hand (mm, rad) and its pads (mm, N).

    Gauges are ``[value, at_least, level, t_us]``, the hand ``[x, y, heading, sigma, cop_x, cop_y]`` or ``None`` when
    it is not located, each pad ``[x, y, force, at_least]``. ``band`` is ``[x, sigma]`` where only x is known, ``None``
    otherwise. Unknown numbers are ``None``, never NaN.
    """
    return {
        "clock": int(state.session_s) if math.isfinite(state.session_s) else None,
        "pace": _gauge_reading(state.pace, state),
        "pressure": _gauge_reading(state.pressure, state),
        "hand": hand_place(state),
        "band": x_band(state),
        "pads": [
            [_number(pad.x_mm, 1), _number(pad.y_mm, 1), _number(pad.force_n, 2), pad.at_least]
            for pad in state.hand.pads
        ],
    }


def slow_part(state: LiveState) -> dict[str, Section]:
    """What seldom changes, by section: words, limits, link, flags, sizes, and how the session stands."""
    return {
        "pace": _gauge_frame(state.pace, state),
        "pressure": _gauge_frame(state.pressure, state),
        "coach": {"line": state.coach_line, "level": coach_level(state).value},
        "link": _link_section(state),
        "stage": _stage_section(state),
        "body": {
            "length": state.back_length_mm,
            "shoulders": state.shoulder_width_mm,
            "hand": state.glove_hand,
            "strip": [round(y_mm, 1) for y_mm in state.strip_y_mm],
            "sensitive": [[place.x_mm, place.y_mm, place.radius_mm, place.max_n, place.words]
                          for place in state.sensitive],
        },
        "flags": {
            "latest": [
                [flag.kind, flag.severity, _number(flag.value, 1), flag.unit, flag.open, int(flag.session_s)]
                for flag in state.flags
            ],
            "counts": dict(state.flag_counts),
            "strokes": state.stroke_count,
            # none is shown while a practice without feedback lasts; that is not "no flags"
            "held_back": not (state.feedback or state.finished or state.score is not None),
        },
        "charts": {"files": list(state.charts)},
        "pacing": _pacing_section(state),
        "score": _score_section(state.score),
        **guide_sections(state.guide),
    }


def _stage_section(state: LiveState) -> Section:
    """In which mode and phase the session is, and what may be said to it."""
    return {
        "mode": state.mode,
        "phase": state.phase,
        "located": hand_place(state) is not None,
        "x_alone": x_band(state) is not None,
        "recording": state.recording,
        "session": state.session_id,
        "demo": state.demo,
        "finished": state.finished,
        "warning": state.warning,
        "reason": state.mode_reason,
        "implant": state.implant.value,
        "choosing": state.choosing,
        "zone": state.zone,
        "start_over": state.may_start_over,
        "technique": state.technique,
        "techniques": list(state.techniques),
        "feedback": state.feedback,
    }


def _score_section(card: ScoreView | None) -> Section:
    """The score card; each line is ``[words, figures, why]``. No card: ``card`` is ``None``."""
    if card is None:
        return {"card": None}

    def lines(of: tuple[ScoreLine, ...]) -> list[list[Any]]:
        return [[line.words, list(line.figures), line.why] for line in of]

    return {
        "card": {
            "headline": card.headline, "well": lines(card.well), "practise": lines((card.practise,))[0],
            "compared": lines(card.compared), "unjudged": lines(card.unjudged), "test": card.test, "note": card.note,
        }
    }


def _pacing_section(state: LiveState) -> Section:
    """The pulse that leads: ``period`` and ``origin`` are device time, us; no judgement without fresh samples."""
    led = state.pacing
    if led is None or led.kind is None:
        return {"choice": "off" if led else None, "kind": None}
    live = _streaming(state)
    return {
        "choice": led.choice,
        "kind": led.kind,
        "target": _number(led.target, 1),
        "unit": led.unit,
        "period": led.period_us,
        "origin": led.origin_us,
        "level": (led.level if live else Level.STALE).value,
        "words": led.words if live else NO_FRESH_DATA,
        "phase": _number(led.phase, 3) if live else None,
        "rate": _number(led.rate_error_pct, 1) if live else None,
    }


def coach_level(state: LiveState) -> Level:
    """The level of the coach's line; a judgement holds only while samples arrive."""
    return Level.STALE if state.coach_level in JUDGEMENTS and not _streaming(state) else state.coach_level


def shown_level(gauge: Gauge, state: LiveState) -> Level:
    """The level that may be drawn for a gauge: live only while samples arrive, OK only with a number behind it."""
    if gauge.level in JUDGEMENTS | {Level.IDLE} and not _streaming(state):
        return Level.STALE
    if gauge.level is Level.OK and _number(gauge.value, 1) is None:
        return Level.UNKNOWN
    return gauge.level


def hand_place(state: LiveState) -> list[float | None] | None:
    """The hand's place, or ``None`` when anything that a drawing needs is unknown, or is no longer so."""
    hand = state.hand
    x_mm, y_mm, heading = _number(hand.x_mm, 1), _number(hand.y_mm, 1), _number(hand.heading_rad, 3)
    if not (hand.located and _streaming(state)) or x_mm is None or y_mm is None or heading is None:
        return None
    cop_x_mm, cop_y_mm = _number(hand.cop_x_mm, 1), _number(hand.cop_y_mm, 1)
    if cop_x_mm is None or cop_y_mm is None:
        cop_x_mm = cop_y_mm = None
    return [x_mm, y_mm, heading, _number(hand.sigma_mm, 1), cop_x_mm, cop_y_mm]


def x_band(state: LiveState) -> list[float | None] | None:
    """How far from the spine the hand is and how sure that is, where its height on the back is unknown."""
    hand, x_mm = state.hand, _number(state.hand.x_mm, 1)
    if not (hand.x_known and _streaming(state)) or x_mm is None or hand_place(state) is not None:
        return None
    return [x_mm, _number(hand.sigma_mm, 1)]


def _streaming(state: LiveState) -> bool:
    return state.link.state is LinkState.STREAMING


def _gauge_reading(gauge: Gauge, state: LiveState) -> list[Any]:
    return [_number(gauge.value, 1), gauge.at_least, shown_level(gauge, state).value, gauge.t_us]


def _gauge_frame(gauge: Gauge, state: LiveState) -> Section:
    level = shown_level(gauge, state)
    words = gauge.words if level is gauge.level else NO_FRESH_DATA if level is Level.STALE else "unknown"
    return {
        "words": words,
        "warn": _number(gauge.warn, 1),
        "alarm": _number(gauge.alarm, 1),
        "full": _number(gauge.full_scale, 1),
        "unit": gauge.unit,
    }


def _link_section(state: LiveState) -> Section:
    link = state.link
    rate_hz = _number(link.rate_hz, 1)
    return {
        "state": link.state.value,
        "words": link.words,
        "port": link.port,
        # in steps of 5 Hz: the last digit would change with every update, and says nothing
        "rate": None if rate_hz is None else 5 * round(rate_hz / 5),
        "lost": link.lost_frames,
        "bad": link.bad_frames,
        "reconnects": link.reconnects,
    }


def _number(value: float | None, digits: int) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)
