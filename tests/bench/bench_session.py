"""What a session costs: a live block, a batch, reading a log, a commit. Times are of this machine, as it is now."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.session.pipeline import Pipeline, warm_up
from slowhand.session.rawlog import read_raw_log, write_raw_log
from slowhand.session.store import SessionStore
from slowhand.sim.simulation import Simulation

ROWS_LIVE = 4          # 20 ms at 200 Hz
RATE_HZ = 200.0


def main(_: list[str]) -> None:
    glove, strip, receiver = load_glove(), load_strip(), Receiver()
    warm_up(glove, strip, receiver)
    raw = Simulation("mixed", seed=1, duration_s=60.0).run().raw
    for mode in Mode:
        pipeline = Pipeline(glove, strip if mode is Mode.STRIP else None, receiver, mode)
        spent = _each([_block(pipeline, raw[i : i + ROWS_LIVE]) for i in range(0, len(raw), ROWS_LIVE)])
        core = spent.sum() / (len(raw) / RATE_HZ)
        print(
            f"live, {mode.name.lower():6} mode: a block of {ROWS_LIVE} rows {1e3 * np.median(spent):.2f} ms median, "
            f"{1e3 * np.percentile(spent, 99):.2f} ms 99th percentile; {100 * core:.1f} % of a core at 200 Hz"
        )
    pipeline = Pipeline(glove, strip, receiver, Mode.STRIP)
    batch = _each([lambda: pipeline.process(raw)])[0]
    print(f"batch, strip mode: {1e6 * batch / len(raw):.0f} us a row, {len(raw) / RATE_HZ / batch:.0f} times real time")
    made = _each([Simulation("demo", seed=seed, duration_s=60.0).run for seed in range(3)])
    print(f"simulation: {60.0 / np.median(made):.0f} times real time")
    sensing = Sensing(glove)
    thousand = _each([lambda: sensing.process(raw[:1000])] * 20)
    print(f"sensing: {1e3 * np.median(thousand):.2f} ms for 1000 rows")
    with tempfile.TemporaryDirectory() as folder:
        _files(Path(folder), raw)


def _files(folder: Path, raw: np.ndarray) -> None:
    many = np.tile(raw, 120_000 // len(raw))
    many["t_us"] = 5000 * np.arange(1, len(many) + 1)
    write, read = _each([lambda: write_raw_log(folder / "raw.csv", many), lambda: read_raw_log(folder / "raw.csv")])
    print(f"raw log of {len(many)} rows: written in {write:.2f} s, read in {read:.2f} s")
    writer = SessionStore(folder / "sessions.sqlite3").begin()
    chunk = bytes(280)  # 20 ms of wire

    def commit() -> None:
        for k in range(13):
            writer.wire(chunk, 0.02 * k)
        writer.commit()

    spent = _each([commit] * 200)
    print(f"commit of a quarter second: {1e3 * np.median(spent):.2f} ms median, {1e3 * spent.max():.1f} ms worst of 200")


def _block(pipeline: Pipeline, rows: np.ndarray) -> Callable[[], object]:
    return lambda: pipeline.process(rows)


def _each(calls: list[Callable[[], object]]) -> np.ndarray:
    """Seconds of each call."""
    spent = []
    for call in calls:
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return np.array(spent)


if __name__ == "__main__":
    main([])
