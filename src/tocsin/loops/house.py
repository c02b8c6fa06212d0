"""
The house: what pages, doors and loops share, put together once per process.

It holds the store, the recorder, the clock, the settings and the procedure in force, assembles the `World` of a
decision, and answers the few questions that need several of them (a draft, a link, a text to keep). The surprise: the
text that governs an incident is the one it was opened under, read again from the blobs of the store when the file on
disk has changed since.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import structlog
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from msgspec.structs import replace

from tocsin.cluster.snapshot import Snapshot
from tocsin.cluster.topology import UNKNOWN, Topology, topology_of
from tocsin.detection.maintenance import written
from tocsin.edge.clock import Clock
from tocsin.edge.duty import duty
from tocsin.edge.redaction import redactor
from tocsin.edge.settings import Settings
from tocsin.edge.spool import Spool
from tocsin.edge.store.accounts import Accounts
from tocsin.edge.store.contract import Blob, Lost, Store, Unavailable, Unreadable
from tocsin.incident.commands import Command, Report
from tocsin.incident.events import (
    Because,
    BodyRefused,
    CheckFinished,
    Entry,
    Event,
    PageSent,
    ProcedureAdopted,
    StepFinished,
    StepOutcomeTold,
    TopologySeen,
)
from tocsin.incident.state import Incident
from tocsin.lexicon import Language
from tocsin.loops.proof import Proofs
from tocsin.loops.record import Recorded, Recorder
from tocsin.loops.sight import Plans, Sight
from tocsin.postmortem.draft import draft
from tocsin.procedure.model import AlertRule, Procedure
from tocsin.procedure.source import Text
from tocsin.proof.look import Look
from tocsin.proof.standing import Standing
from tocsin.rehearsal.drills import Drills
from tocsin.world import Duty, Window, World, stream_of

LINK_VALID = timedelta(hours=24)
EXCERPT = 400
PRACTICE = "practice/1"
# 128 bits: 22 characters of a link that has to fit an SMS.
SHORT_DIGEST = partial(hashlib.blake2s, digest_size=16)
KEPT_OF_REFUSED = 64 * 1024
# Lines of an incident that prove something of a line of the procedure.
PROVING = (CheckFinished, PageSent, StepFinished, StepOutcomeTold)
log = structlog.get_logger()
Read = Callable[[Mapping[str, Text], str], Procedure]


class House:
    """See the module. Methods are sync and may be called from any thread; `ask` is for the event loop."""

    def __init__(
        self,
        *,
        store: Store,
        accounts: Accounts,
        clock: Clock,
        settings: Settings,
        procedure: Procedure,
        texts: Mapping[str, Text],
        read: Read,
        catalogue: tuple[AlertRule, ...],
        shared: bool = False,
        practice: bool = False,
    ) -> None:
        self.store = store
        self.accounts = accounts
        self.clock = clock
        self.settings = settings
        self.practice = practice
        self.drills: Drills | None = None
        self.spool: Spool | None = None
        self.secret = accounts.secret()
        self.redact = redactor(settings.known_secrets)
        self.turned: dict[str, datetime] = {}
        self._procedure = procedure
        self._read = read
        self._catalogue = catalogue
        self._older: dict[str, Procedure] = {procedure.fingerprint: procedure}
        self._topology = self._last_topology()
        self._duty_day: tuple[Any, Any] | None = None
        self._signer = TimestampSigner(self.secret, salt="tocsin.page", digest_method=SHORT_DIGEST)
        self.sight = Sight(store)
        self.plans = Plans(store)
        self.on_partial: Callable[[str], None] = lambda source: None
        self.looks: dict[str, Callable[[], None]] = {}
        self.recorder = Recorder(store, self.world, clock, shared=shared)
        self.texts = texts
        self.look_ahead: Callable[[], Awaitable[Look]] | None = None
        self.proofs = Proofs(store, self.note, practice=practice)
        self._adopt(procedure, texts)

    # What governs

    def procedure(self) -> Procedure:
        """The text in force; its problems are the banner."""
        return self._procedure

    def text_of(self, incident: Incident) -> Procedure:
        """The text the incident was opened under; the one in force when that is no longer kept."""
        return self._text(incident.procedure) or self._procedure

    def world(self, next_incident: int = 1) -> World:
        """What a decision may look at, as of now."""
        open_texts = {fingerprint: text for fingerprint in list(self._older) if (text := self._text(fingerprint))}
        return World(
            procedure=self._procedure,
            texts=open_texts,
            duty=self._duty(),
            topology=self._topology,
            catalogue=self._catalogue,
            next_incident=next_incident,
            quiet_hold=self.settings.quiet_hold,
            blind_since=(pulses := self.sight.pulses()).blind_since,
            sighted_at=pulses.returned_at,
            maintenance=self.windows(),
            quiet_after=timedelta(seconds=self.settings.quiet_after.total_seconds()),
            # A plain timedelta: the wire form of events knows no subclass of it.
            step_timeout=timedelta(seconds=self.settings.execution.timeout.total_seconds()),
        )

    def see_cluster(self, taken: Snapshot) -> None:
        """Keep where things run, when it changed: it is asked for when the API is gone."""
        topology = topology_of(taken, self._topology)
        if topology.knows_the_same(self._topology):
            return
        blob = self._blob(msgspec.json.encode(topology).decode(), for_ever=True)
        self.store.put_blob(blob).result(30)
        seen = TopologySeen(at=self.clock.now(), blob=blob.digest, nodes=topology.nodes, pods=len(topology.pods))
        self.recorder.note("house/cluster", [seen])
        self._topology = topology

    # Incidents

    def incident(self, number: int) -> Incident | None:
        """One incident, folded; None when there is none."""
        return self.recorder.incident(number)

    def timeline(self, number: int) -> list[Entry]:
        """Its lines, oldest first."""
        return self.store.load(stream_of(number))

    def record(self, command: Command, **with_it: Any) -> Recorded:
        """Decide and write; see `Recorder.record` for what it raises. A whole house in practice records only practice."""
        if self.practice and isinstance(command, Report):
            command = replace(command, world_id=PRACTICE)
        recorded = self.recorder.record(command, **with_it)
        self._learn_from(recorded)
        return recorded

    async def ask(self, command: Command, **with_it: Any) -> Recorded:
        """The same, from the event loop."""
        return await asyncio.to_thread(partial(self.record, command, **with_it))

    def note(self, stream: str, events: Sequence[Event]) -> None:
        """A line on a stream of the house."""
        self.recorder.note(stream, events)

    # Texts

    def keep_text(self, text: str, *, for_ever: bool = False) -> tuple[str, str]:
        """Redact a text, keep it, and give (digest, excerpt). Evidence leaves in its time, a post-mortem stays."""
        clean = self.redact(text)
        blob = self._blob(clean, for_ever=for_ever)
        self.store.put_blob(blob).result(30)
        return blob.digest, clean[:EXCERPT]

    def keep_for_ever(self, text: str) -> None:
        """Keep a text of our own making, by its digest."""
        self.store.put_blob(self._blob(text, for_ever=True)).result(30)

    def kept_text(self, digest: str) -> str | None:
        """A kept text; None when it has left."""
        content = self.store.blob(digest) if digest else None
        return None if content is None else content.decode("utf-8", "replace")

    def evidence_blob(self, text: str) -> Blob:
        """A redacted output as a blob that leaves after the set time."""
        return self._blob(text)

    def draft(self, number: int, language: Language) -> str:
        """The post-mortem, Markdown: the person's saved text if there is one, else the draft."""
        incident = self.incident(number)
        saved = self.kept_text(incident.postmortem.blob) if incident and incident.postmortem else None
        return saved if saved is not None else self.draft_fresh(number, language)

    def draft_fresh(self, number: int, language: Language) -> str:
        """The draft from the timeline as it is now."""
        incident = self.incident(number)
        procedure = self.text_of(incident) if incident else self._procedure
        return draft(self.timeline(number), procedure, language, self.settings.timezone)

    # Links

    def contact_link(self, incident: int, contact: str) -> str:
        """The absolute link of a page: for one contact and one incident, whatever becomes of the table of contacts."""
        token = self._signer.sign(f"{incident}.{_mark(contact)}".encode()).decode()
        return f"{self.settings.public_url.rstrip('/')}/p/{token}"

    def read_link(self, token: str) -> tuple[int, str] | None:
        """(incident, contact's slug) of a link; None when it is forged, older than a day, or the contact has gone."""
        try:
            value = self._signer.unsign(token, max_age=int(LINK_VALID.total_seconds())).decode()
            number, _, mark = value.partition(".")
            slug = next(c.slug for c in self._procedure.contacts if _mark(c.slug) == mark)
            return int(number), slug
        except (BadSignature, SignatureExpired, ValueError, StopIteration):
            return None

    # Doors

    def refuse_body(self, source: str, digest: str, why: str, size: int, content: bytes) -> int:
        """Keep what could not be read, once per digest; the first time is a line. Gives how often it has come."""
        now = self.clock.now()
        kept = Unreadable(
            source=source, digest=digest, received_at=now, why=why, size=size, content=content[:KEPT_OF_REFUSED]
        )
        count = self.store.keep_unreadable(kept).result(30)
        if count == 1:
            line = BodyRefused(at=now, because=Because(source=source), source=source, digest=digest, why=why, size=size)
            self.note("house/watch", [line])
        return count

    def windows(self) -> tuple[Window, ...]:
        """Every maintenance window: the procedure's and people's, past ones included."""
        return (*written(self._procedure).values(), *self.plans.planned().values())

    def look(self, stream: str) -> None:
        """The clock of a stream of the house has come; whoever keeps that stream has put its look into `looks`."""
        if stream in self.looks:
            self.looks[stream]()

    def turn(self, loop: str) -> None:
        """A loop says that it is alive."""
        self.turned[loop] = self.clock.now()

    def duty(self) -> Duty:
        """Who can be reached, as of today."""
        found: Duty = self._duty()
        return found

    def standings(self, language: Language) -> tuple[Standing, ...]:
        """How each line of the text in force stands."""
        return self.proofs.standings(self._procedure, self.duty(), self.clock.now(), language)

    # Inside

    def _learn_from(self, recorded: Recorded) -> None:
        """What ended proves its line. It is written after the fact itself, which must never wait for it."""
        proving = [entry for entry in recorded.entries if isinstance(entry.event, PROVING)]
        for incident in recorded.incidents if proving else ():
            own = [entry for entry in proving if entry.stream == stream_of(incident.number)]
            try:
                self.proofs.learn_from(own, incident, self.text_of(incident))
            except (Lost, Unavailable) as trouble:
                log.warning("a proof was not kept", incident=incident.number, why=str(trouble))

    def _duty(self) -> Any:
        today = self.clock.now().date()
        key = (today, self._procedure.fingerprint)
        if self._duty_day is None or self._duty_day[0] != key:
            self._duty_day = (
                key,
                duty(self.settings, self._procedure.contacts, self.clock.now(), self._procedure.timezone),
            )
        return self._duty_day[1]

    def _blob(self, text: str, *, for_ever: bool = False) -> Blob:
        content = text.encode()
        now = self.clock.now()
        expires = None if for_ever else now + self.settings.retention.evidence
        return Blob(digest=hashlib.sha256(content).hexdigest(), content=content, created_at=now, expires_at=expires)

    def _adopt(self, procedure: Procedure, texts: Mapping[str, Text]) -> None:
        """A text that is not the last adopted one comes into force: a line, and its files kept for ever."""
        lines = self.store.load("house/procedure")
        last = lines[-1].event if lines else None
        if isinstance(last, ProcedureAdopted) and last.fingerprint == procedure.fingerprint:
            return
        for text in texts.values():
            self.store.put_blob(self._blob(text.content, for_ever=True)).result(30)
        files = tuple((path, hashlib.sha256(text.content.encode()).hexdigest()) for path, text in sorted(texts.items()))
        adopted = ProcedureAdopted(
            at=self.clock.now(),
            fingerprint=procedure.fingerprint,
            main=procedure.path,
            files=files,
            errors=len(procedure.errors),
        )
        self.note("house/procedure", [adopted])

    def _text(self, fingerprint: str) -> Procedure | None:
        if fingerprint not in self._older:
            found = self._from_blobs(fingerprint)
            if found is None:
                return None
            self._older[fingerprint] = found
        return self._older[fingerprint]

    def _from_blobs(self, fingerprint: str) -> Procedure | None:
        for line in reversed(self.store.load("house/procedure")):
            adopted = line.event
            if isinstance(adopted, ProcedureAdopted) and adopted.fingerprint == fingerprint:
                texts = adopted_texts(self.store, adopted)
                return self._read(texts, adopted.main) if texts is not None else None
        return None

    def _last_topology(self) -> Topology:
        lines = self.store.load("house/cluster")
        last = lines[-1].event if lines else None
        content = self.store.blob(last.blob) if isinstance(last, TopologySeen) else None
        return msgspec.json.decode(content, type=Topology) if content else UNKNOWN


def _mark(contact: str) -> str:
    """Eight characters for a contact's slug: a link has to fit an SMS."""
    return hashlib.sha256(contact.encode()).hexdigest()[:8]


def last_adopted(store: Store) -> tuple[str, dict[str, Text]]:
    """(main path, texts) of the procedure last in force; raises LookupError when none was ever adopted."""
    lines = store.load("house/procedure")
    adopted = lines[-1].event if lines else None
    texts = adopted_texts(store, adopted) if isinstance(adopted, ProcedureAdopted) else None
    if not isinstance(adopted, ProcedureAdopted) or texts is None:
        raise LookupError("no procedure was ever adopted here: say which with --procedure")
    return adopted.main, texts


def adopted_texts(store: Store, adopted: ProcedureAdopted) -> dict[str, Text] | None:
    """The texts of an adoption as they are kept; None when one of them is gone."""
    texts: dict[str, Text] = {}
    for path, digest in adopted.files:
        content = store.blob(digest)
        if content is None:
            return None
        texts[path] = Text(path, content.decode("utf-8", "replace"), digest)
    return texts
