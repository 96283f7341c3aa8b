"""A stroke's muscle and its way against the fibres, in words."""

from __future__ import annotations

from functools import cache

from slowhand.coach.atlas import shipped_atlas
from slowhand.strokes.stroke import Stroke

ALONG_DEG, ACROSS_DEG = 30.0, 60.0   # thirds of a right angle: the fibres are known to some 10-20 degrees


def muscle_words(stroke: Stroke) -> str | None:
    """"along erector spinae", as far as it is known: "over erector spinae"; None where not even the muscle is."""
    if stroke.muscle is None:
        return None
    words = _names().get(stroke.muscle, stroke.muscle.replace("_", " "))   # a session of another version's atlas
    if stroke.fibre_deg is None:
        return f"over {words}"
    if stroke.fibre_deg < ALONG_DEG:
        return f"along {words}"
    return f"{'across' if stroke.fibre_deg >= ACROSS_DEG else 'oblique to'} {words}"


@cache
def _names() -> dict[str, str]:
    return {muscle.name: muscle.words for muscle in shipped_atlas().muscle}
