"""
Diagnosis: the runbooks that the procedure links to.

A link that leads to no file is a problem; when tocsin ships a runbook of that file name, it stands in for it
(`ours`), and `found` stays False so that every page can say so.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Link
from tocsin.procedure.folding import slug_of, unique
from tocsin.procedure.links import is_external, is_page, links_of, resolved
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Runbook
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.page import Page
from tocsin.procedure.read.single import Single, Singles
from tocsin.procedure.source import Text


class Shelf(NamedTuple):
    """The texts that a link may lead to: the team's by path, tocsin's own by file name; `singles` reads each once."""

    texts: Mapping[str, Text]
    shipped: Mapping[str, Text]
    singles: Singles


class Diagnosis(NamedTuple):
    """The runbooks in the order of their links."""

    runbooks: tuple[Runbook, ...]
    problems: tuple[Problem, ...]


def read_diagnosis(page: Page, shelf: Shelf, more: Iterable[Link] = ()) -> Diagnosis:
    """
    Read the pages that the section links to, then those of `more` (a table of alerts and a scenario name runbooks too).
    Links to the web are for people.
    """
    runbooks: list[Runbook] = []
    problems: list[Problem] = []
    slugs: dict[str, int] = {}
    seen: set[str] = set()
    for link in _pages([*links_of(page.section_blocks("diagnosis")), *more]):
        path = resolved(link.source.path, link.target) or _file_name(link.target)
        if path not in seen:
            seen.add(path)
            runbook, found = _runbook(link, path, unique(slug_of(_stem(path)), slugs), shelf, page.language)
            runbooks.append(runbook)
            problems.extend(found)
    return Diagnosis(tuple(runbooks), tuple(problems))


def broken_links(origin: str, links: Iterable[Link], shelf: Shelf, language: Language) -> Iterator[Problem]:
    """P110: the links of the file `origin` to pages that are not there."""
    for link in _pages(links):
        path = resolved(origin, link.target)
        if path is None or path not in shelf.texts:
            instead = _instead(link, path, shelf, language)
            yield problem("P110", link.source, language, target=link.target, instead=instead)


def _pages(links: Iterable[Link]) -> Iterator[Link]:
    return (link for link in links if not is_external(link.target) and is_page(_file_name(link.target)))


def _file_name(target: str) -> str:
    return target.partition("#")[0].partition("?")[0].replace("\\", "/").rpartition("/")[2]


def _stem(path: str) -> str:
    return _file_name(path).rpartition(".")[0]


def _instead(link: Link, path: str | None, shelf: Shelf, language: Language) -> str:
    name = _file_name(link.target)
    if name in shelf.shipped:
        return phrase("ours-instead", language, name=name)
    if path is None:
        return phrase("outside", language)
    others = {_file_name(other): other for other in shelf.texts if is_page(other) and other != link.source.path}
    similar = difflib.get_close_matches(name, list(others), n=1)
    if similar:
        return phrase("similar", language, name=others[similar[0]])
    return phrase("nothing-there", language, path=path)


def _runbook(link: Link, path: str, slug: str, shelf: Shelf, language: Language) -> tuple[Runbook, tuple[Problem, ...]]:
    theirs = shelf.texts.get(path) if resolved(link.source.path, link.target) == path else None
    text = theirs or shelf.shipped.get(_file_name(path))
    single = shelf.singles.of(text, language) if text else Single()
    runbook = Runbook(
        slug=slug,
        title=link.text or slug,
        path=path,
        source=link.source,
        found=theirs is not None,
        ours=theirs is None and text is not None,
        text=text.content if text else "",
        steps=single.steps,
    )
    return runbook, single.problems if theirs else ()
