"""Which procedure a page belongs to, when an editor opens that page and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.procedure.written import document
from tocsin.edge.whose_page import procedure_of
from tocsin.procedure.read.single import Singles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for name in ("docs", "runbooks", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "runbooks/postgresql.md").write_text("# PG\n\n[more](more.md)\n")
    (tmp_path / "runbooks/more.md").write_text("# More\n")
    (tmp_path / "docs/incidents.md").write_text(document().replace("runbooks/", "../runbooks/"))
    return tmp_path


def whose(page: Path, unsaved: dict[Path, str] | None = None) -> Path | None:
    return procedure_of(page, Singles(), {path.resolve(): text for path, text in (unsaved or {}).items()})


def test_the_main_page_is_its_own(folder: Path) -> None:
    assert whose(folder / "docs/incidents.md") == folder / "docs/incidents.md"


def test_a_runbook_belongs_to_the_procedure_that_links_to_it_also_from_another_page(folder: Path) -> None:
    assert whose(folder / "runbooks/postgresql.md") == folder / "docs/incidents.md"
    assert whose(folder / "runbooks/more.md") == folder / "docs/incidents.md"


def test_a_page_that_nobody_names_belongs_to_none(folder: Path) -> None:
    (folder / "README.md").write_text("# Read me\n")
    assert whose(folder / "README.md") is None


def test_a_link_that_is_not_saved_yet_counts(folder: Path) -> None:
    (folder / "runbooks/new.md").write_text("# New\n")
    main = folder / "docs/incidents.md"
    assert whose(folder / "runbooks/new.md", {main: main.read_text() + "\n[new](../runbooks/new.md)\n"}) == main


def test_a_page_with_priorities_under_any_name_is_its_own_unless_another_names_it(folder: Path) -> None:
    night = folder / "other/nuit.md"
    night.write_text(document())
    assert whose(night) == night
    main = folder / "docs/incidents.md"
    main.write_text(main.read_text() + "\n[nuit](../other/nuit.md)\n")
    assert whose(night) == main


def test_without_a_repository_the_folder_above_is_the_last(tmp_path: Path) -> None:
    deep = tmp_path / "a/b/c"
    deep.mkdir(parents=True)
    (deep / "x.md").write_text("# x\n")
    (tmp_path / "a/incidents.md").write_text(document() + "\n[x](b/c/x.md)\n")
    assert whose(deep / "x.md") is None
    (tmp_path / "a/b/incidents.md").write_text(document() + "\n[x](c/x.md)\n")
    assert whose(deep / "x.md") == tmp_path / "a/b/incidents.md"
