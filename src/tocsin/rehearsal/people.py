"""
The person of a scripted drill: whatever they do goes through the doors that everybody uses.

They hold an API token, follow the link of a page like a browser, and wait like a person: by looking again. The
surprise: nothing here knows how tocsin works inside; what does not happen in time is `NotHappened`, in words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any, TypeVar

import httpx2

Json = dict[str, Any]
T = TypeVar("T")
LOOKS_EVERY = 0.1  # real seconds


class NotHappened(Exception):
    """What was awaited and did not come within its limit, as a sentence."""


class Person:
    """`doors` has the server's address as its base, `token` is a personal API token, `lang` "fr" or "en"."""

    def __init__(self, doors: httpx2.AsyncClient, token: str, lang: str) -> None:
        self._doors = doors
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang}
        self._lang = lang

    async def get(self, path: str) -> Json:
        """An answer of the API; raises `NotHappened` when it refuses."""
        answer = await self._doors.get(path, headers=self._headers, params={"lang": self._lang})
        return _told("GET", path, answer)

    async def text(self, path: str) -> str:
        """An answer that is plain text; raises `NotHappened` when it refuses."""
        answer = await self._doors.get(path, headers=self._headers)
        if not answer.is_success:
            raise NotHappened(_refused("GET", path, answer))
        return answer.text

    async def post(self, path: str, body: Json) -> Json:
        """Ask something of the API; raises `NotHappened` when it refuses."""
        answer = await self._doors.post(path, headers=self._headers, params={"lang": self._lang}, json=body)
        return _told("POST", path, answer)

    async def follow(self, link: str) -> None:
        """Open a page's link and press its one button, as a browser does; raises `NotHappened`."""
        page = await self._doors.get(link, headers={"Accept": "text/html"})
        fields = fields_of(page.text, page.url.path) if page.is_success else None
        if fields is None:
            raise NotHappened(f"GET {httpx2.URL(link).path[:12]}…: {page.status_code}, no form")
        answer = await self._doors.post(link, data=fields, headers={"Accept": "text/html"})
        if answer.status_code not in (200, 303):
            raise NotHappened(f"POST {httpx2.URL(link).path[:12]}…: {answer.status_code}")

    async def incident(self, number: int) -> Json:
        """Everything about one incident."""
        return await self.get(f"/api/incidents/{number}")

    async def until(self, awaited: str, seconds: float, look: Callable[[], Awaitable[T | None]]) -> T:
        """Look again and again; raises `NotHappened` with `awaited` after so many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    seen = await look()
                    if seen is not None:
                        return seen
                    await asyncio.sleep(LOOKS_EVERY)
        except TimeoutError:
            raise NotHappened(awaited) from None


def _told(method: str, path: str, answer: httpx2.Response) -> Json:
    if not answer.is_success:
        raise NotHappened(_refused(method, path, answer))
    content: Json = answer.json()
    return content


def _refused(method: str, path: str, answer: httpx2.Response) -> str:
    return f"{method} {path}: {answer.status_code} {answer.text[:300]}"


def fields_of(html: str, action: str) -> dict[str, str] | None:
    """The hidden fields of the page's form that posts to `action`, by name; None when it has no such form."""
    reading = _Form(action)
    reading.feed(html)
    return reading.found


class _Form(HTMLParser):
    """Reads the hidden fields of one form."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] | None = None
        self._action = action
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the form, then its hidden fields."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("method", "").lower() == "post" and given.get("action") == self._action
            self.found = {} if self._inside else self.found
        elif tag == "input" and self._inside and self.found is not None and given.get("type") == "hidden":
            self.found[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._inside = False
