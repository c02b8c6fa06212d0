"""Names in a cell → contacts: « Admin Infra », « l'astreinte », « tout le monde »."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

from tocsin.lexicon import Language
from tocsin.procedure.blocks import Cell
from tocsin.procedure.bounds import COMPARED
from tocsin.procedure.folding import slug_of, words_of
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Contact
from tocsin.procedure.problems import Problem

_EVERYONE = frozenset(
    {
        "tout le monde",
        "tous",
        "toute l equipe",
        "l equipe",
        "everyone",
        "everybody",
        "all",
        "the whole team",
        "whole team",
    }
)
_ON_CALL = frozenset(
    {
        "astreinte",
        "l astreinte",
        "d astreinte",
        "personne d astreinte",
        "on call",
        "whoever is on call",
        "on call person",
    }
)
_NOTICE = frozenset({"avis", "notice", "message"})
_BETWEEN = re.compile(r"\s*(?:[,;+&/]|\b(?:et|and|puis|then)\b)\s*", re.IGNORECASE)


class Who(NamedTuple):
    """Whom a cell names; `unknown` are the words that name nobody."""

    contacts: tuple[str, ...] = ()
    on_call: bool = False
    everyone: bool = False
    notice: bool = False
    unknown: tuple[str, ...] = ()


def people_in(text: str, contacts: Sequence[Contact]) -> Who:
    """Read names: of a contact's role (whole, or the only one that begins so), of the rota, of all."""
    bare, _, mark = text.partition("(")
    whole = _one(bare, contacts)
    parts = [whole] if not whole.unknown else [_one(part, contacts) for part in _BETWEEN.split(bare) if part.strip()]
    return Who(
        contacts=tuple(dict.fromkeys(slug for part in parts for slug in part.contacts)),
        on_call=any(part.on_call for part in parts),
        everyone=any(part.everyone for part in parts),
        notice=words_of(mark) in _NOTICE,
        unknown=tuple(name for part in parts for name in part.unknown),
    )


def _one(text: str, contacts: Sequence[Contact]) -> Who:
    words = words_of(text)
    if words in _EVERYONE:
        return Who(everyone=True)
    if words in _ON_CALL:
        return Who(on_call=True)
    slug = slug_of(text)
    known = [contact.slug for contact in contacts]
    fitting = [slug] if slug in known else [one for one in known if one.startswith(f"{slug}-")]
    return Who(contacts=(fitting[0],)) if len(fitting) == 1 else Who(unknown=(text.strip(),))


def is_notice(text: str) -> bool:
    """Whether a word asks for information only."""
    return words_of(text) in _NOTICE


def unknown_people(who: Who, cell: Cell, contacts: Sequence[Contact], language: Language) -> list[Problem]:
    """P210 for each name that names nobody."""
    roles = {contact.slug: contact.role for contact in contacts}
    problems = []
    for name in who.unknown:
        similar = difflib.get_close_matches(slug_of(name), list(roles)[:COMPARED], n=1)
        hint = phrase("similar", language, name=roles[similar[0]]) if similar else phrase("no-contact", language)
        problems.append(problem("P210", cell.source, language, name=name, hint=hint))
    return problems
