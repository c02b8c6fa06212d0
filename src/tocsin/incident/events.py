"""
Every line a timeline can hold, in the order of the stages.

An event is a fact: past participle, frozen, never edited. An act upon the world is two events: the intent before
(`PageRequested`, `CheckRequested`, `SnapshotRequested`, `StepStarted`) and the outcome after. The surprise: values
that were used to decide (priority, respond_by, argv) stand in the event, so that a replay by a later version finds
what was decided and does not decide again.

`at` is when it happened and `because` who or which line of the procedure wanted it; the instant of recording stands
on the timeline's `Entry`, beside the event. Large texts are kept as blobs; the event holds their SHA-256 digest and
a short, redacted excerpt.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from tocsin.incident.alert import Alert, Episode, Tie
from tocsin.incident.findings import Finding

Priority = Literal["P1", "P2", "P3", "P4"]
Kind = Literal["normal", "security", "exercise", "maintenance"]
Risk = Literal["R0", "R1", "R2", "R3"]
PageKind = Literal["page", "notice"]
ProofKind = Literal["read", "bound", "checked", "permitted", "rehearsed", "ran"]
PageReason = Literal[
    "ladder", "raised", "breach", "cleared", "outcome_unknown", "silence", "break_glass", "maintenance"
]

LeftReason = Literal["explained", "promoted", "moved", "split"]

REAL = "real"


class Because(Struct, frozen=True, omit_defaults=True):
    """
    Who or what wanted an event: a person, a source of alerts, a line of the procedure ("incidents.md:12"), or
    several.
    """

    person: str = ""
    source: str = ""
    line: str = ""


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """What every event carries. `at` is UTC."""

    at: datetime
    because: Because = Because()


# Detection


class IncidentOpened(Line, frozen=True, kw_only=True):
    """
    The first line. `received_at` is when the first signal was durably stored: the response clock starts there.

    `group` is the correlation key that later alerts join by; `procedure` the fingerprint of the text it was opened
    under; `detected_at` the earliest start any signal tells, or what a person told. `ties` says of each alert why it is
    here; `came_from` is the incident that the alerts were in before.
    """

    number: int
    title: str
    group: str
    received_at: datetime
    detected_at: datetime
    procedure: str
    alerts: tuple[Alert, ...] = ()
    ties: tuple[Tie, ...] = ()
    came_from: int = 0
    report: str = ""
    everything_down: bool = False
    kind: Kind = "normal"
    world_id: str = REAL


class AlertsJoined(Line, frozen=True, kw_only=True):
    """
    Alerts that were not yet in this incident, or fire again in a new episode: one line per batch.

    `ties` says of each why it is here; `came_from` is the incident they were in before, 0 when they are new. `title` is
    the incident's from now on, "" when it stays; `note` a person's reason.
    """

    alerts: tuple[Alert, ...]
    ties: tuple[Tie, ...] = ()
    came_from: int = 0
    title: str = ""
    note: str = ""


class AlertsLeft(Line, frozen=True, kw_only=True):
    """
    Alerts, as (source, fingerprint), that are another incident's from now on.

    `reason` is "explained" when that one explains them, "promoted" when they outlived what explained them, "moved" or
    "split" when a person says so.
    """

    alerts: tuple[tuple[str, str], ...]
    to: int
    reason: LeftReason
    note: str = ""


class Merged(Line, frozen=True, kw_only=True):
    """
    The whole incident is a part of another one, which has its alerts from now on: nothing is called for it any more.

    `tie` is how the other explains it; a person's reason is `note`.
    """

    into: int
    tie: Tie = Tie("")
    note: str = ""


class FlappingNoticed(Line, frozen=True, kw_only=True):
    """An alert fired and ended `cycles` times within half an hour: the incident stays open and calls nobody."""

    alert: str
    cycles: int


class FlappingEnded(Line, frozen=True, kw_only=True):
    """It fires and has not ended for half an hour: it is no longer unstable, and people are called again."""


class AlertsCleared(Line, frozen=True, kw_only=True):
    """Episodes that the sender says are over, or (`silent`) that have not come again for their time: one line per batch."""

    episodes: tuple[Episode, ...]
    silent: bool = False


class EndUnproved(Line, frozen=True, kw_only=True):
    """
    Episodes whose sender says "over" for a reason that is no recovery: the rule was edited, paused or deleted, or its
    series went away. They count as active; `why` is the sender's word.
    """

    episodes: tuple[Episode, ...]
    why: str


class ReportBacked(Line, frozen=True, kw_only=True):
    """A probe agrees with a person's report: `alert` fires in `incident` and is about the same thing."""

    incident: int
    alert: str


class ClearingDoubted(Line, frozen=True, kw_only=True):
    """
    Episodes that were told over while the heartbeats were silent: kept as said, not believed, still active.

    `silent_since` is the last sign of life before. They are looked at again once the heartbeats are back.
    """

    episodes: tuple[Episode, ...]
    silent_since: datetime


class MaintenanceLeft(Line, frozen=True, kw_only=True):
    """
    An incident of a maintenance window is one like any other from now on: the window is over and alerts still fire,
    or one came that the window does not cover. People are called, and have the whole response time.
    """

    respond_by: datetime | None = None


# Triage


class PriorityAssigned(Line, frozen=True, kw_only=True):
    """
    What the procedure, or else the catalogue, says of the alerts. `reason` is a key of triage's words, `detail`
    the word or name that matched.
    """

    priority: Priority
    respond_within: timedelta
    respond_by: datetime
    scenario: str = ""
    reason: str = ""
    detail: str = ""
    classified: bool = True


class PriorityChanged(Line, frozen=True, kw_only=True):
    """A person's decision, with its reason. `respond_by` never moves later when the priority rises."""

    before: Priority
    priority: Priority
    respond_within: timedelta
    respond_by: datetime
    reason: str


class TriageConfirmed(Line, frozen=True, kw_only=True):
    """A person agrees with the priority and the scenario, or picks another scenario."""

    scenario: str = ""


# Escalation


class PageRequested(Line, frozen=True, kw_only=True):
    """
    The intent to reach one contact by one channel.

    `page_id` is stable for (incident, climb, rung, contact, channel): a page sent again after a crash carries the
    same id. `fallback` tells why somebody else than the rung's own contacts is called, "" when it is the rung's own.
    """

    page_id: str
    contact: str
    channel: str
    rung: int
    climb: int = 0
    kind: PageKind = "page"
    reason: PageReason = "ladder"
    fallback: str = ""


class PageSent(Line, frozen=True, kw_only=True):
    """
    The channel took it; `ref` is the channel's own reference (a Message-ID…); `again` when a crash made us
    repeat.
    """

    page_id: str
    ref: str = ""
    again: bool = False
    to: str = ""


class PageFailed(Line, frozen=True, kw_only=True):
    """The channel did not take it, after its own retries."""

    page_id: str
    why: str
    to: str = ""


class NobodyReachable(Line, frozen=True, kw_only=True):
    """A rung that reaches nobody in the team at this hour."""

    rung: int
    why: str
    climb: int = 0


class ResponseTimeBreached(Line, frozen=True, kw_only=True):
    """The response time passed without a human acknowledgement."""

    respond_by: datetime


class Acknowledged(Line, frozen=True, kw_only=True):
    """A person took it; the person is in `because`. `via` is web, link, cli or api."""

    via: str = ""


# Diagnosis


class SnapshotRequested(Line, frozen=True, kw_only=True):
    """The intent to photograph the cluster."""

    snapshot_id: str


class SnapshotTaken(Line, frozen=True, kw_only=True):
    """The photograph; `blob` holds the whole `Snapshot` as JSON, the rest is what a list shows."""

    snapshot_id: str
    blob: str
    findings: tuple[Finding, ...] = ()
    nodes_ready: int = 0
    nodes: int = 0
    pods_ready: int = 0
    pods: int = 0


class SnapshotFailed(Line, frozen=True, kw_only=True):
    """No photograph; `findings` says what that shows (the API does not answer)."""

    snapshot_id: str
    why: str
    findings: tuple[Finding, ...] = ()


class CheckRequested(Line, frozen=True, kw_only=True):
    """
    The intent to run one read-only command of the procedure's triage. `argv` is the whole pipeline, one argv
    each.
    """

    check_id: str
    text: str
    pipeline: tuple[tuple[str, ...], ...]


class CheckFinished(Line, frozen=True, kw_only=True):
    """A triage command's result. A time limit or a missing program is `why`, with `exit_code` None."""

    check_id: str
    started_at: datetime
    ended_at: datetime
    exit_code: int | None = None
    blob: str = ""
    excerpt: str = ""
    why: str = ""
    truncated: bool = False
    text: str = ""


class RunbookProposed(Line, frozen=True, kw_only=True):
    """
    The runbook and scenario that fit, and why. `ours` when the team's file is missing and tocsin's own is
    offered.
    """

    scenario: str
    runbook: str = ""
    ours: bool = False
    reason: str = ""
    detail: str = ""


# Resolution


class StepApproved(Line, frozen=True, kw_only=True):
    """
    A named person (in `because`) consents to exactly this command, until `expires_at`.

    `pipeline` is what will run, with the values of its placeholders filled in; `digest` covers it.
    """

    step: str
    digest: str
    text: str
    pipeline: tuple[tuple[str, ...], ...] = ()
    risk: Risk
    expires_at: datetime
    break_glass: str = ""


class StepStarted(Line, frozen=True, kw_only=True):
    """
    The intent to run one command, recorded before the process starts. Never repeated by tocsin itself.

    `step` is the procedure's step ("scenario-slug/2/1": step 2, command 1) or "" for a command a person brought.
    """

    run_id: str
    step: str
    text: str
    pipeline: tuple[tuple[str, ...], ...]
    digest: str
    risk: Risk
    timeout: timedelta


class StepFinished(Line, frozen=True, kw_only=True):
    """The process ended or was ended (`why` then says so and `exit_code` is None)."""

    run_id: str
    started_at: datetime
    ended_at: datetime
    exit_code: int | None = None
    blob: str = ""
    excerpt: str = ""
    why: str = ""
    truncated: bool = False


class StepOutcomeUnknown(Line, frozen=True, kw_only=True):
    """Whoever ran it is gone, and nothing tells how far it came. A person is asked; it is not run again."""

    run_id: str
    why: str


class StepOutcomeTold(Line, frozen=True, kw_only=True):
    """A person tells how a step of unknown outcome ended."""

    run_id: str
    done: bool
    note: str = ""


class StepMarked(Line, frozen=True, kw_only=True):
    """A step without a command (or one done by hand) was done or skipped by a person."""

    step: str
    done: bool
    note: str = ""


class NoteAdded(Line, frozen=True, kw_only=True):
    """Free text by a person."""

    text: str


class EvidencePasted(Line, frozen=True, kw_only=True):
    """Text that a person brings from elsewhere; the whole is the blob."""

    title: str
    blob: str
    excerpt: str


class ResolutionSuggested(Line, frozen=True, kw_only=True):
    """All alerts are quiet; a P1 or P2 waits for a person's word."""

    quiet_since: datetime


class Mitigated(Line, frozen=True, kw_only=True):
    """Users are no longer harmed, by a person's word."""

    note: str = ""


class Resolved(Line, frozen=True, kw_only=True):
    """Normal service again: a person's word, or for P3/P4 the quiet hold (`because.line`)."""

    note: str = ""


class Reopened(Line, frozen=True, kw_only=True):
    """It was not over."""

    reason: str


class Cancelled(Line, frozen=True, kw_only=True):
    """A false alarm or a duplicate; the reason is obligatory."""

    reason: str


class Closed(Line, frozen=True, kw_only=True):
    """Nothing is left to do."""

    note: str = ""


# Post-mortem


class PostmortemRequired(Line, frozen=True, kw_only=True):
    """The procedure asks for a post-mortem of this priority; `sections` are its words."""

    sections: tuple[str, ...] = ()


class PostmortemSaved(Line, frozen=True, kw_only=True):
    """A person's text of the post-mortem, as a blob (Markdown)."""

    blob: str
    excerpt: str = ""


# The house: streams house/procedure, house/watch, house/maintenance, house/proof, house/ledger


class ProcedureAdopted(Line, frozen=True, kw_only=True):
    """
    A text came into force. `files` are (path, fingerprint) pairs, `main` the path of the first to read.

    `errors` is how many errors it was served with.
    """

    fingerprint: str
    main: str
    files: tuple[tuple[str, str], ...]
    errors: int = 0


class TopologySeen(Line, frozen=True, kw_only=True):
    """The cluster's places changed since the last look; `blob` is the `Topology` as JSON, kept for ever."""

    blob: str
    nodes: tuple[str, ...] = ()
    pods: int = 0


class BodyRefused(Line, frozen=True, kw_only=True):
    """A body that could not be read or was too large. The first of its digest; later ones only count."""

    source: str
    digest: str
    why: str
    size: int


class DiskLow(Line, frozen=True, kw_only=True):
    """Free space fell under the limit."""

    free_bytes: int


class DiskRecovered(Line, frozen=True, kw_only=True):
    """There is room again."""

    free_bytes: int


class HeartbeatExpected(Line, frozen=True, kw_only=True):
    """A heartbeat was declared or seen for the first time: from now on its silence is told, until somebody forgets it."""

    name: str
    source: str


class HeartbeatMissing(Line, frozen=True, kw_only=True):
    """It has not come for too long: monitoring is blind. `last_at` is the last one that counted, or our own start."""

    name: str
    source: str
    last_at: datetime


class HeartbeatReturned(Line, frozen=True, kw_only=True):
    """It beats again."""

    name: str
    source: str
    silent_since: datetime


class HeartbeatForgotten(Line, frozen=True, kw_only=True):
    """A person no longer expects it."""

    name: str
    source: str


class SpoolUsed(Line, frozen=True, kw_only=True):
    """The database could not take bodies since `since`; they were kept in the spool. Told when it can be written down."""

    since: datetime
    why: str


class SpoolEmptied(Line, frozen=True, kw_only=True):
    """All that waited in the spool is in the database, in its order."""

    bodies: int


class SourceUnreachable(Line, frozen=True, kw_only=True):
    """The sender's own list of alerts could not be read since `since`: what it did not tell us stays unknown."""

    source: str
    since: datetime
    why: str


class SourceReachable(Line, frozen=True, kw_only=True):
    """Its list can be read again."""

    source: str


class OutsideCheckFailed(Line, frozen=True, kw_only=True):
    """The check outside that watches us could not be reached since `since`: nobody would notice our own death."""

    since: datetime
    why: str


class OutsideCheckReached(Line, frozen=True, kw_only=True):
    """It takes our sign of life again."""


class MaintenancePlanned(Line, frozen=True, kw_only=True):
    """A window that a person or the procedure plans. `matchers` as Alertmanager writes them; it always ends."""

    window_id: str
    title: str
    begins: datetime
    ends: datetime
    matchers: str


class MaintenanceStarted(Line, frozen=True, kw_only=True):
    """From now on what it covers is recorded and calls nobody."""

    window_id: str
    title: str
    ends: datetime
    matchers: str


class MaintenanceEnded(Line, frozen=True, kw_only=True):
    """It is over: by the clock, or by the person in `because`."""

    window_id: str
    title: str


class LineProved(Line, frozen=True, kw_only=True):
    """
    What is newly known of one line of the procedure: `held` or not, found out `by` whom ("kubernetes", "run_…").

    `line` is the digest of its own text (`tocsin.proof.lines.digest_of`), so that an edit resets what is known, `text`
    its beginning for people. What did not hold says why by a problem's `code` with its `values`, or in the world's own
    words (`detail`).
    """

    line: str
    kind: ProofKind
    held: bool
    text: str = ""
    by: str = ""
    code: str = ""
    values: dict[str, str] = {}
    detail: str = ""
    incident: int = 0


class PreflightTaken(Line, frozen=True, kw_only=True):
    """
    A look ahead that found something new, or the day's look that confirmed the old.

    `blob` is the `Inventory` as JSON, kept for ever; `answered` and `silent` the sides that were asked; `renewed` the
    lines whose bindings and permissions were seen again as they were.
    """

    blob: str
    answered: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    held: int = 0
    failed: int = 0
    renewed: tuple[str, ...] = ()


class DriftSeen(Line, frozen=True, kw_only=True):
    """
    What had held in the look before and no longer does: one sentence for each, in the house's language.

    `proofs` are "line digest/kind" of the same.
    """

    what: tuple[str, ...]
    proofs: tuple[str, ...] = ()


class DriftEnded(Line, frozen=True, kw_only=True):
    """All that had drifted since `since` holds again, or has left the procedure."""

    since: datetime


class LedgerTaken(Line, frozen=True, kw_only=True):
    """The head of each stream at this hour: (stream, seq, chain head)."""

    heads: tuple[tuple[str, int, str], ...]


IncidentEvent = (
    IncidentOpened
    | AlertsJoined
    | AlertsCleared
    | EndUnproved
    | ReportBacked
    | AlertsLeft
    | Merged
    | FlappingNoticed
    | FlappingEnded
    | ClearingDoubted
    | MaintenanceLeft
    | PriorityAssigned
    | PriorityChanged
    | TriageConfirmed
    | PageRequested
    | PageSent
    | PageFailed
    | NobodyReachable
    | ResponseTimeBreached
    | Acknowledged
    | SnapshotRequested
    | SnapshotTaken
    | SnapshotFailed
    | CheckRequested
    | CheckFinished
    | RunbookProposed
    | StepApproved
    | StepStarted
    | StepFinished
    | StepOutcomeUnknown
    | StepOutcomeTold
    | StepMarked
    | NoteAdded
    | EvidencePasted
    | ResolutionSuggested
    | Mitigated
    | Resolved
    | Reopened
    | Cancelled
    | Closed
    | PostmortemRequired
    | PostmortemSaved
)
WatchEvent = (
    HeartbeatExpected
    | HeartbeatMissing
    | HeartbeatReturned
    | HeartbeatForgotten
    | SpoolUsed
    | SpoolEmptied
    | SourceUnreachable
    | SourceReachable
    | OutsideCheckFailed
    | OutsideCheckReached
)
MaintenanceEvent = MaintenancePlanned | MaintenanceStarted | MaintenanceEnded
ProofEvent = LineProved | PreflightTaken | DriftSeen | DriftEnded
HouseEvent = (
    ProcedureAdopted
    | TopologySeen
    | BodyRefused
    | DiskLow
    | DiskRecovered
    | LedgerTaken
    | WatchEvent
    | MaintenanceEvent
    | ProofEvent
)
Event = IncidentEvent | HouseEvent
Outcome = PageSent | PageFailed | SnapshotTaken | SnapshotFailed | CheckFinished | StepFinished | StepOutcomeUnknown


class Entry(Struct, frozen=True, kw_only=True):
    """
    One line of a timeline as it is kept. `recorded_at` is the store's instant (UTC).

    `digest` is the SHA-256 (hex) of the event's wire form, `chain` the SHA-256 over the line before and this digest
    (`tocsin.incident.wire.link`): a payload can be erased, its digest stays and the chain still verifies.
    """

    stream: str
    seq: int
    event: Event
    recorded_at: datetime
    digest: str
    chain: str
