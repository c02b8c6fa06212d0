"""
More of Hetzner's Cloud API: what a runbook does to servers, images, firewalls and load balancers.

A power order changes the server's status at once; its action is done at the first look. What was ordered is in `orders`
as (kind, id, verb).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.hetzner_api import BORN, HetznerApi

Json = dict[str, Any]
STATUS_AFTER = {"poweroff": "off", "poweron": "running", "reset": "running", "reboot": "running"}
_PLACE = {"id": 1, "name": "fsn1", "description": "Falkenstein", "country": "DE", "city": "Falkenstein"}


class HetznerCloud(HetznerApi):
    """`servers`, `firewalls`, `images` and `balancers` are the objects by name."""

    def __init__(self, *names: str, token: str) -> None:
        super().__init__(*names, token=token, on_reboot=lambda name: None)
        self.servers = {name: _server(name, 5000 + number) for number, name in enumerate(names, 1)}
        self.firewalls = {"quarantine": _firewall(7, "quarantine")}
        self.balancers = {"public": _balancer(9, "public")}
        self.images: dict[str, Json] = {}
        self.orders: list[tuple[str, int, str]] = []

    def answer(self, method: str, target: str, authorization: str) -> tuple[int, Json]:
        """Give status and content."""
        url = urlsplit(target)
        parts = url.path.strip("/").split("/")
        kind = parts[1] if len(parts) > 1 else ""
        known = {
            "servers": self.servers,
            "firewalls": self.firewalls,
            "load_balancers": self.balancers,
            "images": self.images,
        }.get(kind)
        if kind == "actions" and authorization == f"Bearer {self.token}":
            return 200, _page("actions", [_action("order", "server", 0)])
        if authorization != f"Bearer {self.token}" or known is None:
            return super().answer(method, target, authorization)
        match (method, *parts[2:]):
            case ("GET",):
                name = parse_qs(url.query).get("name", [""])[0]
                return 200, _page(kind, [one for key, one in known.items() if name in ("", key)])
            case ("GET", number):
                found = next((one for one in known.values() if one["id"] == int(number)), None)
                return (200, {kind.rstrip("s"): found}) if found else super().answer(method, target, authorization)
            case ("POST", number, "actions", verb):
                self.orders.append((kind, int(number), verb))
                return 201, self._order(kind, int(number), verb)
        return super().answer(method, target, authorization)

    def _order(self, kind: str, number: int, verb: str) -> Json:
        done = {"action": _action(verb, kind.rstrip("s"), number)}
        if kind == "firewalls":
            wall = next(one for one in self.firewalls.values() if one["id"] == number)
            server = {"type": "server", "server": {"id": 5001}}
            wall["applied_to"] = [server] if verb == "apply_to_resources" else []
            return {"actions": [done["action"]]}
        if verb == "request_console":
            return done | {"wss_url": "wss://console.example.org/?token=x", "password": "none"}
        if verb == "create_image":
            self.images["1"] = _image(11)
            return done | {"image": self.images["1"]}
        server = next(one for one in self.servers.values() if one["id"] == number)
        server["status"] = STATUS_AFTER[verb]
        return done


def _action(verb: str, kind: str, number: int) -> Json:
    return {
        "id": 77,
        "command": verb,
        "status": "success",
        "progress": 100,
        "started": BORN,
        "finished": BORN,
        "resources": [{"id": number, "type": kind}],
        "error": None,
    }


def _server(name: str, number: int) -> Json:
    return {
        "id": number,
        "name": name,
        "status": "running",
        "created": BORN,
        "public_net": {
            "ipv4": {"id": 1, "ip": "203.0.113.10", "blocked": False, "dns_ptr": ""},
            "ipv6": {"id": 2, "ip": "2001:db8::/64", "blocked": False, "dns_ptr": []},
            "floating_ips": [],
            "firewalls": [],
        },
        "private_net": [],
        "server_type": {
            "id": 1,
            "name": "cx32",
            "description": "CX32",
            "cores": 4,
            "memory": 8.0,
            "disk": 80,
            "prices": [],
            "storage_type": "local",
            "cpu_type": "shared",
        },
        "datacenter": {"id": 4, "name": "fsn1-dc14", "description": "Falkenstein", "location": _PLACE},
        "image": None,
        "iso": None,
        "rescue_enabled": False,
        "locked": False,
        "backup_window": None,
        "outgoing_traffic": 0,
        "ingoing_traffic": 0,
        "included_traffic": 0,
        "protection": {"delete": False, "rebuild": False},
        "labels": {},
        "volumes": [],
        "load_balancers": [],
        "primary_disk_size": 80,
        "placement_group": None,
    }


def _firewall(number: int, name: str) -> Json:
    return {"id": number, "name": name, "labels": {}, "created": BORN, "rules": [], "applied_to": []}


def _balancer(number: int, name: str) -> Json:
    health = {"listen_port": 443, "status": "healthy"}
    return {
        "id": number,
        "name": name,
        "created": BORN,
        "public_net": {"enabled": True, "ipv4": {"ip": "203.0.113.20"}, "ipv6": {"ip": "2001:db8::20"}},
        "private_net": [],
        "location": _PLACE,
        "load_balancer_type": {"id": 1, "name": "lb11", "description": "LB11", "prices": []},
        "protection": {"delete": False},
        "labels": {},
        "algorithm": {"type": "round_robin"},
        "services": [],
        "targets": [{"type": "server", "server": {"id": 5001}, "health_status": [health], "use_private_ip": False}],
        "outgoing_traffic": 0,
        "ingoing_traffic": 0,
        "included_traffic": 0,
    }


def _image(number: int) -> Json:
    return {
        "id": number,
        "type": "snapshot",
        "status": "available",
        "name": None,
        "description": "evidence-INC-42",
        "image_size": 2.3,
        "disk_size": 80,
        "created": BORN,
        "created_from": None,
        "bound_to": None,
        "os_flavor": "debian",
        "os_version": "12",
        "rapid_deploy": False,
        "protection": {"delete": False},
        "deprecated": None,
        "labels": {},
        "architecture": "x86",
    }


def _page(name: str, items: list[Json]) -> Json:
    page = {"page": 1, "per_page": 50, "previous_page": None, "next_page": None, "last_page": 1}
    return {name: items, "meta": {"pagination": page | {"total_entries": len(items)}}}
