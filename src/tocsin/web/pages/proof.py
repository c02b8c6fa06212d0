"""
The team's own document with what is known of each line: the lower part of the home page.

The house's standings are laid beside the texts as they came into force. The surprise: a runbook of ours that stands in
for a missing one is shown too, because it is what would be run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup
from msgspec import Struct

from tocsin.procedure.model import Procedure
from tocsin.proof.standing import Standing, counted
from tocsin.web.adopted import texts_of
from tocsin.web.visits import Visit

OURS = "tocsin:"
HEADING = "#"
FENCE = "```"


class ShownLine(Struct, frozen=True):
    """One line of a document; `standings` is empty for a line that only speaks. `kind` is "", "heading" or "fence"."""

    number: int
    text: str
    kind: str
    standings: tuple[Standing, ...]


class ProvedDocument(Struct, frozen=True):
    """One file: `path` as it is linked, `acting` how many of its lines do something."""

    path: str
    ours: bool
    lines: tuple[ShownLine, ...]
    acting: int


class ProofPage(Struct, frozen=True):
    """What the template needs. `failing` and `warning` are the lines to look at first."""

    counted: str
    failing: tuple[Standing, ...]
    warning: tuple[Standing, ...]
    documents: tuple[ProvedDocument, ...]
    looked_at: datetime | None


def proof_of(visit: Visit) -> Markup:
    """The document of the house, written anew only when something about a line has changed."""
    found = visit.house.standings(visit.language)
    return visit.fragment("proof.html", found, lambda: {"proof": _page(visit, found)})


def _page(visit: Visit, found: Sequence[Standing]) -> ProofPage:
    house = visit.house
    procedure = house.procedure()
    return ProofPage(
        counted=counted(found, visit.language),
        failing=tuple(standing for standing in found if standing.mark == "fails"),
        warning=tuple(standing for standing in found if standing.mark == "warns"),
        documents=tuple(_documents(procedure, texts_of(house, procedure.fingerprint), found)),
        looked_at=house.proofs.book().looked_at,
    )


def _documents(procedure: Procedure, texts: Mapping[str, str], found: Sequence[Standing]) -> Iterator[ProvedDocument]:
    """Each page of Markdown that has a line which does something, the procedure itself first."""
    by_line: dict[tuple[str, int], list[Standing]] = {}
    for standing in found:
        by_line.setdefault(standing.place, []).append(standing)
    for path in sorted(texts, key=lambda one: (one != procedure.path, one.startswith(OURS), one)):
        bare = path.removeprefix(OURS)
        acting = sum(place[0] == bare for place in by_line)
        if acting or path == procedure.path:
            yield ProvedDocument(bare, path != bare, tuple(_lines(bare, texts[path], by_line)), acting)


def _lines(path: str, text: str, by_line: Mapping[tuple[str, int], Sequence[Standing]]) -> Iterator[ShownLine]:
    inside = False
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        is_fence = line.lstrip().startswith(FENCE)
        heading = line.startswith(HEADING) and not inside
        kind = "fence" if is_fence else "heading" if heading else ""
        inside = inside != is_fence
        yield ShownLine(number, line, kind, tuple(by_line.get((path, number), ())))
