"""
What a command names and what it must be allowed to do, read off its own words.

A command comes in, `Needs` go out; nobody is asked here. The facts are those of kubectl 1.32: `exec` reads the pod and
creates pods/exec, `logs` reads pods/log, `top` lists metrics.k8s.io, `drain` reads daemonsets and creates evictions;
each was tried with exactly these rights, and without each of them. The surprise: a word that holds a placeholder names
nothing yet, except `<firewall-id>`, which any firewall can fill.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from msgspec import Struct

from tocsin.procedure.arguments import Arguments, part, unwrap
from tocsin.procedure.folding import names
from tocsin.procedure.links import manifests_of
from tocsin.procedure.model import Command
from tocsin.procedure.placeholders import PLACEHOLDER
from tocsin.procedure.programs.kubectl import VALUED

DEFAULT = "default"
EVERYWHERE = "*"
METRICS, APPS = "metrics.k8s.io", "apps"
# Every flag of its servers, firewalls and load balancers that takes a value, in hcloud 1.30 and 1.39.
HCLOUD_VALUED = names(
    "--algorithm-type --alias-ips --datacenter --description --destination-ips --destination-port --direction "
    "--enable-protection --end --firewall --health-check-http-domain --health-check-http-path "
    "--health-check-http-response --health-check-http-status-codes --health-check-interval --health-check-port "
    "--health-check-protocol --health-check-retries --health-check-timeout --hostname --http-certificates "
    "--http-cookie-lifetime --http-cookie-name --image --ip --label --label-selector --listen-port --location "
    "--name --network --network-zone --output --placement-group --port --primary-ipv4 --primary-ipv6 --protocol "
    "--rules-file --selector --server --sort --source-ips --ssh-key --start --type --user --user-data-from-file "
    "--volume --wait-timeout --window -g -i -l -n -o -p -r -s -u"
)
HCLOUD_PLACES = {"server": "server", "firewall": "firewall", "load-balancer": "load-balancer"}
HCLOUD_WITHOUT_NAME = names("list create")


class Named(Struct, frozen=True, kw_only=True):
    """
    One thing a command names: a `resource` as typed ("pod", "deploy", "server") and its name. "firewall" with an empty
    name is a placeholder that some firewall must be able to fill.
    """

    resource: str
    name: str
    namespace: str = ""


class Access(Struct, frozen=True, kw_only=True):
    """One right at the Kubernetes API; `resource` as typed, `namespace` "" for all of them, `group` when it is known."""

    verb: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    group: str = ""


class Chosen(Struct, frozen=True, kw_only=True):
    """Pods by their labels: at least one must be there."""

    selector: str
    namespace: str = ""


class Needs(Struct, frozen=True, kw_only=True):
    """`side` is who can tell: "kubernetes", "hetzner", or "" when nobody is asked about this program."""

    side: str = ""
    named: tuple[Named, ...] = ()
    accesses: tuple[Access, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    containers: tuple[Named, ...] = ()
    members: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    reads: bool = False


NOTHING = Needs()


def needs_of(command: Command) -> Needs:
    """Read one command."""
    if not command.pipeline:
        return NOTHING
    seen = unwrap(command.pipeline[0])
    if seen.strange:
        return NOTHING
    if seen.program == "kubectl":
        return _kubectl(part(seen.rest, VALUED), command)
    if seen.program == "hcloud":
        return _hcloud(part(seen.rest, HCLOUD_VALUED), command)
    return NOTHING


def _hcloud(asked: Arguments, command: Command) -> Needs:
    resource, verb, name = (*asked.words, "", "", "")[:3]
    named: tuple[Named, ...] = ()
    if resource in HCLOUD_PLACES and verb not in HCLOUD_WITHOUT_NAME and name:
        known = "" if PLACEHOLDER.search(name) else name
        if known or resource == "firewall":
            named = (Named(resource=resource, name=known),)
    return Needs(side="hetzner", named=named, reads=command.risk == "R0")


def _kubectl(asked: Arguments, command: Command) -> Needs:
    verb, *words = asked.words or ("",)
    if any(asked.has(flag) for flag in ("--kubeconfig", "--context", "-s", "--server", "--token", "--as")):
        return NOTHING  # another cluster or another person than the one we can ask as
    everywhere = asked.has("-A", "--all-namespaces")
    namespace = EVERYWHERE if everywhere else asked.value("-n", "--namespace") or DEFAULT
    if PLACEHOLDER.search(namespace):
        return NOTHING
    read = _VERBS.get(verb, _nothing)(_Asked(verb, tuple(words), asked, namespace))
    named = [*read.named]
    if namespace not in (EVERYWHERE, DEFAULT):
        named.insert(0, Named(resource="namespace", name=namespace))
    return Needs(
        side="kubernetes",
        named=tuple(named),
        accesses=read.accesses,
        chosen=read.chosen,
        containers=read.containers,
        members=_members(asked.after),
        manifests=manifests_of(command),
        reads=command.risk == "R0",
    )


class _Asked(Struct, frozen=True):
    verb: str
    words: tuple[str, ...]
    asked: Arguments
    namespace: str

    def access(self, verb: str, resource: str, subresource: str = "", name: str = "", group: str = "") -> Access:
        place = "" if self.namespace == EVERYWHERE else self.namespace
        return Access(verb=verb, resource=resource, subresource=subresource, namespace=place, name=name, group=group)

    def is_from_file(self) -> bool:
        return self.asked.has("-f", "--filename", "-k", "--kustomize")


def _nothing(ask: _Asked) -> Needs:
    return NOTHING


def _objects(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(resource, name) of "pod a b", "pod/a svc/b", "pods,services"; the name is "" when none is given."""
    if any("/" in word for word in words):
        for word in words:
            resource, slash, name = word.partition("/")
            if slash:
                yield resource, name
        return
    for resource in words[0].split(",") if words else ():
        for name in words[1:] or ("",):
            yield resource, name


def _known(name: str) -> str:
    return "" if PLACEHOLDER.search(name) else name


def _chosen(ask: _Asked) -> tuple[Chosen, ...]:
    selector = ask.asked.value("-l", "--selector")
    if not selector or PLACEHOLDER.search(selector):
        return ()
    return (Chosen(selector=selector, namespace="" if ask.namespace == EVERYWHERE else ask.namespace),)


def _about(ask: _Asked, *verbs: str, subresource: str = "", words: tuple[str, ...] | None = None) -> Needs:
    """The objects that its words name, and those rights on each of them."""
    if ask.is_from_file():
        return NOTHING
    found = list(_objects(ask.words if words is None else words))
    place = "" if ask.namespace == EVERYWHERE else ask.namespace
    named = tuple(
        Named(resource=resource, name=name, namespace=place) for resource, name in found if name and _known(name)
    )
    accesses = [
        ask.access(verb, resource, subresource if verb == verbs[-1] else "", _known(name))
        for resource, name in found
        for verb in verbs
        if resource and not PLACEHOLDER.search(resource)
    ]
    pods = any(resource in PODS for resource, _ in found)
    return Needs(named=named, accesses=tuple(accesses), chosen=_chosen(ask) if pods else ())


def _get(ask: _Asked) -> Needs:
    if ask.asked.has("--raw"):
        return NOTHING
    one = any(name for _, name in _objects(ask.words))
    return _about(ask, "get" if one else "list")


def _logs(ask: _Asked) -> Needs:
    chosen = _chosen(ask)
    if chosen:
        accesses = (ask.access("list", "pods"), ask.access("get", "pods", "log"))
        return Needs(accesses=accesses, chosen=chosen)
    return _of_pod(ask, ask.access("get", "pods", "log"))


def _exec(ask: _Asked) -> Needs:
    return _of_pod(ask, ask.access("create", "pods", "exec"))


def _of_pod(ask: _Asked, right: Access) -> Needs:
    """A pod by its name, or by what makes it ("deploy/web"), and the container in it."""
    word = ask.words[0] if ask.words else ""
    if not word or PLACEHOLDER.search(word):
        return Needs(accesses=(ask.access("get", "pods"), right))
    resource, slash, name = word.partition("/")
    named = Named(resource=resource if slash else "pod", name=name if slash else word, namespace=ask.namespace)
    container = ask.asked.value("-c", "--container")
    inside = (
        (Named(resource=container, name=named.name, namespace=ask.namespace),)
        if container and named.resource in PODS and not PLACEHOLDER.search(container)
        else ()
    )
    reading: tuple[Access, ...] = (ask.access("get", named.resource if slash else "pods", name=named.name),)
    if slash and resource not in PODS:
        reading = (*reading, ask.access("list", "pods"))
    return Needs(named=(named,), accesses=(*reading, right), containers=inside)


def _top(ask: _Asked) -> Needs:
    resource = ask.words[0] if ask.words else "nodes"
    plural = "nodes" if resource in ("node", "nodes", "no") else "pods"
    name = _known(ask.words[1]) if len(ask.words) > 1 else ""
    named = (Named(resource=plural, name=name, namespace=ask.namespace),) if name else ()
    verb = "get" if name else "list"
    rights: tuple[Access, ...] = (ask.access(verb, plural, name=name, group=METRICS),)
    if plural == "nodes":
        rights = (*rights, ask.access(verb, plural, name=name))
    return Needs(named=named, accesses=rights, chosen=_chosen(ask))


def _rollout(ask: _Asked) -> Needs:
    action, rest = (ask.words[0] if ask.words else ""), ask.words[1:]
    verbs = {"status": ("get", "list", "watch"), "history": ("get",)}.get(action, ("get", "patch"))
    about = _about(ask, *verbs, words=rest)
    if action not in ("history", "undo"):
        return about
    deployed = any(re.match(r"deploy(ments?)?([./]|$)", word) for word in rest)
    past = ask.access("list", "replicasets" if deployed else "controllerrevisions", group=APPS)
    return Needs(named=about.named, accesses=(*about.accesses, past))


def _on_node(ask: _Asked) -> Needs:
    return _about(ask, "get", "patch", words=("nodes", *ask.words))


def _drain(ask: _Asked) -> Needs:
    whole = _Asked(ask.verb, ask.words, ask.asked, EVERYWHERE)
    evicting = (
        whole.access("list", "pods"),
        whole.access("get", "daemonsets", group=APPS),
        whole.access("create", "pods", "eviction"),
    )
    on_node = _on_node(ask)
    return Needs(named=on_node.named, accesses=(*on_node.accesses, *evicting))


def _changed(ask: _Asked) -> Needs:
    """`label pod x a=b`, `patch deploy web -p …`: what holds "=" or ends in "-" is a change and no name."""
    words = tuple(word for word in ask.words if "=" not in word and not word.endswith("-"))
    return _about(ask, "get", "patch", words=words)


def _scale(ask: _Asked) -> Needs:
    return _about(ask, "get", "patch", subresource="scale")


def _delete(ask: _Asked) -> Needs:
    return _about(ask, "delete")


def _events(ask: _Asked) -> Needs:
    return Needs(accesses=(ask.access("list", "events"),))


PODS = names("pod pods po")
_VERBS: dict[str, Callable[[_Asked], Needs]] = {
    "get": _get,
    "describe": _get,
    "wait": _get,
    "logs": _logs,
    "exec": _exec,
    "top": _top,
    "rollout": _rollout,
    "cordon": _on_node,
    "uncordon": _on_node,
    "drain": _drain,
    "patch": _changed,
    "label": _changed,
    "annotate": _changed,
    "taint": _changed,
    "scale": _scale,
    "delete": _delete,
    "events": _events,
}


def _members(inside: tuple[str, ...]) -> tuple[str, ...]:
    """The members that a patronictl inside a pod names by a flag."""
    if "patronictl" not in inside:
        return ()
    flags = ("--candidate", "--leader", "--primary")
    told = [after for word, after in pairwise(inside) if word in flags]
    told += [word.partition("=")[2] for word in inside if word.startswith(tuple(f"{flag}=" for flag in flags))]
    return tuple(name for name in told if name and not PLACEHOLDER.search(name))
