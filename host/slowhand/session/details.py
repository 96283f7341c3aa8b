"""Strokes, flags and cues as JSON and back, exactly."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.strokes.stroke import Kind, Stroke


def to_json(thing: Stroke | Flag | Cue | dict[str, Any]) -> str:
    """One line of JSON; floats keep every bit.

    Raises:
        ValueError: a number in it is not finite.
    """
    return json.dumps(thing if isinstance(thing, dict) else asdict(thing), allow_nan=False)


def stroke_from(text: str) -> Stroke:
    """The stroke that `to_json` wrote."""
    fields = json.loads(text)
    return Stroke(**fields | {"kind": Kind(fields["kind"]), "flags": tuple(fields["flags"])})


def flag_from(text: str) -> Flag:
    """The flag that `to_json` wrote."""
    fields = json.loads(text)
    return Flag(**fields | {"kind": FlagKind(fields["kind"]), "severity": Severity(fields["severity"])})


def cue_from(text: str) -> Cue:
    """The cue that `to_json` wrote."""
    return Cue(**json.loads(text))
