"""The settings files that belong to a simulated glove, strip and receiver, written by the simulation's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import MOMENT_A_M2, PITCH_M, POLARITY, Body
from slowhand.sim.hand import Hand
from slowhand.sim.magnets import LEVER_M
from slowhand.sim.pads import AREA_MM2, CURVES, DIVIDER_OHM, MAX_FORCE_N, PAD_NAMES


@dataclass(frozen=True)
class Offsets:
    """What a calibration would find and a glove file would hold: it is in the raw values and is to be subtracted."""

    accel: tuple[float, float, float] = (0.0, 0.0, 0.0)      # m/s2
    gyro: tuple[float, float, float] = (0.0, 0.0, 0.0)       # rad/s
    iron0_ut: tuple[float, float, float] = (0.0, 0.0, 0.0)   # hand frame
    iron1_ut: tuple[float, float, float] = (0.0, 0.0, 0.0)


# Before any calibration: +-50 mg, some degrees per second, 300 uT (ICM-20948 and AK09916 datasheets).
UNCALIBRATED = Offsets((0.31, -0.22, 0.44), (0.020, -0.035, 0.012), (140.0, -95.0, 210.0), (-60.0, 120.0, -45.0))


def glove_toml(hand: Hand, magnetometers: int = 2, offsets: Offsets | None = None) -> str:
    """The text of a glove.toml for this hand: nominal curves, its own pad places, the offsets to subtract."""
    offsets = offsets or Offsets()
    lines = [f'name = "simulated {hand.side} x{hand.scale:g}"', f'hand = "{hand.side}"']
    for k, place in enumerate(np.round(hand.levers * 1000.0, 3)):
        curve = ", ".join(f"[{force:g}, {conductance:g}]" for force, conductance in CURVES[k])
        lines += ["[[pad]]", f'name = "{PAD_NAMES[k]}"', f"position_mm = {_list(place)}", f"area_mm2 = {AREA_MM2[k]:g}",
                  f"divider_ohm = {DIVIDER_OHM[k]:g}", f"curve = [{curve}]", f"max_force_n = {MAX_FORCE_N[k]:g}"]
    lines += ["[motion]", f"accel_bias = {_list(offsets.accel)}", f"gyro_bias = {_list(offsets.gyro)}"]
    for k, iron in enumerate((offsets.iron0_ut, offsets.iron1_ut)[:magnetometers]):
        lines += ["[[magnetometer]]", f"position_mm = {_list(LEVER_M[k] * 1000.0)}", f"hard_iron_ut = {_list(iron)}"]
    return "\n".join(lines) + "\n"


def strip_toml() -> str:
    """The text of a strip.toml: the strip as it was meant to be made."""
    return (f'pitch_mm = {PITCH_M * 1000:g}\npolarity = "{POLARITY}"\nmoment_a_m2 = {MOMENT_A_M2:g}\nheight_mm = 0\n')


def receiver_toml(body: Body) -> str:
    """The text of a receiver.toml: posture, sizes and sore places."""
    places = ", ".join(
        f"{{x_mm = {s.x_mm:g}, y_mm = {s.y_mm:g}, radius_mm = {s.radius_mm:g}, max_n = {s.max_n:g}}}"
        for s in body.sensitive
    )
    return (f'posture = "{body.posture}"\nback_length_mm = {body.back_length_mm:g}\n'
            f"shoulder_width_mm = {body.shoulder_width_mm:g}\nsensitive = [{places}]\n")


def _list(values) -> str:
    return "[" + ", ".join(f"{float(v):g}" for v in values) + "]"
