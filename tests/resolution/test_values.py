"""Values typed by a person become one argv element, or are refused."""

from __future__ import annotations

import pytest

from tocsin.incident.refused import Refused
from tocsin.resolution.values import fill, placeholders_in

ADD = (("hcloud", "firewall", "add-rule", "<firewall-id>", "--source-ips", "<ip>/32"),)


def test_every_placeholder_is_filled_inside_its_word():
    assert placeholders_in(ADD) == ["firewall-id", "ip"]
    filled = fill(ADD, {"firewall-id": "7", "ip": "198.51.100.23"})
    assert filled == (("hcloud", "firewall", "add-rule", "7", "--source-ips", "198.51.100.23/32"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ip", "not an address"),
        ("ip", "198.51.100.23; rm -rf /"),
        ("ip", "198.51.100.0/24"),
        ("firewall-id", "--help"),
        ("firewall-id", "7 8"),
        ("firewall-id", "$(id)"),
        ("firewall-id", "7\n8"),
        ("firewall-id", "x" * 300),
    ],
)
def test_a_value_that_is_not_what_its_name_says_is_refused(name, value):
    values = {"firewall-id": "7", "ip": "198.51.100.23"} | {name: value}
    with pytest.raises(Refused, match="bad_value"):
        fill(ADD, values)


def test_a_missing_or_foreign_value_is_refused():
    with pytest.raises(Refused, match="needs_values"):
        fill(ADD, {"ip": "198.51.100.23"})
    with pytest.raises(Refused, match="bad_value"):
        fill(ADD, {"ip": "198.51.100.23", "firewall-id": "7", "more": "x"})
