"""`calibrate`: measure what a glove's motion sensor and magnetometers are off by, and write its glove.toml."""

from __future__ import annotations

import datetime
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.progress import Progress

import slowhand
from slowhand.cli.app import app, say
from slowhand.cli.options import Glove, JsonFlag
from slowhand.errors import BadInputError, CalibrationError

if TYPE_CHECKING:
    from slowhand.device import GloveDevice
    from slowhand.link.contract import Link
    from slowhand.sensing.profile import GloveProfile
    from slowhand_calibration.glove_fit import GloveFit

STILL_SLACK_S = 20.0     # beyond --seconds, until the glove lies still
SAY_EVERY_S = 5.0        # where there is no screen to show progress on


class Side(StrEnum):
    RIGHT = "right"
    LEFT = "left"


@app.command()
def calibrate(
    out: Annotated[Path, typer.Option("--out", help="The glove.toml to write.")],
    port: Annotated[str | None, typer.Option(help="Serial port or pyserial URL (default: the only glove).")] = None,
    raw: Annotated[Path | None, typer.Option(help="A recorded tumble (raw log) instead of a glove.")] = None,
    glove: Glove = None,
    seconds: Annotated[float, typer.Option(min=10, max=600, help="Of lying still (5 s) and turning about.")] = 40.0,
    hand: Annotated[Side | None, typer.Option(help="Without --glove: whose nominal pads (default: as it says).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Find the bias of gyroscope and accelerometer and the iron near the magnetometers, and write a glove.toml.

    Pads and positions are taken over from --glove, or are the nominal ones.

    Example: slowhand calibrate --port /dev/ttyUSB0 --out my-glove.toml
    """
    from slowhand.cli.tumble import recording_of
    from slowhand.sensing.profile import load_glove

    check_place(out, force)
    if raw is not None and port is not None:
        raise BadInputError("--raw and --port: give one of them, a recorded tumble or a glove")
    base = load_glove(glove) if glove else None
    if raw is not None:
        rows, said, where = recorded(raw), Side.RIGHT, str(raw)
    else:
        rows, said, where = record(port, seconds)
    base = base or load_glove(None, (hand or said).value)
    from slowhand_calibration.glove_fit import CalibrationRefusedError, fit_glove

    try:
        fit = fit_glove(recording_of(rows))
    except (CalibrationRefusedError, CalibrationError) as error:
        raise CalibrationError(f"{where}: not calibrated: {error}") from error
    report = report_of(fit, where, out)
    save(out, with_fit(base, fit, exact=glove is not None), in_words(report), force)
    typer.echo(json.dumps(report, indent=2) if as_json else "\n".join(in_words(report)))
    if not as_json:
        typer.echo(f"Written to {out}. Use it: slowhand live --glove {out} --strip nominal")


def check_place(out: Path, force: bool) -> None:
    """Raises BadInputError before anybody has turned a hand for nothing."""
    if out.is_dir():
        raise BadInputError(f"--out {out}: is a folder; give the name of the file to write")
    if out.exists() and not force:
        raise BadInputError(f"--out {out}: is there already; choose another name, or --force to overwrite it")
    if not os.access(out.parent, os.W_OK):
        raise BadInputError(f"--out {out}: cannot write into {out.parent}; choose another folder")


def recorded(raw: Path) -> np.ndarray:
    """Rows of a raw log; raises BadInputError."""
    from slowhand.session.rawlog import read_raw_log

    return read_raw_log(raw).rows


def record(port: str | None, seconds: float) -> tuple[np.ndarray, Side, str]:
    """Rows of a glove that its owner turns about, its side and its port; raises LinkError and its leaves."""
    from slowhand.cli.live import the_only_port
    from slowhand.device import GloveDevice
    from slowhand.link.serial_port import SerialLink
    from slowhand.wire.messages_gen import Hand

    link, device = SerialLink(port or the_only_port()), GloveDevice()
    link.open()
    try:
        rows = lead(link, device, seconds, time.monotonic)
    finally:
        link.close()
    left = device.hello is not None and device.hello.hand == Hand.LEFT
    return rows, Side.LEFT if left else Side.RIGHT, link.name


def lead(link: Link, device: GloveDevice, seconds: float, clock: Callable[[], float]) -> np.ndarray:
    """Lead through both steps; RAW_DTYPE rows. Raises CalibrationError when one was not done."""
    from slowhand.cli.joint_walk import JointWalk
    from slowhand.cli.tumble import LieStill, TurnAbout
    from slowhand_calibration.rest import STILL_S

    last_said = [seconds]
    with Progress(console=say, transient=True, disable=not say.is_terminal) as bar:
        task = bar.add_task("Lie still", total=1.0, visible=False)

        def shown(share: float, left_s: float) -> None:
            words = f"directions seen: {100 * share:.0f} %, {left_s:.0f} s left"
            bar.update(task, completed=share, description=words, visible=True)
            if not say.is_terminal and (last_said[0] - left_s >= SAY_EVERY_S or left_s == 0):
                last_said[0] = left_s
                say.print(f"  {words}")

        still = LieStill()
        turn = TurnAbout(still, seconds - STILL_S, shown)
        walk = JointWalk(link, device, clock, seconds + STILL_SLACK_S)
        findings = walk.run([still, turn], ask=lambda words: say.print(words, markup=False), found=lambda finding: None)
    for finding in findings:
        if finding.ok is False and finding.joint in (still.joint, turn.joint):
            raise CalibrationError(f"{link.name}: not calibrated: {finding.words}")
        if finding.ok is False:
            say.print(f"Note: {finding.words}", markup=False)
    return turn.rows()


def with_fit(base: GloveProfile, fit: GloveFit, exact: bool) -> GloveProfile:
    """The profile with what was found; what is not known stays as it was.

    ``exact``: ``base`` describes this very glove, so that a magnetometer which it has must have answered. Raises
    CalibrationError.
    """
    if len(fit.fields) < len(base.magnetometer) and exact:
        raise CalibrationError(f"{base.name}: has {len(base.magnetometer)} magnetometers, but {len(fit.fields)} said "
                               "something: look at its wires with slowhand doctor --joints")
    if len(fit.fields) > len(base.magnetometer):
        raise CalibrationError(f"{base.name}: lacks a [[magnetometer]] that this glove has: add it, with its position_mm")
    motion: dict[str, Any] = {"gyro_bias": _rounded(fit.gyro_bias, 6)}
    if fit.accel.bias is not None:
        motion["accel_bias"] = _rounded(fit.accel.bias, 4)
    chips = tuple(
        chip.model_copy(update={"hard_iron_ut": _rounded(found.hard_iron_ut, 3),
                                "soft_iron": tuple(_rounded(row, 5) for row in found.soft_iron)})
        for chip, found in zip(base.magnetometer, fit.fields, strict=False)
    )
    return base.model_copy(update={"name": base.name.replace("nominal", "calibrated"),
                                   "motion": base.motion.model_copy(update=motion), "magnetometer": chips})


def report_of(fit: GloveFit, where: str, out: Path) -> dict[str, Any]:
    """All figures, for a program."""
    return {
        "source": where,
        "file": str(out),
        "gyro_bias_rad_s": _rounded(fit.gyro_bias, 6),
        "accel_bias_m_s2": None if fit.accel.bias is None else _rounded(fit.accel.bias, 4),
        "accel_words": fit.accel.words,
        "magnetometers": [
            {"hard_iron_ut": _rounded(f.hard_iron_ut, 3), "sigma_ut": round(f.hard_iron_sigma_ut, 3),
             "soft_iron": [_rounded(row, 5) for row in f.soft_iron], "shape": "ellipsoid" if f.ellipsoid else "sphere",
             "strength_ut": round(f.strength_ut, 2), "residual_ut": round(f.residual_ut, 3),
             "coverage": round(f.coverage, 3), "outliers": round(f.outliers, 3), "readings": f.readings}
            for f in fit.fields
        ],
        "agreement": {k: round(v, 3) for k, v in asdict(fit.agreement).items()} if fit.agreement else None,
    }


def in_words(report: dict[str, Any]) -> list[str]:
    """The same for a person, and for the file's head."""
    accel = report["accel_bias_m_s2"]
    lines = [f"Gyroscope: bias {list(report['gyro_bias_rad_s'])} rad/s",
             f"Accelerometer: bias {list(accel)} m/s2, {report['accel_words']}" if accel else
             f"Accelerometer: bias left as it was, {report['accel_words']}"]
    for k, found in enumerate(report["magnetometers"]):
        lines.append(
            f"Magnetometer {k}: hard iron {list(found['hard_iron_ut'])} uT (+-{found['sigma_ut']:.2f}), a {found['shape']}; "
            f"residual {found['residual_ut']:.2f} uT, {100 * found['coverage']:.0f} % of directions seen, "
            f"field {found['strength_ut']:.1f} uT (plausible: the earth's is 25-65 uT)"
        )
    together = report["agreement"]
    if together is None:
        lines.append("One magnetometer only: the place will be known less well")
    else:
        apart = 100 * (together["strength_ratio"] - 1)
        lines.append(f"The magnetometers agree within {together['difference_ut']:.1f} uT (RMS); turned against each other by "
                     f"{together['turn_deg']:.1f} degrees; strengths differ by {apart:+.1f} %")
    return lines


def save(out: Path, glove: GloveProfile, figures: list[str], force: bool) -> None:
    """Write the file whole or not at all; raises BadInputError."""
    from slowhand.cli.glove_file import glove_text

    day = datetime.datetime.now().astimezone().date().isoformat()
    head = [f"Calibrated on {day} by slowhand {slowhand.__version__}. Pads and positions are as they were before.", *figures]
    draft = out.with_name(f".{out.name}.unfinished")
    try:
        draft.write_text(glove_text(glove, head), encoding="utf-8")
        check_place(out, force)   # somebody may have put a file there while the hand was turned
        draft.replace(out)
    except OSError as error:
        raise BadInputError(f"--out {out}: cannot be written ({error.strerror or type(error).__name__})") from error
    finally:
        draft.unlink(missing_ok=True)


def _rounded(values: np.ndarray, digits: int) -> tuple[float, ...]:
    return tuple(round(float(v), digits) + 0.0 for v in values)
