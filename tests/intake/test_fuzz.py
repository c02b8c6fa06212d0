"""
Whatever a sender posts, to whichever source: kept, or refused with a reason. Never a 500, never a body that the reader
behind cannot use, never memory without bound. Through the real intake, and through the loop that reads what it kept.
"""

from __future__ import annotations

import json
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.asgi import Answer, knock
from tests.house import SetClock, small_house
from tocsin.detection.registry import SOURCES
from tocsin.incident.events import REAL
from tocsin.incident.wire import decode, encode
from tocsin.loops.house import House
from tocsin.loops.reader import Reader
from tocsin.web.doors import doors
from tocsin.web.intake import LIMIT

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXAMPLES = {
    "alertmanager": [path.read_bytes() for path in sorted((FIXTURES / "alertmanager").glob("*.json"))],
    "crowdsec": [path.read_bytes() for path in sorted((FIXTURES / "crowdsec").glob("*.json"))],
    "grafana": [path.read_bytes() for path in sorted((FIXTURES / "grafana").glob("*.json"))],
    "heartbeat": [b"", b"backup", b'{"name":"backup","sent_at":"2026-11-24T02:00:00Z","sequence":12}'],
    "json": [
        b'{"name":"A","labels":{"a":"b"},"starts_at":"2026-11-24T02:00:00Z","quiet_after":"15m","url":"https://x"}'
    ],
    "wazuh": [path.read_bytes() for path in sorted((FIXTURES / "wazuh").glob("*.json"))],
}
KINDS = sorted(SOURCES)
slow = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=100, deadline=None
)


class Sender:
    """Posts to every kind of one house, and lets the loop read."""

    def __init__(self, house: House, clock: SetClock) -> None:
        self.house, self._clock, self._app = house, clock, doors(house)
        make = house.accounts.new_source_token
        self._tokens = {kind: make(f"my-{kind}", kind, REAL, clock.now())[1] for kind in KINDS}

    def posts(self, kind: str, body: bytes) -> Answer:
        answer = knock(self._app, "POST", f"/ingest/{kind}", body, {"authorization": f"Bearer {self._tokens[kind]}"})
        assert answer is not None
        return answer

    def check(self, kind: str, body: bytes) -> None:
        """What every body must leave behind."""
        before = len(self.house.store.unreadables())
        answer = self.posts(kind, body)
        assert answer.status in (202, 413, 422), answer
        if answer.status != 202:
            assert answer.json["message"]
        self._clock.passes(seconds=1)
        while Reader(self.house, "test").turn():
            pass
        assert self.house.store.backlog() == 0
        put_aside = [
            kept for kept, _ in self.house.store.unreadables() if kept.why.startswith(("Type", "Value", "Key"))
        ]
        assert put_aside == [], "the reader choked on what the intake had taken"
        assert answer.status == 202 or len(self.house.store.unreadables()) >= before


@pytest.fixture
def sender(tmp_path):
    clock = SetClock()
    with small_house(tmp_path / "house", clock) as house:
        yield Sender(house, clock)


instants = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00.000+1400",
        "2026-11-24T02:00:00",
        "-2026-11-24T02:00:00Z",
        "2026-02-30T25:61:61Z",
        "",
    ]
)
odd_texts = st.text(max_size=12) | st.sampled_from(["\0", "\x1b[31m", "\u202e", "a" * 5000, "é" * 3000, "{url}", "%s"])
numbers = st.integers() | st.floats() | st.sampled_from([10**400, -(10**30), 1e308, 2**63])
odd = st.recursive(
    st.none() | st.booleans() | numbers | odd_texts | instants,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_texts, inner, max_size=4),
    max_leaves=10,
)


Place = tuple[str | int, ...]


def places(value: object, here: Place = ()) -> list[Place]:
    """Every place of a JSON value, by the way to it: each is as likely to be wrong as any other."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for name, held in inner for place in places(held, (*here, name)))]


def put(value: object, place: Place, new: object) -> object:
    """The value with something else at that place; LEFT_OUT leaves it out."""
    if not place:
        return new
    name, *rest = place
    if isinstance(value, dict):
        held = {key: held for key, held in value.items() if key != name}
        return held if not rest and new is LEFT_OUT else value | {name: put(value[name], tuple(rest), new)}
    assert isinstance(value, list)
    return [put(held, tuple(rest), new) if number == name else held for number, held in enumerate(value)]


LEFT_OUT = None


@st.composite
def nearly(draw: st.DrawFn, kind: str) -> bytes:
    """A body of that kind with a few places that are wrong."""
    whole = draw(st.sampled_from(EXAMPLES[kind]))
    value: object = json.loads(whole) if whole[:1] in (b"{", b"[") else {"name": "x", "sequence": 1}
    for _ in range(draw(st.integers(1, 3))):
        value = put(value, draw(st.sampled_from(places(value))), draw(odd_texts | instants | odd))
    return json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_is_nearly_right(sender, kind):
    @slow
    @given(nearly(kind))
    def check(body: bytes) -> None:
        sender.check(kind, body)

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_that_are_nothing(sender, kind):
    @slow
    @given(st.binary(max_size=200) | odd.map(lambda value: json.dumps(value).encode()))
    def check(body: bytes) -> None:
        sender.check(kind, body)

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_body_in_a_wrong_encoding_or_cut_or_damaged(sender, kind):
    @slow
    @given(
        st.sampled_from(EXAMPLES[kind]), st.sampled_from(["utf-16", "utf-32", "cp037", "utf-7"]), st.integers(0, 3000)
    )
    def check(whole: bytes, encoding: str, place: int) -> None:
        sender.check(kind, whole.decode().encode(encoding, "replace"))
        sender.check(kind, whole[:place])
        sender.check(kind, whole[:place] + b"\xff\xfe" + whole[place:])
        sender.check(kind, b"\xef\xbb\xbf" + whole)

    check()


ALERT = {
    "alertmanager": '{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"A","l":%s}}]}',
    "crowdsec": '[{"scenario":"s","start_at":"2026-11-24T02:00:00Z","source":{"scope":"Ip","value":%s}}]',
    "grafana": '{"version":"1","alerts":[{"status":"firing","labels":{"alertname":"A","l":%s}}]}',
    "heartbeat": '{"name":%s}',
    "json": '{"name":"A","labels":{"l":%s}}',
    "wazuh": '{"rule":{"id":"1","description":"d"},"timestamp":"2026-11-24T02:00:00Z","data":{"srcip":%s}}',
}
EXTREMES = {
    "a label of nearly the whole limit": '"' + "x" * (LIMIT - 500) + '"',
    "a label of letters of four bytes": '"' + "🔥" * ((LIMIT - 500) // 4) + '"',
    "escapes": '"' + "\\u0000\\ud800" * ((LIMIT - 500) // 12) + '"',
    "deep nesting": "[" * 400_000 + "]" * 400_000,
    "nesting that is never closed": "[" * (LIMIT - 500),
    "a number of a million digits": "9" * 1_000_000,
    "millions of tiny values": "[" + "[]," * (LIMIT // 3 - 500) + "[]]",
    "a table of many names": "{" + ",".join(f'"{n}":1' for n in range(100_000)) + "}",
    "control characters": json.dumps("".join(map(chr, range(32))) * 2000),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", sorted(EXTREMES))
def test_memory_stays_within_a_few_times_the_limit(sender, kind, what):
    body = (ALERT[kind] % EXTREMES[what]).encode("utf-8", "surrogatepass")
    assert len(body) <= LIMIT
    tracemalloc.start()
    try:
        sender.check(kind, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * LIMIT, f"{peak >> 20} MiB"
    for incident in self_opened(sender):
        assert len(encode(incident)) < 200_000


def self_opened(sender: Sender) -> list:
    """The first line of each incident, after it went to the disk and back."""
    streams = [f"incident/{number}" for number in range(1, sender.house.store.last_incident() + 1)]
    return [decode(encode(sender.house.store.load(stream)[0].event)) for stream in streams]


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_over_the_limit_is_413_and_told(sender, kind):
    answer = sender.posts(kind, b'{"a":"' + b"x" * LIMIT + b'"}')
    assert answer.status == 413
    assert len(sender.house.store.unreadables()) == 1


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"heartbeat"}))
def test_one_bad_alert_among_good_ones_is_put_aside_alone(sender, kind):
    whole = json.loads(EXAMPLES[kind][0])
    alerts = whole["alerts"] if isinstance(whole, dict) and "alerts" in whole else None
    good = alerts[0] if alerts else whole[0] if isinstance(whole, list) else whole
    many = [good, {"what": "is this"}, good]
    answer = sender.posts(kind, json.dumps(whole | {"alerts": many} if alerts else many).encode())
    assert (answer.status, answer.json["alerts"], answer.json["quarantined"]) == (202, 2, 1)
    ((_, times),) = sender.house.store.unreadables()
    assert times == 1


def test_years_at_both_ends_neither_fail_nor_win(sender):
    """An alert from the year 9999 must not be newer for ever than all that follow."""
    for year in ("0001", "9999"):
        sender.check("json", f'{{"name":"A","starts_at":"{year}-01-01T00:00:00Z"}}'.encode())
        sender.check(
            "grafana",
            ALERT["grafana"]
            .replace("%s", '"x"')
            .replace('"status"', f'"startsAt":"{year}-12-31T00:00:00Z","status"')
            .encode(),
        )
    events = [line for number in (1, 2) for line in sender.house.store.load(f"incident/{number}")]
    opened = [entry.event for entry in events if hasattr(entry.event, "detected_at")]
    now = sender.house.clock.now()
    assert all(now - timedelta(minutes=1) < event.detected_at <= now for event in opened)
