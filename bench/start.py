"""From the command line to /readyz, and what the server costs while nothing happens but a thousand clocks run."""

import os
import statistics
import time
from pathlib import Path

from bench.figures import Figure
from bench.filled import PUBLIC_URL, open_incidents, opened
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.house import SMALL

STARTS = 7
CLOCKS = 1000
IDLE_FOR = 20.0
SETTINGS = f'language = "en"\npublic_url = "{PUBLIC_URL}"\n'


def cold_start(folder: Path) -> list[Figure]:
    """The first start makes the database and the compiled modules; the median is of those that follow."""
    served = Served(folder, SETTINGS, procedure=SMALL)
    took = [start(served) for _ in range(STARTS + 1)]
    first, later = took[0], took[1:]
    beside = f"the first {first:.2f} s, the others {min(later):.2f} to {max(later):.2f} s"
    return [Figure("cold start to ready, median of 7", statistics.median(later), "s", 1.5, beside=beside)]


def start(served: Served) -> float:
    """Seconds until it is ready; it is stopped again."""
    began = time.perf_counter()
    served.launch()
    eventually(served._is_ready, "the server is ready", every=0.005)
    took = time.perf_counter() - began
    served.kill()
    return took


def idle(folder: Path) -> list[Figure]:
    """With as many incidents that wait for their next call."""
    with opened(folder / "data") as house:
        open_incidents(house, CLOCKS)
    began = time.perf_counter()
    with Served(folder, SETTINGS, procedure=SMALL) as served:
        ready = time.perf_counter() - began
        assert served.server is not None
        eventually(lambda: served.get("/metrics")[0] == 200, "it counts")
        pid = served.server.pid
        time.sleep(3)  # what a start leaves to do is done
        before, began = computed(pid), time.perf_counter()
        time.sleep(IDLE_FOR)
        share = (computed(pid) - before) / (time.perf_counter() - began) * 100
        memory, clocks = resident(pid), len(served.ask("GET", "/api/incidents?open=true&limit=200").json["incidents"])
    assert clocks == 200
    beside = f"{CLOCKS} running clocks, {IDLE_FOR:g} s; ready with them after {ready:.2f} s"
    return [
        Figure("idle memory (RSS)", memory, "MB", 120, beside=beside),
        Figure("idle CPU", share, "% of a core", 0.5),
    ]


def computed(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Megabytes in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
