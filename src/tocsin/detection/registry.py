"""
The sources that post bodies, by their kind.

The kind is the last part of the address (/ingest/KIND), belongs to each token, and stands beside each kept body, so
that the body finds its reader later. A new source adds its line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.detection.sources import alertmanager, crowdsec, generic, grafana, heartbeat, wazuh
from tocsin.detection.sources.contract import Read

SOURCES: Mapping[str, Read] = {
    "alertmanager": alertmanager.read,
    "crowdsec": crowdsec.read,
    "grafana": grafana.read,
    "heartbeat": heartbeat.read,
    "json": generic.read,
    "wazuh": wazuh.read,
}

RECONCILED = "reconciled"
"""The kind of the bodies that tocsin itself keeps, of what a sender's own list tells; nobody can post one."""

READERS: Mapping[str, Read] = {**SOURCES, RECONCILED: alertmanager.read}
