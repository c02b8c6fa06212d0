"""
What follows a pipe, applied by tocsin itself: grep, head, tail, wc -l, sort. Text in, text out, no process, no file.

`apply` behaves as the tools do, down to a last line without its newline; nothing found is an empty text, not a failure.
Standard library only: `main` reads filters and text on standard input, which is how `bounded_filters` gives a slow
pattern a limit of time.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence

from tocsin.edge.execution.patterns import BadPattern, translate

Lines = list[str]
Filter = Callable[[str], str]

FLAGS = re.compile(r"-[viEFcwn]+")
NUMBER = re.compile(r"[ \t]*-?(\d+\.?\d*|\.\d+)", re.ASCII)


class BadFilter(ValueError):
    """This filter is not one that tocsin applies; the text names the word."""


def apply(filters: Sequence[Sequence[str]], text: str) -> str:
    """Send a text through filters (argv each), left to right; raises `BadFilter`."""
    for one in [filter_of(argv)[0] for argv in filters]:
        text = one(text)
    return text


def is_quick(filters: Sequence[Sequence[str]]) -> bool:
    """Say whether no pattern repeats anything: the time is then bounded by the length of the text. Raises `BadFilter`."""
    return not any(repeats for _, repeats in map(filter_of, filters))


def filter_of(argv: Sequence[str]) -> tuple[Filter, bool]:
    """Read one filter: what it does, and whether its pattern repeats something; raises `BadFilter`."""
    program, *words = argv
    if program == "grep":
        return _grep(words)
    if program in ("head", "tail"):
        count = _count(program, words)
        return (lambda text: _head(text, count) if program == "head" else _tail(text, count)), False
    if program == "wc" and words == ["-l"]:
        return (lambda text: f"{text.count(chr(10))}\n"), False
    if program == "sort" and all(re.fullmatch("-[rnu]+", word) for word in words):
        flags = "".join(words)
        return (lambda text: _sort(text, flags)), False
    raise BadFilter(f"tocsin does not apply `{' '.join(argv)}`")


def _lines(text: str) -> Lines:
    """Split at newlines alone; the tools know no other end of a line."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _joined(lines: Lines) -> str:
    return "".join(f"{line}\n" for line in lines)


def _grep(words: Lines) -> tuple[Filter, bool]:
    flags = ""
    while words and FLAGS.fullmatch(words[0]):
        flags += words.pop(0)
    if words and words[0] in ("-e", "--"):
        words.pop(0)
    elif words and words[0].startswith("-"):
        raise BadFilter(f"tocsin does not know `{words[0]}` of grep")
    if len(words) != 1:
        raise BadFilter("grep takes one pattern and no file")
    regex, repeats = _regex(words[0], flags)
    return (lambda text: _matching(text, regex, flags)), repeats


def _regex(pattern: str, flags: str) -> tuple[re.Pattern[str], bool]:
    try:
        told = (re.escape(pattern), False) if "F" in flags else translate(pattern, extended="E" in flags)
    except BadPattern as bad:
        raise BadFilter(f"grep: {bad}") from None
    source = rf"(?<!\w)(?:{told[0]})(?!\w)" if "w" in flags else told[0]
    return re.compile(source, re.IGNORECASE if "i" in flags else 0), told[1]


def _matching(text: str, regex: re.Pattern[str], flags: str) -> str:
    wanted = "v" not in flags
    numbered = [(n, line) for n, line in enumerate(_lines(text), 1) if (regex.search(line) is not None) is wanted]
    if "c" in flags:
        return f"{len(numbered)}\n"
    return _joined([f"{n}:{line}" if "n" in flags else line for n, line in numbered])


def _count(program: str, words: Lines) -> int:
    said = "".join(words) if len(words) < 3 else ""
    if not words:
        return 10
    match = re.fullmatch(r"-n?(\d{1,9})", said, re.ASCII)
    if match is None:
        raise BadFilter(f"{program} takes a number of lines: `-n 20`")
    return int(match[1])


def _head(text: str, count: int) -> str:
    position = -1
    for _ in range(count):
        position = text.find("\n", position + 1)
        if position < 0:
            return text
    return text[: position + 1]


def _tail(text: str, count: int) -> str:
    if not count:
        return ""
    position = len(text) - text.endswith("\n")
    for _ in range(count):
        position = text.rfind("\n", 0, position)
        if position < 0:
            return text
    return text[position + 1 :]


def _sort(text: str, flags: str) -> str:
    lines, down, numeric = _lines(text), "r" in flags, "n" in flags
    if "u" in flags:
        first: dict[tuple[float, str], str] = {}
        for line in lines:
            first.setdefault(_key(line, numeric), line)
        return _joined([first[key] for key in sorted(first, reverse=down)])
    return _joined(sorted(lines, key=lambda line: (_key(line, numeric), line), reverse=down))


def _key(line: str, numeric: bool) -> tuple[float, str]:
    if not numeric:
        return 0.0, line
    match = NUMBER.match(line)
    return float(match[0]) if match else 0.0, ""


def main() -> None:
    """Read one line of JSON (the filters) and the text behind it on standard input; write what is left of the text."""
    filters = json.loads(sys.stdin.buffer.readline())
    text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(apply(filters, text).encode("utf-8", "surrogatepass"))
