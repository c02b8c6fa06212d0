"""
What a look ahead reads of a cluster: nodes, pods, namespaces, services, Middlewares, and no more of each than it needs.

An environment is never among it. A pod's arguments are read for the names of Traefik's plugins and then forgotten.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from tocsin.cluster.inventory import Distribution
from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.edge.kubernetes.objects import ListMeta
from tocsin.edge.preflight.cluster_api import ClusterApi
from tocsin.proof.needs import Chosen

PART = "500"
ROLES = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
KUBEADM = "kubeadm.alpha.kubernetes.io/cri-socket"
MIDDLEWARES = ("middlewares.traefik.io", "middlewares.traefik.containo.us")
_WAF = re.compile(r"modsecurity|coraza|crowdsec|appsec", re.IGNORECASE)
_PLUGIN = re.compile(r"--experimental\.(?:local)?plugins\.([^.=]+)\.modulename=(\S+)", re.IGNORECASE)
_PATRONI_URL = re.compile(r'"api_url":\s*"([^"]+)"')
_TERM = re.compile(r"\s*(!?)\s*([\w./-]+)\s*(?:(=|==|!=)\s*([\w.-]*))?\s*")
T = TypeVar("T")


class About(Struct, frozen=True):
    """Name, place and what was written on it."""

    name: str
    namespace: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class _NodeSpec(Struct, frozen=True, rename="camel"):
    provider_id: str = field(default="", name="providerID")


class _Address(Struct, frozen=True):
    type: str
    address: str


class _NodeInfo(Struct, frozen=True, rename="camel"):
    kubelet_version: str = ""


class _NodeStatus(Struct, frozen=True, rename="camel"):
    addresses: list[_Address] | None = None
    node_info: _NodeInfo = _NodeInfo()


class Node(Struct, frozen=True):
    """A node."""

    metadata: About
    spec: _NodeSpec = _NodeSpec()
    status: _NodeStatus = _NodeStatus()


class _Container(Struct, frozen=True):
    name: str
    image: str = ""
    args: list[str] | None = None


class _PodSpec(Struct, frozen=True, rename="camel"):
    containers: list[_Container]
    init_containers: list[_Container] | None = None
    node_name: str = ""


class _PodStatus(Struct, frozen=True, rename="camel"):
    phase: str = ""
    pod_ip: str = field(default="", name="podIP")


class Pod(Struct, frozen=True):
    """A pod."""

    metadata: About
    spec: _PodSpec
    status: _PodStatus = _PodStatus()

    @property
    def place(self) -> str:
        """ "namespace/name"."""
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def containers(self) -> tuple[str, ...]:
        """The names of its containers, those that prepare it last."""
        return tuple(one.name for one in (*self.spec.containers, *(self.spec.init_containers or ())))


class Named(Struct, frozen=True):
    """Anything of which only the name matters."""

    metadata: About


class _Ingress(Struct, frozen=True):
    ip: str = ""
    hostname: str = ""


class _Balancer(Struct, frozen=True):
    ingress: list[_Ingress] | None = None


class _ServiceStatus(Struct, frozen=True, rename="camel"):
    load_balancer: _Balancer = _Balancer()


class Service(Struct, frozen=True):
    """A service, for the load balancer before it."""

    metadata: About
    status: _ServiceStatus = _ServiceStatus()


class _MiddlewareSpec(Struct, frozen=True):
    plugin: dict[str, Any] | None = None


class Middleware(Struct, frozen=True):
    """A Middleware of Traefik's, for its plugin."""

    metadata: About
    spec: _MiddlewareSpec = _MiddlewareSpec()


class _Part(Struct, Generic[T], frozen=True):
    items: list[T]
    metadata: ListMeta = ListMeta()


class Things(Struct, frozen=True, kw_only=True):
    """All of it. What we may not list is None: nobody can tell, then."""

    nodes: tuple[Node, ...] | None = None
    pods: tuple[Pod, ...] | None = None
    namespaces: frozenset[str] | None = None
    services: tuple[Service, ...] | None = None
    middlewares: tuple[Middleware, ...] = ()

    def pod(self, namespace: str, name: str) -> Pod | None:
        """One pod."""
        return next((one for one in self.pods or () if one.place == f"{namespace}/{name}"), None)


async def things(api: ClusterApi) -> Things:
    """Read all that we may; raises `Unanswered` when not even one list can be read."""
    kinds = [api.kinds.get(word) for word in MIDDLEWARES]
    nodes, pods, namespaces, services = await asyncio.gather(
        _list(api, "/api/v1/nodes", Node),
        _list(api, "/api/v1/pods", Pod),
        _list(api, "/api/v1/namespaces", Named),
        _list(api, "/api/v1/services", Service),
    )
    middlewares = [await _list(api, kind.path(), Middleware) for kind in kinds if kind is not None]
    return Things(
        nodes=nodes,
        pods=pods,
        namespaces=frozenset(one.metadata.name for one in namespaces) if namespaces is not None else None,
        services=services,
        middlewares=tuple(one for found in middlewares for one in found or ()),
    )


async def _list(api: ClusterApi, path: str, kind: type[T]) -> tuple[T, ...] | None:
    """Every part of a list; None when we may not read it."""
    found: list[T] = []
    following = ""
    try:
        while True:
            asked = {"limit": PART} | ({"continue": following} if following else {})
            part: Any = await api.get(path, _Part[kind], **asked)  # type: ignore[valid-type]
            found += part.items
            following = part.metadata.next or ""
            if not following:
                return tuple(found)
    except Unanswered:
        return None


def is_control_plane(node: Node) -> bool:
    """By its role."""
    return any(role in (node.metadata.labels or {}) for role in ROLES)


def distribution(nodes: Iterable[Node]) -> Distribution:
    """k3s says so in its version, kubeadm leaves a mark on its nodes; "" when neither does."""
    every = list(nodes)
    if any("+k3s" in node.status.node_info.kubelet_version for node in every):
        return "k3s"
    return "kubeadm" if any(KUBEADM in (node.metadata.annotations or {}) for node in every) else ""


def firewalls_of_the_web(found: Things) -> tuple[str, ...]:
    """What stands before the services as a WAF: plugins of Middlewares and of Traefik itself, images of pods."""
    plugins = [name for one in found.middlewares for name in one.spec.plugin or {}]
    every = [one for pod in found.pods or () for one in pod.spec.containers]
    loaded = [match[2] for one in every for arg in one.args or () if (match := _PLUGIN.match(arg))]
    images = [one.image.partition("@")[0] for one in every]
    return tuple(sorted({name for name in (*plugins, *loaded, *images) if _WAF.search(name)}))


def rest_addresses(pods: Iterable[Pod]) -> tuple[str, ...]:
    """Where Patroni's pods say that their REST API answers."""
    told = ((pod.metadata.annotations or {}).get("status", "") for pod in pods)
    return tuple(match[1] for text in told if (match := _PATRONI_URL.search(text)))


def has_balancer(services: Iterable[Service]) -> bool:
    """Whether a load balancer gave one of the services an address."""
    return any(one.status.load_balancer.ingress for one in services)


def chosen(pods: Iterable[Pod], choice: Chosen) -> bool | None:
    """Whether a pod carries the labels; None for a selector of a form that is not read here (`in (…)`)."""
    terms = [_TERM.fullmatch(term) for term in choice.selector.split(",")]
    if not all(terms):
        return None
    return any(
        choice.namespace in ("", pod.metadata.namespace)
        and all(_carries(pod.metadata.labels or {}, term) for term in terms if term)
        for pod in pods
    )


def _carries(labels: dict[str, str], term: re.Match[str]) -> bool:
    absent, key, operator, value = term.groups()
    if operator is None:
        return (key in labels) != bool(absent)
    return (labels.get(key) == value) != (operator == "!=")
