"""Each joint's judgement, from rows alone: good gloves pass, and each fault is named by the wire to look at."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.cli import doctor_joints
from slowhand.cli.joint_walk import JointWalk, Totals, all_checks
from slowhand.cli.joints import Finding, MotorCheck, Piece, SupplyCheck
from slowhand.device import WIRE_DTYPE, GloveDevice
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import RAW_DTYPE
from slowhand.sim.glove_model import Faults, GloveModel, Identity
from slowhand.wire.messages_gen import Ack, Channels, Cue, Nak, NakReason, Status, StatusFaults
from tests.unit.joint_rows import AXES, bench


class BenchLink:
    """A link to a simulated glove whose time passes only when it is read."""

    name = "bench"

    def __init__(self, rows: np.ndarray, faults: Faults | None = None, magnetometers: int = 2) -> None:
        identity = Identity(magnetometers=magnetometers)
        self.model = GloveModel(rows, 200.0, identity, 1, faults or Faults())
        self.now_us = 0

    def clock(self) -> float:
        return self.now_us * 1e-6

    def read(self, timeout_s: float) -> bytes:
        self.now_us += round(timeout_s * 1e6)
        self.model.advance(self.now_us)
        return b"".join(self.model.take_frames())

    def write(self, data: bytes) -> None:
        if data:
            self.model.receive(data, self.now_us)

    def open(self) -> None: ...
    def close(self) -> None: ...


def visit(rows: np.ndarray, wait_s: float = 3.0, glove: BenchLink | None = None) -> tuple[dict[str, Finding], list[str]]:
    """Findings by joint, and the prompts."""
    link = glove or BenchLink(rows)
    asked: list[str] = []
    walk = JointWalk(link, GloveDevice(), link.clock, wait_s)
    findings = walk.run(all_checks(load_glove(None)), asked.append, lambda finding: None)
    return {finding.joint: finding for finding in findings}, asked


ALL = ["motion", "field0", "field1", "turn", "facing", "plate", "supply", "thumb", "index", "middle", "ring", "heel", "edge",
       "motor", "cable", "bus"]


def test_a_good_glove_passes_every_joint():
    found, asked = visit(bench())
    assert list(found) == ALL
    assert [joint for joint, finding in found.items() if finding.ok is not True] == []
    assert len(asked) == 1 + 1 + 6 + 1
    assert found["turn"].seen["turned_deg"] > 60
    assert found["motor"].seen == {"pin": "D3", "answered": True, "ran": True, "stopped": True, "felt": None}


def test_uncalibrated_field_sensors_are_compared_by_their_change():
    found, _ = visit(bench(offsets_ut=((90, -140, 60), (-40, 20, 70))))
    assert found["plate"].ok is True and "not calibrated" in found["plate"].words


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_second_board_that_is_turned_on_the_plate_is_found(quarters):
    turn = np.linalg.matrix_power(np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), quarters)
    rows = bench(offsets_ut=((90, -140, 60), (-40, 20, 70)), axes=(AXES[0], turn @ AXES[1]))
    found, _ = visit(rows)
    assert found["plate"].ok is False and "different turns" in found["plate"].words


def test_a_plate_that_cannot_be_judged_is_unknown_and_not_fine():
    found, _ = visit(bench(offsets_ut=((90, -140, 60), (-40, 20, 70)), turn_rad=0.1))
    assert found["turn"].ok is False and found["plate"].ok is None and found["facing"].ok is None


@pytest.mark.parametrize("turned", [((0, -1), (1, -1)), ((1, 1), (0, -1)), ((1, -1), (0, 1))], ids=["half", "left", "right"])
def test_a_motion_board_that_points_elsewhere(turned):
    """Its x and y are other axes of the hand, or the same ones reversed."""
    rows, (x, y) = bench(), turned
    for name in ("accel", "gyro"):
        old = rows[name].copy()
        rows[name][:, 0], rows[name][:, 1] = old[:, x[0]] * x[1], old[:, y[0]] * y[1]
    found, _ = visit(rows)
    assert found["turn"].ok is True and found["facing"].ok is False


def test_a_glove_without_its_second_field_sensor():
    rows = bench(tail_s=8)
    found, _ = visit(rows, glove=BenchLink(rows, magnetometers=1))
    assert found["field1"].ok is False and "LIS3MDL" in found["field1"].words and "SDA" in found["field1"].words
    assert found["field0"].ok is True and found["plate"].ok is None


def test_a_motion_board_upside_down_and_one_that_is_silent():
    rows = bench()
    rows["accel"][:, 2] *= -1
    found, _ = visit(rows)
    assert found["motion"].ok is False and "z points" in found["motion"].words
    assert found["turn"].ok is None and found["plate"].ok is None
    silent = bench(tail_s=8)
    found, _ = visit(silent, glove=BenchLink(silent, Faults(i2c_fault_rows=(0, len(silent)))))
    assert found["motion"].ok is False and "does not answer" in found["motion"].words
    assert found["bus"].ok is False


def test_a_gyroscope_that_disagrees_with_gravity():
    rows = bench()
    rows["gyro"][:, 1] //= 2
    found, _ = visit(rows)
    assert found["turn"].ok is False and "disagree" in found["turn"].words


def pads_of(change) -> dict[str, Finding]:
    """The visit with wait enough for one wrong pad; the pads before it are good."""
    rows = bench(still_s=1.1, turn_s=0.6, hold_s=0.4, tail_s=6)
    change(rows["pads"])
    return visit(rows, wait_s=1.25)[0]


def test_an_open_wire():
    def cut(pads):
        pads[:, 2] = 0

    found = pads_of(cut)
    assert found["middle"].ok is False and "did not rise" in found["middle"].words and "A2" in found["middle"].words
    assert found["thumb"].ok and found["index"].ok and found["cable"].ok


def test_a_short_to_the_supply():
    def short(pads):
        pads[:, 4] = 1023

    assert "A6 touches 5 V" in pads_of(short)["heel"].words


def test_a_resistor_that_is_missing():
    def float_up(pads):
        pads[:, 5] = np.where(pads[:, 5] > 100, 1023, pads[:, 5])

    found = pads_of(float_up)["edge"]
    assert found.ok is False and "A7" in found.words and "resistor" in found.words


def test_a_pad_that_does_not_let_go():
    def hold(pads):
        pads[np.argmax(pads[:, 3] > 100) :, 3] = 400

    assert "does not fall" in pads_of(hold)["ring"].words


def test_a_bridge_between_two_pins():
    def bridge(pads):
        pads[:, 1] = pads[:, 0] = np.maximum(pads[:, 0], pads[:, 1])

    found = pads_of(bridge)
    assert found["thumb"].ok is False and "A0 and A1" in found["thumb"].words


def test_exchanged_wires():
    def swap(pads):
        pads[:, 1] = pads[:, 0]   # who is asked for the thumb presses it, and the index pad's pin sees it
        pads[:, 0] = 6

    found = pads_of(swap)
    assert found["thumb"].ok is False and "A0 and A1" in found["thumb"].words and "index" in found["thumb"].words


@pytest.mark.parametrize("fault", [Faults(lose_every=97), Faults(corrupt_every=97)])
def test_a_bad_cable_is_told_with_its_count(fault):
    rows = bench()
    found, _ = visit(rows, glove=BenchLink(rows, fault))
    assert found["cable"].ok is False and "USB cable" in found["cable"].words
    assert found["cable"].seen["lost_frames"] == pytest.approx(len(rows) / 97, rel=0.6)


def test_a_glove_that_falls_silent_ends_the_walk_with_words():
    """The rows end in the middle of the pads: what is left is not fine, and nothing hangs."""
    rows = bench(tail_s=0)[: -12 * 60 + 30]
    found, _ = visit(rows, wait_s=0.5)
    assert all(found[pad].ok is False for pad in ("index", "middle", "ring", "heel", "edge"))
    assert found["edge"].words == "no sample came in"


def piece(motor_on: tuple = (), reflex: bool = False, answers: tuple = (), statuses: tuple = (),
          channels: int = Channels.MOTOR) -> Piece:
    wire = np.zeros(len(motor_on), WIRE_DTYPE)
    wire["motor_on"], wire["reflex"] = motor_on, reflex
    return Piece(wire, np.zeros(len(wire), RAW_DTYPE), channels, statuses, answers)


ACK = Ack(0, Cue.TYPE, 0)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([piece(answers=(Nak(0, Cue.TYPE, 0, NakReason.BAD_VALUE),))], "refuses the cue (bad_value)"),
        ([piece()], "does not answer the cue"),
        ([piece(answers=(ACK,)), piece((0, 0))], "did not play it"),
        ([piece(answers=(ACK,)), piece((1, 1), reflex=True), piece((0,))], "did not play it"),
        ([piece(answers=(ACK,)), piece((1, 1))], "does not stop"),
        ([piece(channels=0)], "no motor"),
    ],
)
def test_what_a_motor_may_fail_to_do(pieces, words):
    check = MotorCheck()
    for each in pieces:
        check.take(each)
    finding = check.finding() or check.gave_up()
    assert finding.ok is False and words in finding.words


def status(supply_mv: int = 5000, faults: int = 0, i2c_errors: int = 0, dropped: int = 0) -> Status:
    return Status(0, 1, dropped, i2c_errors, 0, 0, supply_mv, 0, faults, 4)


@pytest.mark.parametrize(("mv", "faults", "ok"), [(5000, 0, True), (3900, 0, False), (4200, StatusFaults.SUPPLY_LOW, False),
                                                  (6100, 0, False), (0, 0, None)])
def test_the_supply(mv, faults, ok):
    check = SupplyCheck()
    check.take(piece(statuses=(status(mv, int(faults)),)))
    assert (check.finding() or check.gave_up()).ok is ok


def test_errors_on_the_bus_are_counted_over_the_wrap_of_their_counter():
    _, bus = Totals(rows=9, first=status(i2c_errors=65530), last=status(i2c_errors=4)).findings()
    assert bus.ok is False and bus.seen["i2c_errors"] == 10
    _, unknown = Totals(rows=9).findings()
    assert unknown.ok is None


def test_a_reset_in_mid_walk_is_told_with_its_cause():
    cable, _ = Totals(rows=9, restarts=1, causes={"a drop of the supply"}).findings()
    assert cable.ok is False and "a drop of the supply" in cable.words


def test_only_a_person_can_say_that_the_motor_is_felt(monkeypatch, capsys):
    finding = Finding("motor", True, "told to buzz", {"felt": None})
    monkeypatch.setattr(doctor_joints.sys, "stdin", type("Pipe", (), {"isatty": lambda self: False})())
    assert doctor_joints.felt(finding) is finding
    monkeypatch.setattr(doctor_joints.sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr(doctor_joints.typer, "confirm", lambda *words, **options: True)
    assert doctor_joints.felt(finding).seen["felt"] is True
    monkeypatch.setattr(doctor_joints.typer, "confirm", lambda *words, **options: False)
    answer = doctor_joints.felt(finding)
    assert answer.ok is False and "transistor" in answer.words and "LOOK" in capsys.readouterr().out
