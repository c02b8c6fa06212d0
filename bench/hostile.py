"""What a file costs that was written to hold the reader up: each as large as a file may be, read and checked whole."""

import time
from pathlib import Path

from bench.figures import Figure
from tocsin.procedure.check import check
from tocsin.procedure.read import read_procedure
from tocsin.procedure.render import as_json, as_text
from tocsin.procedure.source import Text
from tocsin.procedure.texts import MAX_BYTES, text_of

ALERTS = "# P\n\n## Alerts\n\n| Alert | Priority | Scenario |\n|---|---|---|\n"
SCENARIOS = "# P\n\n## Scenarios\n\n"
STEPS = SCENARIOS + "### X\n\n```bash\n"
# A beginning, and what is repeated behind it ({n} is counted) until the file is full.
HOSTILE = {
    "[ without end": ("", "["),
    "[ in lines": ("", "[" * 99 + "\n"),
    "rows of a table": ("| x | y |\n|---|---|\n", "| a | b |\n"),
    "cells without end": ("| x " * 4000 + "|\n" + "|-" * 4000 + "|\n", "| a " * 4000 + "|\n"),
    "alert rows that mean nothing": (ALERTS, "| a b | P1 | |\n"),
    "alert rows with unknown scenarios": (ALERTS, "| A{n} | P1 | s{n} |\n"),
    "unknown scenarios beside many": (
        SCENARIOS + "".join(f"### scenario-{n}\n" for n in range(5000)) + ALERTS[4:], "| A{n} | P1 | scenery-{n} |\n"
    ),
    "alert rows that never hold": (ALERTS, '| `a=~"{n}.*"` | P1 | |\n'),
    "emphasis": ("", "*a "),
    "emphasis in lines": ("", "*a " * 30 + "\n"),
    "code spans": ("", "`a "),
    "code spans of all lengths": ("", "`" * 97 + "a\n" + "`" * 98 + "a\n"),
    "links": ("", "[a](b.md) "),
    "links in lines": ("", "[a]({n}.md)\n"),
    "links in paragraphs": ("", "[a]({n}.md)\n\n"),
    "list items": ("", "- a\n"),
    "nested lists": ("", "- " * 400 + "a\n"),
    "deeper lists": ("", "".join(" " * n + "- a\n" for n in range(0, 200, 2))),
    "quotes": ("", "> " * 400 + "a\n"),
    "headings": (SCENARIOS, "### X\n"),
    "small tables": ("", "| a |\n|---|\n\n"),
    "small tables of rules": ("# P\n\n## Alerts\n\n", "| a |\n|---|\n\n"),
    "fences": ("", "```bash\nls\n```\n"),
    "commands": (STEPS, "kubectl get pods -n {n} | grep -v Running\n"),
    "steps": (STEPS, "# {n}. x\nkubectl delete pod {n}\n"),
    "substitutions": (STEPS, "$(" * 40 + "\n"),
    "quotes of a shell": (STEPS, "echo 'x\n"),
    "plain words": ("", "word " * 15 + "\n"),
    "references": ("", "[a{n}]: b\n"),
    "HTML": ("", "<a {n}>\n"),
    "entities": ("", "&amp;" * 18 + "\n"),
}  # fmt: skip


def hostile(folder: Path) -> list[Figure]:
    """Read, judge and show each; the folder is not needed, since nothing is written."""
    return [_figure(name, text_of("incidents.md", filled(*made))) for name, made in HOSTILE.items()]


def filled(begins: str, again: str) -> bytes:
    """The largest file of that kind that is read at all."""
    parts, size, number = [begins], len(begins), 0
    while size < MAX_BYTES:
        parts.append(again.replace("{n}", str(number)))
        size, number = size + len(parts[-1]), number + 1
    return "".join(parts).encode()[:MAX_BYTES]


def _figure(name: str, text: Text) -> Figure:
    texts = {text.path: text}
    began = time.perf_counter()
    problems = check(read_procedure(texts, text.path), {}, files=frozenset())
    as_text(problems, texts)
    as_json(problems)
    took = time.perf_counter() - began
    return Figure(f"2 MiB: {name}", took, "s", 3, beside=f"{len(problems)} problems")
