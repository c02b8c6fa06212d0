"""
`tocsin check PATH`: every mistake of a procedure at once, with its place.

Exit code 0 without errors (warnings are allowed), 1 with errors, 2 for a wrong usage. Problems are told in the
procedure's language; paths are relative to the root that bounds its links (the repository's, when there is one).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.lazily import later
from tocsin.cli.words import language_of
from tocsin.edge.kept_pages import cache_folder, keep_pages, kept_pages
from tocsin.edge.procedure_files import NoProcedure, read_procedure_files
from tocsin.edge.settings import BadSettings, Settings, load_settings
from tocsin.edge.tools.toolbox import Toolbox, toolbox_of
from tocsin.lexicon import Language
from tocsin.procedure.model import Procedure
from tocsin.procedure.problems import Problem, Severity
from tocsin.procedure.read.single import Singles
from tocsin.procedure.render import as_json, block
from tocsin.procedure.sarif import as_sarif
from tocsin.procedure.source import Text
from tocsin.procedure.workflow_commands import as_workflow_commands

Texts = Mapping[str, Text]
PROOF_FORMS = ("text", "json")
# Of one code in one file, for people; the other forms hold every problem.
MOST_SHOWN = 200

COLOURS: dict[Severity, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
COUNTED: dict[Severity, tuple[str, str, str, str]] = {
    "error": ("erreur", "erreurs", "error", "errors"),
    "warning": ("avertissement", "avertissements", "warning", "warnings"),
    "info": ("information", "informations", "note", "notes"),
}


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="For people, programs, GitHub's annotations, code scanning.",
)
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The settings, tocsin.toml."
)
@click.option(
    "--no-tools", is_flag=True, help="Ask no program of this machine; hold commands against recorded versions."
)
@click.option("--live", is_flag=True, help="Ask the cluster, Hetzner and the channels too; reads only.")
@click.option("--proof", is_flag=True, help="Show what is known of each line instead of the mistakes.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="With --proof: what a house knows of it."
)
def check(
    path: Path, form: str, config: Path | None, no_tools: bool, live: bool, proof: bool, data: Path | None
) -> int:
    """Read the procedure at PATH (a file or its folder) and show every mistake in it."""
    if proof and form not in PROOF_FORMS:
        raise click.UsageError(f"--proof is for --format {' or '.join(PROOF_FORMS)}.")
    try:
        settings = load_settings(config, os.environ)
        toolbox = None if no_tools else toolbox_of(settings, os.environ, cache_folder(os.environ, "tools"))
        procedure, texts = _read(path, settings, toolbox)
    except BadSettings as bad:
        raise Failure(str(bad)) from None
    except NoProcedure as absent:
        raise Failure(absent.told(language_of(None, os.environ))) from None
    look = later("live:look_now")(procedure, texts, settings) if live else None
    if look is not None:
        procedure = later("live:with_problems")(procedure, texts, look)
    if proof:
        later("proof:show_alone")(procedure, settings, look, data, form)
    else:
        FORMS[form](procedure, texts)
    return PROBLEMS if procedure.errors else 0


def _read(path: Path, settings: Settings, toolbox: Toolbox | None) -> tuple[Procedure, dict[str, Text]]:
    """Only what changed since the last check is read again."""
    kept_in = cache_folder(os.environ)
    singles = Singles(kept_pages(kept_in, path))
    read = read_procedure_files(path, settings, singles, toolbox=toolbox)
    if singles.read or len(singles.used) < len(singles.kept):
        keep_pages(kept_in, path, singles.used)
    return read


def _as_text(procedure: Procedure, texts: Texts) -> None:
    """Whoever made one mistake a thousand times learns nothing from the last eight hundred; they are counted."""
    seen: Counter[tuple[str, str]] = Counter()
    for problem in procedure.problems:
        kind = (problem.source.path, problem.code)
        seen[kind] += 1
        if seen[kind] <= MOST_SHOWN:
            click.echo(_coloured(block(problem, texts), problem.severity))
    for (path, code), number in seen.items():
        if number > MOST_SHOWN:
            more = "{}: encore {} fois {}\n" if procedure.language == "fr" else "{}: and {} more times {}\n"
            click.echo(more.format(path, number - MOST_SHOWN, code))
    click.echo(summary(procedure))


def _for_github(procedure: Procedure, texts: Texts) -> None:
    """An empty line is none, and the summary stands below for whoever reads the job's log."""
    click.echo("\n".join(filter(None, (as_workflow_commands(procedure.problems), summary(procedure)))))


# A path in an annotation or a finding is taken from the root of the repository, where such a job begins.
FORMS: dict[str, Callable[[Procedure, Texts], None]] = {
    "text": _as_text,
    "json": lambda procedure, texts: click.echo(as_json(procedure.problems)),
    "github": _for_github,
    "sarif": lambda procedure, texts: click.echo(as_sarif(procedure.problems, texts, procedure.language)),
}


def summary(procedure: Procedure) -> str:
    """One line that counts: "2 errors, 3 warnings"."""
    counted = counts(procedure.problems, procedure.language)
    nothing = "aucun problème" if procedure.language == "fr" else "no problem"
    return f"{procedure.path}: {counted or nothing}"


def counts(problems: Sequence[Problem], language: Language) -> str:
    """How many of each severity, the worst first; "" when there are none."""
    found = Counter(problem.severity for problem in problems)
    parts: list[str] = []
    for severity, words in COUNTED.items():
        one, many = words[:2] if language == "fr" else words[2:]
        if number := found[severity]:
            parts.append(f"{number} {one if number == 1 else many}")
    return ", ".join(parts)


def _coloured(text: str, severity: Severity) -> str:
    """The head line and the carets in the colour of their severity; the word says it too."""
    lines = text.split("\n")
    return "\n".join(
        click.style(line, fg=COLOURS[severity], bold=index == 0) if index == 0 or set(line) <= set(" |^") else line
        for index, line in enumerate(lines)
    )
