"""`slowhand analyze`: a raw log in, track.csv, strokes.csv, flags.csv and summary.json out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import slowhand
from slowhand.coach.flag import Flag
from slowhand.coach.judged import Judged, named_places
from slowhand.coach.limits import Limits
from slowhand.coach.motion_pace import SpeedClass, speed_class
from slowhand.coach.overlap import with_flags
from slowhand.coach.receiver import Receiver, load_receiver
from slowhand.coach.score_card import score_card
from slowhand.coach.score_compare import Earlier
from slowhand.coach.score_facts import SessionFacts, Tally
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode, Phase
from slowhand.locate.strip import StripProfile, load_strip
from slowhand.sensing.profile import GloveProfile, load_glove
from slowhand.sensing.sensing import PadHealth
from slowhand.session import tables
from slowhand.session.complete_files import complete_files
from slowhand.session.modes import NO_START_PROCEDURE, Present, choose_mode
from slowhand.session.muscle_time import contact_s_by_muscle
from slowhand.session.rawlog import RawLog, read_raw_log
from slowhand.session.results import Results
from slowhand.session.score import count, facts_of
from slowhand.session.setup import Setup
from slowhand.session.smoothing import smoothed
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touch import TOUCH_DTYPE

Progress = Callable[[float], None]  # the share that is done, 0 to 1
BLOCK_ROWS = 4000


@dataclass(frozen=True)
class Analysis:
    """Everything that was found in a stretch of raw rows."""

    setup: Setup               # with the mode that was really used
    touch: np.ndarray          # TOUCH_DTYPE, one row per sample
    strokes: tuple[Stroke, ...]  # in the order of their start
    flags: tuple[Flag, ...]    # in the order of their start
    blocks: tuple[Results, ...] = ()  # cues and limits as they came
    pads: tuple[PadHealth, ...] = ()  # each pad's channel at the end: usable, and how far its zero has drifted
    without_feedback_s: float = 0.0   # of the session, in which nothing was said of what was found
    guide: dict[str, Any] | None = None   # `Guide.figures`: areas, routine, votes, palpation
    smoothed: bool = False     # touch and strokes also use what was felt later; flags never do
    pacing: dict[str, Any] | None = None   # how a pace was followed (`PaceLead.session_figures`); None: none was asked for
    score: SessionFacts | None = None   # what the score card is made from, as it was known live; None: not kept
    judged: tuple[Judged, ...] = ()   # what held when: limits, technique and sore places; empty: those of the setup

    @property
    def receiver(self) -> Receiver:
        """Whose back it is, with all that was said of it by the end."""
        return self.judged[-1].receiver if self.judged else self.setup.receiver


def analyze(
    raw: Path | str,
    glove: Path | str | None,
    strip: Path | str | None,
    receiver: Path | str | None,
    out: Path | str,
    progress: Progress | None = None,
    prepare: Callable[[], None] | None = None,
    smooth: bool = False,
) -> dict[str, Any]:
    """Analyse the raw log ``raw`` into the folder ``out``; returns what summary.json holds.

    Without ``strip`` in motion mode; without ``glove`` and ``receiver`` with the nominal ones. Files of an
    earlier analysis in ``out`` are replaced; on an error nothing is left behind. ``prepare`` is called once all
    input is known to be good, before the work begins: nobody should wait half a minute to read of a typing error.
    ``smooth``: track and strokes from smoothed places (strip mode); flags stay causal, and summary.json says so.

    Raises:
        BadInputError: a file that cannot be used, by file, row and column (or key).
        StoreError: the results cannot be written.
    """
    glove_profile, receiver_profile = load_glove(glove), load_receiver(receiver)
    strip_profile = load_strip(strip) if strip is not None else None
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out}: is a file; --out names a folder for the results")
    log = read_raw_log(raw)
    if prepare is not None:
        prepare()
    first, second = _halves(progress) if smooth else (progress, None)
    analysis = analyze_log(log, glove_profile, strip_profile, receiver_profile, first)
    if smooth:
        analysis = smoothed(analysis, log.rows, second)
    names = {"glove": glove, "strip": strip, "receiver": receiver}
    summary = summarize(analysis) | {
        "source": {"file": Path(raw).name, "sha256": log.sha256},
        "profiles": {name: Path(path).name if path else None for name, path in names.items()},
    }
    write_results(out, analysis, summary)
    return summary


def _halves(progress: Progress | None) -> tuple[Progress | None, Progress | None]:
    if progress is None:
        return None, None
    return (lambda share: progress(0.4 * share)), (lambda share: progress(0.4 + 0.6 * share))


def analyze_log(
    log: RawLog,
    glove: GloveProfile,
    strip: StripProfile | None,
    receiver: Receiver,
    progress: Progress | None = None,
) -> Analysis:
    """Run the pipeline over a log; once more in motion mode when the start procedure is not in it."""
    present = Present(
        strip=strip is not None,
        magnetometer=bool(glove.magnetometer),
        field=has_values(log.rows["m0"]) or has_values(log.rows["m1"]),
        motion=has_values(log.rows["accel"]),
    )
    setup = Setup(glove, strip, receiver, choose_mode(present), log.rate_hz)
    analysis = run(setup, log.rows, progress)
    if setup.choice.mode is Mode.STRIP and not np.any(analysis.touch["phase"] == Phase.RUNNING):
        analysis = run(replace(setup, choice=NO_START_PROCEDURE), log.rows, progress)
    return analysis


def run(setup: Setup, rows: np.ndarray, progress: Progress | None = None) -> Analysis:
    """The whole causal pipeline over ``RAW_DTYPE`` rows."""
    pipeline, tally = setup.pipeline(), Tally()
    blocks = []
    for start in range(0, len(rows), BLOCK_ROWS):
        blocks.append(pipeline.process(rows[start : start + BLOCK_ROWS]))
        count(tally, pipeline, blocks[-1])
        if progress:
            progress(min(start + BLOCK_ROWS, len(rows)) / len(rows))
    blocks.append(pipeline.finish())
    tally.end(blocks[-1].strokes)
    touch = np.concatenate([block.touch for block in blocks]) if blocks else np.zeros(0, TOUCH_DTYPE)
    strokes = sorted((stroke for block in blocks for stroke in block.strokes), key=lambda stroke: stroke.start_us)
    flags = pipeline.flags.flags()
    pads, silent_s = pipeline.sensing.health(), 1e-6 * pipeline.coach.silent_us
    pacing, guide = pipeline.coach.pacing.session_figures(), pipeline.coach.guide.figures()
    return Analysis(
        setup, touch, tuple(with_flags(strokes, flags)), flags, tuple(blocks), pads, silent_s, guide, pacing=pacing,
        score=facts_of(tally, pipeline), judged=pipeline.coach.judged.stretches,
    )  # fmt: skip


def summarize(analysis: Analysis, earlier: Earlier | None = None) -> dict[str, Any]:
    """What summary.json says about any analysis, wherever its rows came from; the score card may name an earlier session."""
    setup = analysis.setup
    return {
        "version": slowhand.__version__,
        "mode": setup.choice.mode.name.lower(),
        "mode_reason": setup.choice.reason,
        "smoothed": analysis.smoothed,
        "feedback": analysis.without_feedback_s == 0.0,
        "without_feedback_s": round(analysis.without_feedback_s, 3),
        **_time_known(analysis),
        **_counts(analysis),
        "guide": analysis.guide,
        "score_card": score_card(analysis.score, earlier).as_dict() if analysis.score is not None else None,
        "pads": [asdict(pad) | {"zero_n": round(pad.zero_n, 4)} for pad in analysis.pads],
        **_limits_in_time(analysis),
        "glove": setup.glove.name,
        "receiver": _receiver_by_the_end(analysis),
        "strip": setup.strip.model_dump(mode="json") if setup.strip else None,
    }


def _time_known(analysis: Analysis) -> dict[str, Any]:
    """How long, and for how much of the contact what was known."""
    touch, setup = analysis.touch, analysis.setup
    step_s = _row_seconds(touch)
    contact_s = float(np.sum(step_s[touch["contact"]]))
    located_s = float(np.sum(step_s[touch["contact"] & touch["located"]]))
    x_alone_s = float(np.sum(step_s[touch["contact"] & touch["x_known"] & ~touch["located"]]))
    return {
        "rows": len(touch),
        "rate_hz": round(setup.rate_hz, 3),
        "duration_s": round(float(touch["t_us"][-1] - touch["t_us"][0]) * 1e-6, 6) if len(touch) else 0.0,
        "contact_s": round(contact_s, 3),
        "located_share_of_contact": round(located_s / contact_s, 4) if contact_s > 0 else None,
        # x known, y not: the spine is judged then, the other zones are not
        "x_alone_share_of_contact": round(x_alone_s / contact_s, 4) if contact_s > 0 else None,
        # Where a pad was saturated or unusable, the total is a lower bound; track.csv has no column to say so.
        "force_at_least_s": round(float(np.sum(step_s[touch["contact"] & touch["total_at_least"]])), 3),
        "gaps": int(np.count_nonzero(touch["gap"][1:])),
    }


def _counts(analysis: Analysis) -> dict[str, Any]:
    """Strokes, flags and what was worked, counted by kind."""
    mode, strokes, flags = analysis.setup.choice.mode, analysis.strokes, analysis.flags
    found: dict[str, Any] = {
        "strokes": len(strokes),
        "strokes_by_kind": dict(sorted(Counter(stroke.kind.value for stroke in strokes).items())),
    }
    if mode is Mode.STRIP:
        step_s = _row_seconds(analysis.touch)
        found["contact_s_by_muscle"] = contact_s_by_muscle(analysis.touch, step_s, analysis.setup.receiver)
    if mode is Mode.MOTION:
        found["pace_without_strip"] = pace_known(analysis)
    return found | {
        "pacing": analysis.pacing,
        "flags": len(flags),
        "flags_by_kind": dict(sorted(Counter(flag.kind.value for flag in flags).items())),
        "flags_by_severity": dict(sorted(Counter(flag.severity.value for flag in flags).items())),
    }


def _row_seconds(touch: np.ndarray) -> np.ndarray:
    """Seconds that each row stands for, shape (n,); none after a gap."""
    step_s = np.diff(touch["t_us"], prepend=touch["t_us"][:1]) * 1e-6
    step_s[touch["gap"]] = 0.0
    return step_s


def _limits_in_time(analysis: Analysis) -> dict[str, Any]:
    """The limits at the beginning, and every stretch that was judged by its own."""
    judged = analysis.judged
    return {
        "limits": limit_steps(judged[0].limits) if judged else limits_used(analysis.setup.receiver),
        "limits_in_time": [
            {
                "from_us": it.from_us, "technique": it.technique, "force_felt": it.felt,
                "limits": limit_steps(it.limits),
            }
            for it in judged
        ],
    }


def _receiver_by_the_end(analysis: Analysis) -> dict[str, Any]:
    """The receiver with every sore place, also those that were told in the session, and what each is called."""
    receiver = analysis.receiver
    places = analysis.judged[-1].places if analysis.judged else named_places(receiver, ())
    return receiver.model_dump(mode="json", exclude={"limits", "implant"}) | {
        "sensitive": [place.model_dump(mode="json") | {"words": words} for place, words in places]
    }


def pace_known(analysis: Analysis) -> dict[str, Any]:
    """What motion mode knows of pace, and what it does not: figures with their error, and classes of whole strokes."""
    touch, limits = analysis.touch, analysis.setup.receiver.personal_limits()
    new = np.flatnonzero(np.diff(touch["stroke_end_us"], prepend=0) != 0)
    passes = touch[new]
    known = passes[np.isfinite(passes["stroke_cm_s"])]
    classes = Counter(
        speed_class(float(row["stroke_peak_cm_s"]), float(row["stroke_peak_sigma_cm_s"]), limits.too_fast.warn).value
        for row in known
    )
    contact = touch["contact"]
    return {
        "passes": len(passes),
        "passes_with_speed": len(known),
        "speed_sigma_cm_s_median": round(float(np.median(known["stroke_sigma_cm_s"])), 2) if len(known) else None,
        "passes_by_class": {name.value: classes[name.value] for name in SpeedClass if name is not SpeedClass.UNKNOWN}
        | {"unknown": classes["unknown"] + len(passes) - len(known)},
        "strokes_with_speed": sum(stroke.mean_cm_s is not None for stroke in analysis.strokes),
        "strokes_with_cadence": sum(stroke.cadence_per_min is not None for stroke in analysis.strokes),
        "cadence_share_of_contact": round(float(np.mean(np.isfinite(touch["cadence_per_min"][contact]))), 4)
        if contact.any()
        else None,
        "unknown": ["place", "region", "side", "distance from the spine", "path", "direction", "speed at each moment"],
    }


def limits_used(receiver: Receiver) -> dict[str, Any]:
    """Warn and alarm of every flag, as the receiver has them. None is a clinical limit."""
    return limit_steps(receiver.personal_limits())


def limit_steps(limits: Limits) -> dict[str, Any]:
    """Warn, alarm and unit of every flag's limit."""
    return {
        kind: {"warn": limit["warn"], "alarm": limit["alarm"], "unit": limit["unit"]}
        for kind, limit in limits.model_dump(mode="json").items()
        if isinstance(limit, dict) and "warn" in limit and "alarm" in limit
    }


def write_results(out: Path, analysis: Analysis, summary: dict[str, Any]) -> None:
    """Write the four files into ``out``, all of them or none.

    Raises:
        StoreError: they cannot be written; ``out`` is as it was.
    """
    with complete_files(out) as draft:
        tables.write_track(draft / tables.TRACK, analysis.touch)
        tables.write_strokes(draft / tables.STROKES, analysis.strokes)
        tables.write_flags(draft / tables.FLAGS, analysis.flags)
        tables.write_summary(draft / tables.SUMMARY, summary)


def has_values(vectors: np.ndarray) -> bool:
    """Whether a sensor's vectors (n, 3) hold anything: one that is not there reads zeros, or NaN."""
    return bool(np.any(np.isfinite(vectors) & (vectors != 0.0)))
