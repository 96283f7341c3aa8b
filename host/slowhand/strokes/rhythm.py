"""Cadence of cyclic strokes, from the autocorrelation of what repeats."""

from __future__ import annotations

import math

import numpy as np

GRID_US = 10_000           # even grid for the autocorrelation: ten points in the shortest cycle
SHORTEST_CYCLE_US = 180_000   # 333 a minute: faster than hands rub
LONGEST_CYCLE_US = 4_000_000  # 15 a minute
STRENGTH = 0.5             # correlation one cycle later from which a rhythm is believed
FORCE_DEPTH = 0.2          # of the force's swing to its mean: less is an unsteady hand, no rhythm


def cycle_of(t_us: np.ndarray, signals: np.ndarray, guess_us: float | None = None) -> tuple[float, float] | None:
    """Length of one cycle in microseconds and its correlation, or None when nothing repeats.

    Args:
        t_us: (n,) increasing.
        signals: (n, k) that repeat together, finite; their autocorrelations are added.
        guess_us: where given, only cycles within a quarter of it are looked for.

    The peak at one cycle is refined at the peaks of two, three ... cycles: the farther the peak that still
    correlates, the smaller the share of the same error in its place.
    """
    correlation = _autocorrelation(t_us, signals)
    low, high = SHORTEST_CYCLE_US / GRID_US, min(LONGEST_CYCLE_US / GRID_US, len(correlation) * 0.5)
    if guess_us is not None:
        low, high = max(low, 0.75 * guess_us / GRID_US), min(len(correlation) * 0.75, 1.33 * guess_us / GRID_US)
    peaks = _peaks(correlation, low, high)
    best = max((correlation[i] for i in peaks), default=0.0)
    if best < STRENGTH:
        return None
    # The first peak that is about as good as the best: two cycles correlate as well as one.
    first = next(i for i in peaks if correlation[i] >= 0.85 * best)
    cycle, count = _vertex(correlation, first), 1
    while (count + 1.3) * cycle < 0.75 * len(correlation):
        near = _peaks(correlation, (count + 0.75) * cycle, (count + 1.25) * cycle)
        if not near or correlation[near[0]] < STRENGTH:
            break
        count += 1
        cycle = _vertex(correlation, max(near, key=lambda i: correlation[i])) / count
    return float(cycle * GRID_US), float(correlation[first])


def force_cycle_of(t_us: np.ndarray, total_n: np.ndarray) -> float | None:
    """Length of one cycle of a force that swells and falls at least three times, else None."""
    known = np.isfinite(total_n)
    if known.sum() < 10:
        return None
    low, high = np.quantile(total_n[known], (0.1, 0.9))
    mean = total_n[known].mean()
    if mean <= 0 or (high - low) < FORCE_DEPTH * mean:
        return None
    found = cycle_of(t_us[known], total_n[known, None])
    if found is None or 3.0 * found[0] > t_us[-1] - t_us[0]:
        return None
    return found[0]


def evenness_of(values: np.ndarray) -> float | None:
    """1 for equal values, 0 when they scatter as much as they measure (1 - coefficient of variation)."""
    if len(values) < 2 or not np.mean(values) > 0:
        return None
    return float(min(max(1.0 - np.std(values) / np.mean(values), 0.0), 1.0))


def _autocorrelation(t_us: np.ndarray, signals: np.ndarray) -> np.ndarray:
    """Unbiased and 1 at lag 0, on the grid; empty when too short or constant."""
    grid = np.arange(t_us[0], t_us[-1], GRID_US)
    if len(grid) < 8:
        return np.zeros(0)
    total = np.zeros(len(grid))
    size = 1 << math.ceil(math.log2(2 * len(grid)))
    for signal in signals.T:
        even = np.interp(grid, t_us, signal)
        spectrum = np.fft.rfft(even - even.mean(), size)
        total += np.fft.irfft(spectrum * spectrum.conj(), size)[: len(grid)]
    total /= np.arange(len(grid), 0, -1)
    return total / total[0] if total[0] > 0 else np.zeros(0)


def _peaks(values: np.ndarray, low: float, high: float) -> list[int]:
    """Indices of local maxima within [low, high]."""
    first, last = max(math.floor(low), 1), min(math.ceil(high), len(values) - 2)
    return [i for i in range(first, last + 1) if values[i - 1] < values[i] >= values[i + 1]]


def _vertex(values: np.ndarray, i: int) -> float:
    """Place of the top of the parabola through the three values around ``i``."""
    left, middle, right = values[i - 1], values[i], values[i + 1]
    bend = left - 2.0 * middle + right
    return i + (0.5 * (left - right) / bend if bend < 0 else 0.0)
