"""How well a pulse is followed, against closed forms: whoever follows is told so, whoever does not never is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from slowhand.coach.following import Following, Verdict, circular, judge
from slowhand.coach.limits import shipped_limits
from slowhand.coach.pacing import GLIDE, KNEAD, PaceTarget

RULES = shipped_limits().following
GLIDES = PaceTarget(GLIDE, 6.0, 300.0)     # a pulse every 5 s
CIRCLES = PaceTarget(KNEAD, 40.0)          # and every 1.5 s
ORIGIN_US = 3_210_000


def followed(times_s: np.ndarray, target: PaceTarget = GLIDES, origin_us: int | None = ORIGIN_US) -> Following:
    """Turns at these times after a pulse."""
    following = Following(RULES)
    following.lead(target, origin_us)
    for at_s in times_s:
        following.turn(ORIGIN_US + round(1e6 * at_s))
    return following


def at_end(following: Following, times_s: np.ndarray):
    return following.figures(ORIGIN_US + round(1e6 * times_s[-1]))


@pytest.mark.parametrize("target", [GLIDES, CIRCLES])
def test_a_perfect_follower_has_no_error(target: PaceTarget) -> None:
    times = np.arange(10) * target.period_us * 1e-6
    following = followed(times, target)
    for figures in (at_end(following, times), following.session()):
        assert figures.rate_error_pct == pytest.approx(0.0, abs=1e-3)
        assert figures.phase == pytest.approx(0.0, abs=1e-6) and figures.spread == pytest.approx(0.0, abs=1e-3)
        assert figures.evenness == pytest.approx(1.0, abs=1e-6)
    assert following.verdict(ORIGIN_US + round(1e6 * times[-1])) is Verdict.WITH
    assert following.session().turns == 10
    assert following.share_with() == 1.0


def test_who_is_late_by_a_tenth_has_that_phase_and_is_still_with_the_pulse() -> None:
    times = np.arange(8) * 5.0 + 0.5
    following = followed(times)
    assert at_end(following, times).phase == pytest.approx(0.1, abs=1e-6)
    early = np.arange(1, 9) * 5.0 - 0.5
    assert at_end(followed(early), early).phase == pytest.approx(-0.1, abs=1e-6)
    assert following.verdict(ORIGIN_US + round(1e6 * times[-1])) is Verdict.WITH


def test_ten_per_cent_too_fast_is_said_so_and_its_phase_runs_through() -> None:
    times = np.arange(40) * 5.0 / 1.1
    following = followed(times)
    assert at_end(following, times).rate_error_pct == pytest.approx(10.0, abs=1e-3)
    assert following.verdict(ORIGIN_US + round(1e6 * times[-1])) is Verdict.A_LITTLE_FAST
    assert following.session().rate_error_pct == pytest.approx(10.0, abs=1e-3)
    # Eleven turns in ten periods: phases k/11, whose vectors cancel over each eleven (here 33 of them, and 7 more).
    left = abs(sum(np.exp(-2j * np.pi * k / 11) for k in range(33, 40))) / 40
    spread = math.sqrt(-2 * math.log(left)) / (2 * math.pi)
    assert following.session().spread == pytest.approx(spread, abs=1e-3)
    assert following.share_with() == 0.0


@pytest.mark.parametrize(("speed", "verdict"), [(1.3, Verdict.FAST), (1 / 1.1, Verdict.A_LITTLE_SLOW), (0.5, Verdict.SLOW)])
def test_other_paces_have_their_words(speed: float, verdict: Verdict) -> None:
    times = np.arange(9) * 5.0 / speed
    following = followed(times)
    assert at_end(following, times).rate_error_pct == pytest.approx(100 * (speed - 1), abs=1e-2)
    assert following.verdict(ORIGIN_US + round(1e6 * times[-1])) is verdict


def test_the_spread_of_a_jittery_follower_is_its_jitter() -> None:
    """For phases that are normal with a small sigma the circular standard deviation is that sigma."""
    jitter = np.random.default_rng(5).normal(0.0, 0.25, 400)
    times = np.arange(400) * 5.0 + 10.0 + jitter
    figures = followed(times).session()
    assert figures.spread == pytest.approx(0.05, rel=0.1)
    assert figures.phase == pytest.approx(0.0, abs=0.01)
    # Each interval has two turns' jitter: 1 - sqrt(2) 0.25 / 5.
    assert figures.evenness == pytest.approx(1 - math.sqrt(2) * 0.05, abs=0.01)
    assert figures.rate_error_pct == pytest.approx(0.0, abs=1.0)


def test_who_ignores_the_pulse_is_hardly_ever_told_to_follow_it() -> None:
    """Hands that keep a pace of their own, from half to twice the pulse's, with 15 % of unevenness."""
    rng, told, all_turns = np.random.default_rng(11), 0, 0
    for _ in range(300):
        own_s = 5.0 / rng.uniform(0.5, 2.0)
        times = np.cumsum(own_s * rng.normal(1.0, 0.15, 30).clip(0.4, 2.0))
        following = Following(RULES)
        following.lead(GLIDES, ORIGIN_US)
        verdicts = [following.turn(ORIGIN_US + round(1e6 * at)) for at in times]
        told, all_turns = told + verdicts.count(Verdict.WITH), all_turns + len(verdicts)
    assert told / all_turns < 0.02


def test_the_right_pace_between_the_pulses_is_not_with_them() -> None:
    times = np.arange(8) * 5.0 + 2.5
    following = followed(times)
    assert following.verdict(ORIGIN_US + round(1e6 * times[-1])) is Verdict.BESIDE
    # A circle of kneading has no beginning: there only keeping step counts.
    times = np.arange(8) * 1.5 + 0.75
    assert followed(times, CIRCLES).verdict(ORIGIN_US + round(1e6 * times[-1])) is Verdict.WITH


def test_without_a_known_pulse_the_rate_is_known_and_the_phase_is_not() -> None:
    times = np.arange(8) * 5.0
    following = followed(times, origin_us=None)
    figures = at_end(following, times)
    assert figures.rate_error_pct == pytest.approx(0.0, abs=1e-3)
    assert figures.phase is None and figures.spread is None
    assert following.verdict(ORIGIN_US + round(1e6 * times[-1])) is Verdict.BESIDE


def test_nothing_is_said_of_three_turns_or_of_a_hand_that_has_stopped() -> None:
    assert followed(np.arange(3) * 5.0).verdict(ORIGIN_US + 10_000_000) is Verdict.UNKNOWN
    following = followed(np.arange(6) * 5.0)
    assert following.verdict(ORIGIN_US + 36_000_000) is Verdict.WITH
    assert following.verdict(ORIGIN_US + 38_000_000) is Verdict.UNKNOWN
    assert following.session().turns == 6


def test_a_pause_begins_anew_and_counts_as_no_stroke() -> None:
    times = np.concatenate([np.arange(6) * 5.0, 45.0 + np.arange(6) * 5.0])
    following = followed(times)
    assert following.session().evenness == pytest.approx(1.0, abs=1e-6)
    assert at_end(following, times).turns == 6


def test_another_target_is_measured_by_itself() -> None:
    following = followed(np.arange(6) * 5.0)
    following.lead(CIRCLES, ORIGIN_US)
    assert following.verdict(ORIGIN_US + 25_000_000) is Verdict.UNKNOWN
    for k in range(6):
        following.turn(ORIGIN_US + 30_000_000 + 1_500_000 * k)
    assert following.verdict(ORIGIN_US + 38_000_000) is Verdict.WITH
    assert following.session().rate_error_pct == pytest.approx(0.0, abs=1e-3)


def test_a_cadence_alone_gives_a_rate_and_no_more() -> None:
    following = Following(RULES)
    following.lead(CIRCLES, ORIGIN_US)
    following.cadence(5_000_000, 44.0)
    assert following.figures(6_000_000).rate_error_pct == pytest.approx(10.0)
    assert following.verdict(6_000_000) is Verdict.A_LITTLE_FAST
    assert following.verdict(8_000_000) is Verdict.UNKNOWN
    following.cadence(9_000_000, 40.0)
    assert following.verdict(9_000_000) is Verdict.BESIDE


def test_phases_that_cancel_out_have_no_mean() -> None:
    assert circular([0.0, 0.5]) == (None, None)
    assert circular([0.9, 0.1])[0] == pytest.approx(0.0, abs=1e-12)


def test_nothing_is_judged_without_a_target() -> None:
    following = Following(RULES)
    assert following.turn(1) is Verdict.UNKNOWN
    assert judge(following.figures(1), GLIDE, RULES) is Verdict.UNKNOWN
