"""Whatever the bytes are, they become a text with lines, and the text says how."""

from __future__ import annotations

import hashlib

import pytest

from tests.procedure.written import codes, document, read
from tocsin.procedure.read import read_procedure
from tocsin.procedure.source import Text
from tocsin.procedure.texts import MAX_BYTES, text_of


@pytest.mark.parametrize(
    ("raw", "content", "reading"),
    [
        ("été\n".encode(), "été\n", "utf-8"),
        (b"\xef\xbb\xbf# T\n", "# T\n", "utf-8"),
        (b"a\r\nb\rc\n", "a\nb\nc\n", "utf-8"),
        ("été".encode("cp1252"), "été", "windows-1252"),
        (b"\x81\xe9", "\ufffdé", "windows-1252"),
        ("# Été".encode("utf-16"), "# Été", "utf-16"),
        (b"\x7fELF\0\0", "", "binary"),
        (b"a" * (MAX_BYTES + 1), "", "too-big"),
        (b"", "", "utf-8"),
    ],
)
def test_bytes_become_lines(raw: bytes, content: str, reading: str) -> None:
    text = text_of("p.md", raw)
    assert (text.content, text.reading) == (content, reading)
    assert text.fingerprint == hashlib.sha256(raw).hexdigest()


def only(raw: bytes) -> tuple[str, list[str]]:
    text = text_of("p.md", raw)
    procedure = read_procedure({"p.md": text}, "p.md")
    return procedure.language, codes(procedure.problems)


def test_a_windows_file_is_read_and_says_so() -> None:
    text = text_of("incidents.md", document().encode("cp1252"))
    procedure = read_procedure({**read_beside(), text.path: text}, text.path)
    assert codes(procedure.problems) == ["P901"]
    assert len(procedure.priorities) == 4


def read_beside() -> dict[str, Text]:
    return {path: text_of(path, b"# x\n") for path in ("runbooks/postgresql.md",)}


def test_line_ends_of_windows_move_no_place() -> None:
    unix = read(document())
    windows = read(document().replace("\n", "\r\n"))
    assert windows.priorities == unix.priorities
    assert windows.scenarios == unix.scenarios


@pytest.mark.parametrize(
    ("raw", "code"), [(b"\0\0", "P902"), (b"x" * (MAX_BYTES + 1), "P903"), (b"", "P904"), (b" \n\n", "P904")]
)
def test_what_cannot_be_read_is_one_problem_and_not_twenty(raw: bytes, code: str) -> None:
    assert only(raw) == ("en", [code])


def test_a_main_file_that_is_not_there_is_a_problem() -> None:
    assert codes(read_procedure({}, "p.md").problems) == ["P904"]


def test_a_line_beyond_the_end_is_empty() -> None:
    text = text_of("p.md", b"a\nb")
    assert [text.line(number) for number in (0, 1, 2, 3)] == ["", "a", "b", ""]
