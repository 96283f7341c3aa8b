"""`slowhand calibrate` as a user runs it, and what its file is good for."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from slowhand.sensing.profile import load_glove
from slowhand.session.analyze import analyze
from slowhand.session.rawlog import write_raw_log
from slowhand.sim.glove import SimulatedGlove
from slowhand.sim.profiles import UNCALIBRATED, strip_toml
from slowhand.sim.simulation import SimOutput, Simulation, raw_from_chips
from tests.integration.commands import one_clear_line, slowhand
from tests.unit.tumble_scenes import Tumble


@cache
def back_rub() -> SimOutput:
    return Simulation("mixed", seed=3, duration_s=30.0, level="friendly", offsets=UNCALIBRATED).run()


@pytest.fixture
def tumble(tmp_path: Path) -> Path:
    write_raw_log(tmp_path / "tumble.csv", raw_from_chips(Tumble(offsets=UNCALIBRATED).chips()))
    return tmp_path / "tumble.csv"


def test_a_glove_on_a_port(tmp_path: Path):
    out = tmp_path / "glove.toml"
    with SimulatedGlove(Tumble(offsets=UNCALIBRATED, still_s=8.0, turn_s=40.0).chips()) as glove:
        done = slowhand("calibrate", "--port", glove.port, "--out", out, "--seconds", 20, "--json")
    assert done.returncode == 0, done.stderr
    assert "1 of 2" in done.stderr and "2 of 2" in done.stderr and "directions seen" in done.stderr
    report, written = json.loads(done.stdout), load_glove(out)
    for found, iron in zip(report["magnetometers"], (UNCALIBRATED.iron0_ut, UNCALIBRATED.iron1_ut), strict=True):
        np.testing.assert_allclose(found["hard_iron_ut"], iron, atol=0.3)
    assert [list(chip.hard_iron_ut) for chip in written.magnetometer] == [m["hard_iron_ut"] for m in report["magnetometers"]]
    assert written.pad == load_glove(None).pad


def test_its_file_makes_strip_mode_work_where_the_nominal_one_does_not(tumble: Path, tmp_path: Path):
    done = slowhand("calibrate", "--raw", tumble, "--out", tmp_path / "glove.toml")
    assert done.returncode == 0, done.stderr
    assert "plausible" in done.stdout and "agree within" in done.stdout
    assert (tmp_path / "glove.toml").read_text().startswith("# Calibrated on ")
    write_raw_log(tmp_path / "raw.csv", back_rub().raw)
    (tmp_path / "strip.toml").write_text(strip_toml())
    calibrated, nominal = (
        analyze(tmp_path / "raw.csv", glove, tmp_path / "strip.toml", None, tmp_path / f"out{glove is None}")
        for glove in (tmp_path / "glove.toml", None)
    )
    assert calibrated["mode"] == "strip" and calibrated["located_share_of_contact"] > 0.9
    assert nominal["mode"] != "strip" or nominal["located_share_of_contact"] < 0.5


@pytest.mark.parametrize(
    ("scene", "words"),
    [({"within": 1.0}, "directions were seen"), ({"creep": 0.1}, "moved"), ({"uneven": 0.15}, "not the same everywhere")],
)
def test_a_refusal_is_one_line_and_leaves_no_file(scene, words, tmp_path: Path):
    raw, out = tmp_path / "tumble.csv", tmp_path / "glove.toml"
    write_raw_log(raw, raw_from_chips(Tumble(offsets=UNCALIBRATED, **scene).chips()))
    line = one_clear_line(slowhand("calibrate", "--raw", raw, "--out", out))
    assert words in line and str(raw) in line
    assert list(tmp_path.iterdir()) == [raw]


def test_a_file_is_overwritten_only_when_asked(tumble: Path, tmp_path: Path):
    out = tmp_path / "glove.toml"
    out.write_text("mine")
    assert "--force" in one_clear_line(slowhand("calibrate", "--raw", tumble, "--out", out))
    assert out.read_text() == "mine"
    assert slowhand("calibrate", "--raw", tumble, "--out", out, "--hand", "left", "--force").returncode == 0
    assert load_glove(out).hand == "left"


@pytest.mark.parametrize(
    ("more", "words"),
    [(["--raw", "no.csv"], "no.csv"), (["--raw", "a.csv", "--port", "b"], "--raw and --port"),
     (["--port", "/dev/no-such-port"], "/dev/no-such-port")],
)
def test_what_cannot_be_done_is_said(more, words, tmp_path: Path):
    assert words in one_clear_line(slowhand("calibrate", *more, "--out", tmp_path / "glove.toml"))
