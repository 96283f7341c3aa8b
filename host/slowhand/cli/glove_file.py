"""A glove's profile as the text of a glove.toml."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slowhand.sensing.profile import GloveProfile

Numbers = Sequence[float]


def glove_text(glove: GloveProfile, comments: Sequence[str]) -> str:
    """The file that `load_glove` reads as the same profile, below ``comments``."""
    lines = [f"# {comment}" for comment in comments]
    lines += ["", f"name = {_quoted(glove.name)}", f'hand = "{glove.hand}"']
    for pad in glove.pad:
        curve = ", ".join(map(_list, pad.curve))
        lines += ["", "[[pad]]", f"name = {_quoted(pad.name)}", f"position_mm = {_list(pad.position_mm)}",
                  f"area_mm2 = {_number(pad.area_mm2)}", f"divider_ohm = {_number(pad.divider_ohm)}",
                  f"curve = [{curve}]", f"max_force_n = {_number(pad.max_force_n)}"]
    lines += ["", "[motion]", f"accel_bias = {_list(glove.motion.accel_bias)}     # m/s2",
              f"gyro_bias = {_list(glove.motion.gyro_bias)}     # rad/s"]
    for magnetometer in glove.magnetometer:
        soft = ", ".join(map(_list, magnetometer.soft_iron))
        lines += ["", "[[magnetometer]]", f"position_mm = {_list(magnetometer.position_mm)}",
                  f"hard_iron_ut = {_list(magnetometer.hard_iron_ut)}", f"soft_iron = [{soft}]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # JSON's strings are TOML's, but for this one character, which TOML wants escaped
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Numbers) -> str:
    return "[" + ", ".join(map(_number, values)) + "]"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
