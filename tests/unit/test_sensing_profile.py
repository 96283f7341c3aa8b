"""glove.toml: the shipped one, its mirror, and clear lines for broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from slowhand.errors import BadInputError
from slowhand.sensing.profile import load_glove

NOMINAL_TOML = Path(__file__).resolve().parents[2] / "host/slowhand/sensing/nominal_glove.toml"


def test_the_nominal_glove_is_the_designs() -> None:
    glove = load_glove()
    assert glove.hand == "right"
    assert [pad.name for pad in glove.pad] == ["thumb", "index", "middle", "ring", "heel", "edge"]
    assert glove.pad[0].position_mm == (50, 55, -30)
    assert [pad.max_force_n for pad in glove.pad] == [20, 20, 20, 20, 110, 110]
    assert [magnetometer.position_mm for magnetometer in glove.magnetometer] == [(0, 0, 0), (-60, 0, 0)]


def test_a_left_hand_mirrors_y_only() -> None:
    right, left = load_glove(), load_glove(hand="left")
    assert left.hand == "left" and "left" in left.name
    for pad, mirrored in zip(right.pad, left.pad, strict=True):
        x, y, z = pad.position_mm
        assert mirrored.position_mm == (x, -y, z)
    assert left.mirrored() == right


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('hand = "right"', 'hand = "both"', ["hand", "both"]),
        ("divider_ohm = 3300", 'divider_ohm = "3300"', ["pad[0].divider_ohm", "3300"]),
        ("divider_ohm = 3300", "divider_ohm = 0", ["pad[0].divider_ohm"]),
        ("position_mm = [50, 55, -30]", "position_mm = [50, 55]", ["pad[0].position_mm"]),
        ("position_mm = [50, 55, -30]", "position_mm = [50, nan, -30]", ["pad[0].position_mm", "nan"]),
        ("[0.5, 100], [1.0, 167]", "[0.5, 167], [1.0, 100]", ["pad[0].curve", "rise"]),
        ('name = "index"', 'name = "thumb"', ["thumb", "twice"]),
        ("gyro_bias", "gyro_bais", ["motion.gyro_bais", "unknown key"]),
        ("max_force_n = 20", "", ["pad[0].max_force_n", "missing"]),
        ("soft_iron = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]", "soft_iron = [[1, 0, 0], [0, 1, 0], [0, 0, 0]]",
         ["magnetometer[0].soft_iron"]),
    ],
)
def test_a_broken_glove_file_names_file_and_key(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    broken = tmp_path / "glove.toml"
    text = NOMINAL_TOML.read_text()
    assert old in text
    broken.write_text(text.replace(old, new, 1))
    with pytest.raises(BadInputError) as caught:
        load_glove(broken)
    line = str(caught.value)
    assert "\n" not in line and str(broken) in line
    for word in words:
        assert word in line


def test_five_pads_are_too_few(tmp_path: Path) -> None:
    broken = tmp_path / "glove.toml"
    head, _, rest = NOMINAL_TOML.read_text().partition("[[pad]]")
    broken.write_text(head + "[[pad]]" + rest.partition("[[pad]]")[2])
    with pytest.raises(BadInputError, match="there are 5"):
        load_glove(broken)
