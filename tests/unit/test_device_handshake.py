"""The conversation: from an open port to a stream, and every way in which it may go wrong."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from slowhand.device import DeviceState, GloveDevice, NoticeKind
from slowhand.device.glove import LIMITS_FRESH_S
from slowhand.errors import BadInputError, NotAGloveError, ProtocolMismatchError
from slowhand.wire import messages_gen as wire
from slowhand.wire.framing import encode_frame
from tests.unit.device_peer import ScriptedGlove, converse, hello


def opened(**options) -> GloveDevice:
    device = GloveDevice(**options)
    device.link_opened(0.0)
    return device


def all_rows(outputs) -> np.ndarray:
    return np.concatenate([output.rows for output in outputs])


def test_from_open_port_to_stream() -> None:
    device, glove = opened(), ScriptedGlove()
    outputs = converse(device, glove, 0.0, 1.0)
    assert device.state is DeviceState.STREAMING
    assert device.problem() is None
    assert glove.rate_hz == 200
    rows = all_rows(outputs)
    assert 180 < len(rows) <= 200
    assert set(np.diff(rows["t_us"])) == {5000}
    assert rows["gap"].tolist() == [True] + [False] * (len(rows) - 1)
    assert device.lost_frames == device.bad_frames == 0
    assert device.hello is not None
    assert device.hello.unit_id == 77


def test_a_glove_that_was_on_before_the_port_was_opened_is_asked() -> None:
    device, glove = opened(), ScriptedGlove(says_hello=False)
    converse(device, glove, 0.0, 1.0)
    assert device.state is DeviceState.STREAMING
    assert any(isinstance(message, wire.Identify) for message in glove.got)


def test_the_rate_that_is_wanted_is_asked_for() -> None:
    device, glove = opened(rate_hz=400), ScriptedGlove()
    converse(device, glove, 0.0, 0.5)
    assert glove.rate_hz == 400
    with pytest.raises(BadInputError, match="100, 200, 400, 500"):
        GloveDevice(rate_hz=333)
    with pytest.raises(BadInputError, match="333"):
        device.start(333)


def test_a_glove_that_comes_late_out_of_its_boot_loader() -> None:
    device = opened()
    for step in range(200):
        assert device.state is DeviceState.IDENTIFYING
        device.poll(step * 0.01)
        device.feed(b"\xf0\x0d\x00\x81garbage\x00" if step == 50 else b"", step * 0.01)
    converse(device, ScriptedGlove(boot_s=2.0), 2.0, 0.5)
    assert device.state is DeviceState.STREAMING


@pytest.mark.parametrize(
    ("noise", "words"),
    [
        (b"", "nothing answers"),
        (b"$GPGGA,123519,4807.038,N\r\n", "no message of a glove"),
        (b"\x00\x00\x13\x37\x00", "no message of a glove"),
        (encode_frame(wire.Sample(0, (0,) * 6, (0,) * 3, (0,) * 3, 0), 0), "does not say who it is"),
    ],
)
def test_what_is_no_glove_is_named_after_three_seconds(noise: bytes, words: str) -> None:
    device = opened()
    for step in range(310):
        device.poll(step * 0.01)
        device.feed(noise, step * 0.01)
        assert (device.state is DeviceState.NOT_A_GLOVE) == (step > 300)
    assert words in device.words
    assert isinstance(device.problem(), NotAGloveError)
    assert "\n" not in str(device.problem())


def test_a_loop_back_is_named() -> None:
    device = opened()
    for step in range(310):
        device.feed(device.poll(step * 0.01), step * 0.01)
    assert device.state is DeviceState.NOT_A_GLOVE
    assert "sends back" in device.words


def test_who_was_taken_for_no_glove_may_still_turn_out_to_be_one() -> None:
    device = opened()
    converse(device, None, 0.0, 4.0)
    assert device.state is DeviceState.NOT_A_GLOVE
    converse(device, ScriptedGlove(boot_s=4.0, says_hello=False), 4.0, 1.0)
    assert device.state is DeviceState.STREAMING
    assert device.problem() is None


def test_a_glove_that_answers_but_sends_no_samples() -> None:
    device, glove = opened(), ScriptedGlove()
    glove.dumb = True
    converse(device, glove, 0.0, 4.0)
    assert device.state is DeviceState.NOT_A_GLOVE
    assert "sends no samples" in device.words
    glove.dumb = False
    converse(device, glove, 4.0, 1.0)
    assert device.state is DeviceState.STREAMING


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"protocol_version": wire.PROTOCOL_VERSION + 1}, "update Slowhand on this computer"),
        ({"protocol_version": wire.PROTOCOL_VERSION - 1}, "update the glove's firmware"),
        ({"schema_hash": wire.SCHEMA_HASH ^ 1}, "different definitions"),
    ],
)
def test_another_version_is_refused_and_the_side_to_update_is_named(changes: dict, words: str) -> None:
    device, glove = opened(), ScriptedGlove(**changes)
    glove.rate_hz = 200   # it streams already, but in another language
    outputs = converse(device, glove, 0.0, 5.0)
    assert device.state is DeviceState.MISMATCH
    assert words in device.words
    assert "0.1.2" in device.words
    assert isinstance(device.problem(), ProtocolMismatchError)
    assert len(all_rows(outputs)) == 0
    assert not any(isinstance(message, wire.Start | wire.Ping) for message in glove.got)
    assert device.poll(10.0) == b""
    # A firmware that was updated while the program ran is taken at once.
    converse(device, ScriptedGlove(boot_s=5.0, boot_id=6), 5.0, 1.0)
    assert device.state is DeviceState.STREAMING


def test_a_start_that_is_lost_is_sent_again() -> None:
    device, glove = opened(), ScriptedGlove()
    glove.deaf_to = {wire.Start}
    converse(device, glove, 0.0, 0.3)
    assert device.state is DeviceState.STARTING
    assert glove.count(wire.Start) >= 2
    glove.deaf_to = set()
    converse(device, glove, 0.3, 0.5)
    assert device.state is DeviceState.STREAMING


def test_commands_are_repeated_until_answered_but_not_for_ever() -> None:
    device, glove = opened(), ScriptedGlove()
    converse(device, glove, 0.0, 0.5)
    device.pace(2000, 100, 80)
    converse(device, glove, 0.5, 2.0)
    assert glove.count(wire.Pace) == 1
    glove.deaf_to = {wire.Pace, wire.Cue}
    device.pace(3000, 100, 80)
    device.cue(wire.CuePattern.SLOWER, 200)
    converse(device, glove, 2.5, 3.0)
    assert glove.count(wire.Pace) == 1 + 5
    assert glove.count(wire.Cue) == 2
    assert [notice.kind for notice in device.take_notices()] == [NoticeKind.COMMAND_LOST] * 2
    assert device.take_notices() == ()
    assert device.state is DeviceState.STREAMING


def test_a_refusal_is_told_with_its_reason() -> None:
    device, glove = opened(), ScriptedGlove()
    glove.refuses = {wire.Pace}
    converse(device, glove, 0.0, 0.5)
    device.pace(1, 60000, 255)
    converse(device, glove, 0.5, 1.0)
    [notice] = device.take_notices()
    assert notice.kind is NoticeKind.COMMAND_REFUSED
    assert "Pace" in notice.words
    assert "out of its range" in notice.words
    assert glove.count(wire.Pace) == 1


def test_limits_are_sent_again_before_they_expire_and_the_newest_win() -> None:
    device, glove = opened(), ScriptedGlove()
    device.limits((100,) * 6, ttl_ms=1000)
    converse(device, glove, 0.0, 1.0)
    device.limits((200,) * 6, ttl_ms=1000)
    arrivals = []
    for step in range(1, 501):
        now_s = 1.0 + step * 0.01
        before = glove.count(wire.Limits)
        glove.hear(device.poll(now_s), now_s)
        device.feed(glove.speak(now_s), now_s)
        if glove.count(wire.Limits) > before:
            arrivals.append(now_s)
    assert max(np.diff(arrivals)) < 0.5, "two in a row must fit into one time to live"
    assert 8 <= len(arrivals) <= 20
    limits = [message for message in glove.got if isinstance(message, wire.Limits)]
    assert limits[0].pads == (100,) * 6
    assert limits[-1].pads == (200,) * 6


def limits_heard(glove: ScriptedGlove) -> list[tuple[int, ...]]:
    return [message.pads for message in glove.got if isinstance(message, wire.Limits)]


def test_limits_grow_old_in_the_glove_when_samples_stop() -> None:
    device, glove = opened(), ScriptedGlove()
    device.limits((100,) * 6, ttl_ms=1000)
    converse(device, glove, 0.0, 2.0)
    glove.dumb = True
    converse(device, glove, 2.0, LIMITS_FRESH_S + 0.02)
    sent = glove.count(wire.Limits)
    glove.deaf_to = {wire.Limits}
    converse(device, glove, 2.0 + LIMITS_FRESH_S + 0.02, 10.0)
    assert device.state is not DeviceState.STREAMING
    assert glove.count(wire.Limits) == sent
    assert not any(notice.kind is NoticeKind.COMMAND_LOST for notice in device.take_notices())
    glove.dumb, glove.deaf_to = False, set()
    glove._next_tick_us = glove.t_us(12.2)   # those in between were never sampled
    converse(device, glove, 12.2, 2.0)
    assert device.state is DeviceState.STREAMING
    assert glove.count(wire.Limits) > sent, "fresh samples: they are refreshed again"


def test_limits_that_were_not_answered_are_not_repeated_once_samples_have_stopped() -> None:
    device, glove = opened(), ScriptedGlove()
    converse(device, glove, 0.0, 1.0)
    device.limits((100,) * 6, ttl_ms=1000)
    glove.deaf_to, glove.dumb = {wire.Limits}, True
    converse(device, glove, 1.0, 5.0)
    assert glove.count(wire.Limits) <= 1


def test_after_a_lost_link_or_a_reset_the_old_zone_is_not_sent() -> None:
    device, glove = opened(), ScriptedGlove()
    device.limits((100,) * 6)
    converse(device, glove, 0.0, 2.0)
    assert device.holds_limits
    device.link_lost()
    device.link_opened(3.0)
    back = ScriptedGlove(boot_s=3.0, boot_id=6)
    converse(device, back, 3.0, 2.0)
    assert device.state is DeviceState.STREAMING and not device.holds_limits and limits_heard(back) == []
    device.limits((200,) * 6)
    converse(device, back, 5.0, 1.0)
    assert set(limits_heard(back)) == {(200,) * 6}
    reset = ScriptedGlove(boot_s=6.0, boot_id=7)
    converse(device, reset, 6.0, 2.0)
    assert device.state is DeviceState.STREAMING and not device.holds_limits and limits_heard(reset) == []


def test_pings_once_a_second_fit_the_clock() -> None:
    device, glove = opened(), ScriptedGlove(first_us=3_000_000_000)
    converse(device, glove, 0.0, 20.0)
    assert 19 <= glove.count(wire.Ping) <= 21
    fit = device.clock.fit
    assert fit is not None
    assert fit.host_s(glove.t_us(20.0)) == pytest.approx(20.0, abs=0.006)
    assert device.clock.round_trip_s == pytest.approx(0.0, abs=0.02)


def test_stop_and_start_again() -> None:
    device, glove = opened(), ScriptedGlove()
    converse(device, glove, 0.0, 0.5)
    device.stop()
    converse(device, glove, 0.5, 5.0)
    assert device.state is DeviceState.IDLE
    assert glove.rate_hz == 0
    device.start()
    converse(device, glove, 5.5, 0.5)
    assert device.state is DeviceState.STREAMING
    assert glove.rate_hz == 200


def test_samples_that_stop_are_noticed_and_asked_for_again() -> None:
    device, glove = opened(), ScriptedGlove()
    converse(device, glove, 0.0, 1.0)
    glove.rate_hz = 0   # as after a brown-out that kept the boot id
    converse(device, glove, 1.0, 0.45)
    assert device.state is DeviceState.STREAMING
    glove.deaf_to = {wire.Identify}
    converse(device, glove, 1.45, 0.08)
    assert device.state is DeviceState.STALE
    assert "stopped" in device.words
    glove.deaf_to = set()
    converse(device, glove, 1.53, 1.0)
    assert device.state is DeviceState.STREAMING


def test_numbers_that_do_not_fit_are_refused_where_they_are_given() -> None:
    device = opened()
    for wrong in (lambda: device.limits((70000,) * 6), lambda: device.pace(-1, 0, 0), lambda: device.cue(0, 256)):
        with pytest.raises(struct.error):
            wrong()


def test_a_closed_link_is_silent() -> None:
    device = GloveDevice()
    assert device.poll(1.0) == b""
    device.link_opened(1.0)
    assert device.poll(1.0) != b""
    device.link_lost()
    assert device.poll(2.0) == b""
    assert device.state is DeviceState.CLOSED


def test_hello_of_a_newer_minor_firmware_is_fine() -> None:
    device = opened()
    device.feed(encode_frame(hello(firmware_major=9), 0), 0.1)
    assert device.state is DeviceState.STARTING


def test_the_cable_is_pulled_out_and_put_back() -> None:
    device, glove = opened(), ScriptedGlove()
    device.limits((300,) * 6)
    device.pace(2000, 100, 80)
    before = all_rows(converse(device, glove, 0.0, 2.0))
    device.link_lost()
    assert device.poll(3.0) == b""
    # Plugged in again the board boots anew, with the next boot id and its clock at zero.
    device.link_opened(5.0)
    glove = ScriptedGlove(boot_s=5.2, boot_id=6)
    after = all_rows(converse(device, glove, 5.2, 2.0))
    assert device.state is DeviceState.STREAMING
    assert after["gap"].tolist() == [True] + [False] * (len(after) - 1)
    assert after["t_us"][0] - before["t_us"][-1] == pytest.approx(3.2e6, abs=0.1e6)
    assert glove.count(wire.Pace) == 1
    assert device.lost_frames == 0
    fit = device.clock.fit
    assert fit is not None
    assert fit.host_s(int(after["t_us"][-1])) == pytest.approx(7.2, abs=0.02)


def test_a_link_that_breaks_while_the_glove_goes_on_loses_a_known_number_of_frames() -> None:
    device, glove = opened(), ScriptedGlove()
    before = all_rows(converse(device, glove, 0.0, 2.0))
    device.link_lost()
    glove.speak(4.0)   # into the air
    device.link_opened(4.0)
    after = all_rows(converse(device, glove, 4.0, 1.0))
    assert device.state is DeviceState.STREAMING
    lost = (after["t_us"][0] - before["t_us"][-1]) // 5000 - 1
    assert device.reception.losses.by_name["Sample"].lost == lost > 390
    assert after["gap"].tolist() == [True] + [False] * (len(after) - 1)
    assert device.reception.timeline.newest_us == pytest.approx(5e6, abs=20_000)


def test_another_device_on_the_same_port_is_not_spoken_to_as_a_glove() -> None:
    device, glove = opened(), ScriptedGlove()
    device.limits((300,) * 6)
    converse(device, glove, 0.0, 2.0)
    device.link_lost()
    device.link_opened(3.0)
    sent = b"".join(device.poll(3.0 + step * 0.01) for step in range(200))
    heard = ScriptedGlove()
    heard.hear(sent, 5.0)
    assert {type(message) for message in heard.got} == {wire.Identify}
