"""The one thing to practise next: what matters most, safety before all else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.score_facts import SessionFacts
from slowhand.coach.score_plan import JudgeRules, ScorePlan
from slowhand.coach.score_words import Figure, Sentence, middle_of
from slowhand.strokes.stroke import Kind

# Topic, flags, and which sum tells for how long such a flag could have been seen; the most important first.
SAFETY_FLAGS = (
    ("spine", FlagKind.SPINE_PRESSURE, "x_known_us"),
    ("neck", FlagKind.NECK_PRESSURE, "located_us"),
    ("kidney", FlagKind.KIDNEY_PRESSURE, "located_us"),
    ("sore", FlagKind.SENSITIVE_PRESSURE, "located_us"),
    ("hard", FlagKind.TOO_HARD, "contact_us"),
    ("unplaced", FlagKind.SPINE_PRESSURE, "contact_us"),
)
Found = tuple[str, tuple[Figure, ...]]


def to_practise(facts: SessionFacts, plan: ScorePlan, short: bool = False) -> Sentence:
    """The most important thing that is surely known; when nothing asks for it, how to go on.

    ``short``: too little to judge anything but safety.
    """
    found = next(_safety(facts), None)
    if found is None:
        found = ("longer", ()) if short else next(_in_order(facts, plan.judge))
    topic, figures = found
    words = plan.topic[topic]
    practise = words.practise
    if topic == "missed" and facts.missed:
        practise = f"{practise} Little time went to: {listed(facts.missed)}."
    if topic == "sides" and facts.uneven:
        practise = f"{practise} {'. '.join(each[:1].upper() + each[1:] for each in facts.uneven)}."
    return Sentence(topic, practise, figures, words.why)


def listed(names: Sequence[str]) -> str:
    """Names as one says them, at most three."""
    shown = list(names[:3]) + ([f"{len(names) - 3} more"] if len(names) > 3 else [])
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1]


def safety_flags(facts: SessionFacts, topic: str) -> tuple[Flag, ...]:
    """The flags of a topic of safety.

    Without a place the spine's limit holds everywhere: such a flag does not tell that the spine was pressed, unless
    there was a place then.
    """
    [kind] = [kind for name, kind, _ in SAFETY_FLAGS if name == topic]
    flags = facts.flags_of(kind.value)
    if kind is not FlagKind.SPINE_PRESSURE:
        return flags
    placed = facts.mode == "strip"
    return tuple(flag for flag in flags if (placed or flag.x_mm is not None) is (topic == "spine"))


def _safety(facts: SessionFacts) -> Iterator[Found]:
    """Alarms of any kind come before warnings; then the receiver's own word."""
    for severity in (Severity.ALARM, Severity.WARN):
        for topic, _, seen in SAFETY_FLAGS:
            flags = safety_flags(facts, topic)
            if any(flag.severity is severity for flag in flags):
                yield topic, flag_figures(flags, 1e-6 * getattr(facts.sums, seen))
    if facts.votes and any(answer in ("lighter", "stop") for answer in facts.votes):
        lighter = sum(answer in ("lighter", "stop") for answer in facts.votes)
        yield "asked", (Figure("asked for less", lighter, "times", len(facts.votes), "answers"),)


def _in_order(facts: SessionFacts, rules: JudgeRules) -> Iterator[Found]:
    """What is no matter of safety, in its order; the last always holds."""
    yield from _pace(facts, rules)
    yield from _evenness(facts, rules)
    contact = (facts.contact_s, "s")
    placed = facts.share(facts.sums.located_us) >= rules.known_share
    if facts.missed and placed and facts.contact_s >= rules.whole_s:
        yield "missed", (Figure("areas left out", len(facts.missed), "areas", *contact),)
    if facts.uneven:
        yield "sides", (Figure("uneven regions", len(facts.uneven), "regions", *contact),)
    if facts.sums.ramp_words >= rules.ramp_least:
        yield "ramp", (Figure("deep at once", facts.sums.ramp_words, "times", *contact),)
    if facts.mode == "strip" and not placed:
        yield "place", (Figure("place known", 100.0 * facts.share(facts.sums.located_us), "%", *contact),)
    yield ("again" if facts.practice else "feel"), ()


def _pace(facts: SessionFacts, rules: JudgeRules) -> Iterator[Found]:
    fast = facts.flags_of(FlagKind.TOO_FAST.value)
    knead = facts.flags_of(FlagKind.TOO_FAST_KNEAD.value)
    found = [("fast", fast, paced_s(facts)), ("knead", knead, facts.contact_s)]
    for topic, flags, seen_s in sorted(found, key=lambda each: -len(each[1])):   # stable: glides first
        if flags:
            yield topic, flag_figures(flags, seen_s)
    pacing = facts.pacing or {}
    turns, off_pct = pacing.get("turns"), pacing.get("rate_error_pct")
    if turns is not None and turns >= rules.turns_least and off_pct is not None and abs(off_pct) > rules.rate_off_pct:
        yield "pulse", (Figure("faster than the pulse" if off_pct > 0 else "slower than the pulse", abs(off_pct), "%",
                               turns, "turns"),)


def _evenness(facts: SessionFacts, rules: JudgeRules) -> Iterator[Found]:
    found = middle_of(facts.strokes_of(Kind.GLIDE), "evenness")
    if found is not None and found[1] >= rules.glides_least and found[0] < rules.even_odd:
        yield "even", (Figure("evenness of the middle glide", round(found[0], 2), "of 1", found[1], "glides"),)


def paced_s(facts: SessionFacts) -> float:
    """For how long a stroke that is too fast would have been seen."""
    if facts.mode == "motion" and facts.sums.passes:
        return facts.contact_s * facts.sums.passes_judged / facts.sums.passes
    return 1e-6 * facts.sums.paced_us


def flag_figures(flags: Sequence[Flag], seen_s: float) -> tuple[Figure, ...]:
    """How often, and the worst of them with its limit."""
    worst = max(flags, key=lambda flag: flag.value / flag.limit if flag.limit else flag.value)
    times = "time" if len(flags) == 1 else "times"
    return (
        Figure("over a limit", len(flags), times, seen_s, "s"),
        Figure("the most", round(worst.value, 1), worst.unit, len(flags), times, round(worst.limit, 1)),
    )
