"""
A program's pages of help → its table, page by page: only those that somebody's commands need.

The surprise: help does not show everything. kubectl hides which values must be given with `=`, and every cobra program
hides its deprecated flags; both are found out by giving the flag behind `--help`, where nothing is ever done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from tocsin.procedure.grammar.helps import read_help
from tocsin.procedure.grammar.helps.cobra import aliases_of, doubtful
from tocsin.procedure.grammar.table import Flag, Node, Style

Asking = Callable[[tuple[str, ...]], str]
Pages = dict[str, Node]
_USAGE = re.compile(r"^(usage|Usage|USAGE):", re.MULTILINE)
_REFUSED = re.compile(r"unknown (shorthand )?flag")
_NO_VALUE = re.compile(r"flag needs an argument")


def page_of(program: str, style: Style, command: tuple[str, ...], asking: Asking) -> Node | None:
    """The page of one subcommand; None when what it printed is no help."""
    text = asking((*command, "--help"))
    if not _USAGE.search(text):
        return None
    node = read_help(style, text)
    if style != "cobra":
        return node
    if program == "kubectl" and not command:
        node = replace(node, below=read_help(style, asking(("options",))).flags)
    if not command:
        node = replace(node, commands={**node.commands, "help": Node(open=True), "completion": Node(open=True)})
        node = replace(node, commands=node.commands | ({"options": Node(open=True)} if program == "kubectl" else {}))
    certain = tuple(
        _certain(flag, command, asking) if set(flag.names) & doubtful(text) else flag for flag in node.flags
    )
    return replace(node, flags=certain, aliases=dict.fromkeys(aliases_of(text), ""))


def whole_of(style: Style, arguments: tuple[str, ...], asking: Asking) -> Node:
    """The table of a program that prints every subcommand at once; what kingpin leaves out of that is asked of each group."""
    root = read_help(style, asking(arguments))
    return _with_groups(root, frozenset(flag.names for flag in root.flags), (), asking) if style == "kingpin" else root


def _with_groups(node: Node, known: frozenset[tuple[str, ...]], path: tuple[str, ...], asking: Asking) -> Node:
    """`promtool query -o` stands on the page of `promtool query` alone, and every subcommand of it takes it."""
    if not node.commands:
        return node
    children = {name: _with_groups(child, known, (*path, name), asking) for name, child in node.commands.items()}
    shown = read_help("kingpin", asking((*path, "--help"))).flags if path else ()
    return replace(node, commands=children, below=tuple(flag for flag in shown if flag.names not in known))


def _certain(flag: Flag, command: tuple[str, ...], asking: Asking) -> Flag:
    needs = _NO_VALUE.search(asking((*command, "--help", flag.names[-1])))
    return flag if needs else replace(flag, takes="optional")


def hidden_flag(name: str, command: tuple[str, ...], asking: Asking) -> Flag | Literal["refused", "silent"]:
    """A flag that no help shows, when the program takes it all the same (cobra); "silent" when it did not answer."""
    said = asking((*command, "--help", name))
    if not said:
        return "silent"
    if _REFUSED.search(said):
        return "refused"
    return Flag((name,), "value", many=True) if _NO_VALUE.search(said) else Flag((name,), many=True)


def named_in_usage(program: str, command: tuple[str, ...], said: str) -> str:
    """The subcommand that a page of help is about, by its usage line: not the word that was asked when that is an alias."""
    usage = re.search(rf"^Usage:\s+{re.escape(' '.join((program, *command)))} ([\w-]+)", said, re.MULTILINE)
    return usage[1] if usage else ""


def tree_of(pages: Pages) -> Node:
    """All pages put together; a subcommand without a page stays open."""
    return _node("", pages)


def _node(path: str, pages: Pages) -> Node:
    page = pages.get(path)
    if page is None:
        return Node(open=True)
    children: dict[str, Node] = {}
    aliases: dict[str, str] = {}
    for name, child in page.commands.items():
        own = f"{path} {name}".strip()
        children[name] = _node(own, pages) if own in pages or not child.commands else child
        aliases |= dict.fromkeys(pages[own].aliases, name) if own in pages else {}
    return replace(page, commands=children, aliases=aliases)
