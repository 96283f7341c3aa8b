"""Feedback that is thinned out as the giver improves, and comes back when the giver does worse.

Feedback at every error guides while it is there, and is leaned on; what is learned stays better when it is given ever
more rarely and only for what lasts (the guidance hypothesis: Winstein and Schmidt 1990, J. Exp. Psychol. Learn. Mem.
Cogn. 16, 677-691; faded and bandwidth feedback are reviewed by Sigrist et al. 2013, Psychon. Bull. Rev. 20, 21-53).
"""

from __future__ import annotations

from collections import deque

from slowhand.coach.limits import FadingRule

FADING_KINDS = ("too_fast", "too_fast_knead", "pace", "ramp")   # none of them hurts; what may hurt never fades


class Fading:
    """How far the cues of each kind are thinned out, from 0 (each is given at once) to 1.

    Errors of a kind are counted over the last ``stretch_s`` of contact: time with the hands off is no practice. With n
    of them now, and N in the worst stretch so far (at most ``most``), cues are faded by 1 - n/N; not at all before a
    stretch has held ``fewest``, as there is nothing yet to have improved from.
    """

    def __init__(self, rule: FadingRule) -> None:
        self._rule = rule
        self._contact_us = 0
        self._errors: dict[str, deque[int]] = {kind: deque() for kind in FADING_KINDS}
        self._worst = dict.fromkeys(FADING_KINDS, 0)

    def use(self, rule: FadingRule) -> None:
        """Other numbers, from now on; what was counted stays."""
        self._rule = rule

    def worked(self, step_us: int) -> None:
        """So much more time in contact."""
        self._contact_us += step_us

    def note(self, kind: str) -> None:
        """An error of a kind; of kinds that never fade nothing is kept."""
        errors = self._errors.get(kind)
        if errors is not None:
            errors.append(self._contact_us)
            self._worst[kind] = max(self._worst[kind], self._lately(errors))

    def faded(self, kind: str) -> float:
        """How far cues of a kind are thinned out now, 0 to 1."""
        errors = self._errors.get(kind)
        if errors is None or self._worst[kind] < self._rule.fewest:
            return 0.0
        return max(0.0, 1.0 - self._lately(errors) / min(self._worst[kind], self._rule.most))

    def wait_us(self, kind: str, alarm: bool) -> float:
        """How long an error must have been known before it is spoken of; half as long when it is a bad one."""
        return 1e6 * self._rule.late_s * self.faded(kind) * (0.5 if alarm else 1.0)

    def pause(self, kind: str) -> float:
        """By how much pauses between cues grow, 1 to ``rarer``."""
        return 1.0 + (self._rule.rarer - 1.0) * self.faded(kind)

    def _lately(self, errors: deque[int]) -> int:
        since_us = self._contact_us - 1e6 * self._rule.stretch_s
        while errors and errors[0] < since_us:
            errors.popleft()
        return len(errors)
