"""Cadence of cyclic strokes, from the autocorrelation of what repeats."""

from __future__ import annotations

import math

import numpy as np

GRID_US = 10_000           # even grid for the autocorrelation: ten points in the shortest cycle
SHORTEST_CYCLE_US = 180_000   # 333 a minute: faster than hands rub
LONGEST_CYCLE_US = 4_000_000  # 15 a minute
STRENGTH = 0.5             # correlation one cycle later from which a rhythm is believed
FIRST_PEAK = 0.85          # of the best one's correlation: two cycles correlate as well as one
FIRST_BEAT = 0.7           # the same of a force: every other squeeze may be the firmer one
FORCE_DEPTH = 0.2          # of the force's swing to its mean: less is an unsteady hand, no rhythm
SETTLED_SHARE = 0.6        # of the usual sway's largest speed: a smaller one is still growing
TURN_SHARE = 0.3           # of the largest speed
MIN_TURNS = 6
LANDED = 0.75              # of the median force: before and after it the hand lands and lifts


def cycle_of(
    t_us: np.ndarray, signals: np.ndarray, guess_us: float | None = None, first_peak: float = FIRST_PEAK
) -> tuple[float, float] | None:
    """Length of one cycle in microseconds and its correlation, or None when nothing repeats.

    Args:
        t_us: (n,) increasing.
        signals: (n, k) that repeat together, finite; their autocorrelations are added.
        guess_us: where given, only cycles within a quarter of it are looked for.
        first_peak: the first peak counts that is at least this share of the best.

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
    first = next(i for i in peaks if correlation[i] >= first_peak * best)
    cycle, count = _vertex(correlation, first), 1
    while (count + 1.3) * cycle < 0.75 * len(correlation):
        near = _peaks(correlation, (count + 0.75) * cycle, (count + 1.25) * cycle)
        if not near or correlation[near[0]] < STRENGTH:
            break
        count += 1
        cycle = _vertex(correlation, max(near, key=lambda i: correlation[i])) / count
    return float(cycle * GRID_US), float(correlation[first])


def force_cycle_of(t_us: np.ndarray, total_n: np.ndarray) -> float | None:
    """Length of one cycle of a force that swells and falls at least three times, else None.

    Landing and lifting, and the slow way in which a hand leans in and gives way, are swings of their own, larger
    than those of kneading: they are taken off first.
    """
    known = np.isfinite(total_n)
    if known.sum() < 10:
        return None
    t, force = t_us[known], total_n[known]
    landed = np.flatnonzero(force >= LANDED * np.median(force))
    t, force = t[landed[0] : landed[-1] + 1], force[landed[0] : landed[-1] + 1]
    mean = force.mean()
    if len(force) < 10 or mean <= 0:
        return None
    at = np.linspace(-1.0, 1.0, len(force))
    swing = force - np.polyval(np.polyfit(at, force, 2), at)
    low, high = np.quantile(swing, (0.1, 0.9))
    if (high - low) < FORCE_DEPTH * mean:
        return None
    found = cycle_of(t, swing[:, None], first_peak=FIRST_BEAT)
    if found is None or 3.0 * found[0] > t[-1] - t[0]:
        return None
    return found[0]


def turning_cycle_of(
    t_us: np.ndarray, velocity: np.ndarray, skip: int = 0, settled: bool = False
) -> float | None:
    """Length of one cycle in microseconds by counting turns, or None when there are fewer than three.

    A turn is where the velocity along its main direction changes sign. From the first turn to the last whole cycles
    are counted: their mean, also when the pace wavers, while an autocorrelation favours the evener stretch.

    Args:
        t_us: (n,) increasing.
        velocity: (n, 2), finite.
        skip: so many turns are left out at either end, where there are enough: a hand that lands does not yet go round.
        settled: the first turns after sways that were not yet as wide as usual are left out, where three are left: a
            turn comes late while the width still grows.
    """
    swing = velocity - velocity.mean(axis=0)
    _, axes = np.linalg.eigh(swing.T @ swing)
    along = swing @ axes[:, 1]
    # Between two turns the hand reaches a good part of its usual speed: noise about zero turns nothing.
    strong = np.flatnonzero(np.abs(along) > TURN_SHARE * np.quantile(np.abs(along), 0.98))
    turned = np.flatnonzero(np.diff(np.sign(along[strong])))
    before, after = strong[turned], strong[turned + 1]
    turns_us = t_us[before] + (t_us[after] - t_us[before]) * along[before] / (along[before] - along[after])
    if settled and len(turns_us):
        fastest = np.maximum.reduceat(np.abs(along), [0, *after])   # of each sway, the last one without a turn
        small = int(np.argmax(fastest >= SETTLED_SHARE * np.median(fastest)))
        turns_us = turns_us[min(small, max(len(turns_us) - 3, 0)) :]
    if len(turns_us) >= MIN_TURNS:   # the landing distorts more than the lifting
        turns_us = turns_us[skip : len(turns_us) - skip * (len(turns_us) >= MIN_TURNS + 2)]
    count = (len(turns_us) - 1) // 2 * 2   # two to a cycle; a half one would feel where the middle lies
    if count < 2:
        return None
    whole = turns_us[count:] - turns_us[: len(turns_us) - count]
    return float(2.0 * whole.mean() / count)


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
