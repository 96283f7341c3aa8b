"""Small parts of a session: modes, the ledger of flags, result tables, complete files, stored setups."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from slowhand.cli.data import in_words
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.errors import BadInputError, StoreError
from slowhand.locate.pose import Mode
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.session import tables
from slowhand.session.analyze import Analysis, summarize
from slowhand.session.arrivals import Arrivals
from slowhand.session.complete_files import complete_files
from slowhand.session.details import cue_from, flag_from, stroke_from, to_json
from slowhand.session.ledger import FlagLedger
from slowhand.session.live_state import Level, LinkState, LinkView
from slowhand.session.modes import Choice, Present, choose_mode
from slowhand.session.muscle_time import contact_s_by_muscle
from slowhand.session.picture import Scene as PictureScene
from slowhand.session.picture import draw, hand_of
from slowhand.session.setup import Setup
from slowhand.session.stream import Wishes
from slowhand.strokes.touch import TOUCH_DTYPE
from slowhand.wire.messages_gen import Channels, Hand
from tests.unit.test_sensing_chips import EVERYTHING, HELLO
from tests.unit.test_session_store import CUE, FLAG, STROKE
from tests.unit.touch_scenes import Scene, height_unknown, unplaced


@pytest.mark.parametrize(
    ("present", "mode", "words"),
    [
        (Present(True, True, True, True), Mode.STRIP, "present"),
        (Present(False, True, True, True), Mode.MOTION, "no strip"),
        (Present(True, False, True, True), Mode.MOTION, "profile has no magnetometer"),
        (Present(True, True, False, True), Mode.MOTION, "no magnetic field"),
        (Present(True, True, True, False), Mode.FORCE, "no motion sensor"),
    ],
)
def test_the_mode_is_the_best_that_is_possible_and_says_why(present: Present, mode: Mode, words: str) -> None:
    choice = choose_mode(present)
    assert choice.mode is mode and words in choice.reason


@pytest.mark.parametrize(
    ("channels", "wanted", "mode"),
    [
        (EVERYTHING, None, Mode.STRIP),
        (EVERYTHING, Mode.FORCE, Mode.FORCE),
        (Channels.PADS | Channels.MOTION | Channels.FIELD1, None, Mode.STRIP),
        (Channels.PADS | Channels.MOTION, None, Mode.MOTION),
        (Channels.PADS | Channels.MOTION, Mode.STRIP, Mode.MOTION),  # a wish cannot make a sensor
        (Channels.PADS, None, Mode.FORCE),
    ],
)
def test_a_glove_gets_the_mode_that_its_channels_allow(channels: Channels, wanted: Mode | None, mode: Mode) -> None:
    wishes = Wishes(Receiver(), strip=load_strip(), mode=wanted)
    assert wishes.setup_for(replace(HELLO, channels=int(channels))).choice.mode is mode


def test_a_mode_that_cannot_be_had_is_said_and_an_implant_allows_no_strip() -> None:
    asked = Wishes(Receiver(), strip=load_strip(), mode=Mode.STRIP)
    fallen = replace(HELLO, channels=int(Channels.PADS | Channels.MOTION))
    reason = asked.setup_for(fallen).choice.reason
    assert reason.startswith("strip mode was asked for, but no magnetic field")
    assert asked.objection(fallen)[1:-1] == reason[1:] and asked.objection(HELLO) == ""
    for wish in (None, Mode.STRIP, Mode.MOTION, Mode.FORCE):
        choice = Wishes(Receiver(implant=True), strip=load_strip(), mode=wish).setup_for(HELLO).choice
        assert choice.mode is Mode.FORCE and "implant" in choice.reason
    assert Wishes(Receiver(implant=True)).setup_for(HELLO).choice.mode is Mode.MOTION
    assert asked.with_answer(False).setup_for(HELLO).choice.mode is Mode.STRIP


def test_a_glove_file_for_the_other_hand_is_objected_to() -> None:
    wishes = Wishes(Receiver(), glove=load_glove(hand="right"))
    assert wishes.objection(replace(HELLO, hand=int(Hand.RIGHT))) == ""
    assert "left" in wishes.objection(replace(HELLO, hand=int(Hand.LEFT)))


def test_a_setup_survives_being_stored() -> None:
    receiver = Receiver(
        posture="seated", sensitive=(SensitivePlace(x_mm=1.0, y_mm=2.0, radius_mm=30.0, max_n=4.0),)
    )
    setup = Setup(load_glove(hand="left"), load_strip(), receiver, Choice(Mode.STRIP, "because"), 400.0)
    assert Setup.from_dict(json.loads(json.dumps(setup.as_dict()))) == setup


@pytest.mark.parametrize("damage", [{"mode": "levitation"}, {"glove": {}}, {"receiver": {"posture": "upside down"}}])
def test_a_setup_of_another_version_is_bad_input(damage: dict) -> None:
    stored = Setup(load_glove(), None, Receiver(), Choice(Mode.FORCE, ""), 200.0).as_dict() | damage
    with pytest.raises(BadInputError) as caught:
        Setup.from_dict(stored)
    assert "\n" not in str(caught.value)


def test_strokes_flags_and_cues_survive_as_json() -> None:
    assert stroke_from(to_json(STROKE)) == STROKE
    assert flag_from(to_json(FLAG)) == FLAG
    assert cue_from(to_json(CUE)) == CUE


def test_the_ledger_knows_which_reports_are_one_flag() -> None:
    ledger = FlagLedger()
    worse = replace(FLAG, severity=Severity.ALARM, value=31.0, limit=30.0)
    other = replace(FLAG, kind=FlagKind.TOO_HARD, start_us=FLAG.start_us - 10)
    ledger.add([FLAG])
    ledger.add([worse, other, replace(worse, end_us=FLAG.start_us + 5)])
    assert ledger.flags() == (other, replace(worse, end_us=FLAG.start_us + 5))
    assert ledger.counts() == {"too_fast": 1, "too_hard": 1}


def test_the_ledger_keeps_what_a_session_ended_with() -> None:
    ledger = FlagLedger()
    ledger.add([FLAG])
    assert ledger.ended is None
    ledger.end()
    ledger.add([replace(FLAG, kind=FlagKind.TOO_HARD, start_us=FLAG.start_us + 10)])
    assert ledger.ended is not None and ledger.ended.flags() == (FLAG,) and len(ledger.flags()) == 2


def test_the_ledger_marks_strokes_with_overlapping_flags_once_in_order() -> None:
    ledger = FlagLedger()
    before = replace(FLAG, kind=FlagKind.TOO_HARD, start_us=STROKE.start_us - 50, end_us=STROKE.start_us + 50)
    again = replace(FLAG, start_us=FLAG.start_us + 1000)
    past = replace(FLAG, kind=FlagKind.NECK_PRESSURE, start_us=0, end_us=STROKE.start_us - 1)
    ledger.add([again, FLAG, before, past])
    assert ledger.mark([replace(STROKE, flags=())])[0].flags == ("too_hard", "too_fast")


def test_tables_write_unknowns_as_empty_fields_and_no_negative_zero(tmp_path: Path) -> None:
    touch = np.zeros(2, TOUCH_DTYPE)
    touch["t_us"], touch["located"] = [5, 10], [False, True]
    for name in ("pos_mm", "sigma_mm", "cop_mm", "speed_cm_s", "spine_mm"):
        touch[name][0] = np.nan
    touch["pos_mm"][1] = [-0.001, 1.005, 1234.5]
    touch["force_n"][1, 3] = np.nan
    tables.write_track(tmp_path / "track.csv", touch)
    _, first, second = (tmp_path / "track.csv").read_text().splitlines()
    assert first == "5,,,,,,,,,0.000,0.000,0.000,0.000,0.000,0.000,0.000,,0"
    assert second == "10,0.00,1.00,1234.50,0.00,0.00,0.00,0.00,0.000,0.000,0.000,0.000,0.000,,0.000,0.000,0.00,1"


def test_the_track_has_no_half_places(tmp_path: Path) -> None:
    rows = Scene(at=(60.0, 100.0)).hold(0.01, 8.0).rows()
    height_unknown(rows[1:])
    tables.write_track(tmp_path / "track.csv", rows)
    _, first, second = (tmp_path / "track.csv").read_text().splitlines()
    assert first.startswith("0,55.00,10.00,") and first.endswith(",60.00,1")
    assert second == "5000,,,,,,,,,8.000,0.000,8.000,0.000,0.000,0.000,0.000,,0"


def test_a_hand_whose_x_alone_is_known_has_an_x_its_own_sigma_and_no_y() -> None:
    rows = Scene(at=(60.0, 100.0)).hold(0.01, 8.0).rows()
    rows["sigma_mm"] = 3.0, 9.0
    located, alone, unknown = hand_of(rows[0]), rows[1:].copy(), rows[1:].copy()
    assert located.x_known and located.sigma_mm == 9.0
    height_unknown(alone)
    hand = hand_of(alone[0])
    assert hand.x_known and not hand.located
    assert (hand.x_mm, hand.y_mm, hand.sigma_mm, hand.cop_x_mm, hand.cop_y_mm) == (55.0, None, 3.0, 60.0, None)
    assert [pad.x_mm is not None and pad.y_mm is None for pad in hand.pads] == [True] * 6
    unplaced(unknown)
    assert hand_of(unknown[0]).sigma_mm is None and not hand_of(unknown[0]).x_known


def test_the_summary_tells_for_how_long_x_alone_was_known() -> None:
    rows = Scene(at=(60.0, 100.0)).hold(4.0, 8.0).lift(1.0).rows()
    height_unknown(rows[401:601])
    unplaced(rows[601:])
    setup = Setup(load_glove(), load_strip(), Receiver(), choose_mode(Present(True, True, True, True)))
    summary = summarize(Analysis(setup, rows, (), ()))
    assert summary["located_share_of_contact"] == pytest.approx(0.5, abs=0.005)
    assert summary["x_alone_share_of_contact"] == pytest.approx(0.25, abs=0.005)
    assert "(x alone in 25 %)" in in_words(summary)


def test_the_summary_tells_for_how_long_each_muscle_was_worked() -> None:
    """Erector spinae at (45, 200) and (-45, 350) mm, trapezius across at (100, 30), no muscle on the spine itself."""
    scene = Scene(at=(45.0, 200.0)).hold(2.0, 8.0).hop(-45.0, 350.0).hold(1.0, 8.0).hop(100.0, 30.0).hold(3.0, 8.0)
    rows = scene.hop(0.0, 200.0).hold(0.5, 8.0).hop(45.0, 200.0).hold(4.0, 8.0).rows()
    unplaced(rows[-800:])
    setup = Setup(load_glove(), load_strip(), Receiver(), choose_mode(Present(True, True, True, True)))
    worked = summarize(Analysis(setup, rows, (), ()))["contact_s_by_muscle"]
    assert worked["erector_spinae"] == {"left": pytest.approx(2.0, abs=0.02), "right": pytest.approx(1.0, abs=0.02)}
    assert worked["trapezius_middle"] == {"left": pytest.approx(3.0, abs=0.02), "right": 0.0}
    assert worked["none"]["right"] == pytest.approx(0.5, abs=0.02)
    assert sum(seconds for sides in worked.values() for seconds in sides.values()) == pytest.approx(6.5, abs=0.03)
    alone = Setup(load_glove(), None, Receiver(), choose_mode(Present(False, True, True, True)))
    assert "contact_s_by_muscle" not in summarize(Analysis(alone, rows, (), ()))


def test_a_press_on_two_muscles_is_time_for_both_by_their_force() -> None:
    rows = Scene(at=(45.0, 200.0)).hold(1.0, 8.0).rows()
    rows["pad_mm"][:, 2], rows["force_n"][:, 2] = (100.0, 30.0), 24.0
    worked = contact_s_by_muscle(rows, np.full(len(rows), 0.005), Receiver())
    assert worked == {
        "trapezius_middle": {"left": pytest.approx(0.75), "right": 0.0},
        "erector_spinae": {"left": pytest.approx(0.25), "right": 0.0},
    }


def test_strokes_and_flags_as_rows(tmp_path: Path) -> None:
    unknown = replace(STROKE, mean_cm_s=None, min_spine_mm=None, region=None, side=None, flags=("too_fast", "too_hard"))
    tables.write_strokes(tmp_path / "strokes.csv", [unknown])
    row = (tmp_path / "strokes.csv").read_text().splitlines()[1]
    assert row == "5000000000,5001000000,glide,,12.000,101.00,,3.300,7.000,,,,too_fast;too_hard"
    tables.write_flags(tmp_path / "flags.csv", [FLAG, Flag(*(1, 2, 2), *list(vars(FLAG).values())[3:])])
    rows = (tmp_path / "flags.csv").read_text().splitlines()
    assert rows[1] == "5000100000,,5000250000,too_fast,warn,26.000,25.000,cm/s,1.00,"
    assert rows[2].startswith("1,2,2,too_fast")


def test_a_summary_never_holds_what_is_no_number(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        tables.write_summary(tmp_path / "summary.json", {"x": float("nan")})


def test_files_appear_only_when_complete(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with pytest.raises(RuntimeError), complete_files(out) as draft:
        (draft / "one").write_text("1")
        raise RuntimeError
    assert not (tmp_path / "a").exists()
    with complete_files(out) as draft:
        (draft / "one").write_text("1")
        assert not (out / "one").exists()
    assert [path.name for path in out.iterdir()] == ["one"]


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"), complete_files(tmp_path / "file" / "out"):
        pytest.fail("must not begin")


@pytest.mark.parametrize("demo", [True, False])
def test_only_a_glove_that_can_be_plugged_in_again_is_asked_for(demo: bool) -> None:
    link = LinkView(LinkState.LOST, "The glove is gone. Plug it in again.", "/dev/ttyUSB0", None, 0, 0, 0)
    setup = Wishes(Receiver(), strip=load_strip()).setup_for(None)
    over = draw(PictureScene(setup=setup, link=link, pipeline=None, row=None, demo=demo, finished=True))
    assert (over.coach_line == "The back rub is over.") is demo
    assert over.coach_level is not Level.OK and over.pace.level is not Level.OK


def test_two_blocks_of_one_read_tell_no_rate() -> None:
    came = Arrivals()
    for _ in range(2):
        came.add(np.zeros(4, TOUCH_DTYPE), 10.0)
    assert came.rate_hz(10.0) is None
    came.add(np.zeros(4, TOUCH_DTYPE), 10.02)
    assert came.rate_hz(10.02) == pytest.approx(400.0)
