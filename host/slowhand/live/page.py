"""Serves the live page from this machine until the session is over."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable

from slowhand.errors import BadInputError, LinkError
from slowhand.session.live_state import Session


def serve(
    session: Session,
    host: str,
    port: int,
    *,
    open_browser: bool,
    until: Callable[[], bool] | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the live page of ``session`` and block until Ctrl-C, SIGTERM, or ``until()`` is true.

    Call it from the main thread; the session runs in threads of its own. ``until`` is asked some ten times a second
    and must return at once. ``on_ready`` is given the page's URL as soon as the page can be opened. Port 0 takes any
    free port. An exception that ``session.state()`` or ``until`` raises ends the page and is raised here.

    Raises ``LinkError`` when the address cannot be listened on, ``BadInputError`` when it is no address.
    """
    listener = listen(host, port)
    try:
        # NiceGUI takes a second to import: not before the address is known to be good
        from slowhand.live.server import run_page

        url = page_url(host, listener.getsockname()[1])

        def ready() -> None:
            if on_ready is not None:
                on_ready(url)
            if open_browser:
                show_in_browser(url)

        run_page(session, listener, until=until, ready=ready)
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on ``host:port``, or one clear line why there is none."""
    where = f"{host}:{port}"
    if not 0 <= port <= 65535:  # name resolution would wrap it round in silence
        raise BadInputError(f"{where}: a port is a number from 0 to 65535; give another --http HOST:PORT")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise BadInputError(
            f"{where} is no address for the live page ({error}); give --http HOST:PORT, as in 127.0.0.1:8765"
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere this option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise LinkError(f"the live page cannot use {where}: {_why_not(error)}") from error
    return listener


def page_url(host: str, port: int) -> str:
    """Where a browser on this machine finds the page."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{reachable}]:{port}/" if ":" in reachable else f"http://{reachable}:{port}/"


def show_in_browser(url: str) -> None:
    """Open the page in the user's browser, without waiting for it.

    Without a display a browser in text mode would take over the terminal, so none is opened there.
    """
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    threading.Thread(target=webbrowser.open, args=(url,), name="open-browser", daemon=True).start()


def _why_not(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program has that port; close it, or choose another port with --http HOST:PORT"
    if error.errno == errno.EACCES:
        return "this user may not open that port; choose one above 1023 with --http HOST:PORT"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address; use 127.0.0.1, or 0.0.0.0 for every address of this machine"
    return f"{error.strerror or error}; choose another with --http HOST:PORT"
