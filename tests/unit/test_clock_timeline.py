"""The glove's 32-bit stamps as one line: through wraps, resets and long silences."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.clock import RESET_STEP_US, WRAP_US, Timeline
from slowhand.locate.parameters import Parameters

HOST_S = 5000.0


def place_all(stamps: list[int], host_s: list[float] | None = None) -> list[int]:
    line = Timeline()
    host_s = host_s or [HOST_S] * len(stamps)
    return [line.place(stamp % WRAP_US, at_s)[0] for stamp, at_s in zip(stamps, host_s, strict=True)]


@given(
    start=st.integers(0, WRAP_US - 1),
    steps=st.lists(st.integers(1, 9_000_000), min_size=1, max_size=50),
)
def test_any_run_of_stamps_keeps_its_spacing_through_the_wrap(start: int, steps: list[int]) -> None:
    true_us = [start]
    for step in steps:
        true_us.append(true_us[-1] + step)
    placed = place_all(true_us)
    assert [b - a for a, b in itertools.pairwise(placed)] == steps
    assert placed[0] == start


@pytest.mark.parametrize("offset", [-5000, -1, 0, 1, 5000])
def test_both_sides_of_the_wrap(offset: int) -> None:
    # 71.6 minutes after the reset, at 200 Hz.
    true_us = [WRAP_US + offset + 5000 * i for i in range(-3, 4)]
    placed = place_all(true_us)
    assert placed[0] == true_us[0] % WRAP_US
    assert {b - a for a, b in itertools.pairwise(placed)} == {5000}


def test_three_hours_wrap_twice() -> None:
    true_us = list(range(0, 3 * 3600 * 1_000_000, 7_000_000))
    assert place_all(true_us, [u * 1e-6 for u in true_us]) == true_us


def test_a_stamp_a_little_back_stays_on_the_line() -> None:
    # A Field is stamped when it is read, and a Status may be stamped before the Sample that overtakes it.
    assert place_all([10_000, 15_000, 14_200, 20_000]) == [10_000, 15_000, 14_200, 20_000]
    assert place_all([WRAP_US + 100, WRAP_US - 100, WRAP_US + 5100])[1:] == [-100, 5100]


def test_an_announced_reset_goes_on_by_the_time_that_passed_on_the_host() -> None:
    line = Timeline()
    line.place(50_000_000, HOST_S)
    line.announce_reset()
    assert line.place(1_200_000, HOST_S + 2.5) == (52_500_000, False)
    assert line.place(1_205_000, HOST_S + 2.505) == (52_505_000, False)


@pytest.mark.parametrize(
    ("before", "after", "passed_s"),
    [
        (50_000_000, 1_000_000, 2.0),                 # the clock went back
        (2_400_000_000, 1_500_000, 3.0),              # went back by so much that it looks like a leap forward
        (WRAP_US - 1_000_000, 60_000_000, 3.0),       # a wrap would explain 61 s, but the host lived through 3
    ],
)
def test_a_reset_shows_even_when_its_hello_was_lost(before: int, after: int, passed_s: float) -> None:
    line = Timeline()
    placed, _ = line.place(before, HOST_S)
    again, reset = line.place(after, HOST_S + passed_s)
    assert reset
    assert again - placed == round(passed_s * 1e6)


def test_a_reset_always_leaves_a_step_however_the_host_stamped_it() -> None:
    line = Timeline()
    line.place(50_000_000, HOST_S)
    line.announce_reset()
    assert line.place(0, HOST_S - 3.0)[0] == 50_000_000 + RESET_STEP_US


def test_a_silence_that_the_host_slept_through_is_no_short_gap() -> None:
    # A computer that sleeps may stop its clock: ten minutes on the glove's, a hundredth of a second on its own.
    line = Timeline()
    line.place(50_000_000, HOST_S)
    again, reset = line.place(650_000_000, HOST_S + 0.01)
    assert reset
    assert again - 50_000_000 >= RESET_STEP_US


def test_over_a_reset_no_place_is_kept() -> None:
    longest_bridged_us = 1e6 * Parameters().gap_lost_s
    assert 1.2 * longest_bridged_us <= RESET_STEP_US


def test_a_leap_that_the_host_lived_through_is_no_reset() -> None:
    line = Timeline()
    line.place(1_000_000, HOST_S)
    assert line.place(91_000_000, HOST_S + 90.0) == (91_000_000, False)


@pytest.mark.parametrize("hours", [0.3, 1.0, 1.3, 5.0])
def test_after_a_long_silence_the_host_says_how_many_wraps(hours: float) -> None:
    silent_us = round(hours * 3600e6)
    line = Timeline()
    line.place(3_000_000_000, HOST_S)
    at_us, reset = line.place((3_000_000_000 + silent_us) % WRAP_US, HOST_S + silent_us * 1e-6 * 1.003)
    assert (at_us - 3_000_000_000, reset) == (silent_us, False)


def test_state_goes_through_json() -> None:
    line = Timeline()
    line.place(4_000_000_000, HOST_S)
    line.announce_reset()
    again = Timeline(**json.loads(json.dumps(line.state())))
    assert again.place(5, HOST_S + 1.0) == line.place(5, HOST_S + 1.0)
