"""`tocsin init`: a first procedure that is sound from the first minute, and nothing overwritten."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.transcript import TOCSIN


def tocsin(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8"}
    return subprocess.run([*TOCSIN, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_it_writes_passes_the_check(language: str, tmp_path: Path) -> None:
    made = tocsin("init", "--lang", language, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "procedure/runbooks/postgresql.md").is_file()
    assert (tmp_path / "kubernetes/ingress/waf/emergency-ratelimit.yaml").is_file()
    checked = tocsin("check", "procedure", "--config", "tocsin.toml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert " error " not in checked.stdout


def test_inside_a_larger_repository_its_commands_still_find_their_files(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "ops").mkdir()
    tocsin("init", "ops", "--lang", "en", cwd=tmp_path)
    checked = tocsin("check", "ops/procedure", "--config", "ops/tocsin.toml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_a_file_that_is_there_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "procedure").mkdir()
    (tmp_path / "procedure/incidents.md").write_text("ours")
    refused = tocsin("init", "--lang", "fr", cwd=tmp_path)
    assert refused.returncode == 2
    assert "procedure/incidents.md" in refused.stderr
    assert (tmp_path / "procedure/incidents.md").read_text() == "ours"
    assert [path.name for path in tmp_path.iterdir()] == ["procedure"]
