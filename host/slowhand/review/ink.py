"""The look of every chart: colours, words and small marks, so that one chart reads like the next."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#26282e"
QUIET = "#7b7f8a"
HAIR = "#d9d6cf"
PAPER = "#fbf9f5"
PACE = "#2b6c8f"
PRESSURE = "#7a4b8c"
SPINE = "#b0413e"
OK = "#e3efe6"
WARN = "#e0a030"
ALARM = "#c23b32"
UNKNOWN = "#b9b6b0"
UNKNOWN_HATCH = "////"
X_ALONE = "#8d7fc0"          # how far from the spine is known, the height on the back is not
X_ALONE_HATCH = "\\\\\\"

KIND_COLOURS = {"glide": "#2b6c8f", "knead": "#5a8f4e", "press": "#7a4b8c", "friction": "#b26a2c", "tap": "#5f6470",
                "unknown": "#b9b6b0"}
KIND_MARKS = {"glide": "o", "knead": "s", "press": "^", "friction": "D", "tap": "v", "unknown": "x"}
FLAG_WORDS = {
    "too_fast": "too fast",
    "spine_pressure": "spine",
    "neck_pressure": "neck",
    "kidney_pressure": "kidney",
    "sensitive_pressure": "sore place",
    "too_hard": "too hard",
    "too_fast_knead": "kneading too fast",
}


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty sheet with the house's paper colour."""
    return Figure(figsize=(width_in, height_in), facecolor=PAPER, layout="constrained")


def dress(ax: Axes, title: str, xlabel: str = "", ylabel: str = "") -> None:
    """Title at the left, quiet axes, hair-thin grid behind the data."""
    ax.set_facecolor("white")
    ax.set_title(title, loc="left", color=INK, fontsize=11, fontweight="bold")
    ax.set_xlabel(xlabel, color=INK, fontsize=9)
    ax.set_ylabel(ylabel, color=INK, fontsize=9)
    ax.tick_params(colors=QUIET, labelsize=8)
    ax.grid(True, color=HAIR, linewidth=0.5)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(HAIR)


def say_empty(ax: Axes, words: str) -> None:
    """Words in the middle of a chart that has nothing to show."""
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=QUIET, fontsize=10, wrap=True)
