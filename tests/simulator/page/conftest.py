"""What the page's tests share: a browser, and a page that watches over what it does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from imagecache_simulator import Cloud, serve
from imagecache_simulator.server import Server

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "there is no Chromium on PATH; install one: make browser (apt-get install chromium)"

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there's none, in one line; where one must be there, let it fail."""
    if chromium() or os.environ.get("REQUIRE_BROWSER"):
        return
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=MISSING))


def chromium() -> str | None:
    """Return the path of a Chromium."""
    return next(filter(None, map(shutil.which, NAMES)), None)


# A module's, not the session's: while Playwright runs, this thread's event loop does, and nobody else's can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium."""
    path = chromium()
    if path is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Server]:
    """Yield the account's server."""
    with serve(cloud) as server:
        yield server


@pytest.fixture
def console() -> list[str]:
    """Return what browsers complained of; a test that expects complaints clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, server: Server, console: list[str]) -> Iterator[Open]:
    """Yield a function that opens the page: `open_page(width=360, color_scheme="dark")`.

    Afterwards no page may have complained, or asked another host for anything.
    """
    asked: list[str] = []
    with ExitStack() as stack:

        def make(width: int = 1280, color_scheme: str = "light") -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme="dark" if color_scheme == "dark" else "light",
            )
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda message: console.append(message.text))
            page.on("pageerror", lambda error: console.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(server.url)
            page.get_by_role("status").get_by_text("live", exact=True).wait_for()
            return page

        yield make
    assert console == []
    assert asked
    assert [url for url in asked if not url.startswith(server.url)] == []
