"""What the last check read is kept; whatever is wrong with it costs time and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.procedure.written import text
from tocsin.edge.kept_pages import cache_folder, keep_pages, kept_pages
from tocsin.procedure.read.single import Single, read_single

PROCEDURE = Path("/somewhere/incidents.md")
WRITTEN = """# PostgreSQL

See [Redis](redis.md).

## Look

```bash
# 1. See
kubectl get pods -n <namespace>
patronictl failover
"""


def page() -> Single:
    return read_single(text(WRITTEN, "runbooks/postgresql.md"), "fr")


def test_what_was_kept_is_what_was_read(tmp_path: Path) -> None:
    keep_pages(tmp_path / "new", PROCEDURE, {"a": page(), "b": Single()})
    assert kept_pages(tmp_path / "new", PROCEDURE) == {"a": page(), "b": Single()}


def test_nobody_else_may_read_it_and_nothing_is_left_over(tmp_path: Path) -> None:
    keep_pages(tmp_path / "new", PROCEDURE, {"a": page()})
    keep_pages(tmp_path / "new", PROCEDURE, {})
    (file,) = (tmp_path / "new").iterdir()
    assert ((tmp_path / "new").stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert kept_pages(tmp_path / "new", PROCEDURE) == {}


def test_another_procedure_has_its_own(tmp_path: Path) -> None:
    keep_pages(tmp_path, PROCEDURE, {"a": page()})
    assert kept_pages(tmp_path, PROCEDURE.with_name("other.md")) == {}


@pytest.mark.parametrize("spoiled", [b"", b"\xc1", b"\x82\xa6reader\xa1x\xa5pages\x80", b"\xff" * 100])
def test_a_spoiled_file_is_none(tmp_path: Path, spoiled: bytes) -> None:
    keep_pages(tmp_path, PROCEDURE, {"a": page()})
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoiled)
    assert kept_pages(tmp_path, PROCEDURE) == {}


def test_half_a_file_is_none(tmp_path: Path) -> None:
    keep_pages(tmp_path, PROCEDURE, {"a": page()})
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-30])
    assert kept_pages(tmp_path, PROCEDURE) == {}


def test_a_place_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    keep_pages(tmp_path / "file" / "pages", PROCEDURE, {"a": page()})
    keep_pages(None, PROCEDURE, {"a": page()})
    assert kept_pages(tmp_path / "file" / "pages", PROCEDURE) == {}
    assert kept_pages(None, PROCEDURE) == {}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/home/a"}, Path("/c/tocsin/pages")),
        ({"HOME": "/home/a"}, Path("/home/a/.cache/tocsin/pages")),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/a"}, Path("/home/a/.cache/tocsin/pages")),
        ({}, None),
    ],
)
def test_it_stands_where_the_user_keeps_such_things(environment: dict[str, str], folder: Path | None) -> None:
    assert cache_folder(environment) == folder
