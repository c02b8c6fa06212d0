"""The database goes away under a running server, and the server with it: what was answered 202 comes in all the same."""

from pathlib import Path

import pytest

from tests.e2e.bodies import firing
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.house import SMALL
from tests.postgres import private_cluster


def test_postgresql_stops_tocsin_is_killed_and_nothing_is_lost(tmp_path: Path) -> None:
    with private_cluster() as cluster:
        environ = {"TOCSIN_DATABASE_URL": cluster.new_database()}
        with Served(tmp_path, 'language = "en"', procedure=SMALL, environ=environ) as house:
            token = house.token()
            assert house.deliver(token, firing("Before")) == 202
            cluster.stop()
            assert [house.deliver(token, firing(f"During{number}")) for number in range(3)] == [202, 202, 202]
            status, told = house.get("/healthz")
            assert (status, b'"spool"' in told) == (200, True)
            house.kill()
            cluster.start()
            house.start()
            assert house.deliver(token, firing("After")) == 202
            wanted = {"Before", "During0", "During1", "During2", "After"}
            eventually(lambda: wanted <= names(house), "every alert is in an incident")
            told_twice = [name for name in all_names(house) if all_names(house).count(name) > 1]
            assert told_twice == []
            eventually(lambda: "TocsinSpoolInUse" in names(house), "the use of the spool is told")
            assert house.get("/healthz") == (200, b'{"ok":true,"troubles":[]}')


def all_names(house: Served) -> list[str]:
    """Of every alert that some incident holds; sixty of them in a minute are a storm, whose list shows the first alone."""
    held = [house.incident(incident["id"]) for incident in house.incidents() if incident["status"] != "merged"]
    return [alert["name"] for incident in held for alert in incident["alerts"]]


def names(house: Served) -> set[str]:
    return set(all_names(house))


@pytest.mark.parametrize("times", [3])
def test_a_server_killed_while_it_empties_the_spool_takes_nothing_twice(tmp_path: Path, times: int) -> None:
    with private_cluster() as cluster:
        environ = {"TOCSIN_DATABASE_URL": cluster.new_database()}
        with Served(tmp_path, 'language = "en"', procedure=SMALL, environ=environ) as house:
            token = house.token()
            expected = {"First"}
            assert house.deliver(token, firing("First")) == 202
            for round_ in range(times):
                cluster.stop()
                for number in range(20):
                    name = f"Alert{round_}x{number}"
                    expected.add(name)
                    assert house.deliver(token, firing(name)) == 202
                cluster.start()
                eventually(lambda: house.ask("GET", "/api/incidents?limit=1").status == 200, "the database is back")
                house.kill()
                house.start()
            eventually(lambda: expected <= names(house), "every alert is in an incident")
            assert len(all_names(house)) == len(names(house))
