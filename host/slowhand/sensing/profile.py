"""What is known about one glove: where its pads are, what they answer to a force, and its sensors' errors."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from slowhand.sensing.rows import PAD_COUNT
from slowhand.settings import read_toml

# Strict, so that a number written as text or as a yes/no is refused and not guessed at.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Vector = tuple[Number, Number, Number]
NotNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
CurvePoint = tuple[NotNegative, NotNegative]

_IDENTITY: tuple[Vector, Vector, Vector] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PadProfile(_Table):
    """One force pad, wired from the supply to its pin with a resistor from the pin to ground."""

    name: Annotated[str, Field(min_length=1)]
    position_mm: Vector                 # hand frame
    area_mm2: Positive
    divider_ohm: Positive
    curve: Annotated[tuple[CurvePoint, ...], Field(min_length=2)]  # [force_n, conductance_us]
    max_force_n: Positive               # above this the force is only a lower bound

    @field_validator("curve")
    @classmethod
    def _monotone(cls, curve: tuple[CurvePoint, ...]) -> tuple[CurvePoint, ...]:
        for (force, conductance), (next_force, next_conductance) in pairwise(curve):
            if next_force <= force or next_conductance <= conductance:
                raise ValueError(
                    "force and conductance that both rise from point to point; "
                    f"[{next_force:g}, {next_conductance:g}] does not lie above [{force:g}, {conductance:g}]"
                )
        return curve


class MotionProfile(_Table):
    """Errors of the accelerometer and the gyroscope: corrected = raw - bias."""

    accel_bias: Vector = (0.0, 0.0, 0.0)  # m/s2
    gyro_bias: Vector = (0.0, 0.0, 0.0)   # rad/s


class MagnetometerProfile(_Table):
    """One magnetometer: corrected = soft_iron @ (raw - hard_iron)."""

    position_mm: Vector                 # hand frame
    hard_iron_ut: Vector = (0.0, 0.0, 0.0)
    soft_iron: tuple[Vector, Vector, Vector] = _IDENTITY

    @field_validator("soft_iron")
    @classmethod
    def _invertible(cls, soft_iron: tuple[Vector, Vector, Vector]) -> tuple[Vector, Vector, Vector]:
        # A matrix that turns the field inside out or flattens it is a typing error, not iron.
        if np.linalg.det(np.array(soft_iron)) < 0.1:
            raise ValueError("a matrix near identity (its determinant at least 0.1)")
        return soft_iron


Placed = TypeVar("Placed", PadProfile, MagnetometerProfile)


class GloveProfile(_Table):
    """A glove, as ``glove.toml`` writes it. Pads and magnetometers are in wire order."""

    name: Annotated[str, Field(min_length=1)]
    hand: Literal["right", "left"]
    pad: tuple[PadProfile, ...]
    motion: MotionProfile = MotionProfile()
    magnetometer: Annotated[tuple[MagnetometerProfile, ...], Field(max_length=2)] = ()

    @model_validator(mode="after")
    def _six_different_pads(self) -> GloveProfile:
        if len(self.pad) != PAD_COUNT:
            raise ValueError(f"{PAD_COUNT} [[pad]] tables, in wire order; there are {len(self.pad)}")
        names = [pad.name for pad in self.pad]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"a different name for each pad; {name!r} is there twice")
        return self

    def mirrored(self) -> GloveProfile:
        """The same glove for the other hand: ``y`` changes sign.

        The hand frame is defined alike for both hands (y to the left seen from above), so only places mirror.
        Biases and irons belong to the chips on their plate and stay as they are.
        """
        other = "left" if self.hand == "right" else "right"
        name = self.name.replace(self.hand, other) if self.hand in self.name else f"{self.name} {other}"
        return self.model_copy(
            update={
                "name": name,
                "hand": other,
                "pad": tuple(_mirrored_place(pad) for pad in self.pad),
                "magnetometer": tuple(_mirrored_place(magnetometer) for magnetometer in self.magnetometer),
            }
        )


def load_glove(path: Path | str | None = None, hand: Literal["right", "left"] = "right") -> GloveProfile:
    """Read a glove profile; ``None`` gives the shipped nominal one for ``hand``.

    Raises:
        BadInputError: the file cannot be read or a key is wrong; the line names both.
    """
    if path is not None:
        return read_toml(path, GloveProfile)
    shipped = resources.files("slowhand.sensing") / "nominal_glove.toml"
    with resources.as_file(shipped) as file:
        nominal = read_toml(file, GloveProfile)
    return nominal if hand == nominal.hand else nominal.mirrored()


def _mirrored_place(part: Placed) -> Placed:
    x, y, z = part.position_mm
    return part.model_copy(update={"position_mm": (x, -y, z)})
