"""`doctor --joints`: the walk on a real port, its prompts and its words."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import typer

from slowhand.cli.app import say
from slowhand.errors import BadInputError, JointError

MARKS = {True: "ok  ", False: "LOOK", None: "?   "}


def look_at_joints(port: str | None, wait_s: float, skip: list[str], glove: Path | None, as_json: bool) -> None:
    """Lead through every joint, print what it shows; raises JointError when one is not as it should be."""
    from slowhand.cli.doctor import who
    from slowhand.cli.joint_walk import JointWalk, all_checks
    from slowhand.cli.live import the_only_port
    from slowhand.device import GloveDevice
    from slowhand.link.serial_port import SerialLink
    from slowhand.sensing.profile import load_glove

    checks = all_checks(load_glove(glove))
    names = [check.joint for check in checks]
    for name in skip:
        if name not in names:
            raise BadInputError(f"--skip {name}: the joints are {', '.join(names)}")
    link, device = SerialLink(port or the_only_port()), GloveDevice()
    walk = JointWalk(link, device, time.monotonic, wait_s)
    link.open()
    try:
        findings = walk.run([c for c in checks if c.joint not in skip], ask=lambda words: say.print(words, markup=False),
                            found=lambda finding: None if as_json else typer.echo(in_words(finding)))
    finally:
        link.close()
    findings = [felt(finding) if finding.joint == "motor" and not as_json else finding for finding in findings]
    failed = [finding for finding in findings if finding.ok is False]
    unknown = [finding.joint for finding in findings if finding.ok is None]
    if as_json:
        report: dict[str, Any] = {"port": link.name, **who(device.hello), "ok": not (failed or unknown),
                                  "unknown": unknown, "skipped": skip,
                                  "joints": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(report, indent=2))
    if failed:
        raise JointError(f"{link.name}: {len(failed)} of {len(findings)} joints need a look ("
                         f"{', '.join(finding.joint for finding in failed)}); first, {failed[0].joint}: {failed[0].words}")
    if not as_json:
        left = f" Not known: {', '.join(unknown)}." if unknown else ""
        left += f" Not looked at: {', '.join(skip)}." if skip else ""
        typer.echo(f"No joint failed.{left}" if left else "Every joint is as it should be.")


def felt(finding: Any) -> Any:
    """Ask the person, after the link is closed: a question that waits would let samples be lost."""
    from slowhand.cli.joints import NOT_FELT

    if finding.ok is not True or not sys.stdin.isatty():
        return finding
    if typer.confirm("Did you feel the motor buzz?", default=True):
        return replace(finding, words="felt", seen=finding.seen | {"felt": True})
    answer = replace(finding, ok=False, words=NOT_FELT, seen=finding.seen | {"felt": False})
    typer.echo(in_words(answer))
    return answer


def in_words(finding: Any) -> str:
    """One line for a person."""
    return f"{MARKS[finding.ok]}  {finding.joint:7}  {finding.words}"
