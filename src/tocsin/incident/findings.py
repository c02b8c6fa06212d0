"""
What a photograph of the cluster shows, as codes with their subject.

A finding is language-free: the sentence is made where it is shown (`diagnosis.findings` has the words).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FindingCode = Literal[
    "api_silent",
    "api_refused",
    "node_not_ready",
    "node_unknown",
    "node_pressure",
    "pod_not_ready",
    "pod_crashing",
    "pod_on_dead_node",
    "pod_pending",
    "usage_missing",
    "all_well",
]


class Finding(Struct, frozen=True, omit_defaults=True):
    """
    One thing that the snapshot shows: `subject` is what (node-2, production/postgresql-0), `detail` the tool's
    own word.
    """

    code: FindingCode
    subject: str = ""
    detail: str = ""
    grave: bool = False
