"""A tape on which the corrections of a pass are kept for the way back; without room on it nothing is written.

A correction by ``m`` rows H with innovation nu and covariance ``S = L L'`` of the innovation is kept as
``L^-1 H``, ``L^-1 H cov`` (the gain, transposed) and ``L^-1 nu``: then every row counts as one with unit noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from slowhand.locate.kernel import inner


class Tape(NamedTuple):
    """Room for T rows of corrections of an error state of N."""

    rows: np.ndarray   # (T, N) derivatives, whitened
    gain: np.ndarray   # (T, N)
    nu: np.ndarray     # (T,) innovation, whitened
    block: np.ndarray  # (T,) how many rows were taken in at once
    used: np.ndarray   # (2,) rows written, rows that found no room


def new_tape(size: int, length: int = 0) -> Tape:
    """Room for ``length`` rows. Memory is taken only as the tape fills."""
    return Tape(
        np.empty((length, size)), np.empty((length, size)), np.empty(length), np.empty(length, np.int64),
        np.zeros(2, np.int64),
    )


@inner
def keep_correction(n, m, v, work):
    """Keep what ``absorb`` has just done with ``work`` and the whitened innovation ``v``."""
    tape, chol = work.tape, work.chol
    if tape.rows.shape[0] == 0:
        return
    end = tape.used[0]
    if end + m > tape.rows.shape[0]:
        tape.used[1] += m
        return
    for r in range(m):
        own, gain = tape.rows[end + r], tape.gain[end + r]
        for j in range(n):
            own[j] = work.rows[r, j]
            gain[j] = work.gain[r, j]
        for k in range(r):
            other, weight = tape.rows[end + k], chol[r, k]
            for j in range(n):
                own[j] -= weight * other[j]
        inv = 1.0 / chol[r, r]
        for j in range(n):
            own[j] *= inv
        tape.nu[end + r] = v[r]
        tape.block[end + r] = m
    tape.used[0] = end + m
