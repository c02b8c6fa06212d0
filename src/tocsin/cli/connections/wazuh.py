"""Wazuh: the block of ossec.conf for version 4, and for version 5 what its custom webhook sends, in its comments."""

from __future__ import annotations

from importlib.resources import files

from tocsin.cli.connections.link import Link, filled
from tocsin.lexicon import Language

TEXT = """
<!-- Wazuh 4. On the manager, the script and a spool that it may write to: [en]
<!-- Wazuh 4. Sur le manager, le script et un tampon où il peut écrire : [fr]

     tocsin connect wazuh -s > /var/ossec/integrations/custom-tocsin
     chown root:wazuh /var/ossec/integrations/custom-tocsin
     chmod 750 /var/ossec/integrations/custom-tocsin
     install -d -o wazuh -g wazuh -m 750 /var/ossec/queue/tocsin

     This block goes into /var/ossec/etc/ossec.conf (keep that file 0640: it holds the token); then [en]
     Ce bloc va dans /var/ossec/etc/ossec.conf (gardez ce fichier en 0640 : il contient le jeton) ; puis [fr]
     systemctl restart wazuh-manager. To send more than levels 10 and up: a second block of the same name, with [en]
     systemctl restart wazuh-manager. Pour envoyer autre chose que les niveaux 10 et plus : un second bloc du même nom, avec [fr]
     rule_id or group in the place of level (31106, for instance, is a level 6 that means much). [en]
     rule_id ou group au lieu de level (31106, par exemple, est un niveau 6 qui en dit long). [fr]

     Wazuh 5 has no integrations any more: Notifications, a channel of the type Custom webhook, POST to the same [en]
     Wazuh 5 n'a plus d'intégrations : Notifications, un canal de type Custom webhook, POST vers la même [fr]
     address with the header Authorization: Bearer and the token; in Alerting, a monitor per document with the message [en]
     adresse, avec l'en-tête Authorization: Bearer et le jeton ; dans Alerting, un moniteur par document, avec le message [fr]

{five}
-->
<ossec_config>
  <integration>
    <name>custom-tocsin</name>
    <hook_url>{url}</hook_url>
    <api_key>{token}</api_key>
    <level>10</level>
    <alert_format>json</alert_format>
  </integration>
</ossec_config>
"""
FIVE = """
     {"@timestamp": "{{ctx.alerts.0.sample_documents.0._source.@timestamp}}",
      "wazuh": {"rule": {"id": "{{ctx.alerts.0.sample_documents.0._source.wazuh.rule.id}}",
                         "level": "{{ctx.alerts.0.sample_documents.0._source.wazuh.rule.level}}",
                         "title": "{{ctx.alerts.0.sample_documents.0._source.wazuh.rule.title}}"},
                "agent": {"id": "{{ctx.alerts.0.sample_documents.0._source.wazuh.agent.id}}",
                          "name": "{{ctx.alerts.0.sample_documents.0._source.wazuh.agent.name}}"},
                "integration": {"name": "{{ctx.alerts.0.sample_documents.0._source.wazuh.integration.name}}"}},
      "source": {"ip": "{{ctx.alerts.0.sample_documents.0._source.source.ip}}"}}
"""
SCRIPT = "custom-tocsin"


def printed(link: Link, language: Language) -> str:
    """The block, as XML."""
    return filled(TEXT, link, language).replace("{five}", FIVE.strip("\n"))


def script() -> str:
    """The integration script, which is the same for everybody."""
    return files("tocsin.cli.connections").joinpath(SCRIPT).read_text("utf-8")
