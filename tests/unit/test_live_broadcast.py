"""What each open page is sent: everything once, then changes, and never a queue of old pictures."""

from __future__ import annotations

from slowhand.live.broadcast import HEARTBEAT_S, MAX_UNREPORTED, RETRY_S, Viewer, next_message

SLOW = {"coach": {"line": "Slower."}, "body": {"length": 450.0}}


def fast(number: int) -> dict:
    return {"pace": [12.0, False, "ok", number]}


def send(viewer: Viewer, number: int, now_s: float, slow: dict | None = None) -> dict | None:
    return next_message(viewer, fast(number), SLOW if slow is None else slow, now_s)


def test_the_first_message_carries_everything_and_later_ones_only_changes():
    viewer = Viewer()
    assert send(viewer, 1, 0.0) == {"n": 1, "fast": fast(1), "slow": SLOW}
    assert send(viewer, 2, 0.04) == {"n": 2, "fast": fast(2)}
    changed = SLOW | {"coach": {"line": "Good."}}
    assert send(viewer, 3, 0.08, changed) == {"n": 3, "fast": fast(3), "slow": {"coach": {"line": "Good."}}}


def test_a_picture_that_stands_still_is_sent_as_a_heartbeat_only():
    viewer = Viewer()
    send(viewer, 1, 0.0)
    assert send(viewer, 1, HEARTBEAT_S / 2) is None
    assert send(viewer, 1, HEARTBEAT_S) is not None


def test_a_page_that_is_behind_is_skipped_and_then_gets_the_newest():
    viewer = Viewer()
    for number in range(MAX_UNREPORTED):
        assert send(viewer, number, number * 0.04) is not None
    assert send(viewer, 100, 1.01) is None
    changed = SLOW | {"coach": {"line": "Changed while it was behind."}}
    assert send(viewer, 101, 1.05, changed) is None
    viewer.reported = 20
    message = send(viewer, 102, 1.09, changed)
    assert message is not None
    assert message["fast"] == fast(102)
    assert message["slow"] == {"coach": changed["coach"]}


def test_a_page_that_reports_nothing_is_tried_again_with_the_whole_picture():
    viewer = Viewer()
    for number in range(MAX_UNREPORTED):
        send(viewer, number, number * 0.04)
    last_s = (MAX_UNREPORTED - 1) * 0.04
    assert send(viewer, 100, last_s + RETRY_S - 0.01) is None
    message = send(viewer, 101, last_s + RETRY_S)
    assert message is not None and message["slow"] == SLOW


def test_a_page_that_comes_back_gets_the_whole_picture():
    viewer = Viewer()
    send(viewer, 1, 0.0)
    viewer.forget()
    message = send(viewer, 1, 0.01)
    assert message is not None and message["slow"] == SLOW
