"""Draws the page's picture of the session from the latest row: every value with its state in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from slowhand.coach.flag import Flag
from slowhand.coach.pace_lead import Led
from slowhand.coach.pacing import GLIDE
from slowhand.coach.readings import FULL_SCALE_TO_ALARM, PACE_FULL_SCALE, Reading
from slowhand.coach.score_card import ScoreCard
from slowhand.coach.score_words import Sentence
from slowhand.coach.techniques import TECHNIQUES
from slowhand.locate.pose import Mode, Phase
from slowhand.session.guide_picture import guide_view, sore_views
from slowhand.session.live_state import (
    FlagView,
    Gauge,
    HandView,
    Implant,
    Level,
    LinkState,
    LinkView,
    LiveState,
    PaceView,
    PadView,
    ScoreLine,
    ScoreView,
)
from slowhand.session.pipeline import Pipeline
from slowhand.session.setup import Setup

FLAGS_SHOWN = 10

NO_HAND = HandView(False, None, None, None, None, None, None, tuple(PadView(None, None, None, False) for _ in range(6)))
STALE_WORDS = "no fresh samples"
EMPTY_WORDS = "no samples yet"


@dataclass(frozen=True)
class Scene:
    """All that a picture is drawn from."""

    setup: Setup
    link: LinkView
    pipeline: Pipeline | None       # None: no glove has said what it has
    row: np.void | None             # the latest touch row
    recording: bool = False
    session_id: int | None = None
    session_s: float = 0.0
    origin_us: int = 0              # the session's beginning on the device's clock
    strokes: int = 0
    demo: bool = False
    finished: bool = False
    charts: tuple[str, ...] = ()
    warning: str = ""
    implant: Implant = Implant.SETTLED
    card: ScoreCard | None = None   # of the session that has ended


def draw(scene: Scene) -> LiveState:
    """The picture of a scene. Values of a stream that has stopped are shown as stale, never as fine."""
    setup, row, pipeline = scene.setup, scene.row, scene.pipeline
    if row is None or pipeline is None:
        pace, pressure = _empty_gauges(setup)
        line, level = scene.link.words, Level.UNKNOWN
    else:
        pace, pressure = gauge_of(pipeline.coach.pace()), gauge_of(pipeline.coach.pressure())
        line, level = _line(pipeline)
    if row is not None and scene.link.state is not LinkState.STREAMING:
        pace, pressure = stale(pace), stale(pressure)
        line, level = scene.link.words, Level.STALE
        row = None
    if scene.demo and scene.finished:   # its simulated glove has gone for good, and nobody need plug it in
        line, level = "The back rub is over.", Level.IDLE
    receiver = pipeline.coach.receiver if pipeline else setup.receiver
    told = pipeline is None or pipeline.coach.feedback or scene.finished   # afterwards all may be seen
    return LiveState(
        link=scene.link,
        mode=setup.choice.mode.name.lower(),
        phase=_phase(scene).name.lower(),
        recording=scene.recording,
        session_id=scene.session_id,
        session_s=scene.session_s,
        coach_line=line,
        coach_level=level,
        pace=pace,
        pressure=pressure,
        hand=NO_HAND if row is None else hand_of(row) if told else without_forces(hand_of(row)),
        back_length_mm=receiver.back_length_mm,
        shoulder_width_mm=receiver.shoulder_width_mm,
        flags=(
            flag_views(pipeline.flags.flags(), pipeline.coach.open_flags, scene.origin_us) if pipeline and told else ()
        ),
        flag_counts=pipeline.flags.counts() if pipeline and told else {},
        stroke_count=scene.strokes,
        demo=scene.demo,
        finished=scene.finished,
        charts=scene.charts,
        warning=scene.warning,
        mode_reason=setup.choice.reason,
        implant=scene.implant,
        choosing=pipeline is not None and setup.choice.mode is not Mode.STRIP and not scene.finished,
        zone=pipeline.coach.chosen_zone if pipeline else None,
        glove_hand=setup.glove.hand,
        may_start_over=_may_start_over(scene),
        strip_y_mm=strip_y_mm(setup),
        sensitive=sore_views(receiver, pipeline.coach.guide if pipeline else None),
        technique=pipeline.coach.technique if pipeline else None,
        techniques=tuple(TECHNIQUES) if pipeline and not scene.finished else (),
        feedback=pipeline.coach.feedback if pipeline else setup.feedback,
        pacing=pace_view(pipeline.coach.pacing.led()) if pipeline else None,
        guide=guide_view(pipeline.coach.guide, may_tell=not scene.finished) if pipeline else None,
        score=score_view(scene.card) if scene.card is not None and not scene.recording else None,
    )


def score_view(card: ScoreCard) -> ScoreView:
    """The score card as the page sees it."""

    def lines(sentences: tuple[Sentence, ...]) -> tuple[ScoreLine, ...]:
        return tuple(ScoreLine(each.words, tuple(it.words for it in each.figures), each.why) for each in sentences)

    return ScoreView(
        card.headline, lines(card.well), lines((card.practise,))[0], lines(card.compared), lines(card.unjudged),
        card.practice, card.note,
    )


def pace_view(led: Led) -> PaceView:
    """The pulse that leads, as the page sees it."""
    target, figures = led.target, led.figures
    if target is None:
        return PaceView(led.choice, words=led.words)
    return PaceView(
        led.choice, target.kind, target.value, "cm/s" if target.kind == GLIDE else "a minute", target.period_us,
        led.origin_us, Level(led.level), led.words,
        figures.rate_error_pct, figures.phase, figures.spread, figures.evenness,
    )


def strip_y_mm(setup: Setup) -> tuple[float, ...]:
    """Where the strip's magnets lie along the spine; none when it is not used."""
    if setup.strip is None or setup.choice.mode is not Mode.STRIP:
        return ()
    return tuple(i * setup.strip.pitch_mm for i in range(setup.strip.magnets))


def gone_stale(picture: LiveState, words: str) -> LiveState:
    """The picture when nothing has come since it was drawn, although the link still seems to stream."""
    return replace(
        picture,
        link=replace(picture.link, state=LinkState.STALE, words=words, rate_hz=0.0),
        pace=stale(picture.pace),
        pressure=stale(picture.pressure),
        hand=NO_HAND,
        coach_line=words,
        coach_level=Level.STALE,
    )


def _line(pipeline: Pipeline) -> tuple[str, Level]:
    line, level = pipeline.coach.current_line()
    guidance = pipeline.locator.guidance
    if guidance.reason and pipeline.locator.phase is not Phase.RUNNING:
        line = f"{line} ({guidance.reason[0].upper()}{guidance.reason[1:]}.)"
    return line, Level(level)


def _phase(scene: Scene) -> Phase:
    if scene.row is not None:
        return Phase(int(scene.row["phase"]))
    return Phase.AWAIT_AWAY if scene.setup.choice.mode is Mode.STRIP else Phase.RUNNING


def _may_start_over(scene: Scene) -> bool:
    """Not in a demo: its simulated hand would not take the steps."""
    strip = scene.pipeline is not None and scene.setup.choice.mode is Mode.STRIP
    return strip and _phase(scene) is Phase.RUNNING and not (scene.demo or scene.finished)


def _empty_gauges(setup: Setup) -> tuple[Gauge, Gauge]:
    """The gauges before the first row: their bands, and nothing in them."""
    limits = setup.receiver.personal_limits()
    pace, pressure = limits.too_fast, limits.too_hard
    return (
        Gauge(None, False, Level.UNKNOWN, EMPTY_WORDS, pace.warn, pace.alarm, PACE_FULL_SCALE, pace.unit, 0),
        Gauge(
            None, False, Level.UNKNOWN, EMPTY_WORDS, pressure.warn, pressure.alarm,
            FULL_SCALE_TO_ALARM * pressure.alarm, pressure.unit, 0,
        ),
    )


def gauge_of(reading: Reading) -> Gauge:
    """The coach's reading as the page's gauge."""
    return Gauge(
        reading.value, reading.at_least, Level(reading.level), reading.words, reading.warn, reading.alarm,
        reading.full_scale, reading.unit, reading.t_us,
    )


def stale(gauge: Gauge) -> Gauge:
    """The gauge when samples have stopped: whatever it said, it says it no longer."""
    return replace(gauge, level=Level.STALE, words=STALE_WORDS)


def hand_of(row: np.void) -> HandView:
    """The hand of one touch row (TOUCH_DTYPE); ``None`` for every place that is unknown."""
    x, y, _ = row["pos_mm"].tolist()
    cop_x, cop_y = row["cop_mm"].tolist()
    pads = zip(row["pad_mm"].tolist(), row["force_n"].tolist(), row["at_least"].tolist(), strict=True)
    return HandView(
        located=bool(row["located"]),
        x_mm=_known(x),
        y_mm=_known(y),
        heading_rad=_known(float(row["heading_rad"])),
        sigma_mm=max((sigma for sigma in row["sigma_mm"].tolist() if math.isfinite(sigma)), default=None),
        cop_x_mm=_known(cop_x),
        cop_y_mm=_known(cop_y),
        pads=tuple(
            PadView(_known(pad_x), _known(pad_y), _known(force), at_least)
            for (pad_x, pad_y), force, at_least in pads
        ),
        x_known=bool(row["x_known"]),
    )


def without_forces(hand: HandView) -> HandView:
    """The hand where it is, and nothing of how it presses: in a practice without feedback."""
    return replace(hand, cop_x_mm=None, cop_y_mm=None, pads=NO_HAND.pads)


def flag_views(flags: tuple[Flag, ...], open_flags: tuple[Flag, ...], origin_us: int) -> tuple[FlagView, ...]:
    """The latest flags, newest first; ``origin_us`` is the session's beginning on the device's clock.

    An open flag is shown with its value of now (``open_flags``), which grows without being told as a change.
    """
    now = {flag.key: flag for flag in open_flags}
    latest = (now.get(flag.key, flag) for flag in reversed(flags[-FLAGS_SHOWN:]))
    return tuple(
        FlagView(
            flag.kind.value, flag.severity.value, flag.value, flag.unit, flag.end_us is None,
            (flag.start_us - origin_us) * 1e-6,
        )
        for flag in latest
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
