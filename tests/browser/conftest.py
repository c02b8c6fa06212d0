"""Debian's chromium through Playwright, JavaScript off, before a real house that listens on a port of its own."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.conftest import clock, settings, stage  # noqa: F401  # the same house as the tests of the pages
from tests.web.stage import Stage
from tocsin.web.app import build_app

CHROMIUM = Path("/usr/bin/chromium")
ARTIFACTS = Path(os.environ.get("TOCSIN_ARTIFACTS") or Path(__file__).parents[2] / ".artifacts")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a thumb must hit: everything that is pressed, but for links inside a sentence (WCAG 2.2, 2.5.8).
TOO_SMALL = """
[...document.querySelectorAll("button, .button, summary, select, textarea, input:not([type=hidden]), nav a, .card h2 a")]
  .filter(thing => thing.checkVisibility({visibilityProperty: true}))
  .map(thing => {
    const pressed = thing.matches("[type=radio], [type=checkbox]") ? thing.closest("label") : thing;
    const high = Math.max(pressed.getBoundingClientRect().height, thing.closest(".card")?.getBoundingClientRect().height ?? 0);
    return [thing.outerHTML.slice(0, 80), high];
  })
  .filter(([, high]) => high < 44)
"""
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}


@pytest.fixture(scope="module")  # its event loop runs in this thread until it ends: nobody else could start one
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(stage: Stage) -> Iterator[str]:  # noqa: F811
    """The house, listening."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(build_app(stage.house), log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


class Looking:
    """A browser's window on the house; each look is kept as a picture and must not scroll sideways."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self.address = address
        self.name = name

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def look(self, what: str) -> None:
        widest, window = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{what}-{self.name}.png", full_page=True)
        assert widest <= window, f"{what} scrolls sideways: {widest} > {window}"
        assert self.page.evaluate(TOO_SMALL) == [], what

    def press(self, words: str) -> None:
        """Every button sends a form: the next page is there when this returns, however slow the machine is."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()

    def open(self, words: str) -> None:
        self.page.locator("summary", has_text=words).first.click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).locator("visible=true").first.fill(text)


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Callable[..., Looking]]:
    """Open a window of a size in a language; `javascript` is off unless asked for."""
    contexts = []

    def opened(size: str, language: str, *, scheme: str = "dark", javascript: bool = False) -> Looking:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=LANGUAGES[language],
            color_scheme=scheme,
            java_script_enabled=javascript,
            is_mobile=size == "phone",
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        return Looking(context.new_page(), address, f"{size}-{language}-{scheme}")

    yield opened
    for context in contexts:
        context.close()
