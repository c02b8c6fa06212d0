"""A person reports something in their own words."""

from datetime import UTC, datetime

from tests.web.stage import submit


def test_a_report_becomes_an_incident(alice, stage) -> None:
    answer = submit(alice, "/report", "/report", text="The shop <b>answers</b> 502", since="")
    number = int(answer.headers["location"].removeprefix("/incidents/"))
    incident = stage.house.incident(number)
    assert (incident.report, incident.reported_by) == ("The shop <b>answers</b> 502", "Alice")
    assert not incident.everything_down
    assert "The shop &lt;b&gt;answers&lt;/b&gt; 502" in alice.get(f"/incidents/{number}").text


def test_the_time_that_is_told_is_local(alice, stage) -> None:
    answer = submit(alice, "/report", "/report", text="down", since="2026-11-24T02:40")
    number = int(answer.headers["location"].removeprefix("/incidents/"))
    assert stage.house.incident(number).detected_at == datetime(2026, 11, 24, 1, 40, tzinfo=UTC)


def test_everything_is_down_is_a_tick_of_its_own(alice, stage) -> None:
    answer = submit(alice, "/report", "/report", text="nothing works", everything_down="yes")
    number = int(answer.headers["location"].removeprefix("/incidents/"))
    assert stage.house.incident(number).everything_down


def test_a_report_that_says_nothing_or_lies_in_the_future_is_given_back(alice, stage) -> None:
    for fields in (
        {"text": " "},
        {"text": "kept words", "since": "2026-11-24T09:00"},
        {"text": "kept words", "since": "yesterday"},
        {"text": "x" * 5001},
    ):
        answer = submit(alice, "/report", "/report", **fields)
        assert answer.status_code == 422
        assert fields["text"].strip() in answer.text
    assert stage.house.store.last_incident() == 0
