"""Strokes and flags of simulated sessions against what really happened in them, each figure beside its bound.

    make bench-coach                                     twenty fresh seeds of every kind of session; some ten minutes
    make bench-coach ARGS="--markdown"                   and the tables of docs/coach.md at the end
    make bench-coach ARGS="--seeds 20 21 --only flags mixed reflex"

Sensor noise, errors of calibration and the locator's own are in the loop. The default seeds are the quoted ones:
leave them alone while tuning (1-199 are for that). Only `tests/integration/coach_score.py` sees the truth.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable

import numpy as np

from slowhand.locate.locator import warm_up
from slowhand.locate.pose import Mode
from slowhand.sim.simulation import SimOutput, Simulation
from tests.bench.coach_conditions import JUDGED
from tests.bench.coach_cost import cost_lines
from tests.bench.coach_figures import (
    ASKED_EXCUSE,
    Results,
    Tally,
    calm_lines,
    condition_lines,
    excuse_lines,
    flag_lines,
    pooled,
    sigma_lines,
    stroke_lines,
    unknown_lines,
)
from tests.bench.coach_reflex import reflex_lines
from tests.bench.locate_figures import Line
from tests.integration.coach_score import score_flags, score_strokes, stated_mm
from tests.integration.coach_truth import judged_flags, judged_strokes, taps_of, touches_from_sensors

QUOTED = list(range(3100, 3120))
BRIEF = ["--seeds", "20", "21", "--only", "flags", "limits", "mixed", "cost"]   # within `make bench`
TAPPED = "zones tapped"
MODES = {Mode.STRIP: "strip mode", Mode.MOTION: "motion mode (no strip)", Mode.FORCE: "force mode (pads only)"}
# What stands beside the sessions: name -> title and lines, from the seeds.
SECTIONS: dict[str, tuple[str, Callable[[list[int]], list[Line]]]] = {
    "reflex": ("In the glove, by reflex (the firmware in the emulator)", reflex_lines),
    "cost": ("Cost", cost_lines),
}


def judge(job: tuple[str, int, float | None]) -> tuple[str, dict[Mode, Tally]]:
    """One session of a condition, in each of its modes."""
    name, seed, seconds = job
    condition = JUDGED[name]
    out = Simulation(condition.script, seed, seconds or condition.seconds, **condition.options).run()
    return name, {mode: tally(out, mode) for mode in condition.modes}


def tally(out: SimOutput, mode: Mode) -> Tally:
    """Run one session through the pipeline and hold it against its truth."""
    touch = touches_from_sensors(out, mode)
    flags, cues = judged_flags(out, touch, mode)
    excuses: dict[str, float | np.ndarray] = {
        "none": 0.0, "two sigma": stated_mm(touch, 2.0), "four sigma": stated_mm(touch, 4.0), "5 mm": 5.0, "10 mm": 10.0,
    }
    scored = {excuse: score_flags(out, touch, flags, mm) for excuse, mm in excuses.items()}
    if mode is not Mode.STRIP:
        tapped, _ = judged_flags(out, touch, mode, taps_of(out))
        scored[TAPPED] = score_flags(out, touch, tapped)
    contact = touch["contact"] & (touch["t_us"] >= out.start_us)
    step_s = 1.0 / out.rate_hz
    return Tally(
        scored, score_strokes(out, judged_strokes(out, touch)), len(touch) * step_s / 60.0,
        sum(score.wrong for score in scored[ASKED_EXCUSE].values()), sum(score.wrong for score in scored["none"].values()),
        len(cues), float(contact.sum() * step_s),
        float((contact & ~touch["located"]).sum() * step_s),
        float((contact & np.isnan(touch["speed_cm_s"])).sum() * step_s),
    )


def judge_all(names: list[str], seeds: list[int], seconds: float | None, processes: int) -> Results:
    """Every condition over all seeds, with a progress line."""
    jobs = [(name, seed, seconds) for name in names for seed in seeds]
    if not jobs:
        return {}
    results: Results = {(name, mode): Tally() for name in names for mode in JUDGED[name].modes}
    began = time.monotonic()
    with multiprocessing.Pool(max(min(processes, len(jobs)), 1), initializer=warm_up) as pool:
        for done, (name, found) in enumerate(pool.imap(judge, jobs), 1):   # in order: sums come out the same to the bit
            for mode, part in found.items():
                results[name, mode].add(part)
            if sys.stderr.isatty() or done % len(seeds) == 0:
                _progress(f"{done} of {len(jobs)} sessions in {time.monotonic() - began:.0f} s; {name}")
    _progress("")
    return results


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


def groups(results: Results) -> dict[str, list[Line]]:
    """The figures by title, in the order in which they are read."""
    out: dict[str, list[Line]] = {}
    if not results:
        return out
    whole = pooled(results)
    if whole.minutes:
        out["Flags, strip mode"] = flag_lines(whole)
        out["Precision of zones by how far off a place may be"] = excuse_lines(whole)
        if ("calm", Mode.STRIP) in results:
            out["Calm sessions, strip mode"] = calm_lines(results["calm", Mode.STRIP])
        out["Strokes, strip mode"] = stroke_lines(whole.strokes)
        out["Stated uncertainty, strip mode"] = sigma_lines(whole.strokes)
        out["Unknown, strip mode"] = unknown_lines(whole)
        out["By session, strip mode"] = condition_lines(results, Mode.STRIP)
    for mode in (Mode.MOTION, Mode.FORCE):
        tally = pooled(results, mode)
        if tally.minutes:
            out[f"Flags, {MODES[mode]}"] = flag_lines(tally, judged=False, excuse="none")
            out[f"Flags, {MODES[mode]}, every zone tapped in time"] = flag_lines(tally, judged=False, excuse=TAPPED)
            out[f"Strokes, {MODES[mode]}"] = [
                *stroke_lines(tally.strokes, judged=False), *sigma_lines(tally.strokes, judged=False), *unknown_lines(tally)
            ]
            if ("calm", mode) in results:
                calm = results["calm", mode]
                out[f"Calm sessions, {MODES[mode]}"] = [
                    Line("flags", str(sum(s.right + s.near + s.wrong for s in calm.flags["none"].values())),
                         f"in {calm.minutes:.0f} min")
                ]
    beside = pooled(results, beside=True)
    if beside.minutes:
        out["Beside, without bounds: flags"] = flag_lines(beside, judged=False)
    return out


def main(arguments: list[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    warm_up(lambda what, share: _progress(f"{what} {100 * share:.0f} %") if sys.stderr.isatty() else None)
    _progress("")
    wanted = asked.only or [*JUDGED, *SECTIONS]
    results = judge_all([name for name in JUDGED if name in wanted], asked.seeds, asked.seconds, asked.processes)
    lines = groups(results)
    for title, part in lines.items():
        _print_lines(title, part)
    for name, (title, section) in SECTIONS.items():
        if name in wanted:
            lines[title] = section(asked.seeds)
            _print_lines(title, lines[title])
    _print_summary(lines, len(asked.seeds))
    if asked.markdown:
        print("\n".join(["", f"<!-- {len(asked.seeds)} seeds from {asked.seeds[0]} -->", *markdown(lines)]))


def _print_lines(title: str, lines: list[Line]) -> None:
    print(f"\n{title}")
    for line in lines:
        verdict = {None: "", True: "ok", False: "MISSED"}[line.holds]
        print(f"  {line.label:<48s} {line.value:<14s} {line.worst:<24s} {line.bound:<12s} {verdict}".rstrip(), flush=True)


def _print_summary(lines: dict[str, list[Line]], seeds: int) -> None:
    judged = [(title, line) for title, group in lines.items() for line in group if line.holds is not None]
    missed = [(title, line) for title, line in judged if not line.holds]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} bounds hold ({seeds} seeds)")
    for title, line in missed:
        print(f"  MISSED  {title}: {line.label} {line.value}, must be {line.bound}")


def markdown(lines: dict[str, list[Line]]) -> list[str]:
    """The tables of `docs/coach.md`; what missed its bound in bold."""
    out: list[str] = []
    for title, group in lines.items():
        out += ["", f"**{title}**", "", "|  |  |  | must hold |", "| --- | --- | --- | --- |"]
        for line in group:
            value = f"**{line.value}**" if line.holds is False else line.value
            out.append(f"| {line.label} | {value} | {line.worst} | {line.bound} |")
    return out


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=QUOTED)
    parser.add_argument("--seconds", type=float, help="of one session; each kind has its own if this is not given")
    parser.add_argument("--only", nargs="+", default=[], choices=[*JUDGED, *SECTIONS], metavar="NAME",
                        help=f"some of {', '.join(JUDGED)} (sessions), {', '.join(SECTIONS)}")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--markdown", action="store_true", help="print the tables of docs/coach.md too")
    return parser


if __name__ == "__main__":
    main()
