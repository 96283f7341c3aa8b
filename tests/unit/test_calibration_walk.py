"""The steps of `slowhand calibrate` with a simulated glove on a clock of its own, and the file that comes out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.cli.calibrate import lead, with_fit
from slowhand.cli.glove_file import glove_text
from slowhand.cli.tumble import recording_of
from slowhand.device import GloveDevice
from slowhand.errors import CalibrationError
from slowhand.sensing.profile import GloveProfile, load_glove
from slowhand.sim.profiles import UNCALIBRATED
from slowhand_calibration.glove_fit import fit_glove
from tests.unit.test_doctor_joints import BenchLink
from tests.unit.tumble_scenes import Tumble


def led(capsys: pytest.CaptureFixture, magnetometers: int = 2, seconds: float = 30.0, **changes) -> tuple[np.ndarray, str]:
    scene = Tumble(**{"offsets": UNCALIBRATED, "still_s": 9.0, "turn_s": 60.0} | changes)
    link = BenchLink(scene.chips(), magnetometers=magnetometers)
    rows = lead(link, GloveDevice(), seconds, link.clock)
    return rows, capsys.readouterr().err


def test_both_steps_and_what_is_said_on_the_way(capsys):
    rows, said = led(capsys)
    assert said.index("1 of 2: lay the glove") < said.index("2 of 2: turn the hand") < said.index("directions seen")
    shares = [int(line.split("seen: ")[1].split(" %")[0]) for line in said.splitlines() if "directions seen" in line]
    assert len(shares) >= 5 and shares == sorted(shares) and shares[-1] >= 90
    assert (rows["t_us"][-1] - rows["t_us"][0]) * 1e-6 == pytest.approx(30.0, abs=1.0)
    fit = fit_glove(recording_of(rows))
    np.testing.assert_allclose(fit.fields[0].hard_iron_ut, UNCALIBRATED.iron0_ut, atol=0.2)
    np.testing.assert_allclose(fit.fields[1].hard_iron_ut, UNCALIBRATED.iron1_ut, atol=0.2)
    np.testing.assert_allclose(fit.accel.bias, UNCALIBRATED.accel, atol=0.02)


def test_it_waits_for_the_glove_to_lie_still(capsys):
    rows, said = led(capsys, still_s=16.0, creep=0.0, seconds=25.0)
    assert "2 of 2" in said and fit_glove(recording_of(rows)).fields


def test_a_glove_that_never_lies_still_is_refused_before_the_turning(capsys):
    with pytest.raises(CalibrationError, match=r"bench: .*the glove moved"):
        led(capsys, still_s=60.0, creep=0.05)
    assert "2 of 2" not in capsys.readouterr().err


def test_a_glove_with_one_magnetometer_gets_a_file_with_one(capsys):
    rows, _ = led(capsys, magnetometers=1)
    fit = fit_glove(recording_of(rows))
    assert len(with_fit(load_glove(None), fit, exact=False).magnetometer) == 1
    with pytest.raises(CalibrationError, match="has 2 magnetometers, but 1 said"):
        with_fit(load_glove(None), fit, exact=True)
    both, _ = led(capsys)
    one = load_glove(None).model_copy(update={"magnetometer": load_glove(None).magnetometer[:1]})
    with pytest.raises(CalibrationError, match="lacks a"):
        with_fit(one, fit_glove(recording_of(both)), exact=True)


@pytest.mark.parametrize("hand", ["right", "left"])
def test_the_file_holds_the_nominal_glove_exactly(hand, tmp_path: Path):
    (tmp_path / "glove.toml").write_text(glove_text(load_glove(None, hand), ["a comment"]))
    assert load_glove(tmp_path / "glove.toml") == load_glove(None, hand)


NUMBER = st.floats(-1e6, 1e6)
VECTOR = st.tuples(NUMBER, NUMBER, NUMBER)


@settings(max_examples=60)
@given(st.text(min_size=1), VECTOR, VECTOR, st.lists(VECTOR, max_size=2))
def test_any_profile_survives_being_written(name, accel, gyro, irons):
    base = load_glove(None).model_dump()
    base |= {"name": name, "motion": {"accel_bias": accel, "gyro_bias": gyro},
             "magnetometer": [{"position_mm": iron, "hard_iron_ut": iron} for iron in irons]}
    glove = GloveProfile.model_validate(base)
    assert GloveProfile.model_validate(tomllib.loads(glove_text(glove, ["one", "two"]))) == glove
