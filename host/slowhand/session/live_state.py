"""What the live page shows: one frozen picture of the session, made anew for every update."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    """State of a gauge in one word. Only ``OK`` may ever be drawn green."""

    IDLE = "idle"        # no contact
    OK = "ok"
    WARN = "warn"
    ALARM = "alarm"
    UNKNOWN = "unknown"  # cannot be known now (place unknown, not started)
    STALE = "stale"      # no fresh sample


class LinkState(StrEnum):
    SEARCHING = "searching"      # no port yet
    CONNECTING = "connecting"    # port open, no HELLO yet
    STREAMING = "streaming"
    STALE = "stale"              # port open, samples stopped
    LOST = "lost"                # cable out; trying again
    REFUSED = "refused"          # not a glove, or another protocol version


@dataclass(frozen=True)
class Gauge:
    """One gauge: a value (``None`` = unknown), its state in words, and the sample that it shows."""

    value: float | None
    at_least: bool               # the value is a lower bound
    level: Level
    words: str                   # "good pace", "too fast", "place unknown"
    warn: float
    alarm: float
    full_scale: float
    unit: str                    # "cm/s", "N"
    t_us: int                    # device time of the sample shown; 0 before the first


@dataclass(frozen=True)
class PadView:
    x_mm: float | None
    y_mm: float | None
    force_n: float | None        # None = pad unusable
    at_least: bool


@dataclass(frozen=True)
class HandView:
    """The hand on the back. ``None`` places mean: unknown, draw no hand.

    Where only x is known the hand is not located, and every y is ``None``.
    """

    located: bool
    x_mm: float | None
    y_mm: float | None
    heading_rad: float | None
    sigma_mm: float | None       # the larger of sigma x and y; of x where it alone is known
    cop_x_mm: float | None
    cop_y_mm: float | None
    pads: tuple[PadView, ...]
    x_known: bool = False        # x can be believed; always so when located


@dataclass(frozen=True)
class LinkView:
    state: LinkState
    words: str                   # one line: what, where, what to do
    port: str
    rate_hz: float | None        # measured over the last second
    lost_frames: int
    bad_frames: int
    reconnects: int


@dataclass(frozen=True)
class FlagView:
    kind: str
    severity: str
    value: float
    unit: str
    open: bool
    session_s: float             # when it began, on the session's clock


class Implant(StrEnum):
    """What is known of implants that the strip's magnets could disturb."""

    SETTLED = "settled"      # no strip is in use, or nobody has such an implant
    ASK = "ask"              # strip mode, and nobody has said: the page asks
    NAMED = "named"          # somebody has one: the strip must come off, and is not used


@dataclass(frozen=True)
class SoreView:
    """A sore place that the receiver named."""

    x_mm: float
    y_mm: float
    radius_mm: float
    max_n: float
    words: str = "sore"          # or what was said there: "lighter", "stop, last time"


@dataclass(frozen=True)
class PlaceMark:
    """A place with a limit that was said in this session or an earlier one: "lighter", "stop" or "sore"."""

    x_mm: float
    y_mm: float
    radius_mm: float
    max_n: float
    why: str
    earlier: bool


@dataclass(frozen=True)
class GuideView:
    """The guided back rub: the present step, what has been covered, and what was said about the pressure."""

    running: bool
    finished: bool
    by_clock: bool               # places are unknown: steps go by the clock and the giver's taps
    minutes: int
    totals: tuple[int, ...]      # minutes to choose from
    index: int
    count: int
    title: str
    words: str
    kinds: tuple[str, ...]
    pace: str
    progress: float              # of the present step, 0 to 1
    step_left_s: float
    left_s: float
    ready: bool                  # to move on, if the giver likes
    next_title: str
    hint: str
    cells: tuple[int, ...]       # row by row from the head, receiver's right to left: 0, 1 a little, 2 worked
    columns: int
    cell_mm: float
    top_mm: float                # upper edge of the first row
    missed: tuple[str, ...]
    uneven: tuple[str, ...]
    unknown_s: float             # contact whose place was not known
    question: str | None         # "how is the pressure?": where, "" where the place is unknown; None: nothing is asked
    marks: tuple[PlaceMark, ...]
    everywhere_n: float | None   # an answer whose place was not known holds everywhere
    stopped: bool                # something is off limits until that is lifted
    answered: str                # what the last answer has changed
    palpation: tuple[str, ...]
    may_tell: bool = True        # False: a replay, or over


@dataclass(frozen=True)
class PaceView:
    """The pulse that leads the pace, and how it is followed. ``None`` is unknown."""

    choice: str                  # "off", "auto" (the technique's or the routine's own), "glide", "knead"
    kind: str | None = None      # what the pulse leads: "glide", "knead"; None: nothing
    target: float | None = None
    unit: str = ""               # "cm/s" or "a minute"
    period_us: int = 0           # from pulse to pulse; 0: none
    origin_us: int | None = None   # when a pulse of the glove began, device time; None: it makes none (yet)
    level: Level = Level.IDLE
    words: str = ""              # "with the pulse", "a little fast", "find the pulse"
    rate_error_pct: float | None = None   # above 0: too fast
    phase: float | None = None   # of a period, -0.5..0.5, above 0: after the pulse
    spread: float | None = None
    evenness: float | None = None


@dataclass(frozen=True)
class ScoreLine:
    """One sentence of the score card, and its figures in words."""

    words: str
    figures: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class ScoreView:
    """The score card of the session that has just ended."""

    headline: str
    well: tuple[ScoreLine, ...]
    practise: ScoreLine
    compared: tuple[ScoreLine, ...] = ()
    unjudged: tuple[ScoreLine, ...] = ()
    test: bool = False           # a practice without feedback
    note: str = ""


@dataclass(frozen=True)
class LiveState:
    """Everything the page needs for one update."""

    link: LinkView
    mode: str                    # "strip", "motion", "force"
    phase: str                   # "await_away", "await_start_pose", "running"
    recording: bool
    session_id: int | None
    session_s: float             # session clock
    coach_line: str              # the coach's one line
    coach_level: Level           # IDLE for neutral words
    pace: Gauge
    pressure: Gauge
    hand: HandView
    back_length_mm: float
    shoulder_width_mm: float
    flags: tuple[FlagView, ...]  # the latest ten, newest first
    flag_counts: dict[str, int]
    stroke_count: int
    demo: bool = False
    finished: bool = False       # the stream has ended for good (demo over)
    charts: tuple[str, ...] = ()  # files written at the end
    warning: str = ""            # "recording stopped: disk full ...", shown until it is mended
    mode_reason: str = ""        # why this mode and no better one
    implant: Implant = Implant.SETTLED
    choosing: bool = False       # without a strip: the giver may say where the hand is
    zone: str | None = None      # where the giver says that it is: "spine", "neck", "kidney", "open"; None: not known
    glove_hand: str = "right"      # or "left": the hand that wears the glove
    may_start_over: bool = False   # the start procedure is complete and can be begun anew
    strip_y_mm: tuple[float, ...] = ()     # places of the strip's magnets along the spine; empty: no strip in use
    sensitive: tuple[SoreView, ...] = ()   # the receiver's sore places
    technique: str | None = None           # what the giver works with; None: nothing was said
    techniques: tuple[str, ...] = ()       # what may be said; empty: nothing now (a replay, no glove)
    feedback: bool = True                  # False: a practice in which nothing is said about the hand
    pacing: PaceView | None = None         # None: no glove has said what it has
    guide: GuideView | None = None         # None: no glove yet
    score: ScoreView | None = None         # of the session that has ended; None: it goes on, or none was


class Session(Protocol):
    """What the page may ask of a running session. Calls return at once and are safe from any thread."""

    def state(self) -> LiveState: ...

    def start(self) -> None:
        """Begin a new recording (a new session)."""

    def stop(self) -> None:
        """End the recording; the stream goes on."""

    def choose_zone(self, name: str | None) -> None:
        """Without a strip: where the giver says that the hand is (``coach.CHOICES``, None: not known)."""

    def tell(self, kind: str, value: object) -> None:
        """What a person tells the coach in mid-session (`Coach.tell`); recorded, so that a replay hears it too."""

    def start_over(self) -> None:
        """The start procedure anew, in the middle of a session with a strip; nothing without one."""

    def answer_implant(self, present: bool) -> None:
        """Whether either person has an implant that magnets can disturb; if so the session goes on without them."""
