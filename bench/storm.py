"""
A machine's death as a running server sees it: 10,000 alerts within a minute, shuffled, three unrelated faults inside.

`tocsin serve` in its own process, a real mail server, the cluster's places known from before. The bodies come in real
time, each with alerts of all kinds mixed, as no Alertmanager would group them: the worst for whoever must put them
together. Beside it the labelled storms (`bench.storms`), on the seeds that were tuned on and on those held out.
"""

import http.client
import random
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Figure
from bench.filled import opened
from bench.intake import drain
from bench.storms.bodies import body
from bench.storms.cluster import Cluster, cluster
from bench.storms.faults import SINGLES, Signal, crowd_of_alerts, disk_full, single, volume_full
from bench.storms.scenarios import HELD_OUT, SCENARIOS, TUNED
from bench.storms.score import Score, line, scenario, score, tell, total
from tests.e2e.served import Json, Served
from tests.e2e.waiting import eventually
from tests.e2e.watched_mail import WatchedMail, settings_for
from tests.house import SMALL
from tocsin.detection.sources.alertmanager import fingerprint

ALERTS = 10_000
MINUTE = 60.0
LARGEST = 40
SEED = 4


def storm(folder: Path) -> list[Figure]:
    """The running server, then the labelled sets."""
    return [*death_of_a_machine(folder), *labelled()]


def death_of_a_machine(folder: Path) -> list[Figure]:
    """Goals: four incidents, first page within 5 s, settled within 30 s, 300 MB."""
    chance = random.Random(SEED)
    made = cluster(21, chance, crowd=380)
    signals = shuffled_minute(made, chance)
    with opened(folder / "data") as house:
        house.see_cluster(made.snapshot())
    mails: list[tuple[float, str]] = []

    def note(mail: EmailMessage) -> None:
        mails.append((time.perf_counter(), str(mail["subject"])))

    with WatchedMail() as mail, Served(folder, settings_for(mail), procedure=SMALL) as served:
        mail.before_answer = note
        sent = _Sender(served, served.token())
        sent.play(signals, chance)
        settled = eventually(lambda: _settled(served, len(signals), sent.last), "all is settled", within=300)
        return [*_figures(served, signals, sent, mails, settled)]


def shuffled_minute(made: Cluster, chance: random.Random) -> list[Signal]:
    """One machine's alerts and those of three other faults, at any instant of the minute."""
    dead, other = made.machines[-1].name, made.machines[1].name
    beside = [disk_full(other, 20), volume_full(25), single("queue", SINGLES["queue"], 10)]
    others = [signal for fault in beside for signal in fault.play(made, chance)]
    signals = [*crowd_of_alerts(made, dead, ALERTS - len(others), chance), *others]
    return sorted(signals, key=lambda signal: signal.at)


class _Sender:
    """Sends bodies at their instants over one connection; `accepted` is when each alert's body was answered."""

    def __init__(self, served: Served, token: str) -> None:
        address = urlsplit(served.url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self.accepted: dict[str, float] = {}
        self.first = self.last = 0.0
        self.bodies = 0

    def play(self, signals: list[Signal], chance: random.Random) -> None:
        began = time.perf_counter()
        for part in _parts(signals, chance):
            time.sleep(max(0.0, began + part[-1].at - time.perf_counter()))
            content = body(("", ""), part, part[-1].at)
            self._connection.request("POST", "/ingest/alertmanager", content, self._headers)
            answer = self._connection.getresponse()
            answer.read()
            if answer.status != 202:
                raise AssertionError(f"refused with {answer.status}")
            self.last = time.perf_counter()
            self.first = self.first or self.last
            self.bodies += 1
            self.accepted.update(
                dict.fromkeys((signal.labels["alertname"] for signal in part), self.last) | self.accepted
            )


def _parts(signals: list[Signal], chance: random.Random) -> Iterator[list[Signal]]:
    """In the order of time, 1 to 40 at once."""
    start = 0
    while start < len(signals):
        size = chance.randint(1, LARGEST)
        yield signals[start : start + size]
        start += size


def _settled(served: Served, alerts: int, last: float) -> float:
    """Seconds since the last body when nothing waits and every alert is in an incident; 0 before."""
    held = sum(incident["alerts_total"] for incident in served.incidents() if incident["status"] != "merged")
    return time.perf_counter() - last if held == alerts else 0.0


def _figures(
    served: Served, signals: list[Signal], sent: _Sender, mails: list[tuple[float, str]], settled: float
) -> Iterator[Figure]:
    drain(urlsplit(served.url).port or 0)
    incidents = served.incidents()
    stand = [incident for incident in incidents if incident["status"] != "merged"]
    merged = len(incidents) - len(stand)
    result = score({fingerprint(s.labels): s.cause for s in signals}, _held(served, stand))
    beside = f"{merged} merged into them; {line(result)}; {sent.bodies} bodies in {sent.last - sent.first:.0f} s"
    yield Figure("storm: incidents", len(stand), "", 4, beside=beside)
    root = min(at for name, at in sent.accepted.items() if name.startswith(("KubeNode", "TocsinNode")))
    node = next(incident for incident in stand if incident["alerts_total"] > 1000)
    paged = min((at for at, subject in mails if f"INC-{node['id']} " in subject), default=float("inf"))
    firsts = min(at for at, _ in mails) - sent.first
    pages = sum(len(served.events(incident["id"], "PageRequested")) for incident in incidents)
    beside = f"first mail {firsts:.2f} s after the first body; {pages} calls and notices in all, {len(mails)} mails"
    yield Figure("storm: the dead node told → paged", paged - root, "s", 5, beside=beside)
    yield Figure("storm: last body → all settled", settled, "s", 30)
    assert served.server is not None
    yield Figure("storm: largest RSS", _peak(served.server.pid), "MB", 300)


def _held(served: Served, incidents: list[Json]) -> dict[str, int]:
    return {
        alert["fingerprint"]: incident["id"]
        for incident in incidents
        for alert in served.incident(incident["id"])["alerts"]
    }


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1000


def labelled() -> list[Figure]:
    """Pairwise precision and recall, per scenario and in all."""
    return [figure for named, seeds in (("tuned", TUNED), ("held out", HELD_OUT)) for figure in _set(named, seeds)]


def _set(named: str, seeds: range) -> list[Figure]:
    print(f"labelled storms, seeds {named}:")
    every: list[Score] = []
    for name in SCENARIOS:
        scores = scenario(name, seeds)
        tell(name, scores)
        every += scores.values()
    whole = total(every)
    beside = f"{whole.incidents} incidents for {whole.causes} causes, {whole.alerts} alerts, {len(every)} storms"
    return [
        Figure(f"grouping, seeds {named}: precision", whole.precision, "", 0.99, at_least=True, beside=beside),
        Figure(f"grouping, seeds {named}: recall", whole.recall, "", 0.99, at_least=True),
    ]
