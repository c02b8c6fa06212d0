"""Anything else: two lines of shell that say how an alert begins and ends."""

from __future__ import annotations

from tocsin.cli.connections.link import Link, filled
from tocsin.lexicon import Language

TEXT = """
# One alert, or a list of them, as JSON. Only "name" is needed; docs: sources.md, "Anything else". [en]
# Une alerte, ou une liste, en JSON. Seul « name » est obligatoire ; docs : sources.md, « Tout le reste ». [fr]
umask 077 && printf 'header = "Authorization: Bearer %s"\\n' '{token}' > tocsin.curlrc

# It begins: [en]
# Elle commence : [fr]
curl --fail-with-body --max-time 10 -K tocsin.curlrc -H 'Content-Type: application/json' '{url}' -d \\
  '{"name": "BackupFailed", "severity": "critical", "summary": "No backup for a day", "labels": {"host": "db-1"}}'

# It is over (the same name and labels): [en]
# Elle est finie (mêmes nom et étiquettes) : [fr]
curl --fail-with-body --max-time 10 -K tocsin.curlrc -H 'Content-Type: application/json' '{url}' -d \\
  '{"name": "BackupFailed", "status": "resolved", "severity": "critical", "labels": {"host": "db-1"}}'
"""


def printed(link: Link, language: Language) -> str:
    """The lines, as a shell script."""
    return filled(TEXT, link, language)
