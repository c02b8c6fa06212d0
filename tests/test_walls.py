"""What the import contract (.importlinter) cannot see: each rule reads the source text of every module of the house."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "src" / "tocsin"
# The rooms that may touch the world. Every other one is pure, a new one too.
ROOMS_WITH_HANDS = {"__main__", "cli", "server", "web", "loops", "rehearsal", "edge"}
FORBIDDEN_IN_PURE_ROOMS = {"urllib.request", "urllib.error", "urllib.robotparser", "http.client", "importlib.resources"}
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob"}
IMPORTS = (ast.Import, ast.ImportFrom)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    module = node.module or ""
    return {module, *(f"{module}.{alias.name}" for alias in node.names)}


def hidden_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for function in ast.walk(tree):
        if isinstance(function, FUNCTIONS):
            for node in ast.walk(function):
                if isinstance(node, IMPORTS):
                    yield node.lineno, "an import hidden inside a function"


def imports_by_name(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"__import__", "importlib.import_module", "import_module"}:
                yield node.lineno, f"an import that no contract can see: {called}(…)"


def touches_of_the_world(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in {"open", "input", "print"}:
                yield node.lineno, f"{called.id}(…) in a pure room"
            elif isinstance(called, ast.Attribute) and called.attr in FILE_METHODS:
                yield node.lineno, f".{called.attr}(…) in a pure room"
        elif isinstance(node, IMPORTS):
            for name in sorted(_imported(node) & FORBIDDEN_IN_PURE_ROOMS):
                yield node.lineno, f"{name} in a pure room"
        elif isinstance(node, (ast.AsyncFunctionDef, ast.Await)):
            yield node.lineno, "nothing waits in a pure room"


def missing_docstring(tree: ast.Module) -> Iterator[tuple[int, str]]:
    if tree.body and not ast.get_docstring(tree):
        yield 1, "a module says in its first lines what it is for"


def _modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def _is_pure(path: Path) -> bool:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py") not in ROOMS_WITH_HANDS


@pytest.mark.parametrize(
    ("rule", "only_pure"),
    [
        (hidden_imports, False),
        (imports_by_name, False),
        (missing_docstring, False),
        (touches_of_the_world, True),
    ],
)
def test_every_module_keeps_the_rule(rule, only_pure) -> None:
    broken = [
        f"{path.relative_to(HOUSE.parent)}:{line}: {what}"
        for path in _modules()
        if not only_pure or _is_pure(path)
        for line, what in rule(ast.parse(path.read_text()))
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("rule", "text", "line"),
    [
        (hidden_imports, "def f():\n    import os\n", 2),
        (hidden_imports, "class A:\n    async def f(self):\n        if x:\n            from os import path\n", 4),
        (imports_by_name, "import importlib\nimportlib.import_module(name)\n", 2),
        (touches_of_the_world, "x = open('f')\n", 1),
        (touches_of_the_world, "def f(p):\n    return p.read_text()\n", 2),
        (touches_of_the_world, "from urllib import request\n", 1),
        (touches_of_the_world, "async def f(): ...\n", 1),
        (missing_docstring, "x = 1\n", 1),
    ],
)
def test_the_rule_sees(rule, text, line) -> None:
    assert [found for found, _ in rule(ast.parse(text))] == [line]


def test_the_rules_let_plain_code_pass() -> None:
    text = '"""A module."""\nfrom urllib.parse import quote\n\ndef f(now): return quote(str(now))\n'
    for rule in (hidden_imports, imports_by_name, touches_of_the_world, missing_docstring):
        assert list(rule(ast.parse(text))) == []
