"""The ribbon of magnets as its file describes it, and the smooth shapes that a back may give it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from slowhand.locate.layout import N_SHAPE
from slowhand.settings import read_toml

# A search over places takes its grid from the strip; 40 discs at 30 mm are longer than any back.
MAX_MAGNETS = 40


class StripProfile(BaseModel):
    """A strip, as ``strip.toml`` writes it. The first magnet lies at C7, the others follow towards the feet."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    pitch_mm: Annotated[float, Field(gt=0, le=200)] = 30.0
    polarity: Annotated[str, Field(min_length=2, max_length=MAX_MAGNETS, pattern=r"^[+-]+$")] = "+++++-------++++"
    moment_a_m2: Annotated[float, Field(gt=0, le=10)] = 0.1
    height_mm: Annotated[float, Field(ge=-20, le=50)] = 0.0  # of the magnets' centres above the skin

    @property
    def magnets(self) -> int:
        """How many magnets there are."""
        return len(self.polarity)

    @property
    def length_m(self) -> float:
        """From the first magnet to the last, along the ribbon."""
        return self.pitch_mm / 1000.0 * (self.magnets - 1)


class Ribbon(NamedTuple):
    """A strip's constants for the kernels. M magnets, S = ``N_SHAPE`` shapes."""

    basis: np.ndarray        # (M, S) height of each magnet per unit of each shape
    slope_basis: np.ndarray  # (M, S) the same of dz/ds, 1/m
    sign: np.ndarray         # (M,) +1 where the north pole points out of the back
    pitch: float             # m
    moment: float            # A m2
    height: float            # m, of the magnets' centres above the skin


def load_strip(path: Path | str | None = None) -> StripProfile:
    """Read a strip profile; ``None`` gives the shipped reference strip.

    Raises:
        BadInputError: the file cannot be read or a key is wrong; the line names both.
    """
    if path is not None:
        return read_toml(path, StripProfile)
    with resources.as_file(resources.files("slowhand.locate") / "reference_strip.toml") as file:
        return read_toml(file, StripProfile)


def ribbon_of(profile: StripProfile) -> Ribbon:
    """Lay out the strip's constants: shapes are a straight slope and sin(k pi s / length), s along the ribbon."""
    pitch = profile.pitch_mm / 1000.0
    along = pitch * np.arange(profile.magnets)
    waves = np.pi * np.arange(1, N_SHAPE) / profile.length_m
    basis = np.column_stack([along / profile.length_m, *(np.sin(w * along) for w in waves)])
    slope = np.column_stack([np.full_like(along, 1.0 / profile.length_m), *(w * np.cos(w * along) for w in waves)])
    sign = np.array([1.0 if pole == "+" else -1.0 for pole in profile.polarity])
    return Ribbon(
        np.ascontiguousarray(basis),
        np.ascontiguousarray(slope),
        sign,
        pitch,
        float(profile.moment_a_m2),
        profile.height_mm / 1000.0,
    )
