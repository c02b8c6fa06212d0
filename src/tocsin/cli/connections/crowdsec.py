"""CrowdSec: a notification of its http plugin, and the line of the profile that uses it."""

from __future__ import annotations

from tocsin.cli.connections.link import Link, filled
from tocsin.lexicon import Language

TEXT = """
# CrowdSec: /etc/crowdsec/notifications/tocsin.yaml, mode 0600: it holds the token. [en]
# CrowdSec : /etc/crowdsec/notifications/tocsin.yaml, mode 0600 : il contient le jeton. [fr]
# Then in /etc/crowdsec/profiles.yaml, in each profile whose alerts are to come here: [en]
# Ensuite, dans /etc/crowdsec/profiles.yaml, pour chaque profil dont les alertes doivent venir ici : [fr]
#   notifications:
#     - tocsin
# and: systemctl reload crowdsec [en]
# puis : systemctl reload crowdsec [fr]
type: http
name: tocsin
log_level: info
# CrowdSec waits that long to send several alerts at once, and tries again only while nobody answers. [en]
# CrowdSec attend ce temps pour envoyer plusieurs alertes ensemble, et ne réessaie que si personne ne répond. [fr]
group_wait: 5s
group_threshold: 100
max_retry: 5
timeout: 5s
format: |
  {{.|toJson}}
url: '{url}'
method: POST
headers:
  Authorization: 'Bearer {token}'
  Content-Type: application/json
"""


def printed(link: Link, language: Language) -> str:
    """The file, as YAML."""
    return filled(TEXT, link, language)
