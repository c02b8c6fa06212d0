"""
Every address for machines: the intake, the JSON API, health and metrics, which share their counters.

The pages for people are put beside these by the server.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from tocsin.loops.house import House
from tocsin.web import api, health, intake
from tocsin.web.meters import Meters


def machine_routes(house: House) -> list[BaseRoute]:
    """All of them, with one set of counters."""
    meters = Meters()
    return [*intake.routes(house, meters), *health.routes(house, meters), *api.routes(house)]
