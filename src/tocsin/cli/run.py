"""`tocsin run`: a command that the person brings, with the same gates and the same record as a step."""

from __future__ import annotations

import click

from tocsin.cli.options import Desk, house_verb
from tocsin.cli.steps import consent, glass_option, number_argument, show_command, start, yes_option
from tocsin.procedure.risk import risk_of


@click.command(context_settings={"ignore_unknown_options": False})
@number_argument
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED)
@glass_option
@yes_option
@house_verb
def run(desk: Desk, number: int, argv: tuple[str, ...], break_glass: str, yes: bool) -> int:
    """Run a command for an incident; its output stands in the timeline.

    \b
    tocsin run 7 -- kubectl get pods -n production
    tocsin run 7 -- kubectl -n production rollout restart deployment/api

    Nothing goes through a shell: what stands after -- is the exact argument list. What does more than read asks for
    an approval first. Exits with 0 when the command did, else with 1.
    """
    pipeline = (argv,)
    risk = risk_of(pipeline)
    target = {"pipeline": pipeline}
    with desk.door() as door:
        show_command(desk, pipeline, risk)
        if risk != "R0":
            consent(desk, door, number, target, break_glass, yes)
        return start(desk, door, number, target)
