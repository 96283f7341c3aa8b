"""One session's way from wire rows to results: the same object live and in replay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from slowhand.coach.receiver import Receiver
from slowhand.coach.score_card import ScoreCard, score_card
from slowhand.coach.score_compare import Earlier
from slowhand.coach.score_facts import SessionFacts, Tally
from slowhand.locate.pose import Mode
from slowhand.locate.strip import StripProfile
from slowhand.sensing.chips import ChipReader
from slowhand.sensing.profile import GloveProfile, load_glove
from slowhand.session.live_state import Implant
from slowhand.session.modes import IMPLANT, Present, choose_mode, wished_mode
from slowhand.session.results import Results
from slowhand.session.score import count, facts_of
from slowhand.session.setup import Setup
from slowhand.wire.messages_gen import Channels, Hand, Hello


@dataclass(frozen=True)
class Wishes:
    """What the user gave: profiles, and a mode if one is forced."""

    receiver: Receiver
    glove: GloveProfile | None = None     # None: the nominal one for the hand that the glove says
    strip: StripProfile | None = None
    mode: Mode | None = None
    rate_hz: float = 200.0
    feedback: bool = True

    def setup_for(self, hello: Hello | None) -> Setup:
        """The setup for a glove that says ``hello``; a guess before it has said anything."""
        left = hello is not None and hello.hand == Hand.LEFT
        glove = self.glove or load_glove(hand="left" if left else "right")
        has = hello.channels if hello else Channels.PADS | Channels.MOTION | Channels.FIELD0
        present = Present(
            strip=self.strip is not None,
            magnetometer=bool(glove.magnetometer),
            field=bool(has & (Channels.FIELD0 | Channels.FIELD1)),
            motion=bool(has & Channels.MOTION),
        )
        choice = wished_mode(choose_mode(present), self.mode, self.receiver.implant is True)
        return Setup(glove, self.strip, self.receiver, choice, self.rate_hz, self.feedback)

    def implant_asked(self, setup: Setup, may_ask: bool) -> Implant:
        """What is known of implants that the magnets of ``setup`` could disturb."""
        present = self.receiver.implant
        if present and self.strip is not None:
            return Implant.NAMED
        if present is None and setup.choice.mode is Mode.STRIP and may_ask:
            return Implant.ASK
        return Implant.SETTLED

    def with_answer(self, implant: bool) -> Wishes:
        """The same once somebody has said whether either person has an implant that magnets can disturb."""
        receiver = self.receiver.model_copy(update={"implant": implant})
        return replace(self, receiver=receiver, mode=Mode.FORCE if implant else self.mode)

    def objection(self, hello: Hello) -> str:
        """What does not fit together, in one line; empty when all does."""
        said = {Hand.LEFT: "left", Hand.RIGHT: "right"}.get(hello.hand)  # type: ignore[call-overload]
        if self.glove is not None and said is not None and said != self.glove.hand:
            return f"The glove says that it is a {said} one, but the glove file is for the {self.glove.hand} hand."
        choice = self.setup_for(hello).choice
        if self.mode is not None and choice.mode > self.mode and choice != IMPLANT:
            return f"{choice.reason[0].upper()}{choice.reason[1:]}."
        return ""


class Stream:
    """Turns wire rows into results; needs the glove's Hello for the scales."""

    def __init__(self, setup: Setup, hello: Hello) -> None:
        self.setup = setup
        self.hello = hello                      # of the glove that it began with
        self.chips = ChipReader(hello)
        self.pipeline = setup.pipeline()
        self.card: ScoreCard | None = None      # once the session has ended
        self._tally = Tally()
        self._ended: SessionFacts | None = None
        self.thresholds: tuple[int, ...] = ()   # of the reflex, counts per pad, as of the last row
        self.rows = 0
        self.first_us: int | None = None
        self.last_us: int | None = None

    def process(self, wire: np.ndarray) -> tuple[np.ndarray, Results]:
        """WIRE_DTYPE rows in; the raw rows (RAW_DTYPE) and what was found in them."""
        raw = self.chips.raw(wire)
        if len(raw):
            self.first_us = int(raw["t_us"][0]) if self.first_us is None else self.first_us
            self.last_us = int(raw["t_us"][-1])
            self.rows += len(raw)
        results = self.pipeline.process(raw)
        count(self._tally, self.pipeline, results)
        return raw, results

    def finish(self) -> Results:
        """The session has ended: what ended with it; its score card is there from now on."""
        results = self.pipeline.finish()
        self.pipeline.flags.end()
        self._tally.end(results.strokes)
        self._ended = self.facts()   # the glove may send on
        self.card = score_card(self._ended)
        return results

    def facts(self) -> SessionFacts:
        """What the score card is made from, so far."""
        return facts_of(self._tally, self.pipeline)

    def guide_figures(self) -> dict[str, Any]:
        """What the guide knows of a session that has ended; what was said in it belongs to an earlier one from now on."""
        guide = self.pipeline.coach.guide
        figures = guide.figures()
        guide.answers.settle()
        return figures

    def compare(self, earlier: Earlier | None) -> None:
        """The card of a session that has ended, beside an earlier one."""
        if self._ended is not None and earlier is not None:
            self.card = score_card(self._ended, earlier)

    def objection(self, hello: Hello) -> str:
        """What speaks against going on with the glove that says ``hello``; empty when it fits the one before."""
        said = {Hand.LEFT: "left", Hand.RIGHT: "right"}.get(hello.hand)  # type: ignore[call-overload]
        if said is not None and said != self.setup.glove.hand:
            return (
                f"This is a {said} glove, but the session runs with the profile of a {self.setup.glove.hand} one: "
                "places and forces are wrong. Begin a new session, or plug the other glove in."
            )
        if hello.unit_id != self.hello.unit_id:
            return (
                f"This is glove {hello.unit_id:08x}, but the session began with {self.hello.unit_id:08x}: "
                "its forces may be wrong. Begin a new session, or plug that one in."
            )
        return ""

    def give_up_magnets(self) -> Results:
        """Force mode from the next row on: an implant was named. Returns what ended with strip mode.

        Pads and flags go on: their zeros have been learned, and what was counted stays counted.
        """
        before = self.pipeline
        ended = before.finish()
        self._tally.end(ended.strokes)
        self.setup = replace(self.setup, strip=None, choice=IMPLANT)
        self.pipeline = self.setup.pipeline()
        self.pipeline.sensing, self.pipeline.flags = before.sensing, before.flags
        self.pipeline.coach.go_on_from(before.coach)
        return ended

    def start_over(self) -> bool:
        """The start procedure anew, from the next row on; pads, strokes and flags go on. False: no strip is in use."""
        if self.setup.choice.mode is not Mode.STRIP:
            return False
        self.pipeline.locator.restart()
        return True

    def tell(self, kind: str, value: object) -> None:
        """What a person tells the coach, from the next row on; see `Coach.tell`."""
        self.pipeline.coach.tell(kind, value)

    def choose_zone(self, name: str | None) -> None:
        """Without a strip: where the giver says that the hand is, from the next row on."""
        self.pipeline.coach.choose_zone(name)


