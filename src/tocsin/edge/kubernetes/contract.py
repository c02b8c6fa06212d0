"""The contract of whoever photographs the cluster."""

from __future__ import annotations

from typing import Literal, Protocol

from tocsin.cluster.snapshot import Snapshot


class Unanswered(Exception):
    """
    The API gave no picture: `code` is "api_silent" (nothing within the time limit, refused connection) or
    "api_refused" (it said no); `why` in its own words.
    """

    def __init__(self, code: Literal["api_silent", "api_refused"], why: str) -> None:
        super().__init__(why)
        self.code: Literal["api_silent", "api_refused"] = code
        self.why = why


class Photographer(Protocol):
    """What takes a snapshot: the Kubernetes API, or the practice cluster."""

    async def snapshot(self) -> Snapshot:
        """Nodes, pods and usage, within 8 seconds; raises `Unanswered`."""
        ...
