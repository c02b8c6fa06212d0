"""
Texts in, a `Procedure` out, with every structural problem at once.

Pure: the texts were read by the edge, by path relative to the root that bounds the links. What needs the settings
(who is bound, which channels exist) is judged later, by `check`. The surprise: a text that cannot be read gives a
procedure all the same, empty and with its problem, so that nothing above needs a second way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Link, Table, blocks_of
from tocsin.procedure.bounds import LONGEST_LINE, MOST_LINES, MOST_MARKS, bounded
from tocsin.procedure.headings import NAMES, Kind
from tocsin.procedure.links import is_page, links_of
from tocsin.procedure.messages import problem
from tocsin.procedure.model import Procedure, Runbook
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.alerts import read_alerts
from tocsin.procedure.read.contacts import read_contacts
from tocsin.procedure.read.detection import read_detection
from tocsin.procedure.read.diagnosis import Shelf, broken_links, read_diagnosis
from tocsin.procedure.read.ladders import read_ladders
from tocsin.procedure.read.maintenance import read_maintenance
from tocsin.procedure.read.obligations import read_obligations
from tocsin.procedure.read.page import Grid, Page, page_of
from tocsin.procedure.read.parameters import read_parameters
from tocsin.procedure.read.parts import parts_of, with_parts
from tocsin.procedure.read.passages import passages_of
from tocsin.procedure.read.postmortem import priorities_in, read_postmortem
from tocsin.procedure.read.priorities import NEEDED, read_priorities
from tocsin.procedure.read.resolution import read_resolution
from tocsin.procedure.read.rota import read_rota
from tocsin.procedure.read.scenarios import read_scenarios
from tocsin.procedure.read.single import Singles, unclosed_in
from tocsin.procedure.read.timezone import read_timezone
from tocsin.procedure.read.triage import read_triage
from tocsin.procedure.source import Source, Text

_EXPECTED: tuple[Kind, ...] = ("triage", "diagnosis", "scenarios", "postmortem")
_OF_TABLES: tuple[Kind, ...] = ("priorities", "contacts", "alerts", "parameters", "maintenance", "obligations")
_NOTHING: Mapping[str, Text] = {}


def read_procedure(
    texts: Mapping[str, Text], main: str, shipped: Mapping[str, Text] = _NOTHING, singles: Singles | None = None
) -> Procedure:
    """
    Read the procedure whose main file is `main`; linked runbooks are looked up in `texts` relative to their file.

    `shipped` are tocsin's own runbooks: each stands in for a linked file of its name that is missing. "fr/redis.md" is
    for a French procedure; "redis.md", which was kept with an older procedure, wins over it.
    `singles` holds pages that were read before.
    """
    text = texts.get(main)
    if text is None or not text.content.strip():
        return _unreadable(main, text)
    parts = parts_of(page_of(text), texts)
    page = with_parts(page_of(text), parts, texts)
    priorities, triage = read_priorities(page), read_triage(page)
    shelf = Shelf(texts, _stand_ins(shipped, page.language), singles or Singles())
    scenarios, alerts = read_scenarios(page), read_alerts(page)
    diagnosis = read_diagnosis(page, shelf, (*scenarios.links, *alerts.links))
    postmortem, contacts = read_postmortem(page), read_contacts(page)
    zone, parameters, obligations = read_timezone(page), read_parameters(page), read_obligations(page)
    ladders, rota = read_ladders(page, contacts.contacts), read_rota(page, contacts.contacts)
    maintenance = read_maintenance(page, zone.name)
    tables = (alerts, parameters, obligations, ladders, rota, maintenance)
    books = [texts[book.path] for book in diagnosis.runbooks if book.found and book.path not in parts]
    problems = [
        *_reading(texts.values(), page.language),
        *_structure(page, [priorities.grid, contacts.grid, *(grid for read in tables for grid in read.grids)]),
        *(found for one in (text, *(texts[path] for path in parts)) for found in _of_part(one, shelf, page.language)),
        *(found for book in books for found in _of_book(book, shelf, page.language)),
        *priorities.problems,
        *triage.problems,
        *diagnosis.problems,
        *scenarios.problems,
        *postmortem.problems,
        *contacts.problems,
        *zone.problems,
        *(found for read in tables for found in read.problems),
    ]
    return Procedure(
        title=page.title,
        language=page.language,
        fingerprint=_fingerprint(texts, shelf.shipped, diagnosis.runbooks),
        path=main,
        priorities=priorities.rules,
        triage=triage.commands,
        runbooks=diagnosis.runbooks,
        scenarios=scenarios.scenarios,
        contacts=contacts.contacts,
        postmortem=postmortem.rule,
        alerts=alerts.rules,
        parameters=parameters.parameters,
        ladders=ladders.rules,
        rota=rota.shifts,
        timezone=zone.name,
        maintenance=maintenance.rules,
        obligations=obligations.rules,
        passages=(
            *read_detection(page),
            *triage.passages,
            *passages_of(page, "diagnosis"),
            *read_resolution(page),
            *postmortem.passages,
        ),
        problems=in_order(problems),
    )


def _stand_ins(shipped: Mapping[str, Text], language: Language) -> dict[str, Text]:
    folder = f"{language}/"
    ours = {name.removeprefix(folder): text for name, text in shipped.items() if name.startswith(folder)}
    return ours | {name: text for name, text in shipped.items() if "/" not in name}


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by their place, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.source.path, p.source.line, p.source.column, p.code, p.message)))


def _unreadable(main: str, text: Text | None) -> Procedure:
    told = tuple(_reading([text] if text else [], "en"))
    problems = [p for p in told if p.severity == "error"] or [problem("P904", Source(main, 1), "en", path=main)]
    return Procedure(
        title=main, language="en", fingerprint=text.fingerprint if text else "", path=main, problems=tuple(problems)
    )


def _reading(texts: Iterable[Text], language: Language) -> Iterator[Problem]:
    """P901 to P903: how the bytes of each file were read; P905, P906: what of a page was left out."""
    for text in texts:
        at = Source(text.path, 1)
        if text.reading == "binary":
            yield problem("P902", at, language, path=text.path)
        elif text.reading == "too-big":
            yield problem("P903", at, language, path=text.path)
        elif text.reading != "utf-8":
            encoding = "Windows-1252" if text.reading == "windows-1252" else "UTF-16"
            yield problem("P901", at, language, path=text.path, encoding=encoding)
        if is_page(text.path):
            yield from _left_out(text, language)


def _left_out(text: Text, language: Language) -> Iterator[Problem]:
    read = bounded(text.content)
    for line in read.skipped:
        yield problem("P905", Source(text.path, line), language, most=LONGEST_LINE)
    if read.end:
        yield problem("P906", Source(text.path, read.end), language, path=text.path, lines=MOST_LINES, marks=MOST_MARKS)


def _of_book(text: Text, shelf: Shelf, language: Language) -> Iterator[Problem]:
    single = shelf.singles.of(text, language)
    return _of_page(text, single.links, single.unclosed, shelf, language)


def _of_part(text: Text, shelf: Shelf, language: Language) -> Iterator[Problem]:
    return _of_page(text, links_of(blocks_of(text)), unclosed_in(text), shelf, language)


def _of_page(
    text: Text, links: Iterable[Link], unclosed: Iterable[Source], shelf: Shelf, language: Language
) -> Iterator[Problem]:
    """What any page can have wrong: a broken link, a fence that is never closed."""
    yield from broken_links(text.path, links, shelf, language)
    for fence in unclosed:
        yield problem("P113", fence, language)


def _structure(page: Page, understood: list[Grid | None]) -> Iterator[Problem]:
    """Sections that are missing, and tables that nobody understood although they look like rules."""
    for kind in _EXPECTED:
        if kind not in page.sections:
            name = NAMES[kind][0 if page.language == "fr" else 1]
            yield problem("P108", page.top, page.language, section=name)
    known = [grid.table for grid in understood if grid]
    for grid in page.tables():
        if not any(grid.table is table for table in known) and _looks_like_a_rule(grid, page):
            yield problem("P107", grid.table.header.source, page.language)


def _looks_like_a_rule(grid: Grid, page: Page) -> bool:
    """It names priorities in its first column, has columns of a rule, or stands where rules stand."""
    names_priorities = any(row.cells and priorities_in(row.cells[0].text) for row in grid.table.rows)
    stands_there = any(grid.table is block for kind in _OF_TABLES for block in _tables(page, kind))
    return names_priorities or stands_there or set(NEEDED) <= set(grid.columns)


def _tables(page: Page, kind: Kind) -> Iterator[Table]:
    return (block for block in page.section_blocks(kind) if isinstance(block, Table))


def _fingerprint(texts: Mapping[str, Text], shipped: Mapping[str, Text], runbooks: tuple[Runbook, ...]) -> str:
    """
    SHA-256 over every text by path, those of tocsin that stand in among them.

    It covers what was read and not the bytes it was read from, so that texts kept as UTF-8 give it again.
    """
    ours = {f"tocsin:{name}": shipped[name] for book in runbooks if book.ours and (name := _name(book)) in shipped}
    lines = [f"{path}\0{_digest(text)}\n" for path, text in sorted({**texts, **ours}.items())]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _digest(text: Text) -> str:
    return hashlib.sha256(text.content.encode("utf-8", "surrogatepass")).hexdigest()


def _name(runbook: Runbook) -> str:
    return runbook.path.rpartition("/")[2]
