"""Device time to host time: against a clock whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.clock import DeviceClock

TRUE_OFFSET_S = 12_345.678


def true_host_s(device_us: int, rate: float) -> float:
    return TRUE_OFFSET_S + rate * device_us * 1e-6


def ping(clock: DeviceClock, device_us: int, rate: float, out_s: float, back_s: float) -> None:
    at_s = true_host_s(device_us, rate)
    clock.saw_round_trip(at_s - out_s, device_us, at_s + back_s)


def test_nothing_seen_nothing_said() -> None:
    assert DeviceClock().fit is None


@pytest.mark.parametrize("rate", [1.0, 1.0004, 0.995])
def test_pings_find_offset_and_rate(rate: float) -> None:
    clock = DeviceClock()
    rng = np.random.default_rng(1)
    for second in range(1, 121):
        out_s, back_s = 0.0015 + rng.exponential(0.001, 2)
        ping(clock, second * 1_000_000, rate, out_s, back_s)
    fit = clock.fit
    assert fit is not None
    for device_us in (60_000_000, 120_000_000):
        assert fit.host_s(device_us) == pytest.approx(true_host_s(device_us, rate), abs=5e-4)
        assert fit.device_us(true_host_s(device_us, rate)) == pytest.approx(device_us, abs=500)
    assert fit.rate == pytest.approx(rate, abs=2e-5)
    assert fit.sigma_s < 1e-3


def test_a_third_of_wild_pings_does_not_pull_the_line() -> None:
    clock = DeviceClock()
    rng = np.random.default_rng(2)
    for second in range(1, 91):
        late_s = 0.4 if second % 3 == 0 else 0.0   # the host slept with the answer in its buffer
        ping(clock, second * 1_000_000, 1.0, 0.002, 0.002 + late_s + rng.exponential(0.0005))
    fit = clock.fit
    assert fit is not None
    assert fit.host_s(90_000_000) == pytest.approx(true_host_s(90_000_000, 1.0), abs=1e-3)


def test_a_clock_that_lies_within_a_round_trip_is_left_out() -> None:
    clock = DeviceClock()
    for second in range(1, 61):
        if second in (20, 40):
            at_s = true_host_s(second * 1_000_000, 1.0) + 5.0   # a short trip at a wrong time: the host's clock jumped
            clock.saw_round_trip(at_s - 0.002, second * 1_000_000, at_s + 0.002)
        else:
            ping(clock, second * 1_000_000, 1.0, 0.002, 0.002)
    fit = clock.fit
    assert fit is not None
    assert fit.points == 58
    assert fit.host_s(60_000_000) == pytest.approx(true_host_s(60_000_000, 1.0), abs=1e-4)


def test_arrivals_alone_are_late_but_bounded_and_pings_tighten_them() -> None:
    clock = DeviceClock()
    rng = np.random.default_rng(3)
    for sample in range(200 * 20):
        device_us = sample * 5000
        clock.saw_arrival(device_us, true_host_s(device_us, 1.0) + 0.004 + rng.exponential(0.004))
    rough = clock.fit
    assert rough is not None
    late_s = rough.host_s(20_000_000) - true_host_s(20_000_000, 1.0)
    assert 0.003 < late_s < 0.008
    for second in range(20, 30):
        ping(clock, second * 1_000_000, 1.0, 0.002, 0.002)
    fine = clock.fit
    assert fine is not None
    assert abs(fine.host_s(30_000_000) - true_host_s(30_000_000, 1.0)) < 2e-4
    assert fine.sigma_s < rough.sigma_s


def test_one_second_is_too_short_to_believe_in_a_wild_rate() -> None:
    clock = DeviceClock()
    for i, jitter_s in enumerate((0.0, 0.006, -0.006, 0.01)):
        ping(clock, i * 300_000, 1.0, 0.01 - jitter_s, 0.01 + jitter_s)
    fit = clock.fit
    assert fit is not None
    assert abs(fit.rate - 1.0) < 0.005


def test_after_a_restart_the_old_offset_is_forgotten() -> None:
    clock = DeviceClock()
    for second in range(1, 20):
        ping(clock, second * 1_000_000, 1.0, 0.002, 0.002)
    assert clock.fit is not None
    clock.restart()
    for second in range(20, 30):
        at_s = true_host_s(second * 1_000_000, 1.0) + 0.5   # the line was put on by arrival, half a second off
        clock.saw_round_trip(at_s - 0.002, second * 1_000_000, at_s + 0.002)
    fit = clock.fit
    assert fit.host_s(30_000_000) == pytest.approx(true_host_s(30_000_000, 1.0) + 0.5, abs=1e-3)


def test_an_answer_before_its_question_is_no_round_trip() -> None:
    clock = DeviceClock()
    clock.saw_round_trip(10.0, 1_000_000, 9.0)
    assert clock.fit is None
    assert clock.round_trip_s is None


def pinged(seconds: int, offset_s: float = 100.0) -> DeviceClock:
    clock = DeviceClock()
    for second in range(seconds):
        clock.saw_round_trip(offset_s + second - 0.004, second * 1_000_000, offset_s + second + 0.004)
    return clock


def test_the_age_of_a_sample_is_told_by_the_glove_s_clock() -> None:
    clock = pinged(10)
    assert clock.age_s(9_000_000, 109.75) == pytest.approx(0.75, abs=1e-3)
    assert pinged(2).age_s(1_000_000, 101.0) is None, "too few round trips"
    assert DeviceClock().age_s(0, 1.0) is None


def test_answers_that_were_held_back_do_not_hide_that_samples_are_old() -> None:
    clock = pinged(10)
    for second in range(10, 14):
        clock.saw_round_trip(100.0 + second, second * 1_000_000 + 2_000, 102.0 + second)
    assert clock.age_s(13_000_000, 115.0) == pytest.approx(2.0, abs=0.01)


def test_a_glove_whose_clock_stood_still_is_not_called_late() -> None:
    clock = pinged(60)
    for second in range(60, 64):   # it lost 0.8 s, and answers as fast as ever
        clock.saw_round_trip(100.796 + second, second * 1_000_000, 100.804 + second)
    assert clock.age_s(63_000_000, 163.81) is None


def test_after_a_reset_no_age_is_known_until_there_are_round_trips() -> None:
    clock = pinged(10)
    clock.restart()
    clock.saw_arrival(20_000_000, 120.0)
    assert clock.age_s(20_000_000, 121.0) is None
