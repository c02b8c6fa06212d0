"""
`tocsin preflight`: what the procedure's names stand for, asked while all is well.

With PATH it asks from this process; without, the house on --data asks and keeps what it learns for the hour when the
API is gone. Exit code 1 when something that the procedure names does not exist or is not allowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from tocsin.cli.doors import asked
from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.lazily import later
from tocsin.cli.options import Desk, house_verb
from tocsin.cli.screen import show_json
from tocsin.edge.procedure_files import NoProcedure, read_procedure_files
from tocsin.edge.settings import BadSettings, load_settings
from tocsin.web.outside import one_line

MOST_PLACES = 40


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@house_verb
def preflight(desk: Desk, path: Path | None, form: str) -> int:
    """Bind the names of the procedure to what there is, and say what is missing.

    \b
    tocsin preflight docs --config tocsin.toml    from here, nothing is kept
    tocsin preflight --data /var/lib/tocsin       the server asks, and keeps it
    """
    shown = _alone(desk, path) if path is not None else _by_the_house(desk)
    missing = [line for line in shown["lines"] if any(not one["held"] and one["code"] for one in line["proofs"])]
    if form == "json":
        show_json({**shown, "missing": missing})
    else:
        for line in _told(shown, missing, desk):
            click.echo(line)
    return PROBLEMS if missing else 0


def _by_the_house(desk: Desk) -> dict[str, Any]:
    with desk.door() as door:
        shown: dict[str, Any] = asked(door, "POST", "/api/proof")
    return shown


def _alone(desk: Desk, path: Path) -> dict[str, Any]:
    try:
        settings = load_settings(desk.visitor.config, os.environ)
        procedure, texts = read_procedure_files(path, settings)
    except BadSettings as bad:
        raise Failure(str(bad)) from None
    except NoProcedure as absent:
        raise Failure(absent.told(desk.language)) from None
    look = later("live:look_now")(procedure, texts, settings)
    shown: dict[str, Any] = later("proof:view_alone")(procedure, settings, look, desk.language)
    return shown


def _told(shown: Mapping[str, Any], missing: list[dict[str, Any]], desk: Desk) -> Iterator[str]:
    bound = shown["inventory"]
    for section in (_machines, _members, _firewalls, _contacts, _places, _surroundings):
        yield from map(one_line, section(bound, desk))
    for side, why in shown["silent"].items():
        yield one_line(desk.phrase("side_silent", side=side, why=why))
    for line in missing:
        yield one_line(f"{line['path']}:{line['line']}: {line['said']}")
    counts = shown["counts"]
    yield desk.phrase("preflight_done", lines=counts["lines"], missing=len(missing))


def _machines(bound: Mapping[str, Any], desk: Desk) -> Iterator[str]:
    for one in bound.get("machines", ()):
        server = f"{one['server']} ({one.get('server_id', '')})" if one.get("server") else desk.phrase("no_server")
        role = f" · {desk.phrase('control_plane')}" if one.get("control_plane") else ""
        yield f"{one.get('node') or '–'} ↔ {server}{role} · {', '.join(one.get('addresses', ()))}"


def _members(bound: Mapping[str, Any], desk: Desk) -> Iterator[str]:
    for one in bound.get("members", ()):
        place = f" · {one['pod']}" if one.get("pod") else ""
        yield f"Patroni {one['name']} · {one.get('role', '')} · {one.get('rest', '')}{place}"


def _firewalls(bound: Mapping[str, Any], desk: Desk) -> Iterator[str]:
    for one in bound.get("firewalls", ()):
        yield desk.phrase("firewall", name=one["name"], id=one["id"])


def _contacts(bound: Mapping[str, Any], desk: Desk) -> Iterator[str]:
    for one in bound.get("contacts", ()):
        key = "contact_answers" if one["answers"] else "contact_silent"
        yield desk.phrase(key, contact=one["contact"], channel=one["channel"], why=one.get("why", ""))


def _places(bound: Mapping[str, Any], desk: Desk) -> Iterator[str]:
    places = bound.get("places", ())
    for one in places[:MOST_PLACES]:
        yield f"{one['pod']} → {one.get('node') or '–'} ({', '.join(one.get('containers', ()))})"
    if len(places) > MOST_PLACES:
        yield f"… {len(places)} pods"


def _surroundings(bound: Mapping[str, Any], desk: Desk) -> Iterator[str]:
    if bound.get("distribution"):
        yield bound["distribution"]
    if bound.get("waf"):
        yield f"WAF: {', '.join(bound['waf'])}"
    if bound.get("load_balancer") is not None:
        yield desk.phrase("balanced" if bound["load_balancer"] else "unbalanced")
