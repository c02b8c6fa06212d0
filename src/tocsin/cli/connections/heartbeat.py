"""A heartbeat of anything that can run a line each minute."""

from __future__ import annotations

from tocsin.cli.connections.link import Link, filled
from tocsin.lexicon import Language

TEXT = """
# A sign of life each minute; three minutes of silence are told as an alarm. The name is yours. [en]
# Un signe de vie par minute ; trois minutes de silence donnent l'alarme. Le nom est à vous. [fr]
# An Alertmanager needs none of this: its Watchdog is a heartbeat already (tocsin connect alertmanager). [en]
# Un Alertmanager n'en a pas besoin : son Watchdog est déjà un battement (tocsin connect alertmanager). [fr]
umask 077 && printf 'header = "Authorization: Bearer %s"\\n' '{token}' > /etc/tocsin-heartbeat.curlrc

# /etc/cron.d/tocsin-heartbeat:
# * * * * * root curl -fsS --max-time 10 -K /etc/tocsin-heartbeat.curlrc '{url}' -d backups

# Once, by hand; "sent_at" makes a recorded one worthless: [en]
# Une fois, à la main ; « sent_at » ôte toute valeur à un battement enregistré : [fr]
curl --fail-with-body --max-time 10 -K /etc/tocsin-heartbeat.curlrc '{url}' \\
  -d '{"name": "backups", "sent_at": "'"$(date -u +%FT%TZ)"'"}'
"""


def printed(link: Link, language: Language) -> str:
    """The lines, as a shell script."""
    return filled(TEXT, link, language)
