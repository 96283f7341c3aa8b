"""`demo`: a simulated back rub through the real live page, then its charts."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Protocol

import typer

from slowhand.cli.app import app, say
from slowhand.cli.live import coach
from slowhand.cli.options import HTTP_DEFAULT, Http, JsonFlag, NoBrowser, address
from slowhand.errors import LinkError, StoreError

DATABASE = "sessions.sqlite3"
LAST_LOOK_S = 1.5   # the page shows its summary before it goes


class Player(Protocol):
    """Something that plays a glove on a port."""

    @property
    def port(self) -> str: ...

    @property
    def finished(self) -> bool: ...


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(min=15, max=3600, help="Length of the back rub.")] = 120.0,
    out: Annotated[Path, typer.Option("--out", help="Folder for charts and session file.")] = Path("slowhand-demo"),
    firmware: Annotated[bool, typer.Option("--firmware", help="The real firmware on an emulated board.")] = False,
    seed: Annotated[int, typer.Option(help="Another number, another back rub.")] = 1,
    http: Http = HTTP_DEFAULT,
    no_browser: NoBrowser = False,
    as_json: JsonFlag = False,
) -> None:
    """Watch a back rub being coached: a simulated giver is told off, improves, and gets charts.

    Example: slowhand demo --seconds 20 --no-browser --out my-demo
    """
    from slowhand.coach.receiver import load_receiver
    from slowhand.link.serial_port import SerialLink
    from slowhand.locate.strip import load_strip
    from slowhand.session.store import SessionStore
    from slowhand.session.stream import Wishes

    where = address(http)
    make_folder(out)
    stay = not no_browser and sys.stdout.isatty()
    player = emulated_glove if firmware else simulated_glove
    with contextlib.closing(SessionStore(out / DATABASE)) as store, player(seconds, seed) as glove:
        ending = Ending(glove, store, out, stay)
        wishes = Wishes(receiver=load_receiver(), strip=load_strip())
        session_id = coach(
            SerialLink(glove.port), wishes, store, where, open_browser=not no_browser, demo=True, until=ending.reached,
            told={"pace": "auto"},
        )
        files = ending.written() or write_files(store, session_id, out)
    show_result(files, out, as_json)


class Ending:
    """When the glove has played to its end: write the charts, tell the page, and let it go."""

    def __init__(self, glove: Player, store: object, out: Path, stay: bool) -> None:
        self.files: list[Path] = []
        self._glove, self._store, self._out, self._stay = glove, store, out, stay
        self._writing: threading.Thread | None = None
        self._done = threading.Event()
        self._failure: Exception | None = None

    def reached(self, engine) -> bool:
        """Asked by the page ten times a second; returns at once."""
        if self._writing is None and self._glove.finished:
            self._writing = threading.Thread(target=self._conclude, args=(engine,), name="charts", daemon=True)
            self._writing.start()
        if self._failure is not None:
            raise self._failure
        return self._done.is_set() and not self._stay

    def written(self) -> list[Path]:
        """The files, once all are there; empty when the back rub was ended before its end. Raises what went wrong."""
        if self._writing is not None:
            self._writing.join()
        if self._failure is not None:
            raise self._failure
        return self.files

    def _conclude(self, engine) -> None:
        try:
            session_id = engine.state().session_id
            engine.conclude()   # the glove has gone for good: the page must not ask for it while charts are drawn
            engine.stop()
            say.print("The back rub is over; drawing its charts ...")
            self.files = write_files(self._store, session_id, self._out)
            engine.conclude([str(file) for file in self.files])
        except Exception as error:  # whatever it is, the main thread must end with it, not wait for ever
            self._failure = error
            return
        if self._stay:
            say.print("The page stays until Ctrl-C.")
        last_look = threading.Timer(LAST_LOOK_S, self._done.set)
        last_look.daemon = True
        last_look.start()


def write_files(store, session_id: int, out: Path) -> list[Path]:
    """Charts, session.json and the database's name, in the order to look at them."""
    from slowhand.cli.score_panel import score_panel
    from slowhand.cli.sessions import card_of, draw_charts, played
    from slowhand.session.export import SESSION, session_summary
    from slowhand.session.score import earlier_session
    from slowhand.session.tables import write_summary

    session = played(store, session_id)
    card = card_of(session, store)
    files = draw_charts(session, out, card=card)
    write_summary(out / SESSION, session_summary(session, earlier_session(store, session_id)))
    if card is not None:
        say.print(score_panel(card), soft_wrap=False)   # words are wrapped, not cut
    return [*files, out / SESSION, store.path]


def show_result(files: list[Path], out: Path, as_json: bool) -> None:
    """The files' names, or for a program the score card too."""
    from slowhand.session.export import SESSION

    if as_json:
        card = json.loads((out / SESSION).read_text(encoding="utf-8"))["summary"]["score_card"]
        typer.echo(json.dumps({"files": list(map(str, files)), "score_card": card}))
    else:
        typer.echo("\n".join(map(str, files)))


def make_folder(folder: Path) -> None:
    """Make the output folder; raises StoreError in one line."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {folder}: {error.strerror or error}; choose another --out") from error


@contextlib.contextmanager
def simulated_glove(seconds: float, seed: int) -> Iterator[Player]:
    """`slowhand simulate` as a process of its own, so that it is as far from the host as a real glove."""
    with tempfile.TemporaryDirectory(prefix="slowhand-") as folder:
        command = [sys.executable, "-m", "slowhand", "simulate", "--script", "demo", "--seconds", f"{seconds:g}",
                   "--seed", str(seed), "--link", f"{folder}/glove"]
        process: subprocess.Popen[str] | None = None
        try:
            with _told_to_end_later() as mask:   # else it could begin and be forgotten in one moment
                process = subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                    preexec_fn=partial(signal.pthread_sigmask, signal.SIG_SETMASK, mask),
                )
            assert process.stdout is not None and process.stderr is not None
            port = process.stdout.readline().strip()
            if not port:
                reason = process.stderr.read().strip() or "it gave no reason"
                raise LinkError(f"the simulated glove did not start: {reason}")
            yield _Process(port, process)
        finally:
            if process is not None:
                process.terminate()
                process.communicate()


@contextlib.contextmanager
def _told_to_end_later() -> Iterator[set[int]]:
    """Ctrl-C and SIGTERM wait until the block has ended; gives the mask that was."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield {int(number) for number in mask}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


class _Process:
    """A glove that a process plays until it ends."""

    def __init__(self, port: str, process: subprocess.Popen[str]) -> None:
        self._port, self._process = port, process

    @property
    def port(self) -> str:
        return self._port

    @property
    def finished(self) -> bool:
        """It has played to its end; raises LinkError, with its last words, when it broke off."""
        code = self._process.poll()
        if code:
            said = self._process.stderr.read().strip().splitlines() if self._process.stderr else []
            reason = said[-1] if said else f"exit code {code}, and no reason"
            raise LinkError(f"the simulated glove broke off: {reason}; begin the demo again")
        return code == 0


@contextlib.contextmanager
def emulated_glove(seconds: float, seed: int) -> Iterator[Player]:
    """The shipped firmware on an emulated board, with the simulated body's sensor values."""
    from slowhand.sim.emulator import EmulatedGlove, build_firmware
    from slowhand.sim.simulation import Simulation

    say.print("Building the firmware and the emulator ...")
    built = build_firmware()
    run = Simulation("demo", seed=seed, duration_s=seconds).run()
    with EmulatedGlove.from_run(run, firmware=built) as glove:
        yield glove
