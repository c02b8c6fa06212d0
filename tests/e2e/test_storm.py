"""A storm through a real Alertmanager while the server is killed: nothing is missing, nothing is there twice."""

import random
import socket

import pytest

from tests.e2e import torment
from tests.e2e.alertmanager import Alertmanager
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.house import SMALL

SETTINGS = 'language = "en"\npublic_url = "https://tocsin.example"\n'


@pytest.mark.parametrize("seed", [1, 2])
def test_every_alert_that_alertmanager_holds_is_in_tocsin_and_none_twice(tmp_path, seed):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    chance = random.Random(seed)
    with (
        Served(tmp_path, SETTINGS, procedure=SMALL, listen=f"127.0.0.1:{port}") as tocsin,
        Alertmanager(tmp_path / "am", tocsin.url, tocsin.token()) as am,
    ):
        torment.storm(am, tocsin, seconds=8, kills=3, alerts=240, chance=chance)
        eventually(lambda: torment.agrees(am, tocsin), "both hold the same", within=40, every=0.5)
        assert 150 < len(torment.held_by(am)) < 240
        assert torment.begun_twice(tocsin) == []
        assert max(torment.firing_in(tocsin).values()) == 1
