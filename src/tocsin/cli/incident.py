"""
`tocsin incident`: see and handle incidents.

Each verb that acts is one request to the API, and says with the API's own sentences what was added to the timeline.
"""

from __future__ import annotations

from typing import Any

import click

from tocsin.cli.doors import asked
from tocsin.cli.incident_views import show_entries, show_incident
from tocsin.cli.options import Desk, house_verb, json_option
from tocsin.cli.postmortem import postmortem
from tocsin.cli.screen import clock_time, show_json, show_table
from tocsin.cli.steps import approve, run_step
from tocsin.lexicon import say

number_argument = click.argument("number", type=click.IntRange(min=1))


@click.group()
def incident() -> None:
    """See and handle incidents.

    \b
    tocsin incident list                      what is going on
    tocsin incident show 7                    one of them, with its steps
    tocsin incident ack 7                     I take it
    tocsin incident note 7 "node-2 rebooted"  a line in the timeline
    tocsin incident run 7                     run the next step
    tocsin incident resolve 7                 it is over
    """


@incident.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@click.option("--priority", type=click.Choice(["P1", "P2", "P3", "P4"]))
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--before", type=click.IntRange(min=1), help="Only numbers below this one.")
@json_option
@house_verb
def list_incidents(
    desk: Desk, everything: bool, priority: str | None, limit: int, before: int | None, as_json: bool
) -> None:
    """Open incidents, newest first."""
    query = f"limit={limit}" + ("" if everything else "&open=true")
    query += f"&priority={priority}" if priority else ""
    query += f"&before={before}" if before else ""
    with desk.door() as door:
        found = asked(door, "GET", f"/api/incidents?{query}")
    if as_json:
        show_json(found["incidents"])
        return
    if not found["incidents"]:
        desk.say("no_incident")
        return
    columns = [desk.phrase(f"column_{name}") for name in ("id", "priority", "status", "opened", "respond_by", "title")]
    show_table(columns, [_row(row, desk) for row in found["incidents"]])
    if found["next"]:
        desk.say("more", before=found["next"])


def _row(row: dict[str, Any], desk: Desk) -> list[str]:
    return [
        str(row["id"]),
        row["priority"] or "?",
        say(row["status"], desk.language),
        clock_time(row["opened_at"]),
        "" if row["acknowledged_at"] else clock_time(row["respond_by"]),
        row["title"],
    ]


@incident.command()
@number_argument
@json_option
@house_verb
def show(desk: Desk, number: int, as_json: bool) -> None:
    """Everything about one incident."""
    with desk.door() as door:
        seen = asked(door, "GET", f"/api/incidents/{number}")
        entries = asked(door, "GET", f"/api/incidents/{number}/timeline")["entries"]
    if as_json:
        show_json(seen)
    else:
        show_incident(desk, seen, entries)


@incident.command()
@number_argument
@json_option
@house_verb
def timeline(desk: Desk, number: int, as_json: bool) -> None:
    """Its whole timeline, oldest line first."""
    with desk.door() as door:
        entries = asked(door, "GET", f"/api/incidents/{number}/timeline")["entries"]
    if as_json:
        show_json(entries)
    else:
        show_entries(entries)


def act(desk: Desk, number: int, address: str, content: dict[str, Any], as_json: bool) -> None:
    """One request, and what it added."""
    with desk.door() as door:
        made = asked(door, "POST", f"/api/incidents/{number}/{address}", content)
    if as_json:
        show_json(made["incident"])
    elif made["entries"]:
        show_entries(made["entries"])
    else:
        desk.say("nothing_changed")


@incident.command()
@number_argument
@json_option
@house_verb
def ack(desk: Desk, number: int, as_json: bool) -> None:
    """I take it: the escalation stops."""
    act(desk, number, "acknowledgement", {}, as_json)


@incident.command()
@number_argument
@click.argument("text")
@json_option
@house_verb
def note(desk: Desk, number: int, text: str, as_json: bool) -> None:
    """Write a line into the timeline."""
    act(desk, number, "notes", {"text": text}, as_json)


@incident.command()
@number_argument
@click.argument("title")
@click.argument("file", type=click.File("r", errors="replace"), default="-")
@json_option
@house_verb
def evidence(desk: Desk, number: int, title: str, file: Any, as_json: bool) -> None:
    """Keep a text (FILE, else standard input) with the incident; secrets in it are blacked out.

    \b
    journalctl -u patroni --since -1h | tocsin incident evidence 7 "patroni's log"
    """
    act(desk, number, "evidence", {"title": title, "text": file.read()}, as_json)


@incident.command()
@number_argument
@click.argument("level", type=click.Choice(["P1", "P2", "P3", "P4"]))
@click.argument("reason")
@json_option
@house_verb
def priority(desk: Desk, number: int, level: str, reason: str, as_json: bool) -> None:
    """Raise or lower the priority, with a reason."""
    act(desk, number, "priority", {"priority": level, "reason": reason}, as_json)


@incident.command()
@number_argument
@click.option("--scenario", default="", help="Another scenario, by its slug.")
@json_option
@house_verb
def confirm(desk: Desk, number: int, scenario: str, as_json: bool) -> None:
    """Agree with priority and scenario, or pick another scenario."""
    act(desk, number, "triage", {"scenario": scenario}, as_json)


@incident.command()
@number_argument
@click.argument("step")
@click.option("--skip", is_flag=True, help="It was not done.")
@click.option("--note", default="")
@json_option
@house_verb
def mark(desk: Desk, number: int, step: str, skip: bool, note: str, as_json: bool) -> None:
    """Say that a step was done by hand, or is skipped."""
    act(desk, number, "marks", {"step": step, "done": not skip, "note": note}, as_json)


@incident.command()
@number_argument
@click.argument("run_id")
@click.option("--done/--failed", required=True, help="How it ended.")
@click.option("--note", default="")
@json_option
@house_verb
def outcome(desk: Desk, number: int, run_id: str, done: bool, note: str, as_json: bool) -> None:
    """Tell how a run of unknown outcome ended."""
    act(desk, number, "outcomes", {"run_id": run_id, "done": done, "note": note}, as_json)


@incident.command()
@number_argument
@click.option("--note", default="")
@json_option
@house_verb
def mitigate(desk: Desk, number: int, note: str, as_json: bool) -> None:
    """Users are no longer harmed."""
    act(desk, number, "mitigation", {"note": note}, as_json)


@incident.command()
@number_argument
@click.option("--note", default="")
@json_option
@house_verb
def resolve(desk: Desk, number: int, note: str, as_json: bool) -> None:
    """It is over."""
    act(desk, number, "resolution", {"note": note}, as_json)


@incident.command()
@number_argument
@click.option("--note", default="")
@json_option
@house_verb
def close(desk: Desk, number: int, note: str, as_json: bool) -> None:
    """Nothing is left to do."""
    act(desk, number, "closure", {"note": note}, as_json)


@incident.command()
@number_argument
@click.argument("reason")
@json_option
@house_verb
def cancel(desk: Desk, number: int, reason: str, as_json: bool) -> None:
    """A false alarm or a duplicate."""
    act(desk, number, "cancellation", {"reason": reason}, as_json)


@incident.command()
@number_argument
@click.argument("reason")
@json_option
@house_verb
def reopen(desk: Desk, number: int, reason: str, as_json: bool) -> None:
    """It was not over."""
    act(desk, number, "reopening", {"reason": reason}, as_json)


@incident.command()
@number_argument
@click.argument("into", type=click.IntRange(min=1))
@click.option("--reason", default="")
@json_option
@house_verb
def merge(desk: Desk, number: int, into: int, reason: str, as_json: bool) -> None:
    """This incident is a part of incident INTO: its alerts go there."""
    act(desk, number, "merging", {"into": into, "reason": reason}, as_json)


@incident.command()
@number_argument
@click.argument("fingerprints", nargs=-1, required=True)
@click.option("--to", type=click.IntRange(min=1), help="The incident they belong to; a new one without it.")
@click.option("--reason", default="")
@json_option
@house_verb
def move(desk: Desk, number: int, fingerprints: tuple[str, ...], to: int | None, reason: str, as_json: bool) -> None:
    """Alerts, by their FINGERPRINTS, belong to another incident, or to one of their own.

    \b
    tocsin incident show 7 --json | jq -r '.alerts[] | .fingerprint + " " + .name'
    """
    act(desk, number, "moving", {"alerts": fingerprints, "to": to or 0, "reason": reason}, as_json)


incident.add_command(postmortem)
incident.add_command(approve)
incident.add_command(run_step)
