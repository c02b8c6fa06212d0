"""What `tocsin connect` prints, given to the real sender as it stands."""

import re

from tests.e2e.alertmanager import Alertmanager
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.house import SMALL
from tocsin.edge.store.sql_store import open_store

TOKEN_FILE = "/etc/alertmanager/tocsin-token"


def test_an_alertmanager_with_the_printed_file_tells_alerts_and_signs_of_life(tmp_path):
    """The token goes where the comment says; only the waits are shortened. Watchdog opens nothing and is a heartbeat."""
    with Served(tmp_path / "tocsin", 'language = "en"\n', procedure=SMALL / "incidents.md") as server:
        printed = server.cli("connect", "alertmanager", "--source", "am", "--url", server.url).stdout
        (token,) = set(re.findall(r"tocsin_src_[\w-]+", printed))
        kept = tmp_path / "tocsin-token"
        kept.write_text(token)
        config = printed.replace(f"credentials_file: {TOKEN_FILE}", f"credentials_file: {kept}")
        config = config.replace("group_wait: 10s", "group_wait: 0s")
        with Alertmanager(tmp_path / "am", config=config) as alertmanager:
            alertmanager.fires("alertname=Watchdog", "severity=none", summary="always")
            alertmanager.fires("alertname=InfoInhibitor", "severity=none", summary="inhibits")
            alertmanager.fires("alertname=KubeNodeNotReady", "node=node-2", summary="node-2 is silent")
            eventually(lambda: [row["title"] for row in server.incidents()] == ["node-2 is silent"], "one incident")
        server.stop()
        store = open_store(server.data)
        try:
            assert [(heard.beat.source, heard.beat.name) for heard in store.beats()] == [("am", "Watchdog")]
        finally:
            store.close()
