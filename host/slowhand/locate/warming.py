"""Compiles the kernels in an order that lets progress be shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from slowhand.locate.acceptance import compare
from slowhand.locate.book import POSES, ROWS, new_book
from slowhand.locate.field_map import build_map, empty_map
from slowhand.locate.layout import error_size
from slowhand.locate.motion_mode import MotionMode
from slowhand.locate.motion_model import new_work
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.prior import fresh_state, prior_covariance
from slowhand.locate.search import new_bank, run_bank, score_grid, settle
from slowhand.locate.start_solve import StartSearch
from slowhand.locate.start_watch import new_start
from slowhand.locate.step import report, run, wait
from slowhand.locate.strip import load_strip, ribbon_of
from slowhand.locate.tracker import Estimate, Setup, carry, judge, look, touch
from slowhand.sensing.rows import SENSED_DTYPE


def warm_kernels(progress: Callable[[str, float], None]) -> None:
    """Call every large kernel once on an empty scene, the small ones coming along."""
    for done, (what, call) in enumerate(steps := _calls()):
        progress(what, done / len(steps))
        call()
    progress("ready", 1.0)


def warm_motion_mode() -> None:
    """What motion mode needs: a row through it."""
    MotionMode(np.full((6, 3), 0.01)).process(np.zeros(1, SENSED_DTYPE))


def _calls() -> list[tuple[str, Callable[[], object]]]:
    strip, parameters = load_strip(), Parameters()
    ribbon, n = ribbon_of(strip), error_size(strip.magnets)
    frames, pars = frame_of("prone", strip.length_m, 0.0, parameters), packed(parameters)
    frame, par, work = frames[0], pars[0], new_work(n)
    x, cov = fresh_state(strip.magnets), prior_covariance(parameters, frame, strip.magnets)
    x[2] = 0.05
    est = Estimate(x, cov, empty_map(strip.magnets), np.stack([x, x]), np.stack([cov, cov]), np.zeros(2))
    setup = Setup(ribbon, np.full((6, 3), 0.01), np.zeros((2, 3)))
    bank, books, starts = new_bank(n), new_book(), new_start()
    book, start = books[0], starts[0]
    rows, poses = np.zeros(1, ROWS), np.zeros(1, POSES)
    row = rows[0]
    return [
        ("the strip's field", lambda: build_map(x, ribbon, est.field_map)),
        ("carrying by motion", lambda: carry(row, est, n, book, frame, par, work)),
        ("looking at the field", lambda: look(row, est, n, setup, book, frame, par, work)),
        ("feeling the skin", lambda: touch(est, n, book, frame, par, 0.0, work)),
        ("judging the place", lambda: judge(est, n, 0.0, book, par)),
        ("searching", lambda: score_grid(est, bank, setup, book, frame, par, work)),
        ("weighing hypotheses", lambda: run_bank(row, 0.0, est, bank, setup, book, frame, par, work)),
        ("settling hypotheses", lambda: settle(est, bank, setup, book, frame, par, work)),
        ("comparing hypotheses", lambda: compare(bank, book, frame)),
        ("the start procedure", lambda: wait(row, False, setup, book, start, work)),
        ("solving for the start", lambda: _solve_once(starts, setup, frame, parameters)),
        ("reporting", lambda: report(row, poses[0], est, book, start, frame, par)),
        ("the pace without a strip", warm_motion_mode),
        (
            "the whole step",
            lambda: run(rows, poses, 0, n, False, est, bank, setup, new_book(), starts, frames, pars, work),
        ),
    ]


def _solve_once(starts: np.ndarray, setup: Setup, frame: np.void, parameters: Parameters) -> None:
    seen = starts.copy()
    seen["away_has"], seen["pose_has"], seen["pose_accel"] = 1, 1, (0.0, 0.0, 9.81)
    search = StartSearch(seen[0], setup, frame, parameters)
    while search.solution is None:
        search.advance()
