"""A body that its sender signed: the raw bytes, with and without the instant, within five minutes."""

import hashlib
import hmac
from pathlib import Path

import pytest

from tests.asgi import knock
from tests.house import SetClock, small_house
from tocsin.incident.events import REAL
from tocsin.web.doors import doors
from tocsin.web.signatures import UNPROVEN, signing_secret

BODY = (Path(__file__).parents[1] / "fixtures" / "grafana" / "firing-with-panel.json").read_bytes()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(tmp_path: Path, clock):
    with small_house(tmp_path / "house", clock) as house:
        yield house


@pytest.fixture
def made(house):
    return house.accounts.new_source_token("grafana-prod", "grafana", REAL, house.clock.now())


@pytest.fixture
def app(house, made):
    return doors(house)


@pytest.fixture
def sign(house, made, clock):
    """The headers as Grafana makes them; `at` adds the instant, in seconds from now."""

    def sign(body: bytes = BODY, *, at: float | None = None, token=None) -> dict[str, str]:
        seconds = "" if at is None else str(int(clock.now().timestamp() + at))
        signed = body if at is None else f"{seconds}:".encode() + body
        secret = signing_secret(house.secret, token or made[0]).encode()
        headers = {"x-grafana-alerting-signature": hmac.new(secret, signed, hashlib.sha256).hexdigest()}
        return headers if at is None else headers | {"x-grafana-alerting-timestamp": seconds}

    return sign


def post(app, headers: dict[str, str], body: bytes = BODY, kind: str = "grafana"):
    return knock(app, "POST", f"/ingest/{kind}", body, headers)


def test_a_signature_alone_is_as_good_as_a_token(house, app, sign):
    assert post(app, sign()).status == 202
    assert post(app, sign(at=0)).status == 202
    assert [body.source for body in house.store.waiting(9)] == ["grafana-prod"] * 2


def test_a_token_alone_still_works(app, made):
    assert post(app, {"authorization": f"Bearer {made[1]}"}).status == 202


@pytest.mark.parametrize(("at", "status"), [(-299, 202), (299, 202), (-301, 401), (301, 401)])
def test_it_is_good_for_five_minutes_to_both_sides(app, sign, at, status):
    assert post(app, sign(at=at)).status == status


def test_what_was_signed_is_every_byte(app, sign):
    assert post(app, sign(), BODY + b"\n").json["error"] == "bad_signature"
    assert post(app, sign(at=0), BODY.replace(b"7.25", b"0.25")).status == 401


def test_a_signature_that_is_wrong_is_refused_whatever_token_comes_with_it(house, app, made, sign):
    wears = {"authorization": f"Bearer {made[1]}"}
    assert post(app, wears | sign()).status == 202
    assert post(app, wears | sign(b"other")).status == 401
    assert post(app, wears | {"x-grafana-alerting-signature": ""}).status == 401
    assert house.store.backlog() == 1


def test_an_instant_cannot_be_taken_off_or_put_on(app, sign):
    timed, bare = sign(at=0), sign()
    assert post(app, {"x-grafana-alerting-signature": timed["x-grafana-alerting-signature"]}).status == 401
    assert post(app, timed | bare).status == 401


@pytest.mark.parametrize("claimed", ["", "0" * 64, "f" * 63, "é" * 64, "sha256=" + "0" * 64, "0" * 10_000])
@pytest.mark.parametrize("told", [None, "", "now", "-1", "9" * 40, "١٢٣"])
def test_no_strange_header_is_more_than_a_401(app, claimed, told):
    headers = {"x-grafana-alerting-signature": claimed.encode().decode("latin-1")}
    if told is not None:
        headers["x-grafana-alerting-timestamp"] = told.encode().decode("latin-1")
    assert post(app, headers).status == 401


def test_each_token_signs_for_itself_and_a_revoked_one_no_longer(house, made, sign):
    other, _ = house.accounts.new_source_token("grafana-test", "grafana", REAL, house.clock.now())
    assert post(doors(house), sign(token=other)).status == 202
    house.accounts.revoke_source_token(other.id, house.clock.now())
    assert post(doors(house), sign(token=other)).status == 401


def test_another_kind_is_not_signed_in(house, app, sign):
    assert post(app, sign(), kind="alertmanager").status == 401


def test_a_stranger_makes_us_read_a_mebibyte_and_keep_nothing(house, app):
    taken = 0

    def endless():
        nonlocal taken
        for _ in range(64):
            taken += 1
            yield b"x" * (UNPROVEN // 4)

    answer = knock(app, "POST", "/ingest/grafana", endless(), {"x-grafana-alerting-signature": "0" * 64})
    assert answer.status == 413
    assert taken <= 6
    assert house.store.unreadables() == []
