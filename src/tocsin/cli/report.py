"""`tocsin report`: a person says what they see."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import click

from tocsin.cli.doors import asked
from tocsin.cli.failures import Failure
from tocsin.cli.options import Desk, house_verb, json_option
from tocsin.cli.screen import clock_time, show_json
from tocsin.edge.clock import SystemClock
from tocsin.web.outside import one_line


@click.command()
@click.argument("text")
@click.option("--since", metavar="INSTANT", help="When it began: 03:02, or 2026-11-23T03:02+01:00.")
@click.option("--everything-down", is_flag=True, help="Nothing works any more.")
@click.option("--kind", type=click.Choice(["normal", "security", "exercise"]), default="normal", show_default=True)
@json_option
@house_verb
def report(desk: Desk, text: str, since: str | None, everything_down: bool, kind: str, as_json: bool) -> None:
    """Report something yourself; an incident opens.

    \b
    tocsin report "The site does not answer since 3 o'clock"
    """
    told: dict[str, object] = {"text": text, "everything_down": everything_down, "kind": kind}
    if since:
        told["detected_at"] = instant_of(since, SystemClock().now(), desk)
    with desk.door() as door:
        made = asked(door, "POST", "/api/incidents", told)
    incident = made["incident"]
    if as_json:
        show_json(incident)
    else:
        is_new = any(entry["type"] == "IncidentOpened" for entry in made["entries"])
        title = one_line(incident["title"])
        desk.say(
            "opened" if is_new else "joined", number=incident["id"], priority=incident["priority"] or "?", title=title
        )
        if incident["respond_by"]:
            desk.say("respond_by", at=clock_time(incident["respond_by"]))
    if not door.is_server:
        desk.say("nobody_called", to_stderr=True)


def instant_of(told: str, now: datetime, desk: Desk) -> str:
    """An instant as a person tells it, as RFC 3339: a bare time of day is the last one of this machine's zone."""
    here = now.astimezone()
    try:
        if len(told) <= 5:
            at = datetime.combine(here.date(), time.fromisoformat(told.zfill(5))).astimezone()
            return (at if at <= now else at - timedelta(days=1)).isoformat()
        return datetime.fromisoformat(told).astimezone().isoformat()
    except (ValueError, OverflowError):
        raise Failure(desk.phrase("bad_since", told=told)) from None
