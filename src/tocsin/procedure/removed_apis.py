"""
API versions that clusters no longer serve: group and version, the kinds, since when, and what to write instead.

Source: the Kubernetes guide to deprecated APIs (kubernetes.io/docs/reference/using-api/deprecation-guide) up to 1.32, and
Traefik's migration guide from v2 to v3. The surprise: the same version may be gone for one kind and served for another
(policy/v1beta1), so a row without kinds is the whole version.
"""

from __future__ import annotations

from typing import NamedTuple

from tocsin.procedure.folding import names


class Removed(NamedTuple):
    """`kinds` empty means every kind; `since` is "Kubernetes 1.22", `instead` an API version."""

    version: str
    kinds: frozenset[str]
    since: str
    instead: str


def _rows(since: str, *rows: tuple[str, str, str]) -> tuple[Removed, ...]:
    return tuple(Removed(version, names(kinds), since, instead) for version, kinds, instead in rows)


REMOVED: tuple[Removed, ...] = (
    *_rows("Traefik 3", ("traefik.containo.us/v1alpha1", "", "traefik.io/v1alpha1")),
    *_rows(
        "Kubernetes 1.16",
        ("extensions/v1beta1", "Deployment DaemonSet ReplicaSet", "apps/v1"),
        ("extensions/v1beta1", "NetworkPolicy", "networking.k8s.io/v1"),
        ("apps/v1beta1", "", "apps/v1"),
        ("apps/v1beta2", "", "apps/v1"),
    ),
    *_rows(
        "Kubernetes 1.22",
        ("extensions/v1beta1", "Ingress", "networking.k8s.io/v1"),
        ("networking.k8s.io/v1beta1", "Ingress IngressClass", "networking.k8s.io/v1"),
        ("rbac.authorization.k8s.io/v1beta1", "", "rbac.authorization.k8s.io/v1"),
        ("admissionregistration.k8s.io/v1beta1", "", "admissionregistration.k8s.io/v1"),
        ("apiextensions.k8s.io/v1beta1", "", "apiextensions.k8s.io/v1"),
        ("apiregistration.k8s.io/v1beta1", "", "apiregistration.k8s.io/v1"),
        ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1"),
        ("coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1"),
        ("scheduling.k8s.io/v1beta1", "", "scheduling.k8s.io/v1"),
        ("storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", "storage.k8s.io/v1"),
    ),
    *_rows(
        "Kubernetes 1.25",
        ("batch/v1beta1", "CronJob", "batch/v1"),
        ("discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"),
        ("events.k8s.io/v1beta1", "", "events.k8s.io/v1"),
        ("autoscaling/v2beta1", "", "autoscaling/v2"),
        ("policy/v1beta1", "PodDisruptionBudget", "policy/v1"),
        ("node.k8s.io/v1beta1", "", "node.k8s.io/v1"),
    ),
    *_rows(
        "Kubernetes 1.26",
        ("autoscaling/v2beta2", "", "autoscaling/v2"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "", "flowcontrol.apiserver.k8s.io/v1"),
    ),
    *_rows("Kubernetes 1.27", ("storage.k8s.io/v1beta1", "CSIStorageCapacity", "storage.k8s.io/v1")),
    *_rows("Kubernetes 1.29", ("flowcontrol.apiserver.k8s.io/v1beta2", "", "flowcontrol.apiserver.k8s.io/v1")),
    *_rows("Kubernetes 1.32", ("flowcontrol.apiserver.k8s.io/v1beta3", "", "flowcontrol.apiserver.k8s.io/v1")),
)


def removed(version: str, kind: str) -> Removed | None:
    """The row of an API version and kind, None while it is served (or was never heard of)."""
    return next((row for row in REMOVED if row.version == version and (not row.kinds or kind in row.kinds)), None)


def removed_group(group: str) -> Removed | None:
    """The row of a group of which no version is served any more."""
    return next((row for row in REMOVED if row.version.partition("/")[0] == group and group.endswith(".us")), None)
