"""Fixtures of the browser tests: one Chromium and one scripted page per module, and a watched tab on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import launch
from tests.browser.page_process import PageProcess


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@dataclass
class Watched:
    """What a tab did that it must not do."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self._fetched(request.url))
        page.on("websocket", lambda socket: self._fetched(socket.url))
        page.on("console", lambda message: message.type in ("error", "warning") and self._complain(message.text))
        page.on("pageerror", lambda error: self._complain(str(error)))

    def _fetched(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.netloc)

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


@dataclass
class Stage:
    """The scripted page in its process, and a browser's tabs on it."""

    server: PageProcess
    url: str
    context: BrowserContext
    watched: Watched
    tab: Page | None = None

    def new_tab(self) -> Page:
        page = self.context.new_page()
        self.watched.watch(page)
        page.goto(self.url)
        return page

    def show(self, page: Page, scene: str) -> None:
        """Change the scene and wait until the tab has drawn it."""
        number = self.server.scene(scene)
        page.wait_for_selector(f'.live[data-page-link="live"][data-session="{number}"]')
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    def go_on(self, scene: str) -> None:
        """Change the scene in the same session: no tab can tell when it has drawn that."""
        self.server.scene(f"then {scene}")


@pytest.fixture(scope="module")
def stage(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    server = PageProcess(tmp_path_factory.mktemp("page"))
    try:
        [url] = server.expect("ready")
        yield Stage(server, url, chromium.new_context(), Watched())
    finally:
        server.close()


@pytest.fixture
def open_page(stage: Stage) -> Callable[..., Page]:
    """A tab that shows a scene; the same one for every test, unless a new one is asked for."""

    def open_in(
        scene: str, size: tuple[int, int] = (1180, 820), *, still: bool = False, new_tab: bool = False
    ) -> Page:
        if new_tab:
            page = stage.new_tab()
        else:
            page = stage.tab = stage.tab or stage.new_tab()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(reduced_motion="reduce" if still else "no-preference")
        stage.show(page, scene)
        return page

    return open_in


@pytest.fixture(autouse=True)
def nothing_outside_and_no_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that used the page: it fetched nothing from elsewhere, and its console is empty."""
    yield
    if "stage" in request.fixturenames:
        stage: Stage = request.getfixturevalue("stage")
        assert stage.watched.hosts == {urlsplit(stage.url).netloc}
        assert stage.watched.complaints == []
