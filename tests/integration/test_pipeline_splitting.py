"""One pipeline, live and in batch: splitting the input never changes a result, to the bit."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode, Phase
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.session.pipeline import Pipeline
from slowhand.sim.simulation import Simulation

GLOVE, STRIP, RECEIVER = load_glove(), load_strip(), Receiver()


@cache
def raw_rows() -> np.ndarray:
    """A naughty back rub with everything: flags, hops, a lost stretch, single lost rows, motor and faults."""
    raw = Simulation("flags", seed=4, duration_s=38.0, motor=True).run().raw.copy()
    keep = np.ones(len(raw), bool)
    keep[5000:5007] = keep[6001] = False
    keep[7000:7300] = False
    return raw[keep]


def play(mode: Mode, cuts: list[int], rows: int | None = None) -> tuple[bytes, list]:
    raw = raw_rows()[:rows]
    pipeline = Pipeline(GLOVE, STRIP if mode is Mode.STRIP else None, RECEIVER, mode)
    pipeline.coach.tell("pace", "auto")
    pipeline.coach.tell("pulse", 4_000_000)
    edges = [0, *sorted(cuts), len(raw)]
    parts = [pipeline.process(raw[a:b]) for a, b in pairwise(edges)]
    parts.append(pipeline.finish())
    touch = np.concatenate([part.touch for part in parts])
    guide = pipeline.coach.guide
    seen = touch.tobytes() + guide.coverage.seconds().tobytes() + guide.coverage.mean_n().tobytes()
    found = [
        [asdict(thing) for part in parts for thing in getattr(part, name)]
        for name in ("strokes", "flags_changed", "cues", "limits")
    ]
    return seen, [*found, guide.figures(), pipeline.coach.pacing.session_figures()]


TOLD = (
    ("technique", "fist"), ("feedback", False), ("step", "start"), ("technique", "palm"), ("feedback", True),
    ("sore", {"x_mm": 75.0, "y_mm": 120.0}), ("vote", "stop"), ("technique", None), ("vote", "lift"), ("step", "next"),
)


def play_told(mode: Mode, told: list[int], cuts: list[int]) -> tuple[bytes, list, float, dict]:
    """As `play`, with what a giver says after these rows, one thing after the other."""
    raw, said = raw_rows(), dict(zip(sorted(told), TOLD, strict=False))
    pipeline, parts = Pipeline(GLOVE, STRIP if mode is Mode.STRIP else None, RECEIVER, mode), []
    for a, b in pairwise([*sorted({0, *cuts, *said}), len(raw)]):
        if a in said:
            pipeline.coach.tell(*said[a])
        parts.append(pipeline.process(raw[a:b]))
    parts.append(pipeline.finish())
    names = ("strokes", "flags_changed", "cues", "limits")
    found = [[asdict(thing) for part in parts for thing in getattr(part, name)] for name in names]
    touch, coach = np.concatenate([part.touch for part in parts]), pipeline.coach
    return touch.tobytes(), found, coach.silent_us, coach.guide.figures()


whole = cache(lambda mode: play(mode, []))


def test_strokes_know_their_muscle_where_the_place_is_known_only() -> None:
    [strokes, *_] = whole(Mode.STRIP)[1]
    assert any(stroke["muscle"] for stroke in strokes)
    assert all(stroke["fibre_deg"] is None for stroke in strokes if stroke["kind"] not in ("glide", "friction"))
    for mode in (Mode.MOTION, Mode.FORCE):
        [strokes, *_] = whole(mode)[1]
        assert all(stroke["muscle"] is stroke["fibre_deg"] is stroke["fibre_sigma_deg"] is None for stroke in strokes)


@pytest.mark.parametrize("mode", list(Mode))
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_any_split_gives_the_same_results_to_the_bit(mode: Mode, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(raw_rows())), max_size=60))
    touch, found = play(mode, cuts)
    expected_touch, expected = whole(mode)
    # NaN is no value of a stroke or a flag, so plain comparison is to the bit (but for a zero's sign).
    assert found == expected
    assert touch == expected_touch


@pytest.mark.parametrize("mode", list(Mode))
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_what_is_told_takes_effect_after_the_same_row_in_any_split(mode: Mode, data: st.DataObject) -> None:
    row = st.integers(0, len(raw_rows()) - 1)
    told = data.draw(st.lists(row, min_size=1, max_size=len(TOLD), unique=True))
    cuts = data.draw(st.lists(row, max_size=40))
    assert play_told(mode, told, cuts) == play_told(mode, told, [])


@pytest.mark.parametrize(("block", "rows"), [(1, 2500), (5, 6500)])
def test_as_live_in_small_blocks(block: int, rows: int) -> None:
    assert play(Mode.STRIP, list(range(0, rows, block)), rows) == play(Mode.STRIP, [], rows)


def test_the_results_are_worth_comparing() -> None:
    """Guards the tests above: there are strokes with flags, cues, limits and places in what they compare."""
    _, (strokes, flags, cues, limits, guide, pacing) = whole(Mode.STRIP)
    assert len(strokes) > 5 and any(stroke["flags"] for stroke in strokes)
    assert len(flags) > 4 and len(cues) > 1 and len(limits) > 3 and sum(it["contact_s"] for it in guide["areas"]) > 5.0
    assert pacing["turns"] > 3
    touch = np.concatenate([Pipeline(GLOVE, STRIP, RECEIVER, Mode.STRIP).process(raw_rows()).touch])
    assert np.count_nonzero(touch["phase"] == Phase.RUNNING) > 4000 and np.count_nonzero(touch["located"]) > 3000


def test_an_empty_block_changes_nothing() -> None:
    pipeline = Pipeline(GLOVE, STRIP, RECEIVER)
    results = pipeline.process(raw_rows()[:0])
    assert len(results.touch) == 0
    assert not (results.strokes or results.flags_changed or results.cues or results.limits)


def test_the_mode_follows_what_is_given() -> None:
    assert Pipeline(GLOVE, STRIP, RECEIVER).mode is Mode.STRIP
    assert Pipeline(GLOVE, None, RECEIVER).mode is Mode.MOTION
    assert Pipeline(GLOVE.model_copy(update={"magnetometer": ()}), STRIP, RECEIVER).mode is Mode.MOTION
