"""
The manifests that a procedure applies: Middlewares that no route names, API versions that no cluster serves.

Only what these rules need is read, line by line: the API version, kind, name and namespace of each object, and every
name that anything refers to. The surprise: YAML is not parsed. A reference that is overlooked would call a right command
wrong, so any list item with a `name`, and any `…@kubernetescrd`, counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from tocsin.procedure.arguments import part, unwrap
from tocsin.procedure.links import candidates, manifests_of
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Command, Procedure
from tocsin.procedure.problems import Problem
from tocsin.procedure.programs.kubectl import VALUED
from tocsin.procedure.removed_apis import removed
from tocsin.procedure.source import Source, Text
from tocsin.procedure.surroundings import Surroundings, commands_in, place_of

_FIELD = re.compile(r"(?P<key>apiVersion|kind):\s*[\"']?(?P<value>[\w./-]+)")
_NAME = re.compile(r"(?:^|[{,])\s*(?P<key>name|namespace):\s*[\"']?(?P<value>[\w.-]+)")
# Within one line, and from the beginning of a word: a file of two megabytes must not take minutes.
_REFERRED = re.compile(
    r"^[ \t]*-[ \t]*(?:\{[ \t]*)?(?:[\w.-]+:[^,{}\n]+,[ \t]*){0,9}name:[ \t]*[\"']?([\w.-]+)", re.MULTILINE
)
_IN_FLOW = re.compile(r"middlewares:[ \t]*\[([^\]\n]{0,300})\]")
_PROVIDED = re.compile(r"(?<![\w.-])([\w.-]{1,253})@(?:kubernetescrd|file|docker|http|redis|consul)\b")


class Manifest(Struct, frozen=True):
    """One object of a file. `source` is the place of its API version."""

    version: str
    kind: str
    name: str
    namespace: str
    source: Source


def manifests_in(text: Text) -> tuple[Manifest, ...]:
    """The objects of a file, in order; what has no API version and kind is none."""
    documents: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(text.content.split("\n"), 1):
        if line.startswith("---"):
            documents.append([])
        else:
            documents[-1].append((number, line))
    return tuple(found for lines in documents if (found := _manifest(text.path, lines)))


def _manifest(path: str, lines: list[tuple[int, str]]) -> Manifest | None:
    top: dict[str, tuple[str, Source]] = {}
    for number, line in lines:
        field = _FIELD.match(line)
        if field:
            at = Source(path, number, field.start("value") + 1, field.end("value") + 1)
            top.setdefault(field["key"], (field["value"], at))
    if {"apiVersion", "kind"} <= top.keys():
        (version, source), (kind, _), meta = top["apiVersion"], top["kind"], _metadata([line for _, line in lines])
        return Manifest(version, kind, meta.get("name", ""), meta.get("namespace", ""), source)
    return None


def _metadata(lines: list[str]) -> dict[str, str]:
    """The name and namespace below `metadata:`, at the depth of its own fields or on its line."""
    at = next((index for index, line in enumerate(lines) if line.startswith("metadata:")), len(lines))
    found = {
        one["key"]: one["value"] for line in lines[at : at + 1] for one in _NAME.finditer(line[len("metadata:") :])
    }
    depth = 0
    for line in lines[at + 1 :]:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            break
        own = len(line) - len(line.lstrip())
        depth = depth or own
        named = _NAME.match(line) if own == depth else None
        if named:
            found.setdefault(named["key"], named["value"])
    return found


def referred_in(texts: Iterable[Text]) -> frozenset[str]:
    """Every name that something refers to: list items of manifests, `namespace-name@provider` anywhere."""
    found: set[str] = set()
    for text in texts:
        found |= {provided[1] for provided in _PROVIDED.finditer(text.content)}
        if is_manifest(text.path):
            found |= set(_REFERRED.findall(text.content))
            found |= {
                name for flow in _IN_FLOW.findall(text.content) for name in re.findall(r"name:\s*([\w.-]+)", flow)
            }
    return frozenset(found)


def is_manifest(path: str) -> bool:
    """A YAML file, by its name."""
    return path.casefold().endswith((".yaml", ".yml"))


def middleware_for_nobody(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P413: Traefik obeys a Middleware only where a router or an entry point names it."""
    applied = [
        (command, name, manifest)
        for command in commands_in(procedure)
        for name, manifest in _named_by(command, around.texts, ("apply", "create", "replace"))
        if _is_middleware(manifest)
    ]
    referred = referred_in(around.texts.values()) if applied else frozenset()
    for command, name, manifest in applied:
        namespace = manifest.namespace or "default"
        if not {manifest.name, f"{namespace}-{manifest.name}"} & referred:
            fields = {"name": manifest.name, "namespace": namespace}
            yield problem("P413", place_of(command, name), procedure.language, fields=fields)


def deleted_middleware(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P411: `kubectl delete -f` of a file with a Middleware in it."""
    for command in commands_in(procedure):
        found = [name for name, manifest in _named_by(command, around.texts, ("delete",)) if _is_middleware(manifest)]
        for name in dict.fromkeys(found):
            yield problem("P411", place_of(command, name), procedure.language)


def _is_middleware(manifest: Manifest) -> bool:
    return manifest.kind == "Middleware" and manifest.version.startswith("traefik.") and bool(manifest.name)


def _named_by(command: Command, texts: Mapping[str, Text], verbs: tuple[str, ...]) -> Iterator[tuple[str, Manifest]]:
    """The objects of the files that a command names, each with the file's name as written."""
    named = manifests_of(command)
    asked = part(unwrap(command.pipeline[0]).rest, VALUED) if named else None
    if asked is None or asked.words[:1] not in [(verb,) for verb in verbs] or asked.has("--dry-run"):
        return
    for name in named:
        text = next((texts[path] for path in candidates(command.source.path, name) if path in texts), None)
        for manifest in manifests_in(text) if text else ():
            yield name, manifest


def old_versions(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P414: an API version that clusters of today do not serve."""
    for text in around.texts.values():
        for manifest in manifests_in(text) if is_manifest(text.path) else ():
            row = removed(manifest.version, manifest.kind)
            if row:
                since = phrase("since", procedure.language, version=row.since)
                fields = {"said": f"{manifest.version} {manifest.kind}", "since": since, "instead": row.instead}
                yield problem("P414", manifest.source, procedure.language, fields=fields)
