"""The web server behind the live page: NiceGUI under uvicorn, with our own way of starting and ending."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from nicegui import core, ui

from slowhand.errors import SlowhandError
from slowhand.live.broadcast import UPDATE_HZ, Broadcast
from slowhand.live.view import FAVICON, Desk, build_page
from slowhand.session.live_state import Session

UNTIL_PERIOD_S = 0.1
FAREWELL_S = 0.5  # how long open pages may take to receive the last picture
GOODBYE_S = 2.0   # how long open connections may take to close after that

_web_app: FastAPI | None = None


def run_page(
    session: Session, listener: socket.socket, *, until: Callable[[], bool] | None, ready: Callable[[], None]
) -> None:
    """Serve ``session`` on ``listener``; returns when told to stop. Raises what the session's calls raised."""
    broadcast = Broadcast(emit_to_page)
    desk = Desk(session, broadcast)
    config = uvicorn.Config(
        web_app(desk),
        log_config=None,
        log_level="error",
        access_log=False,
        ws_per_message_deflate=False,  # the messages are small; packing them would cost more than it saves
        timeout_graceful_shutdown=int(GOODBYE_S),
    )
    server = PageServer(config, Pulse(session, broadcast, until), ready)
    server.run(sockets=[listener])
    if server.pulse.failure is not None:
        raise server.pulse.failure


def web_app(desk: Desk) -> FastAPI:
    """The web application, showing ``desk``; NiceGUI allows one per process, so later calls reuse it."""
    global _web_app
    Desk.current = desk
    if _web_app is None:
        _web_app = FastAPI(openapi_url=None)
        ui.page("/", title="Slowhand", favicon=FAVICON, dark=True, language="en-US")(build_page)
        ui.run_with(
            _web_app,
            title="Slowhand",
            viewport="width=device-width, initial-scale=1, viewport-fit=cover",
            tailwind=False,                # the page has its own styles, and a tablet is spared the work
            binding_refresh_interval=None,  # nothing is bound
            message_history_length=0,      # old gauges are not worth sending again
            reconnect_timeout=10.0,
            gzip_middleware_factory=None,
            show_welcome_message=False,
        )
    # a server run earlier in this process took the connection monitor with it
    core.sio.eio.start_service_task = True
    return _web_app


async def emit_to_page(page_id: str, message: dict[str, Any]) -> None:
    await core.sio.emit("slowhand", message, room=page_id)


class Pulse:
    """Looks at the session at a steady rate, sends what it sees, and notices when it is time to end."""

    def __init__(self, session: Session, broadcast: Broadcast, until: Callable[[], bool] | None) -> None:
        self._session = session
        self._broadcast = broadcast
        self._until = until
        self.failure: Exception | None = None

    async def run(self, stop: Callable[[], None]) -> None:
        try:
            await self._beat()
        except Exception as failure:  # whatever the session raised belongs to the caller of serve()
            self.failure = failure
        stop()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = ask_until_s = loop.time()
        while True:
            now_s = loop.time()
            if self._until is not None and now_s >= ask_until_s:
                if self._until():
                    return
                ask_until_s = now_s + UNTIL_PERIOD_S
            state = self._session.state()   # also while nobody watches: it tells when the session has failed
            if self._broadcast.watched:
                await self._broadcast.send(state, now_s)
            due_s = max(due_s + 1.0 / UPDATE_HZ, loop.time())
            await asyncio.sleep(due_s - loop.time())

    async def farewell(self) -> None:
        """The last picture: the page keeps it, and says that the program has ended."""
        if self.failure is not None or not self._broadcast.watched:
            return
        loop = asyncio.get_running_loop()
        with contextlib.suppress(SlowhandError):  # ending; what the session cannot tell any more is not shown
            await self._broadcast.send(self._session.state(), loop.time(), last=True)
        patience_s = loop.time() + FAREWELL_S
        while not self._broadcast.all_reported and loop.time() < patience_s:
            await asyncio.sleep(0.01)


class PageServer(uvicorn.Server):
    """A server that tells when it listens, and that a signal ends without ending the program."""

    def __init__(self, config: uvicorn.Config, pulse: Pulse, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.pulse = pulse
        self._ready = ready
        self._pulse_task: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._pulse_task = asyncio.create_task(self.pulse.run(self._stop))
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._pulse_task is not None:
            self._pulse_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._pulse_task
        await self.pulse.farewell()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the page only: the caller still has a session to close and charts to write."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit  # a second Ctrl-C does not wait for open connections
        self.should_exit = True

    def _stop(self) -> None:
        self.should_exit = True
