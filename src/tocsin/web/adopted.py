"""The files of a procedure as they were when it came into force: what the pages show, whatever stands on the disk now."""

from __future__ import annotations

from tocsin.incident.events import ProcedureAdopted
from tocsin.loops.house import House


def texts_of(house: House, fingerprint: str) -> dict[str, str]:
    """The files of a text by path, as they were when it came into force."""
    for entry in reversed(house.store.load("house/procedure")):
        adopted = entry.event
        if isinstance(adopted, ProcedureAdopted) and adopted.fingerprint == fingerprint:
            kept = {path: house.kept_text(digest) for path, digest in adopted.files}
            return {path: content for path, content in kept.items() if content is not None}
    return {}
