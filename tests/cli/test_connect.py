"""`tocsin connect`: what is printed is a file that the sender's own tool takes, and the token in it opens the door."""

from __future__ import annotations

import hashlib
import hmac
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from tests.asgi import knock
from tests.cli.test_transcripts import ENVIRON
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.house import SMALL, small_house
from tocsin.cli.connections import CONNECTIONS
from tocsin.cli.connections.link import Link
from tocsin.cli.connections.wazuh import script
from tocsin.detection.registry import SOURCES
from tocsin.edge.clock import SystemClock
from tocsin.web.doors import doors

FIXTURES = Path(__file__).parents[1] / "fixtures"
LINK = Link(url="https://tocsin.example/ingest/x", token="tocsin_src_a-b_c", secret="tocsin_sig_0f")
BODIES = {
    "alertmanager": FIXTURES / "alertmanager" / "node-firing.json",
    "grafana": FIXTURES / "grafana" / "firing-with-panel.json",
    "wazuh": FIXTURES / "wazuh" / "brute-force.json",
    "crowdsec": FIXTURES / "crowdsec" / "by-hand.json",
}
SHELL = {"json", "heartbeat"}


def printed(kind: str, language: str = "en") -> str:
    return CONNECTIONS[kind](LINK, language)


def connect(folder: Path, *words: str) -> str:
    (folder / "incidents.md").write_bytes((SMALL / "incidents.md").read_bytes())
    given = ["--data", str(folder / "data"), "--procedure", str(folder / "incidents.md")]
    command = [sys.executable, "-m", "tocsin", "connect", *words, *given]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout


def test_every_source_that_posts_can_be_connected():
    assert CONNECTIONS.keys() == SOURCES.keys()


@pytest.mark.parametrize("kind", sorted(CONNECTIONS))
def test_the_two_languages_differ_in_their_comments_alone(kind):
    """The same address, token and values; and nothing is left to fill in."""
    english, french = printed(kind), printed(kind, "fr")
    assert english != french
    for text in (english, french):
        assert LINK.url in text
        assert LINK.token in text
        assert not re.search(r"\[(en|fr)\]|\{(url|token|secret|five)\}", text)
    if kind == "wazuh":
        assert ET.tostring(ET.fromstring(english)) == ET.tostring(ET.fromstring(french))
    elif kind not in SHELL:
        assert yaml.safe_load(english) == yaml.safe_load(french)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_alertmanagers_own_tool_takes_its_file(tmp_path, language):
    amtool = shutil.which("amtool")
    if amtool is None:
        pytest.skip("amtool is not installed")
    file = tmp_path / "alertmanager.yml"
    file.write_text(printed("alertmanager", language))
    checked = subprocess.run([amtool, "check-config", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 receivers" in checked.stdout


def test_grafanas_contact_point_signs_and_shows_the_token():
    (point,) = yaml.safe_load(printed("grafana"))["contactPoints"]
    settings = point["receivers"][0]["settings"]
    assert settings["authorization_credentials"] == LINK.token
    assert settings["hmacConfig"]["secret"] == LINK.secret


def test_crowdsecs_template_is_its_own_list_of_alerts():
    told = yaml.safe_load(printed("crowdsec"))
    assert (told["type"], told["name"], told["format"].strip()) == ("http", "tocsin", "{{.|toJson}}")


def test_wazuhs_block_names_our_script():
    integration = ET.fromstring(printed("wazuh")).find("integration")
    assert integration is not None
    assert [integration.findtext(name) for name in ("name", "hook_url", "api_key", "alert_format")] == [
        "custom-tocsin",
        LINK.url,
        LINK.token,
        "json",
    ]


@pytest.mark.parametrize("kind", sorted(SHELL))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_shell_is_read_by_a_shell(kind, language):
    text = printed(kind, language)
    assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0


def test_wazuhs_script_is_printed_byte_for_byte(tmp_path):
    assert connect(tmp_path, "wazuh", "-s") == script()
    shipped = Path(__file__).parents[2] / "packaging" / "wazuh" / "custom-tocsin"
    assert shipped.read_text() == script()


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_the_printed_token_opens_the_door_that_is_printed_beside_it(tmp_path, kind):
    text = connect(tmp_path, kind, "--source", "mine", "--url", "https://tocsin.example/")
    (path,) = re.findall(r"https://tocsin\.example(/ingest/\w+)", text)[:1]
    (token,) = set(re.findall(r"tocsin_src_[\w-]+", text))
    with small_house(tmp_path / "data", SystemClock()) as house:
        body = BODIES[kind].read_bytes()
        answer = knock(doors(house), "POST", path, body, {"authorization": f"Bearer {token}"})
        assert answer.status == 202
        assert [kept.source for kept in house.store.waiting(9)] == ["mine"]


def test_the_printed_secret_signs(tmp_path):
    text = connect(tmp_path, "grafana")
    (secret,) = re.findall(r"tocsin_sig_[0-9a-f]+", text)
    body, seconds = BODIES["grafana"].read_bytes(), str(int(time.time()))
    signature = hmac.new(secret.encode(), seconds.encode() + b":" + body, hashlib.sha256).hexdigest()
    told = {"x-grafana-alerting-signature": signature, "x-grafana-alerting-timestamp": seconds}
    with small_house(tmp_path / "data", SystemClock()) as house:
        assert knock(doors(house), "POST", "/ingest/grafana", body, told).status == 202


@pytest.mark.parametrize("url", ["tocsin.example", "https://x/'", "https://x/<a>", "ftp://x", "https://x/$(id)"])
def test_an_address_that_would_break_out_of_the_file_is_refused(tmp_path, url):
    command = [sys.executable, "-m", "tocsin", "connect", "alertmanager", "--url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "tocsin_src_" not in done.stdout


def test_the_printed_lines_begin_and_end_an_alert_as_they_stand(tmp_path):
    """Pasted into a shell beside a running server: an incident, and its alert over again."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with Served(tmp_path, 'language = "en"\n', procedure=SMALL / "incidents.md", environ=ENVIRON) as server:
        text = server.cli("connect", "json", "--url", server.url).stdout
        done = subprocess.run(["bash", "-e"], input=text, text=True, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        timeline = "1 alert cleared"
        eventually(lambda: timeline in server.cli("incident", "timeline", "1").stdout, "it began and is over")
        assert "No backup for a day" in server.cli("incident", "show", "1").stdout
