"""
The hoster's firewall: rules that allow, nothing that denies.

The surprise is the procedure's own: there is no `--action drop`; without that flag the same command opens the door
to the address it was meant to close.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Rule:
    """One allowed way in (or out). `addresses` are the sources of an inbound rule, the destinations of the other."""

    direction: str
    protocol: str
    port: str
    addresses: tuple[str, ...]
    description: str = ""


@dataclass
class Firewall:
    """The one firewall there is, in front of node-1."""

    created_at: datetime
    number: int = 7
    name: str = "fw-web"
    rules: list[Rule] = field(default_factory=lambda: [Rule("in", "tcp", "443", ("0.0.0.0/0", "::/0"))])
    servers: tuple[str, ...] = ("node-1",)

    def is_named(self, name_or_id: str) -> bool:
        """By name or number."""
        return name_or_id in (self.name, str(self.number))
