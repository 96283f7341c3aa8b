"""Which pads press on what: forces summed over the zones of the back, and the zone of a single place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from slowhand.coach.flag import FlagKind
from slowhand.coach.limits import Limit, Limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.sensing.rows import PAD_COUNT

SPINE, NECK, KIDNEY, FIRST_SORE = 0, 1, 2, 3   # columns of zone forces; sore places follow


@dataclass(frozen=True)
class Zone:
    """One zone with its flag. ``name`` is what the glove is told; ``words`` what a person is."""

    name: str
    words: str
    kind: FlagKind
    limit: Limit
    place: SensitivePlace | None = None   # of a sore one


class BackZones:
    """The zones of one receiver's back, hit-tested without branching into objects.

    A pad counts as in a zone when it may be: every edge is moved outwards by ``widen_sigmas`` of the pad's
    sigma across it, at most by ``widen_most_mm``, which also holds where the sigma is unknown.
    """

    def __init__(self, receiver: Receiver, limits: Limits) -> None:
        rule = limits.zones
        self._widen_sigmas, self._widen_most_mm = rule.widen_sigmas, rule.widen_most_mm
        self.zones: tuple[Zone, ...] = (
            Zone("spine", "on the spine", FlagKind.SPINE_PRESSURE, limits.spine_pressure),
            Zone("neck", "on the neck", FlagKind.NECK_PRESSURE, limits.neck_pressure),
            Zone("kidney", "over the kidneys", FlagKind.KIDNEY_PRESSURE, limits.kidney_pressure),
            *(
                Zone("sensitive", "on a sore place", FlagKind.SENSITIVE_PRESSURE, limits.sensitive(place.max_n), place)
                for place in receiver.sensitive
            ),
        )
        length = receiver.back_length_mm
        self._edges = np.array(
            [
                rule.spine_half_width_mm, length, rule.neck_half_width_mm,
                rule.kidney_inner_mm, rule.kidney_outer_mm,
                rule.kidney_from_share * length, rule.kidney_to_share * length,
                rule.widen_sigmas, rule.widen_most_mm,
            ]
        )
        self._sore = np.array([(p.x_mm, p.y_mm, p.radius_mm) for p in receiver.sensitive]).reshape(-1, 3)

    def forces(self, touch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Summed force in newtons of the pads in each zone, and whether it is only a lower bound.

        Both are (rows, zones). The force is NaN where the place is unknown; a bound where a pad in the zone is
        saturated or not usable.

        Where x alone is known (y NaN), a pad within the spine's band counts as on the spine, though the
        neck may lie there. Any other zone is unknown when a pad may be in it at some height, and known to
        be unpressed when none may.
        """
        out, bound = np.empty((len(touch), len(self.zones))), np.zeros((len(touch), len(self.zones)), np.bool_)
        _zone_forces(
            touch["pad_mm"], touch["pad_sigma_mm"], touch["force_n"], touch["at_least"], self._edges, self._sore,
            out, bound,
        )
        return out, bound

    def widening(self, sigma_mm: float) -> float:
        """By how many millimetres a pad's place may be wrong, for all that is known."""
        if math.isnan(sigma_mm):
            return self._widen_most_mm
        return min(self._widen_sigmas * sigma_mm, self._widen_most_mm)

    def of_place(self, x_mm: float, y_mm: float, widen_mm: float) -> tuple[int, ...]:
        """Columns of the zones that a place is in, each edge moved outwards by ``widen_mm``."""
        inside = np.zeros(len(self.zones), np.bool_)
        _inside(x_mm, y_mm, widen_mm, widen_mm, self._edges, self._sore, inside)
        return tuple(zone for zone, is_in in enumerate(inside.tolist()) if is_in)

    def of_x(self, x_mm: float, widen_mm: float) -> tuple[int, ...]:
        """Columns of the zones that a place may be in whose height on the back is unknown; edges as above."""
        inside = np.zeros(len(self.zones), np.bool_)
        _at_some_height(x_mm, widen_mm, self._edges, self._sore, inside)
        return tuple(zone for zone, is_in in enumerate(inside.tolist()) if is_in)


@njit(cache=True)
def _at_some_height(x, widen_x, edges, sore, inside):
    across = abs(x)
    inside[SPINE] = across <= edges[0] + widen_x
    inside[NECK] = across <= edges[2] + widen_x
    inside[KIDNEY] = edges[3] - widen_x <= across <= edges[4] + widen_x
    for k in range(len(sore)):
        inside[FIRST_SORE + k] = abs(x - sore[k, 0]) <= sore[k, 2] + widen_x


@njit(cache=True)
def _inside(x, y, widen_x, widen_y, edges, sore, inside):
    _at_some_height(x, widen_x, edges, sore, inside)
    inside[SPINE] &= -widen_y <= y <= edges[1] + widen_y
    inside[NECK] &= y < widen_y
    inside[KIDNEY] &= edges[5] - widen_y <= y <= edges[6] + widen_y
    for k in range(len(sore)):
        # A circle becomes an ellipse: a place that is sure in x is not widened there because it is unsure in y.
        off_x, off_y = (x - sore[k, 0]) / (sore[k, 2] + widen_x), (y - sore[k, 1]) / (sore[k, 2] + widen_y)
        inside[FIRST_SORE + k] = math.hypot(off_x, off_y) <= 1.0


@njit(cache=True)
def _widening(sigma, edges):
    return edges[8] if math.isnan(sigma) else min(edges[7] * sigma, edges[8])


@njit(cache=True)
def _zone_forces(pad_mm, pad_sigma_mm, force_n, at_least, edges, sore, out, bound):
    inside = np.zeros(out.shape[1], np.bool_)
    for i in range(len(out)):
        if math.isnan(pad_mm[i, 0, 0]):
            out[i, :] = math.nan
            continue
        out[i, :] = 0.0
        x_alone = math.isnan(pad_mm[i, 0, 1])
        for k in range(PAD_COUNT):
            force = force_n[i, k]
            unusable = math.isnan(force)
            if not (unusable or force > 0.0):
                continue
            widen_x, widen_y = _widening(pad_sigma_mm[i, k, 0], edges), _widening(pad_sigma_mm[i, k, 1], edges)
            if x_alone:
                _at_some_height(pad_mm[i, k, 0], widen_x, edges, sore, inside)
            else:
                _inside(pad_mm[i, k, 0], pad_mm[i, k, 1], widen_x, widen_y, edges, sore, inside)
            for zone in range(out.shape[1]):
                if inside[zone] and x_alone and zone != SPINE:
                    out[i, zone] = math.nan
                elif inside[zone]:
                    out[i, zone] += 0.0 if unusable else force
                    bound[i, zone] |= unusable or at_least[i, k]
