"""Every number of limits.toml says its unit, its source and that it is no clinical limit; techniques follow the receiver."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.limits import NAMED_UNITS, LimitOverride, Limits, shipped_limits
from slowhand.coach.receiver import load_receiver
from slowhand.coach.techniques import TECHNIQUES
from slowhand.errors import BadInputError

SHIPPED = tomllib.loads((resources.files("slowhand.coach") / "limits.toml").read_text(encoding="utf-8"))


def tables(whole: dict) -> dict[str, dict]:
    flat = {}
    for name, table in whole.items():
        nested = {
            f"{name}.{key}": part for key, part in table.items()
            if isinstance(part, dict) and key != "units" and not key.endswith(NAMED_UNITS)   # a number for each technique
        }
        flat |= nested or {name: table}
    return flat


def test_each_table_has_a_source_and_says_what_it_is_not() -> None:
    assert {"too_fast", "cue", "reflex", "ramp", "fading", "technique.elbow"} <= tables(SHIPPED).keys()
    for name, table in tables(SHIPPED).items():
        assert table["source"].strip(), name
        assert table["note"] == "not a clinical limit", name


SAID = [
    (name, key) for name, table in tables(SHIPPED).items() for key in ("source", "note", "unit", "units") if key in table
]


@pytest.mark.parametrize(("name", "key"), SAID)
def test_a_table_that_lacks_one_of_them_cannot_be_read(name: str, key: str) -> None:
    part = {k: value for k, value in tables(SHIPPED)[name].items() if k != key}
    top, _, below = name.partition(".")
    with pytest.raises(ValueError, match=r"Field required|a unit for"):
        Limits.model_validate(SHIPPED | {top: (SHIPPED[top] | {below: part}) if below else part})


def test_a_number_without_a_unit_is_found_wherever_it_is() -> None:
    for name, key in SAID:
        if key == "units":
            top = SHIPPED[name]
            with pytest.raises(ValueError, match="a unit for"):
                Limits.model_validate(SHIPPED | {name: top | {"units": {}}})


def test_every_technique_has_a_speed_and_those_of_the_hand_are_the_designs() -> None:
    bands = shipped_limits().technique
    assert set(TECHNIQUES) == set(type(bands).model_fields) == {"fingers", "palm", "fist", "forearm", "elbow"}
    assert all((band.warn, band.alarm) == (25.0, 30.0) for band in (bands.fingers, bands.palm))
    for name in ("fist", "forearm", "elbow"):
        band = getattr(bands, name)
        assert band.unit == "cm/s" and band.alarm < 0.5 * bands.palm.warn + 5.0 and band.warn <= 10.0
    assert bands.elbow.warn < bands.fist.warn


@given(st.floats(1.0, 60.0), st.floats(0.05, 0.95), st.sampled_from(list(TECHNIQUES)))
def test_a_receivers_own_speed_changes_every_technique_in_proportion(warn: float, share: float, name: str) -> None:
    override = LimitOverride(warn=warn, alarm=warn / share)
    shipped, band = shipped_limits(), getattr(shipped_limits().technique, name)
    limits = shipped
    try:
        limits = shipped.changed({"too_fast": override})
    except ValueError as error:
        # a warning much closer to its alarm than shipped may meet it for a technique: said by name
        assert "technique." in str(error) and share > 25 / 30
        return
    fast = limits.for_technique(name).too_fast
    assert fast.warn == pytest.approx(band.warn * warn / 25.0) and fast.alarm == pytest.approx(band.alarm * warn / share / 30)
    assert fast.must_last_ms == 150


def test_a_file_may_change_one_technique_alone(tmp_path: Path) -> None:
    path = tmp_path / "receiver.toml"
    path.write_text("[limits.technique]\nelbow = {warn = 3, alarm = 4.5}\n", encoding="utf-8")
    limits = load_receiver(path).personal_limits()
    assert (limits.for_technique("elbow").too_fast.warn, limits.for_technique("elbow").too_fast.alarm) == (3.0, 4.5)
    assert limits.for_technique("fist").too_fast == shipped_limits().for_technique("fist").too_fast
    assert limits.for_technique(None) == limits


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[limits.technique]\nknee = {warn = 3}", ["limits.technique.knee"]),
        ("[limits.technique]\nelbow = {warn = 9}", ["technique.elbow", "9", "8", "cm/s"]),
        ("[limits.technique]\nelbow = 3", ["limits.technique.elbow"]),
    ],
)
def test_a_mistake_about_a_technique_is_named_in_one_line(tmp_path: Path, text: str, names: list[str]) -> None:
    path = tmp_path / "receiver.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        load_receiver(path)
    assert "\n" not in str(caught.value) and all(name in str(caught.value) for name in names)
