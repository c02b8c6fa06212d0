"""What of a look is news: a change is written down, what is as it was is not, and what no longer holds is a drift."""

from __future__ import annotations

from datetime import timedelta

from tests.proof.test_standing import NOW, procedure
from tocsin.cluster.inventory import Firewall, Inventory, Machine, kept, same
from tocsin.incident.events import DriftSeen, LineProved, PreflightTaken
from tocsin.proof.book import EMPTY, ProofBook, learn
from tocsin.proof.lines import Acting, acting_lines
from tocsin.proof.look import Found, Look, news, still_drifted


def line(text: str = "hcloud server reset node-2") -> Acting:
    return next(one for one in acting_lines(procedure()) if one.text == text)


def look(*found: Found, days: float = 0) -> Look:
    return Look(at=NOW + timedelta(days=days), inventory=Inventory(), found=found, answered=("hetzner",))


def bound(held: bool, known: str = "node-1") -> Found:
    values = {} if held else {"name": "node-2", "known": known}
    return Found(line=line(), kind="bound", held=held, by="hetzner", code="" if held else "P601", values=values)


def after(*looks: Look) -> ProofBook:
    book = EMPTY
    for one in looks:
        book = learn(book, news(one, book, "b", changed=False, language="en"))
    return book


def test_the_first_look_says_all_and_the_second_nothing() -> None:
    first = news(look(bound(True)), EMPTY, "b", changed=True, language="en")
    assert [type(event) for event in first] == [LineProved, PreflightTaken]
    book = learn(EMPTY, first)
    assert news(look(bound(True), days=0.5), book, "b", changed=False, language="en") == ()
    (renewed,) = news(look(bound(True), days=1), book, "b", changed=False, language="en")
    assert isinstance(renewed, PreflightTaken)
    assert renewed.renewed == (line().digest,)


def test_a_new_binding_is_news_although_no_line_changed() -> None:
    (taken,) = news(look(bound(True)), after(look(bound(True))), "other", changed=True, language="en")
    assert isinstance(taken, PreflightTaken)
    assert taken.blob == "other"


def test_what_held_and_no_longer_does_is_a_drift_that_names_line_and_reason() -> None:
    events = news(look(bound(False), days=0.1), after(look(bound(True))), "b", changed=False, language="en")
    (drift,) = [event for event in events if isinstance(event, DriftSeen)]
    assert drift.what == ("incidents.md:20: Hetzner has no server node-2",)


def test_a_command_that_the_checker_now_refuses_is_a_drift_in_the_checkers_words() -> None:
    before = Found(line=line(), kind="checked", held=True, by="check")
    now = Found(line=line(), kind="checked", held=False, by="check", detail="`hcloud server reset` is no command")
    events = news(look(now, days=0.1), after(look(before)), "b", changed=False, language="en")
    (drift,) = [event for event in events if isinstance(event, DriftSeen)]
    assert drift.what == ("incidents.md:20: `hcloud server reset` is no command",)


def test_other_names_that_are_there_instead_are_no_news() -> None:
    book = after(look(bound(False)))
    assert news(look(bound(False, "node-1, node-3"), days=0.1), book, "b", changed=False, language="en") == ()


def test_a_line_that_left_the_procedure_drifts_no_more() -> None:
    book = after(look(bound(True)), look(bound(False), days=0.1))
    assert still_drifted(look(bound(False)), book)
    assert not still_drifted(look(), book)


def test_a_side_that_does_not_answer_leaves_what_was_known_of_it() -> None:
    both = Inventory(
        machines=(Machine(node="node-2", server="node-2", server_id="7"),),
        firewalls=(Firewall(id="1", name="web"),),
        seen_at={"kubernetes": NOW, "hetzner": NOW},
    )
    cluster_only = Inventory(machines=(Machine(node="node-2", control_plane=True),), seen_at={"kubernetes": NOW})
    known = kept(both, cluster_only)
    assert known.machines == (Machine(node="node-2", server="node-2", server_id="7", control_plane=True),)
    assert known.firewalls == both.firewalls
    assert same(kept(both, Inventory()), both)
