"""The score card says what is true and known, and one thing: the most important."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.flag import FlagKind
from slowhand.coach.score_card import ScoreCard, score_card
from slowhand.coach.score_compare import Earlier
from slowhand.coach.score_facts import RowSums, SessionFacts, Tally
from slowhand.coach.score_plan import PRACTISED, score_plan
from slowhand.coach.score_practise import SAFETY_FLAGS
from slowhand.coach.votes import Vote
from slowhand.locate.pose import Mode, Phase
from slowhand.session.score import with_guide, without_grace
from slowhand.strokes.touch import TOUCH_DTYPE
from tests.unit.score_scenes import SECOND_US, calm, flag, glides, pads_alone, sums, without_strip

PRAISED_FLAGS = {   # what a praise says that there was none of
    "zones": {"spine_pressure", "neck_pressure", "kidney_pressure", "sensitive_pressure"},
    "spine_alone": {"spine_pressure"},
    "hard": {"too_hard", "spine_pressure", "neck_pressure", "kidney_pressure", "sensitive_pressure"},
    "fast": {"too_fast", "too_fast_knead"},
    "ramp": {"too_hard"},
}


def topics(card: ScoreCard) -> list[str]:
    return [each.topic for each in card.well]


def words_of(card: ScoreCard) -> str:
    said = [*card.well, card.practise, *card.compared, *card.unjudged]
    return " ".join([card.headline, *(f"{each.words} {each.why}" for each in said)])


def test_a_calm_session_is_praised_and_invited_to_a_test() -> None:
    card = score_card(calm())
    assert card.headline == "5 minutes on the back."
    assert topics(card) == ["zones", "fast", "ramp"]
    assert card.well[0].words == "You were gentle at spine, neck and kidneys."
    assert card.practise.topic == "feel" and not card.unjudged
    [speed] = next(each for each in card.well if each.topic == "fast").figures
    assert (speed.value, speed.unit, speed.over, speed.over_unit) == (6.0, "cm/s", 75, "glides")


def test_a_fast_one_is_asked_for_slower_strokes_with_the_figures_behind_it() -> None:
    fast = tuple(flag(FlagKind.TOO_FAST, at_s, alarm=True) for at_s in (20.0, 150.0, 280.0))
    card = score_card(calm(flags=fast, strokes=glides(75, 18.0)))
    assert card.practise.topic == "fast" and card.practise.why
    assert "fast" not in topics(card) and "zones" in topics(card)
    often, most = card.practise.figures
    assert (often.value, often.unit, often.over) == (3, "times", 300.0)
    assert (most.value, most.unit, most.limit) == (36.0, "cm/s", 30.0)
    assert most.words == "the most: 36 cm/s (limit 30 cm/s)"


def test_one_that_presses_the_spine_hears_of_nothing_else() -> None:
    flags = (*(flag(FlagKind.TOO_FAST, float(k)) for k in range(50)), flag(FlagKind.SPINE_PRESSURE, 60.0))
    card = score_card(calm(flags=flags, strokes=glides(75, 18.0)))
    assert card.practise.topic == "spine" and {"zones", "spine_alone", "hard", "fast"}.isdisjoint(topics(card))


def test_an_alarm_at_the_kidneys_comes_before_a_warning_at_the_spine() -> None:
    flags = (flag(FlagKind.SPINE_PRESSURE), flag(FlagKind.KIDNEY_PRESSURE, alarm=True))
    assert score_card(calm(flags=flags)).practise.topic == "kidney"
    assert score_card(calm(flags=flags[:1])).practise.topic == "spine"


@pytest.mark.parametrize(("located", "praised"), [(0.88, True), (0.5, False)])
def test_the_unknown_place_is_named_and_not_praised(located: float, praised: bool) -> None:
    card = score_card(calm(sums=sums(300.0, located=located)))
    assert ("zones" in topics(card)) is praised and ("fast" in topics(card)) is praised
    [unknown] = card.unjudged
    assert unknown.words.startswith(f"For {100 * (1 - located):.0f} % of the touch the place was unknown")
    assert (card.practise.topic == "place") is not praised


def test_where_x_alone_is_known_only_the_spine_is_praised() -> None:
    card = score_card(calm(sums=sums(300.0, located=0.4, x_known=1.0, paced=0.4)))
    assert topics(card)[0] == "spine_alone" and "zones" not in topics(card) and "fast" not in topics(card)
    assert [each.topic for each in card.unjudged] == ["height"]


def test_motion_mode_judges_pace_and_pressure_and_says_that_it_knows_no_place() -> None:
    card = score_card(without_strip())
    assert topics(card) == ["hard", "fast"]
    assert card.well[1].words == "Your strokes were slow."
    assert "the place is unknown" in card.unjudged[0].words
    rough = score_card(without_strip(strokes=glides(60, 8.5, evenness=None, sigma_cm_s=2.0)))
    assert rough.well[1].words == "None of your strokes was too fast."   # 8.5 + 4 is not surely slow
    half = score_card(without_strip(sums=sums(300.0, located=0.0, passes=60, passes_judged=30)))
    assert "fast" not in topics(half) and "30 of 60" in half.unjudged[1].words


def test_force_mode_judges_pressure_alone() -> None:
    card = score_card(pads_alone())
    assert topics(card) == ["hard"] and card.well[0].words == "You never pressed harder than 12 N."
    assert "neither place nor pace" in card.unjudged[0].words


def test_without_a_place_a_flag_of_the_spine_does_not_claim_that_the_spine_was_pressed() -> None:
    flags = (flag(FlagKind.SPINE_PRESSURE, placed=False),)
    card = score_card(pads_alone(flags=flags))
    assert card.practise.topic == "unplaced" and "hard" not in topics(card)
    # the place was known when it happened, and the magnets were given up later
    assert score_card(pads_alone(flags=(flag(FlagKind.SPINE_PRESSURE),))).practise.topic == "spine"


def test_a_pad_beyond_its_range_takes_back_what_is_said_of_pressure() -> None:
    card = score_card(calm(sums=sums(300.0, at_least_us=20 * SECOND_US)))
    assert {"zones", "hard", "ramp"}.isdisjoint(topics(card))
    assert any("end of its range" in each.words for each in card.unjudged)


def test_what_the_pads_do_not_feel_is_not_praised() -> None:
    card = score_card(calm(sums=sums(300.0, unfelt_us=100 * SECOND_US)))
    assert {"zones", "hard", "fast", "even", "ramp"}.isdisjoint(topics(card))
    assert any("do not feel" in each.words for each in card.unjudged)


def test_a_short_one_praises_nothing_and_still_names_what_was_too_hard() -> None:
    short = score_card(calm(sums=sums(40.0), strokes=glides(10)))
    assert (short.well, short.practise.topic) == ((), "longer")
    assert "less than a minute" in short.unjudged[0].words and "40 seconds" in short.headline
    hard = score_card(calm(sums=sums(40.0), strokes=glides(10), flags=(flag(FlagKind.NECK_PRESSURE),)))
    assert hard.practise.topic == "neck"


def test_an_empty_one_says_so() -> None:
    for mode in ("strip", "motion", "force"):
        card = score_card(SessionFacts(mode))
        assert card.headline == "No touch was recorded." and card.well == () and card.practise.topic == "longer"
    early = score_card(SessionFacts("strip", RowSums(waiting_us=90 * SECOND_US)))
    assert any("before the start steps" in each.words for each in early.unjudged)


def test_where_nothing_went_well_it_says_something_kind_and_true() -> None:
    flags = tuple(flag(kind, at_s) for kind in FlagKind for at_s in (30.0, 250.0))
    card = score_card(calm(flags=flags, strokes=glides(75, 18.0, evenness=0.6), sums=sums(300.0, ramp_words=3)))
    assert [each.words for each in card.well] == ["You gave a back 5 minutes of your time."]


def test_becoming_calmer_is_seen() -> None:
    early = tuple(flag(FlagKind.TOO_FAST, at_s) for at_s in (5.0, 20.0, 40.0, 60.0))
    card = score_card(calm(flags=early))
    assert "calmer" in topics(card)
    late = tuple(flag(FlagKind.TOO_FAST, at_s) for at_s in (200.0, 220.0, 240.0, 260.0))
    assert "calmer" not in topics(score_card(calm(flags=late)))
    assert "calmer" not in topics(score_card(calm(flags=early[:2])))


def test_the_pulse() -> None:
    pacing = {"turns": 40, "rate_error_pct": 2.0, "with_pulse_share": 0.8}
    assert "pulse" in topics(score_card(calm(pacing=pacing, sums=sums(300.0, ramp_words=1, at_least_us=SECOND_US))))
    assert score_card(calm(pacing=pacing | {"rate_error_pct": 25.0, "with_pulse_share": 0.1})).practise.topic == "pulse"
    assert score_card(calm(pacing=pacing | {"turns": 3, "rate_error_pct": 25.0})).practise.topic == "feel"
    unknown = {"turns": 40, "rate_error_pct": None, "with_pulse_share": None}
    assert score_card(calm(pacing=unknown)).practise.topic == "feel"


def test_coverage_and_sides_are_spoken_of_only_when_they_are_known() -> None:
    left_out = score_card(calm(missed=("left shoulder", "lower back, right"), uneven=()))
    assert left_out.practise.topic == "missed" and "left shoulder and lower back, right" in left_out.practise.words
    part = calm(missed=("left shoulder",), sums=sums(200.0))   # who works on shoulders for three minutes misses nothing
    assert score_card(part).practise.topic == "feel"
    uneven = score_card(calm(missed=(), uneven=("shoulders, left: 20 s against 80 s",)))
    assert uneven.practise.topic == "sides" and "20 s against 80 s" in uneven.practise.words
    busy = sums(300.0, at_least_us=10 * SECOND_US)   # takes away praise of pressure, so that there is room
    assert {"missed", "sides"} <= set(topics(score_card(calm(missed=(), uneven=(), even_s=250.0, sums=busy))))
    for seen in (None, 0.0, 200.0):   # no side surely had less; but whether both had the same is known for too little
        assert "sides" not in topics(score_card(calm(missed=(), uneven=(), even_s=seen, sums=busy)))
    assert {"missed", "sides"}.isdisjoint(topics(score_card(calm(sums=busy))))
    assert {"missed", "sides"}.isdisjoint(topics(score_card(without_strip(missed=(), uneven=()))))


def test_what_the_guide_knows_is_taken_where_it_can_be_known() -> None:
    figures = {"missed": [["shoulders", "left"], ["lower", "right"]], "votes": [{"answer": "right"}, {"answer": "lift"}],
               "uneven": [{"region": "upper", "words": "upper back, left: 9 s against 30 s"}], "asked": 2, "even_s": 12.0}
    facts = with_guide(calm(), figures)
    assert facts.missed == ("left shoulder", "lower back, right") and facts.votes == ("right",)
    assert facts.uneven == ("upper back, left: 9 s against 30 s",)
    assert facts.even_s == 12.0
    blind = with_guide(without_strip(), figures)
    assert blind.missed is blind.uneven is blind.even_s is None and blind.votes == ("right",)
    assert with_guide(calm(), {}) == calm()


def test_the_receiver_has_the_word_after_safety() -> None:
    assert score_card(calm(votes=("right", "right"))).well[0].topic == "asked"
    lighter = calm(votes=("right", "lighter"), flags=(flag(FlagKind.TOO_FAST),))
    assert score_card(lighter).practise.topic == "asked" and "asked" not in topics(score_card(lighter))
    assert score_card(replace(lighter, flags=(flag(FlagKind.TOO_HARD),))).practise.topic == "hard"


def test_a_practice_without_feedback_is_called_a_test_and_set_beside_one_with_it() -> None:
    facts = calm(silent_us=300 * SECOND_US, strokes=glides(75, 6.0))
    card = score_card(facts, Earlier(11, "strip", glides(60, 6.2), (), True))
    assert card.practice and "A test without feedback" in card.headline and card.practise.topic == "again"
    assert "no difference can be told" in card.compared[0].words
    faster = score_card(facts, Earlier(11, "strip", glides(60, 3.0), (), True))
    assert faster.compared[0].words == "Your glides were faster than in session 11, which had feedback: 6 instead of 3 cm/s."
    assert "ramp" not in topics(card)   # nothing would have been said of it


def test_a_session_is_compared_only_where_it_is_more_than_chance() -> None:
    before = Earlier(7, "strip", glides(60, 12.0), tuple(flag(FlagKind.TOO_FAST, 4.0 * k) for k in range(12)), True)
    card = score_card(calm(), before)
    assert [each.topic for each in card.compared] == ["speed", "fast_strokes"]
    assert "slower than in session 7: 6 instead of 12 cm/s" in card.compared[0].words
    assert card.compared[1].words == "Fewer fast strokes than in session 7: 0 in 5 minutes, 12 in 4 minutes then."
    assert len(score_card(calm(), replace(before, same_limits=False)).compared) == 1
    for other in (replace(before, mode="motion"), replace(before, strokes=glides(6, 12.0)),
                  replace(before, strokes=glides(60, 6.8), flags=before.flags[:2])):
        assert score_card(calm(), other).compared == ()


FLAGS = st.lists(st.builds(flag, st.sampled_from(list(FlagKind)), st.floats(1, 290), st.booleans(), st.booleans()),
                 max_size=6).map(tuple)
SHARE = st.one_of(st.sampled_from([0.0, 0.5, 0.79, 0.8, 0.97, 1.0]), st.floats(0, 1))


@st.composite
def any_session(draw) -> SessionFacts:
    located = draw(SHARE)
    x_known = max(located, draw(SHARE))
    mode = draw(st.sampled_from(["strip", "motion", "force"]))
    passes = draw(st.integers(0, 60))
    contact_s = draw(st.sampled_from([0.0, 30.0, 59.9, 60.0, 300.0]))
    cm_s = draw(st.one_of(st.none(), st.floats(1, 40)))
    return SessionFacts(
        mode,
        sums(contact_s, located, x_known, draw(SHARE) * located, passes=passes, passes_judged=draw(st.integers(0, passes)),
             at_least_us=round(contact_s * SECOND_US * draw(SHARE)), unfelt_us=round(contact_s * SECOND_US * draw(SHARE)),
             ramp_words=draw(st.integers(0, 3))),
        glides(draw(st.integers(0, 75)), cm_s, evenness=draw(st.one_of(st.none(), st.floats(0, 1)))),
        draw(FLAGS),
        silent_us=draw(st.sampled_from([0, 10 * SECOND_US, 400 * SECOND_US])),
        pacing=draw(st.sampled_from([None, {"turns": 20, "rate_error_pct": 30.0, "with_pulse_share": 0.9},
                                      {"turns": 20, "rate_error_pct": 1.0, "with_pulse_share": 0.9}])),
        missed=draw(st.sampled_from([None, (), ("left shoulder",)])),
        uneven=draw(st.sampled_from([None, (), ("shoulders, left: 2 s against 9 s",)])),
        votes=draw(st.sampled_from([None, (), ("right",), ("lighter", "right")])),
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(any_session())
def test_no_card_praises_what_is_unknown_or_flagged_and_each_has_one_thing_the_most_important(facts: SessionFacts) -> None:
    card, kinds = score_card(facts), {each.kind.value for each in facts.flags}
    rules = score_plan().judge
    for topic in topics(card):
        assert not PRAISED_FLAGS.get(topic, set()) & kinds, topic
    of_contact = {name: facts.share(getattr(facts.sums, name)) for name in ("located_us", "x_known_us", "paced_us")}
    if facts.mode != "strip":
        assert {"zones", "spine_alone", "even", "ramp", "missed", "sides"}.isdisjoint(topics(card))
    elif of_contact["located_us"] < rules.known_share:
        assert {"zones", "ramp", "missed", "sides"}.isdisjoint(topics(card))
    if facts.mode == "force" or (facts.mode == "strip" and of_contact["paced_us"] < rules.known_share):
        assert {"fast", "calmer", "even"}.isdisjoint(topics(card))
    if facts.mode == "strip" and of_contact["x_known_us"] < rules.known_share:
        assert "spine_alone" not in topics(card)
    if facts.sums.at_least_us or not facts.contact_s:
        assert "hard" not in topics(card)
    if facts.contact_s < rules.short_s:
        assert card.well == () and card.compared == ()
    else:
        assert 1 <= len(card.well) <= rules.well_most
    assert card.practise.topic not in {"calmer", *topics(card)}
    assert card.practise.topic in PRACTISED
    if kinds - {"too_fast", "too_fast_knead"}:
        alarmed = {each.kind for each in facts.flags if each.severity.value == "alarm"} or {each.kind for each in facts.flags}
        worst = [topic for topic, kind, _ in SAFETY_FLAGS if kind in alarmed] or [topic for topic, _, _ in SAFETY_FLAGS]
        assert card.practise.topic in worst
    assert json.loads(json.dumps(card.as_dict(), allow_nan=False)) == card.as_dict()
    assert not re.search(r"\b(bad|wrong|fail|score|grade [A-F]|heal|cure|treat|injur)", words_of(card), re.IGNORECASE)


def test_a_tally_is_the_same_however_the_rows_are_split() -> None:
    random = np.random.default_rng(5)
    touch = np.zeros(2000, TOUCH_DTYPE)
    touch["t_us"] = np.cumsum(random.integers(4000, 6000, 2000))
    touch["phase"] = np.where(np.arange(2000) < 300, Phase.AWAIT_START_POSE, Phase.RUNNING)
    touch["gap"], touch["mode"] = random.random(2000) < 0.01, Mode.MOTION
    for name in ("contact", "located", "x_known", "total_at_least"):
        touch[name] = random.random(2000) < 0.7
    touch["speed_cm_s"] = np.where(touch["located"], 5.0, np.nan)
    touch["stroke_end_us"] = np.arange(2000) // 100 * 1000
    touch["stroke_peak_cm_s"], touch["stroke_peak_sigma_cm_s"] = 12.0, 1.0

    def summed(cuts: list[int]) -> RowSums:
        tally = Tally()
        for rows in np.split(touch, cuts):
            tally.add(rows, 25.0)
        return tally.sums

    whole = summed([])
    assert whole.passes == whole.passes_judged == 19 and 0 < whole.located_us < whole.contact_us < whole.running_us
    for _ in range(20):
        assert summed(sorted(random.integers(0, 2000, 30).tolist())) == whole


def test_contact_before_the_start_steps_and_gaps_count_for_nothing() -> None:
    touch = np.zeros(4, TOUCH_DTYPE)
    touch["t_us"], touch["contact"] = [0, 5000, 905_000, 910_000], True
    touch["phase"] = [Phase.AWAIT_START_POSE, Phase.AWAIT_START_POSE, Phase.RUNNING, Phase.RUNNING]
    touch["gap"] = [False, False, True, False]
    tally = Tally()
    tally.add(touch, 25.0)
    assert (tally.sums.waiting_us, tally.sums.contact_us) == (5000, 5000)


def test_the_hardest_touch_counts_however_short_it_was_and_is_never_rounded_down() -> None:
    touch = np.zeros(100, TOUCH_DTYPE)
    touch["t_us"], touch["phase"], touch["contact"], touch["total_n"] = 5000 * np.arange(100), Phase.RUNNING, True, 10.0
    touch["total_n"][40:44], touch["total_n"][60] = 37.2, np.nan
    tally = Tally()
    for rows in np.split(touch, 10):
        tally.add(rows, 25.0)
    assert tally.most_n == pytest.approx(37.2)
    card = score_card(pads_alone(most_n=tally.most_n))
    assert [each.words for each in card.well if each.topic == "hard"] == ["You never pressed harder than 38 N."]


def test_who_went_deep_at_once_is_not_praised_for_a_light_beginning_even_where_nothing_could_be_said() -> None:
    assert "ramp" in topics(score_card(calm(sums=sums(300.0))))
    assert "ramp" not in topics(score_card(calm(deep_at_once=1)))
    assert "ramp" not in topics(score_card(calm(flags=(flag(FlagKind.KIDNEY_PRESSURE, alarm=True),))))


def test_areas_are_not_called_missed_where_the_place_was_mostly_unknown() -> None:
    left_out = {"missed": ("left shoulder",)}
    assert score_card(calm(**left_out)).practise.topic == "missed"
    assert score_card(calm(sums=sums(600.0, located=0.5), **left_out)).practise.topic == "place"


def test_a_hand_that_grows_lighter_when_asked_is_not_blamed_for_the_moment_in_between() -> None:
    asked = Vote(20 * SECOND_US, "lighter", 20.0, None, 12.0, None)
    sore = flag(FlagKind.SENSITIVE_PRESSURE, 20.0)
    soon = replace(sore, start_us=asked.t_us, raised_us=asked.t_us + 50_000, end_us=asked.t_us + SECOND_US)
    late, still_open = replace(soon, end_us=asked.t_us + 3 * SECOND_US), replace(soon, end_us=None)
    before, other = replace(soon, raised_us=asked.t_us - 1), replace(soon, kind=FlagKind.TOO_HARD)
    flags = (soon, late, still_open, before, other)
    assert without_grace(flags, [asked]) == (late, still_open, before, other)
    assert without_grace(flags, [replace(asked, answer="right")]) == flags


def test_every_number_has_a_unit_a_source_and_says_that_it_is_no_clinical_limit() -> None:
    judge = score_plan().judge
    assert judge.source and judge.note == "not a clinical limit"
    suffixed = re.compile(r"_(s|cm_s|pct|share)$")
    for name in judge.model_dump():
        assert name in ("units", "source", "note") or suffixed.search(name) or name in judge.units, name
