"""The CLI as a person uses it: each transcript beside a running server, or alone with the data folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.transcript import TRANSCRIPTS, fits, play, turns
from tests.e2e.served import Served

SMALL = Path(__file__).parents[1] / "fixtures" / "small" / "incidents.md"
KUBECTL = """#!/bin/sh
case "$*" in
  "get nodes") printf 'NAME     STATUS     ROLES\\nnode-1   Ready      control-plane\\nnode-2   NotReady   worker\\n' ;;
  "drain node-2 --ignore-daemonsets") echo 'node/node-2 drained' ;;
  "cordon node-2") echo 'node/node-2 cordoned' ;;
  *) echo "error: $*" >&2; exit 3 ;;
esac
"""
ATTACK = """
### Attack

```bash
# 1. Keep new work away from the machine
kubectl cordon <node>
```
"""
ENVIRON = {"TZ": "UTC", "LC_ALL": "en_GB.UTF-8", "COLUMNS": "120", "NO_COLOR": "1", "TOCSIN_DATA": "data"}
Play = Callable[[str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as an administrator has it: the procedure, the settings, the programs."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(KUBECTL)
    kubectl.chmod(0o755)
    (tmp_path / ".git").mkdir()  # so that paths are told from here
    text = SMALL.read_text().replace("\n## Contacts", f"{ATTACK}\n## Contacts")
    (tmp_path / "incidents.md").write_text(text)
    (tmp_path / "tocsin.toml").write_text(f'language = "en"\n[execution.programs]\nkubectl = "{kubectl}"\n')
    (tmp_path / "post-mortem.md").write_text("# What happened\n\nThe fan of node-2.\n")
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[Served]:
    with Served(
        folder, (folder / "tocsin.toml").read_text(), procedure=folder / "incidents.md", environ=ENVIRON
    ) as server:
        yield server


def read(name: str) -> str:
    return (TRANSCRIPTS / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", ["night", "nuit", "values", "accounts"])
def test_beside_a_server(name: str, server: Served, folder: Path) -> None:
    play(read(name), folder, ENVIRON)


@pytest.mark.parametrize("name", ["alone", "refused"])
def test_alone(name: str, folder: Path) -> None:
    play(read(name), folder, ENVIRON)


def test_a_transcript_is_exact_but_for_its_holes() -> None:
    (turn,) = turns("# remark\n$ tocsin x\n? 2\none [..]\n\n  two\n")
    assert (turn.command, turn.code, turn.output) == ("tocsin x", 2, ["one [..]", "", "  two"])
    assert fits(turn.output, "one 12:00\n\n  two\n")
    assert not fits(turn.output, "one 12:00\n\n two\n")
    assert not fits(turn.output, "one\nmore\n\n  two\n")
    assert fits(["a", "[...]", "z"], "a\nb\nc\nz")
    assert not fits(["a", "[...]", "z"], "a\nb\nc")
