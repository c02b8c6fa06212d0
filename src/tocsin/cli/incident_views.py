"""One incident on a terminal: what it is, what is known, what to do, what happened."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click
import msgspec

from tocsin.cli.options import Desk
from tocsin.cli.screen import COLOURS, clock_time
from tocsin.lexicon import say
from tocsin.procedure.durations import spelled
from tocsin.web.outside import one_line, plain

MARKS = {"done": "x", "marked": "x", "skipped": "-", "failed": "!", "unknown": "?", "running": ">", "broken": "!"}
LAST = 12

Json = dict[str, Any]


def show_incident(desk: Desk, seen: Json, entries: Sequence[Json]) -> None:
    """The whole of it, at most LAST lines of the timeline."""
    _show_head(desk, seen)
    _show_list(desk.phrase("alerts"), [_alert(alert, desk) for alert in seen["alerts"]])
    _show_list(desk.phrase("findings"), [finding["sentence"] for finding in seen["findings"]])
    if seen["plan"]["items"]:
        _show_plan(desk, seen["plan"])
    click.secho(f"\n{desk.phrase('timeline')}", bold=True)
    if len(entries) > LAST:
        desk.say("earlier", count=len(entries) - LAST, number=seen["id"])
    show_entries(entries[-LAST:])


def show_entries(entries: Sequence[Json]) -> None:
    """Lines of a timeline: when, what, who or which line wanted it."""
    for entry in entries:
        line = f"  {clock_time(entry['at'], seconds=True)}  {plain(entry['sentence'])}"
        click.echo(line + click.style(f"  [{one_line(entry['because'])}]", dim=True))


def _show_head(desk: Desk, seen: Json) -> None:
    head = f"{seen['id']}  {seen['priority'] or '?'}  {seen['status_word']}  {one_line(seen['title'])}"
    click.secho(head, bold=True, fg=COLOURS.get(seen["priority"] or ""))
    if seen["acknowledged_at"]:
        desk.say("taken_by", name=one_line(seen["acknowledged_by"] or "?"), at=clock_time(seen["acknowledged_at"]))
    elif seen["respond_by"]:
        desk.say("respond_by", at=clock_time(seen["respond_by"]))
    if seen["priority_reason"]:
        desk.say("why", reason=one_line(seen["priority_reason"]))
    if seen["report"]:
        click.echo(plain(seen["report"]))


def _alert(alert: Json, desk: Desk) -> str:
    summary = alert.get("annotations", {}).get("summary", "")
    return f"{say(alert['status'], desk.language)}  {alert['name']}" + (f": {summary}" if summary else "")


def _show_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.secho(f"\n{title}", bold=True)
    for line in lines:
        click.echo(f"  {one_line(line)}")


def _show_plan(desk: Desk, plan: Json) -> None:
    click.secho("\n" + desk.phrase("steps", title=one_line(plan["title"])), bold=True)
    shown = ""
    for item in plan["items"]:
        step = item["step"]
        if step["number"] != shown:
            click.echo(f"  {step['number']}. {one_line(step['text'])}")
            _show_said(desk, step)
            shown = step["number"]
        here = "→" if item["key"] == plan["next"] else " "
        mark = MARKS.get(item["state"], " ")
        text = one_line(item["command"]["text"]) if item["command"] else ""
        risk = f"{item['risk']} {item['risk_word']}" if item["command"] else ""
        line = f"   {here}[{mark}] {item['key']}  {risk}  {text}".rstrip()
        click.secho(line, bold=item["key"] == plan["next"])


def _show_said(desk: Desk, step: Json) -> None:
    """How long it may take, what must hold before, what verifies, how to undo, whether anybody has run it."""
    if step["limit"]:
        limit = spelled(msgspec.convert(step["limit"], timedelta))
        click.secho(f"      {desk.phrase('limit')} {limit}", dim=True)
    for name in ("before", "verify", "undo"):
        for text in step[name]:
            click.secho(f"      {desk.phrase(name)} {one_line(text)}", dim=True)
    if step["not_run"]:
        click.secho(f"      {desk.phrase('not_run')}", fg="yellow")


def quoted(pipeline: Sequence[Sequence[str]]) -> str:
    """A pipeline as it would be typed; nothing in it is ambiguous, nothing in it can move the cursor."""
    return " | ".join(shlex.join(plain(argument) for argument in argv) for argv in pipeline)
