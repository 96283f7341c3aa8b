"""`doctor`: what is there, what is missing, who answers; and the first start's compiling, done beforehand."""

from __future__ import annotations

import json
import platform
import shutil
import time
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any

import numpy as np
import typer

from slowhand.cli.app import app
from slowhand.cli.options import JsonFlag
from slowhand.errors import SlowhandError

LISTEN_S = 3.0
LIBRARIES = ("numpy", "scipy", "numba", "vqf", "pyserial", "nicegui", "matplotlib", "pydantic")
BUILD_TOOLS = {"avr-gcc": "gcc-avr", "avrdude": "avrdude"}


@app.command()
def doctor(
    port: Annotated[str | None, typer.Option(help="Ask this port for three seconds.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Look at libraries, ports and the glove, and prepare the first start.

    Example: slowhand doctor --port /dev/ttyUSB0
    """
    from slowhand.cli.ready import warm_up
    from slowhand.link.discovery import list_ports
    from slowhand.session.store import default_path

    found: dict[str, Any] = {
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "build_tools": {tool: bool(shutil.which(tool)) for tool in BUILD_TOOLS},
        "ports": [asdict(p) for p in list_ports()],
        "session_file": str(default_path()),
        "prepared_s": round(warm_up(), 1),
    }
    problem = None
    if port:
        try:
            found["glove"] = listen(port)
        except SlowhandError as error:
            problem = error
            found["glove"] = {"port": port, "problem": str(error)}
    typer.echo(json.dumps(found, indent=2) if as_json else in_words(found))
    if problem is not None:
        raise problem


def listen(port: str) -> dict[str, Any]:
    """Shake hands and listen for three seconds; raises LinkError and its leaves."""
    from slowhand.device import GloveDevice
    from slowhand.link.serial_port import SerialLink

    link, device = SerialLink(port), GloveDevice()
    link.open()
    blocks, status, end = [], None, None
    try:
        device.link_opened(time.monotonic())
        while end is None or time.monotonic() < end:
            output = device.feed(link.read(0.02), time.monotonic())
            link.write(device.poll(time.monotonic()))
            blocks.append(output.rows)
            status = output.statuses[-1] if output.statuses else status
            if end is None and len(output.rows):
                end = time.monotonic() + LISTEN_S
            problem = device.problem()
            if problem is not None:
                raise type(problem)(f"{port}: {problem}")
        device.stop()
        link.write(device.poll(time.monotonic()))
    finally:
        link.close()
    return describe(port, device, np.concatenate(blocks), status)


def describe(port: str, device: Any, rows: np.ndarray, status: Any) -> dict[str, Any]:
    """What three seconds of samples tell."""
    from slowhand.wire.messages_gen import Channels, Hand, StatusFaults

    hello = device.hello
    span_s = float(rows["t_us"][-1] - rows["t_us"][0]) / 1e6
    return {
        "port": port,
        "firmware": f"{hello.firmware_major}.{hello.firmware_minor}.{hello.firmware_patch}",
        "unit": hello.unit_id,
        "hand": Hand(hello.hand).name.lower(),
        "has": [bit.name.lower() for bit in Channels if hello.channels & bit],
        "rate_hz": round((len(rows) - 1) / span_s, 2) if span_s > 0 else None,
        "lost_frames": device.lost_frames,
        "bad_frames": device.bad_frames,
        "pads_least_most": [[int(a), int(b)] for a, b in zip(rows["pads"].min(0), rows["pads"].max(0), strict=True)],
        "faults": [bit.name.lower() for bit in StatusFaults if status and status.faults & bit],
        "supply_v": round(status.supply_mv / 1000, 2) if status else None,
    }


def in_words(found: dict[str, Any]) -> str:
    """The same for a person."""
    lines = [f"Python {found['python']}; " + ", ".join(f"{n} {v}" for n, v in found["libraries"].items())]
    lines.append(f"Kernels are compiled ({found['prepared_s']} s). Sessions go to {found['session_file']}")
    missing = [f"{tool} (Debian: {BUILD_TOOLS[tool]})" for tool, there in found["build_tools"].items() if not there]
    if missing:
        lines.append(f"Only for building and flashing the firmware, not installed: {', '.join(missing)}")
    lines.append("Ports:" if found["ports"] else "Ports: none found. Is the glove plugged in, and is it a data cable?")
    for p in found["ports"]:
        hint = f"{p['chip']}; may be a glove: slowhand doctor --port {p['path']}" if p["likely"] else p["description"]
        lines.append(f"  {p['path']}  {hint}")
    glove = found.get("glove")
    if glove and "problem" not in glove:
        lines.append(f"Glove {glove['unit']} on {glove['port']}: firmware {glove['firmware']}, {glove['hand']} hand, "
                     f"{glove['rate_hz']} Hz, {glove['lost_frames']} frames lost, {glove['bad_frames']} bad")
        lines.append(f"  has {', '.join(glove['has'])}; faults: {', '.join(glove['faults']) or 'none'}")
        lines.append("  pads, least and most count (press each while this listens): "
                     + " ".join(f"{k}:{a}-{b}" for k, (a, b) in enumerate(glove["pads_least_most"])))
    return "\n".join(lines)
