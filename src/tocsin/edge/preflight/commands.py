"""
Each command against what the sides answered: does what it names exist, and may we do it?

Lines and answers come in, `Found`s go out. The surprise: where a list may not be read nothing is said about what would
be on it. "We don't know" never becomes "it does not exist".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

import yaml

from tocsin.cluster.inventory import Member
from tocsin.edge.preflight.cluster_api import ClusterApi
from tocsin.edge.preflight.cluster_things import Things, chosen
from tocsin.edge.preflight.hetzner import Estate
from tocsin.procedure.links import candidates
from tocsin.procedure.source import Source, Text
from tocsin.proof.lines import Acting
from tocsin.proof.look import Found
from tocsin.proof.needs import DEFAULT, EVERYWHERE, Access, Named, Needs

KUBERNETES, HETZNER = "kubernetes", "hetzner"
MOST_KNOWN = 5
# Objects and labels that a step may make; namespaces and kinds are there before it.
MAY_COME = frozenset({"P603", "P604", "P606"})


class Wrong(Exception):
    """What does not hold, as a problem's code, its values, and the word that it is about."""

    def __init__(self, code: str, word: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.word = word
        self.values = values


def of_hetzner(line: Acting, needs: Needs, estate: Estate) -> Iterator[Found]:
    """A command of hcloud's: what it names, and whether reading works."""
    try:
        for named in needs.named:
            _known_to_hetzner(named, estate)
    except Wrong as wrong:
        yield _wrong(line, "bound", HETZNER, wrong)
        return
    yield Found(line=line, kind="bound", held=True, by=HETZNER)
    if needs.reads:
        yield Found(line=line, kind="permitted", held=True, by=HETZNER)


def _known_to_hetzner(named: Named, estate: Estate) -> None:
    things: dict[str, tuple[str, Iterable[Any]]] = {
        "server": ("P601", estate.servers),
        "firewall": ("P605", estate.firewalls),
        "load-balancer": ("P609", estate.load_balancers),
    }
    code, every = things[named.resource]
    known = {name for one in every for name in (one.name, str(one.id))}
    if (named.name and named.name not in known) or not known:
        names = [one.name for one in every]
        raise Wrong(code, named.name or "<", name=named.name or "–", known=_listed(names))


async def of_kubernetes(
    line: Acting, needs: Needs, api: ClusterApi, found: Things, members: tuple[Member, ...], texts: Mapping[str, Text]
) -> list[Found]:
    """A command of kubectl's: what it names, then what it needs to be allowed, then its manifests."""
    try:
        sure = await _bind(needs, api, found, members)
    except Wrong as wrong:
        if not (line.later and wrong.code in MAY_COME):
            return [_wrong(line, "bound", KUBERNETES, wrong)]
        sure = False
    holds = [Found(line=line, kind="bound", held=True, by=KUBERNETES)] if sure else []
    try:
        asked = [one for one in needs.accesses if one.resource not in api.categories]
        for access, allowed in zip(asked, await asyncio.gather(*(api.allows(one) for one in asked)), strict=True):
            if not allowed:
                raise _forbidden(access, api)
        async for file, why in _refusals(line, needs, api, texts):
            raise Wrong("P611", file, file=file, why=why)
    except Wrong as wrong:
        return [*holds, _wrong(line, "permitted", KUBERNETES, wrong)]
    judged = asked or _files(line, needs, texts)
    return [*holds, Found(line=line, kind="permitted", held=True, by=KUBERNETES)] if judged else holds


async def _bind(needs: Needs, api: ClusterApi, found: Things, members: tuple[Member, ...]) -> bool:
    """Whether all that is named is known to be there; raises `Wrong` for what is known not to be."""
    sure = True
    for named in needs.named:
        if named.resource == "namespace":
            _namespace(named, found)
            sure = sure and found.namespaces is not None
        else:
            sure = await _object(named, api, found) and sure
    for access in needs.accesses:
        if api.kind(access.resource) is None and access.resource not in api.categories and not access.group:
            raise Wrong("P607", access.resource, kind=access.resource)
    for container in needs.containers:
        _container(container, found)
    for choice in needs.chosen:
        there = chosen(found.pods, choice) if found.pods is not None else None
        sure = sure and there is not None
        if there is False:
            place = choice.namespace or EVERYWHERE
            raise Wrong("P606", choice.selector, selector=choice.selector, namespace=place)
    known = [member.name for member in members]
    for name in needs.members:
        if known and name not in known:
            raise Wrong("P608", name, name=name, known=_listed(known))
    return sure and (not needs.members or bool(known))


def _namespace(named: Named, found: Things) -> None:
    if found.namespaces is not None and named.name not in found.namespaces:
        raise Wrong("P602", named.name, name=named.name, known=_listed(sorted(found.namespaces)))


async def _object(named: Named, api: ClusterApi, found: Things) -> bool:
    """Whether it is known to be there."""
    kind = api.kind(named.resource)
    if kind is None:
        raise Wrong("P607", named.resource, kind=named.resource)
    place = "" if named.namespace == EVERYWHERE else named.namespace or DEFAULT
    there = await api.exists(kind, place, named.name)
    if there is False:
        known = _listed(await api.names(kind, place))
        where = place if kind.namespaced else "cluster"
        raise Wrong("P603", named.name, kind=kind.plural, name=named.name, namespace=where, known=known)
    return there is True


def _container(named: Named, found: Things) -> None:
    pod = found.pod(named.namespace, named.name)
    if pod is not None and named.resource not in pod.containers:
        raise Wrong(
            "P604", named.resource, name=named.name, container=named.resource, known=_listed(list(pod.containers))
        )


def _forbidden(access: Access, api: ClusterApi) -> Wrong:
    """In the words of `kubectl auth can-i`."""
    kind = api.kind(access.resource)
    plural = kind.plural if kind else access.resource
    full = f"{plural}.{access.group}" if access.group else plural
    full = f"{full}/{access.subresource}" if access.subresource else full
    place = f" -n {access.namespace}" if access.namespace else " -A"
    scoped = place if kind is None or kind.namespaced else ""
    return Wrong("P610", access.resource, verb=access.verb, what=f"{full}{scoped}")


async def _refusals(
    line: Acting, needs: Needs, api: ClusterApi, texts: Mapping[str, Text]
) -> AsyncIterator[tuple[str, str]]:
    """What the API says against the manifests of an apply; a file that is not there is the checker's problem."""
    namespace = next((one.name for one in needs.named if one.resource == "namespace"), DEFAULT)
    for file, text in _files(line, needs, texts):
        for document in _documents(text.content):
            why = "it is no YAML" if document is None else await api.refusal(document, namespace)
            if why:
                yield file, why


def _files(line: Acting, needs: Needs, texts: Mapping[str, Text]) -> list[tuple[str, Text]]:
    """The manifests of an apply that are there, by the name that the command gives them."""
    if line.command is None or "apply" not in line.command.pipeline[0]:
        return []
    paths = ((file, path) for file in needs.manifests for path in candidates(line.source.path, file) if path in texts)
    return [(file, texts[path]) for file, path in paths]


def _documents(text: str) -> list[dict[str, Any] | None]:
    """The objects of a manifest, those of a List too; None for what is no object."""
    try:
        found = [one for one in yaml.safe_load_all(text) if one is not None]
    except yaml.YAMLError:
        return [None]
    every = [item for one in found for item in (one.get("items") or [one] if isinstance(one, dict) else [None])]
    return [one if isinstance(one, dict) else None for one in every]


def _wrong(line: Acting, kind: Any, by: str, wrong: Wrong) -> Found:
    return Found(
        line=line, kind=kind, held=False, by=by, code=wrong.code, values=wrong.values, at=_place(line, wrong.word)
    )


def _place(line: Acting, word: str) -> Source | None:
    """Where the word stands, when the command stands on one line."""
    at = line.text.find(word) if word else -1
    start = line.source.column + at
    if at < 0 or start + len(word) > line.source.end_column:
        return None
    return Source(line.source.path, line.source.line, start, start + len(word))


def _listed(names: list[str]) -> str:
    if not names:
        return "–"
    shown = ", ".join(names[:MOST_KNOWN])
    return shown if len(names) <= MOST_KNOWN else f"{shown}, … ({len(names)})"
