"""The view of the hand on the back: one HTML file that opens from disk, without any network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from slowhand.coach.flag import Flag, FlagKind
from slowhand.errors import StoreError
from slowhand.review.hand_track import LOOK_DTYPE, LOOK_MS, UNKNOWN, HandTrack, hand_track, strip_was_used
from slowhand.review.muscle_words import muscle_words
from slowhand.review.record import SessionRecord
from slowhand.review.stretches import SorePlace, Stretch, place_times, runs

PlaceTimes = list[tuple[SorePlace, float, float | None]]   # as `place_times` gives them
HAND_MM = 100.0   # from the centre of pressure to the farthest pad
FILE_NAME = "hand-view.html"
# In the order in which one uses the other. The outlines of back and hand, and the names of things, are the live page's.
SCRIPTS = (
    ("slowhand.live", "body_shape.js"), ("slowhand.live", "words.js"), ("slowhand.live", "icons.js"),
    ("slowhand.review", "track.js"), ("slowhand.review", "trail.js"), ("slowhand.review", "picture.js"),
    ("slowhand.review", "flag_marks.js"), ("slowhand.review", "figures.js"), ("slowhand.review", "strip_chart.js"),
    ("slowhand.review", "player.js"), ("slowhand.review", "hand_view.js"),
)


def write_hand_view(record: SessionRecord, out_dir: Path) -> Path:
    """Write the view of a session into ``out_dir``; returns the file.

    Raises StoreError when it cannot be written.
    """
    track = hand_track(
        record.touch, record.strokes, record.flags, record.cues, record.receiver, record.glove, record.magnets_mm
    )
    file = out_dir / FILE_NAME
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        file.write_text(hand_view_page(record, track), encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"cannot write {file}: {reason}; choose another folder") from error
    return file


def hand_view_page(record: SessionRecord, track: HandTrack) -> str:
    """The whole page as text: frame, style, script and the session's data, nothing to be fetched."""
    script = page_script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = {
        "title": html.escape(f"{record.title}: the hand on the back"),
        "icon": base64.b64encode(_resource("slowhand.live", "mark.svg").encode()).decode(),
        # only this very script may run: text of the session can never become one
        "policy": f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'",
        "style": _resource("slowhand.review", "hand_view.css"),
        "data": embedded(page_data(record, track)),
        "script": script,
    }
    # in one pass, so that braces in a session's own words are not taken for a place to fill
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _resource("slowhand.review", "hand_view.html"))


def page_script() -> str:
    """All modules as one script: their imports of each other taken out, since a file on disk may not load others."""
    whole = []
    for room, name in SCRIPTS:
        code = re.sub(r"^import\s[^;]*;\n", "", _resource(room, name), flags=re.MULTILINE)
        whole.append(re.sub(r"^export (?=const|function|class)", "", code, flags=re.MULTILINE))
    return "\n(() => {\n\"use strict\";\n" + "\n".join(whole) + "})();\n"


def embedded(data: dict[str, Any]) -> str:
    """JSON that can stand inside a page: no character in it can end the element or begin another."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))   # ASCII alone
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page_data(record: SessionRecord, track: HandTrack) -> dict[str, Any]:
    """What the page's script reads; times in seconds of the session, ``None`` for unknown."""
    receiver, looks, times = track.receiver, track.looks, place_times(record.spans)

    def second(t_us: int) -> float:
        return round((t_us - track.start_us) / 1e6, 3)

    return {
        "title": record.title, "subtitle": record.subtitle, "notes": list(record.notes), "mode": record.mode,
        "durationS": round(track.duration_s, 3), "lookS": LOOK_MS / 1000, "unknown": UNKNOWN, "count": len(looks),
        "columns": {_camel(name): _column(looks[name]) for name in LOOK_DTYPE.names or ()},
        "strip": strip_was_used(looks), "magnets": list(track.magnets_mm),
        "back": {
            "length": receiver.back_length_mm, "shoulders": receiver.shoulder_width_mm,
            "sore": [
                [at.x_mm, at.y_mm, at.radius_mm, at.max_n, at.words, round(since, 3), None if to is None else round(to, 3)]
                for at, since, to in times
            ],
        },
        "glove": {
            "name": track.glove.name, "hand": track.glove.hand,
            "pads": [[pad.name, *pad.position_mm[:2]] for pad in track.glove.pad],
        },
        "limits": {kind: [band.warn, band.alarm] for kind, band in record.limits.items()},
        "bands": {kind: _band_runs(record.spans, kind) for kind in record.limits},
        "techniques": [
            [round(begin, 3), round(end, 3), *told]
            for begin, end, told in runs(record.spans, lambda it: (it.technique, it.felt))
        ],
        "flags": [_flag(flag, record, times, second) for flag in track.flags],
        "strokes": [
            {
                "kind": stroke.kind.value, "from": second(stroke.start_us), "to": second(stroke.end_us),
                "over": muscle_words(stroke),
            }
            for stroke in track.strokes
        ],
        "cues": [{"at": second(cue.t_us), "text": cue.text, "severity": cue.severity} for cue in track.cues],
    }


def _flag(flag: Flag, record: SessionRecord, times: PlaceTimes, second: Callable[[int], float]) -> dict[str, Any]:
    sore = {"sore": hurt_places(flag, record, times)} if flag.kind is FlagKind.SENSITIVE_PRESSURE else {}
    return {
        "kind": flag.kind.value, "severity": flag.severity.value, "from": second(flag.start_us),
        "to": None if flag.end_us is None else second(flag.end_us), "value": round(flag.value, 1),
        "limit": flag.limit, "unit": flag.unit, **sore,
    }


def hurt_places(flag: Flag, record: SessionRecord, times: PlaceTimes) -> list[int]:
    """Which of the places (by their order in ``times``) a flag may be of: those with its limit that held and were near.

    A flag does not say where its place lies, and several may bear the same.
    """
    limits, begin_s = record.receiver.personal_limits(), float(record.seconds(flag.start_us))
    held = {
        k: at for k, (at, since_s, to_s) in enumerate(times)
        if since_s <= begin_s + 0.001 and (to_s is None or begin_s <= to_s)
    }
    alike = [
        k for k, at in held.items()
        if math.isclose(flag.limit, getattr(limits.sensitive(at.max_n), flag.severity.value), abs_tol=1e-6)
    ]
    if flag.x_mm is None or flag.y_mm is None:
        return alike or list(held)
    x_mm, y_mm = flag.x_mm, flag.y_mm
    near = [k for k in alike if math.hypot(held[k].x_mm - x_mm, held[k].y_mm - y_mm) <= held[k].radius_mm + HAND_MM]
    return near or alike or list(held)


def _band_runs(stretches: Sequence[Stretch], kind: str) -> list[list[float]]:
    """[begin, end, warn, alarm] of each run of time in which a limit was the same."""
    return [
        [round(begin, 3), round(end, 3), band.warn, band.alarm]
        for begin, end, band in runs(stretches, lambda it: it.limits[kind])
    ]


def _column(values: np.ndarray) -> str:
    """A column's bytes, little-endian, row by row, as base64."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _resource(room: str, name: str) -> str:
    return (resources.files(room) / "web" / name).read_text(encoding="utf-8")
