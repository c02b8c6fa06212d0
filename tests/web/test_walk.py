"""An incident from the board to its end, by its forms, as a responder without JavaScript."""

from tests.web.stage import submit


def test_the_board_is_calm_when_nothing_is_open(alice) -> None:
    assert "All is quiet." in alice.get("/").text


def test_an_open_incident_is_on_the_board_with_nobody_on_it(alice, stage) -> None:
    number = stage.fires()
    page = alice.get("/").text
    assert f'href="/incidents/{number}"' in page
    assert "Nobody has it yet" in page
    assert "30\u00a0min left" in page


def test_taking_it_stands_in_the_timeline(alice, stage) -> None:
    number = stage.fires()
    answer = submit(alice, f"/incidents/{number}", f"/incidents/{number}/acknowledgement")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{number}#next")
    assert stage.house.incident(number).acknowledged_by == "Alice"
    assert "I take it" not in alice.get(f"/incidents/{number}").text
