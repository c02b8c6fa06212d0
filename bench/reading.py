"""What a reader waits for: a timeline folded, a page among ten thousand incidents, the draft of a post-mortem."""

import http.client
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Figure, percentile
from bench.filled import PUBLIC_URL, add_notes, cookie, end_all_but, open_incidents, opened
from tests.e2e.served import Served
from tests.house import SMALL
from tocsin.incident.state import fold

INCIDENTS = 10_000
STILL_OPEN = 50
LOOKS = 300
LINES = 1000
SETTINGS = f'language = "en"\npublic_url = "{PUBLIC_URL}"\n'


def folding(folder: Path) -> list[Figure]:
    """One incident of a thousand lines."""
    with opened(folder / "data") as house:
        open_incidents(house, 1)
        add_notes(house, 1, LINES - len(house.timeline(1)))
        entries = house.timeline(1)
        fold_ms = milliseconds(lambda: fold(entry.event for entry in entries), 50)
        draft_ms = milliseconds(lambda: house.draft_fresh(1, "fr"), 10)
    return [
        Figure(f"folding {len(entries):,} entries", statistics.median(fold_ms), "ms", 5),
        Figure("post-mortem draft of them, read and written", statistics.median(draft_ms), "ms", 1000),
    ]


def pages(folder: Path) -> list[Figure]:
    """The page of an open incident, the board and the API's list, over HTTP by somebody who is signed in."""
    began = time.perf_counter()
    with opened(folder / "data") as house:
        open_incidents(house, INCIDENTS)
        end_all_but(house, STILL_OPEN)
        signed_in = cookie(house)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    with Served(folder, SETTINGS, procedure=SMALL) as served:
        ready = time.perf_counter() - began
        one = [looks(served, f"/incidents/{INCIDENTS - n % STILL_OPEN}", signed_in, 1)[0] for n in range(LOOKS)]
        board = looks(served, "/", signed_in, LOOKS // 3)
        old = looks(served, "/incidents/77", signed_in, LOOKS // 3)
    beside = f"p50 {percentile(one, 0.5):.1f} ms; {INCIDENTS:,} incidents, {STILL_OPEN} open (made in {filled:.0f} s)"
    return [
        Figure("incident page, p95", percentile(one, 0.95), "ms", 50, beside=beside),
        Figure("page of one that is over, p95", percentile(old, 0.95), "ms", 50),
        Figure("board, p95", percentile(board, 0.95), "ms", beside=f"ready with all of them after {ready:.2f} s"),
    ]


def looks(served: Served, path: str, signed_in: str, count: int) -> list[float]:
    """Milliseconds of each look, over one connection."""
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)

    def look() -> None:
        connection.request("GET", path, headers={"Cookie": signed_in, "Accept": "text/html"})
        answer = connection.getresponse()
        content = answer.read()
        assert (answer.status, b"<html" in content) == (200, True), (path, answer.status, content[:300])

    look()
    took = milliseconds(look, count)
    connection.close()
    return took


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    """How long each call took."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return took
