"""Grafana: a contact point as a provisioning file, which also says what the form of the page wants."""

from __future__ import annotations

from tocsin.cli.connections.link import Link, filled
from tocsin.lexicon import Language

TEXT = """
# Grafana: a contact point. As a file: /etc/grafana/provisioning/alerting/tocsin.yaml, then restart Grafana. [en]
# Grafana : un point de contact. En fichier : /etc/grafana/provisioning/alerting/tocsin.yaml, puis redémarrez Grafana. [fr]
# By hand: Alerting, Contact points, Add contact point, integration Webhook, with the same values. [en]
# À la main : Alerting, Contact points, Add contact point, intégration Webhook, avec les mêmes valeurs. [fr]
# Then let the notification policy use it, with a short group wait (10s) and group interval (1m). [en]
# Ensuite, désignez-le dans la politique de notification, avec un group wait (10s) et un group interval (1m) courts. [fr]
#
# hmacConfig signs each body (Grafana 12 and newer). An older one leaves it out: the token alone is enough. [en]
# hmacConfig signe chaque corps (Grafana 12 ou plus récent). Un plus ancien s'en passe : le jeton seul suffit. [fr]
apiVersion: 1
contactPoints:
  - orgId: 1
    name: tocsin
    receivers:
      - uid: tocsin
        type: webhook
        disableResolveMessage: false
        settings:
          url: '{url}'
          httpMethod: POST
          maxAlerts: '0'
          authorization_scheme: Bearer
          authorization_credentials: '{token}'
          hmacConfig:
            secret: '{secret}'
            header: X-Grafana-Alerting-Signature
            timestampHeader: X-Grafana-Alerting-Timestamp
"""


def printed(link: Link, language: Language) -> str:
    """The file, as YAML."""
    return filled(TEXT, link, language)
