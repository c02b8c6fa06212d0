"""`tocsin maintenance`: windows in which alerts are recorded and call nobody."""

from __future__ import annotations

import click

from tocsin.cli.doors import asked
from tocsin.cli.failures import Failure
from tocsin.cli.options import Desk, house_verb, json_option
from tocsin.cli.screen import clock_time, show_json, show_table
from tocsin.edge.clock import SystemClock
from tocsin.procedure.durations import span

COLUMNS = ("id", "state", "begins", "ends", "by", "matchers", "title")


@click.group()
def maintenance() -> None:
    """Windows in which alerts are recorded and call nobody."""


@maintenance.command()
@click.argument("title")
@click.option(
    "--match", "matchers", required=True, metavar="MATCHERS", help="What it covers, as Alertmanager writes it."
)
@click.option("--for", "lasts", required=True, metavar="SPAN", help="How long, 7 days at most: 45min, 2h.")
@click.option("--in", "begins_in", metavar="SPAN", help="When it begins, counted from now; without it, now.")
@json_option
@house_verb
def add(desk: Desk, title: str, matchers: str, lasts: str, begins_in: str | None, as_json: bool) -> None:
    """Plan a window; the team has a notice when it begins and when it ends.

    \b
    tocsin maintenance add "Redis 8" --match 'alertname=~"Redis.*"' --for 2h
    """
    length, wait = span(lasts), span(begins_in) if begins_in else None
    if length is None or (begins_in and wait is None):
        raise Failure(desk.phrase("bad_span", told=lasts if length is None else begins_in or ""))
    now = SystemClock().now()
    begins = now + wait if wait else now
    told = {"title": title, "matchers": matchers, "ends": (begins + length).isoformat()}
    if wait:
        told["begins"] = begins.isoformat()
    with desk.door() as door:
        made = asked(door, "POST", "/api/maintenance", told)
    if as_json:
        show_json(made)
    else:
        desk.say("window_made", number=made["id"], title=made["title"], ends=clock_time(made["ends"]))


@maintenance.command("list")
@json_option
@house_verb
def list_windows(desk: Desk, as_json: bool) -> None:
    """Every window, the procedure's too."""
    with desk.door() as door:
        windows = asked(door, "GET", "/api/maintenance")["windows"]
    if as_json:
        show_json(windows)
        return
    rows = [[clock_time(w[name]) if name in ("begins", "ends") else w[name] for name in COLUMNS] for w in windows]
    show_table([desk.phrase(f"column_{name}") for name in COLUMNS], rows)


@maintenance.command()
@click.argument("window")
@house_verb
def end(desk: Desk, window: str) -> None:
    """End the window of that id now; what still fires calls."""
    with desk.door() as door:
        asked(door, "DELETE", f"/api/maintenance/{window}")
    desk.say("window_ended", number=window)
