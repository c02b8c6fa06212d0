"""A program of the machine is asked for its help, once, and with nothing of ours around it."""

from __future__ import annotations

from pathlib import Path

from tocsin.edge.tools.asking import ask
from tocsin.edge.tools.toolbox import Toolbox
from tocsin.procedure.grammar.holding import Asked
from tocsin.procedure.grammar.verdict import objections

HELP = """#!/bin/sh
echo "$@" >> {log}
[ "$1" = version ] && echo "patronictl version 9.9.9" && exit
printf 'Usage: patronictl [OPTIONS] COMMAND [ARGS]...\\n\\nOptions:\\n  --help  Show\\n\\nCommands:\\n  lists  All\\n'
"""


def program(folder: Path) -> Path:
    path = folder / "patronictl"
    path.write_text(HELP.format(log=folder / "asked.txt"))
    path.chmod(0o755)
    return path


def test_what_it_refuses_is_said_by_it_and_asked_once(tmp_path: Path) -> None:
    asked = (Asked("patronictl", ("frob",), False),)
    for _ in range(2):
        box = Toolbox({"patronictl": program(tmp_path)}, tmp_path / "cache")
        (found,) = objections("patronictl", ("frob",), box.tools(asked), inside=False)
        assert (found.fault.kind, found.installed, found.held[0].version) == ("command", True, "9.9.9")
    assert (tmp_path / "asked.txt").read_text().count("--help") == 1


def test_it_sees_no_variable_of_ours_and_is_stopped_in_time(tmp_path: Path) -> None:
    said = ask(Path("/usr/bin/env"), ()).text
    assert "KUBECONFIG=/dev/null" in said
    assert "PYTEST" not in said
    assert ask(Path("/bin/sleep"), ("60",), 0.1).code is None
