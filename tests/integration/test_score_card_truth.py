"""The score card of simulated back rubs says what really happened in them, and the same wherever it is made."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from slowhand.coach.receiver import Receiver
from slowhand.coach.score_card import ScoreCard, score_card
from slowhand.coach.score_facts import SessionFacts
from slowhand.locate.pose import Mode
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.session.analyze import Analysis, run, summarize
from slowhand.session.engine import SessionEngine
from slowhand.session.export import session_summary
from slowhand.session.modes import Choice
from slowhand.session.picture import score_view
from slowhand.session.replay import replay
from slowhand.session.replay_session import ReplaySession
from slowhand.session.score import earlier_session
from slowhand.session.setup import Setup
from slowhand.session.stream import Wishes
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.truth import TrueFlag
from tests.integration.coach_truth import receiver_of
from tests.integration.model_link import Bench
from tests.integration.test_session_engine import naughty

SECONDS = 120.0
SEEDS = (4001, 4002)   # used for nothing else
TOPICS = {   # the kind in the truth, by what the card calls it; the most important first
    "spine": "spine_pressure", "neck": "neck_pressure", "kidney": "kidney_pressure", "sore": "sensitive_pressure",
    "hard": "too_hard",
}
PACE = {"fast": "too_fast", "knead": "too_fast_knead"}
NONE_OF = {
    "zones": {"spine_pressure", "neck_pressure", "kidney_pressure", "sensitive_pressure"},
    "spine_alone": {"spine_pressure"}, "hard": set(TOPICS.values()), "fast": set(PACE.values()),
}


@cache
def simulated(script: str, seed: int) -> SimOutput:
    return Simulation(script, seed=seed, duration_s=SECONDS).run()


@cache
def analysed(script: str, seed: int, mode: str = "STRIP") -> Analysis:
    out = simulated(script, seed)
    strip = load_strip() if mode == "STRIP" else None
    setup = Setup(load_glove(None, out.hand.side), strip, receiver_of(out), Choice(Mode[mode], "as the test says"))
    return run(setup, out.raw)


def facts(analysis: Analysis) -> SessionFacts:
    assert analysis.score is not None
    return analysis.score


def card_for(script: str, seed: int, mode: str = "STRIP") -> ScoreCard:
    return score_card(facts(analysed(script, seed, mode)))


def true_topics(flags: list[TrueFlag]) -> set[str]:
    """What the card should ask for, by the truth alone."""
    for severity in ("alarm", "warn"):
        for topic, kind in TOPICS.items():
            if any(flag.kind == kind and flag.severity == severity for flag in flags):
                return {topic}
    counts = {topic: sum(flag.kind == kind for flag in flags) for topic, kind in PACE.items()}
    most = max(counts.values())
    return {topic for topic, count in counts.items() if count == most} if most else set()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("script", ["calm", "flags", "mixed", "near_spine"])
def test_the_one_thing_is_what_the_truth_has_as_the_most_important(script: str, seed: int) -> None:
    out, card = simulated(script, seed), card_for(script, seed)
    # events near a limit, and near a zone's edge, count either way: the sensors cannot know better
    allowed = [true_topics(out.flags_with(scale, widen)) for scale in (0.88, 1.0, 1.12) for widen in (-10.0, 0.0, 10.0)]
    if set() in allowed:   # nothing was wrong for sure
        assert card.practise.topic in set().union(*allowed) | {"even", "ramp", "place", "feel"}
    else:
        assert card.practise.topic in set().union(*allowed)
    surely = {flag.kind for flag in out.flags_with(1.12, -10.0)}
    for praise in card.well:
        assert not NONE_OF.get(praise.topic, set()) & surely, praise.topic


@pytest.mark.parametrize("seed", SEEDS)
def test_a_calm_giver_is_praised_for_what_was_so_and_no_safety_is_asked_for(seed: int) -> None:
    out, card = simulated("calm", seed), card_for("calm", seed)
    assert not out.flags
    praised = {each.topic: each for each in card.well}
    assert {"zones", "fast"} <= set(praised)
    glides = [stroke.mean_cm_s for stroke in out.strokes if stroke.kind == "glide"]
    speed, known_to = praised["fast"].figures
    assert 0.0 < known_to.value < 2.0
    assert speed.value == pytest.approx(median(glides), abs=1.5)
    assert card.practise.topic not in TOPICS and card.practise.topic not in PACE


@pytest.mark.parametrize("mode", ["MOTION", "FORCE"])
def test_without_a_strip_nothing_of_a_place_is_claimed(mode: str) -> None:
    card = card_for("flags", SEEDS[0], mode)
    assert card.mode == mode.lower() and "place" in [each.topic for each in card.unjudged]
    assert {"zones", "spine_alone", "even", "ramp", "sides", "missed"}.isdisjoint(each.topic for each in card.well)
    assert card.practise.topic not in ("spine", "neck", "kidney", "sore")
    if mode == "FORCE":
        assert {"fast", "calmer", "pulse"}.isdisjoint(each.topic for each in card.well)


def test_the_summary_holds_it() -> None:
    analysis = analysed("calm", SEEDS[0])
    held = json.loads(json.dumps(summarize(analysis)))["score_card"]
    assert held["practise"]["words"] and held["note"].startswith("None of these figures is a clinical limit")
    assert held == json.loads(json.dumps(score_card(facts(analysis)).as_dict()))


def test_live_replayed_and_played_again_show_the_same_card_and_compare_with_the_one_before(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path)
    wishes = Wishes(Receiver(implant=False), strip=load_strip())
    bench.engine = SessionEngine(bench.link, bench.store, wishes, now_s=bench.time)
    bench.run(0.7)
    assert bench.engine.state().score is None
    bench.engine.start()
    bench.run(25.0)
    assert bench.engine.state().score is None   # while it goes on nothing is summed up
    bench.engine.stop()
    shown = bench.engine.state().score
    assert shown is not None and shown.practise.words
    bench.run(2.0)
    assert bench.engine.state().score == shown   # the glove sends on; the session is over
    played = replay(bench.store, 1)
    assert score_view(score_card(facts(played.analysis), earlier_session(bench.store, 1))) == shown
    card = session_summary(played)["summary"]["score_card"]
    assert card["practise"]["words"] == shown.practise.words
    again = ReplaySession(bench.store, 1, speed=1000.0, now_s=bench.time)
    again.step()
    bench.run(1.0)
    again.step()
    assert again.finished and again.state().score == shown
    bench.engine.start()
    assert bench.engine.state().score is None   # another one has begun
    bench.engine.stop()
    earlier = earlier_session(bench.store, 2)
    assert earlier is not None and earlier.session_id == 1 and earlier.mode == "strip"


def test_a_test_without_feedback_is_no_yardstick_and_what_is_broken_is_left_alone(tmp_path: Path) -> None:
    bench = Bench(naughty(), tmp_path)
    setup = Wishes(Receiver(), strip=load_strip()).setup_for(None).as_dict()
    for feedback in (True, False, True):
        writer = bench.store.begin(setup | {"feedback": feedback})
        writer.results(_some_results())
        writer.close()
    found = earlier_session(bench.store, 3)
    assert found is not None and found.session_id == 1 and found.same_limits
    assert earlier_session(bench.store, 1) is None and earlier_session(bench.store, 99) is None
    bench.store.close()
    assert earlier_session(bench.store, 3) is None


@pytest.mark.parametrize(("now", "same"), [
    ([], False), (["palm"], False), (["elbow"], True), (["elbow", "palm"], False),
])  # fmt: skip
def test_fast_strokes_are_compared_only_with_those_of_the_same_technique(
    tmp_path: Path, now: list[str], same: bool
) -> None:
    bench = Bench(naughty(), tmp_path)
    setup = Wishes(Receiver(), strip=load_strip()).setup_for(None).as_dict()
    for techniques in (["elbow"], now):
        writer = bench.store.begin(setup)
        for after_us, technique in zip((None, 5_000_000), techniques, strict=False):
            writer.event("told", {"kind": "technique", "value": technique, "after_us": after_us}, 0.0)
        writer.results(_some_results())
        writer.close()
    found = earlier_session(bench.store, 2)
    assert found is not None and found.same_limits is same


def _some_results():
    from slowhand.session.results import Results

    return Results(strokes=analysed("calm", SEEDS[0]).strokes[:5])
