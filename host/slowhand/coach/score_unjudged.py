"""What could not be judged, said plainly."""

from __future__ import annotations

from collections.abc import Iterator

from slowhand.coach.score_facts import SessionFacts
from slowhand.coach.score_plan import JudgeRules
from slowhand.coach.score_words import Figure, Sentence, time_words


def not_judged(facts: SessionFacts, rules: JudgeRules, short: bool) -> tuple[Sentence, ...]:
    """Every unknown that is long enough to matter."""
    found = []
    if short:
        found.append(Sentence("short", "With less than a minute of touch only what was too hard can be told."))
    found += _waiting(facts, rules)
    if facts.contact_s > 0.0:
        found += {"strip": _strip, "motion": _motion, "force": _force}[facts.mode](facts, rules)
        found += _pads(facts, rules)
    return tuple(found)


def _waiting(facts: SessionFacts, rules: JudgeRules) -> Iterator[Sentence]:
    waiting_s = 1e-6 * facts.sums.waiting_us
    if waiting_s >= rules.waiting_s:
        figure = Figure("before the start steps were done", round(waiting_s, 1), "s", waiting_s, "s")
        yield Sentence("waiting", f"{time_words(waiting_s).capitalize()} of touch came before the start steps were "
                                  "done: nothing is known of them.", (figure,))


def _part(facts: SessionFacts, topic: str, words: str, unknown_us: int) -> Sentence:
    share = 100.0 * facts.share(unknown_us)
    figure = Figure(f"{topic} unknown", round(share, 1), "% of the touch", facts.contact_s, "s")
    return Sentence(topic, f"For {max(share, 1.0):.0f} % of the touch {words}", (figure,))


def _strip(facts: SessionFacts, rules: JudgeRules) -> Iterator[Sentence]:
    sums = facts.sums
    nowhere_us, x_alone_us = sums.contact_us - sums.x_known_us, sums.x_known_us - sums.located_us
    if facts.share(nowhere_us) >= rules.mention_share:
        words = "the place was unknown: spine, neck, kidneys and pace could not be watched then."
        yield _part(facts, "place", words, nowhere_us)
    if facts.share(x_alone_us) >= rules.mention_share:
        words = "only the distance from the spine was known: neck, kidneys and pace could not be watched then."
        yield _part(facts, "height", words, x_alone_us)
    unpaced_us = sums.located_us - sums.paced_us
    if facts.share(unpaced_us) >= rules.mention_share:
        yield _part(facts, "pace", "the pace was unknown.", unpaced_us)


def _motion(facts: SessionFacts, rules: JudgeRules) -> Iterator[Sentence]:
    yield Sentence("place", "Without the strip the place is unknown: spine, neck, kidneys and sides are not judged.")
    passes, judged = facts.sums.passes, facts.sums.passes_judged
    if passes == 0:
        yield Sentence("pace", "No stroke was long enough to tell its pace.")
    elif passes - judged >= rules.mention_share * passes:
        figure = Figure("pace told", judged, "strokes", passes, "strokes")
        yield Sentence("pace", f"The pace is rough without the strip: it could be judged for {judged} of {passes} "
                               "strokes.", (figure,))


def _force(facts: SessionFacts, rules: JudgeRules) -> Iterator[Sentence]:
    yield Sentence("place", "The pads alone know neither place nor pace: only how hard you pressed is judged.")


def _pads(facts: SessionFacts, rules: JudgeRules) -> Iterator[Sentence]:
    sums = facts.sums
    if facts.share(sums.at_least_us) >= rules.mention_share:
        words = "a pad was at the end of its range or out of order: you may have pressed harder than it shows."
        yield _part(facts, "force", words, sums.at_least_us)
    if facts.share(sums.unfelt_us) >= rules.mention_share:
        words = "you worked with what the pads do not feel: its pressure is unknown."
        yield _part(facts, "technique", words, sums.unfelt_us)
