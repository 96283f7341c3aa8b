"""A settings file is read, or its mistake is named by file and key in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, field_validator

from slowhand.errors import BadInputError
from slowhand.settings import MAX_BYTES, read_toml


class Pad(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    curve: list[tuple[float, float]] = []


class Glove(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    rate_hz: int = 200
    pad: list[Pad] = []

    @field_validator("rate_hz")
    @classmethod
    def _positive(cls, value: int) -> int:
        if value <= 0:
            raise ValueError("a number above 0")
        return value


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "glove.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadInputError) as caught:
        read_toml(path, Glove)
    text = str(caught.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def test_a_sound_file_becomes_its_model(tmp_path: Path) -> None:
    content = '\ufeffname = "nominal"\n[[pad]]\nname = "thumb"\ncurve = [[0.2, 33], [1, 167]]\n'
    glove = read_toml(write(tmp_path, content), Glove)
    assert glove.name == "nominal"
    assert glove.rate_hz == 200
    assert glove.pad[0].curve == [(0.2, 33.0), (1.0, 167.0)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("rate_hz = 5", ["name: is missing"]),
        ('name = "a"\nrate_hz = "fast"', ["rate_hz: found 'fast', expected a valid integer"]),
        ('name = "a"\nrate_hz = 0', ["rate_hz: found 0, expected a number above 0"]),
        ('name = "a"\nrate = 5', ["rate: unknown key"]),
        ('name = "a"\n[[pad]]\nname = "t"\n[[pad]]\nname = "i"\ncurve = [[1, 2], [3, "x"]]',
         ["pad[1].curve[1][1]: found 'x', expected a valid number"]),
        ('name = 3\nrate_hz = "x"', ["name: found 3", "(and 1 more)"]),
        ('name = "a"\nrate_hz = nan', ["rate_hz: found nan, expected a finite number"]),
        ('name = "a"\n[[pad]]\nname = "t"\ncurve = [[1, inf]]', ["pad[0].curve[0][1]: found inf"]),
        ("name = 1\nrate_hz = ,", ["is not valid TOML", "line 2"]),
        (b'name = "\xff"', ["byte 8 is not UTF-8"]),
        ("a = " + "[" * 5000, ["is not usable TOML"]),
        ('name = "' + "x" * MAX_BYTES + '"', ["no settings file"]),
        ('name = "a"\nrate_hz = "' + "y" * 500 + '"', ["yyy..."]),
        ('name = "a"\nrate_hz = 1' + "0" * 5000, ["is not usable TOML"]),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, content: str | bytes, words: list[str]) -> None:
    text = refusal(write(tmp_path, content))
    for word in words:
        assert word in text
    assert len(text) < 400


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "absent.toml")
    assert "directory" in refusal(tmp_path)


@settings(deadline=None)
@given(content=st.binary(max_size=200))
def test_no_file_at_all_brings_more_than_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), content)
    try:
        read_toml(path, Glove)
    except BadInputError as error:
        assert "\n" not in str(error)
