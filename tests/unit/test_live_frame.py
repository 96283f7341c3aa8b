"""Live states as messages: whatever a session claims, only fresh numbers are shown as good."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.coach import CHOICES
from slowhand.live.broadcast import Broadcast
from slowhand.live.frame import coach_level, fast_part, shown_level, slow_part
from slowhand.live.view import Desk
from slowhand.session.live_state import Gauge, HandView, Level, LinkState, LinkView, LiveState, PadView, ScoreLine, ScoreView

NUMBERS = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(-500, 500))
GAUGES = st.builds(
    Gauge, value=NUMBERS, at_least=st.booleans(), level=st.sampled_from(Level), words=st.text(max_size=9),
    warn=st.just(25.0), alarm=st.just(30.0), full_scale=st.just(40.0), unit=st.just("cm/s"), t_us=st.integers(0, 2**62),
)  # fmt: skip
LINKS = st.builds(
    LinkView, state=st.sampled_from(LinkState), words=st.text(max_size=9), port=st.just("/dev/ttyUSB0"),
    rate_hz=NUMBERS, lost_frames=st.integers(0, 9), bad_frames=st.integers(0, 9), reconnects=st.integers(0, 9),
)  # fmt: skip
PADS = st.builds(PadView, x_mm=NUMBERS, y_mm=NUMBERS, force_n=NUMBERS, at_least=st.booleans())
HANDS = st.builds(
    HandView, located=st.booleans(), x_mm=NUMBERS, y_mm=NUMBERS, heading_rad=NUMBERS, sigma_mm=NUMBERS,
    cop_x_mm=NUMBERS, cop_y_mm=NUMBERS, pads=st.tuples(*[PADS] * 6), x_known=st.booleans(),
)  # fmt: skip
STATES = st.builds(
    LiveState, link=LINKS, mode=st.sampled_from(["strip", "motion", "force"]), phase=st.just("running"),
    recording=st.booleans(), session_id=st.none() | st.integers(0, 99), session_s=st.floats(0, 1e5),
    coach_line=st.text(max_size=9), coach_level=st.sampled_from(Level), pace=GAUGES, pressure=GAUGES, hand=HANDS,
    back_length_mm=st.just(450.0), shoulder_width_mm=st.just(380.0), flags=st.just(()), flag_counts=st.just({}),
    stroke_count=st.integers(0, 99),
)  # fmt: skip


@given(STATES)
def test_ok_is_shown_only_for_a_fresh_number(state):
    fast, slow = fast_part(state), slow_part(state)
    for name in ("pace", "pressure"):
        value, _, level, _ = fast[name]
        if level == Level.OK:
            assert state.link.state is LinkState.STREAMING
            assert value is not None
    if slow["coach"]["level"] == Level.OK:
        assert state.link.state is LinkState.STREAMING


@given(STATES)
def test_a_stream_that_has_stopped_leaves_nothing_live(state):
    state = replace(state, link=replace(state.link, state=LinkState.LOST))
    fast = fast_part(state)
    assert {fast["pace"][2], fast["pressure"][2]} <= {Level.STALE, Level.UNKNOWN}
    assert fast["hand"] is None and fast["band"] is None
    assert coach_level(state) in (Level.IDLE, Level.UNKNOWN, Level.STALE)


@given(STATES)
def test_messages_are_plain_json_without_nan(state):
    for part in (fast_part(state), slow_part(state)):
        assert json.loads(json.dumps(part, allow_nan=False)) == part   # it raises on NaN


@given(STATES, st.booleans(), st.booleans(), st.booleans())
def test_flags_are_held_back_until_a_practice_by_feel_is_over(state, feedback, finished, scored):
    card = ScoreView("Over.", (), ScoreLine("Again.", ()), (), ()) if scored else None
    state = replace(state, feedback=feedback, finished=finished, score=card)
    assert slow_part(state)["flags"]["held_back"] is not (feedback or finished or scored)


def test_every_button_of_the_page_reaches_the_session():
    pressed = []

    class Asked:
        def __getattr__(self, name):
            return lambda *words: pressed.append((name, *words))

    desk = Desk(Asked(), Broadcast(None))
    words = ("start", "stop", "start-over", "implant-yes", "implant-no", "zone-unknown")
    for button in (*words, *(f"zone-{name}" for name in CHOICES)):
        asyncio.run(desk.press(button))
    asyncio.run(desk.press("zone-elbow"))
    asyncio.run(desk.press({"zone": "spine"}))
    assert pressed == [
        ("start",), ("stop",), ("start_over",), ("answer_implant", True), ("answer_implant", False), ("choose_zone", None),
        *(("choose_zone", name) for name in CHOICES),
    ]


@given(STATES)
def test_a_hand_is_drawn_only_where_all_of_its_place_is_known(state):
    place = fast_part(state)["hand"]
    if place is not None:
        assert state.hand.located
        assert all(number is not None and math.isfinite(number) for number in place[:3])
        assert (place[4] is None) == (place[5] is None)


@given(STATES)
def test_a_band_is_drawn_only_where_x_is_known_and_no_hand_is_drawn(state):
    fast, stage = fast_part(state), slow_part(state)["stage"]
    assert stage["x_alone"] is (fast["band"] is not None)
    if fast["band"] is not None:
        assert state.hand.x_known and fast["hand"] is None and not stage["located"]
        assert math.isfinite(fast["band"][0])


@given(STATES, st.sampled_from([Level.WARN, Level.ALARM]))
def test_a_fresh_warning_is_never_played_down(state, level):
    gauge = replace(state.pressure, level=level)
    state = replace(state, link=replace(state.link, state=LinkState.STREAMING), pressure=gauge)
    assert shown_level(gauge, state) is level
    assert slow_part(state)["pressure"]["words"] == gauge.words
