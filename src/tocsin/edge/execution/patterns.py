"""
grep's regular expressions, basic and extended, as Python's.

The two differ in small ways that change what matches: `a+?` is lazy in Python and "(a+) or nothing" in grep, `\\<` is
unknown to Python, `[[:space:]]` means something else. What cannot be said exactly is refused. Standard library only:
this module also runs in the child that `bounded_filters` starts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 500
MOST_REPEATS = 1000
CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "word": r"\w",
}
ESCAPES = {"w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S", "b": r"\b", "B": r"\B", "<": r"\b(?=\w)", ">": r"\b(?<=\w)"}
ANCHORS = {"^": "^", "$": r"\Z"}


class BadPattern(ValueError):
    """This pattern is not applied; the text says why."""


class Pattern(NamedTuple):
    """`repeats` when something in it is repeated: the time it takes may then grow out of bounds."""

    regex: str
    repeats: bool


def translate(pattern: str, *, extended: bool) -> Pattern:
    """Put a grep pattern into Python's syntax; raises `BadPattern`."""
    if len(pattern) > LONGEST:
        raise BadPattern(f"a pattern of {len(pattern)} characters; at most {LONGEST} are applied")
    reader = _Reader(pattern, extended)
    regex = reader.alternatives(depth=0)
    try:
        re.compile(regex)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(f"{pattern!r} is no regular expression: {error}") from None
    return Pattern(regex, reader.repeats)


class _Reader:
    """Reads left to right; `at` is the next character. In basic syntax ( ) { } | + ? are special behind a backslash."""

    def __init__(self, pattern: str, extended: bool) -> None:
        self.pattern = pattern
        self.extended = extended
        self.at = 0
        self.repeats = False

    def alternatives(self, depth: int) -> str:
        """Read until the end or the parenthesis that closes this depth."""
        if depth > 20:
            raise BadPattern("parentheses more than 20 deep")
        branches: list[list[str]] = [[]]
        while self.at < len(self.pattern):
            token = self._token()
            if token == ")" and depth:
                break
            if token == "|":
                self._take(token)
                branches.append([])
            else:
                self._piece(token, branches[-1], depth)
        return "|".join("".join(branch) for branch in branches)

    def _token(self) -> str:
        """Tell the operator that stands here ("(", "|", "*"…), or "" for an ordinary character."""
        char = self.pattern[self.at]
        behind = self.pattern[self.at + 1 : self.at + 2]
        if char == "\\":
            return behind if not self.extended and behind and behind in "(){}|+?" else ""
        if char in "*.[":
            return char
        return char if self.extended and char in "(){}|+?" else ""

    def _take(self, token: str) -> None:
        self.at += 2 if self.pattern[self.at] == "\\" and token != "\\" else 1

    def _piece(self, token: str, branch: list[str], depth: int) -> None:
        if token == "(":
            self._take(token)
            inner = self.alternatives(depth + 1)
            if self.at >= len(self.pattern):
                raise BadPattern(f"a parenthesis is not closed in {self.pattern!r}")
            self._take(")")
            branch.append(f"(?:{inner})")
        elif token in ("*", "+", "?", "{") and token and branch and branch[-1] not in ANCHORS.values():
            self._repeat(token, branch)
        elif token and token in "*+?" and self.extended:
            raise BadPattern(f"`{token}` with nothing before it to repeat in {self.pattern!r}")
        elif token == ")" and not self.extended:
            raise BadPattern(f"a parenthesis too many in {self.pattern!r}")
        elif token == "[":
            branch.append(self._bracket())
        elif token == ".":
            self.at += 1
            branch.append(".")
        else:
            branch.append(self._ordinary(branch))

    def _repeat(self, token: str, branch: list[str]) -> None:
        count = token
        if token == "{":
            close = "}" if self.extended else r"\}"
            start = self.at + (1 if self.extended else 2)
            match = re.compile(r"(\d*)(,?)(\d*)" + re.escape(close)).match(self.pattern, start)
            if match is None or not (match[1] or match[3]):
                branch.append(self._ordinary(branch))
                return
            if max(int(match[1] or 0), int(match[3] or 0)) > MOST_REPEATS:
                raise BadPattern(f"more than {MOST_REPEATS} repetitions")
            self.at = match.end()
            count = f"{{{match[1] or 0}{match[2]}{match[3]}}}"
        else:
            self._take(token)
        self.repeats = True
        # Wrapped each time: a second sign must repeat the first, not make it lazy or possessive.
        branch[-1] = f"(?:{branch[-1]}){count}"

    def _ordinary(self, branch: list[str]) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char == "\\":
            return self._escaped()
        if char == "^" and (self.extended or not branch):
            return ANCHORS[char]
        if char == "$" and (self.extended or self._at_branch_end()):
            return ANCHORS[char]
        return re.escape(char)

    def _at_branch_end(self) -> bool:
        return self.at == len(self.pattern) or self.pattern.startswith((r"\)", r"\|"), self.at)

    def _escaped(self) -> str:
        if self.at >= len(self.pattern):
            raise BadPattern("a backslash at the end")
        char = self.pattern[self.at]
        self.at += 1
        if char.isdigit():
            raise BadPattern("a reference to an earlier match is not applied")
        return ESCAPES.get(char) or re.escape(char)

    def _bracket(self) -> str:
        """Read [...]: a bracket first is itself, a backslash is itself, [:class:] is a class."""
        match = re.compile(r"\[(\^?)(\]?(?:\[:\w+:\]|[^]])*)\]").match(self.pattern, self.at)
        if match is None or re.search(r"\[[.=]", match[2]) or re.fullmatch(":.*:", match[2]):
            raise BadPattern(f"a bracket that is not understood in {self.pattern!r}")
        self.at = match.end()
        parts = re.split(r"\[:(\w+):\]", match[2])
        inside = "".join(
            self._class(part) if n % 2 else re.sub(r"([\\\[\]^&~|])", r"\\\1", part) for n, part in enumerate(parts)
        )
        return f"[{match[1]}{inside}]"

    def _class(self, name: str) -> str:
        if name not in CLASSES:
            raise BadPattern(f"[:{name}:] is no class of characters")
        return CLASSES[name]
