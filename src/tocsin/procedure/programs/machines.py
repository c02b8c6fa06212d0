"""
hcloud, cscli and helm.

Facts: hcloud 1.39. `reboot` asks the system (R2); `reset` and `poweroff` cut the power, which "may lead to data loss"
by the words of Hetzner's API (R3). A CrowdSec decision expires by itself: R1.
"""

from __future__ import annotations

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Argv, part
from tocsin.procedure.folding import names

HCLOUD_VALUED = names("--config --context --endpoint --poll-interval --log-file --debug-file -o --output -l --selector")
_HCLOUD_READS = names("list describe metrics ip")
_HCLOUD_SERVER: dict[str, Risk] = {
    **dict.fromkeys(
        ("poweron", "enable-rescue", "disable-rescue", "request-console", "enable-protection", "create-image"), "R1"
    ),
    **dict.fromkeys(("poweroff", "reset", "rebuild"), "R3"),
}


def hcloud(rest: Argv) -> Risk:
    """Judge by resource and verb; a deletion of anything but a firewall rule is R3."""
    asked = part(rest, HCLOUD_VALUED)
    resource, verb = (*asked.words, "", "")[:2]
    if resource == "version" or verb in _HCLOUD_READS:
        return "R0"
    if resource == "context":
        return "R0" if verb in ("active", "config") else "R2"
    if verb == "delete":
        return "R3"
    return _HCLOUD_SERVER.get(verb, "R2") if resource == "server" else "R2"


_CSCLI_READS = frozenset({"list", "inspect", "status", "explain", "info"})


def cscli(rest: Argv) -> Risk:
    """A decision for named addresses is R1; taking away all of them at once is R2."""
    asked = part(rest, ("-c", "--config", "-o", "--output"))
    resource, verb = (*asked.words, "", "")[:2]
    if resource in ("version", "metrics", "explain") or verb in _CSCLI_READS:
        return "R0"
    if resource == "decisions" and verb in ("add", "delete") and not asked.has("--all", "--range", "-r"):
        return "R1"
    return "R2"


_HELM_READS = names("list ls status history hist show search version template lint env")


def helm(rest: Argv) -> Risk:
    """`get` shows values, which hold secrets: not R0. `uninstall` removes what it installed."""
    asked = part(
        rest, ("-n", "--namespace", "--kube-context", "--kubeconfig", "-o", "--output", "-f", "--values", "--set")
    )
    verb = asked.words[0] if asked.words else ""
    if verb in _HELM_READS:
        return "R0"
    return "R3" if verb in ("uninstall", "delete", "del", "un") else "R2"
