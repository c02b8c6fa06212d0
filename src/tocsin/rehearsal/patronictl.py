"""
patronictl 4.1.5, as it answers inside a database pod (where its configuration is found).

Recorded: `failover` without a candidate is always refused; `list` shows a dead leader as running until its key runs
out; a failover that cannot reach the leader says so, ends with exit code 0, and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.rehearsal.answers import Answer, Parsed, WrongUsage, parse
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.database import FAILOVER_TAKES, Database, Member
from tocsin.rehearsal.tables import frame

HEADER = ("Member", "Host", "Role", "State", "TL", "Receive LSN", "Lag", "Replay LSN", "Lag")
RIGHT = frozenset({"TL", "Receive LSN", "Replay LSN", "Lag"})
VALUES = {
    **dict.fromkeys(("-c", "--config-file"), "config"),
    **dict.fromkeys(("-f", "--format"), "format"),
    "--candidate": "candidate",
    **dict.fromkeys(("--leader", "--primary"), "leader"),
}
SWITCHES = {"--force": "force", **dict.fromkeys(("-e", "--extended"), "extended")}
NO_SUCH = "Usage: patronictl [OPTIONS] COMMAND [ARGS]...\nTry 'patronictl --help' for help.\n\nError: No such command"
TAKES = timedelta(milliseconds=400)


def answer(argv: Sequence[str], cluster: Cluster, now: datetime) -> Answer:
    """What it says to these arguments."""
    try:
        line = parse(argv, VALUES, SWITCHES)
    except WrongUsage:
        option = next((word for word in argv if word.startswith("-") and word not in {**VALUES, **SWITCHES}), "")
        return Answer(err=f"Error: No such option: {option}\n", code=2)
    verb, *words = line.words or ("",)
    database = cluster.at(now).database
    if words and words[0] != database.scope:
        return Answer(out=_members(f"Cluster: {words[0]} (uninitialized)", [], database, now), takes=TAKES)
    match verb:
        case "list":
            return _list(line, database, now)
        case "failover" | "switchover":
            return _hand_over(verb, line, database, now)
        case "history":
            return _history(database)
        case "version":
            return Answer(out="patronictl version 4.1.5\n", takes=TAKES)
        case "":
            return Answer(err="Usage: patronictl [OPTIONS] COMMAND [ARGS]...\n", code=2)
        case _:
            return Answer(err=f"{NO_SUCH} '{verb}'.\n", code=2)


def _list(line: Parsed, database: Database, now: datetime) -> Answer:
    members = _listed(database)
    form = line.last("format", "pretty")
    if form == "json":
        return Answer(out=json.dumps([_as_json(m, database, now) for m in members]) + "\n", takes=TAKES)
    if form == "tsv":
        columns = (
            "Cluster",
            "Member",
            "Host",
            "Role",
            "State",
            "TL",
            "Receive LSN",
            "Receive Lag",
            "Replay LSN",
            "Replay Lag",
        )
        rows = [[str(_as_json(m, database, now).get(name, "")) for name in columns] for m in members]
        return Answer(out="".join("\t".join(row) + "\n" for row in [columns, *rows]), takes=TAKES)
    return Answer(out=_topology(database, now), takes=TAKES)


def _hand_over(verb: str, line: Parsed, database: Database, now: datetime) -> Answer:
    """failover and switchover; without --force they ask at a terminal that is not there."""
    before = "Current cluster topology\n" + _topology(database, now)
    candidate = line.last("candidate")
    others = [member.name for member in _listed(database) if member.name != database.leader]
    if verb == "switchover" and not database.leader:
        return _refused(before, "This cluster has no leader")
    if not others:
        return _refused(before, f"No candidates found to {verb} to")
    if verb == "failover" and not candidate:
        return _refused(before, "Failover could be performed only to a specific candidate")
    if candidate == database.leader:
        return _refused(before, f"Member {candidate} is already the leader of cluster {database.scope}")
    if candidate and candidate not in others:
        why = f"Member {candidate} does not exist in cluster {database.scope} or is tagged as nofailover"
        return _refused(before, why)
    if not line.has("force"):
        return _refused(
            before + f"Are you sure you want to {verb} cluster {database.scope}? [y/N]: \n", f"Aborting {verb}"
        )
    if not database.writable:
        return _to_store(verb, before, database, now)
    database.fail_over(candidate or others[0], now)
    words = {"failover": "failed over", "switchover": "switched over"}[verb]
    done = f'{_stamp(now)} Successfully {words} to "{database.leader}"\n'
    return Answer(out=before + done + _topology(database, now), takes=FAILOVER_TAKES)


def _to_store(verb: str, before: str, database: Database, now: datetime) -> Answer:
    """The leader takes no request: the wish is written down, exit code 0, and the key must run out all the same."""
    said = f"{_stamp(now)} Could not {verb} using Patroni api, falling back to DCS\n"
    warning = f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03d} - WARNING - Failing over to DCS\n"
    return Answer(out=before + said + _topology(database, now), err=warning, takes=FAILOVER_TAKES)


def _refused(before: str, why: str) -> Answer:
    return Answer(out=before, err=f"Error: {why}\n", code=1, takes=TAKES)


def _history(database: Database) -> Answer:
    rows = [
        (str(timeline), str(lsn), "no recovery target specified", f"{at.isoformat()}", leader)
        for timeline, lsn, at, leader in database.history
    ]
    return Answer(
        out=frame("", ("TL", "LSN", "Reason", "Timestamp", "New Leader"), rows, frozenset({"TL", "LSN"})), takes=TAKES
    )


def _listed(database: Database) -> list[Member]:
    return [member for member in database.members.values() if member.listed]


def _topology(database: Database, now: datetime) -> str:
    return _members(f"Cluster: {database.scope} ({database.system})", _listed(database), database, now)


def _members(title: str, members: Sequence[Member], database: Database, now: datetime) -> str:
    return frame(title, HEADER, [_row(member, database, now) for member in members], RIGHT)


def _row(member: Member, database: Database, now: datetime) -> tuple[str, ...]:
    leads = member.name == database.leader
    timeline = "" if member.timeline is None else str(member.timeline)
    shared = (member.name, member.host, "Leader" if leads else "Replica", member.state, timeline)
    if leads:
        return *shared, "", "", "", ""
    if member.timeline is None:
        return *shared, "unknown", "", "unknown", ""
    lsn = _lsn(database.lsn(now))
    return *shared, lsn, "0", lsn, "0"


def _as_json(member: Member, database: Database, now: datetime) -> dict[str, str | int]:
    """The keys that 4.1 prints; a leader has no positions."""
    name, host, role, state, timeline, lsn, lag, _, _ = _row(member, database, now)
    shown: dict[str, str | int] = {
        "Cluster": database.scope,
        "Member": name,
        "Host": host,
        "Role": role,
        "State": state,
    }
    if timeline:
        shown["TL"] = int(timeline)
    for kind in ("Receive", "Replay") if lsn else ():
        shown[f"{kind} LSN"] = lsn
        if lag:
            shown[f"{kind} Lag"] = int(lag)
    return shown


def _lsn(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _stamp(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M:%S.%f}"[:-1]
