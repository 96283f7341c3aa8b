"""Which flags belong to which strokes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slowhand.coach.flag import Flag
from slowhand.strokes.stroke import Stroke


def with_flags(strokes: Iterable[Stroke], flags: Sequence[Flag]) -> list[Stroke]:
    """The strokes with the kinds of the flags that overlap each, every kind once, in order of their start.

    Give it the last state of every flag, at the end: a flag may be raised after a stroke that it belongs to.
    """
    ordered = sorted(flags, key=lambda flag: flag.start_us)
    return [replace(stroke, flags=_kinds(stroke, ordered)) for stroke in strokes]


def _kinds(stroke: Stroke, flags: Sequence[Flag]) -> tuple[str, ...]:
    kinds = [
        flag.kind.value
        for flag in flags
        if flag.start_us < stroke.end_us and (flag.end_us is None or flag.end_us > stroke.start_us)
    ]
    return tuple(dict.fromkeys(kinds))
