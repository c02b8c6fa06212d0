"""From a path to texts: what is the main file, what is read beside it, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.procedure.written import document, scenario_of
from tocsin.edge.procedure_files import (
    NoProcedure,
    main_file,
    read_folder,
    read_procedure_files,
    root_of,
    shipped_runbooks,
    understand,
)
from tocsin.edge.settings import Settings, load_settings

LINKED = "## Diagnostic\n\n- [PostgreSQL](../runbooks/postgresql.md)\n- [Redis](../runbooks/redis.md)\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """repository/docs/incidents.md, its runbook, a manifest that a step applies, and a secret beside the repository."""
    root = tmp_path / "repository"
    for folder in ("docs", "runbooks", "manifests", ".git"):
        (root / folder).mkdir(parents=True)
    apply = scenario_of("kubectl apply -f manifests/x.yaml")
    (root / "docs/incidents.md").write_text(document(LINKED) + "\n" + apply.replace("## Scénarios", "## Playbooks"))
    (root / "runbooks/postgresql.md").write_text("# PG\n\n## A\n\n[Suite](more.md)\n")
    (root / "runbooks/more.md").write_text("# Suite\n")
    (root / "runbooks/other.md").write_text("# Nobody links here\n")
    (root / "manifests/x.yaml").write_text("kind: Middleware\n")
    (tmp_path / "secret.md").write_text("# Secret\n")
    return root


def test_what_the_procedure_names_is_read_and_nothing_else(house: Path) -> None:
    files = read_folder(house / "docs")
    assert files.main == "docs/incidents.md"
    assert sorted(files.texts) == [
        "docs/incidents.md",
        "manifests/x.yaml",
        "runbooks/more.md",
        "runbooks/postgresql.md",
    ]


def test_the_root_is_the_repository_else_the_folder_above(house: Path, tmp_path: Path) -> None:
    assert root_of(house / "docs/incidents.md") == house
    (house / ".git").rmdir()
    assert root_of(house / "docs") == house
    assert read_folder(house / "docs").main == "docs/incidents.md"


def test_a_relative_path_is_the_same_procedure(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house / "docs")
    assert read_folder(Path("incidents.md")) == read_folder(house / "docs")
    assert read_folder(Path(".")) == read_folder(house / "docs")


def test_nothing_outside_the_root_is_read_by_a_link_or_a_symbolic_link(house: Path, tmp_path: Path) -> None:
    (house / "docs/incidents.md").write_text(
        document("## Diagnostic\n\n- [A](../../secret.md)\n- [B](../runbooks/link.md)\n- [C](../folder/secret.md)\n")
    )
    (house / "runbooks/link.md").symlink_to(tmp_path / "secret.md")
    (house / "folder").symlink_to(tmp_path)
    assert "Secret" not in str(read_folder(house / "docs").texts)


def test_a_symbolic_link_inside_the_root_is_followed_and_keeps_its_name(house: Path) -> None:
    (house / "runbooks/redis.md").symlink_to("postgresql.md")
    assert "runbooks/redis.md" in read_folder(house / "docs").texts


def test_folders_loops_and_devices_are_not_there(house: Path) -> None:
    (house / "runbooks/postgresql.md").unlink()
    (house / "runbooks/postgresql.md").mkdir()
    (house / "runbooks/redis.md").symlink_to("redis.md")
    assert sorted(read_folder(house / "docs").texts) == ["docs/incidents.md", "manifests/x.yaml"]


def test_pages_that_link_to_each_other_end(house: Path) -> None:
    (house / "runbooks/more.md").write_text("[Retour](postgresql.md) [Début](../docs/incidents.md)")
    assert len(read_folder(house / "docs").texts) == 4


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (["incidents.md", "procedure.md", "incident-old.md"], "incidents.md"),
        (["incident-response.md", "readme.md"], "incident-response.md"),
        (["procedure.md", "readme.md"], "procedure.md"),
        (["astreinte.md"], "astreinte.md"),
    ],
)
def test_the_main_file_of_a_folder(names: list[str], main: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).write_text("# x\n" if name == "readme.md" else document())
    assert main_file(tmp_path).name == main


def test_a_folder_without_a_procedure_or_with_several_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoProcedure, match="no procedure in it"):
        main_file(tmp_path)
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(document())
    with pytest.raises(NoProcedure, match=r"several procedures \(a.md, b.md\)"):
        main_file(tmp_path)
    with pytest.raises(NoProcedure, match="no such file"):
        main_file(tmp_path / "absent")


def test_bytes_that_are_no_text_do_not_stop_the_reading(house: Path) -> None:
    (house / "runbooks/postgresql.md").write_bytes(b"\0\xff" * 100)
    assert read_folder(house / "docs").texts["runbooks/postgresql.md"].reading == "binary"


def test_a_server_is_given_the_procedure_with_all_its_problems_and_our_stand_ins(house: Path) -> None:
    settings = load_settings(None, {"TOCSIN_CONTACT_ADMIN_INFRA_WEBHOOK": "https://hooks.example.org/a"})
    procedure, texts = read_procedure_files(house / "docs", settings)
    assert [problem.code for problem in procedure.errors] == ["P110", "P208"]
    assert texts["tocsin:redis.md"] == shipped_runbooks()["fr/redis.md"]
    assert [(book.slug, book.found, book.ours) for book in procedure.runbooks] == [
        ("postgresql", True, False),
        ("redis", False, True),
    ]


def test_texts_that_were_kept_are_understood_the_same_again(house: Path) -> None:
    settings = Settings()
    procedure, texts = read_procedure_files(house / "docs", settings)
    assert understand(texts, procedure.path, settings) == procedure


def test_our_runbook_as_it_was_then_wins_over_that_of_this_version(house: Path) -> None:
    procedure, texts = read_procedure_files(house / "docs", Settings())
    older = texts["tocsin:redis.md"]
    texts["tocsin:redis.md"] = type(older)(older.path, "# Ancien\n\n## Avant\n", "0")
    again = understand(texts, procedure.path, Settings())
    assert [step.text for step in again.runbooks[1].steps] == ["Avant"]
    assert again.fingerprint != procedure.fingerprint


def test_the_root_of_the_settings_wins_over_the_nearest_repository(house):
    (house / "docs" / ".git").mkdir()
    assert root_of(house / "docs") == house / "docs"
    assert root_of(house / "docs", house) == house
    assert read_folder(house / "docs", root=house).main == "docs/incidents.md"


def test_a_procedure_outside_the_root_is_refused(house, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(NoProcedure, match="is not below root"):
        root_of(house / "docs", tmp_path / "elsewhere")
