"""A stored session as plain files: the raw log, the results of analysis, and everything else as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from slowhand.coach.score_compare import Earlier
from slowhand.errors import MissingToolError
from slowhand.session import tables
from slowhand.session.analyze import Progress, summarize
from slowhand.session.complete_files import complete_files
from slowhand.session.rawlog import write_raw_log
from slowhand.session.replay import Replayed, replay
from slowhand.session.score import earlier_session
from slowhand.session.store import SessionStore

RAW, SESSION, PARQUET = "raw.csv", "session.json", "track.parquet"


def export(
    store: SessionStore, session_id: int, out: Path | str, *, parquet: bool = False, progress: Progress | None = None
) -> list[Path]:
    """Write a session into the folder ``out``; returns the files, in the order of their names.

    raw.csv (which `slowhand analyze` takes), track.csv, strokes.csv, flags.csv, summary.json, session.json, and
    with ``parquet`` the track once more as track.parquet. All of them or none.

    Raises:
        BadInputError: there is no such session, or ``out`` is a file.
        StoreError: it cannot be read or written.
        MissingToolError: ``parquet`` without pyarrow.
    """
    if parquet:
        _pyarrow()
    played = replay(store, session_id, progress=progress)
    earlier = earlier_session(store, session_id)
    out = Path(out)
    with complete_files(out) as draft:
        write_raw_log(draft / RAW, played.raw, _comments(played))
        analysis = played.analysis
        tables.write_track(draft / tables.TRACK, analysis.touch)
        tables.write_strokes(draft / tables.STROKES, analysis.strokes)
        tables.write_flags(draft / tables.FLAGS, analysis.flags)
        tables.write_summary(draft / tables.SUMMARY, summarize(analysis, earlier) | {"source": {"session": session_id}})
        tables.write_summary(draft / SESSION, session_summary(played, earlier))
        if parquet:
            _write_parquet(draft / PARQUET, analysis.touch)
        names = sorted(path.name for path in draft.iterdir())
    return [out / name for name in names]


def session_summary(played: Replayed, earlier: Earlier | None = None) -> dict[str, Any]:
    """What session.json holds: the session's frame, its summary, and all that was said and that happened."""
    info, stored = played.stored.info, played.stored
    return {
        "id": info.id,
        "started_at": _iso(info.started_at),
        "ended_at": _iso(info.last_at),
        "ending": info.ending.value,
        "duration_s": round(info.duration_s, 3),
        "version": info.version,
        "setup": info.setup,
        "wire_bytes": info.wire_bytes,
        **played.losses,
        "summary": summarize(played.analysis, earlier),
        "strokes": [asdict(stroke) for stroke in played.analysis.strokes],
        "flags": [asdict(flag) for flag in played.analysis.flags],
        "cues": [asdict(cue) for cue in stored.cues],
        "events": [asdict(event) for event in stored.events],
    }


def _comments(played: Replayed) -> list[str]:
    info = played.stored.info
    return [
        f"slowhand session {info.id}, started {_iso(info.started_at)}, {info.ending.value}",
        f"glove: {played.analysis.setup.glove.name}; times are the glove's own microseconds",
    ]


def _iso(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds")


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingToolError(
            "Parquet needs the package pyarrow: pip install 'slowhand[arrow]', or export without it"
        ) from error
    return pyarrow


def _write_parquet(path: Path, touch: np.ndarray) -> None:
    pyarrow = _pyarrow()
    columns: dict[str, np.ndarray] = {"t_us": touch["t_us"]}
    columns |= {name: values for name, values, _ in tables.track_columns(touch)}
    columns["located"] = touch["located"]
    # An unknown value is a null there, as it is an empty field in the CSV.
    pyarrow.parquet.write_table(
        pyarrow.table({name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()}), path
    )
