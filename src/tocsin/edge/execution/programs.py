"""
Which programs may run, and what each is told of the world.

A name means one absolute path, settled at start: nothing that is put on PATH later changes what runs. The surprise:
Hetzner's token is in the environment of `hcloud` alone, the cluster's of those that speak to it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tocsin.edge.settings.model import ExecutionSettings, Settings

USUAL = (
    "kubectl", "hcloud", "patronictl", "redis-cli", "curl", "cscli", "helm", "psql", "etcdctl", "velero", "dig", "ping",
)  # fmt: skip
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SPEAK_TO_THE_CLUSTER = frozenset({"kubectl", "helm", "velero"})
# How a pod's own account finds the API server.
IN_CLUSTER = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")


def allowed_programs(execution: ExecutionSettings, environ: Mapping[str, str]) -> dict[str, Path]:
    """Map names to absolute paths: the list of the settings, or without one what PATH holds of the usual tools."""
    if execution.programs:
        return dict(execution.programs)
    found = {name: shutil.which(name, path=environ.get("PATH", SEARCH)) for name in USUAL}
    return {name: Path(path).absolute() for name, path in found.items() if path}


def environment_of(program: str, settings: Settings, environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Make the environment of one program: little, fixed, and nothing of ours but what the settings name."""
    execution = settings.execution
    told = {name: environ[name] for name in execution.environment if name in environ}
    told |= {"PATH": SEARCH, "HOME": str(home), "LANG": "C.UTF-8"}
    if program in SPEAK_TO_THE_CLUSTER:
        told |= {name: environ[name] for name in IN_CLUSTER if name in environ}
        told |= _kubeconfig(settings, home)
    if program == "hcloud" and execution.hcloud_token:
        told["HCLOUD_TOKEN"] = execution.hcloud_token.reveal()
    return told


def prepare_home(settings: Settings, home: Path) -> None:
    """Make the empty home of programs; it holds at most the name of the context that kubectl is to use."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    context = settings.cluster.context
    if context and settings.cluster.kubeconfig:
        quoted = context.replace("'", "''")
        _context_file(home).write_text(f"apiVersion: v1\nkind: Config\ncurrent-context: '{quoted}'\n")


def _kubeconfig(settings: Settings, home: Path) -> dict[str, str]:
    """The first file of the list that names a current context wins, so ours stands before the team's."""
    cluster = settings.cluster
    if not cluster.kubeconfig:
        return {}
    files = [str(_context_file(home))] if cluster.context else []
    return {"KUBECONFIG": os.pathsep.join([*files, str(cluster.kubeconfig)])}


def _context_file(home: Path) -> Path:
    return home / "context.yaml"
