"""The page as NiceGUI builds it: one element of our own that draws everything in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from slowhand.coach.coach import CHOICES
from slowhand.errors import SlowhandError
from slowhand.live.broadcast import Broadcast
from slowhand.session.live_state import Session

WEB = Path(__file__).parent / "web"
STYLES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((WEB / "styles").glob("*.css")))
FAVICON = (WEB / "mark.svg").read_text(encoding="utf-8")


class Desk:
    """What every open page works with: the session, and the list of those who watch it."""

    current: ClassVar[Desk]

    def __init__(self, session: Session, broadcast: Broadcast) -> None:
        self.session = session
        self.broadcast = broadcast
        self._actions: dict[str, Callable[[], None]] = {
            "start": session.start,
            "stop": session.stop,
            "start-over": session.start_over,
            "implant-yes": partial(session.answer_implant, True),
            "implant-no": partial(session.answer_implant, False),
            "zone-unknown": partial(session.choose_zone, None),
            **{f"zone-{name}": partial(session.choose_zone, name) for name in CHOICES},
        }

    async def press(self, button: object) -> None:
        """Do what a button says: its name, or ``{"tell": kind, "value": value}`` for the coach.

        Done in a thread, so that a slow disk does not hold up the gauges.
        """
        action = self._action_of(button)
        if action is None:
            return
        try:
            await asyncio.to_thread(action)
        except SlowhandError as error:
            self.broadcast.notice(str(error))
        else:
            self.broadcast.notice("")


    def _action_of(self, button: object) -> Callable[[], None] | None:
        if isinstance(button, dict) and isinstance(button.get("tell"), str):
            return partial(self.session.tell, button["tell"], button.get("value"))
        return self._actions.get(button) if isinstance(button, str) else None


class LivePage(Element, component="live_page.js", esm={"slowhand-live": "web"}):
    """Draws the live states that arrive as ``slowhand`` messages on the page's socket."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.on("press", self._pressed)
        self.on("received", self._received)

    async def _pressed(self, event: GenericEventArguments) -> None:
        await self._desk.press(event.args)

    def _received(self, event: GenericEventArguments) -> None:
        self._desk.broadcast.reported(self.client.id, event.args)


def build_page() -> None:
    """Build one page for one browser; it gets live states from the moment its socket is open."""
    desk = Desk.current
    ui.add_head_html(f"<style>{STYLES}</style>")
    client = ui.context.client

    def left() -> None:
        if not client.has_socket_connection:  # an old socket may be reported gone after the new one has come
            desk.broadcast.leave(client.id)

    client.on_connect(lambda: desk.broadcast.join(client.id))
    client.on_disconnect(left)
    LivePage(desk)
