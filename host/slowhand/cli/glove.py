"""`simulate`: a glove for machines without one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from slowhand.cli.app import app, say
from slowhand.cli.options import JsonFlag


@app.command()
def simulate(
    script: Annotated[str, typer.Option(help="What the simulated giver does: see --list.")] = "demo",
    seconds: Annotated[float, typer.Option(min=15, max=3600, help="Length of the back rub.")] = 120.0,
    seed: Annotated[int, typer.Option(help="Another number, another back rub.")] = 1,
    link: Annotated[Path | None, typer.Option(help="A name for the port, the same after unplugging.")] = None,
    level: Annotated[str, typer.Option(help="friendly, realistic or harsh: how faulty sensors and body are.")] = "realistic",
    as_json: JsonFlag = False,
    list_scripts: Annotated[bool, typer.Option("--list", help="Name the scripts and end.")] = False,
) -> None:
    """A simulated glove on a pseudo-terminal that speaks the wire like a real one.

    Example: slowhand simulate --link /tmp/glove, then in another window: slowhand live --port /tmp/glove
    """
    from slowhand.sim.glove import SimulatedGlove
    from slowhand.sim.scripts import SCRIPTS
    from slowhand.sim.simulation import Simulation

    if list_scripts:
        typer.echo("\n".join(sorted(SCRIPTS)))
        return
    say.print(f"Working out {seconds:g} s of '{script}' ...")
    run = Simulation(script, seed=seed, duration_s=seconds, level=level).run()
    with SimulatedGlove.from_run(run, link=link) as glove:
        typer.echo(json.dumps({"port": glove.port, "script": script, "seed": seed}) if as_json else glove.port)
        say.print("The hand begins to move when a host starts the stream. Ctrl-C pulls the cable for good.")
        try:
            while not glove.finished:
                time.sleep(0.2)
            time.sleep(1.0)  # the host reads what is under way
        except KeyboardInterrupt:
            pass
    dropped = f"; {glove.frames_dropped} frames dropped: the host did not read" if glove.frames_dropped else ""
    say.print(f"Played to its end{dropped}." if glove.finished else f"Stopped{dropped}.")
