"""Who may do what by the API, and what a stranger or a broken client gets."""

import re
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import asking, token_of
from tests.asgi import knock
from tocsin.edge.store.contract import Unavailable
from tocsin.incident.events import REAL
from tocsin.web.api import routes
from tocsin.web.api.asks import ASKS
from tocsin.web.api.errors import SENTENCES
from tocsin.web.local import local_app

EVERY_ADDRESS = [
    ("GET", "/api/incidents"),
    ("POST", "/api/incidents"),
    ("GET", "/api/incidents/1"),
    ("GET", "/api/incidents/1/timeline"),
    ("GET", "/api/incidents/1/postmortem"),
    ("PUT", "/api/incidents/1/postmortem"),
    ("GET", "/api/incidents/1/blobs/" + "0" * 64),
    *(("POST", f"/api/incidents/1/{name}") for name in ASKS),
    ("GET", "/api/procedure"),
    ("GET", "/api/proof"),
    ("POST", "/api/proof"),
    ("GET", "/api/maintenance"),
    ("POST", "/api/maintenance"),
    ("DELETE", "/api/maintenance/1"),
    ("GET", "/api/heartbeats"),
    ("DELETE", "/api/heartbeats/prod/Watchdog"),
    ("GET", "/api/export"),
    ("GET", "/api/sources"),
    ("POST", "/api/sources"),
    ("DELETE", "/api/sources/1"),
    ("GET", "/api/accounts"),
    ("POST", "/api/accounts"),
    ("POST", "/api/accounts/alice/tokens"),
    ("GET", "/api/nothing"),
]
FOR_ADMINISTRATORS = [
    (method, path) for method, path in EVERY_ADDRESS if path.split("/")[2] in ("export", "sources", "accounts")
]


def test_the_list_above_is_all_of_them(house):
    paths = {route.path for route in routes(house)}
    assert len(paths) == 1 + len({path for _, path in EVERY_ADDRESS if path != "/api/nothing"})


@pytest.mark.parametrize(("method", "path"), EVERY_ADDRESS)
def test_without_a_token_nothing_is_told(app, mallory, method, path):
    for answer in (
        knock(app, method, path),
        knock(app, method, path, headers={"authorization": "Basic YTpi"}),
        knock(app, method, path, headers={"cookie": "tocsin=abc", "x-tocsin-as": "root"}),
        mallory(method, path),
    ):
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json["error"] == "unauthorized"


@pytest.mark.parametrize(("method", "path"), FOR_ADMINISTRATORS)
def test_a_responder_does_not_administer(alice, method, path):
    assert alice(method, path, {}).status == 403


def test_the_token_of_a_sender_is_no_token_of_a_person_nor_the_other_way_round(app, house, alice):
    _, sender = house.accounts.new_source_token("prod", "alertmanager", REAL, house.clock.now())
    assert asking(app, sender)("GET", "/api/incidents").status == 401
    person = token_of(house, "bob")
    wears = {"authorization": f"Bearer {person}"}
    assert knock(app, "POST", "/ingest/alertmanager", b"{}", wears).status == 401


def test_a_disabled_account_and_a_dropped_token_are_strangers(app, house):
    bob = asking(app, token_of(house, "bob"))
    assert bob("GET", "/api/incidents").status == 200
    house.accounts.change(house.accounts.account("bob").id, disabled=True)
    assert bob("GET", "/api/incidents").status == 401


def test_the_use_of_a_token_is_noted_now_and_then(house, alice, clock):
    account = house.accounts.account("alice")
    alice("GET", "/api/incidents")
    first = house.accounts.api_tokens(account.id)[0].last_used
    clock.passes(minutes=30)
    alice("GET", "/api/incidents")
    assert house.accounts.api_tokens(account.id)[0].last_used == first == clock.at.replace(hour=2, minute=0)
    clock.passes(minutes=31)
    alice("GET", "/api/incidents")
    assert house.accounts.api_tokens(account.id)[0].last_used == clock.at


def test_an_administrator_makes_and_revokes_a_senders_token(app, root):
    made = root("POST", "/api/sources", {"source": "prod"})
    assert (made.status, made.json["kind"]) == (201, "alertmanager")
    wears = {"authorization": f"Bearer {made.json['token']}"}
    assert knock(app, "POST", "/ingest/alertmanager", b"", wears).status == 422
    (listed,) = root("GET", "/api/sources").json["sources"]
    assert not {"token", "digest"} & listed.keys()
    assert root("DELETE", f"/api/sources/{listed['id']}").status == 204
    assert root("GET", "/api/sources").json["sources"][0]["revoked_at"] is not None
    assert root("DELETE", "/api/sources/99").status == 404


def test_an_administrator_makes_an_account_whose_password_nobody_else_knows(house, root):
    made = root("POST", "/api/accounts", {"name": "Bob", "display": "Bob Martin", "role": "responder"}).json
    assert (made["name"], made["display"]) == ("bob", "Bob Martin")
    assert "password" not in made
    secret = made["link"].rpartition("/")[2]
    assert made["link"].startswith("https://tocsin.example/")
    link = house.accounts.link(secret)
    assert (link.account_id, link.used_at) == (made["id"], None)
    assert all("password" not in account for account in root("GET", "/api/accounts").json["accounts"])


def test_two_people_are_never_shown_by_one_name(root):
    """The rule of two people compares these names."""
    assert root("POST", "/api/accounts", {"name": "bob", "display": "Bob"}).status == 201
    assert root("POST", "/api/accounts", {"name": "bob2", "display": "BOB"}).status == 409
    assert root("POST", "/api/accounts", {"name": "BOB", "display": "Robert"}).status == 409


def test_an_api_token_acts_as_its_account(app, root):
    root("POST", "/api/accounts", {"name": "bob", "display": "Bob"})
    made = root("POST", "/api/accounts/bob/tokens", {"label": "laptop"})
    bob = asking(app, made.json["token"])
    assert bob("POST", "/api/incidents", {"text": "x"}).json["entries"][0]["because"] == "Bob"
    assert root("POST", "/api/accounts/nobody/tokens", {}).status == 404


def test_the_procedure_as_it_was_understood(alice):
    seen = alice("GET", "/api/procedure").json
    assert [rule["priority"] for rule in seen["priorities"]] == ["P1", "P2", "P3", "P4"]
    assert seen["priorities"][0]["respond_within"] == "PT900S"
    assert seen["scenarios"][0]["steps"][0]["commands"][0]["pipeline"] == [["kubectl", "get", "nodes"]]
    assert isinstance(seen["problems"], list)


def test_a_wrong_method_says_which_are_right(alice):
    answer = alice("DELETE", "/api/incidents")
    assert (answer.status, answer.headers["allow"], answer.json["error"]) == (405, "GET, POST", "method")


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"{", 400, "The body is not JSON."),
        (b"\xff", 400, "The body is not JSON."),
        (b'{"text":' + b"[" * 100_000, 422, "Expected `str`, got `array` - at `$.text`."),
        (b"[]", 422, "Expected `object`, got `array`."),
        (b"", 422, "Object missing required field `text`."),
        (b'{"text": ""}', 422, "Expected `str` of length >= 1 - at `$.text`."),
        (b'{"text": "x", "txet": 1}', 422, "Object contains unknown field `txet`."),
        (b'{"text": "' + b"x" * (1 << 20) + b'"}', 413, "The body is larger than 1 MiB."),
    ],
)
def test_a_body_that_does_not_fit_is_told_with_its_field(alice, number, content, status, message):
    answer = alice("POST", f"/api/incidents/{number}/notes", content)
    assert (answer.status, answer.json["message"]) == (status, message)


def test_what_cannot_be_written_is_503(house, alice, number, monkeypatch):
    def full(*_, **__):
        raise Unavailable("disk full: /var/lib/tocsin")

    monkeypatch.setattr(house.recorder, "record", full)
    answer = alice("POST", f"/api/incidents/{number}/notes", {"text": "x"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert b"/var/lib" not in answer.body


class TestTheSocket:
    """The same API for who may open the data folder; the name in the header is believed there, and only there."""

    def test_the_header_names_the_author(self, house):
        app = local_app(house)
        wears = {"x-tocsin-as": "%C3%89lo%C3%AFse"}
        made = knock(app, "POST", "/api/incidents", msgspec.json.encode({"text": "x"}), wears)
        assert made.json["entries"][0]["because"] == "Éloïse"
        taken = knock(app, "POST", "/api/incidents/1/acknowledgement", b"", wears).json
        assert taken["entries"][0]["event"]["via"] == "cli"
        assert knock(app, "GET", "/api/sources", headers=wears).status == 200

    @pytest.mark.parametrize("name", ["", " ", "a%0Ab", "a%1B[31m", "%E2%80%AEevil", "x" * 101])
    def test_a_name_that_cannot_stand_in_a_timeline_is_refused(self, house, name):
        assert knock(local_app(house), "GET", "/api/incidents", headers={"x-tocsin-as": name}).status == 401

    def test_the_socket_has_no_other_doors(self, house):
        app = local_app(house)
        assert knock(app, "POST", "/ingest/alertmanager", b"", {"x-tocsin-as": "a"}).status == 404
        assert knock(app, "GET", "/metrics", headers={"x-tocsin-as": "a"}).status == 404


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
fields = [
    "text",
    "reason",
    "priority",
    "step",
    "digest",
    "pipeline",
    "note",
    "done",
    "run_id",
    "title",
    "scenario",
    "source",
    "name",
]
bodies = st.binary(max_size=80) | st.dictionaries(st.sampled_from(fields), json_values, max_size=4).map(
    msgspec.json.encode
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=250, deadline=None)
@given(where=st.sampled_from(EVERY_ADDRESS), body=bodies, query=st.text(st.characters(max_codepoint=127), max_size=20))
def test_nothing_that_is_sent_is_a_500(root, number, where, body, query):
    method, path = where
    answer = root(method, f"{path}?{quote(query, safe='=&')}", body)
    assert answer.status < 500, (answer.status, answer.body)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(path=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="?"), max_size=30))
def test_no_path_is_a_500(alice, path):
    assert alice("GET", f"/api/{path}").status < 500


def test_a_text_that_cannot_be_kept_in_time_is_503(house, alice, number, monkeypatch):
    def stuck(_):
        raise TimeoutError

    monkeypatch.setattr(house, "keep_text", stuck)
    answer = alice("POST", f"/api/incidents/{number}/evidence", {"title": "x", "text": "y"})
    assert (answer.status, answer.json["error"]) == (503, "unavailable")


@pytest.mark.parametrize(("key", "sentence"), SENTENCES.items())
def test_every_error_is_said_in_both_languages(key, sentence):
    holes = re.compile(r"\{\w+\}")
    assert sentence.en, key
    assert sorted(holes.findall(sentence.en)) == sorted(holes.findall(sentence.fr))
