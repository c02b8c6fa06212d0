"""
`tocsin incident approve` and `run`: the steps of the plan, by the same gates as on the page.

What is asked for is named by the digest that was shown: if the command changed in between, the house refuses.
"""

from __future__ import annotations

import sys
from typing import Any

import click
from msgspec import Struct

from tocsin.cli.doors import Door, asked
from tocsin.cli.failures import Failure
from tocsin.cli.incident_views import quoted, show_entries
from tocsin.cli.options import Desk, house_verb
from tocsin.cli.runs import await_run
from tocsin.lexicon import say
from tocsin.procedure.placeholders import filled

Json = dict[str, Any]

number_argument = click.argument("number", type=click.IntRange(min=1))
yes_option = click.option("--yes", is_flag=True, help="Approve without being asked.")
value_option = click.option(
    "--value", "values", multiple=True, metavar="NAME=VALUE", help="Fill in <NAME> of the command (once for each)."
)
glass_option = click.option("--break-glass", default="", metavar="REASON", help="Why nobody else can approve.")


@click.command()
@number_argument
@click.argument("step", required=False)
@value_option
@glass_option
@yes_option
@house_verb
def approve(desk: Desk, number: int, step: str | None, values: tuple[str, ...], break_glass: str, yes: bool) -> None:
    """Approve one step (default: the next) without running it: the other of two people runs it."""
    with desk.door() as door:
        item = find_item(desk, door, number, step)
        filling = filled_in(item, values)
        show_command(desk, filling.pipeline, item["risk"])
        made = consent(desk, door, number, filling.target, break_glass, yes)
    show_entries(made["entries"])


@click.command("run")
@number_argument
@click.argument("step", required=False)
@value_option
@glass_option
@yes_option
@house_verb
def run_step(desk: Desk, number: int, step: str | None, values: tuple[str, ...], break_glass: str, yes: bool) -> int:
    """Run one step of the plan (default: the next) and wait for its end."""
    with desk.door() as door:
        item = find_item(desk, door, number, step)
        filling = filled_in(item, values)
        show_command(desk, filling.pipeline, item["risk"])
        digest = filling.target["digest"]
        if filling.is_new:
            digest = approved_digest(consent(desk, door, number, filling.target, break_glass, yes))
        return start(desk, door, number, {"step": item["key"], "digest": digest})


class Filling(Struct, frozen=True):
    """What is asked for: the command as it would run, its name for the house, whether somebody must still consent."""

    pipeline: Any
    target: Json
    is_new: bool


def filled_in(item: Json, values: tuple[str, ...]) -> Filling:
    """The step with the values given, else as it was approved, else as it stands; click's own error for a text without "="."""
    told = dict(_pair(value) for value in values)
    approval = item["approval"]
    if approval is not None and not told:
        return Filling(
            approval["pipeline"] or item["command"]["pipeline"], _named(item, approval["digest"]), is_new=False
        )
    pipeline = filled(tuple(map(tuple, item["command"]["pipeline"])), told)
    target = _named(item, item["command"]["digest"])
    return Filling(
        pipeline, {**target, "values": told} if told else target, is_new=bool(told) or item["needs_approval"]
    )


def _named(item: Json, digest: str) -> Json:
    return {"step": item["key"], "digest": digest}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(text, param_hint="--value NAME=VALUE")
    return name.strip().strip("<>"), value


def approved_digest(made: Json) -> str:
    """The digest that the approval binds to: with values it is that of the filled command."""
    return str(next(entry["event"]["digest"] for entry in made["entries"] if entry["type"] == "StepApproved"))


def find_item(desk: Desk, door: Door, number: int, key: str | None) -> Json:
    """The step of that key, else the next one; raises `Failure` when there is nothing to run."""
    plan = asked(door, "GET", f"/api/incidents/{number}")["plan"]
    wanted = key or plan["next"]
    if wanted is None:
        raise Failure(desk.phrase("no_next_step"))
    found: Json | None = next((item for item in plan["items"] if item["key"] == wanted), None)
    if found is None:
        raise Failure(desk.phrase("no_such_step", key=wanted))
    if found["command"] is None:
        raise Failure(desk.phrase("by_hand", number=number, key=wanted))
    return found


def show_command(desk: Desk, pipeline: Any, risk: str) -> None:
    """Exactly what would run, and how much it can hurt."""
    desk.say("will_run", to_stderr=True, argv=quoted(pipeline))
    desk.say("risk", to_stderr=True, letter=risk, word=say(risk, desk.language))


def consent(desk: Desk, door: Door, number: int, target: Json, break_glass: str, yes: bool) -> Json:
    """Ask the person, then record their approval; raises `Failure` when they don't."""
    if not yes:
        if not sys.stdin.isatty():
            raise Failure(desk.phrase("needs_yes"))
        if not click.confirm(desk.phrase("approve", name=desk.visitor.person), err=True):
            raise Failure(desk.phrase("not_approved"))
    glass = {"break_glass": break_glass} if break_glass else {}
    made: Json = asked(door, "POST", f"/api/incidents/{number}/approvals", {**target, **glass})
    return made


def start(desk: Desk, door: Door, number: int, target: Json) -> int:
    """Start the run, wait, print; gives the exit code."""
    made = asked(door, "POST", f"/api/incidents/{number}/runs", target)
    run_id = next(entry["event"]["run_id"] for entry in made["entries"] if entry["type"] == "StepStarted")
    return await_run(desk, door, number, run_id)
