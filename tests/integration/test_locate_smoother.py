"""The smoother on simulated sessions: better than the filter, and no trace of it in what the filter does."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from slowhand.locate import smoother
from slowhand.locate.backward import new_way_back
from slowhand.locate.book import POSES, ROWS, TRACK
from slowhand.locate.bridge import go_back, new_bridge
from slowhand.locate.layout import BA, BG, TILT, A, P, V, error_size
from slowhand.locate.locator import Locator
from slowhand.locate.pose import Mode
from slowhand.locate.recording import APART, CARRIED, LOST, WIDENED, Recorder
from slowhand.locate.smoother import smooth
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.sim.simulation import SimOutput, Simulation

STRIP = load_strip()


@cache
def session(script: str, seed: int, seconds: float, **options) -> tuple[SimOutput, np.ndarray]:
    """A simulated session and its sensed rows."""
    run = Simulation(script, seed, duration_s=seconds, **options).run()
    return run, Sensing(load_glove(None, run.hand.side), run.rate_hz).process(run.raw)


def arguments(run: SimOutput) -> tuple:
    return STRIP, load_glove(None, run.hand.side), run.body.posture, run.body.back_length_mm


def located_live(run: SimOutput, sensed: np.ndarray) -> np.ndarray:
    return Locator(Mode.STRIP, *arguments(run)).process(sensed)


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


CASES = [("mixed", 7, {}), ("absences", 8, {}), ("mixed", 9, {"motor": True}), ("near_spine", 10, {"posture": "seated"})]


@pytest.mark.parametrize(("script", "seed", "options"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_it_is_never_worse_than_the_filter(script: str, seed: int, options: dict) -> None:
    run, sensed = session(script, seed, 60.0, **options)
    live, later, truth = located_live(run, sensed), smooth(sensed, *arguments(run)), run.truth
    contact = truth["contact"] & (truth["t_us"] >= run.start_us)
    both = contact & live["located"] & later["located"]
    assert both.sum() > 0.6 * contact.sum()
    # Errors that last - of the map, of soft iron - are the same before and after; half a millimetre is theirs.
    for axis in (0, 1):
        errors = [rms((poses["p"] - truth["p"])[both, axis]) for poses in (live, later)]
        assert errors[1] < 1.05 * errors[0] + 0.0005
    speed = [rms((poses["v"] - truth["v"])[both]) for poses in (live, later)]
    assert speed[1] < 0.75 * speed[0]
    assert np.all(later["located"][live["located"]])
    wrong = [np.mean((np.abs(poses["p"] - truth["p"])[:, 0] > 0.02) & poses["located"] & contact) for poses in (live, later)]
    assert wrong[1] <= wrong[0] + 0.001
    on = contact & later["located"]
    inside = np.abs(later["p"] - truth["p"])[on, :2] < 2.0 * later["sigma_p"][on, :2]
    assert inside.mean() > 0.85


def test_a_hand_that_was_found_again_was_there_from_the_first_touch() -> None:
    missed, gained, errors, sigmas = 0, 0, [], []
    for seed in (6, 7, 8):
        run, sensed = session("absences", seed, 100.0)
        live, later, truth = located_live(run, sensed), smooth(sensed, *arguments(run)), run.truth
        unknown = truth["contact"] & (truth["t_us"] >= run.start_us) & ~live["located"]
        found = unknown & later["located"]
        missed, gained = missed + unknown.sum(), gained + found.sum()
        errors.append((later["p"] - truth["p"])[found, :2])
        sigmas.append(later["sigma_p"][found, :2])
    error, sigma = np.concatenate(errors), np.concatenate(sigmas)
    assert missed > 100 and gained > 0.9 * missed
    assert rms(error[:, 0]) < 0.008 and rms(error[:, 1]) < 0.012
    assert np.all(sigma <= 0.015)
    assert np.mean(np.abs(error) < 2.0 * sigma) > 0.85


@pytest.mark.parametrize("off_m", [0.3, 0.0], ids=["elsewhere", "the same"])
def test_a_place_given_up_as_wrong_is_judged_by_the_one_found_next(off_m: float) -> None:
    run, sensed = session("absences", 6, 100.0)
    located = located_live(run, sensed)["located"]
    at = next(i for i in np.flatnonzero(located) if i > 3000 and not located[i - 200 : i].any())
    span = slice(at - 600, at + 1500)
    recorder, size = Recorder(Mode.STRIP, *arguments(run)), error_size(STRIP.magnets)
    recorder.process(sensed[: span.start])
    causal = Recorder(Mode.STRIP, *arguments(run)).process(sensed)[span]
    notes, tape = recorder.record(sensed[span])
    found = int(np.flatnonzero(notes.found == 0)[0])
    # As if the pass had tracked a place before, taken from a search, and given it up 15 rows before the find.
    story, truth = slice(found - 120, found - 15), run.truth[span]
    notes.status[story], notes.link[story.stop], notes.found[story.start] = TRACK, LOST, 1
    notes.x[story, :3] = truth["p"][story] + [0.0, off_m, 0.0]
    causal["located"][story], causal["p"][story], causal["sigma_p"][story] = True, notes.x[story, :3], 0.003
    rows = np.ascontiguousarray(sensed[span]).view(ROWS)
    way, bridge = new_way_back(np.zeros(size)), new_bridge(size, STRIP.magnets)
    go_back(rows, notes, tape, way, bridge, *recorder.constants, *recorder.setup, causal.view(POSES))
    later = causal[story]
    if off_m:
        error = np.abs(later["p"] - truth["p"][story])[later["located"]]
        assert not (error > 0.03).any() and np.isnan(later["p"][~later["located"]]).all()
    else:
        assert later["located"].all()


def test_the_causal_pass_is_the_same_to_the_bit_while_notes_are_taken() -> None:
    run, sensed = session("absences", 8, 60.0)
    plain, noting = Locator(Mode.STRIP, *arguments(run)), Recorder(Mode.STRIP, *arguments(run))
    plain.process(sensed)
    for start in range(0, len(sensed), 4000):
        noting.record(sensed[start : start + 4000])
    before, after = plain.state(), noting.state()
    for name in ("book", "start"):
        assert before[name].tobytes() == after[name].tobytes(), name
    for name in ("estimate", "bank"):
        for one, other in zip(before[name], after[name], strict=True):
            parts = zip(one, other, strict=True) if isinstance(one, tuple) else [(one, other)]
            assert all(a.tobytes() == b.tobytes() for a, b in parts), name


def test_any_cut_into_chunks_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    run, sensed = session("absences", 8, 60.0)
    whole = smooth(sensed, *arguments(run))
    monkeypatch.setattr(smoother, "CHUNK_ROWS", 1111)
    assert smooth(sensed, *arguments(run)).tobytes() == whole.tobytes()


def test_the_notes_explain_every_step_of_the_filter() -> None:
    """No part of the filter moves its covariance but by a step, by a correction on the tape, or by noise."""
    run, sensed = session("mixed", 9, 60.0, motor=True)
    recorder = Recorder(Mode.STRIP, *arguments(run))
    recorder.record(sensed[:3000])
    notes, tape = recorder.record(sensed[3000:7000])
    steps = np.flatnonzero((notes.link[1:] == CARRIED) & (notes.status[1:] == TRACK) & (notes.status[:-1] == TRACK)) + 1
    assert len(steps) > 3000 and sensed["haptic"][3000:7000][steps].any()
    for i in steps[::7]:
        # Places: the rows of the covariance that no noise goes into, against all other errors.
        before = notes.cross[i - 1, P : P + 3] + notes.seconds[i] * notes.cross[i - 1, V : V + 3]
        gain = tape.gain[notes.tape_end[i - 1] : notes.tape_end[i]]
        expected = before @ transition(recorder, notes, i).T - gain[:, P : P + 3].T @ gain
        scale = np.sqrt(np.abs(expected).max(axis=1, keepdims=True))
        np.testing.assert_allclose(notes.cross[i, P : P + 3] / scale, expected / scale, atol=1e-7, err_msg=f"row {i}")


def transition(recorder: Recorder, notes, i: int) -> np.ndarray:
    size, frames, _ = recorder.constants
    dt, rot, felt = notes.seconds[i], notes.rot[i], notes.felt[i]
    f = np.eye(size)
    f[P : P + 3, V : V + 3] = dt * np.eye(3)
    f[V : V + 3, A : A + 3] = dt * np.array([[0, felt[2], -felt[1]], [-felt[2], 0, felt[0]], [felt[1], -felt[0], 0]])
    f[V : V + 3, BA : BA + 3] = -dt * rot
    f[V : V + 3, TILT : TILT + 2] = dt * frames[0]["lean"].T
    f[A : A + 3, BG : BG + 3] = -dt * rot
    return f


def test_gaps_and_losses_break_the_way_back_where_they_should() -> None:
    run, sensed = session("mixed", 7, 60.0)
    rows = np.concatenate([sensed[:5000], sensed[5030:8000], sensed[8200:]])  # 0.15 s and 1 s are missing
    for at in (5000, 7970):
        rows["gap"][at], rows["dt_s"][at] = True, 0.0
    recorder = Recorder(Mode.STRIP, *arguments(run))
    notes, _ = recorder.record(rows)
    assert notes.link[0] == APART and notes.link[5000] == WIDENED and notes.link[7970] == APART
    assert not (notes.link == LOST).any()
    later = smooth(rows, *arguments(run))
    live = located_live(run, rows)
    assert np.array_equal(later["t_us"], live["t_us"]) and np.array_equal(later["phase"], live["phase"])
    truth = np.concatenate([run.truth[:5000], run.truth[5030:8000], run.truth[8200:]])
    on = later["located"] & truth["contact"] & (truth["t_us"] >= run.start_us)
    assert rms((later["p"] - truth["p"])[on, 0]) < 0.004
    assert not np.isnan(later["p"][later["located"]]).any()
    # The last row before a loss has no later row to learn from.
    last = 7969
    np.testing.assert_allclose(later["p"][last], live["p"][last], atol=1e-12)


def test_nothing_is_smoothed_before_the_start_or_without_one() -> None:
    run, sensed = session("mixed", 7, 60.0)
    rows = sensed[3000:7000]   # no start procedure in them
    later = smooth(rows, *arguments(run))
    assert not later["located"].any() and np.isnan(later["p"]).all()
    assert smooth(sensed[:0], *arguments(run)).shape == (0,)


def test_a_start_procedure_begun_anew_parts_the_session() -> None:
    run, sensed = session("mixed", 7, 60.0)
    again = np.concatenate([sensed, sensed])
    again["t_us"][len(sensed) :] += sensed["t_us"][-1] - sensed["t_us"][0] + 5000
    once = smooth(sensed, *arguments(run))
    twice = smooth(again, *arguments(run), restarts=[len(sensed)])
    first, second = twice[: len(sensed)], twice[len(sensed) :]
    assert first.tobytes() == once.tobytes()
    assert np.array_equal(second["located"], once["located"])
    np.testing.assert_allclose(second["p"][once["located"]], once["p"][once["located"]], atol=1e-6)
