"""What the giver does in a run: scripts from a calm back rub to one that breaks every limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from slowhand.sim.around_limits import around_limits, cadences
from slowhand.sim.bad_habits import HABITS, bad_plan
from slowhand.sim.body import Body
from slowhand.sim.choreography import Choreography, Plan, technique_shares
from slowhand.sim.hand import Hand, Program
from slowhand.sim.pulse_follower import with_pulse
from slowhand.sim.whole_routine import whole_routine

Script = Callable[[Choreography], None]

REGIONS = ("shoulders", "upper", "middle", "lower", "sacrum", "neck")
# share of the back length
_SPAN = {"neck": (-0.16, -0.03), "shoulders": (0.02, 0.18), "upper": (0.18, 0.45), "middle": (0.45, 0.70),
         "lower": (0.70, 1.0), "sacrum": (1.0, 1.12)}


def make_program(script: str, hand: Hand, body: Body, rng: np.random.Generator, duration_s: float,
                 rate_hz: float = 200.0, slip_mm: float = 3.0, turn_deg: float = 2.0,
                 unsteady: float = 0.06) -> Program:
    """Run one of `SCRIPTS` for ``duration_s`` seconds."""
    stage = Choreography(hand, body, rng, duration_s, rate_hz)
    short = duration_s < 45
    away, travel, rest = (2.2, 1.0, 2.25) if short else (2.8, 1.6, 2.8)
    stage.start_procedure(away, travel, rest, slip_mm=slip_mm, turn_deg=turn_deg)
    SCRIPTS[script](stage)
    return stage.finish(unsteady)


def loads(stage: Choreography, plan: Plan) -> dict[str, float]:
    """Largest force in N that a plan would put on each zone, with 12 mm to spare at every edge."""
    shares = technique_shares(plan.technique)
    levers = stage.hand.levers - shares @ stage.hand.levers
    yaw = np.radians(plan.heading_deg) + np.pi / 2
    turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
    pads = levers[:, :2] @ turn.T * 1000.0
    course = np.linspace(plan.start_mm, plan.end_mm, 25)
    if plan.kind in ("knead", "friction"):
        around = 2 * np.pi * np.arange(8) / 8
        ring = plan.radius_mm * np.stack([np.sin(around), np.cos(around)], axis=1)
        course = (course[:, None] + ring).reshape(-1, 2)
        course = course + np.array([0.0, plan.radius_mm * 0.85])
    if plan.bow_mm:
        aside = np.array([plan.bow_mm, 0.0])
        course = np.concatenate([course, course + aside, course - aside])
    x, y = (course[:, None, :] + pads)[..., 0], (course[:, None, :] + pads)[..., 1]
    length, spare, force = stage.body.back_length_mm, 12.0, plan.force_n * shares
    inside = {
        "spine": (np.abs(x) <= 20 + spare) & (y > -spare) & (y < length + spare),
        "neck": (y < spare) & (np.abs(x) <= 60 + spare),
        "kidney": (np.abs(x) > 25 - spare) & (np.abs(x) < 95 + spare)
        & (y > 0.5 * length - spare) & (y < 0.845 * length + spare),
        "total": np.ones_like(x, bool),
    }
    for k, sore in enumerate(stage.body.sensitive):
        inside[f"sore{k}"] = np.hypot(x - sore.x_mm, y - sore.y_mm) <= sore.radius_mm + spare
    return {k: float((v * force).sum(axis=1).max()) for k, v in inside.items()}


def soften(stage: Choreography, plan: Plan) -> Plan:
    """The same stroke with a force that keeps well within every limit."""
    room = {"spine": 3.0, "neck": 3.0, "kidney": 14.0, "total": 42.0}
    room |= {f"sore{k}": 0.6 * s.max_n for k, s in enumerate(stage.body.sensitive)}
    share = min(1.0, *(room[k] / v for k, v in loads(stage, plan).items() if v > 0))
    return replace(plan, force_n=plan.force_n * share)


def any_plan(stage: Choreography, kind: str, region: str, side: float) -> Plan:
    """A random stroke of a kind in a region; ``side`` is 1 (receiver's left) or -1."""
    rng, length = stage.rng, stage.body.back_length_mm
    low, high = (share * length for share in _SPAN[region])
    reach = stage.body.shoulder_width_mm / 2 - 55
    x = side * (rng.uniform(45, reach) if region not in ("neck", "sacrum") else rng.uniform(28, 75))
    y = rng.uniform(low, high)
    heading = float(np.clip(rng.normal(0.0, 20.0), -45, 45))
    if region == "neck" and rng.random() < 0.75:
        heading += 180.0  # fingers to the head
    if kind == "glide":
        return _any_glide(stage, region, x, low, high, heading)
    near = (x + rng.uniform(-12, 12), float(np.clip(y + rng.uniform(-15, 15), low - 5, high + 5)))
    technique = {"knead": rng.choice(["grip", "palm"]), "press": rng.choice(["palm", "heel", "thumb"]),
                 "friction": rng.choice(["thumb", "fingers"]), "tap": "cup"}[kind]
    force = {"knead": rng.uniform(10, 24), "press": rng.uniform(12, 34), "friction": rng.uniform(7, 13),
             "tap": rng.uniform(4, 8)}[kind]
    if technique == "thumb":
        force = min(force, 15.0)
    cadence = {"knead": rng.uniform(28, 62), "friction": rng.uniform(140, 190), "tap": rng.uniform(180, 240)}
    radius = rng.uniform(11, 16) if kind == "knead" else rng.uniform(5.5, 8.5)
    duration = {"knead": rng.uniform(5, 9), "press": rng.uniform(2.2, 5), "friction": rng.uniform(2.5, 4.5),
                "tap": rng.uniform(2.0, 3.5)}[kind]
    if kind == "press":
        near = (x, y)
    return Plan(kind, technique, (x, y), near, float(force), duration_s=float(duration), heading_deg=heading,
                cadence_per_min=float(cadence.get(kind, 0.0)), radius_mm=float(radius),
                ramp_s=0.5 if kind == "press" else 0.2)


def _any_glide(stage: Choreography, region: str, x: float, low: float, high: float, heading: float) -> Plan:
    rng, length = stage.rng, stage.body.back_length_mm
    technique = str(rng.choice(["palm", "palm", "fingers"]))
    if region in ("neck", "sacrum"):
        start, end = (x, low), (x * 0.95, high)
        technique = "fingers"
    elif rng.random() < 0.2 and region != "shoulders":  # across, out from the spine
        y = rng.uniform(low, high)
        outer = stage.body.shoulder_width_mm / 2 - 40
        start, end = (np.sign(x) * 60, y), (np.sign(x) * outer, y + rng.uniform(-20, 20))
    else:
        top = rng.uniform(0.05, 0.35) * length
        start, end = (x, top), (x + rng.uniform(-12, 12), min(top + rng.uniform(120, 300), length - 10))
    if rng.random() < 0.45:
        start, end = end, start
    span = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    bow = rng.uniform(-0.06, 0.06) * span
    force = rng.uniform(5, 16) if technique == "palm" else rng.uniform(4, 9)
    speed = min(rng.uniform(6, 17), max(span / 10.0 / 1.2, 4.0))
    return Plan("glide", technique, start, end, float(force), speed_cm_s=float(speed), heading_deg=heading,
                bow_mm=float(bow))


def back(plan: Plan) -> Plan:
    """The way back of a glide, without a lift."""
    return replace(plan, start_mm=plan.end_mm, end_mm=plan.start_mm, chained=True, bow_mm=-plan.bow_mm, keep=False)


KINDS = ("glide", "glide", "knead", "press", "friction", "tap")


def calm(stage: Choreography, until_left_s: float = 3.0) -> None:
    """A good back rub: every region and kind in turn, slow and even, nothing near a limit."""
    turn = 0
    while stage.left_s > until_left_s:
        region = REGIONS[turn % len(REGIONS)]
        kind = KINDS[int(stage.rng.integers(len(KINDS)))]
        if region in ("neck", "sacrum") and kind in ("press", "tap"):
            kind = "glide"
        side = 1.0 if (turn // len(REGIONS)) % 2 == 0 else -1.0
        _rub(stage, any_plan(stage, kind, region, side))
        turn += 1


def _rub(stage: Choreography, plan: Plan) -> None:
    """One calm stroke, or two when a glide goes to and fro; none when it would be too light to be felt."""
    plan = soften(stage, plan)
    if plan.force_n < 2.5:
        return
    if plan.kind == "glide" and stage.rng.random() < 0.5:
        stage.perform(replace(plan, keep=True))
        stage.perform(back(plan))
    else:
        stage.perform(plan)


def mixed(stage: Choreography) -> None:
    """Random work: mostly good, sometimes hurried, sometimes heavy, sometimes on the spine."""
    while stage.left_s > 3.0:
        _mixed_stroke(stage)


def _mixed_stroke(stage: Choreography) -> None:
    rng = stage.rng
    region = str(rng.choice(REGIONS, p=[0.2, 0.22, 0.22, 0.22, 0.07, 0.07]))
    plan = any_plan(stage, KINDS[int(rng.integers(len(KINDS)))], region, float(rng.choice([-1.0, 1.0])))
    draw = rng.random()
    if draw < 0.16:
        habits = HABITS if stage.body.sensitive else [h for h in HABITS if h != "sensitive_pressure"]
        side = float(rng.choice([-1.0, 1.0]))
        stage.perform(bad_plan(stage, str(rng.choice(habits)), bool(rng.random() < 0.5), side))
    elif draw < 0.30:
        stage.perform(plan)  # as hard as it comes
    else:
        _rub(stage, plan)


def near_spine(stage: Choreography) -> None:
    """Work along the spine: a hand's breadth from it, beside it, and now and then on it."""
    rng, length = stage.rng, stage.body.back_length_mm
    while stage.left_s > 3.0:
        x = float(rng.choice([-1.0, 1.0]) * rng.choice([rng.uniform(0, 15), rng.uniform(25, 70)], p=[0.3, 0.7]))
        kind = str(rng.choice(["glide", "glide", "press", "friction", "knead"]))
        plan = any_plan(stage, kind, "upper" if rng.random() < 0.5 else "middle", 1.0)
        y = rng.uniform(0.12, 0.75) * length
        if kind == "glide":
            end = (x + rng.uniform(-8, 8), min(y + rng.uniform(100, 220), 0.95 * length))
            plan = replace(plan, start_mm=(x, y), end_mm=end, technique="fingers", bow_mm=0.0)
        else:
            plan = replace(plan, start_mm=(x, y), end_mm=(x, y + 8.0 * (kind != "press")))
        stage.perform(replace(plan, force_n=min(plan.force_n, 18.0)))


def far(stage: Choreography) -> None:
    """Minutes of work at 110-150 mm from the midline, and only now and then a stroke nearer the spine."""
    rng, side = stage.rng, 1.0
    while stage.left_s > 3.0:
        until_s = stage.left_s - rng.uniform(40.0, 75.0)
        while stage.left_s > max(until_s, 3.0):
            stage.perform(_far_plan(stage, side))
        if stage.left_s > 12.0:
            _rub(stage, _nearer_plan(stage, side))
        side = -side if rng.random() < 0.5 else side


def _far_plan(stage: Choreography, side: float) -> Plan:
    rng, length = stage.rng, stage.body.back_length_mm
    plan = any_plan(stage, str(rng.choice(["glide", "glide", "knead", "press", "friction"])), "middle", side)
    x, y = side * rng.uniform(114.0, 146.0), rng.uniform(0.12, 0.70) * length
    if plan.kind != "glide":
        return replace(plan, start_mm=(x, y), end_mm=(x, y + 8.0 * (plan.kind != "press")))
    end = (x + rng.uniform(-4.0, 4.0), y + rng.uniform(80.0, 180.0) * (1.0 if y < 0.4 * length else -1.0))
    return replace(plan, start_mm=(x, y), end_mm=end, bow_mm=0.0)


def _nearer_plan(stage: Choreography, side: float) -> Plan:
    rng, length = stage.rng, stage.body.back_length_mm
    x, y = side * rng.uniform(30.0, 60.0), rng.uniform(0.15, 0.40) * length
    return Plan("glide", "palm", (x, y), (x, y + rng.uniform(100.0, 200.0)), 9.0, speed_cm_s=float(rng.uniform(6, 12)))


def toil(stage: Choreography) -> None:
    """Mixed work, and between it half a minute at a time far from the spine."""
    while stage.left_s > 3.0:
        until_s, side = stage.left_s - stage.rng.uniform(40.0, 80.0), float(stage.rng.choice([-1.0, 1.0]))
        while stage.left_s > max(until_s, 3.0):
            _mixed_stroke(stage)
        until_s = stage.left_s - stage.rng.uniform(25.0, 45.0)
        while stage.left_s > max(until_s, 3.0):
            stage.perform(_far_plan(stage, side))


def absences(stage: Choreography) -> None:
    """Mixed work with the hands away for 5-30 s now and then."""
    while stage.left_s > 3.0:
        for _ in range(int(stage.rng.integers(4, 9))):
            if stage.left_s > 3.0:
                _mixed_stroke(stage)
        away = float(stage.rng.uniform(5.0, 30.0))
        if stage.left_s > away + 6.0:
            stage.absence(away)
        elif stage.left_s > 14.0:
            stage.absence(5.0)


def restart(stage: Choreography) -> None:
    """Some calm strokes, then the start procedure once more in the middle of the session, then mixed work."""
    calm(stage, until_left_s=0.6 * stage.left_s)
    stage.start_procedure(away_s=3.5, rest_s=3.2)
    mixed(stage)


def flags(stage: Choreography) -> None:
    """Every flag of the design's table, as a warning and as an alarm, with calm strokes between them."""
    while stage.left_s > 4.0:
        acts = [(habit, alarm) for habit in HABITS for alarm in (False, True)]
        if not stage.body.sensitive:
            acts = [a for a in acts if a[0] != "sensitive_pressure"]
        for k in stage.rng.permutation(len(acts)):
            if stage.left_s < 4.0:
                return
            habit, alarm = acts[k]
            stage.perform(bad_plan(stage, habit, alarm, float(stage.rng.choice([-1.0, 1.0]))))
            if stage.left_s > 4.5 * (len(acts) - 1):
                _rub(stage, any_plan(stage, "glide", "upper", float(stage.rng.choice([-1.0, 1.0]))))


def demo(stage: Choreography) -> None:
    """A giver who starts in a hurry and leans on the spine, is told so, and becomes calm and even."""
    length, full = stage.body.back_length_mm, stage.left_s
    fast = Plan("glide", "palm", (75.0, 0.22 * length), (75.0, 0.84 * length), 10.0, speed_cm_s=38.0,
                note="too_fast:alarm")
    if full < 40.0:
        stage.perform(fast)
        stage.perform(replace(bad_plan(stage, "spine_pressure", True), duration_s=1.0))
    else:
        _eager(stage, fast, until_left_s=0.66 * full)
        stage.hover(2.0)
    turn = 0
    while stage.left_s > 2.4:
        _good_work(stage, turn, brief=full < 40.0)
        turn += 1


def _eager(stage: Choreography, fast: Plan, until_left_s: float) -> None:
    """All that a beginner does wrong, as far as there is time for it."""
    stage.perform(replace(fast, keep=True))
    stage.perform(replace(back(fast), speed_cm_s=34.0))
    acts = (("spine_pressure", False, 1.0), ("spine_pressure", True, 1.0), ("neck_pressure", False, -1.0),
            ("kidney_pressure", False, 1.0), ("too_fast_knead", True, 1.0), ("too_fast", False, -1.0),
            ("kidney_pressure", True, -1.0), ("neck_pressure", True, 1.0), ("too_hard", False, -1.0))
    for habit, alarm, side in acts:
        if stage.left_s < until_left_s + 3.0:
            return
        stage.perform(bad_plan(stage, habit, alarm, side))


def _good_work(stage: Choreography, turn: int, brief: bool) -> None:
    """The routine's good practice: shoulders first, down the back, lower back, light on the neck at the end."""
    length, side = stage.body.back_length_mm, 1.0 if turn % 2 == 0 else -1.0
    if brief or stage.left_s < 9.0:
        room = min(max((stage.left_s - 2.2) * 85.0, 60.0), 160.0)
        stage.perform(Plan("glide", "palm", (78 * side, 0.25 * length), (82 * side, 0.25 * length + room), 9.0,
                           speed_cm_s=10.0))
        return
    step = turn // 2 % 6
    glide = Plan("glide", "palm", (72 * side, 0.16 * length), (78 * side, 0.80 * length), 11.0, speed_cm_s=12.0,
                 bow_mm=6.0 * side, keep=True)
    if step == 1:
        stage.perform(soften(stage, glide))
        stage.perform(back(soften(stage, glide)))
        return
    plan = (
        Plan("knead", "grip", (105 * side, 0.10 * length), (110 * side, 0.14 * length), 16.0, duration_s=6.0,
             cadence_per_min=42.0, heading_deg=10.0 * side),
        glide,
        Plan("press", "palm", (92 * side, 0.34 * length), (92 * side, 0.34 * length), 24.0, duration_s=3.0, ramp_s=0.6),
        Plan("friction", "thumb", (62 * side, 0.42 * length), (62 * side, 0.44 * length), 9.0, duration_s=3.2,
             cadence_per_min=160.0, radius_mm=7.0),
        Plan("glide", "palm", (80 * side, 0.48 * length), (84 * side, 0.92 * length), 11.0, speed_cm_s=10.0),
        Plan("glide", "fingers", (42 * side, -0.13 * length), (48 * side, -0.04 * length), 2.9, speed_cm_s=5.0,
             heading_deg=180.0 - 15.0 * side),
    )[step]
    stage.perform(soften(stage, plan))


SCRIPTS: dict[str, Script] = {
    "demo": demo,
    "calm": calm,
    "flags": flags,
    "mixed": mixed,
    "near_spine": near_spine,
    "absences": absences,
    "far": far,
    "toil": toil,
    "restart": restart,
    "with_pulse": with_pulse,
    "limits": around_limits,
    "cadences": cadences,
    "routine": whole_routine,
}
