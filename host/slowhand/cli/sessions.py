"""`sessions`, `review`, `export`, `replay`: what has been recorded, its charts, its files, and seen once more."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from slowhand.cli.app import app, say
from slowhand.cli.options import HTTP_DEFAULT, Database, Http, JsonFlag, NoBrowser, address
from slowhand.cli.ready import warm_up, warm_up_smoother
from slowhand.errors import BadInputError

if TYPE_CHECKING:
    from slowhand.coach.score_card import ScoreCard
    from slowhand.session.analyze import Analysis
    from slowhand.session.replay import Replayed
    from slowhand.session.store import SessionInfo, SessionStore

SessionId = Annotated[int | None, typer.Argument(help="Number of the session (default: the latest).")]


@app.command()
def sessions(db: Database = None, as_json: JsonFlag = False) -> None:
    """List what has been recorded, newest first.

    Example: slowhand sessions --json
    """
    with opened(db) as store:
        infos = store.list()
        if as_json:
            typer.echo(json.dumps([in_fields(info) for info in infos]))
        elif not infos:
            typer.echo(f"No session yet in {store.path}. Begin one with slowhand live, or see slowhand demo.")
        else:
            typer.echo("\n".join(in_a_line(info) for info in infos))


@app.command()
def review(
    session_id: SessionId = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder (default: slowhand-session-ID).")] = None,
    as_live: Annotated[bool, typer.Option("--as-live", help="What was known live; nothing smoothed.")] = False,
    db: Database = None,
    as_json: JsonFlag = False,
) -> None:
    """Draw the charts of a session: PNG, one PDF with all of them, and a page that plays the hand on the back.

    Places are smoothed; flags and the score card are what was known live. --json: {"files": ..., "score_card": ...}.

    Example: slowhand review 12 --out charts
    """
    with opened(db) as store:
        number = chosen(store, session_id)
        session = played(store, number)
        card = card_of(session, store)
        files = draw_charts(session, out or Path(f"slowhand-session-{number}"), smooth=not as_live, card=card)
    show(files, card, as_json)


@app.command()
def export(
    session_id: SessionId = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder (default: slowhand-session-ID).")] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="track.parquet too (needs pyarrow).")] = False,
    db: Database = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a session as files: raw log, track, strokes, flags, summary, session.json.

    Example: slowhand export 12 --out session-12
    """
    from slowhand.session.export import export as export_files

    with opened(db) as store:
        number = chosen(store, session_id)
        warm_up()
        with progress_bar(f"Session {number}") as tell:
            folder = out or Path(f"slowhand-session-{number}")
            files = export_files(store, number, folder, parquet=parquet, progress=tell)
    typer.echo(json.dumps([str(file) for file in files]) if as_json else "\n".join(map(str, files)))


@app.command()
def replay(
    session_id: SessionId = None,
    speed: Annotated[float, typer.Option(min=0.1, max=20, help="2 = twice as fast.")] = 1.0,
    http: Http = HTTP_DEFAULT,
    no_browser: NoBrowser = False,
    db: Database = None,
) -> None:
    """Show a recorded session on the live page again. Nothing is recorded.

    Example: slowhand replay 12 --speed 2
    """
    from slowhand.live.page import listen, serve
    from slowhand.session.replay_session import ReplaySession

    where = address(http)
    listen(*where).close()
    warm_up()
    with opened(db) as store, ReplaySession(store, chosen(store, session_id), speed) as session:
        until = (lambda: session.state().finished) if no_browser else None
        serve(session, *where, open_browser=not no_browser, until=until,
              on_ready=lambda url: say.print(f"The session plays on {url}   (Ctrl-C ends it)"))


@contextlib.contextmanager
def opened(db: Path | None) -> Iterator[SessionStore]:
    """The session file, closed at the end."""
    from slowhand.session.store import SessionStore

    with contextlib.closing(SessionStore(db)) as store:
        yield store


def chosen(store: SessionStore, session_id: int | None) -> int:
    """The session that is meant; raises BadInputError when there is none at all."""
    number = session_id if session_id is not None else store.latest()
    if number is None:
        raise BadInputError(f"{store.path}: holds no session yet; record one with slowhand live")
    return number


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float], None]]:
    """A bar on the terminal that takes the share done."""
    with Progress(console=say, transient=True, disable=not say.is_terminal) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def played(store: SessionStore, session_id: int) -> Replayed:
    """A stored session, run again through this version's pipeline."""
    from slowhand.session.replay import replay

    warm_up()
    with progress_bar(f"Session {session_id}") as tell:
        return replay(store, session_id, progress=tell)


def smoothed_analysis(session: Replayed) -> Analysis:
    """What was found in a replayed session, places smoothed (strip mode; otherwise as it is)."""
    from slowhand.session.smoothing import can_be_smoothed, smoothed

    if not can_be_smoothed(session.analysis.setup):
        return session.analysis
    warm_up_smoother()
    anew = [event.detail["after_us"] for event in session.stored.events if event.kind == "start_over"]
    with progress_bar("Smoothing") as tell:
        return smoothed(session.analysis, session.raw, tell, [t_us for t_us in anew if t_us is not None])


def card_of(session: Replayed, store: SessionStore) -> ScoreCard | None:
    """The score card of a replayed session, beside an earlier one; None when no glove sent anything."""
    from slowhand.coach.score_card import score_card
    from slowhand.session.score import earlier_session

    facts = session.analysis.score
    return score_card(facts, earlier_session(store, session.stored.info.id)) if facts is not None else None


def show(files: list[Path], card: ScoreCard | None, as_json: bool) -> None:
    """The card for a person, the files for a person or a program."""
    if as_json:
        typer.echo(json.dumps({"files": list(map(str, files)), "score_card": card.as_dict() if card else None}))
        return
    if card is not None:
        from slowhand.cli.score_panel import score_panel

        say.print(score_panel(card), soft_wrap=False)   # words are wrapped, not cut
    typer.echo("\n".join(map(str, files)))


def draw_charts(session: Replayed, out: Path, smooth: bool = True, card: ScoreCard | None = None) -> list[Path]:
    """The charts of a replayed session, in the order to look at them, and the page that plays the hand."""
    from slowhand.review.charts import write_charts
    from slowhand.review.hand_view import write_hand_view
    from slowhand.review.record import record_of
    from slowhand.session.smoothing import in_words

    info = session.stored.info
    mode = session.analysis.setup.choice
    words = f"{when(info.started_at)}, {minutes(info.duration_s)}, {mode.mode.name.lower()} mode"
    analysis = smoothed_analysis(session) if smooth else session.analysis
    method = in_words(session.analysis, analysis)
    record = record_of(analysis, f"Back rub {info.id}", words, notes_of(session), method, card)
    charts, view = write_charts(record, out), write_hand_view(record, out)
    say.print(f"See the hand move on the back: open {view.name} in a browser (a double click will do; no network needed).")
    return [*charts, view]


def notes_of(session: Replayed) -> tuple[str, ...]:
    """What a person who looks at the charts should know besides."""
    notes = []
    if session.stored.info.ending.value == "interrupted":
        notes.append("the recording was cut off; it is whole up to its end here")
    if session.lost_frames or session.bad_frames:
        notes.append(f"{session.lost_frames} frames lost, {session.bad_frames} damaged on the way from the glove")
    times_us = [event.detail["after_us"] for event in session.stored.events if event.kind == "start_over"]
    begun_us = int(session.analysis.touch["t_us"][0]) if len(session.analysis.touch) else 0
    anew = ", ".join(minutes((after_us - begun_us) * 1e-6) for after_us in times_us if after_us is not None)
    if anew:
        notes.append(f"the start procedure was begun anew at {anew}")
    silent_s = session.analysis.without_feedback_s
    if silent_s > 0.0:
        notes.append(f"practice without feedback for {silent_s / 60:.1f} min: flags were found, and nothing was said")
    return tuple(notes)


def in_fields(info: SessionInfo) -> dict:
    return {
        "id": info.id, "started_at": datetime.fromtimestamp(info.started_at).astimezone().isoformat(),
        "duration_s": round(info.duration_s, 1), "ending": info.ending.value, "mode": info.setup.get("mode"),
        "strokes": info.strokes, "flags": info.flags, "wire_bytes": info.wire_bytes,
    }


def in_a_line(info: SessionInfo) -> str:
    ending = {"ended": "", "running": "  (running)", "interrupted": "  (cut off)"}[info.ending.value]
    return (f"{info.id:4}  {when(info.started_at)}  {minutes(info.duration_s):>7}  {info.setup.get('mode') or '-':6}"
            f"  {info.strokes:4} strokes  {info.flags:3} flags{ending}")


def when(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s).astimezone().strftime("%Y-%m-%d %H:%M")


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"
