"""
How a demo looks on a terminal: each moment with its practice time, marked as an exercise.

Rich draws on a terminal; anywhere else the same lines are plain. What comes from the house loses its control
characters, as everywhere in the CLI.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.panel import Panel
from rich.text import Text as Styled

from tocsin.lexicon import Language
from tocsin.procedure.model import Procedure
from tocsin.procedure.render import as_text
from tocsin.procedure.source import Text
from tocsin.rehearsal.drill import Moment, mark
from tocsin.web.outside import one_line, plain

WORDS: dict[str, tuple[str, str]] = {
    "opening": (
        "tocsin plays an incident on a practice cluster: nothing outside this machine is reached.",
        "tocsin joue un incident sur un cluster d'exercice : rien hors de cette machine n'est touché.",
    ),
    "speed": (
        "The practice clock runs {speed} times faster than life.",
        "L'horloge d'exercice va {speed} fois plus vite que la vraie.",
    ),
    "procedure": (
        "The procedure is the team's own, unmodified: {errors} errors, {warnings} warnings. It is served all the same; a step "
        "with an error is shown and cannot be run.",
        "La procédure est celle de l'équipe, sans retouche : {errors} erreurs, {warnings} avertissements. Elle est servie "
        "quand même ; une étape en erreur est montrée et ne peut pas être exécutée.",
    ),
    "played": (
        "Played to its end: {lines} lines in the timeline.",
        "Joué jusqu'au bout : {lines} lignes dans la main courante.",
    ),
    "failed": ("the drill stopped: {why}", "l'exercice s'est arrêté : {why}"),
    "stays": ("The server stays up: {url}", "Le serveur reste en marche : {url}"),
    "welcome": (
        "Sign in by this one-time link, choose a name, then start the same drill under /practice:",
        "Entrez par ce lien à usage unique, choisissez un nom, puis lancez le même exercice sous /practice :",
    ),
    "stop": ("Ctrl-C ends it.", "Ctrl-C y met fin."),
}


class Screen:
    """Prints; `zone` is the team's time zone."""

    def __init__(self, language: Language, zone: ZoneInfo, speed: int) -> None:
        self._language = language
        self._zone = zone
        self._speed = speed
        self._mark = mark(language)
        draws = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._console = Console(highlight=False) if draws else None

    def opening(self, procedure: Procedure, texts: Mapping[str, Text]) -> None:
        """What this is, and what is wrong with the procedure."""
        head = [self._say("opening"), self._say("speed", speed=self._speed)]
        if self._console:
            self._console.print(Panel("\n".join(head), title=self._mark, border_style="yellow"))
        else:
            click.echo(f"{self._mark} · {' '.join(head)}")
        # What is wrong with our own practice settings (links that lead to this machine only) is meant so.
        written = [problem for problem in procedure.problems if problem.source.path in texts]
        errors = [problem for problem in written if problem.severity == "error"]
        warnings = sum(problem.severity == "warning" for problem in written)
        self._line(f"\n{self._say('procedure', errors=len(errors), warnings=warnings)}\n")
        self._line(as_text(errors, texts))

    def moment(self, moment: Moment) -> None:
        """One moment, its detail indented below."""
        time = f"{moment.at.astimezone(self._zone):%H:%M:%S}"
        if self._console:
            told = Styled.assemble(
                (self._mark, "black on yellow"), " ", (time, "bold"), "  ", one_line(moment.text, 400)
            )
            self._console.print(told)
        else:
            click.echo(f"{self._mark} {time}  {one_line(moment.text, 400)}")
        for line in moment.lines:
            self._line(f"    {plain(line)}", style="dim")
        sys.stdout.flush()

    def played(self, lines: int) -> None:
        """The end of the play."""
        self._line(f"\n{self._mark} · {self._say('played', lines=lines)}")

    def staying(self, url: str, welcome: str) -> None:
        """What the newcomer can do now."""
        self._line(self._say("stays", url=url))
        if welcome:
            self._line(self._say("welcome"))
            self._line(f"  {welcome}")
        self._line(self._say("stop"))

    def failed(self, why: str) -> str:
        """The sentence for a drill that did not come to its end."""
        return self._say("failed", why=plain(why))

    def _line(self, text: str, style: str = "") -> None:
        if self._console:
            self._console.print(Styled(text, style=style), soft_wrap=True)
        else:
            click.echo(text)

    def _say(self, key: str, /, **values: object) -> str:
        return WORDS[key][self._language == "fr"].format(**values)
