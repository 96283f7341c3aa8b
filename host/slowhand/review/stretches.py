"""Which limits, which technique and which sore places held when: nothing is drawn as good by limits of another time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from slowhand.coach.judged import Judged
from slowhand.session.analyze import limit_steps

Value = TypeVar("Value")


@dataclass(frozen=True)
class Band:
    """Warn and alarm limit of one quantity, in the unit of its axis."""

    warn: float
    alarm: float


@dataclass(frozen=True)
class SorePlace:
    """A circle on the back, mm, with a limit of its own, N, and what it is called: "sore", "lighter", "stop"."""

    x_mm: float
    y_mm: float
    radius_mm: float
    max_n: float
    words: str = "sore"


@dataclass(frozen=True)
class Stretch:
    """From ``from_s`` to ``to_s`` of the session all was judged by these limits (a band per flag kind)."""

    from_s: float
    to_s: float
    limits: dict[str, Band]
    technique: str | None = None       # what the giver worked with, as it was told
    felt: bool = True                  # False: the pads did not press, so that no force and no pace is called good
    places: tuple[SorePlace, ...] = ()


def stretches_of(judged: Sequence[Judged], start_us: int, duration_s: float) -> tuple[Stretch, ...]:
    """The stretches of a session that began at ``start_us`` (device time); what was told after its last row has no length."""
    begins = [0.0]
    begins += [duration_s if it.from_us is None else (it.from_us - start_us) / 1e6 for it in judged[1:]]
    ends = [*begins[1:], duration_s]
    return tuple(
        Stretch(
            begin, end, {kind: Band(step["warn"], step["alarm"]) for kind, step in limit_steps(it.limits).items()},
            it.technique, it.felt,
            tuple(SorePlace(at.x_mm, at.y_mm, at.radius_mm, at.max_n, words) for at, words in it.places),
        )
        for it, begin, end in zip(judged, begins, ends, strict=False)
    )


def runs(stretches: Sequence[Stretch], of: Callable[[Stretch], Value]) -> list[tuple[float, float, Value]]:
    """Begin, end (s) and value of each run of stretches in which ``of`` is the same; at least one.

    A stretch without any length is left out, unless there is no other.
    """
    found: list[tuple[float, float, Value]] = []
    for stretch in [it for it in stretches if it.to_s > it.from_s] or stretches[-1:]:
        value = of(stretch)
        if found and found[-1][2] == value:
            found[-1] = (found[-1][0], stretch.to_s, value)
        else:
            found.append((stretch.from_s, stretch.to_s, value))
    return found


def unfelt_between(stretches: Sequence[Stretch], from_s: float, to_s: float) -> bool:
    """Whether the giver worked with what the pads do not feel, for some of that time."""
    return any(not it.felt and it.from_s < to_s and from_s < it.to_s for it in stretches)


def place_times(stretches: Sequence[Stretch]) -> list[tuple[SorePlace, float, float | None]]:
    """Each sore place with the time for which it held, s; ``None``: to the end, and beyond it."""
    found: list[tuple[SorePlace, float, float | None]] = []
    held: dict[SorePlace, float] = {}
    for stretch in stretches:
        found += [(place, since, stretch.from_s) for place, since in held.items() if place not in stretch.places]
        held = {place: held.get(place, stretch.from_s) for place in stretch.places}
    return sorted([*found, *((place, since, None) for place, since in held.items())], key=lambda it: it[1])
