"""Objects and references of manifests, read line by line, whatever stands in the file."""

from __future__ import annotations

import pytest

from tests.procedure.written import text
from tocsin.procedure.manifests import Manifest, manifests_in, referred_in
from tocsin.procedure.removed_apis import REMOVED, removed, removed_group


def read(content: str) -> list[tuple[str, str, str, str]]:
    return [(m.version, m.kind, m.name, m.namespace) for m in manifests_in(text(content, "m.yaml"))]


@pytest.mark.parametrize(
    ("content", "objects"),
    [
        ("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: b\n", [("v1", "Pod", "a", "b")]),
        ("kind: 'Pod'\napiVersion: \"apps/v1\"\n", [("apps/v1", "Pod", "", "")]),
        ("apiVersion: v1\nkind: Pod\nmetadata: {namespace: b, name: a}\n", [("v1", "Pod", "a", "b")]),
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n    labels:\n        name: other\n    name: a\nspec:\n  name: c\n",
            [("v1", "Pod", "a", "")],
        ),
        ("# apiVersion: v1\nkind: Pod\n", []),
        ("a: 1\n---\n---\nkind: Pod\napiVersion: v1\n", [("v1", "Pod", "", "")]),
        ("", []),
        ("{not yaml at all", []),
    ],
)
def test_objects_of_a_file(content: str, objects: list[tuple[str, str, str, str]]) -> None:
    assert read(content) == objects


def test_the_place_of_an_object_is_that_of_its_version() -> None:
    found: tuple[Manifest, ...] = manifests_in(text("---\nkind: Pod\napiVersion: v1\n", "m.yaml"))
    assert (found[0].source.line, found[0].source.column, found[0].source.end_column) == (3, 13, 15)


@pytest.mark.parametrize(
    ("content", "path", "names"),
    [
        ("middlewares:\n  - name: a\n  - namespace: x\n    name: b\n", "m.yaml", {"a"}),
        ("middlewares:\n  - {namespace: x, name: b}\n", "m.yaml", {"b"}),
        ("middlewares: [{name: a}, {name: b, namespace: c}]\n", "m.yaml", {"a", "b"}),
        ("router.middlewares: ns-a@kubernetescrd,b@file\n", "m.yaml", {"ns-a", "b"}),
        ("The entry point names `ns-a@kubernetescrd`.\n", "page.md", {"ns-a"}),
        ("- name: a\n", "page.md", set()),
        ("alice@filesystem.org\n", "page.md", set()),
    ],
)
def test_names_that_something_refers_to(content: str, path: str, names: set[str]) -> None:
    assert referred_in([text(content, path)]) == names


@pytest.mark.parametrize("sign", ["a", "- a: b\n", "- name: a, ", "middlewares: [", "{", "-\n", "metadata:\n", "a@"])
def test_two_megabytes_of_anything_are_read(sign: str) -> None:
    """Without an end in sight this test runs into the time limit of every test."""
    big = text(sign * (2_000_000 // len(sign)), "m.yaml")
    assert manifests_in(big) == ()
    assert len(referred_in([big])) <= 1


def test_what_is_gone_is_gone_for_its_kinds_only() -> None:
    ingress = removed("extensions/v1beta1", "Ingress")
    assert ingress is not None
    assert (ingress.since, ingress.instead) == ("Kubernetes 1.22", "networking.k8s.io/v1")
    assert removed("policy/v1beta1", "PodDisruptionBudget") is not None
    for served in (("policy/v1", "PodDisruptionBudget"), ("batch/v1", "CronJob"), ("v1", "Pod"), ("apps/v1", "X")):
        assert removed(*served) is None


def test_a_group_of_which_nothing_is_served() -> None:
    assert removed_group("traefik.containo.us") is not None
    assert [removed_group(group) for group in ("traefik.io", "apps", "extensions", "")] == [None] * 4


def test_no_row_sends_anybody_to_a_version_that_is_gone_too() -> None:
    gone = {row.version for row in REMOVED}
    assert not {row.instead for row in REMOVED} & gone
