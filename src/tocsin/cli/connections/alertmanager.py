"""Alertmanager: a whole configuration file, Watchdog's heartbeat on its own faster route included."""

from __future__ import annotations

from tocsin.cli.connections.link import Link, filled
from tocsin.lexicon import Language

TEXT = """
# Alertmanager (0.25 and newer) that sends everything to tocsin. Take route and receiver into your own file. [en]
# Alertmanager (0.25 ou plus récent) qui envoie tout à tocsin. Reprenez la route et le récepteur dans votre fichier. [fr]
#
# The token goes alone into a file that only Alertmanager reads: [en]
# Le jeton va seul dans un fichier que seul Alertmanager lit : [fr]
#   umask 077 && printf %s '{token}' > /etc/alertmanager/tocsin-token
route:
  receiver: tocsin
  group_by: [alertname, namespace]
  # The response time of the procedure runs while Alertmanager waits. [en]
  # Le temps de réponse de la procédure court pendant qu'Alertmanager attend. [fr]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 1h
  routes:
    # A sign of life each minute: its silence is told as an alarm. 50s, because equal times send every other minute. [en]
    # Un signe de vie par minute : son silence donne l'alarme. 50s, car deux durées égales n'enverraient qu'une fois sur deux. [fr]
    - matchers: [alertname="Watchdog"]
      receiver: tocsin
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 50s
    - matchers: [alertname="InfoInhibitor"]
      receiver: nobody
receivers:
  - name: nobody
  - name: tocsin
    webhook_configs:
      - url: '{url}'
        send_resolved: true
        # 0 is everything. Any other number also leaves out the news that alerts are over. [en]
        # 0, c'est tout. Tout autre nombre tait aussi des fins d'alerte. [fr]
        max_alerts: 0
        http_config:
          follow_redirects: false
          authorization:
            type: Bearer
            credentials_file: /etc/alertmanager/tocsin-token
"""


def printed(link: Link, language: Language) -> str:
    """The file, as YAML."""
    return filled(TEXT, link, language)
