"""A session that follows a script instead of a glove: what the live page can meet, one scene at a time."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from slowhand.errors import BadInputError, StoreError
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
    SoreView,
)
from slowhand.session.picture import without_forces
from tests.browser.guided_scenes import GUIDED, guided_as_told
from tests.browser.score_cards import SCORE, SHORT_SCORE

PACE = Gauge(12.0, False, Level.OK, "good pace", 25.0, 30.0, 40.0, "cm/s", 0)
PRESSURE = Gauge(14.0, False, Level.OK, "gentle", 60.0, 100.0, 120.0, "N", 0)
QUIET = Gauge(None, False, Level.IDLE, "feedback is off", 25.0, 30.0, 40.0, "cm/s", 0)
LINK = LinkView(LinkState.STREAMING, "Glove 7 connected.", "/dev/ttyUSB0", 200.1, 0, 0, 0)
NO_HAND = HandView(False, None, None, None, None, None, None, tuple(PadView(None, None, 0.0, False) for _ in range(6)))
# Nominal pads of a right hand, hand frame (x to the fingertips, y to the left), mm.
PADS_MM = ((50, 55), (95, 25), (105, 0), (95, -20), (-40, 10), (-35, -30))
STRIP_Y_MM = tuple(30.0 * i for i in range(16))
FORCES_N = (1.5, 3.6, 4.4, 2.9, 8.0, 4.5)


class ScriptedSession:
    """Plays the scene that is set; ``start`` and ``stop`` are noted in ``calls``."""

    def __init__(self, scene: str = "good", clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_s = clock()
        self._lock = threading.Lock()
        self._calls: list[str] = []
        self._scene = scene
        self._scene_number = 1
        self.recording = True
        self._zone: str | None = None
        self._implant: bool | None = None
        self._told: dict[str, object] = {}

    def play(self, scene: str) -> int:
        """Change the scene; returns its number, which the state carries as the session's."""
        with self._lock:
            self._scene = scene
            self._scene_number += 1
            self._zone = self._implant = None
            self._told = {}
            return self._scene_number

    def go_on(self, scene: str) -> int:
        """Change the scene within the session; what was told before is part of the scene, or gone."""
        with self._lock:
            self._scene = scene
            self._told = {}
            return self._scene_number

    @property
    def calls(self) -> list[str]:
        with self._lock:
            return list(self._calls)

    def state(self) -> LiveState:
        elapsed_s = self._clock() - self._began_s
        with self._lock:
            scene, number = self._scene, self._scene_number
        calm = _calm(elapsed_s, self.recording)
        if scene == "magnets" and self._implant is not None:
            calm = _force(replace(calm, implant=Implant.NAMED)) if self._implant else calm
        else:
            calm = SCENES[scene](calm)
        may_start_over = calm.mode == "strip" and calm.phase == "running" and not (calm.finished or calm.demo)
        zone = self._zone if calm.choosing else None
        calm = guided_as_told(_as_told(calm, self._told), self._told)
        return replace(calm, session_id=number, zone=zone, may_start_over=may_start_over)

    def start(self) -> None:
        self._note("start")
        if self._scene == "disk_full":
            raise StoreError("no session was started: the disk is full; free some space and press start again")
        self.recording = True

    def stop(self) -> None:
        self._note("stop")
        self.recording = False

    def choose_zone(self, name: str | None) -> None:
        self._note(f"zone-{name}")
        self._zone = name

    def tell(self, kind: str, value: object) -> None:
        self._note(f"tell-{json.dumps([kind, value], separators=(',', ':'))}")
        if self._scene == "guide_refusing":
            raise BadInputError("nothing can be told now: the glove is not there")
        self._told[kind] = value

    def start_over(self) -> None:
        self._note("start-over")
        self._scene = "await_away"

    def answer_implant(self, present: bool) -> None:
        self._note(f"implant-{present}")
        self._implant = present

    def _note(self, call: str) -> None:
        with self._lock:
            self._calls.append(call)


def hand_at(x_mm: float, y_mm: float, heading_rad: float, scale: float = 1.0) -> HandView:
    """A hand whose pads follow from its place: hand x points along the heading, hand y to its left."""
    ahead = (math.sin(heading_rad), math.cos(heading_rad))   # of hand x, in back x and y
    left = (-math.cos(heading_rad), math.sin(heading_rad))   # of hand y
    pads = tuple(
        PadView(x_mm + px * ahead[0] + py * left[0], y_mm + px * ahead[1] + py * left[1], force * scale, False)
        for (px, py), force in zip(PADS_MM, FORCES_N, strict=True)
    )
    total = sum(pad.force_n or 0.0 for pad in pads)
    cop = [
        sum((pad.force_n or 0.0) * (place or 0.0) for pad, place in zip(pads, places, strict=True)) / total
        for places in ([pad.x_mm for pad in pads], [pad.y_mm for pad in pads])
    ]
    return HandView(True, x_mm, y_mm, heading_rad, 2.1, cop[0], cop[1], pads)


def mirrored(hand: HandView) -> HandView:
    """The same place with a left hand: pads on the other side of the hand's x axis, which must be the back's y."""
    middle_mm = hand.x_mm or 0.0
    pads = tuple(replace(pad, x_mm=2 * middle_mm - (pad.x_mm or 0.0)) for pad in hand.pads)
    return replace(hand, pads=pads, cop_x_mm=2 * middle_mm - (hand.cop_x_mm or 0.0))


def _calm(elapsed_s: float, recording: bool) -> LiveState:
    """Long calm glides beside the spine on the receiver's left, down and up again."""
    phase = 2 * math.pi * elapsed_s / 9.0
    t_us = 5_000 * int(elapsed_s * 200)  # samples at 200 Hz
    hand = hand_at(78 + 16 * math.cos(phase), 205 + 120 * math.sin(phase), 0.12 * math.cos(phase))
    pace = 10.5 + 3.0 * math.sin(2 * phase)
    force = sum(pad.force_n or 0.0 for pad in hand.pads) + 3.0 * math.sin(phase)
    return LiveState(
        link=LINK, mode="strip", phase="running", recording=recording, session_id=12, session_s=74 + elapsed_s,
        coach_line="Lovely. Long, slow strokes.", coach_level=Level.OK,
        pace=replace(PACE, value=pace, t_us=t_us), pressure=replace(PRESSURE, value=force, t_us=t_us),
        hand=hand, back_length_mm=450.0, shoulder_width_mm=380.0, flags=FLAGS, flag_counts=COUNTS, stroke_count=23,
        strip_y_mm=STRIP_Y_MM,
    )  # fmt: skip


FLAGS = (
    FlagView("too_fast", "warn", 27.3, "cm/s", False, 61.0),
    FlagView("spine_pressure", "alarm", 16.2, "N", False, 38.0),
    FlagView("too_fast", "alarm", 33.8, "cm/s", False, 21.0),
)
COUNTS = {"too_fast": 2, "spine_pressure": 1}


def _too_fast(calm: LiveState) -> LiveState:
    flag = FlagView("too_fast", "warn", 27.9, "cm/s", True, calm.session_s - 1)
    pace = replace(calm.pace, value=27.9, level=Level.WARN, words="too fast")
    return replace(calm, pace=pace, coach_line="Slower.", coach_level=Level.WARN,
                   flags=(flag, *FLAGS), flag_counts={"too_fast": 3, "spine_pressure": 1})


def _spine(calm: LiveState) -> LiveState:
    flag = FlagView("spine_pressure", "alarm", 17.5, "N", True, calm.session_s - 1)
    pressure = replace(calm.pressure, value=17.5, level=Level.ALARM, words="too hard near the spine",
                       warn=5.0, alarm=15.0, full_scale=30.0)
    return replace(calm, pressure=pressure, hand=hand_at(24, 190, 0.35, 0.8), coach_level=Level.ALARM,
                   coach_line="Lighter near the spine. Move out to the muscle.",
                   flags=(flag, *FLAGS), flag_counts={"too_fast": 2, "spine_pressure": 2})


def _saturated(calm: LiveState) -> LiveState:
    pads = (replace(calm.hand.pads[0], force_n=None), replace(calm.hand.pads[1], force_n=20.0, at_least=True),
            *calm.hand.pads[2:])
    pressure = replace(calm.pressure, value=85.4, at_least=True, level=Level.WARN, words="too hard")
    return replace(calm, pressure=pressure, hand=replace(calm.hand, pads=pads), coach_line="Lighter.",
                   coach_level=Level.WARN)


def _idle(calm: LiveState) -> LiveState:
    away = replace(calm.hand, cop_x_mm=None, cop_y_mm=None,
                   pads=tuple(replace(pad, force_n=0.0) for pad in calm.hand.pads))
    return replace(calm, hand=away, flags=(), flag_counts={}, stroke_count=0, recording=calm.recording,
                   pace=replace(calm.pace, value=0.0, level=Level.IDLE, words="no contact"),
                   pressure=replace(calm.pressure, value=0.0, level=Level.IDLE, words="no contact"),
                   coach_line="Ask: is there a place that hurts?", coach_level=Level.IDLE)


def _stale(calm: LiveState) -> LiveState:
    """What a session says while the glove is silent; the gauges are still as they were, on purpose."""
    words = "The glove on /dev/ttyUSB0 sends nothing. Check that it has power."
    return replace(_frozen(calm), link=replace(LINK, state=LinkState.STALE, words=words, rate_hz=0.0, lost_frames=214))


def _lost(calm: LiveState) -> LiveState:
    words = "The cable to the glove on /dev/ttyUSB0 is out. Plug it in again; the session goes on by itself."
    link = replace(LINK, state=LinkState.LOST, words=words, rate_hz=None, lost_frames=612, reconnects=1)
    return replace(_frozen(calm), link=link, hand=NO_HAND, coach_line="Rest a moment. The glove is not connected.",
                   coach_level=Level.STALE)


def _frozen(calm: LiveState) -> LiveState:
    return replace(calm, session_s=95.0, pace=replace(PACE, t_us=21_000_000), hand=hand_at(80, 240, 0.1),
                   pressure=replace(PRESSURE, t_us=21_000_000))


def _unknown(calm: LiveState) -> LiveState:
    return replace(calm, hand=NO_HAND, coach_line="Place unknown: keep off the spine.", coach_level=Level.UNKNOWN,
                   pace=replace(calm.pace, value=None, level=Level.UNKNOWN, words="place unknown"))


def _x_alone(calm: LiveState) -> LiveState:
    """Back from an absence and pressing without moving: how far from the spine is known, the height is not."""
    pads = tuple(replace(pad, y_mm=None) for pad in hand_at(44, 200, 0.2, 0.7).pads)
    hand = replace(NO_HAND, x_mm=44.0, heading_rad=0.2, sigma_mm=4.5, cop_x_mm=50.0, pads=pads, x_known=True)
    unknown = {"level": Level.UNKNOWN, "value": None}
    words = "beside the spine, height unknown"
    return replace(calm, hand=hand, coach_level=Level.UNKNOWN, coach_line=f"{words.capitalize()}: stay light.",
                   pace=replace(calm.pace, **unknown, words="pace unknown"),
                   pressure=replace(calm.pressure, level=Level.UNKNOWN, words=words))


def _nonsense(calm: LiveState) -> LiveState:
    """A session gone wrong: numbers that are none, called good."""
    return replace(calm, pace=replace(calm.pace, value=math.nan), pressure=replace(calm.pressure, value=None),
                   hand=replace(calm.hand, x_mm=math.nan))


def _starting(phase: str, line: str) -> Callable[[LiveState], LiveState]:
    def scene(calm: LiveState) -> LiveState:
        unknown = replace(calm.pace, value=None, level=Level.UNKNOWN, words="not started")
        return replace(calm, phase=phase, hand=NO_HAND, pace=unknown, coach_line=line, coach_level=Level.IDLE,
                       pressure=replace(calm.pressure, value=0.0, level=Level.IDLE, words="no contact"),
                       flags=(), flag_counts={}, stroke_count=0, session_s=4.0)
    return scene


def _searching(calm: LiveState) -> LiveState:
    unknown = replace(PACE, value=None, level=Level.UNKNOWN, words="no glove yet")
    link = LinkView(LinkState.SEARCHING, "No glove found. Plug it in, or name its port with --port.", "", None, 0, 0, 0)
    return replace(calm, link=link, phase="await_away", recording=False, session_id=None, session_s=0.0, hand=NO_HAND,
                   pace=unknown, pressure=replace(unknown, warn=60.0, alarm=100.0, full_scale=120.0, unit="N"),
                   coach_line="Plug the glove in.", coach_level=Level.UNKNOWN, flags=(), flag_counts={}, stroke_count=0)


def _force(calm: LiveState) -> LiveState:
    unknown = replace(calm.pace, value=None, level=Level.UNKNOWN, words="not measured")
    return replace(calm, mode="force", hand=_apart(calm), pace=unknown, coach_line="Press as softly as feels good.",
                   coach_level=Level.IDLE, strip_y_mm=(), choosing=True, mode_reason="force mode was asked for")


def _motion(calm: LiveState) -> LiveState:
    return replace(calm, mode="motion", hand=_apart(calm), strip_y_mm=(), choosing=True, coach_line="Good. Go on slowly.",
                   mode_reason="no strip of magnets: place unknown",
                   pace=replace(calm.pace, value=14.2, unit="± 4 cm/s", words="last stroke: good pace"), pressure=replace(
                       calm.pressure, value=3.4, warn=5.0, alarm=15.0, full_scale=18.0, words="good pressure, spine limit"))


def _motion_kneading(calm: LiveState) -> LiveState:
    pace = replace(calm.pace, value=142.3, unit="± 10 a minute", level=Level.ALARM, words="kneading much too fast",
                   warn=90.0, alarm=120.0, full_scale=160.0)
    return replace(_motion(calm), pace=pace, coach_line="Knead much more slowly.", coach_level=Level.ALARM)


def _motion_unknown(calm: LiveState) -> LiveState:
    pace = replace(calm.pace, value=None, level=Level.UNKNOWN, words="pace unknown")
    return replace(_motion(calm), pace=pace, coach_line="Pace unknown: go on gently.", coach_level=Level.UNKNOWN)


GLIDES = PaceView("auto", "glide", 6.0, "cm/s", 5_000_000, 1_250_000, Level.OK, "with the pulse", 1.2, 0.05, 0.04, 0.95)
CIRCLES = replace(GLIDES, kind="knead", target=40.0, unit="a minute", period_us=1_500_000)
TECHNIQUES = ("fingers", "palm", "fist", "forearm", "elbow")


def _paced(pacing: PaceView, **changes: object) -> Callable[[LiveState], LiveState]:
    def scene(calm: LiveState) -> LiveState:
        return replace(calm, pacing=pacing, techniques=TECHNIQUES, technique="palm", **changes)
    return scene


def _as_told(calm: LiveState, told: dict[str, object]) -> LiveState:
    """What the page has told, as a session would show it."""
    if "pace" in told:
        pace = told["pace"]
        knead = isinstance(pace, dict) and pace["kind"] == "knead"
        pacing = PaceView("off") if pace is None else replace(CIRCLES, choice="knead") if knead else GLIDES
        calm = replace(calm, pacing=pacing)
    calm = replace(calm, technique=str(told["technique"])) if "technique" in told else calm
    return replace(calm, feedback=bool(told["feedback"])) if "feedback" in told else calm


def _apart(calm: LiveState) -> HandView:
    """Pads that press without a place."""
    return replace(NO_HAND, pads=tuple(replace(pad, x_mm=None, y_mm=None) for pad in calm.hand.pads))


def _finished(calm: LiveState) -> LiveState:
    over = {"value": None, "level": Level.STALE, "words": "session over"}
    charts = ("demo-out/session-12-timeline.png", "demo-out/session-12-back-map.png",
              "demo-out/session-12-strokes.png", "demo-out/session-12.pdf")
    return replace(calm, finished=True, recording=False, session_s=123.0, hand=NO_HAND, charts=charts, demo=True,
                   pace=replace(PACE, **over, t_us=123_000_000), pressure=replace(PRESSURE, **over, t_us=123_000_000),
                   coach_line="Well done: calmer and calmer towards the end.", coach_level=Level.IDLE, stroke_count=41,
                   link=replace(LINK, state=LinkState.LOST, words="The stream has ended."),
                   flag_counts={"too_fast": 4, "spine_pressure": 2, "kidney_pressure": 1})


def _stopped(calm: LiveState) -> LiveState:
    """The giver has pressed stop: the stream goes on, and the card is there."""
    return replace(_idle(calm), recording=False, session_s=851.0, score=SCORE, flags=FLAGS, flag_counts=COUNTS,
                   stroke_count=118)


def _by_feel(calm: LiveState) -> LiveState:
    """A practice without feedback: as a session draws it, no pad says how it presses."""
    return replace(calm, feedback=False, flags=(), flag_counts={}, pace=QUIET, pressure=QUIET,
                   hand=without_forces(calm.hand), coach_line="Practice without feedback: go by feel.",
                   coach_level=Level.IDLE)


def _warning(calm: LiveState) -> LiveState:
    return replace(calm, warning="Recording stopped: the disk is full. Free some space and press start again.",
                   recording=False)


MARKUP = "<img src=x onerror=alert(1)> is no picture & no script"

SCENES: dict[str, Callable[[LiveState], LiveState]] = {
    "good": lambda calm: calm,
    "demo": lambda calm: replace(calm, demo=True),
    "too_fast": _too_fast,
    "spine": _spine,
    "saturated": _saturated,
    "idle": _idle,
    "stale": _stale,
    "lost": _lost,
    "unknown": _unknown,
    "x_alone": _x_alone,
    "nonsense": _nonsense,
    "await_away": _starting("await_away", "Hold your hand still, well away from the back."),
    "await_start_pose": _starting("await_start_pose", "Now rest it at the base of the neck."),
    "searching": _searching,
    "force": _force,
    "motion": _motion,
    "motion_kneading": _motion_kneading,
    "motion_unknown": _motion_unknown,
    "magnets": lambda calm: replace(calm, implant=Implant.ASK),
    "other_body": lambda calm: replace(calm, back_length_mm=400.0, sensitive=(SoreView(60.0, 120.0, 30.0, 8.0),),
                                       strip_y_mm=tuple(40.0 * i for i in range(11))),
    "paced": _paced(GLIDES),
    "paced_fast": _paced(replace(GLIDES, level=Level.IDLE, words="a little fast", rate_error_pct=12.0),
                         coach_line="A little slower: with the pulse.", coach_level=Level.IDLE),
    "paced_unknown": _paced(replace(GLIDES, level=Level.UNKNOWN, words="find the pulse", rate_error_pct=None)),
    "paced_kneading": _paced(CIRCLES),
    "pace_off": _paced(PaceView("off")),
    "paced_stale": lambda calm: replace(_stale(calm), pacing=GLIDES),
    "practice": _paced(GLIDES, feedback=False),
    "paced_start": lambda calm: replace(SCENES["await_away"](calm), pacing=replace(GLIDES, words="after the start steps")),
    "paced_finished": lambda calm: replace(_finished(calm), pacing=GLIDES),
    **GUIDED,
    "finished": _finished,
    "stopped": _stopped,
    "stopped_guided": lambda calm: GUIDED["guide_offered"](_stopped(calm)),
    "stopped_pressing": lambda calm: replace(_spine(calm), recording=False, score=SCORE),
    "scored": lambda calm: replace(_finished(calm), score=SCORE),
    "scored_short": lambda calm: replace(_finished(calm), score=SHORT_SCORE, flag_counts={}, stroke_count=3),
    "warning": _warning,
    "by_feel": lambda calm: _by_feel(calm),
    "by_feel_motion": lambda calm: _by_feel(_motion(calm)),
    "by_feel_stopped": lambda calm: replace(_stopped(calm), feedback=False, pace=QUIET, pressure=QUIET),
    "markup": lambda calm: replace(calm, coach_line=MARKUP, warning=MARKUP),
    "left_start": lambda calm: replace(SCENES["await_start_pose"](calm), glove_hand="left"),
    "left_hand": lambda calm: replace(calm, hand=mirrored(hand_at(60, 200, 0.0))),
    "disk_full": lambda calm: replace(calm, recording=False),
}
