"""
A storm through a real Alertmanager while the server is killed again and again, and what must hold afterwards.

Alerts go to Alertmanager's own API, some end, Alertmanager posts what its groups hold to the server, which is killed with
SIGKILL at instants that chance picks and started again on the same port and data. `agrees` and `begun_twice` compare what
Alertmanager holds with what stands in the timelines.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.e2e.alertmanager import Alertmanager
from tests.e2e.served import Json, Served


def storm(am: Alertmanager, tocsin: Served, *, seconds: float, kills: int, alerts: int, chance: random.Random) -> None:
    """`alerts` in that time, a fifth of them over before its end; so many kills within it."""
    sending = threading.Thread(target=_send, args=(am, seconds, alerts, random.Random(chance.random())))
    began = time.monotonic()
    instants = sorted(chance.uniform(0.05, 0.95) * seconds for _ in range(kills))
    sending.start()
    for instant in instants:
        time.sleep(max(0.0, began + instant - time.monotonic()))
        tocsin.kill()
        tocsin.start()
    sending.join()


def _send(am: Alertmanager, seconds: float, alerts: int, chance: random.Random) -> None:
    began, at = time.monotonic(), datetime.now(UTC)
    sent = 0
    while sent < alerts:
        count = min(chance.randint(1, 25), alerts - sent)
        post(am, [_alert(number, at) for number in range(sent, sent + count)])
        over = [number for number in range(max(0, sent - 30), sent) if number % 5 == 0]
        if over:
            post(am, [_alert(number, at, over=True) for number in over])
        sent += count
        time.sleep(max(0.0, began + seconds * sent / alerts - time.monotonic()))


def _alert(number: int, at: datetime, *, over: bool = False) -> Json:
    """A pod of one of several namespaces: some dozens of groups of Alertmanager's."""
    labels = {
        "alertname": f"PodSilent{number % 12}",
        "namespace": f"ns-{number % 7}",
        "pod": f"pod-{number}",
        "severity": "warning",
    }
    # Without an end Alertmanager takes it for over after its resolve_timeout; with one far ahead it is held.
    ends = datetime.now(UTC) if over else at + timedelta(hours=1)
    told: Json = {"labels": labels, "annotations": {"summary": f"pod-{number} is silent"}}
    told |= {"startsAt": at.isoformat(), "endsAt": ends.isoformat()}
    return told


def post(am: Alertmanager, alerts: list[Json]) -> None:
    """What Prometheus does."""
    status, body = _ask(am, "POST", "/api/v2/alerts", json.dumps(alerts).encode())
    assert status == 200, body


def held_by(am: Alertmanager) -> dict[str, str]:
    """The fingerprint of each alert that Alertmanager holds as active, and its name."""
    body = _ask(am, "GET", "/api/v2/alerts")[1]
    return {alert["fingerprint"]: alert["labels"]["alertname"] for alert in json.loads(body)}


def _ask(am: Alertmanager, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", am.port, timeout=30)
    try:
        connection.request(method, path, body or None, {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def firing_in(tocsin: Served) -> Counter[str]:
    """How often each fingerprint fires in an incident that is open."""
    held: Counter[str] = Counter()
    for incident in tocsin.incidents():
        if incident["status"] != "merged":
            alerts = tocsin.incident(incident["id"])["alerts"]
            held.update(alert["fingerprint"] for alert in alerts if alert["status"] == "firing")
    return held


def agrees(am: Alertmanager, tocsin: Served) -> bool:
    """Whether what fires here is what Alertmanager holds; what it could not tell, ended before it was told, is nowhere."""
    return set(held_by(am)) == set(firing_in(tocsin))


def begun_twice(tocsin: Served) -> list[tuple[str, str]]:
    """The episodes that stand as new in more than one line of all timelines, or in two incidents."""
    begun: Counter[tuple[str, str]] = Counter()
    for incident in tocsin.incidents():
        for event in tocsin.events(incident["id"], "IncidentOpened", "AlertsJoined"):
            if not event.get("came_from"):
                begun.update((alert["fingerprint"], alert["starts_at"]) for alert in event["alerts"])
    return [episode for episode, count in begun.items() if count > 1]
