"""
What a placeholder stands for: by what the procedure says of it, else by its name.

`<ip>` is an address, `<firewall-id>` a name, `<port>` a number. The surprise: a name that says nothing is "text": one
argument of plain signs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tocsin.procedure.folding import names, words_of
from tocsin.procedure.model import Parameter
from tocsin.procedure.source import Source

Kind = Literal["ip", "cidr", "name", "server", "number", "choice", "text"]
# How a kind is written; the first word is what tocsin itself writes.
KINDS: dict[Kind, tuple[str, ...]] = {
    "ip": ("ip", "adresse ip", "ip address", "adresse", "address"),
    "cidr": ("cidr", "reseau", "network", "plage", "range", "plage d adresses"),
    "server": ("server", "serveur", "machine", "node", "noeud", "serveur de l inventaire", "server of the inventory"),
    "number": ("number", "nombre", "entier", "integer", "port"),
    "text": ("text", "texte", "mot", "word"),
    "name": (
        "name", "nom", "nom kubernetes", "kubernetes name", "k8s name", "nom k8s", "identifiant", "id", "pod", "namespace",
        "deployment", "service",
    ),
}  # fmt: skip
_ADDRESSES = names("ip address adresse")
_NETWORKS = names("cidr range plage network reseau subnet")
_SERVERS = names("server serveur node noeud machine host hote")
_NUMBERS = names("n count nombre number port lines lignes replicas timeout seconds secondes minutes")
_NAMED = names("id name nom pod namespace member membre cluster candidate deployment service container leader")


def kind_of(name: str, declared: Iterable[Parameter] = ()) -> Parameter:
    """The parameter of that name: the declared one, else one whose kind its own last word tells."""
    found = next((one for one in declared if words_of(one.name) == words_of(name)), None)
    return found or Parameter(name=name, kind=_by_name(name), source=Source("", 0))


def kind_in(text: str) -> tuple[Kind, tuple[str, ...]] | None:
    """The kind that a cell tells, with the words of a choice (« a, b ou c » behind « choix : »); None when it tells none."""
    head, colon, rest = text.partition(":")
    if words_of(head) in ("choix", "parmi", "un de", "choice", "one of", "among"):
        choices = tuple(
            word for part in rest.replace("|", ",").replace("/", ",").split(",") if (word := part.strip(" `."))
        )
        return ("choice", choices) if colon and choices else None
    words = words_of(text)
    return next(((kind, ()) for kind, known in KINDS.items() if words in known), None)


def _by_name(name: str) -> Kind:
    words = words_of(name).split()
    last, first = (words[-1], words[0]) if words else ("", "")
    if last in _ADDRESSES or first in ("adresse", "address"):
        return "ip"
    if last in _NETWORKS:
        return "cidr"
    if last in _NUMBERS:
        return "number"
    if last in _SERVERS or (first in _SERVERS and last not in _NAMED):
        return "server"
    return "name" if last in _NAMED or first in ("nom", "name", "pod") else "text"
