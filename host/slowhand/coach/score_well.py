"""What went well: only what is true, and only where it could be seen."""

from __future__ import annotations

import math
from collections.abc import Iterator

from slowhand.coach.flag import FlagKind
from slowhand.coach.score_facts import SessionFacts
from slowhand.coach.score_plan import JudgeRules, ScorePlan
from slowhand.coach.score_practise import paced_s
from slowhand.coach.score_words import Figure, Sentence, middle_of, number_words, time_words
from slowhand.strokes.stroke import Kind

SPINE = FlagKind.SPINE_PRESSURE.value
ZONES = (SPINE, *(kind.value for kind in (FlagKind.NECK_PRESSURE, FlagKind.KIDNEY_PRESSURE, FlagKind.SENSITIVE_PRESSURE)))
PACE = (FlagKind.TOO_FAST.value, FlagKind.TOO_FAST_KNEAD.value)


def went_well(facts: SessionFacts, plan: ScorePlan) -> tuple[Sentence, ...]:
    """At most ``well_most`` sentences, the most important first; never none, as time was given."""
    rules = plan.judge
    found = [
        *_said_right(facts, plan), *_gentle(facts, plan), *_slow(facts, plan), *_calmer(facts, plan),
        *_with_pulse(facts, plan), *_even(facts, plan), *_everywhere(facts, plan), *_lightly(facts, plan),
    ][: rules.well_most]
    if found:
        return tuple(found)
    minutes = time_words(facts.contact_s)
    figure = Figure("contact", round(facts.contact_s / 60.0, 1), "minutes", facts.contact_s, "s")
    return (Sentence("time", plan.topic["time"].well.format(minutes=minutes), (figure,)),)


def _said_right(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    if facts.votes and all(answer == "right" for answer in facts.votes):
        times = "time" if len(facts.votes) == 1 else "times"
        figure = Figure("just right", len(facts.votes), times, len(facts.votes), "answers")
        yield Sentence("asked", plan.topic["asked"].well, (figure,))


def force_known(facts: SessionFacts, rules: JudgeRules) -> bool:
    """Whether the pads felt what was pressed. Pads go beyond their range when it is hard, so little of that is allowed."""
    sums = facts.sums
    return facts.share(sums.unfelt_us) < rules.mention_share and facts.share(sums.at_least_us) < rules.mention_share


def _gentle(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    rules, sums = plan.judge, facts.sums
    if not force_known(facts, rules):
        return
    if facts.mode == "strip":
        located, x_known = (facts.share(us) >= rules.known_share for us in (sums.located_us, sums.x_known_us))
        if located and not facts.flags_of(*ZONES):
            yield Sentence("zones", plan.topic["zones"].well, _none_over(1e-6 * sums.located_us))
            return
        if x_known and not facts.flags_of(SPINE):
            yield Sentence("spine_alone", plan.topic["spine_alone"].well, _none_over(1e-6 * sums.x_known_us))
    if sums.at_least_us or not facts.strokes or facts.flags_of(FlagKind.TOO_HARD.value, *ZONES):
        return
    figure = Figure("the most", round(facts.most_n, 1), "N", facts.contact_s, "s")
    yield Sentence("hard", plan.topic["hard"].well.format(most=number_words(math.ceil(facts.most_n))), (figure,))


def _none_over(seen_s: float) -> tuple[Figure, ...]:
    return (Figure("over a limit", 0, "times", seen_s, "s"),)


def pace_known(facts: SessionFacts, rules: JudgeRules) -> bool:
    """Whether fast strokes would have been seen."""
    if facts.mode == "force" or facts.share(facts.sums.unfelt_us) >= rules.mention_share:
        return False
    return facts.contact_s > 0.0 and paced_s(facts) >= rules.known_share * facts.contact_s


def _slow(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    rules, glides = plan.judge, facts.strokes_of(Kind.GLIDE)
    found = middle_of(glides, "mean_cm_s")
    if found is None or found[1] < rules.glides_least or not pace_known(facts, rules) or facts.flags_of(*PACE):
        return
    middle, n = found
    sigma = middle_of(glides, "speed_sigma_cm_s")   # without a strip: surely slow
    surely = middle + (2.0 * sigma[0] if sigma else 0.0)
    words = plan.topic["fast"]
    figures = [Figure("the middle glide", round(middle, 1), "cm/s", n, "glides")]
    if sigma:
        figures.append(Figure("known to within", round(2.0 * sigma[0], 1), "cm/s", n, "glides"))
    yield Sentence("fast", words.well if surely <= rules.slow_cm_s else words.well_enough, tuple(figures))


def _calmer(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    """Halves of the time of strokes, not of the clock: a pause is no calm."""
    rules, fast = plan.judge, facts.flags_of(*PACE)
    if not fast or not facts.strokes or not pace_known(facts, rules):
        return
    half_us = sum(stroke.end_us - stroke.start_us for stroke in facts.strokes) / 2.0
    spent_us, middle_us = 0, facts.strokes[0].start_us
    for stroke in facts.strokes:
        spent_us, middle_us = spent_us + stroke.end_us - stroke.start_us, stroke.end_us
        if spent_us >= half_us:
            break
    first = sum(flag.start_us < middle_us for flag in fast)
    second = len(fast) - first
    if first >= rules.fewer_least and second <= rules.fewer_share * first:
        half_s = facts.contact_s / 2.0
        figures = (Figure("first half", first, "fast strokes", half_s, "s"),
                   Figure("second half", second, "fast strokes", half_s, "s"))
        yield Sentence("calmer", plan.topic["calmer"].well, figures)


def _with_pulse(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    rules, pacing = plan.judge, facts.pacing or {}
    turns, share, off_pct = (pacing.get(name) for name in ("turns", "with_pulse_share", "rate_error_pct"))
    if turns is None or share is None or off_pct is None or abs(off_pct) > rules.rate_off_pct:
        return
    if turns >= rules.turns_least and share >= rules.with_least:
        figure = Figure("with the pulse", round(100.0 * share), "% of the turns", turns, "turns")
        yield Sentence("pulse", plan.topic["pulse"].well, (figure,))


def _even(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    found = middle_of(facts.strokes_of(Kind.GLIDE), "evenness")
    rules = plan.judge
    known = pace_known(facts, rules) and facts.mode == "strip"
    if known and found is not None and found[1] >= rules.glides_least and found[0] >= rules.even_least:
        figure = Figure("evenness of the middle glide", round(found[0], 2), "of 1", found[1], "glides")
        yield Sentence("even", plan.topic["even"].well, (figure,))


def _everywhere(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    rules = plan.judge
    if facts.mode != "strip" or facts.share(facts.sums.located_us) < rules.known_share:
        return
    if facts.missed == ():
        figure = Figure("areas left out", 0, "", 1e-6 * facts.sums.located_us, "s")
        yield Sentence("missed", plan.topic["missed"].well, (figure,))
    # That no region is surely uneven is not enough: most of the time must surely have been shared.
    if facts.uneven == () and facts.even_s is not None and facts.even_s >= rules.known_share * facts.contact_s > 0.0:
        figure = Figure("the same on both sides", round(facts.even_s), "s", facts.contact_s, "s")
        yield Sentence("sides", plan.topic["sides"].well, (figure,))


def _lightly(facts: SessionFacts, plan: ScorePlan) -> Iterator[Sentence]:
    """Only where the coach would have said otherwise, had there been time: the place was seen, and the force felt."""
    rules, sums = plan.judge, facts.sums
    seen = facts.mode == "strip" and facts.share(sums.located_us) >= rules.known_share and force_known(facts, rules)
    if seen and facts.silent_us == 0 and facts.deep_at_once == 0 and not facts.flags_of(FlagKind.TOO_HARD.value, *ZONES):
        figure = Figure("deep at once", 0, "times", 1e-6 * sums.located_us, "s")
        yield Sentence("ramp", plan.topic["ramp"].well, (figure,))
