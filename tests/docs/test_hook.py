"""The pre-commit hook that we publish, and the one that the documentation tells people to write."""

import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from tests.docs.pages import LANGUAGES, ROOT, fences
from tocsin.cli import tocsin

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def test_each_hook_has_what_pre_commit_asks_for() -> None:
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documented_use_names_a_hook_and_its_command_line_is_understood(language: str, tmp_path: Path) -> None:
    page = ROOT / "docs" / language / "cli.md"
    (written,) = [parsed for fence in fences(page, "yaml") if "repos" in (parsed := yaml.safe_load(fence.text))]
    (used,) = written["repos"][0]["hooks"]
    (hook,) = [hook for hook in HOOKS if hook["id"] == used["id"]]
    program, verb, *rest = [*shlex.split(hook["entry"]), *used["args"]]
    (tmp_path / rest[0]).mkdir()
    assert program == "tocsin"
    assert isinstance(tocsin, click.Group)
    command = tocsin.get_command(click.Context(tocsin), verb)
    assert command is not None
    command.make_context(verb, [str(tmp_path / rest[0]), *rest[1:]])
