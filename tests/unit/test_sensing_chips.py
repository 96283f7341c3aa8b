"""Chip axes and scales: each chip, mounted as it is, must tell the same physical vector in the hand frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from slowhand.device.wire_rows import WIRE_DTYPE
from slowhand.sensing.chips import ChipReader
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import FAULT_I2C, FAULT_OVERFLOW0, FAULT_OVERFLOW1, FAULT_OVERRUN, FAULT_REFLEX
from slowhand.sensing.sensing import Sensing
from slowhand.session.rawlog import read_raw_log, write_raw_log
from slowhand.wire.messages_gen import Channels, Hello

EVERYTHING = Channels.PADS | Channels.MOTION | Channels.FIELD0 | Channels.FIELD1 | Channels.MOTOR
HELLO = Hello(
    protocol_version=1, schema_hash=0, firmware_major=0, firmware_minor=1, firmware_patch=0, unit_id=1, boot_id=1,
    hand=1, rate_hz=200, channels=int(EVERYTHING), adc_max=1023,
    accel_scale=9.80665 / 8192, gyro_scale=float(np.radians(1 / 32.8)), field0_scale=0.15, field1_scale=100 / 1711,
)


def wire_rows(n: int = 6) -> np.ndarray:
    rows = np.zeros(n, WIRE_DTYPE)
    rows["t_us"], rows["seq"] = 5000 * np.arange(1, n + 1), np.arange(n)
    rows["accel"] = [0, 0, 8192]
    rows["fresh0"] = rows["fresh1"] = np.arange(n) % 2 == 0
    rows["field0"], rows["field1"] = [100, 0, 0], [0, 100, 0]
    return rows


def test_at_rest_with_the_palm_down_the_accelerometer_reads_up() -> None:
    np.testing.assert_allclose(ChipReader(HELLO).raw(wire_rows())["accel"][0], [0.0, 0.0, 9.80665])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_both_magnetometers_tell_the_same_field(axis: int) -> None:
    """The chips' axes in the hand, as they are soldered: columns are the chip's x, y, z."""
    ak09916 = np.array([[1, 0, 0], [0, -1, 0], [0, 0, -1]])
    # The LIS3MDL's y points to the fingertips, so its x (to the right of y, z up) points to the hand's right.
    lis3mdl = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    for mounting in (ak09916, lis3mdl):
        assert np.linalg.det(mounting) == pytest.approx(1.0)  # a chip can be turned, not mirrored
    hand_ut = 60.0 * np.eye(3)[axis]
    wire = wire_rows(2)
    wire["field0"] = np.rint(ak09916.T @ hand_ut / HELLO.field0_scale)
    wire["field1"] = np.rint(lis3mdl.T @ hand_ut / HELLO.field1_scale)
    raw = ChipReader(HELLO).raw(wire)
    np.testing.assert_allclose(raw["m0"][0], hand_ut, atol=0.08)
    np.testing.assert_allclose(raw["m1"][0], hand_ut, atol=0.03)


def test_one_full_turn_of_the_gyroscope_is_two_pi() -> None:
    wire = wire_rows(1)
    wire["gyro"] = [0, 0, round(360 * 32.8)]
    assert ChipReader(HELLO).raw(wire)["gyro"][0, 2] == pytest.approx(2 * np.pi, rel=1e-4)


def test_another_full_scale_is_brought_to_1023() -> None:
    wire = wire_rows(2)
    wire["pads"] = [4095, 2048, 0, 0, 0, 0]
    raw = ChipReader(replace(HELLO, adc_max=4095)).raw(wire)
    assert raw["pads"][0].tolist() == [1023, 512, 0, 0, 0, 0]


def test_motion_that_could_not_be_read_is_zero_and_marked() -> None:
    wire = wire_rows(3)
    wire["i2c_fault"][1] = wire["overrun"][2] = wire["reflex"][2] = True
    raw = ChipReader(HELLO).raw(wire)
    assert not raw["accel"][1].any() and raw["accel"][0].any()
    assert raw["faults"].tolist() == [0, FAULT_I2C, FAULT_OVERRUN | FAULT_REFLEX]
    assert Sensing(load_glove()).process(raw)["motion_ok"].tolist() == [True, False, True]


def test_a_field_beyond_its_range_repeats_the_last_good_one_and_is_not_new() -> None:
    wire = wire_rows(6)
    wire["field0"][:, 1] = [10, 10, 32767, 32767, 30, 30]
    wire["field1"][:, 1] = [10, 10, 20, 20, 32767, 32767]
    wire["overflow0"][2:4], wire["overflow1"][4:6] = True, True
    raw = ChipReader(HELLO).raw(wire)
    np.testing.assert_array_equal(raw["m0"][:, 1], raw["m0"][[0, 0, 0, 0, 4, 4], 1])
    np.testing.assert_array_equal(raw["m1"][:, 0], raw["m1"][[0, 0, 2, 2, 2, 2], 0])
    assert raw["faults"].tolist() == [0, 0, FAULT_OVERFLOW0, 0, FAULT_OVERFLOW1, 0]
    new = Sensing(load_glove()).process(raw)["field_new"]
    assert new.tolist() == [[True, True], [False] * 2, [False, True], [False] * 2, [True, False], [False] * 2]


def test_what_the_glove_does_not_have_is_not_there() -> None:
    reader = ChipReader(replace(HELLO, channels=int(Channels.PADS)))
    raw = reader.raw(wire_rows())
    assert np.isnan(raw["m0"]).all() and np.isnan(raw["m1"]).all() and not raw["accel"].any()
    assert not raw["mag_new"].any() and not reader.has_motion and not reader.has_field
    sensed = Sensing(load_glove()).process(raw)
    assert not sensed["motion_ok"].any() and np.isnan(sensed["field"]).all()


def troubled_rows(n: int = 400) -> np.ndarray:
    rng = np.random.default_rng(5)
    wire = wire_rows(n)
    wire["pads"] = rng.integers(0, 1024, (n, 6))
    for name, spread in (("accel", 3000), ("gyro", 2000), ("field0", 300), ("field1", 500)):
        wire[name] = rng.normal(0, spread, (n, 3))
    for name in ("i2c_fault", "overrun", "reflex", "motor_on", "overflow0", "overflow1"):
        wire[name] = rng.random(n) < 0.1
    wire["fresh1"] &= rng.random(n) < 0.8
    return wire


def test_blocks_of_any_size_give_the_same_rows() -> None:
    wire = troubled_rows()
    whole = ChipReader(HELLO).raw(wire)
    reader = ChipReader(HELLO)
    parts = [reader.raw(wire[i : i + 7]) for i in range(0, len(wire), 7)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_a_raw_log_means_what_the_wire_meant(tmp_path) -> None:  # type: ignore[no-untyped-def]
    raw = ChipReader(HELLO).raw(troubled_rows())
    write_raw_log(tmp_path / "raw.csv", raw)
    logged = read_raw_log(tmp_path / "raw.csv").rows
    glove = load_glove()
    assert Sensing(glove).process(logged).tobytes() == Sensing(glove).process(raw).tobytes()
