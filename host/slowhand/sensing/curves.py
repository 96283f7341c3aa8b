"""From a pad's count to its force, and back: the divider, then the pad's own curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import PchipInterpolator

from slowhand.sensing.profile import PadProfile

ADC_MAX = 1023          # full scale of a count; counts / ADC_MAX is the divider's ratio
NO_LIMIT_COUNT = 65535  # wire: a threshold that no count can pass
_US = 1e-6


@dataclass(frozen=True)
class PadCurve:
    """One pad's answer to a force.

    Conductance over force is a monotone cubic (PCHIP, Fritsch and Butland 1984) through the profile's
    points: exact at each, no overshoot between. Below the first point it runs straight to zero; above the
    last one straight on to ``max_force_n``. Since counts are whole numbers, the way back is one table of
    1024 forces.
    """

    points: tuple[tuple[float, float], ...]  # (force N, conductance uS), both rising
    divider_ohm: float
    max_force_n: float

    @classmethod
    def of(cls, pad: PadProfile) -> PadCurve:
        return cls(pad.curve, pad.divider_ohm, pad.max_force_n)

    def conductance_us(self, force_n: np.ndarray | float) -> np.ndarray:
        """Conductance in microsiemens at a force in newtons (not limited by ``max_force_n``)."""
        force = np.asarray(force_n, dtype=float)
        (first_force, first_conductance), (last_force, last_conductance) = self.points[0], self.points[-1]
        inside = self._pchip(np.clip(force, first_force, last_force))
        below = np.maximum(force, 0.0) * (first_conductance / first_force if first_force > 0 else 0.0)
        above = last_conductance + (force - last_force) * self._last_slope
        return np.where(force < first_force, below, np.where(force > last_force, above, inside))

    def count(self, force_n: np.ndarray | float) -> np.ndarray:
        """The count, not rounded, that the divider gives at a force in newtons."""
        return self.ratio_count(self.conductance_us(force_n))

    def ratio_count(self, conductance_us: np.ndarray | float) -> np.ndarray:
        """The count, not rounded, that the divider gives at a conductance in microsiemens."""
        product = np.asarray(conductance_us) * _US * self.divider_ohm
        return ADC_MAX * product / (1.0 + product)

    @cached_property
    def force_table_n(self) -> np.ndarray:
        """Force in newtons of every count 0..1023, at most ``max_force_n``."""
        counts = np.arange(ADC_MAX + 1, dtype=float)
        low, high = np.zeros(ADC_MAX + 1), np.full(ADC_MAX + 1, self.max_force_n)
        for _ in range(60):  # bisection: 110 N / 2^60 is below the last bit of a double near 1 N
            middle = 0.5 * (low + high)
            too_low = self.count(middle) < counts
            low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
        table = np.where(counts >= self.count(self.max_force_n), self.max_force_n, high)
        table[0] = 0.0
        table.setflags(write=False)
        return table

    @cached_property
    def at_least_table(self) -> np.ndarray:
        """Whether each count 0..1023 only says "at least": the curve or the converter is at its end."""
        counts = np.arange(ADC_MAX + 1)
        table = (counts > self.count(self.max_force_n)) | (counts >= ADC_MAX)
        table.setflags(write=False)
        return table

    def force_n(self, count: np.ndarray | int) -> np.ndarray:
        """Force in newtons of counts 0..1023; a lower bound where ``at_least``."""
        return self.force_table_n[np.asarray(count)]

    def at_least(self, count: np.ndarray | int) -> np.ndarray:
        """Whether the force of counts 0..1023 is only a lower bound."""
        return self.at_least_table[np.asarray(count)]

    def force_to_count(self, force_n: float) -> int:
        """The largest count whose force is not above ``force_n``: a higher count means a higher force.

        ``NO_LIMIT_COUNT`` when the pad cannot tell a force as large as this.
        """
        if force_n >= self.max_force_n:
            return NO_LIMIT_COUNT
        return max(int(np.searchsorted(self.force_table_n, force_n, side="right")) - 1, 0)

    @cached_property
    def _pchip(self) -> PchipInterpolator:
        forces, conductances = zip(*self.points, strict=True)
        return PchipInterpolator(forces, conductances)

    @cached_property
    def _last_slope(self) -> float:
        (force, conductance), (last_force, last_conductance) = self.points[-2:]
        return (last_conductance - conductance) / (last_force - force)


def pad_curves(pads: tuple[PadProfile, ...]) -> tuple[PadCurve, ...]:
    """The curve of each pad, in wire order."""
    return tuple(PadCurve.of(pad) for pad in pads)
