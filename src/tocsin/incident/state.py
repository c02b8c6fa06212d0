"""
An incident: the fold of its timeline.

`evolve` is one match, closed by assert_never; `fold` repeats it. No rule of the procedure is here: the events hold
the values that were decided. The surprise: intents (pages, checks, runs, snapshots) stay in the state with their
outcome, None while nobody knows it; `tocsin.incident.intents` reads the open ones off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from tocsin.incident import events as e
from tocsin.incident.alert import Alert, Episode
from tocsin.incident.book import EMPTY, Book
from tocsin.incident.findings import Finding
from tocsin.incident.lifecycle import OPEN, Status

STORM_WITHIN = timedelta(seconds=60)


class Page(Struct, frozen=True, kw_only=True):
    """One call or notice. `sent_at` or `failed` once known."""

    page_id: str
    contact: str
    channel: str
    rung: int
    climb: int
    kind: e.PageKind
    reason: e.PageReason
    requested_at: datetime
    sent_at: datetime | None = None
    failed: str = ""

    @property
    def is_open(self) -> bool:
        """Nobody knows yet whether it went out."""
        return self.sent_at is None and not self.failed


class Check(Struct, frozen=True, kw_only=True):
    """One triage command; `finished` None while it runs."""

    requested: e.CheckRequested
    finished: e.CheckFinished | None = None


class Shot(Struct, frozen=True, kw_only=True):
    """One photograph of the cluster; `result` None while it is taken."""

    snapshot_id: str
    requested_at: datetime
    result: e.SnapshotTaken | e.SnapshotFailed | None = None


class Run(Struct, frozen=True, kw_only=True):
    """One run of one command. Open while neither finished, unknown nor told."""

    started: e.StepStarted
    finished: e.StepFinished | None = None
    unknown: e.StepOutcomeUnknown | None = None
    told: e.StepOutcomeTold | None = None

    @property
    def is_open(self) -> bool:
        """It may be running now."""
        return self.finished is None and self.unknown is None

    @property
    def asks(self) -> bool:
        """A person must tell how it ended."""
        return self.unknown is not None and self.told is None


class Incident(Struct, frozen=True, kw_only=True):
    """
    Everything that is known of an incident after `seq` events. Instants are UTC, None while they have not come.

    `held` are its alerts, the newest episode per (source, fingerprint); `arrivals` how many were new when, of the last
    minute; `cause_over_at` since when only effects fire; `last_gap` how long the last quiet was; `quiet_since` is set
    while none fires; `climb` counts how often the escalation began anew (a raised priority) and `climb_at` when it last
    did; `approvals` are those that no run has used; `touched_at` is the last line that a person wanted; `doubted` are
    episodes that count as firing although they were told over, while the heartbeats were silent.
    """

    number: int = 0
    seq: int = 0
    world_id: str = e.REAL
    kind: e.Kind = "normal"
    status: Status = "detected"
    title: str = ""
    group: str = ""
    report: str = ""
    everything_down: bool = False
    reported_by: str = ""
    backed_by: int = 0
    procedure: str = ""
    priority: e.Priority | None = None
    first_priority: e.Priority | None = None
    scenario: str = ""
    runbook: str = ""
    runbook_is_ours: bool = False
    classified: bool = True
    assigned: e.PriorityAssigned | None = None
    proposed: e.RunbookProposed | None = None
    opened_at: datetime | None = None
    received_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    triaged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    respond_by: datetime | None = None
    breached_at: datetime | None = None
    touched_at: datetime | None = None
    glass_broken_at: datetime | None = None
    quiet_since: datetime | None = None
    suggested_at: datetime | None = None
    climb: int = 0
    climb_at: datetime | None = None
    climbing: bool = True
    held: Book = EMPTY
    arrivals: tuple[tuple[datetime, int], ...] = ()
    cause_over_at: datetime | None = None
    merged_into: int = 0
    unstable_since: datetime | None = None
    last_gap: timedelta | None = None
    doubted: tuple[Episode, ...] = ()
    pages: tuple[Page, ...] = ()
    unreachable: tuple[e.NobodyReachable, ...] = ()
    shots: tuple[Shot, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    approvals: tuple[e.StepApproved, ...] = ()
    runs: tuple[Run, ...] = ()
    marks: tuple[e.StepMarked, ...] = ()
    notes: tuple[e.NoteAdded, ...] = ()
    evidence: tuple[e.EvidencePasted, ...] = ()
    postmortem_required: e.PostmortemRequired | None = None
    postmortem: e.PostmortemSaved | None = None

    @property
    def is_open(self) -> bool:
        """People still have to handle it."""
        return self.status in OPEN

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All of them; what only needs some or a count asks `held`, which doesn't sort."""
        return tuple(self.held)

    @property
    def firing(self) -> tuple[Alert, ...]:
        """The alerts that are active."""
        return tuple(alert for alert in self.held if alert.status == "firing")

    def run(self, run_id: str) -> Run | None:
        """The run of that id."""
        return next((run for run in self.runs if run.started.run_id == run_id), None)


NOTHING_YET = Incident()


def fold(timeline: Iterable[e.Event], start: Incident = NOTHING_YET) -> Incident:
    """The incident after these events."""
    incident = start
    for event in timeline:
        incident = evolve(incident, event)
    return incident


def evolve(incident: Incident, event: e.Event) -> Incident:
    """The incident after one more event; raises TypeError for an event of another stream."""
    evolved = _after(incident, event)
    # Every branch made a new value that nobody else has seen yet: finishing it in place is what a second copy would cost.
    force_setattr(evolved, "seq", incident.seq + 1)
    if event.because.person:
        force_setattr(evolved, "touched_at", event.at)
    return evolved


def _after(incident: Incident, event: e.Event) -> Incident:  # one match over every event: long by nature
    match event:  # what comes often comes first: each case that does not fit costs a look
        case e.PageRequested():
            return replace(incident, pages=(*incident.pages, _page(event)))
        case e.PageSent():
            return replace(incident, pages=_told(incident.pages, event.page_id, sent_at=event.at))
        case e.PageFailed():
            return replace(incident, pages=_told(incident.pages, event.page_id, failed=event.why))
        case e.AlertsJoined():
            return _quiet(_still_doubted(_joined(incident, event)), event.at)
        case e.AlertsCleared():
            held = incident.held.cleared(event.episodes, event.at)
            return _quiet(_still_doubted(replace(incident, held=held)), event.at)
        case e.EndUnproved():  # they fire on, with the word that was no recovery
            return replace(incident, held=incident.held.changed(event.episodes, doubt=event.why))
        case e.AlertsLeft():
            return _quiet(replace(incident, held=incident.held.without(event.alerts)), event.at)
        case e.Merged():
            return replace(incident, status="merged", merged_into=event.into, closed_at=event.at, climbing=False)
        case e.FlappingNoticed():
            return replace(incident, unstable_since=event.at)
        case e.FlappingEnded():
            return _climb_anew(replace(incident, unstable_since=None), event.at)
        case e.ReportBacked():
            return replace(incident, backed_by=event.incident)
        case e.ClearingDoubted():
            return _quiet(_doubted(incident, event), event.at)
        case e.MaintenanceLeft():
            return _climb_anew(
                replace(incident, kind="normal", respond_by=event.respond_by or incident.respond_by), event.at
            )
        case e.NoteAdded():
            return replace(incident, notes=(*incident.notes, event))
        case e.StepStarted():
            return replace(incident, runs=(*incident.runs, Run(started=event)), approvals=_unused(incident, event))
        case e.StepFinished():
            return replace(incident, runs=_ran(incident.runs, event.run_id, finished=event))
        case e.CheckRequested():
            return replace(incident, checks=(*incident.checks, Check(requested=event)))
        case e.CheckFinished():
            return replace(incident, checks=_checked(incident.checks, event))
        case e.StepApproved():
            glass = event.at if event.break_glass else incident.glass_broken_at
            return replace(incident, approvals=(*incident.approvals, event), glass_broken_at=glass)
        case e.StepMarked():
            return replace(incident, marks=(*incident.marks, event))
        case e.IncidentOpened():
            return _opened(incident, event)
        case e.PriorityAssigned():
            return _assigned(incident, event)
        case e.PriorityChanged():
            return _changed(incident, event)
        case e.TriageConfirmed():
            return replace(
                incident,
                status="triaged" if incident.status in ("detected", "acknowledged") else incident.status,
                triaged_at=incident.triaged_at or event.at,
                scenario=event.scenario or incident.scenario,
            )
        case e.NobodyReachable():
            return replace(incident, unreachable=(*incident.unreachable, event))
        case e.ResponseTimeBreached():
            return replace(incident, breached_at=event.at)
        case e.Acknowledged():
            return _acknowledged(incident, event)
        case e.SnapshotRequested():
            return replace(
                incident, shots=(*incident.shots, Shot(snapshot_id=event.snapshot_id, requested_at=event.at))
            )
        case e.SnapshotTaken() | e.SnapshotFailed():
            return replace(incident, shots=_shot(incident.shots, event), findings=event.findings)
        case e.RunbookProposed():
            return replace(
                incident,
                proposed=event,
                scenario=incident.scenario or event.scenario,
                runbook=event.runbook,
                runbook_is_ours=event.ours,
            )
        case e.StepOutcomeUnknown():
            return replace(incident, runs=_ran(incident.runs, event.run_id, unknown=event))
        case e.StepOutcomeTold():
            return replace(incident, runs=_ran(incident.runs, event.run_id, told=event))
        case e.EvidencePasted():
            return replace(incident, evidence=(*incident.evidence, event))
        case e.ResolutionSuggested():
            return replace(incident, suggested_at=event.at)
        case e.Mitigated():
            return replace(incident, status="mitigated", mitigated_at=event.at, climbing=False)
        case e.Resolved():
            return replace(incident, status="resolved", resolved_at=event.at, climbing=False)
        case e.Reopened():
            return _reopened(incident, event)
        case e.Cancelled():
            return replace(incident, status="cancelled", closed_at=event.at, climbing=False)
        case e.Closed():
            return replace(incident, status="closed", closed_at=event.at)
        case e.PostmortemRequired():
            return replace(incident, postmortem_required=event)
        case e.PostmortemSaved():
            return replace(incident, postmortem=event)
        case (
            e.ProcedureAdopted()
            | e.TopologySeen()
            | e.BodyRefused()
            | e.DiskLow()
            | e.DiskRecovered()
            | e.LineProved()
            | e.PreflightTaken()
            | e.DriftSeen()
            | e.DriftEnded()
            | e.LedgerTaken()
            | e.HeartbeatExpected()
            | e.HeartbeatMissing()
            | e.HeartbeatReturned()
            | e.HeartbeatForgotten()
            | e.SpoolUsed()
            | e.SpoolEmptied()
            | e.SourceUnreachable()
            | e.SourceReachable()
            | e.OutsideCheckFailed()
            | e.OutsideCheckReached()
            | e.MaintenancePlanned()
            | e.MaintenanceStarted()
            | e.MaintenanceEnded()
        ):
            raise TypeError(f"{type(event).__name__} is not a line of an incident")
        case _:
            assert_never(event)


def _opened(incident: Incident, event: e.IncidentOpened) -> Incident:
    opened = replace(
        incident,
        number=event.number,
        world_id=event.world_id,
        kind=event.kind,
        title=event.title,
        group=event.group,
        report=event.report,
        everything_down=event.everything_down,
        reported_by=event.because.person,
        procedure=event.procedure,
        opened_at=event.at,
        received_at=event.received_at,
        detected_at=event.detected_at,
        climb_at=event.received_at,
        held=EMPTY.taken_in(event.alerts, event.ties),
        arrivals=() if event.came_from or not event.alerts else ((event.at, len(event.alerts)),),
    )
    return _quiet(opened, event.at) if event.alerts else opened


def _joined(incident: Incident, event: e.AlertsJoined) -> Incident:
    """Newest episode wins; the order of first arrival stays. What is new is counted for a minute: many make a storm."""
    held = incident.held.taken_in(event.alerts, event.ties)
    came = held.count - incident.held.count
    if came and not event.came_from:
        recent = tuple(arrival for arrival in incident.arrivals if event.at - arrival[0] <= STORM_WITHIN)
        incident = replace(incident, arrivals=(*recent, (event.at, came)))
    return replace(incident, held=held, title=event.title or incident.title)


def _doubted(incident: Incident, event: e.ClearingDoubted) -> Incident:
    """What was told over fires on, until the heartbeats are back."""
    doubted = {Episode(*episode) for episode in event.episodes}
    held = incident.held.changed(doubted, status="firing", ends_at=None)
    return replace(incident, held=held, doubted=tuple(dict.fromkeys((*incident.doubted, *sorted(doubted)))))


def _still_doubted(incident: Incident) -> Incident:
    """Without the episodes that are over by now, or that a newer one has followed."""
    if not incident.doubted:
        return incident
    return replace(incident, doubted=tuple(episode for episode in incident.doubted if _fires(incident.held, episode)))


def _fires(held: Book, episode: Episode) -> bool:
    known = held.get((episode.source, episode.fingerprint))
    return known is not None and known.alert.episode == episode and known.alert.status == "firing"


def _quiet(incident: Incident, at: datetime) -> Incident:
    """Note since when nothing fires, or only effects; a new firing alert ends the quiet and the suggestion to resolve."""
    held = incident.held
    over = None if held.causes_firing or not held.causes else incident.cause_over_at or at
    if held.firing:
        gap = at - incident.quiet_since if incident.quiet_since else incident.last_gap
        return replace(incident, quiet_since=None, suggested_at=None, cause_over_at=over, last_gap=gap)
    return replace(incident, quiet_since=incident.quiet_since or at, cause_over_at=over)


def _assigned(incident: Incident, event: e.PriorityAssigned) -> Incident:
    raised = incident.priority is not None and event.priority < incident.priority
    moved = replace(
        incident,
        priority=event.priority,
        first_priority=incident.first_priority or event.priority,
        respond_by=event.respond_by,
        scenario=event.scenario,
        classified=event.classified,
        assigned=event,
    )
    return _climb_anew(moved, event.at) if raised else moved


def _changed(incident: Incident, event: e.PriorityChanged) -> Incident:
    moved = replace(incident, priority=event.priority, respond_by=event.respond_by)
    return _climb_anew(moved, event.at) if event.priority < event.before else moved


def _climb_anew(incident: Incident, at: datetime) -> Incident:
    """Raising calls again, even when somebody already has it."""
    return replace(incident, climb=incident.climb + 1, climb_at=at, climbing=True)


def _acknowledged(incident: Incident, event: e.Acknowledged) -> Incident:
    return replace(
        incident,
        status="acknowledged" if incident.status == "detected" else incident.status,
        acknowledged_at=incident.acknowledged_at or event.at,
        acknowledged_by=event.because.person,
        climbing=False,
    )


def _reopened(incident: Incident, event: e.Reopened) -> Incident:
    return replace(
        incident,
        status="triaged",
        resolved_at=None,
        closed_at=None,
        mitigated_at=None,
        suggested_at=None,
        postmortem_required=None,
        merged_into=0,
        held=EMPTY if incident.merged_into else incident.held,
        quiet_since=None if incident.held.firing and not incident.merged_into else event.at,
    )


def _page(event: e.PageRequested) -> Page:
    return Page(
        page_id=event.page_id,
        contact=event.contact,
        channel=event.channel,
        rung=event.rung,
        climb=event.climb,
        kind=event.kind,
        reason=event.reason,
        requested_at=event.at,
    )


def _told(pages: tuple[Page, ...], page_id: str, sent_at: datetime | None = None, failed: str = "") -> tuple[Page, ...]:
    return tuple(
        replace(page, sent_at=sent_at, failed=failed) if page.page_id == page_id and page.is_open else page
        for page in pages
    )


def _shot(shots: tuple[Shot, ...], result: e.SnapshotTaken | e.SnapshotFailed) -> tuple[Shot, ...]:
    return tuple(replace(shot, result=result) if shot.snapshot_id == result.snapshot_id else shot for shot in shots)


def _checked(checks: tuple[Check, ...], finished: e.CheckFinished) -> tuple[Check, ...]:
    return tuple(
        replace(check, finished=finished) if check.requested.check_id == finished.check_id else check
        for check in checks
    )


def _unused(incident: Incident, started: e.StepStarted) -> tuple[e.StepApproved, ...]:
    """A consent is used once: the run takes every approval of its command with it."""
    used = (started.step, started.digest)
    return tuple(approval for approval in incident.approvals if (approval.step, approval.digest) != used)


def _ran(
    runs: tuple[Run, ...],
    run_id: str,
    finished: e.StepFinished | None = None,
    unknown: e.StepOutcomeUnknown | None = None,
    told: e.StepOutcomeTold | None = None,
) -> tuple[Run, ...]:
    return tuple(
        Run(
            started=run.started,
            finished=finished or run.finished,
            unknown=unknown or run.unknown,
            told=told or run.told,
        )
        if run.started.run_id == run_id
        else run
        for run in runs
    )
