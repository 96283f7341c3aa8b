"""Starting and stopping from the page, by touch and by keyboard, and how the page itself starts and ends."""

from __future__ import annotations

import re
import signal
import socket

import pytest
from playwright.sync_api import expect

from tests.browser.page_process import PageProcess


def test_stop_and_start_reach_the_session(open_page, stage):
    page = open_page("good")
    start = page.get_by_role("button", name="Start recording")
    stop = page.get_by_role("button", name="Stop recording")
    before = len(stage.server.ask("calls", "calls"))
    expect(start).to_be_hidden()
    stop.click()
    expect(page.locator(".rec")).to_have_text("Not recording")
    expect(stop).to_be_hidden()
    expect(start).to_have_attribute("aria-disabled", "false")
    start.click()
    expect(page.locator(".rec")).to_have_text("Recording")
    expect(stop).to_be_visible()
    assert stage.server.ask("calls", "calls")[before:] == ["stop", "start"]


def test_a_finger_that_taps_twice_does_not_undo_what_it_did(open_page, stage):
    page = open_page("good")
    before = len(stage.server.ask("calls", "calls"))
    stop = page.get_by_role("button", name="Stop recording")
    expect(stop).to_have_attribute("aria-disabled", "false")
    box = stop.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=20)
    expect(page.locator(".rec")).to_have_text("Not recording")
    assert stage.server.ask("calls", "calls")[before:] == ["stop"]
    start = page.get_by_role("button", name="Start recording")
    expect(start).to_have_attribute("aria-disabled", "false")
    start.click()
    expect(page.locator(".rec")).to_have_text("Recording")


def test_the_keyboard_works_and_keeps_its_place(open_page, stage):
    page = open_page("good", new_tab=True)
    before = len(stage.server.ask("calls", "calls"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Stop recording")).to_be_focused()
    page.keyboard.press("Enter")
    start = page.get_by_role("button", name="Start recording")
    expect(start).to_be_focused()
    expect(start).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Stop recording")).to_be_focused()
    assert stage.server.ask("calls", "calls")[before:] == ["stop", "start"]


def test_a_start_that_fails_says_why(open_page):
    page = open_page("disk_full")
    page.get_by_role("button", name="Start recording").click()
    expect(page.locator(".banner-warn")).to_have_text(re.compile("the disk is full; free some space"))
    expect(page.locator(".rec")).to_have_text("Not recording")


def test_two_pages_show_the_same_session(open_page):
    first, second = open_page("good"), open_page("good", (390, 844), new_tab=True)
    for page in (first, second):
        expect(page.locator(".coach .line")).to_have_text("Lovely. Long, slow strokes.")
    first.get_by_role("button", name="Stop recording").click()
    expect(second.locator(".rec")).to_have_text("Not recording")
    start = second.get_by_role("button", name="Start recording")
    expect(start).to_have_attribute("aria-disabled", "false")
    start.click()
    expect(first.locator(".rec")).to_have_text("Recording")


def test_the_page_keeps_the_last_picture_when_the_program_ends(chromium, tmp_path):
    server = PageProcess(tmp_path)
    try:
        [url] = server.expect("ready")
        page = chromium.new_page()
        page.goto(url)
        expect(page.locator(".coach .line")).to_have_text("Lovely. Long, slow strokes.")
        server.tell("end")
        assert server.expect("closed") == []
        assert server.wait() == 0
        expect(page.get_by_text("Slowhand has ended. This is the last picture.")).to_be_visible()
        expect(page.get_by_role("meter", name="Pace")).to_have_attribute("aria-valuetext", "unknown, session over")
        page.close()
    finally:
        server.close()
    assert server.errors == []
    assert list(tmp_path.iterdir()) == []  # nothing is left in the folder that it was started in


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_page_but_not_the_program(tmp_path, way):
    server = PageProcess(tmp_path)
    try:
        server.expect("ready")
        server.process.send_signal(way)
        assert server.expect("closed") == []  # what comes after serve() is still done
        assert server.wait() == 0
    finally:
        server.close()
    assert server.errors == []


def test_a_port_in_use_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = PageProcess(tmp_path, "--port", str(port))
        try:
            assert server.wait() == 2
        finally:
            server.close()
    [line] = server.errors
    assert f"127.0.0.1:{port}" in line and "another program" in line and "--http" in line
