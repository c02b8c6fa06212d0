"""The person of a scripted drill: what does not come in time is said in words."""

import asyncio

import httpx2
import pytest

from tocsin.rehearsal.people import NotHappened, Person, fields_of

PAGE = """
<form method="post" action="/sign-out"><input type="hidden" name="token" value="other"></form>
<form method="post" action="/p/abc"><input type="hidden" name="token" value="a&amp;b"><button>Je prends</button></form>
<input type="hidden" name="stray" value="x">
"""


def person(answer) -> Person:
    doors = httpx2.AsyncClient(base_url="http://house", transport=httpx2.MockTransport(answer))
    return Person(doors, "tocsin_api_x", "fr")


def test_only_the_form_of_the_link_itself_is_filled() -> None:
    assert fields_of(PAGE, "/p/abc") == {"token": "a&b"}
    assert fields_of(PAGE, "/p/other") is None


def test_a_link_is_opened_then_its_button_pressed() -> None:
    asked: list[tuple[str, str, bytes]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.method, request.url.path, request.content))
        return httpx2.Response(200, text=PAGE) if request.method == "GET" else httpx2.Response(303)

    asyncio.run(person(answer).follow("http://house/p/abc"))
    assert asked == [("GET", "/p/abc", b""), ("POST", "/p/abc", b"token=a%26b")]


def test_a_link_without_a_form_is_told() -> None:
    with pytest.raises(NotHappened, match=r"410, no form"):
        asyncio.run(person(lambda _: httpx2.Response(410, text="expired")).follow("http://house/p/abc"))


def test_what_the_api_refuses_is_told_with_its_answer() -> None:
    with pytest.raises(NotHappened, match=r"POST /api/incidents/1/runs: 409 .*not approved"):
        asyncio.run(person(lambda _: httpx2.Response(409, text="not approved")).post("/api/incidents/1/runs", {}))


def test_what_does_not_come_within_its_limit_is_told_in_the_given_words() -> None:
    async def nothing() -> None:
        return None

    with pytest.raises(NotHappened, match="nobody was called"):
        asyncio.run(person(lambda _: httpx2.Response(200)).until("nobody was called", 0.2, nothing))


def test_looking_again_gives_the_first_thing_seen() -> None:
    looks = iter([None, None, 7])

    async def look() -> int | None:
        return next(looks)

    assert asyncio.run(person(lambda _: httpx2.Response(200)).until("x", 5, look)) == 7
