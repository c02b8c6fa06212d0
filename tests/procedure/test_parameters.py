"""The kind of a placeholder, by its name alone."""

import pytest

from tocsin.procedure.parameters import kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ip", "ip"), ("source-ip", "ip"), ("adresse-ip", "ip"), ("cidr", "cidr"), ("plage", "cidr"),
        ("node", "server"), ("serveur", "server"), ("node-name", "name"), ("firewall-id", "name"), ("pod", "name"),
        ("nom du pod", "name"), ("namespace", "name"), ("port", "number"), ("n", "number"), ("lignes", "number"),
        ("raison", "text"), ("motif", "text"),
    ],
)  # fmt: skip
def test_a_name_says_its_kind(name: str, kind: str) -> None:
    assert kind_of(name).kind == kind
