"""`slowhand doctor` as a user runs it: looking around, and the walk from joint to joint."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from slowhand.sim.glove import SimulatedGlove
from tests.integration.commands import one_clear_line, slowhand
from tests.unit.joint_rows import bench


def test_it_looks_around_and_listens_to_a_glove():
    with SimulatedGlove(bench(tail_s=60)) as glove:
        done = slowhand("doctor", "--port", glove.port, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["glove"]["rate_hz"] == pytest.approx(200, rel=0.02)
    assert found["glove"]["has"] == ["pads", "motion", "field0", "field1", "motor"]
    assert found["glove"]["supply_v"] == pytest.approx(5, abs=0.1)
    assert found["glove"]["lost_frames"] == found["glove"]["bad_frames"] == 0
    assert found["libraries"]["numpy"]


def test_a_port_that_is_no_glove_is_told_in_one_line_beside_the_report():
    master, slave = os.openpty()
    try:
        done = slowhand("doctor", "--port", os.ttyname(slave))
        assert os.ttyname(slave) in one_clear_line(done)
        assert "Python" in done.stdout and "Ports" in done.stdout
    finally:
        os.close(master)
        os.close(slave)


def test_the_walk_through_a_good_glove():
    with SimulatedGlove(bench(tail_s=20)) as glove:
        done = slowhand("doctor", "--port", glove.port, "--joints")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "Every joint is as it should be."
    assert len(lines) == 17 and all(line.startswith("ok ") for line in lines[:-1])
    assert done.stderr.count("Press the") == 6


def test_the_walk_names_the_joint_that_fails_for_a_person_and_for_a_program():
    rows = bench(tail_s=20)
    rows["pads"][:, 5] = np.minimum(rows["pads"][:, 5], 9)   # an open wire at A7
    with SimulatedGlove(rows) as glove:
        done = slowhand("doctor", "--port", glove.port, "--joints", "--json", "--wait", 3)
    line = one_clear_line(done)
    assert "edge" in line and "A7" in line
    report = json.loads(done.stdout)
    assert report["ok"] is False
    assert [joint["joint"] for joint in report["joints"] if joint["ok"] is not True] == ["edge"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--joints", "--skip", "field7"], "field7"),
        (["--skip", "field1"], "--joints"),
        (["--joints", "--port", "/dev/no-such-port"], "/dev/no-such-port"),
    ],
)
def test_what_cannot_be_done_is_said(words, names):
    assert names in one_clear_line(slowhand("doctor", *words))
