"""Serving the live page from a program's main thread, as the commands do."""

from __future__ import annotations

import signal
import threading
import urllib.request

import pytest

from slowhand.errors import StoreError
from slowhand.live.page import serve
from tests.browser.scripted_session import ScriptedSession


class Visit:
    """Fetches the page once it is ready, then lets the server end."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.body = ""

    def ready(self, url: str) -> None:
        threading.Thread(target=self._fetch, args=(url,), daemon=True).start()

    def _fetch(self, url: str) -> None:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                self.body = answer.read().decode()
        finally:
            self.over.set()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_page_can_be_served_again_in_the_same_program(turn, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGINT)
    visit = Visit()
    serve(ScriptedSession(), "127.0.0.1", 0, open_browser=False, until=visit.over.is_set, on_ready=visit.ready)
    assert "<title>Slowhand</title>" in visit.body
    assert "http://" not in visit.body.replace("http://www.w3.org/", "")  # names of XML spaces are not fetched
    assert signal.getsignal(signal.SIGINT) is before
    assert list(tmp_path.iterdir()) == []


def test_what_until_raises_comes_out_of_serve():
    def until() -> bool:
        raise StoreError("the session file is gone; start again")

    with pytest.raises(StoreError, match="session file is gone"):
        serve(ScriptedSession(), "127.0.0.1", 0, open_browser=False, until=until)


def test_a_session_that_fails_ends_the_page_although_nobody_watches_it():
    class Failing(ScriptedSession):
        def state(self):
            raise StoreError("the engine has failed")

    with pytest.raises(StoreError, match="engine has failed"):
        serve(Failing(), "127.0.0.1", 0, open_browser=False)
