"""The force pads: from newtons through a polymer's curve and a divider to ADC counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.signal import lfilter

ADC_MAX = 1023
PAD_NAMES = ("thumb", "index", "middle", "ring", "heel", "edge")
# Interlink FSR 402, force in N and conductance in uS: two digitisations of the datasheet's curve, 10 % apart.
FSR_CURVE = ((0.2, 33.0), (0.5, 100.0), (1.0, 167.0), (5.0, 500.0), (10.0, 909.0), (20.0, 1390.0))
# FlexiForce A401: the datasheet gives linear conductance within 3 %, no guaranteed slope; 0.36 uS/N is nominal.
FLEXI_CURVE = ((0.5, 0.18), (5.0, 1.8), (20.0, 7.2), (50.0, 18.0), (80.0, 28.8), (110.0, 39.6))
CURVES = (FSR_CURVE,) * 4 + (FLEXI_CURVE,) * 2
DIVIDER_OHM = np.array([3300.0, 3300.0, 3300.0, 3300.0, 47000.0, 47000.0])
AREA_MM2 = np.array([126.7, 126.7, 126.7, 126.7, 506.7, 506.7])
MAX_FORCE_N = np.array([20.0, 20.0, 20.0, 20.0, 110.0, 110.0])
# Hysteresis and drift per decade of time, from the datasheets: FSR +10 % and < 5 %; FlexiForce < 4.5 % and < 5 %.
HYSTERESIS = np.array([0.10, 0.10, 0.10, 0.10, 0.045, 0.045])
CREEP_PER_DECADE = np.array([0.03, 0.03, 0.03, 0.03, 0.02, 0.02])
CREEP_TIMES_S = (0.1, 1.0, 10.0, 100.0)


@dataclass(frozen=True)
class PadErrors:
    """How far the pads are from their curves after calibration in place."""

    gain: float = 0.03         # relative, one draw per pad
    hysteresis: float = 0.6    # share of the datasheet's figure
    creep: float = 1.0         # share of the datasheet's figure
    noise_counts: float = 0.6
    preload_n: float = 0.03    # the glove's own pull, largest


FRIENDLY_PADS = PadErrors(gain=0.0, hysteresis=0.2, creep=0.2, noise_counts=0.4, preload_n=0.0)
REALISTIC_PADS = PadErrors()


def conductance_us(pad: int, force_n: np.ndarray) -> np.ndarray:
    """Conductance in uS of pad ``pad`` under a force in N: smooth in log-log, a straight line to zero below the
    curve's first point, and the last slope continued above its last."""
    points = np.array(CURVES[pad])
    curve = PchipInterpolator(np.log(points[:, 0]), np.log(points[:, 1]), extrapolate=False)
    force = np.maximum(np.asarray(force_n, float), 0.0)
    first, last = points[0], points[-1]
    inside = np.exp(curve(np.log(np.clip(force, first[0], last[0]))))
    end_slope = np.log(last[1] / points[-2][1]) / np.log(last[0] / points[-2][0])
    above = last[1] * (np.maximum(force, last[0]) / last[0]) ** end_slope
    below = first[1] * force / first[0]
    return np.where(force < first[0], below, np.where(force > last[0], above, inside))


def counts_from_conductance(pad: int, conductance: np.ndarray) -> np.ndarray:
    """Ideal, unrounded ADC counts of the divider: the pad to the supply, the resistor to ground."""
    product = np.asarray(conductance, float) * 1e-6 * DIVIDER_OHM[pad]
    return ADC_MAX * product / (1.0 + product)


@dataclass(frozen=True)
class Pads:
    """One draw of six pads."""

    gain: np.ndarray        # (6,)
    preload_n: np.ndarray   # (6,)
    errors: PadErrors

    def counts(self, force_n: np.ndarray, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
        """ADC counts (N, 6), int32, from true forces (N, 6) in N."""
        felt = force_n + self.preload_n
        felt = _hysteresis(felt, HYSTERESIS * self.errors.hysteresis)
        felt = _creep(felt, CREEP_PER_DECADE * self.errors.creep, rate_hz)
        ideal = np.stack(
            [counts_from_conductance(k, self.gain[k] * conductance_us(k, felt[:, k])) for k in range(6)], axis=1
        )
        noisy = ideal + rng.normal(0.0, self.errors.noise_counts, ideal.shape)
        return np.clip(np.rint(noisy), 0, ADC_MAX).astype(np.int32)


def some_pads(rng: np.random.Generator, errors: PadErrors) -> Pads:
    """Draw six pads."""
    gain = 1.0 + errors.gain * np.clip(rng.normal(0.0, 1.0, 6), -2.0, 2.0)
    return Pads(gain, rng.uniform(0.0, 1.0, 6) * errors.preload_n, errors)


def _hysteresis(force: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Unloading reads up to ``width`` more than loading, whatever the speed; centred on the calibrated curve."""
    high = 1.0 + width
    state = force[0].copy()
    out = np.empty_like(force)
    for i, now in enumerate(force):
        state = np.minimum(np.maximum(state, now), now * high)
        out[i] = state
    return out / (1.0 + width / 2.0)


def _creep(force: np.ndarray, per_decade: np.ndarray, rate_hz: float) -> np.ndarray:
    """Under a constant load the reading grows with the logarithm of time: one slow lag per decade.

    It is a factor, so that an unloaded pad reads nothing at once: its layers part. Calibrations are read some
    seconds after loading, so the factor is one after about three seconds.
    """
    loaded = force / (force + 0.5)
    factor = np.ones_like(force)
    for time_s in CREEP_TIMES_S:
        decay = np.exp(-1.0 / (rate_hz * time_s))
        factor += per_decade * lfilter([1.0 - decay], [1.0, -decay], loaded, axis=0)
    return force * factor / (1.0 + 2.3 * per_decade)
