"""
hcloud 1.30.3: servers and the firewall.

Every text was recorded from the real program against an HTTP double of the hoster's API. The surprises: exit code 0
of `server reboot` means that the action was accepted, not that the node is back; an unknown command prints the help
and ends with 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network

from msgspec import Struct

from tocsin.rehearsal.answers import Answer, Parsed, WrongUsage, parse
from tocsin.rehearsal.cluster import Cluster, ServerAction, UnknownServer
from tocsin.rehearsal.firewall import Rule
from tocsin.rehearsal.machines import Machine
from tocsin.rehearsal.tables import columns

ACTION_TAKES = timedelta(seconds=1.6)
LOOKUP_TAKES = timedelta(milliseconds=20)
DATACENTER = "fsn1-dc14"
DONE = {"reboot": "rebooted", "reset": "reset", "poweroff": "stopped", "poweron": "started", "shutdown": "shut down"}
OUTPUT = dict.fromkeys(("-o", "--output"), "output")
RULE = {
    "--direction": "direction",
    "--source-ips": "source-ips",
    "--destination-ips": "destination-ips",
    "--protocol": "protocol",
    "--port": "port",
    "--description": "description",
}


class Asked(Struct, frozen=True):
    """A command line, read, with the world it asks. `verb` is the second word."""

    verb: str
    line: Parsed
    cluster: Cluster
    now: datetime


class Verb(Struct, frozen=True):
    """Who answers, its flags, and how many words it takes (None: any number)."""

    answer: Callable[[Asked], Answer]
    values: dict[str, str] = {}
    words: int | None = None


def answer(argv: Sequence[str], cluster: Cluster, now: datetime) -> Answer:
    """What hcloud says to these arguments, and what it does to the servers."""
    noun, verb = (*argv[:2], "", "")[:2]
    known = VERBS.get(f"{noun} {verb}")
    if known is None:
        return _help(noun, verb)
    try:
        line = parse(argv[2:], {**known.values, "--poll-interval": "poll-interval"}, {"-h": "help", "--help": "help"})
    except WrongUsage as why:
        return _wrong(str(why))
    if known.words is not None and len(line.words) != known.words:
        return _wrong(f"accepts {known.words} arg(s), received {len(line.words)}")
    return known.answer(Asked(verb, line, cluster.at(now), now))


def _wrong(text: str) -> Answer:
    return Answer(err=f"hcloud: {text}\n", code=1, takes=LOOKUP_TAKES)


def _help(noun: str, verb: str) -> Answer:
    """An unknown command is answered with a help text and exit code 0; only its first and last lines are played."""
    if noun == "version":
        return Answer(out="hcloud v1.30.3\n", takes=LOOKUP_TAKES)
    if noun not in ("server", "firewall"):
        return Answer(
            out="A command-line interface for Hetzner Cloud\n\nUsage:\n  hcloud [command]\n", takes=LOOKUP_TAKES
        )
    title = "Manage servers" if noun == "server" else "Manage Firewalls"
    commands = "".join(f"  {name.partition(' ')[2]}\n" for name in VERBS if name.startswith(f"{noun} "))
    usage = f"Usage:\n  hcloud {noun} [command]\n\nAvailable Commands:\n{commands}"
    end = f'Use "hcloud {noun} [command] --help" for more information about a command.\n'
    return Answer(out=f"{title}\n\n{usage}\n{end}", takes=LOOKUP_TAKES)


def _server_list(asked: Asked) -> Answer:
    header = ("ID", "NAME", "STATUS", "IPV4", "IPV6", "PRIVATE NET", "DATACENTER")
    rows = [
        (str(m.server_id), m.name, m.server_status, m.address, "-", "-", DATACENTER)
        for m in asked.cluster.machines.values()
    ]
    form = asked.line.last("output")
    if form.startswith("columns="):
        wanted = [name.upper().replace("_", " ") for name in form.removeprefix("columns=").split(",")]
        unknown = [name for name in wanted if name not in header]
        if unknown:
            return _wrong(f"invalid table column: {unknown[0].lower()}")
        rows = [tuple(row[header.index(name)] for name in wanted) for row in rows]  # type: ignore[misc]
        return Answer(out=columns(wanted, rows), takes=LOOKUP_TAKES)
    text = columns(header, rows)
    return Answer(out=text.partition("\n")[2] if form == "noheader" else text, takes=LOOKUP_TAKES)


def _server_describe(asked: Asked) -> Answer:
    try:
        machine = asked.cluster.machine(asked.line.words[0])
    except UnknownServer as unknown:
        return _wrong(f"server not found: {unknown}")
    return Answer(out=_described(machine, asked.now), takes=LOOKUP_TAKES)


def _described(machine: Machine, now: datetime) -> str:
    months = (now - machine.created_at).days // 30
    age = f"{months} months ago" if months > 1 else "1 month ago" if months else "now"
    return (
        f"ID:\t\t{machine.server_id}\nName:\t\t{machine.name}\nStatus:\t\t{machine.server_status}\n"
        f"Created:\t{machine.created_at:%a %b %e %H:%M:%S UTC %Y} ({age})\n"
        "Server Type:\tcx32 (ID: 1)\n  ID:\t\t1\n  Name:\t\tcx32\n  Description:\tCX32\n  Cores:\t4\n"
        "  CPU Type:\tshared\n  Memory:\t8 GB\n  Disk:\t\t80 GB\n  Storage Type:\tlocal\n"
        f"Public Net:\n  IPv4:\n    ID:\t\t{machine.server_id - 41}\n    IP:\t\t{machine.address}\n    Blocked:\tno\n"
        f"    DNS:\t{machine.name}.example.com\n  IPv6:\n    No Primary IPv6\n"
        "Private Net:\n    No Private Networks\nVolumes:\n  No Volumes\n"
        f"Datacenter:\n  ID:\t\t2\n  Name:\t\t{DATACENTER}\n"
        "Rescue System:\tdisabled\nProtection:\n  Delete:\tno\n  Rebuild:\tno\nLabels:\n  No labels\n"
    )


def _server_ip(asked: Asked) -> Answer:
    try:
        return Answer(out=f"{asked.cluster.machine(asked.line.words[0]).address}\n", takes=LOOKUP_TAKES)
    except UnknownServer as unknown:
        return _wrong(f"server not found: {unknown}")


def _server_action(action: ServerAction) -> Callable[[Asked], Answer]:
    def act(asked: Asked) -> Answer:
        try:
            machine = asked.cluster.act_on_server(asked.line.words[0], action, asked.now)
        except UnknownServer as unknown:
            return _wrong(f"server not found: {unknown}")
        return Answer(out=f"Server {machine.server_id} {DONE[action]}\n", takes=ACTION_TAKES)

    return act


def _firewall_list(asked: Asked) -> Answer:
    wall = asked.cluster.firewall
    count = len(wall.rules)
    row = (
        str(wall.number),
        wall.name,
        f"{count} Rule{'s' if count != 1 else ''}",
        f"{len(wall.servers)} Server | 0 Label Selectors",
    )
    return Answer(out=columns(("ID", "NAME", "RULES COUNT", "APPLIED TO COUNT"), [row]), takes=LOOKUP_TAKES)


def _firewall_describe(asked: Asked) -> Answer:
    wall = asked.cluster.firewall
    if not wall.is_named(asked.line.words[0]):
        return _wrong(f"firewall not found: {asked.line.words[0]}")
    applied = "".join(
        f"  - Type:\t\tserver\n    Server ID:\t\t{asked.cluster.machine(name).server_id}\n    Server Name:\t{name}\n"
        for name in wall.servers
    )
    rules = "".join(_rule_text(rule) for rule in wall.rules) or "  No rules\n"
    head = f"ID:\t\t{wall.number}\nName:\t\t{wall.name}\nLabels:\n  No labels\n"
    return Answer(out=f"{head}Rules:\n{rules}Applied To:\n{applied}", takes=LOOKUP_TAKES)


def _rule_text(rule: Rule) -> str:
    side = "Source" if rule.direction == "in" else "Destination"
    addresses = "".join(f"     \t\t\t{address}\n" for address in rule.addresses)
    port = f"    Port:\t\t{rule.port}\n" if rule.port else ""
    return f"  - Direction:\t\t{rule.direction}\n    Protocol:\t\t{rule.protocol}\n{port}    {side} IPs:\n{addresses}"


def _rule(asked: Asked) -> Rule | str:
    """The rule that the flags describe, or what is wrong with them."""
    flags = asked.line.flags
    missing = [name for name in ("direction", "protocol") if name not in flags]
    if missing:
        return "required flag(s) " + ", ".join(f'"{name}"' for name in missing) + " not set"
    side = "source" if asked.line.last("direction") == "in" else "destination"
    addresses = tuple(flags.get(f"{side}-ips", ()))
    for place, address in enumerate(addresses):
        if not _is_cidr(address):
            return f"{side} ips error on index {place}: invalid CIDR address: {address}"
    return Rule(
        asked.line.last("direction"),
        asked.line.last("protocol"),
        asked.line.last("port"),
        addresses,
        asked.line.last("description"),
    )


def _is_cidr(address: str) -> bool:
    try:
        ip_network(address, strict=False)
    except ValueError:
        return False
    return "/" in address


def _firewall_change(asked: Asked) -> Answer:
    """add-rule and delete-rule: the whole list is written back, and every rule allows."""
    wall = asked.cluster.firewall
    if not wall.is_named(asked.line.words[0]):
        return _wrong(f"firewall not found: {asked.line.words[0]}")
    rule = _rule(asked)
    if isinstance(rule, str):
        return _wrong(rule)
    if asked.verb == "add-rule":
        wall.rules.append(rule)
    elif rule in wall.rules:
        wall.rules.remove(rule)
    else:
        return _wrong(f"the specified rule was not found in the ruleset of Firewall {wall.number}")
    return Answer(out=f"Firewall Rules for Firewall {wall.number} updated\n", takes=ACTION_TAKES)


VERBS = {
    "server list": Verb(_server_list, {**OUTPUT, **dict.fromkeys(("-l", "--selector"), "selector")}),
    "server describe": Verb(_server_describe, OUTPUT, 1),
    "server ip": Verb(_server_ip, {}, 1),
    "server reboot": Verb(_server_action("reboot"), {}, 1),
    "server reset": Verb(_server_action("reset"), {}, 1),
    "server poweroff": Verb(_server_action("poweroff"), {}, 1),
    "server poweron": Verb(_server_action("poweron"), {}, 1),
    "server shutdown": Verb(_server_action("shutdown"), {}, 1),
    "firewall list": Verb(_firewall_list, OUTPUT),
    "firewall describe": Verb(_firewall_describe, OUTPUT, 1),
    "firewall add-rule": Verb(_firewall_change, RULE, 1),
    "firewall delete-rule": Verb(_firewall_change, RULE, 1),
}
