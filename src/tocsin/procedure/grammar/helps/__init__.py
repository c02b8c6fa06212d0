"""
What a program says of itself → a `Node`: one reader for each way in which help is printed.

`read_help` gives the node of one page; a subcommand that the page only names is `open` (nothing is held against it)
until its own page was read. Pure: who asks the program stands in the edge.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.procedure.grammar.helps.click import click_help
from tocsin.procedure.grammar.helps.cobra import cobra_help
from tocsin.procedure.grammar.helps.getopt import curl_help, getopt_help, redis_help, verbs_help
from tocsin.procedure.grammar.helps.kingpin import kingpin_help
from tocsin.procedure.grammar.table import Node, Style

_READERS: dict[Style, Callable[[str], Node]] = {
    "cobra": cobra_help,
    "click": click_help,
    "kingpin": kingpin_help,
    "getopt": getopt_help,
    "verbs": verbs_help,
    "curl": curl_help,
    "redis": redis_help,
}


def read_help(style: Style, text: str) -> Node:
    """The node of a page of help; one with neither flags nor subcommands when nothing in it was understood."""
    return _READERS[style](text)
