"""Short ways to make what the store takes."""

import hashlib
from datetime import datetime

from tocsin.edge.store.contract import Blob, Change, Due, NewBody, Summary, Unreadable
from tocsin.incident.alert import Episode
from tocsin.incident.events import Because, NoteAdded
from tocsin.world import Append

STREAM = "incident/1"


def body(at: datetime, content: bytes = b'{"alerts":[]}', source: str = "alertmanager") -> NewBody:
    digest = hashlib.sha256(content).hexdigest()
    return NewBody(
        source=source, kind="alertmanager", world_id="real", received_at=at, digest=digest, content=content, alerts=1
    )


def unreadable(at: datetime, content: bytes = b"<html>") -> Unreadable:
    digest = hashlib.sha256(content).hexdigest()
    return Unreadable(
        source="alertmanager", digest=digest, received_at=at, why="not JSON", size=len(content), content=content
    )


def note(at: datetime, text: str = "seen") -> NoteAdded:
    return NoteAdded(at=at, because=Because(person="Alice"), text=text)


def notes(at: datetime, *texts: str, stream: str = STREAM, after: int = 0) -> Append:
    return Append(stream=stream, expected_seq=after, events=tuple(note(at, text) for text in texts))


def noted(at: datetime, *texts: str, stream: str = STREAM, after: int = 0) -> Change:
    return Change(appends=(notes(at, *texts, stream=stream, after=after),))


def dues(stream: str, **at: datetime) -> Change:
    return Change(dues=((stream, tuple(Due(key=key, at=when) for key, when in at.items())),))


def blob(content: bytes, at: datetime, expires_at: datetime | None = None) -> Blob:
    return Blob(digest=hashlib.sha256(content).hexdigest(), content=content, created_at=at, expires_at=expires_at)


def episode(fingerprint: str, at: datetime, source: str = "alertmanager") -> Episode:
    return Episode(source, fingerprint, at)


def summary(number: int, at: datetime, **fields: object) -> Summary:
    given = {
        "number": number,
        "world_id": "real",
        "kind": "normal",
        "status": "detected",
        "is_open": True,
        "priority": "P2",
        "title": f"incident {number}",
        "scenario": "",
        "opened_at": at,
        "acknowledged_at": None,
        "resolved_at": None,
        "respond_by": at,
        "seq": 1,
        "body": b'{"number": %d}' % number,
    }
    return Summary(**given | fields)
