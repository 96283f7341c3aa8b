"""The four result files that others rely on: track.csv, strokes.csv, flags.csv, summary.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from slowhand.coach.flag import Flag
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touching import PLACED_FIELDS

TRACK, STROKES, FLAGS, SUMMARY = "track.csv", "strokes.csv", "flags.csv", "summary.json"

# Column of track.csv, field of TOUCH_DTYPE with its index, digits after the point.
_TRACK_COLUMNS: tuple[tuple[str, str, tuple[int, ...], int], ...] = (
    ("x_mm", "pos_mm", (0,), 2),
    ("y_mm", "pos_mm", (1,), 2),
    ("z_mm", "pos_mm", (2,), 2),
    ("sx_mm", "sigma_mm", (0,), 2),
    ("sy_mm", "sigma_mm", (1,), 2),
    ("cop_x_mm", "cop_mm", (0,), 2),
    ("cop_y_mm", "cop_mm", (1,), 2),
    ("speed_cm_s", "speed_cm_s", (), 3),
    ("force_n", "total_n", (), 3),
    *((f"f{k}_n", "force_n", (k,), 3) for k in range(6)),
    ("spine_mm", "spine_mm", (), 2),
)
TRACK_HEADER = ("t_us", *(column[0] for column in _TRACK_COLUMNS), "located")
STROKES_HEADER = (
    "start_us", "end_us", "kind", "mean_cm_s", "peak_cm_s", "path_mm", "cadence_per_min", "mean_n", "peak_n",
    "min_spine_mm", "region", "side", "flags",
)
FLAGS_HEADER = (
    "start_us", "end_us", "raised_us", "kind", "severity", "value", "limit", "unit", "x_mm", "y_mm",
)


def write_track(path: Path, touch: np.ndarray, block: int = 10_000) -> None:
    """One row per sample (TOUCH_DTYPE); what is not known is an empty field."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(TRACK_HEADER) + "\n")
        for start in range(0, len(touch), block):
            part = touch[start : start + block]
            columns = [
                list(map(str, part["t_us"].tolist())),
                *(_fixed(values, digits) for _, values, digits in track_columns(part)),
                list(map(str, part["located"].astype(int).tolist())),
            ]
            file.writelines(",".join(fields) + "\n" for fields in zip(*columns, strict=True))


def track_columns(touch: np.ndarray) -> Iterator[tuple[str, np.ndarray, int]]:
    """Name, values (NaN where unknown) and digits of each measure in track.csv.

    A place is whole or not there: no column could say that a row's x may be believed although it is not located.
    """
    x_alone = touch["x_known"] & ~touch["located"]
    for column, name, index, digits in _TRACK_COLUMNS:
        values = touch[name][:, index[0]] if index else touch[name]
        yield column, np.where(x_alone, np.nan, values) if name in PLACED_FIELDS else values, digits


def write_strokes(path: Path, strokes: Iterable[Stroke]) -> None:
    """One row per stroke, in the order given; a measure that needs an unknown place is an empty field."""
    rows = (
        (
            stroke.start_us, stroke.end_us, stroke.kind.value, _number(stroke.mean_cm_s), _number(stroke.peak_cm_s),
            _number(stroke.path_mm, 2), _number(stroke.cadence_per_min), _number(stroke.mean_n), _number(stroke.peak_n),
            _number(stroke.min_spine_mm, 2), stroke.region or "", stroke.side or "", ";".join(stroke.flags),
        )
        for stroke in strokes
    )
    _write_csv(path, STROKES_HEADER, rows)


def write_flags(path: Path, flags: Iterable[Flag]) -> None:
    """One row per flag, in the order given; ``end_us`` is empty where the log ended first."""
    rows = (
        (
            flag.start_us, "" if flag.end_us is None else flag.end_us, flag.raised_us, flag.kind.value,
            flag.severity.value, _number(flag.value), _number(flag.limit), flag.unit,
            _number(flag.x_mm, 2), _number(flag.y_mm, 2),
        )
        for flag in flags
    )
    _write_csv(path, FLAGS_HEADER, rows)


def write_summary(path: Path, summary: dict[str, Any]) -> None:
    """Readable JSON; a number that is not finite is a mistake of ours and raises ValueError."""
    path.write_text(json.dumps(summary, indent=2, allow_nan=False, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(header) + "\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)


def _fixed(values: np.ndarray, digits: int) -> list[str]:
    text = f"%.{digits}f"
    # Adding 0.0 turns a negative zero into a plain one.
    return [text % value if value == value else "" for value in (np.round(values, digits) + 0.0).tolist()]


def _number(value: float | None, digits: int = 3) -> str:
    return "" if value is None or not np.isfinite(value) else f"{round(value, digits) + 0.0:.{digits}f}"
