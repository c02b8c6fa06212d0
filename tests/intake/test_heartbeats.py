"""A heartbeat from the door to the row that a dead man's switch reads."""

from datetime import timedelta

from tests.asgi import knock
from tests.house import SetClock, small_house
from tests.intake.conftest import body
from tocsin.incident.events import REAL
from tocsin.loops.reader import Reader
from tocsin.web.doors import doors


def test_a_heartbeat_is_one_row_that_each_beat_replaces(tmp_path):
    clock = SetClock()
    with small_house(tmp_path / "house", clock) as house:
        _, text = house.accounts.new_source_token("prod", "heartbeat", REAL, clock.now())
        app = doors(house)

        def beats(content: bytes) -> int:
            answer = knock(app, "POST", "/ingest/heartbeat", content, {"authorization": f"Bearer {text}"})
            Reader(house, "test").turn()
            return answer.status

        first = clock.now()
        assert beats(b"backup") == 202
        assert [(h.key, h.received_at) for h in house.store.beats()] == [((REAL, "prod", "backup"), first)]
        clock.passes(minutes=1)
        assert beats(b"backup") == beats(body("node-firing.json")) == 202
        heard = {h.beat.name: h.received_at for h in house.store.beats()}
        assert heard == {
            "backup": first + timedelta(minutes=1),
            "KubeNodeNotReady production": first + timedelta(minutes=1),
        }
        assert house.store.last_incident() == 0
        assert house.store.backlog() == 0


def test_a_recorded_beat_does_not_fake_life(tmp_path):
    clock = SetClock()
    with small_house(tmp_path / "house", clock) as house:
        _, text = house.accounts.new_source_token("cron", "heartbeat", REAL, clock.now())
        app = doors(house)
        recorded = b'{"sent_at": "%s"}' % clock.now().isoformat().encode()
        arrived = clock.now()
        for _ in range(3):
            assert knock(app, "POST", "/ingest/heartbeat", recorded, {"authorization": f"Bearer {text}"}).status == 202
            Reader(house, "test").turn()
            clock.passes(minutes=1)
        (heard,) = house.store.beats()
        assert heard.received_at == arrived


def test_a_beat_that_waited_counts_from_its_arrival(tmp_path):
    """The reader may be an hour behind; the sender was alive when it knocked, and not since."""
    clock = SetClock()
    with small_house(tmp_path / "house", clock) as house:
        _, text = house.accounts.new_source_token("cron", "heartbeat", REAL, clock.now())
        app = doors(house)
        arrived = clock.now()
        knock(app, "POST", "/ingest/heartbeat", b"", {"authorization": f"Bearer {text}"})
        clock.passes(hours=1)
        Reader(house, "test").turn()
        assert [h.received_at for h in house.store.beats()] == [arrived]
