"""What the glove is told after every block of rows: the thresholds of its reflex, and the buzzes."""

from __future__ import annotations

from slowhand.device import GloveDevice
from slowhand.session.results import Results
from slowhand.session.stream import Stream
from slowhand.wire.messages_gen import CuePattern


def answer_glove(device: GloveDevice, stream: Stream, results: Results) -> None:
    """Send what ``results`` of ``stream`` ask for.

    Of thresholds only changes are told; a glove that came back needs those of now although they are as they were.
    """
    if results.limits:
        stream.thresholds = results.limits[-1].pad_counts
    if stream.thresholds and (results.limits or not device.holds_limits):
        counts = stream.thresholds
        device.limits((counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]))
    for cue in results.cues:
        if cue.pattern != CuePattern.NONE:   # a line on the page alone
            device.cue(cue.pattern, cue.strength)
