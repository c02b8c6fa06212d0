"""`tocsin check`: exit codes, both formats, the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.procedure.written import document
from tocsin.cli.check import MOST_SHOWN, check
from tocsin.cli.failures import Failure

FIXTURE = Path(__file__).parents[1] / "fixtures/procedure"
BOUND = 'public_url = "https://tocsin.example.org"\n[contacts.admin-infra]\nwebhook = "https://hooks.example.org/a"\n'


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks/postgresql.md").write_text("# PG\n")
    (tmp_path / "incidents.md").write_text(document())
    (tmp_path / "tocsin.toml").write_text(BOUND)
    (tmp_path / ".git").mkdir()
    return tmp_path


def run(*arguments: object) -> tuple[int, Result]:
    """What the programs of this machine say is for the tests of `edge/tools`: here only what was recorded."""
    words = ["--no-tools", *map(str, arguments)]
    result = CliRunner().invoke(check, words, standalone_mode=False)
    return (result.return_value if result.exception is None else -1), result


def test_a_sound_procedure_is_zero_and_one_line(sound: Path) -> None:
    code, result = run(sound, "--config", sound / "tocsin.toml")
    assert (code, result.stdout) == (0, "incidents.md: aucun problème\n")


def test_warnings_are_allowed(sound: Path) -> None:
    code, result = run(sound / "incidents.md")
    assert code == 0
    assert result.stdout.endswith("incidents.md: 1 avertissement\n")


def test_errors_are_one_and_counted_in_the_procedures_language() -> None:
    code, result = run(FIXTURE)
    assert code == 1
    assert "error P401 `patronictl failover --force` demande --candidate\n" in result.stdout
    assert result.stdout.endswith("incidents.md: 7 erreurs, 11 avertissements, 4 informations\n")


def test_an_english_procedure_is_counted_in_english(tmp_path: Path) -> None:
    (tmp_path / "incidents.md").write_text("# The process of an incident\n")
    code, result = run(tmp_path)
    assert (code, result.stdout.splitlines()[-1].partition(": ")[2]) == (1, "2 errors, 4 warnings")


def test_one_mistake_made_hundreds_of_times_is_shown_to_people_in_part_and_counted_whole(sound: Path) -> None:
    rows = "| A | P9 |\n" * (MOST_SHOWN + 7)
    (sound / "incidents.md").write_text(document("## Alertes\n\n| Alerte | Priorité |\n|---|---|\n" + rows))
    _, result = run(sound, "--config", sound / "tocsin.toml")
    assert result.stdout.count(" P115 ") == MOST_SHOWN
    assert "incidents.md: encore 7 fois P115\n" in result.stdout
    told = json.loads(run(sound, "--config", sound / "tocsin.toml", "--format", "json")[1].stdout)
    assert [problem["code"] for problem in told].count("P115") == MOST_SHOWN + 7


def test_json_is_a_list_of_flat_objects_and_nothing_else() -> None:
    code, result = run(FIXTURE, "--format", "json")
    rows = json.loads(result.stdout)
    assert code == 1
    keys = ("code", "severity", "path", "line", "column", "end_column", "message", "hint")
    assert {tuple(row) for row in rows} == {keys}
    assert sum(row["severity"] == "error" for row in rows) == 7


def test_for_github_each_problem_is_a_command_and_the_log_has_the_summary() -> None:
    code, result = run(FIXTURE, "--format", "github")
    *commands, last = result.stdout.splitlines()
    assert code == 1
    assert sum(command.startswith("::error file=") for command in commands) == 7
    assert all(command.startswith(("::error ", "::warning ", "::notice ")) for command in commands)
    assert last.partition(": ")[2].startswith("7 erreurs")


def test_for_github_a_sound_procedure_is_one_line(sound: Path) -> None:
    code, result = run(sound, "--config", sound / "tocsin.toml", "--format", "github")
    assert (code, result.stdout) == (0, "incidents.md: aucun problème\n")


def test_sarif_is_one_run_whose_results_are_the_problems() -> None:
    code, result = run(FIXTURE, "--format", "sarif")
    (log,) = json.loads(result.stdout)["runs"]
    rows = json.loads(run(FIXTURE, "--format", "json")[1].stdout)
    assert code == 1
    assert [found["ruleId"] for found in log["results"]] == [row["code"] for row in rows]


def test_another_format_is_a_wrong_usage() -> None:
    assert CliRunner().invoke(check, [str(FIXTURE), "--format", "xml"]).exit_code == 2


def test_nothing_found_is_an_empty_list(sound: Path) -> None:
    code, result = run(sound, "--config", sound / "tocsin.toml", "--format", "json")
    assert (code, json.loads(result.stdout)) == (0, [])


@pytest.mark.parametrize(("locale", "words"), [("C", "no procedure in it"), ("fr_FR.UTF-8", "aucune procédure")])
def test_a_folder_without_a_procedure_is_a_wrong_usage(
    locale: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    _, result = run(tmp_path)
    assert isinstance(result.exception, Failure)
    assert result.exception.exit_code == 2
    assert words in result.exception.sentence


def test_settings_that_cannot_be_read_are_a_wrong_usage(sound: Path) -> None:
    (sound / "tocsin.toml").write_text("public_url = 3\n")
    _, result = run(sound, "--config", sound / "tocsin.toml")
    assert isinstance(result.exception, Failure)
    assert "public_url" in result.exception.sentence


def test_a_path_that_is_not_there_is_a_wrong_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(check, [str(tmp_path / "absent")])
    assert result.exit_code == 2


def test_a_second_check_says_the_same_and_a_changed_page_is_seen(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(sound / "cache"))
    first, second = run(sound), run(sound)
    assert (second[0], second[1].stdout) == (first[0], first[1].stdout)
    (sound / "runbooks/postgresql.md").write_text("# PG\n\n```bash\npatronictl failover\n```\n")
    code, result = run(sound)
    assert code == 1
    assert "runbooks/postgresql.md:4:1: error P401" in result.stdout
    (sound / "runbooks/postgresql.md").write_text("# PG\n")
    assert run(sound)[1].stdout == first[1].stdout
