"""A pass over rows that remembers each row's estimate and how it came about, so that it can be gone back.

The pass is the causal one, kernel for kernel and bit for bit; it only takes notes between rows. The notes of 20 s are
some 100 MB, so a long session is recorded in chunks, last one first, each from a state kept on the way forward.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from slowhand.locate.book import HEIGHT, MISFIT, SEARCH, TRACK, WENT_AWAY
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BA, BG, N_QUICK, SHIFT, Q
from slowhand.locate.locator import Locator
from slowhand.locate.motion_model import Work, new_work
from slowhand.locate.rotation import matrix_of, turn_in_hand
from slowhand.locate.step import run
from slowhand.locate.tape import Tape
from slowhand.locate.tracker import Setup, copy_estimate

# How a row hangs together with the one before it.
APART = 0      # not at all: before the start, at the start, or nobody watched for too long
CARRIED = 1    # by gyroscope and accelerometer
WIDENED = 2    # nobody watched in between
LOST = 3       # not at all: the place was given up as wrong

N_KEPT = 12    # place, velocity, attitude and gyro bias: what a pose is made of
TAPE_PER_ROW = 8  # two fields of three rows and the height are 7
FOUND = 12     # a search takes over a second, a chunk is 20 s


class Recording(NamedTuple):
    """Notes on R rows. N errors."""

    link: np.ndarray        # (R,) APART, CARRIED, WIDENED, LOST
    status: np.ndarray      # (R,) of the book after the row
    seconds: np.ndarray     # (R,) since the row before, as the covariance was carried
    rot: np.ndarray         # (R, 3, 3) attitude in the middle of the step to this row
    felt: np.ndarray        # (R, 3) specific force then, back frame
    x: np.ndarray           # (R, 19) nominal state after the row, quick part
    cross: np.ndarray       # (R, 12, N) covariance of the kept errors with all
    misfit: np.ndarray      # (R,) how far the field's fit lets stated sigmas grow, at least 1
    tape_end: np.ndarray    # (R,) rows on the tape after the row
    contact: np.ndarray     # (R,) and with which lever
    lever: np.ndarray       # (R, 3)
    found: np.ndarray       # (R,) the place was adopted from a search: its number below, -1 otherwise
    found_x: np.ndarray     # (F, N + 1) estimate then; smoothed on the way back
    found_cov: np.ndarray   # (F, N, N)
    found_held_s: np.ndarray  # (F,) for how long that place held
    before: np.ndarray      # (N + 1,) scratch
    finds: np.ndarray       # (1,) so far


def new_recording(rows: int, size: int) -> Recording:
    """Room for ``rows`` rows of an error state of ``size``. Memory is taken only as it fills."""
    whole = [np.zeros(rows, np.int64) for _ in range(4)]
    return Recording(
        whole[0], whole[1], np.zeros(rows), np.zeros((rows, 3, 3)), np.zeros((rows, 3)),
        np.zeros((rows, N_QUICK + SHIFT)), np.empty((rows, N_KEPT, size)), np.ones(rows), whole[2],
        whole[3], np.zeros((rows, 3)), np.full(rows, -1),
        np.empty((FOUND, size + SHIFT)), np.empty((FOUND, size, size)), np.zeros(FOUND),
        np.zeros(size + SHIFT), np.zeros(1, np.int64),
    )


@kernel
def record(rows, poses, first, n, seated, est, bank, setup, books, starts, frames, pars, work, rec):
    """As ``step.run``, which it calls row by row, with notes on each row."""
    book, par = books[0], pars[0]
    for i in range(first, rows.shape[0]):
        before, t_us = book.status, book.t_us
        for j in range(est.x.shape[0]):
            rec.before[j] = est.x[j]
        taken = run(
            rows[i : i + 1], poses[i : i + 1], 0, n, seated, est, bank, setup, books, starts, frames, pars, work
        )
        rec.link[i] = APART
        if taken == 0:
            return i
        if before >= TRACK and book.status >= TRACK:
            _note_link(rows[i], i, before, (rows[i].t_us - t_us) * 1e-6, book, par, rec)
        if before == SEARCH and book.status == TRACK and rec.finds[0] < rec.found_x.shape[0]:
            rec.found[i] = rec.finds[0]
            copy_estimate(rec.found_x[rec.finds[0]], rec.found_cov[rec.finds[0]], est.x, est.cov)
            rec.finds[0] += 1
        note_estimate(i, n, est, book, par, work, rec)
    return rows.shape[0]


@inner
def _note_link(row, i, before, seconds, book, par, rec):
    given_up = before == TRACK and book.status != TRACK and book.reason != WENT_AWAY
    rec.seconds[i] = seconds
    if given_up:
        rec.link[i] = LOST if book.reason == MISFIT or book.reason == HEIGHT else APART
    elif row.motion_ok and not row.gap:
        rec.link[i] = CARRIED
        midway(rec.before, book.mean_accel, book.mean_gyro, seconds, rec.rot[i], rec.felt[i])
    else:
        rec.link[i] = WIDENED
        if before != TRACK:
            rec.seconds[i] = min(seconds, par.gap_lost_s)


@kernel
def midway(x, accel, gyro, seconds, rot, felt):
    """Attitude and specific force in the middle of a step from ``x``, as ``motion_model.predict`` has them."""
    half = 0.5 * seconds
    q = x[Q : Q + 4].copy()
    turn_in_hand(
        q, (gyro[0] - x[BG + SHIFT]) * half, (gyro[1] - x[BG + SHIFT + 1]) * half, (gyro[2] - x[BG + SHIFT + 2]) * half
    )
    matrix_of(q, rot)
    for i in range(3):
        felt[i] = 0.0
        for j in range(3):
            felt[i] += rot[i, j] * (accel[j] - x[BA + SHIFT + j])


@kernel
def misfit_of(book, par):
    """By how much a stated sigma must grow because the field does not fit as it should; at least 1."""
    return max(1.0, max(book.nis_fast, book.nis_slow) / par.nis_doubt)


@kernel
def note_estimate(i, n, est, book, par, work, rec):
    """What is believed after row ``i``."""
    rec.status[i] = book.status
    rec.tape_end[i] = work.tape.used[0]
    rec.contact[i] = book.contact
    rec.misfit[i] = misfit_of(book, par)
    for j in range(3):
        rec.lever[i, j] = book.lever[j]
    for j in range(N_QUICK + SHIFT):
        rec.x[i, j] = est.x[j]
    for r in range(N_KEPT):
        own, source = rec.cross[i, r], est.cov[r]
        for j in range(n):
            own[j] = source[j]


class Recorder(Locator):
    """A locator in strip mode that can also go over rows taking notes."""

    _notes: Recording | None = None
    _taped: Work

    def kept_state(self) -> dict[str, Any]:
        """As ``state``, without the hypotheses where none compete: half the size."""
        state = super().state()
        if self._book["status"][0] != SEARCH:
            del state["bank"]  # a new search clears it
        return state

    def return_to(self, state: dict[str, Any]) -> None:
        """Go on from what ``kept_state`` returned."""
        self.restore({"bank": tuple(self._bank), **state})

    @property
    def constants(self) -> tuple[int, np.ndarray, np.ndarray]:
        """Size of the error state, back frame and parameters, as the kernels take them."""
        return self._size, self._frame, self._packed

    @property
    def setup(self) -> tuple[Setup, Work]:
        """Places of sensors, pads and magnets, and scratch without a tape."""
        return self._setup, self._work

    def record(self, sensed: np.ndarray) -> tuple[Recording, Tape]:
        """Notes on the rows of ``sensed`` (SENSED_DTYPE), and the tape of their corrections."""
        self._notes = notes = new_recording(len(sensed), self._size)
        self._taped = work = new_work(self._size, TAPE_PER_ROW * len(sensed))
        try:
            self.process(sensed)
            if len(sensed):
                self._note(len(sensed) - 1)
        finally:
            self._notes = None
            del self._taped
        if work.tape.used[1]:
            raise RuntimeError(f"{work.tape.used[1]} corrections found no room on the tape: raise TAPE_PER_ROW")
        return notes, work.tape

    def _run(self, rows: np.ndarray, written: np.ndarray, at: int) -> int:
        if self._notes is None:
            return super()._run(rows, written, at)
        if at:
            self._note(at - 1)  # between two calls the start was solved for
        return record(
            rows, written, at, self._size, self._seated, self._estimate, self._bank, self._setup, self._book,
            self._start, self._frame, self._packed, self._taped, self._notes,
        )

    def _note(self, row: int) -> None:
        note_estimate(row, self._size, self._estimate, self._book[0], self._packed[0], self._taped, self._notes)
