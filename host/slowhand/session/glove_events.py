"""What a glove's own events are called in a session."""

from __future__ import annotations

from typing import Any

from slowhand.device import GloveEvent
from slowhand.wire.messages_gen import EventKind


def as_recorded(event: GloveEvent) -> tuple[str, dict[str, Any]]:
    """Kind and detail; a kind that this version does not know keeps its number."""
    known = event.kind in EventKind.__members__.values()
    kind = EventKind(event.kind).name.lower() if known else f"glove_event_{event.kind}"
    return kind, {"t_us": event.t_us, "pad": event.pad, "count": event.count, "limit": event.limit}
