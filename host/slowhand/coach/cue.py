"""What the giver is told, and what the glove is told to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """One thing said to the giver: a buzz pattern in the glove and one line on the page."""

    t_us: int
    kind: str        # a FlagKind's value, or "pace"
    severity: str    # "warn", "alarm" or "info"
    pattern: int     # wire CuePattern
    strength: int    # 0..255
    text: str        # "Slower.", "Lighter near the spine."


@dataclass(frozen=True)
class ReflexLimits:
    """Thresholds for the glove's own reflex at the place where the hand is now."""

    t_us: int
    zone: str                    # "spine", "neck", "kidney", "sensitive", "open", "unknown"
    pad_counts: tuple[int, ...]  # six; 65535 = none
