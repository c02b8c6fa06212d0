"""
Who can tell us something: one file per sender.

`READERS` is the list of those that post bodies to /ingest/KIND; the kind stands beside each kept body, so that it
finds its reader later. A person's report is read here too, and goes another way: it is a command, not a body.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.detection.sources import alertmanager
from tocsin.detection.sources.contract import Read

READERS: Mapping[str, Read] = {"alertmanager": alertmanager.read}
