"""Bodies that a real Alertmanager sent (tests/fixtures/alertmanager), and bodies that nobody should send."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.detection.bounds import ENTRIES, LINK, NAME, PROSE, UNKNOWN_START, VALUE
from tocsin.detection.fingerprint import fingerprint
from tocsin.detection.registry import SOURCES
from tocsin.detection.sources.alertmanager import _read_one_by_one, read
from tocsin.detection.sources.contract import Unreadable
from tocsin.incident.beat import Beat

BODIES = Path(__file__).parents[2] / "fixtures" / "alertmanager"


def body(name: str) -> bytes:
    return (BODIES / name).read_bytes()


def one(**changes: object) -> dict[str, object]:
    """An alert as it could come, with changes; None leaves the field out."""
    alert: dict[str, object] = {
        "status": "firing",
        "labels": {"alertname": "SiteDown", "severity": "critical"},
        "annotations": {},
        "startsAt": "2026-11-23T14:08:02.577Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": "00000000000000aa",
    } | changes
    return {name: value for name, value in alert.items() if value is not None}


def group(*alerts: object, **more: object) -> bytes:
    return json.dumps({"version": "4", "status": "firing", "alerts": list(alerts), **more}).encode()


def test_a_firing_alert_keeps_what_the_sender_said():
    (alert,) = read(body("node-firing.json"), "prod").alerts
    assert (alert.source, alert.name, alert.status, alert.severity) == (
        "prod",
        "KubeNodeNotReady",
        "firing",
        "critical",
    )
    assert alert.labels["node"] == "node-2"
    assert alert.summary == "node-2 is not ready"
    assert alert.starts_at == datetime(2026, 11, 23, 21, 1, 17, 687000, tzinfo=UTC)
    assert alert.ends_at is None
    assert alert.url.startswith("http://prometheus.production.example:9090/graph?")


def test_a_resolved_alert_is_the_same_episode_and_cleared():
    (firing,) = read(body("node-firing.json"), "prod").alerts
    (cleared,) = read(body("node-resolved.json"), "prod").alerts
    assert cleared.status == "cleared"
    assert cleared.episode == firing.episode
    assert cleared.ends_at is not None
    assert cleared.ends_at > cleared.starts_at


def test_one_body_can_hold_firing_and_resolved_alerts():
    """Its own status says "firing" while any alert fires."""
    assert json.loads(body("partly-resolved.json"))["status"] == "firing"
    states = {alert.labels["instance"]: alert.status for alert in read(body("partly-resolved.json")).alerts}
    assert states == {"redis-0:9121": "cleared", "redis-1:9121": "firing"}


def test_a_storm_is_read_whole():
    reading = read(body("storm-of-60.json"))
    assert len(reading.alerts) == len({alert.fingerprint for alert in reading.alerts}) == 60
    assert reading.quarantined == ()


def test_every_character_comes_through():
    (alert,) = read(body("every-character.json")).alerts
    assert alert.labels["chemin"] == '/données "prod" \\ été'
    assert alert.labels["emoji"] == "🔥"
    assert alert.summary == "Disque à 91 % — « /données »\nsecond line\twith a tab <b>&amp;</b>"


@pytest.mark.parametrize("name", sorted(path.name for path in BODIES.glob("*.json")))
def test_the_fingerprint_is_computed_as_alertmanager_does(name):
    sent = json.loads(body(name))["alerts"]
    assert [fingerprint(alert["labels"]) for alert in sent] == [alert["fingerprint"] for alert in sent]


def test_a_missing_fingerprint_is_computed_and_meets_the_same_incident():
    whole = json.loads(body("node-firing.json"))
    (as_sent,) = read(json.dumps(whole).encode()).alerts
    del whole["alerts"][0]["fingerprint"]
    (without,) = read(json.dumps(whole).encode()).alerts
    assert without.episode == as_sent.episode


@pytest.mark.parametrize("useless", ["", "x" * 65, "é", "a b", "../../etc"])
def test_a_fingerprint_that_is_no_identifier_counts_as_missing(useless):
    (alert,) = read(group(one(fingerprint=useless))).alerts
    assert alert.fingerprint == fingerprint({"alertname": "SiteDown", "severity": "critical"})


def test_fields_that_newer_versions_add_pass():
    alert = one(routeLabels={"team": "infra"}, somethingNew=[1, {"deep": None}])
    reading = read(
        group(alert, notification_reason="new alerts added", routeLabels={"team": "infra"}, truncatedAlerts=0)
    )
    assert [alert.name for alert in reading.alerts] == ["SiteDown"]


def test_what_the_sender_left_out_is_told():
    assert read(group(one(), truncatedAlerts=240)).left_out == 240
    assert read(group(one(), {"bad": 1}, truncatedAlerts=240)).left_out == 240


def test_a_watchdog_is_a_sign_of_life_and_no_alert():
    always = one(labels={"alertname": "Watchdog", "severity": "none"})
    reading = read(group(always, one(), {**always, "status": "resolved"}), "prod")
    assert [alert.name for alert in reading.alerts] == ["SiteDown"]
    since = datetime(2026, 11, 23, 14, 8, 2, 577000, tzinfo=UTC)
    assert reading.beats == (Beat(source="prod", name="Watchdog", since=since),)


def test_an_alert_without_a_name_is_still_an_alert():
    (alert,) = read(group(one(labels={"severity": "critical"}))).alerts
    assert alert.name == "unnamed"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (one(status="suppressed"), "its status is neither firing nor resolved"),
        (one(labels={}, fingerprint=None), "it has no labels"),
        (one(labels=None), "Object missing required field `labels`"),
        (one(labels={"alertname": 3}), "Expected `str`, got `int` - at `$.labels[...]`"),
        (one(annotations=["x"]), "Expected `object`, got `array` - at `$.annotations`"),
        ("not an alert", "Expected `object`, got `str`"),
        (None, "Expected `object`, got `null`"),
    ],
)
def test_a_bad_alert_does_not_sink_the_others(bad, why):
    reading = read(group(one(), bad, one(fingerprint="00000000000000bb")))
    assert [alert.fingerprint for alert in reading.alerts] == ["00000000000000aa", "00000000000000bb"]
    assert reading.quarantined == (f"alert 2: {why}",)


def test_a_body_of_only_bad_alerts_is_unreadable():
    with pytest.raises(Unreadable, match="alert 1: its status is neither"):
        read(group(one(status="suppressed"), one(status="")))


@pytest.mark.parametrize(
    ("told", "start"),
    [
        ("0001-01-01T00:00:00Z", UNKNOWN_START),
        ("0001-01-01T00:00:00+05:00", UNKNOWN_START),
        ("9999-12-31T23:59:59.999999999Z", UNKNOWN_START),
        ("9999-12-31T23:59:59-12:00", UNKNOWN_START),
        ("yesterday", UNKNOWN_START),
        (None, UNKNOWN_START),
        (12, UNKNOWN_START),
        ("2026-11-23T14:08:02", datetime(2026, 11, 23, 14, 8, 2, tzinfo=UTC)),
        ("2026-11-23T16:08:02.807997431+02:00", datetime(2026, 11, 23, 14, 8, 2, 807000, tzinfo=UTC)),
    ],
)
def test_a_strange_start_never_costs_the_alert(told, start):
    (alert,) = read(group(one(startsAt=told))).alerts
    assert alert.starts_at == start
    assert alert.starts_at.tzinfo is UTC


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "?", None])
def test_an_end_that_says_nothing_is_none(told):
    (alert,) = read(group(one(status="resolved", endsAt=told))).alerts
    assert (alert.status, alert.ends_at) == ("cleared", None)


def test_a_firing_alert_has_no_end_even_if_the_sender_foresees_one():
    (alert,) = read(group(one(endsAt="2026-11-23T15:00:00Z"))).alerts
    assert alert.ends_at is None


def test_labels_and_annotations_are_bounded():
    labels = {f"label{n:03}": "v" for n in range(300)} | {
        "severity": "s" * 5000,
        "alertname": "A" * 5000,
        "x" * 999: "y",
    }
    (alert,) = read(group(one(labels=labels, annotations={"summary": "é" * 9000}))).alerts
    assert len(alert.labels) == ENTRIES
    assert len(alert.labels["severity"]) == VALUE
    assert len(alert.name) == len(alert.severity) == NAME
    assert len(alert.summary) == PROSE
    assert alert.summary.endswith("é…")


def test_control_characters_stay_data_but_nul_and_lone_surrogates_cannot_be_kept():
    text = "a\x1b[31m\r\n\\u0000"
    raw = group(one(annotations={"summary": text})).replace(b"\\\\u0000", b"\\u0000\\ud800")
    (alert,) = read(raw).alerts
    assert alert.summary == "a\x1b[31m\r\n\ufffd\ufffd"
    alert.summary.encode()


def test_bytes_that_are_not_utf8_cost_one_character():
    (alert,) = read(group(one(annotations={"summary": "caf#"})).replace(b"caf#", b"caf\xe9")).alerts
    assert alert.summary == "caf\ufffd"


def test_the_dashboard_that_a_rule_names_is_kept_when_it_is_a_web_address():
    (alert,) = read(
        group(one(annotations={"dashboard": "javascript:x", "dashboard_url": "https://grafana.example/d/a"}))
    ).alerts
    assert alert.dashboard == "https://grafana.example/d/a"


def test_a_body_of_millions_of_tiny_values_is_refused_before_it_is_parsed():
    with pytest.raises(Unreadable, match="more than 1000000 values"):
        read(b'{"version":"4","alerts":[' + b"[]," * 1_000_001 + b"[]]}")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "http://" + "a" * LINK])
def test_an_address_that_is_no_web_address_is_not_kept(url):
    (alert,) = read(group(one(generatorURL=url))).alerts
    assert alert.url == ""


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"alerts", "not JSON"),
        (b'{"version":"4","alerts":[', "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not JSON"),
        (b'{"a":' + b"9" * 10_000 + b"}", "not JSON"),
        (b"[]", "no list of alerts"),
        (b"null", "no list of alerts"),
        (b"{}", "no list of alerts"),
        (b'{"version":"4","alerts":{}}', "no list of alerts"),
        (b'{"alerts":[]}', 'not version "4"'),
        (b'{"version":4,"alerts":[]}', 'not version "4"'),
        (b'{"version":"1","alerts":[]}', 'not version "4"'),
    ],
)
def test_what_is_no_webhook_body_is_unreadable_and_says_why(raw, why):
    with pytest.raises(Unreadable, match=why):
        read(raw)


def test_the_reason_repeats_nothing_of_the_body():
    with pytest.raises(Unreadable) as caught:
        read(group(one(status="<script>s3cret</script>")))
    assert "s3cret" not in caught.value.why


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
odd_alerts = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["firing", "resolved", ""]) | json_values,
        "labels": st.dictionaries(st.text(), st.text()) | json_values,
        "annotations": st.dictionaries(st.text(), st.text()) | json_values,
        "startsAt": st.datetimes().map(lambda at: at.isoformat() + "Z") | json_values,
        "endsAt": json_values,
        "fingerprint": json_values,
        "generatorURL": json_values,
    },
)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_whatever_the_bytes_are_it_is_read_or_unreadable(raw):
    for reader in SOURCES.values():
        with suppress(Unreadable):
            reader(raw)


@given(st.lists(odd_alerts, max_size=5))
def test_every_alert_is_read_or_put_aside(alerts):
    try:
        reading = read(group(*alerts), "s")
    except Unreadable:
        return
    assert len(reading.alerts) + len(reading.quarantined) == len(alerts)
    for alert in reading.alerts:
        json.dumps([alert.name, alert.labels, alert.annotations], ensure_ascii=False).encode()
        assert alert.starts_at.utcoffset() is not None
        assert "\0" not in alert.name


long_texts = st.builds(lambda text, times: text * times, st.text(max_size=3), st.sampled_from([1, 60, 400, 2000]))
tables = st.dictionaries(st.text(max_size=2) | long_texts, long_texts, max_size=3) | st.just(
    {f"name{number}": "x" for number in range(ENTRIES + 1)}
)


@given(tables, tables, st.booleans())
def test_the_fast_way_and_the_careful_way_read_the_same(labels, annotations, ascii_only):
    sent = {"version": "4", "alerts": [one(labels=labels, annotations=annotations)]}
    raw = json.dumps(sent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    ways = []
    for way in (read, _read_one_by_one):
        try:
            ways.append(way(raw, "s"))
        except Unreadable as unreadable:
            ways.append(unreadable.why)
    assert ways[0] == ways[1]
