"""
A command line → a pipeline of argv lists, or what stands against it. No shell ever runs it.

Two judges look at each line: tree-sitter's bash grammar, which knows what a shell would understand (loops, lists,
redirections, unfinished input), and `lexing`, which resolves quotes. Only a line to which neither objects becomes a
pipeline. The surprise: placeholders are masked before both, so `<ip>` reads as a word and keeps its text in the argv.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import tree_sitter_bash
from msgspec import Struct
from tree_sitter import Language, Node, Parser, Tree

from tocsin.procedure.filters import refused_word
from tocsin.procedure.lexing import Flaw, Word, lex
from tocsin.procedure.placeholders import masked, names_in

_GRAMMAR = Language(tree_sitter_bash.language())
LONGEST = 8_000
Pipeline = tuple[tuple[str, ...], ...]
_FEATURES = {
    "simple_expansion": "variable",
    "expansion": "variable",
    "command_substitution": "substitution",
    "process_substitution": "redirection",
    "arithmetic_expansion": "arithmetic",
    "file_redirect": "redirection",
    "heredoc_redirect": "heredoc",
    "herestring_redirect": "heredoc",
    "for_statement": "loop",
    "c_style_for_statement": "loop",
    "while_statement": "loop",
    "if_statement": "condition",
    "case_statement": "condition",
    "function_definition": "function",
    "subshell": "group",
    "compound_statement": "group",
    "negated_command": "negation",
    "variable_assignment": "assignment",
    "variable_assignments": "assignment",
    "test_command": "test",
    "ansi_c_string": "quoting",
    "translated_string": "quoting",
}
BY_THEIR_FIRST_WORD = frozenset({"declaration_command", "unset_command"})
BROKEN = frozenset({"quote", "incomplete", "empty-stage", "blank"})


class Objection(Struct, frozen=True):
    """A reason against running a line: the code of the problem, the key of its phrase, and its place in the line."""

    code: str
    key: str
    start: int
    end: int
    word: str = ""


class Seen(Struct, frozen=True):
    """A line as it was understood. `stages` is empty when no pipeline can be made of it; offsets count from 0."""

    stages: tuple[tuple[Word, ...], ...]
    objections: tuple[Objection, ...]
    placeholders: tuple[str, ...]

    @property
    def pipeline(self) -> Pipeline:
        """The argv lists."""
        return tuple(tuple(word.value for word in stage) for stage in self.stages)


def look(line: str) -> Seen:
    """Understand one command line (it may hold line ends inside quotes)."""
    if len(line) > LONGEST:
        return Seen((), (Objection("P301", "too-long", 0, LONGEST),), ())
    tree = _parse(line)
    lexed = lex(line)
    objections = tuple(_objections(line, tree, lexed.flaws))
    if objections or not any(lexed.stages):
        return Seen((), objections, names_in(line))
    return Seen(lexed.stages, tuple(_refused_filters(lexed.stages)), names_in(line))


def is_complete(line: str) -> bool:
    """Tell whether a shell would wait for more: an open quote, a loop without its end, a here-document."""
    return not _parse(line).root_node.has_error


def has_pipe(text: str) -> bool:
    """Tell whether a shell would join two programs by a pipe anywhere in a text."""
    waiting = [_parse(text).root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "pipeline":
            return True
        waiting.extend(node.children)
    return False


def commands_inside(text: str) -> Iterator[tuple[str, ...]]:
    """Every simple command anywhere in a text that only a shell could run, quotes resolved as far as they can be."""
    waiting = [_parse(text).root_node]
    while waiting:
        node = waiting.pop()
        if node.type == "command":
            stages = lex(text[node.start_byte : node.end_byte]).stages
            yield from (tuple(word.value for word in stage) for stage in stages if stage)
        waiting.extend(reversed(node.children))


def digest_of(pipeline: Pipeline) -> str:
    """SHA-256 over the JSON of the argv lists (UTF-8, no blanks): what an approval binds to."""
    text = json.dumps(pipeline, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _parse(line: str) -> Tree:
    # tree-sitter counts bytes: with one byte for every sign, its offsets are ours. No sign beyond ASCII has a meaning
    # in the grammar, so a letter stands for each of them.
    return Parser(_GRAMMAR).parse("".join(c if c < "\x80" else "x" for c in masked(line)).encode("ascii"))


def _objections(line: str, tree: Tree, flaws: tuple[Flaw, ...]) -> Iterator[Objection]:
    """What the grammar sees first (it knows where a construct ends), then what the lexer says of other places."""
    seen = list(_grammar_flaws(tree))
    broken = [flaw for flaw in flaws if flaw.key in BROKEN]
    if broken and not (seen and not tree.root_node.has_error):
        yield Objection("P301", broken[0].key, broken[0].start, broken[0].end)
        return
    told = [flaw for flaw in flaws if flaw not in broken and not any(_overlap(flaw, other) for other in seen)]
    for flaw in sorted([*told, *seen], key=lambda f: (f.start, f.end)):
        yield Objection("P302", flaw.key, flaw.start, flaw.end, flaw.word)
    if not told and not seen and tree.root_node.has_error:
        start, end = _error_place(tree.root_node, len(line.rstrip()))
        yield Objection("P301", "incomplete", start, end)


def _overlap(one: Flaw, other: Flaw) -> bool:
    return one.start < other.end and other.start < one.end


def _grammar_flaws(tree: Tree) -> Iterator[Flaw]:
    waiting = [tree.root_node]
    while waiting:
        node = waiting.pop()
        key = _FEATURES.get(node.type)
        if key:
            yield Flaw(key, node.start_byte, node.end_byte)
        elif node.type not in BY_THEIR_FIRST_WORD:
            waiting.extend(reversed(node.children))


def _error_place(root: Node, length: int) -> tuple[int, int]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            start = min(node.start_byte, max(length - 1, 0))
            return start, max(min(node.end_byte, length), start + 1)
        waiting.extend(reversed(node.children))
    return 0, max(length, 1)


def _refused_filters(stages: tuple[tuple[Word, ...], ...]) -> Iterator[Objection]:
    for stage in stages[1:]:
        index = refused_word(tuple(word.value for word in stage))
        if index is not None:
            word = stage[index]
            yield Objection("P303", "", word.start, word.end, word.value)
