"""Names for places on the back, in the receiver's own measures."""

from __future__ import annotations

SPINE_HALF_WIDTH_MM = 20.0   # the spine's zone and the "centre" of the back are the same band

# Lower edge of each region as a share of the back length (C7 to sacrum), from the neck down.
_REGIONS = ((0.0, "neck"), (0.18, "shoulders"), (0.45, "upper"), (0.70, "middle"), (1.0, "lower"))


def region_of(y_mm: float, back_length_mm: float) -> str:
    """neck, shoulders, upper, middle, lower or sacrum."""
    share = y_mm / back_length_mm
    for edge, name in _REGIONS:
        if share < edge:
            return name
    return "sacrum"


def side_of(x_mm: float) -> str:
    """left or right of the receiver, or centre."""
    if abs(x_mm) <= SPINE_HALF_WIDTH_MM:
        return "centre"
    return "left" if x_mm > 0 else "right"
