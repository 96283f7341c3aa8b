"""`doctor`: what is there, what is missing, who answers; joint by joint; and the first start's compiling beforehand."""

from __future__ import annotations

import json
import platform
import shutil
import time
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import numpy as np
import typer

from slowhand.cli.app import app
from slowhand.cli.options import Glove, JsonFlag
from slowhand.errors import BadInputError, NotAGloveError, SlowhandError

LISTEN_S = 3.0
FIRST_SAMPLE_S = 8.0   # a board's boot loader takes two, three attempts to identify take three
LIBRARIES = ("numpy", "scipy", "numba", "vqf", "pyserial", "nicegui", "matplotlib", "pydantic")
OTHER_LOSSES = {
    "unknown_frames": "of an unknown type", "repeated_frames": "repeated",
    "orphan_fields": "field values without their sample", "disordered_samples": "samples out of order",
}
BUILD_TOOLS = {"avr-gcc": "gcc-avr", "avrdude": "avrdude"}


@app.command()
def doctor(
    port: Annotated[str | None, typer.Option(help="Ask this port for three seconds.")] = None,
    joints: Annotated[bool, typer.Option("--joints", help="Walk through every joint of the glove, with your help.")] = False,
    wait: Annotated[float, typer.Option(min=1, max=600, help="Seconds to wait at each joint.")] = 20.0,
    skip: Annotated[list[str] | None, typer.Option(help="A joint that this glove has not, such as field1.")] = None,
    glove: Glove = None,
    as_json: JsonFlag = False,
) -> None:
    """Look at libraries, ports and the glove, and prepare the first start; or look at every joint.

    Example: slowhand doctor --port /dev/ttyUSB0, then: slowhand doctor --port /dev/ttyUSB0 --joints
    """
    if joints:
        from slowhand.cli.doctor_joints import look_at_joints

        look_at_joints(port, wait, skip or [], glove, as_json)
        return
    if skip:
        raise BadInputError("--skip belongs to --joints: add --joints, or leave it out")
    look_around(port, as_json)


def look_around(port: str | None, as_json: bool) -> None:
    """Report everything, then raise what is wrong with the port, if anything is."""
    from slowhand.cli.ready import warm_up
    from slowhand.link.discovery import list_ports
    from slowhand.session.store import default_path

    found: dict[str, Any] = {
        "python": platform.python_version(),
        "libraries": {name: installed(name) for name in LIBRARIES},
        "build_tools": {tool: bool(shutil.which(tool)) for tool in BUILD_TOOLS},
        "ports": [asdict(p) for p in list_ports()],
        "session_file": str(default_path()),
    }
    problem = None
    if port:
        try:
            found["glove"] = listen(port)
        except SlowhandError as error:
            problem = error
            found["glove"] = {"port": port, "problem": str(error)}
    found["prepared_s"] = round(warm_up(), 1)
    typer.echo(json.dumps(found, indent=2) if as_json else in_words(found))
    if problem is not None:
        raise problem


def installed(library: str) -> str | None:
    """The version of a library; None when it is missing, which only a broken installation shows."""
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def listen(port: str) -> dict[str, Any]:
    """Shake hands and listen for three seconds; raises LinkError and its leaves."""
    from slowhand.device import GloveDevice
    from slowhand.link.serial_port import SerialLink

    link, device = SerialLink(port), GloveDevice()
    link.open()
    blocks: list[np.ndarray] = []
    status, end, give_up = None, None, time.monotonic() + FIRST_SAMPLE_S
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
            if end is None and time.monotonic() > give_up:
                raise NotAGloveError(f"{port}: {device.words}")
        device.stop()
        link.write(device.poll(time.monotonic()))
    finally:
        link.close()
    return describe(port, device, np.concatenate(blocks), status)


def describe(port: str, device: Any, rows: np.ndarray, status: Any) -> dict[str, Any]:
    """What three seconds of samples tell; what the glove did not say is None."""
    from slowhand.wire.messages_gen import StatusFaults

    span_s = float(rows["t_us"][-1] - rows["t_us"][0]) / 1e6
    return {
        "port": port,
        **who(device.hello),
        "rate_hz": round((len(rows) - 1) / span_s, 2) if span_s > 0 else None,
        **device.reception.all_losses(),
        "dropped_by_glove": status.frames_dropped if status else None,
        "pads_least_most": [[int(a), int(b)] for a, b in zip(rows["pads"].min(0), rows["pads"].max(0), strict=True)],
        "faults": bit_names(StatusFaults, status.faults) if status else None,
        "supply_v": round(status.supply_mv / 1000, 2) if status and status.supply_mv else None,
    }


def who(hello: Any) -> dict[str, Any]:
    """What a glove says of itself."""
    from slowhand.wire.messages_gen import Channels, Hand

    hand = Hand(hello.hand) if hello.hand in set(Hand) else Hand.UNKNOWN
    return {
        "firmware": f"{hello.firmware_major}.{hello.firmware_minor}.{hello.firmware_patch}",
        "unit": hello.unit_id,
        "hand": hand.name.lower(),
        "has": bit_names(Channels, hello.channels),
    }


def bit_names(bits: Any, value: int) -> list[str]:
    """Names of the bits that are set, lower case."""
    return [str(bit.name).lower() for bit in bits if value & bit]


def in_words(found: dict[str, Any]) -> str:
    """The same for a person."""
    lines = [f"Python {found['python']}; " + ", ".join(f"{n} {v or 'MISSING'}" for n, v in found["libraries"].items())]
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
        lines += glove_in_words(glove)
    return "\n".join(lines)


def glove_in_words(glove: dict[str, Any]) -> list[str]:
    """Lines about a glove that answered."""
    faults = "unknown" if glove["faults"] is None else ", ".join(glove["faults"]) or "none"
    supply = "unknown" if glove["supply_v"] is None else f"{glove['supply_v']} V"
    rate = "unknown rate" if glove["rate_hz"] is None else f"{glove['rate_hz']} Hz"
    dropped = glove["dropped_by_glove"]
    other = [f"{glove[name]} {words}" for name, words in OTHER_LOSSES.items() if glove[name]]
    other += [f"{dropped} frames that the glove could not send (this host or its port is too slow)"] if dropped else []
    return [
        f"Glove {glove['unit']:08x} on {glove['port']}: firmware {glove['firmware']}, {glove['hand']} hand, {rate}, "
        f"{glove['lost_frames']} frames lost, {glove['bad_frames']} bad"
        + "".join(f", {loss}" for loss in other),
        f"  has {', '.join(glove['has'])}; faults: {faults}; supply: {supply}",
        "  pads, least and most count (press each while this listens): "
        + " ".join(f"{k}:{a}-{b}" for k, (a, b) in enumerate(glove["pads_least_most"])),
        f"  every joint, one by one: slowhand doctor --port {glove['port']} --joints",
    ]
