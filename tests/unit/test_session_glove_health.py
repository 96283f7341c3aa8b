"""What the page says of the glove's sensors: every fault by name, none hidden by another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slowhand.sensing.sensing import PadHealth
from slowhand.session.glove_health import GloveHealth
from slowhand.wire.messages_gen import Status, StatusFaults

WELL = tuple(PadHealth(name, True, "", 0.0, True) for name in ("thumb", "index", "middle", "ring", "heel", "edge"))
STATUS = Status(0, 1, 0, 0, 0, 0, 4950, 0, 0, 1)


def warning(faults: int = 0, pads: tuple[PadHealth, ...] = WELL, heard_s: float = 10.0, fields: int = 2,
            guarded: bool = True, statuses: int = 2) -> str:
    health = GloveHealth()
    health.heard([replace(STATUS, faults=int(faults))] * statuses)
    return health.warning(pads, heard_s, fields, guarded)


def test_a_glove_that_is_well_gets_no_word() -> None:
    assert warning() == "" and GloveHealth().warning(WELL, 0.0, 2, False) == ""


@pytest.mark.parametrize("fault", StatusFaults)
def test_every_fault_that_a_glove_can_tell_is_told(fault: StatusFaults) -> None:
    line = warning(fault)
    assert line.endswith((".", "`.")) and "\n" not in line


def test_no_fault_hides_another() -> None:
    pads = (replace(WELL[0], ok=False, why="shorted"), replace(WELL[1], felt=False), *WELL[2:])
    line = warning(StatusFaults(0xFF), pads)
    for word in ("thumb (shorted)", "index", "motion sensor", "field sensor", "supply", "thresholds"):
        assert word in line, line


def test_a_pad_that_felt_nothing_is_named_once_others_have_had_their_time() -> None:
    pads = (*WELL[:4], replace(WELL[4], felt=False), replace(WELL[5], felt=False))
    assert warning(pads=pads, heard_s=20.0) == ""
    assert "heel, edge" in warning(pads=pads, heard_s=61.0)
    assert "heel, edge" in warning(StatusFaults.PAD_SILENT, pads, heard_s=20.0), "the glove has counted itself"
    untouched = tuple(replace(pad, felt=False) for pad in WELL)
    assert warning(pads=untouched, heard_s=600.0) == "", "nobody has touched anything yet"


@pytest.mark.parametrize(
    ("faults", "fields", "words"),
    [
        (StatusFaults.FIELD1_ABSENT, 2, "towards the wrist"),
        (StatusFaults.FIELD1_ABSENT, 1, ""),    # a glove that was made with one
        (StatusFaults.FIELD0_ABSENT | StatusFaults.FIELD1_ABSENT, 2, "stays unknown"),
        (StatusFaults.FIELD0_ABSENT | StatusFaults.FIELD1_ABSENT, 0, ""),   # no strip: no place is looked for
    ],
)
def test_field_sensors_matter_where_a_place_is_looked_for(faults: StatusFaults, fields: int, words: str) -> None:
    line = warning(faults, fields=fields)
    assert (words in line) if words else line == ""


def test_built_in_limits_are_told_only_when_thresholds_should_have_come() -> None:
    assert warning(StatusFaults.LIMITS_BUILTIN, statuses=1) == ""
    assert warning(StatusFaults.LIMITS_BUILTIN, guarded=False) == ""
    assert "built-in" in warning(StatusFaults.LIMITS_BUILTIN)


def test_what_a_glove_said_before_it_went_is_forgotten() -> None:
    health = GloveHealth()
    health.heard([replace(STATUS, faults=int(StatusFaults.SUPPLY_LOW))])
    assert "supply" in health.warning(WELL, 1.0, 0, False)
    health.forget()
    assert health.warning(WELL, 1.0, 0, False) == ""
