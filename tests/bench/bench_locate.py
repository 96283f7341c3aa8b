"""How well, how honestly and how fast the locator finds the hand in simulation, each figure beside its bound.

    make bench-locate                                     ten fresh seeds of five minutes a condition
    make bench-locate ARGS="--markdown"                   and the tables of docs/locator.md at the end
    make bench-locate ARGS="--seeds 40 41 --conditions mixed harsh --seconds 120"

The default seeds are the quoted ones: leave them alone while tuning. Conditions are named singly or by group.
Only `locate_score.py` compares with the simulated truth; nothing under ``locate/`` sees it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable

from slowhand.locate.locator import warm_up
from slowhand.sim.hand import Hand
from tests.bench.locate_broad import broad_lines
from tests.bench.locate_conditions import GROUPS, JUDGED
from tests.bench.locate_cost import cost_lines
from tests.bench.locate_figures import Line, condition_lines, markdown
from tests.bench.locate_score import Score, locate, score, simulate

__all__ = ["CONDITIONS", "Score", "locate", "score", "simulate"]

QUOTED = list(range(9600, 9610))
SECONDS = 300.0
BRIEF = ["--seeds", "100", "101", "--seconds", "120", "--conditions", "ordinary", "absences"]  # within `make bench`

# What stands beside the simulated sessions, in order: title -> lines, from the seeds and the seconds of a session.
SECTIONS: dict[str, Callable[[list[int], float], list[Line]]] = {
    "Cost of a step": cost_lines,
    "Orientation without a strip (BROAD)": lambda seeds, seconds: broad_lines(),
}

# Arguments of `simulate` by name, for tests that want a single session.
CONDITIONS: dict[str, dict] = {
    "realistic": {},
    "left": {"hand": Hand(side="left")},
    "large": {"hand": Hand(scale=1.12)},
    "seated": {"posture": "seated"},
    "friendly": {"level": "friendly"},
    "motor": {"motor": True},
    "single": {"magnetometers": 1},
}


def judge(job: tuple[str, int, float]) -> tuple[str, int, Score]:
    """One session of a condition."""
    name, seed, seconds = job
    condition = JUDGED[name]
    sim = simulate(condition.script, seed, seconds, **condition.options)
    return name, seed, score(sim, *locate(sim))


def judge_all(names: list[str], seeds: list[int], seconds: float, processes: int) -> dict[str, list[Score]]:
    """Scores by condition, in the order of the seeds, with a progress line."""
    jobs = [(name, seed, seconds) for name in names for seed in seeds]
    scores: dict[tuple[str, int], Score] = {}
    began = time.monotonic()
    with multiprocessing.Pool(max(min(processes, len(jobs)), 1), initializer=warm_up) as pool:
        for name, seed, result in pool.imap_unordered(judge, jobs):
            scores[name, seed] = result
            if sys.stderr.isatty() or len(scores) % len(seeds) == 0:
                spent = time.monotonic() - began
                _progress(f"{len(scores)} of {len(jobs)} sessions in {spent:.0f} s; {name} {seed} is done")
    _progress("")
    return {name: [scores[name, seed] for seed in seeds] for name in names}


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


def _chosen(wanted: list[str]) -> list[str]:
    return [name for name, condition in JUDGED.items() if not wanted or name in wanted or condition.group in wanted]


def main(arguments: list[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    warm_up(lambda what, share: _progress(f"{what} {100 * share:.0f} %") if sys.stderr.isatty() else None)
    _progress("")
    results = judge_all(_chosen(asked.conditions), asked.seeds, asked.seconds, asked.processes)
    lines: dict[str, list[Line]] = {}
    for name, scores in results.items():
        condition = JUDGED[name]
        title = f"{condition.title} ({name}, {condition.group})"
        lines[title] = condition_lines(condition, scores)
        _print_lines(title, lines[title])
    more = {}
    for title, section in ({} if asked.only_sessions else SECTIONS).items():
        more[title] = section(asked.seeds, asked.seconds)
        _print_lines(title, more[title])
    _print_summary(lines | more, len(asked.seeds), asked.seconds)
    if asked.markdown:
        print("\n".join(["", f"<!-- {len(asked.seeds)} seeds from {asked.seeds[0]}, {asked.seconds:g} s each -->",
                         *markdown(results, more)]))


def _print_lines(title: str, lines: list[Line]) -> None:
    print(f"\n{title}\n  {'':<30s}{'median':>12s}{'worst':>12s}   must hold")
    for line in lines:
        print(line.text(), flush=True)


def _print_summary(lines: dict[str, list[Line]], seeds: int, seconds: float) -> None:
    judged = [(title, line) for title, group in lines.items() for line in group if line.holds is not None]
    missed = [(title, line) for title, line in judged if not line.holds]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} bounds hold ({seeds} seeds of {seconds:g} s a condition)")
    for title, line in missed:
        print(f"  MISSED  {title}: {line.label} {line.value}, must be {line.bound}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=QUOTED)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of one session")
    parser.add_argument("--conditions", nargs="+", default=[], choices=[*GROUPS, *JUDGED], metavar="NAME",
                        help=f"some of {', '.join(GROUPS)} (groups), {', '.join(JUDGED)}; all if none is named")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only-sessions", action="store_true", help="without cost and BROAD")
    parser.add_argument("--markdown", action="store_true", help="print the tables of docs/locator.md too")
    return parser


if __name__ == "__main__":
    main()
