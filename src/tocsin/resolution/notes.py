"""What people write down: notes and evidence brought from elsewhere."""

from __future__ import annotations

from datetime import datetime

from tocsin.incident.commands import AddNote, PasteEvidence
from tocsin.incident.events import Because, Event, EvidencePasted, NoteAdded
from tocsin.incident.refused import Refused


def note(ask: AddNote, now: datetime) -> list[Event]:
    """A line by hand, possible at any time, also after the end; refused when empty."""
    if not ask.text.strip():
        raise Refused("empty_note")
    return [NoteAdded(at=now, because=Because(person=ask.by), text=ask.text.strip())]


def paste(ask: PasteEvidence, now: datetime) -> list[Event]:
    """Text from elsewhere, already redacted and kept."""
    return [
        EvidencePasted(
            at=now, because=Because(person=ask.by), title=ask.title.strip(), blob=ask.blob, excerpt=ask.excerpt
        )
    ]
