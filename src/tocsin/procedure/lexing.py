"""
One command line → words and pipes, by the quoting rules of POSIX, without any expansion.

What only a shell could do (expansion, redirection, lists…) is not done: it becomes a `Flaw` with its place. Words
keep their place in the line. `shell` puts this beside what tree-sitter sees; whichever objects, objects.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tocsin.procedure.folding import names
from tocsin.procedure.placeholders import masked

RESERVED = names("if then elif else fi do done case esac while until for select function coproc in { } [[ ]]")
BUILTINS = names(
    ". : alias bg cd command declare disown eval exec exit export fg hash history jobs let local popd pushd read readonly "
    "return set shift shopt source trap type typeset ulimit umask unalias unset wait"
)
_OPERATORS = re.compile(r"\|\||\|&|&&|;;|<<<|<<|>>|[|&;<>()\n]")
_FEATURE = {
    "||": "and-or", "&&": "and-or", "|&": "stderr-pipe", "&": "background", ";": "sequence", ";;": "condition",
    "<": "redirection", ">": "redirection", ">>": "redirection", "<<": "heredoc", "<<<": "heredoc",
    "(": "group", ")": "group", "\n": "sequence",
}  # fmt: skip
_RAW = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\$`]|\\.|\$(?![A-Za-z0-9_{(\[?#@*!$-]))*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = re.compile(r"[^\s'\"\\|&;<>()$`]+")
_LITERAL_DOLLAR = re.compile(r"\$(?![A-Za-z0-9_{(\[?#@*!$'\"-])")
_EXPANSION = re.compile(
    r"""\$\(\(|\$\(|\$\[|\$\{[^}]*\}?|\$\w+|\$'(?:[^'\\]|\\.)*'|\$"(?:[^"\\]|\\.)*"|\$['"]|\$.|`[^`]*`?""", re.DOTALL
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^\]]*\])?\+?=")
_BRACES = re.compile(r"\{[^{}]*(?:,|[^{},.]\.\.[^{},.])[^{}]*\}")
_GLOB = re.compile(r"[*?]|\[[^\]]+\]")


class Word(NamedTuple):
    """One word: its value with quotes resolved, and where it stands in the line (from 0, end exclusive)."""

    value: str
    start: int
    end: int


class Flaw(NamedTuple):
    """What a command may not hold: the key of a phrase in `messages.PHRASES`, its place, the word it is about."""

    key: str
    start: int
    end: int
    word: str = ""


class Lexed(NamedTuple):
    """The stages of a pipeline, and what stands against running them."""

    stages: tuple[tuple[Word, ...], ...]
    flaws: tuple[Flaw, ...]


def lex(line: str) -> Lexed:
    """Split a command line; placeholders count as plain text."""
    lexer = _Lexer(line)
    lexer.run()
    return Lexed(tuple(tuple(stage) for stage in lexer.stages), tuple(lexer.flaws))


class _Lexer:
    def __init__(self, line: str) -> None:
        self.line = line
        self.mask = masked(line)
        self.at = 0
        self.stages: list[list[Word]] = [[]]
        self.flaws: list[Flaw] = []

    def run(self) -> None:
        while self.at < len(self.mask):
            sign = self.mask[self.at]
            if sign in " \t":
                self.at += 1
            elif sign.isspace() and sign != "\n":
                self.flaws.append(Flaw("blank", self.at, self.at + 1))
                self.at += 1
            elif sign == "#":
                self.at = (self.mask + "\n").find("\n", self.at)
            elif operator := _OPERATORS.match(self.mask, self.at):
                self.operator(operator)
            else:
                self.word()
        if any(not stage for stage in self.stages) and not self.flaws:
            self.flaws.append(Flaw("empty-stage", 0, len(self.line.rstrip())))

    def operator(self, found: re.Match[str]) -> None:
        self.at = found.end()
        if found[0] == "|":
            self.stages.append([])
        elif found[0] != "\n" or self.mask[self.at :].strip():
            self.flaws.append(Flaw(_FEATURE[found[0]], found.start(), max(found.end(), found.start() + 1)))

    def word(self) -> None:
        start, value, quoted = self.at, "", False
        while self.at < len(self.mask):
            piece = self.piece()
            if piece is None:
                break
            value += piece
            quoted = quoted or self.mask[start] in "'\"\\"
        word = Word(value, start, self.at)
        self.judge(word, quoted)
        self.stages[-1].append(word)

    def piece(self) -> str | None:
        """Read one run of the word under one kind of quoting; None at its end."""
        at = self.at
        if match := _RAW.match(self.mask, at):
            return self.take(match, self.line[match.start(1) : match.end(1)])
        if match := _DOUBLE.match(self.mask, at):
            return self.take(match, _unescaped(self.line[match.start(1) : match.end(1)]))
        if match := _ESCAPE.match(self.mask, at):
            return self.take(match, self.line[match.start(1)].replace("\n", ""))
        if match := _PLAIN.match(self.mask, at):
            self.judge_plain(match)
            return self.take(match, self.line[match.start() : match.end()])
        if match := _LITERAL_DOLLAR.match(self.mask, at):
            return self.take(match, "$")
        return self.trouble()

    def take(self, match: re.Match[str], value: str) -> str:
        self.at = match.end()
        return value

    def trouble(self) -> str | None:
        """A sign that is no part of a plain word: an expansion, an open quote, or the word's end."""
        sign = self.mask[self.at]
        if match := _EXPANSION.match(self.mask, self.at):
            self.flaws.append(Flaw(_expansion_key(match[0]), match.start(), match.end()))
            return self.take(match, self.line[match.start() : match.end()])
        if sign == '"' and self.double_with_expansion():
            return ""
        if sign in "'\"\\":
            self.flaws.append(Flaw("quote" if sign != "\\" else "incomplete", self.at, len(self.line)))
            self.at = len(self.mask)
            return ""
        return None

    def double_with_expansion(self) -> bool:
        """Skip a closed "…" that holds expansions, naming each; False when it is not closed."""
        closing = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL).match(self.mask, self.at)
        if closing is None:
            return False
        inside = re.compile(r"\\.|\$(?=[A-Za-z0-9_{(\[?#@*!$-])|`", re.DOTALL)
        for match in inside.finditer(self.mask, self.at, closing.end()):
            if not match[0].startswith("\\"):
                full = _EXPANSION.match(self.mask, match.start(), closing.end() - 1) or match
                self.flaws.append(Flaw(_expansion_key(full[0]), full.start(), full.end()))
        self.at = closing.end()
        return True

    def judge_plain(self, match: re.Match[str]) -> None:
        """Unquoted text that a shell would turn into something else."""
        text = match[0]
        start_of_word = match.start() == 0 or self.mask[match.start() - 1] in " \t|"
        if start_of_word and text.startswith("~"):
            self.flaws.append(Flaw("tilde", match.start(), match.start() + 1))
        if braces := _BRACES.search(text):
            self.flaws.append(Flaw("braces", match.start() + braces.start(), match.start() + braces.end()))
        elif (glob := _GLOB.search(text)) and not _is_literal(text):
            self.flaws.append(Flaw("glob", match.start() + glob.start(), match.start() + glob.end()))

    def judge(self, word: Word, quoted: bool) -> None:
        """The first word of a stage may not be a word of the shell."""
        if self.stages[-1] or quoted:
            return
        if _ASSIGNMENT.match(self.mask, word.start):
            self.flaws.append(Flaw("assignment", word.start, word.end))
        elif word.value == "!":
            self.flaws.append(Flaw("negation", word.start, word.end))
        elif word.value in RESERVED:
            self.flaws.append(Flaw("reserved", word.start, word.end, word.value))
        elif word.value in BUILTINS:
            self.flaws.append(Flaw("builtin", word.start, word.end, word.value))
        elif word.value == "[":
            self.flaws.append(Flaw("test", word.start, word.end))


def _unescaped(inside: str) -> str:
    """Inside "…" a backslash counts only before these signs; before a line end both vanish."""
    return re.sub(r'\\([$`"\\\n])', lambda match: match[1].replace("\n", ""), inside)


def _expansion_key(text: str) -> str:
    if text.startswith(("$((", "$[")):
        return "arithmetic"
    if text.startswith(("$(", "`")):
        return "substitution"
    return "quoting" if text[:2] in ("$'", '$"') else "variable"


def _is_literal(text: str) -> bool:
    """A jsonpath ({.items[*].x}) or the query of an address (https://a/b?c): no file is ever meant."""
    return "{." in text or "://" in text
