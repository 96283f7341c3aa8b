"""Flags where the place is unsure, or was unknown a moment ago."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.coach.flag import FlagKind
from slowhand.coach.receiver import Receiver, SensitivePlace
from tests.unit.test_coach_flags import flags_of, press
from tests.unit.touch_scenes import Scene, unplaced


@pytest.mark.parametrize(
    ("dx", "dy", "flagged"), [(22.0, 0.0, True), (26.0, 0.0, False), (0.0, 28.0, True), (0.0, 31.0, False)]
)  # fmt: skip
def test_a_sore_place_is_widened_only_where_the_pad_is_unsure(dx: float, dy: float, flagged: bool) -> None:
    rows = press(120.0 + dx, 100.0 + dy, 9.0).rows()
    rows["pad_sigma_mm"] = [2.0, 8.0]   # widened by 4 mm across and by 10 along
    receiver = Receiver(sensitive=(SensitivePlace(x_mm=120.0, y_mm=100.0, radius_mm=20.0, max_n=3.0),))
    assert [flag.kind for flag in flags_of(rows, receiver)] == [FlagKind.SENSITIVE_PRESSURE] * flagged


def found_again(way_mm: float, lost_s: float) -> np.ndarray:
    """A fast glide that is found 100 ms after it has begun, lost for ``lost_s`` until then."""
    rows = Scene(at=(60.0, 20.0)).lift(2.0).glide(0.0, way_mm, cm_s=38.0).lift().rows()
    unplaced(rows[420 - round(lost_s / 0.005) : 420])
    return rows


def test_a_hand_that_was_just_found_again_is_not_yet_called_too_fast() -> None:
    found_us = 2_100_000
    assert flags_of(found_again(way_mm=170.0, lost_s=2.0)) == []   # a wrong guess races for a moment, and is given up
    [flag] = flags_of(found_again(way_mm=400.0, lost_s=2.0))       # fast and real: told a little later
    assert flag.start_us == found_us and 395_000 <= flag.raised_us - found_us <= 405_000


def test_a_hand_that_was_out_of_sight_for_a_moment_is_believed_at_once() -> None:
    [flag] = flags_of(found_again(way_mm=170.0, lost_s=0.5))
    assert flag.start_us == 2_100_000 and 145_000 <= flag.raised_us - flag.start_us <= 160_000
