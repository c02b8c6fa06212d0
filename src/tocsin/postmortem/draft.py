"""
Timeline to post-mortem: a draft in Markdown, offline, with what the timeline already knows filled in.

The sections are the procedure's own words, in its order; tocsin knows which of them is the timeline, the cause, the
corrective actions or the improvements, and fills what can be filled. A question is left where only people know. The
surprise: texts from outside are put in as code or escaped, so that an alert can't become a heading or a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.incident.events import CheckFinished, CheckRequested, Entry, PageSent, SnapshotRequested
from tocsin.incident.sentences import because_words, sentence, spoken
from tocsin.incident.state import Incident, Run, fold
from tocsin.lexicon import Language, say
from tocsin.procedure.model import Procedure

_USUAL = {
    "fr": ("Timeline des événements", "Root cause analysis", "Actions correctives", "Améliorations préventives"),
    "en": ("Timeline", "Root cause analysis", "Corrective actions", "Preventive improvements"),
}
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("timeline", ("timeline", "chronologie", "main courante", "déroul")),
    ("cause", ("cause",)),
    ("corrective", ("correct",)),
    ("preventive", ("prévent", "prevent", "amélior", "improve")),
)
# Lines that say nothing to a reader of the post-mortem: promises whose outcome stands below them.
_QUIET = (SnapshotRequested, CheckRequested, CheckFinished, PageSent)


def draft(timeline: Sequence[Entry], procedure: Procedure, language: Language, timezone: str = "UTC") -> str:
    """The draft, Markdown with a final newline. Times are local to `timezone`, with the date on the first line."""
    incident = fold(entry.event for entry in timeline)
    zone = ZoneInfo(timezone)
    sections = procedure.postmortem.sections if procedure.postmortem else _USUAL[language]
    parts = [_head(incident, language, zone)]
    parts += [f"## {title}\n\n{_section(title, incident, timeline, language, zone)}" for title in sections]
    parts.append(_gaps(incident, procedure, language))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _head(incident: Incident, language: Language, zone: ZoneInfo) -> str:
    french = language == "fr"
    rows = [
        (say("priority", language), incident.priority or "?"),
        (say("scenario", language), incident.scenario or "-"),
        (say("detected", language), _when(incident.detected_at, zone)),
        (
            say("acknowledged", language),
            f"{_when(incident.acknowledged_at, zone)} {plain(incident.acknowledged_by)}".strip(),
        ),
        (say("mitigated", language), _when(incident.mitigated_at, zone)),
        (say("resolved", language), _when(incident.resolved_at, zone)),
        ("Durée" if french else "Duration", _span(incident.detected_at, incident.resolved_at, language)),
        (
            "Temps de réponse" if french else "Time to acknowledge",
            _span(incident.received_at, incident.acknowledged_at, language)
            + (f" ({say('breached', language)})" if incident.breached_at else ""),
        ),
    ]
    drill = f"\n\n**{say('drill', language).upper()}**" if incident.kind == "exercise" else ""
    table = "\n".join(f"| {name[:1].upper()}{name[1:]} | {value} |" for name, value in rows)
    return f"# Post-mortem INC-{incident.number} : {plain(incident.title)}{drill}\n\n| | |\n|---|---|\n{table}"


def _section(title: str, incident: Incident, timeline: Sequence[Entry], language: Language, zone: ZoneInfo) -> str:
    match _kind(title):
        case "timeline":
            return _chronology(timeline, language, zone)
        case "cause":
            return _causes(incident, language)
        case "corrective":
            return _corrective(incident, language)
        case "preventive":
            return _preventive(incident, language)
        case _:
            return "_À compléter._" if language == "fr" else "_To be written._"


def _kind(title: str) -> str:
    folded = title.casefold()
    return next((kind for kind, words in _KINDS if any(word in folded for word in words)), "")


def _chronology(timeline: Sequence[Entry], language: Language, zone: ZoneInfo) -> str:
    heads = ("Heure", "Quoi", "Qui, selon quoi") if language == "fr" else ("Time", "What", "Who, by which line")
    rows = [
        f"| {entry.event.at.astimezone(zone):%H:%M:%S} | {cell(sentence(entry.event, language))} "
        f"| {cell(because_words(entry.event.because, language))} |"
        for entry in timeline
        if not isinstance(entry.event, _QUIET)
    ]
    first = timeline[0].event.at.astimezone(zone) if timeline else None
    day = f"{first:%Y-%m-%d}, {zone.key}" if first else ""
    return "\n".join([day, "", f"| {' | '.join(heads)} |", "|---|---|---|", *rows])


def _causes(incident: Incident, language: Language) -> str:
    french = language == "fr"
    names = sorted({alert.name for alert in incident.held.kinds.values()})
    lines = [f"- {'Alerte' if french else 'Alert'} `{code(name)}`" for name in names]
    lines += [
        f"- {'Constat' if french else 'Finding'} : `{code(f.code)}` {plain(f.subject)}"
        for f in incident.findings
        if f.grave
    ]
    asks = (
        ["Déclencheur :", "Facteurs contributifs :", "Pourquoi pas plus tôt :"]
        if french
        else ["Trigger:", "Contributing factors:", "Why not seen earlier:"]
    )
    return "\n".join([*lines, "", *(f"- {ask} _?_" for ask in asks)]).strip()


def _corrective(incident: Incident, language: Language) -> str:
    lines = [_run_line(run, language) for run in incident.runs if run.started.risk != "R0"]
    todo = "- [ ] _action_, _qui_, _pour quand_" if language == "fr" else "- [ ] _action_, _who_, _by when_"
    return "\n".join([*lines, todo])


def _run_line(run: Run, language: Language) -> str:
    told = run.finished.why or f"code {run.finished.exit_code}" if run.finished else say("outcome_unknown", language)
    who = plain(run.started.because.person)
    return f"- {run.started.at:%H:%M} UTC `{code(run.started.text)}` ({who}) : {plain(told)}"


def _preventive(incident: Incident, language: Language) -> str:
    french = language == "fr"
    lines = []
    if incident.breached_at:
        lines.append(
            "- [ ] Le temps de réponse a été dépassé : qui aurait dû être joignable ?"
            if french
            else "- [ ] The response time was exceeded: who should have been reachable?"
        )
    if not incident.classified:
        names = ", ".join(sorted({alert.name for alert in incident.held.kinds.values()}))
        lines.append(
            f"- [ ] Classer dans la procédure : `{code(names)}`"
            if french
            else f"- [ ] Classify in the procedure: `{code(names)}`"
        )
    lines += [
        f"- [ ] {'Appel non remis' if french else 'Page not delivered'} : {plain(page.contact)} "
        f"({plain(page.channel)}) : {plain(page.failed)}"
        for page in incident.pages
        if page.failed
    ]
    lines.append("- [ ] _amélioration_, _qui_, _pour quand_" if french else "- [ ] _improvement_, _who_, _by when_")
    return "\n".join(lines)


def _gaps(incident: Incident, procedure: Procedure, language: Language) -> str:
    """Where the procedure and reality differed: commands that failed, and errors on the scenario that was used."""
    french = language == "fr"
    lines = [
        f"- `{code(run.started.text)}` : {plain(run.finished.why or f'code {run.finished.exit_code}')} "
        f"({plain(run.started.because.line)})"
        for run in incident.runs
        if run.finished and run.finished.exit_code != 0 and run.started.step
    ]
    scenario = procedure.scenario(incident.scenario)
    problems = [p for step in scenario.steps for cmd in step.commands for p in cmd.problems] if scenario else []
    lines += [f"- {p.source} : {p.code} {plain(p.message)}" for p in problems if p.severity != "info"]
    if not lines:
        return ""
    title = "Écarts entre la procédure et la réalité" if french else "Where the procedure and reality differed"
    return f"## {title}\n\n" + "\n".join(lines)


def plain(text: str) -> str:
    """Text from outside on one line, with Markdown's own signs escaped."""
    flat = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|!" else sign for sign in flat)


def cell(text: str) -> str:
    """Text from outside for one cell of a table."""
    return plain(text)


def code(text: str) -> str:
    """Text from outside between backticks."""
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" if at else "-"


def _span(start: datetime | None, end: datetime | None, language: Language) -> str:
    return spoken(end - start, language) if start and end else "-"
