"""Every verb is on the page of the command line, and every command line in the documentation is one that tocsin takes."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest

from tests.docs.pages import LANGUAGES, ROOT, fences, name_of, our_pages
from tocsin.cli import VERBS, tocsin

BEFORE = re.compile(r"^(?:\S*/)?tocsin\s")


def _lines(page: Path) -> list[list[str]]:
    """The words of each command line that begins with tocsin, pipes and redirections cut off."""
    found = []
    for fence in fences(page, "sh"):
        for line in re.sub(r"\$\([^)]*\)", "X", fence.text.replace("\\\n", " ")).splitlines():
            parts = re.split(r"\s(?:\||&&|>)\s", line)
            found += [shlex.split(part, comments=True)[1:] for part in parts if BEFORE.match(part.strip())]
    return found


def _verbs(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from _verbs(command, (*before, name))
        else:
            yield (*before, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_has_an_example(language: str) -> None:
    shown = _lines(ROOT / "docs" / language / "cli.md")
    assert isinstance(tocsin, click.Group)
    for verb in _verbs(tocsin):
        assert any(tuple(words[: len(verb)]) == verb for words in shown), f"tocsin {' '.join(verb)} is not shown"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_is_told_or_shown(language: str) -> None:
    text = (ROOT / "docs" / language / "cli.md").read_text()
    assert isinstance(tocsin, click.Group)
    for verb in _verbs(tocsin):
        command = _command(list(verb))[0]
        for option in command.params:
            if isinstance(option, click.Option):
                assert any(name in text for name in option.opts), f"{' '.join(verb)} {option.opts}"


@pytest.mark.parametrize("page", our_pages(), ids=name_of)
def test_every_command_line_is_understood(page: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """Parsed by the real verb and never run; files and folders that must exist are made."""
    monkeypatch.chdir(tmp_path)
    for words in _lines(page):
        command, rest = _command(words)
        there = {path: tmp_path / path.lstrip("/") for path in _existing(command, rest)}
        for made in there.values():
            made.parent.mkdir(parents=True, exist_ok=True)
            made.touch() if made.suffix else made.mkdir(exist_ok=True)
        command.make_context(" ".join(words), [str(there.get(word, word)) for word in rest])


def _command(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = tocsin
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"no verb {name}; known: {', '.join(VERBS)}"
        command = found
    return command, words


def _existing(command: click.Command, words: list[str]) -> list[str]:
    """The values whose type says that something must be there."""
    named: list[str] = []
    placed = list(words)
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag:
            values = [after for word, after in pairwise(words) if word in option.opts]
            placed = [word for word in placed if word not in values]
            named += values if _must_exist(option) else []
    if any(_must_exist(one) for one in command.params if isinstance(one, click.Argument)):
        named += [
            word
            for word in placed
            if not word.startswith("-") and ("/" in word or "." in word or word in ("docs", "procedure"))
        ]
    return list(dict.fromkeys(named))


def _must_exist(param: click.Parameter) -> bool:
    return isinstance(param.type, click.File) or bool(getattr(param.type, "exists", False))
