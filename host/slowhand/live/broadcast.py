"""Who watches the page, and what each of them is sent, 25 times a second at most.

A page on a weak radio link must not fall behind: each page reports what it has received, and one that is too far
behind is skipped until it has caught up. It then gets the newest state, never a queue of old ones.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slowhand.live.frame import Section, fast_part, slow_part
from slowhand.session.live_state import LiveState

UPDATE_HZ = 25.0
HEARTBEAT_S = 0.2          # an unchanged picture is still sent this often: the page takes silence as a lost link
MAX_UNREPORTED = 25        # one second of updates; pages report every tenth
RETRY_S = 2.0              # a page that reports nothing is tried again with the whole picture

Emit = Callable[[str, dict[str, Any]], Awaitable[None]]


@dataclass
class Viewer:
    """One open page: what it was sent last and how far it has come."""

    sent: int = 0
    reported: int = 0
    sent_at_s: float = float("-inf")
    fast: Section = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)

    def forget(self) -> None:
        """Start again: the next message carries the whole picture."""
        self.reported = self.sent
        self.fast = {}
        self.sections = {}


class Broadcast:
    """Sends live states to every open page.

    ``emit(page_id, message)`` puts one message on the wire; times are seconds on any steady clock.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._viewers: dict[str, Viewer] = {}
        self._notice = ""

    @property
    def watched(self) -> bool:
        return bool(self._viewers)

    @property
    def all_reported(self) -> bool:
        """Every page has said that it received its latest message; true when there is no page."""
        return all(viewer.reported == viewer.sent for viewer in self._viewers.values())

    def join(self, page_id: str) -> None:
        """A page has connected (or connected again)."""
        self._viewers.setdefault(page_id, Viewer()).forget()

    def leave(self, page_id: str) -> None:
        self._viewers.pop(page_id, None)

    def reported(self, page_id: str, number: object) -> None:
        """A page says which message it has received; anything but a number that it was sent is ignored."""
        viewer = self._viewers.get(page_id)
        if viewer is not None and isinstance(number, int) and viewer.reported < number <= viewer.sent:
            viewer.reported = number

    def notice(self, text: str) -> None:
        """Show one line about something that a button could not do; empty takes it away."""
        self._notice = text

    async def send(self, state: LiveState, now_s: float, *, last: bool = False) -> None:
        """Send one state to every page that can take it. ``last`` tells them that the program is about to end."""
        fast = fast_part(state)
        slow = slow_part(state) | {"notice": {"text": self._notice}, "program": {"ending": last}}
        for page_id, viewer in list(self._viewers.items()):
            message = next_message(viewer, fast, slow, now_s)
            if message is not None:
                await self._emit(page_id, message)


def next_message(viewer: Viewer, fast: Section, slow: dict[str, Section], now_s: float) -> dict[str, Any] | None:
    """The message for one page, or ``None`` when there is nothing new or the page is still behind."""
    silent_s = now_s - viewer.sent_at_s
    if viewer.sent - viewer.reported >= MAX_UNREPORTED:
        if silent_s < RETRY_S:
            return None
        viewer.forget()
    changed = {name: section for name, section in slow.items() if viewer.sections.get(name) != section}
    if not changed and fast == viewer.fast and silent_s < HEARTBEAT_S:
        return None
    viewer.sent += 1
    viewer.sent_at_s = now_s
    viewer.fast = fast
    viewer.sections = slow
    message: dict[str, Any] = {"n": viewer.sent, "fast": fast}
    if changed:
        message["slow"] = changed
    return message
