"""
A photograph of the cluster by the Kubernetes API: nodes, pods and what nodes use.

Read only, in parts of 500, within eight seconds in all. The surprise: the connection is made anew for each picture, so
that a rotated certificate or a changed kubeconfig counts at once; a missing metrics API is a word in the picture and
no failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Protocol, TypeVar
from urllib.parse import quote

import httpx2
import msgspec
import yaml
from lightkube.config.client_adapter import AsyncClient, ConnectionParams
from lightkube.config.kubeconfig import KubeConfig, SingleConfig
from lightkube.core.exceptions import ConfigError

from tocsin.cluster.snapshot import Snapshot
from tocsin.edge.clock import Clock, SystemClock
from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.edge.kubernetes.objects import ListMeta, NodeList, PodList, Status, Usage, UsageList
from tocsin.edge.kubernetes.picture import picture
from tocsin.edge.network_errors import reason_of
from tocsin.edge.settings.model import ClusterSettings

LIMIT = timedelta(seconds=8)
# Usage is the part that may be missing: it must not take the time of the others.
USAGE_LIMIT = timedelta(seconds=4)
PART = 500
USAGE = "/apis/metrics.k8s.io/v1beta1/nodes"
# lightkube knows the older names of the same protocol only; the answer is read alike.
EXEC_V1, EXEC_V1BETA1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"


class _Listed(Protocol):
    @property
    def metadata(self) -> ListMeta: ...


L = TypeVar("L", bound=_Listed)
T = TypeVar("T")


class ApiPhotographer:
    """Photographs the cluster that the settings name; `limit` bounds a whole picture."""

    def __init__(self, cluster: ClusterSettings, *, clock: Clock | None = None, limit: timedelta = LIMIT) -> None:
        self._cluster = cluster
        self._clock = clock or SystemClock()
        self._limit = limit

    async def snapshot(self) -> Snapshot:
        """Take a picture; raises `Unanswered`."""
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                return await self._picture()
        except TimeoutError:
            raise Unanswered("api_silent", f"no answer within {self._limit.total_seconds():g} s") from None
        except ConfigError as error:  # of a token that its plug-in does not give
            raise Unanswered("api_silent", f"the kubeconfig cannot be used: {_one_line(error)}") from None
        except httpx2.RequestError as error:
            raise Unanswered("api_silent", reason_of(error)) from None

    async def _picture(self) -> Snapshot:
        client = await asyncio.to_thread(client_of, self._cluster, self._limit)
        nodes, pods, (usage, usage_why) = await _first_failure(self._answers(client))
        every_node = [node for part in nodes for node in part.items]
        every_pod = [pod for part in pods for pod in part.items]
        try:
            return picture(every_node, every_pod, usage, usage_why, self._clock.now())
        except ValueError as error:
            raise Unanswered("api_refused", f"its answer is not understood: {error}") from None

    async def _answers(
        self, client: httpx2.AsyncClient
    ) -> tuple[list[NodeList], list[PodList], tuple[list[Usage], str]]:
        paths = [f"/api/v1/namespaces/{quote(name, safe='')}/pods" for name in self._cluster.namespaces]
        async with client, asyncio.TaskGroup() as asking:
            used = asking.create_task(_usage(client, min(USAGE_LIMIT, self._limit / 2)))
            nodes = asking.create_task(_all(client, "/api/v1/nodes", NodeList))
            pods = [asking.create_task(_all(client, path, PodList)) for path in paths or ["/api/v1/pods"]]
        return nodes.result(), [part for parts in pods for part in parts.result()], used.result()


def client_of(cluster: ClusterSettings, limit: timedelta) -> httpx2.AsyncClient:
    """Read the kubeconfig and its certificates; raises `Unanswered`."""
    parameters = ConnectionParams(timeout=httpx2.Timeout(limit.total_seconds()), trust_env=False)
    try:
        return AsyncClient(_config(cluster), parameters)
    # What lightkube lets through for a file that is no kubeconfig, or names a key or certificate that is none.
    except (ConfigError, OSError, LookupError, AttributeError, TypeError, ValueError, yaml.YAMLError) as error:
        raise Unanswered("api_silent", f"the kubeconfig cannot be used: {_one_line(error)}") from None


def _config(cluster: ClusterSettings) -> SingleConfig:
    found = KubeConfig.from_file(cluster.kubeconfig) if cluster.kubeconfig else KubeConfig.from_service_account()
    config = found.get(cluster.context or None)
    if config is None or config.user is None:
        raise ConfigError("its context names no user")
    if config.user.exec and config.user.exec.apiVersion == EXEC_V1:
        config.user.exec.apiVersion = EXEC_V1BETA1
    return config


async def _first_failure(asking: Awaitable[T]) -> T:
    """Wait for a group of tasks; raise the first failure alone, out of its group, so that it keeps its own cause."""
    try:
        return await asking
    except ExceptionGroup as several:
        failure = several.exceptions[0]
    raise failure


async def _all(client: httpx2.AsyncClient, path: str, kind: type[L]) -> list[L]:
    parts: list[L] = []
    following = ""
    while not parts or following:
        asked = {"limit": str(PART)} | ({"continue": following} if following else {})
        parts.append(await _get(client, path, kind, asked))
        following = parts[-1].metadata.next or ""
    return parts


async def _usage(client: httpx2.AsyncClient, limit: timedelta) -> tuple[list[Usage], str]:
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return (await _get(client, USAGE, UsageList, {})).items, ""
    except TimeoutError:
        return [], f"no answer within {limit.total_seconds():g} s"
    except Unanswered as refused:
        return [], refused.why
    except httpx2.RequestError as error:
        return [], reason_of(error)


async def _get(client: httpx2.AsyncClient, path: str, kind: type[T], asked: dict[str, str]) -> T:
    response = await client.get(path, params=asked, headers={"accept": "application/json"})
    if response.status_code != 200:
        raise Unanswered("api_refused", f"HTTP {response.status_code}: {_message(response.content)}".removesuffix(": "))
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise Unanswered("api_refused", f"its answer to {path} is not understood: {_one_line(error)}") from None


def _message(body: bytes) -> str:
    try:
        return _one_line(msgspec.json.decode(body, type=Status).message)
    except msgspec.DecodeError:
        return ""


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:300]
