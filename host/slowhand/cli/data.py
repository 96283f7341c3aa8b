"""`analyze`: a raw log in, tables out. A public interface for researchers."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from slowhand.cli.app import app, say
from slowhand.cli.options import Glove, JsonFlag, Receiver, Strip


@app.command()
def analyze(
    raw: Annotated[Path, typer.Argument(help="Raw log (.csv): docs/formats.md has the columns.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; made if missing.")],
    glove: Glove = None,
    strip: Strip = None,
    receiver: Receiver = None,
    smooth: Annotated[bool, typer.Option("--smooth", help="Track and strokes also use what was felt later.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run the whole pipeline over a raw log: track.csv, strokes.csv, flags.csv, summary.json.

    Example: slowhand analyze raw.csv --strip strip.toml --receiver anna.toml --out results
    """
    from slowhand.cli.ready import warm_up, warm_up_smoother
    from slowhand.session.analyze import analyze as analyze_files

    bar = Progress(console=say, transient=True, disable=not say.is_terminal)
    task = bar.add_task("Analysing", total=1.0)
    with ExitStack() as shown:

        def prepare() -> None:
            if strip is not None:
                warm_up()
                if smooth:
                    warm_up_smoother()
            shown.enter_context(bar)  # only now: a screen shows one bar at a time

        summary = analyze_files(
            raw, glove, strip, receiver, out, lambda share: bar.update(task, completed=share), prepare, smooth
        )
    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(in_words(summary))
    typer.echo(f"Results are in {out}")


def in_words(summary: dict) -> str:
    """Two lines about an analysis."""
    share = summary["located_share_of_contact"]
    known = f", place known in {100 * share:.0f} % of the contact" if share is not None else ""
    x_alone = summary["x_alone_share_of_contact"]
    known += f" (x alone in {100 * x_alone:.0f} %)" if x_alone else ""
    flags = ", ".join(f"{n} {kind}" for kind, n in summary["flags_by_kind"].items()) or "none"
    how = ", smoothed" if summary["smoothed"] else ""
    return (
        f"{summary['mode']} mode ({summary['mode_reason']}{how}): {summary['duration_s']:.1f} s, "
        f"{summary['contact_s']:.1f} s in contact{known}\n{summary['strokes']} strokes; flags: {flags}"
    )
