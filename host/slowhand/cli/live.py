"""`live`: coach a back rub with a glove on a serial port."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slowhand.cli.app import app, say
from slowhand.cli.options import (
    HTTP_DEFAULT,
    Database,
    Glove,
    Http,
    ModeName,
    NoBrowser,
    Receiver,
    Strip,
    Wish,
    address,
)
from slowhand.cli.ready import warm_up
from slowhand.errors import BadInputError, LinkError, NotAGloveError

if TYPE_CHECKING:
    from slowhand.link.contract import Link
    from slowhand.session.engine import SessionEngine
    from slowhand.session.store import SessionStore
    from slowhand.session.stream import Wishes

HANDSHAKE_S = 8.0   # a board's boot loader takes two, three attempts to identify take three


@app.command()
def live(
    port: Annotated[str | None, typer.Option(help="Serial port or pyserial URL (default: the only glove).")] = None,
    glove: Glove = None,
    strip: Strip = None,
    receiver: Receiver = None,
    mode: Wish = None,
    rate: Annotated[int, typer.Option(help="Samples a second: 100, 200 or 400.")] = 200,
    http: Http = HTTP_DEFAULT,
    no_browser: NoBrowser = False,
    no_feedback: Annotated[
        bool, typer.Option("--no-feedback", help="Practise by feel: no cues, no gauges; flags are recorded all the same.")
    ] = False,
    db: Database = None,
) -> None:
    """Coach a back rub: serve the live page, record the session.

    Example: slowhand live --port /dev/ttyUSB0 --strip strip.toml --receiver anna.toml
    """
    from slowhand.link.serial_port import SerialLink
    from slowhand.session.store import SessionStore

    if rate not in (100, 200, 400):
        raise BadInputError(f"--rate {rate}: the glove samples at 100, 200 or 400 Hz")
    where = address(http)
    wishes = replace(read_wishes(glove, strip, receiver, rate, mode), feedback=not no_feedback)
    link = SerialLink(port or the_only_port())
    store = SessionStore(db)
    with contextlib.closing(store):
        session_id = coach(link, wishes, store, where, open_browser=not no_browser)
        say.print(f"Session {session_id} is in {store.path}. Its charts: slowhand review {session_id}")


def read_wishes(
    glove: Path | None, strip: Path | None, receiver: Path | None, rate_hz: float = 200.0, mode: ModeName | None = None
) -> Wishes:
    """The profiles and the mode that the user named.

    Raises BadInputError by file and key, for a mode without what it needs, and for a strip where there is an implant.
    """
    from slowhand.coach.receiver import load_receiver
    from slowhand.locate.pose import Mode
    from slowhand.locate.strip import load_strip
    from slowhand.sensing.profile import load_glove
    from slowhand.session.stream import Wishes

    if mode is ModeName.STRIP and strip is None:
        raise BadInputError("--mode strip: needs a strip; name it with --strip FILE, or --strip nominal")
    who = load_receiver(receiver)
    if who.implant and strip is not None and mode is not ModeName.FORCE:
        raise BadInputError(
            f"{receiver}: implant = true, so no strip of magnets may be used; take it off and use --mode force"
        )
    return Wishes(
        receiver=who,
        glove=load_glove(glove) if glove else None,
        strip=load_strip(strip) if strip else None,
        mode=Mode[mode.name] if mode else None,
        rate_hz=float(rate_hz),
    )


def the_only_port() -> str:
    """The port that is likely a glove, when there is just one; raises LinkError with what to do."""
    from slowhand.link.discovery import list_ports

    likely = [p.path for p in list_ports() if p.likely]
    if len(likely) == 1:
        return likely[0]
    if likely:
        raise LinkError(f"several ports may be a glove ({', '.join(likely)}): choose one with --port")
    raise LinkError("no glove found on any USB port: plug it in, or name its port with --port")


def coach(
    link: Link,
    wishes: Wishes,
    store: SessionStore,
    where: tuple[str, int],
    *,
    open_browser: bool,
    demo: bool = False,
    until: Callable[[SessionEngine], bool] | None = None,
    told: Mapping[str, object] | None = None,
) -> int:
    """Record and show one session; returns its number. ``told``: to the coach, from the beginning.

    Blocks until Ctrl-C or until ``until(engine)``, asked ten times a second, is true.
    """
    from slowhand.live.page import listen, serve

    listen(*where).close()  # an address in use is said at once, not after the glove has answered
    with running(link, wishes, store, demo=demo, told=told) as engine:
        session_id = engine.state().session_id
        serve(
            engine, *where, open_browser=open_browser, until=(lambda: until(engine)) if until else None,
            on_ready=lambda url: say.print(f"The live page is on {url}   (Ctrl-C ends the session)"),
        )
        session_id = engine.state().session_id or session_id
    return session_id or 0


@contextlib.contextmanager
def running(
    link: Link, wishes: Wishes, store: SessionStore, *, demo: bool, told: Mapping[str, object] | None = None
) -> Iterator[SessionEngine]:
    """An engine that records, with a glove that has answered: a port that is refused leaves no empty session.

    Raises LinkError, NotAGloveError or ProtocolMismatchError when there is none at the start; later the page shows
    what is wrong and the engine goes on trying.
    """
    from slowhand.link.reconnecting import ReconnectingLink
    from slowhand.session.engine import SessionEngine

    reconnecting = ReconnectingLink(link)
    reconnecting.open()
    warm_up(wishes.glove, wishes.strip, wishes.receiver)
    with SessionEngine(reconnecting, store, wishes, demo=demo, told=told) as engine:
        await_glove(engine)
        engine.start()
        yield engine


def await_glove(engine: SessionEngine, clock: Callable[[], float] = time.monotonic) -> None:
    """Wait until the glove streams; raises NotAGloveError or ProtocolMismatchError when it does not."""
    from slowhand.device import DeviceState
    from slowhand.session.live_state import LinkState

    give_up = None
    while True:
        link, problem = engine.state().link, engine.device.problem()
        if link.state is LinkState.STREAMING:
            return
        if problem is not None:
            raise type(problem)(f"{link.port}: {problem}")
        if give_up is None and engine.device.state is not DeviceState.CLOSED:
            give_up = clock() + HANDSHAKE_S  # not before: the engine may still be getting ready
        if give_up is not None and clock() > give_up:
            raise NotAGloveError(link.words)
        time.sleep(0.05)
