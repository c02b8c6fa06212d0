"""
The hands of one world: what the performer acts with.

Chosen by world id where the parts are put together: a practice incident's hands hold no credential and no network.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.edge.channels.contract import Channel
from tocsin.edge.execution.contract import Executor
from tocsin.edge.kubernetes.contract import Photographer


class Hands(Struct, frozen=True, kw_only=True):
    """`channels` by their name; `photographer` None when no cluster is configured."""

    channels: Mapping[str, Channel]
    executor: Executor
    photographer: Photographer | None = None
