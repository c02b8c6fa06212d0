"""
What to paste into each sender, one file per kind: `printed(link, language)` gives the whole text.

Each text is a file that the sender itself reads: what must be told to the person stands in its comments, in their
language. So what is printed can be checked by the sender's own tool as it is. The surprise: the texts hold a secret,
because they are to be pasted; they are printed once and kept nowhere.
"""

from __future__ import annotations

from tocsin.cli.connections import alertmanager, crowdsec, generic, grafana, heartbeat, wazuh
from tocsin.cli.connections.link import Print

CONNECTIONS: dict[str, Print] = {
    "alertmanager": alertmanager.printed,
    "crowdsec": crowdsec.printed,
    "grafana": grafana.printed,
    "heartbeat": heartbeat.printed,
    "json": generic.printed,
    "wazuh": wazuh.printed,
}
