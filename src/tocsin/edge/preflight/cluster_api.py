"""
The questions of a look ahead, at the Kubernetes API: what there is, what we may, what it would say to a manifest.

Every request reads, except two that only look like writing: SelfSubjectAccessReview (`kubectl auth can-i`) and a
server-side dry run, which the API promises to keep nothing of. The surprise: a kind is asked for by any of the words
that people use (po, deploy, middleware), so the API's own discovery says what each word means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2
import msgspec
from msgspec import Struct

from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.proof.needs import Access

CORE = "/api/v1"
AT_ONCE = 8
OURSELVES = "tocsin-preflight"


class Kind(Struct, frozen=True):
    """A kind of object: where its list is, its plural, its group ("" for the core), whether it lives in a namespace."""

    base: str
    plural: str
    group: str
    kind: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """The address of a list or of one object."""
        place = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        return f"{self.base}{place}/{self.plural}" + (f"/{quote(name, safe='')}" if name else "")


class _Resource(Struct, frozen=True, rename="camel"):
    name: str
    kind: str = ""
    singular_name: str = ""
    namespaced: bool = False
    short_names: list[str] = []
    categories: list[str] = []


class _Resources(Struct, frozen=True, rename="camel"):
    group_version: str = ""
    resources: list[_Resource] = []


class _Version(Struct, frozen=True, rename="camel"):
    group_version: str


class _Group(Struct, frozen=True, rename="camel"):
    versions: list[_Version]
    preferred_version: _Version | None = None


class _Groups(Struct, frozen=True):
    groups: list[_Group] = []


class _About(Struct, frozen=True):
    name: str


class _Item(Struct, frozen=True):
    metadata: _About


class _List(Struct, frozen=True):
    items: list[_Item] = []


class _Review(Struct, frozen=True):
    allowed: bool = False
    reason: str = ""


class _Reviewed(Struct, frozen=True):
    status: _Review = _Review()


class _Said(Struct, frozen=True):
    message: str = ""


class ClusterApi:
    """Asks through one client; the caller bounds the time. Raises `Unanswered` for what is no answer."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._few = asyncio.Semaphore(AT_ONCE)
        self._allowed: dict[Access, asyncio.Task[bool]] = {}
        self.kinds: Mapping[str, Kind] = {}
        self.by_version: Mapping[tuple[str, str], Kind] = {}
        self.categories: frozenset[str] = frozenset()

    async def discover(self) -> None:
        """Learn the words of this cluster; the core's win over those of an extension."""
        bases = [CORE]
        for group in (await self.get("/apis", _Groups)).groups:
            preferred = group.preferred_version or (group.versions[0] if group.versions else None)
            others = [version.group_version for version in group.versions]
            first = [preferred.group_version] if preferred else []
            bases += [f"/apis/{version}" for version in dict.fromkeys([*first, *others])]
        found = await asyncio.gather(*(self._resources(base) for base in bases))
        kinds: dict[str, Kind] = {}
        by_version: dict[tuple[str, str], Kind] = {}
        for base, resources in zip(bases, found, strict=True):
            version = base.removeprefix("/apis/").removeprefix("/api/")
            for one in resources:
                kind = Kind(base, one.name, version.rpartition("/")[0], one.kind, one.namespaced)
                by_version.setdefault((version, one.kind), kind)
                for word in _words(one, kind.group, version.rpartition("/")[2]):
                    kinds.setdefault(word, kind)
        self.kinds, self.by_version = kinds, by_version
        self.categories = frozenset(word for resources in found for one in resources for word in one.categories)

    def kind(self, word: str) -> Kind | None:
        """What a word means; kubectl does not mind capitals."""
        return self.kinds.get(word) or self.kinds.get(word.lower())

    async def get(self, path: str, kind: type[Any], **asked: str) -> Any:
        """Read one address."""
        response = await self._ask("GET", path, params=asked)
        if response.status_code != 200:
            raise Unanswered("api_refused", told(response))
        return _decoded(response, kind)

    async def exists(self, kind: Kind, namespace: str, name: str) -> bool | None:
        """Whether an object is there; None when we may not know."""
        response = await self._ask("GET", kind.path(namespace, name))
        return {200: True, 404: False}.get(response.status_code)

    async def names(self, kind: Kind, namespace: str) -> list[str]:
        """What is there of a kind, some of it; nothing when we may not know."""
        response = await self._ask("GET", kind.path(namespace), params={"limit": "50"})
        if response.status_code != 200:
            return []
        found: _List = _decoded(response, _List)
        return [one.metadata.name for one in found.items]

    async def allows(self, access: Access) -> bool:
        """What `kubectl auth can-i` would say; each question is asked once."""
        if access not in self._allowed:
            self._allowed[access] = asyncio.create_task(self._review(access))
        return await self._allowed[access]

    async def refusal(self, manifest: Mapping[str, Any], namespace: str) -> str:
        """What the API says against a manifest, "" when it would take it: a server-side apply as a dry run."""
        version, kind_name = str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
        kind = self.by_version.get((version, kind_name))
        if kind is None:
            return f'no matches for kind "{kind_name}" in version "{version}"'
        metadata = manifest.get("metadata")
        about = metadata if isinstance(metadata, Mapping) else {}
        name, place = str(about.get("name") or ""), str(about.get("namespace") or namespace)
        if not name:
            return "resource name may not be empty"
        response = await self._ask(
            "PATCH",
            kind.path(place, name),
            params={"dryRun": "All", "fieldManager": OURSELVES, "force": "true"},
            headers={"content-type": "application/apply-patch+yaml"},
            content=msgspec.json.encode(manifest),
        )
        return "" if response.status_code in (200, 201) else told(response)

    async def _review(self, access: Access) -> bool:
        known = self.kind(access.resource)
        asked = {
            "verb": access.verb,
            "resource": known.plural if known else access.resource,
            "group": access.group or (known.group if known else ""),
            "namespace": access.namespace if known is None or known.namespaced else "",
            "subresource": access.subresource,
            "name": access.name,
        }
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        response = await self._ask(
            "POST", path, headers={"content-type": "application/json"}, content=msgspec.json.encode(body)
        )
        if response.status_code not in (200, 201):
            raise Unanswered("api_refused", told(response))
        reviewed: _Reviewed = _decoded(response, _Reviewed)
        return reviewed.status.allowed

    async def _resources(self, base: str) -> list[_Resource]:
        """One group's resources; a group whose server is down has none."""
        response = await self._ask("GET", base)
        if response.status_code != 200:
            return []
        found: _Resources = _decoded(response, _Resources)
        return [one for one in found.resources if "/" not in one.name]

    async def _ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"accept": "application/json", **more.pop("headers", {})}
        async with self._few:
            return await self._client.request(method, path, headers=headers, **more)


def told(response: httpx2.Response) -> str:
    """Status and the API's own words."""
    try:
        message = " ".join(msgspec.json.decode(response.content, type=_Said).message.split())[:300]
    except msgspec.DecodeError:
        message = ""
    return message or f"HTTP {response.status_code}"


def _decoded(response: httpx2.Response, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise Unanswered("api_refused", f"its answer is not understood: {error}") from None


def _words(one: _Resource, group: str, version: str) -> set[str]:
    """Every word that kubectl takes for it: alone, with its group, with version and group."""
    plain = {one.name, one.singular_name, one.kind.lower(), *one.short_names} - {""}
    if not group:
        return plain
    return plain | {f"{word}.{rest}" for word in plain for rest in (group, f"{version}.{group}")}
