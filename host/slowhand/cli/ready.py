"""The first start: compile what is compiled once, with a progress line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.progress import Progress

from slowhand.cli.app import say

if TYPE_CHECKING:
    from slowhand.coach.receiver import Receiver
    from slowhand.locate.strip import StripProfile
    from slowhand.sensing.profile import GloveProfile

NOTICEABLE_S = 1.0   # loading from the cache takes less; then there is nothing to tell


def warm_up(
    glove: GloveProfile | None = None, strip: StripProfile | None = None, receiver: Receiver | None = None
) -> float:
    """Compile every kernel of the pipeline, or load it from the cache; returns the seconds that it took.

    The profiles are those of the session (``None``: the nominal ones).
    """
    from slowhand.coach.receiver import load_receiver
    from slowhand.locate.locator import warm_up as warm_locator
    from slowhand.locate.strip import load_strip
    from slowhand.sensing.profile import load_glove
    from slowhand.session.pipeline import warm_up as warm_pipeline

    began = time.monotonic()
    with Progress(console=say, transient=True, disable=not say.is_terminal) as bar:
        task = bar.add_task("Preparing (the first start compiles the locator, once)", total=1.0)
        warm_locator(lambda what, share: bar.update(task, completed=0.8 * share, description=f"Preparing: {what}"))
        warm_pipeline(glove or load_glove(None), strip or load_strip(None), receiver or load_receiver(None))
    took = time.monotonic() - began
    if took > NOTICEABLE_S and not say.is_terminal:
        say.print(f"Prepared in {took:.0f} s.")
    return took


def warm_up_smoother() -> None:
    """Compile what only the review needs, or load it from the cache; `warm_up` comes first."""
    from slowhand.locate.smoother import prepare

    began = time.monotonic()
    with Progress(console=say, transient=True, disable=not say.is_terminal) as bar:
        task = bar.add_task("Preparing the review (the first one compiles its smoother, once)", total=1.0)
        prepare(lambda what, share: bar.update(task, completed=share, description=f"Preparing the review: {what}"))
    took = time.monotonic() - began
    if took > NOTICEABLE_S and not say.is_terminal:
        say.print(f"Prepared the review in {took:.0f} s.")
