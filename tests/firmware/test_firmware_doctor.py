"""`slowhand doctor --joints` with the shipped firmware on the emulated board: what it says of a board that is not there."""

from __future__ import annotations

import json
from types import SimpleNamespace

from slowhand.sim.emulator import EmulatedGlove, Firmware
from tests.integration.commands import one_clear_line, slowhand
from tests.unit.joint_rows import bench


def test_the_walk_finds_the_one_board_that_does_not_answer(firmware: Firmware):
    # longer at rest: an absent chip is waited for before the turn
    run = SimpleNamespace(chips=bench(still_s=3.2, tail_s=20), magnetometers=1)
    with EmulatedGlove.from_run(run, firmware=firmware) as glove:
        done = slowhand("doctor", "--port", glove.port, "--joints", "--json", "--wait", 4)
    assert "LIS3MDL" in one_clear_line(done)
    report = json.loads(done.stdout)
    outcomes = {joint["joint"]: joint["ok"] for joint in report["joints"]}
    # it is looked for all the time, so the sensor bus has errors to tell of, or not; that is another joint
    outcomes.pop("bus")
    assert {joint for joint, ok in outcomes.items() if ok is False} == {"field1"}
    assert {joint for joint, ok in outcomes.items() if ok is None} == {"plate"} == set(report["unknown"])
