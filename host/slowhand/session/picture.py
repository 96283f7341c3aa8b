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
    setup = scene.setup
    pace, pressure = _gauges(scene)
    line, level = _line(scene)
    picture = LiveState(
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
        hand=NO_HAND,
        back_length_mm=setup.receiver.back_length_mm,
        shoulder_width_mm=setup.receiver.shoulder_width_mm,
        flags=(),
        flag_counts={},
        stroke_count=scene.strokes,
        demo=scene.demo,
        finished=scene.finished,
        charts=scene.charts,
        warning=scene.warning,
        mode_reason=setup.choice.reason,
        implant=scene.implant,
        glove_hand=setup.glove.hand,
        may_start_over=_may_start_over(scene),
        strip_y_mm=strip_y_mm(setup),
        sensitive=sore_views(setup.receiver, None),
        feedback=setup.feedback,
        score=score_view(scene.card) if scene.card is not None and not scene.recording else None,
    )
    return picture if scene.pipeline is None else _with_coach(picture, scene, scene.pipeline)


def _with_coach(picture: LiveState, scene: Scene, pipeline: Pipeline) -> LiveState:
    """What the coach knows besides. In a practice without feedback flags are seen once the session has ended.

    Forces are not seen then either: the hand may go on, and the choice holds for the next session too.
    """
    coach, row = pipeline.coach, scene.row
    told = coach.feedback or scene.finished
    if row is not None and scene.link.state is LinkState.STREAMING:
        picture = replace(picture, hand=hand_of(row) if told else without_forces(hand_of(row)))
    found = pipeline.flags if told else pipeline.flags.ended
    if found is not None:
        views = flag_views(found.flags(), coach.open_flags, scene.origin_us)
        picture = replace(picture, flags=views, flag_counts=found.counts())
    return replace(
        picture,
        back_length_mm=coach.receiver.back_length_mm,
        shoulder_width_mm=coach.receiver.shoulder_width_mm,
        choosing=scene.setup.choice.mode is not Mode.STRIP and not scene.finished,
        zone=coach.chosen_zone,
        sensitive=sore_views(coach.receiver, coach.guide),
        technique=coach.technique,
        techniques=() if scene.finished else tuple(TECHNIQUES),
        feedback=coach.feedback,
        pacing=pace_view(coach.pacing.led()),
        guide=guide_view(coach.guide, may_tell=not scene.finished),
    )


def _gauges(scene: Scene) -> tuple[Gauge, Gauge]:
    """Pace and pressure."""
    if scene.row is None or scene.pipeline is None:
        return _empty_gauges(scene.setup)
    coach = scene.pipeline.coach
    pace, pressure = gauge_of(coach.pace()), gauge_of(coach.pressure())
    return (pace, pressure) if scene.link.state is LinkState.STREAMING else (stale(pace), stale(pressure))


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


def _line(scene: Scene) -> tuple[str, Level]:
    """The coach's line while there is a stream; otherwise how the link stands."""
    if scene.demo and scene.finished:   # its simulated glove has gone for good, and nobody need plug it in
        return "The back rub is over.", Level.IDLE
    if scene.row is None:
        return scene.link.words, Level.UNKNOWN
    if scene.pipeline is None or scene.link.state is not LinkState.STREAMING:
        return scene.link.words, Level.STALE
    line, level = scene.pipeline.coach.current_line()
    guidance = scene.pipeline.locator.guidance
    if guidance.reason and scene.pipeline.locator.phase is not Phase.RUNNING:
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
