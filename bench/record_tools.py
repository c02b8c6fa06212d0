"""
`python -m bench.record_tools PROGRAM=PATH[,where from]…`: the tables of these programs, written to the package.

Each program is really run: its help page by page, then each subcommand with no, one, two, three and four words against
a closed port, so that what it says of the number of its arguments is its own word. Then one flag at a time in place of the
words. Flags that another recorded version shows are tried too, since a deprecated flag is hidden but still taken.
kubectl also asks the cluster of KUBECONFIG_LIVE, for nothing that is there; redis-cli the server and the Sentinel at
127.0.0.1 (REDIS_PORT, SENTINEL_PORT) for the commands they know.

Verbs of systemctl are not tried: some of them stop the machine.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tocsin.edge.tools.asking import ask
from tocsin.edge.tools.known import KNOWN, version_in
from tocsin.edge.tools.pages import hidden_flag, page_of, tree_of, whole_of
from tocsin.edge.tools.shipped import FOLDER, recorded_tables
from tocsin.procedure.grammar.table import CommandTable, Flag, Node, Places, Style

Asking = Callable[[tuple[str, ...]], str]
TOKEN = "a" * 64
ELSEWHERE = {"HCLOUD_TOKEN": TOKEN, "HCLOUD_ENDPOINT": "http://127.0.0.1:1/v1"}
CLOSED = {
    "kubectl": ("--server=http://127.0.0.1:1", "--request-timeout=1s"),
    "etcdctl": ("--endpoints=127.0.0.1:1", "--dial-timeout=1s", "--command-timeout=1s"),
    "cscli": (),
    "hcloud": (),
}
NOT_TRIED = {"help", "completion", "options", "plugin", "proxy", "ssh", "edit", "dashboard", "attach"}
WORDS = ("x", "a=b", "c=d", "e=f")
COUNT = re.compile(
    r"exactly one NAME|You must provide one or more resources|one or more (resources|CSRs) must be|equired resource not "
    r"specified|required resource not|Unexpected args|unexpected arguments|extra arguments|is required$|are required|You "
    r"must specify the type|USAGE: |expected '|\(at most|must specify two arguments|at least one \w+ update is required|"
    r"specify one path|one selector is required|We accept only this format|\[NAME \| -l label\]|is not supported anymore|"
    r"serviceaccount is required|name must be specified|non-empty context name|must be specified$|at least one command|"
    r"accepts (between )?\d|requires at least|accepts at most|unknown command|command (needs|takes|expects|requires|given)|"
    r"takes (a|one|no|more)|needs |command accepts|no (\w+ )?argument|argument.* (required|expected)|must specify a label key",
    re.MULTILINE,
)
# They object to the value that is tried, not to the missing word.
NOT_INSTEAD = {"--dry-run", "--cascade", "--output", "--validate", "--watch", "--watch-only"}
NEEDED = re.compile(r"required flag\(s\) ((?:\"[\w-]+\"(?:, )?)+) (?:not set|have/has not been set)")
EITHER = re.compile(r"must specify (one of -f and -k|--patch or)|at least one of|exactly one of|one of the flags")


def main(wanted: list[str]) -> int:
    for one in wanted:
        program, _, rest = one.partition("=")
        path, _, origin = rest.partition(",")
        table = recorded(program, Path(path), origin or path)
        FOLDER.mkdir(exist_ok=True)
        target = FOLDER / f"{program}-{table.version}.json"
        target.write_bytes(msgspec.json.encode(table) + b"\n")
        print(f"{target.name}: {target.stat().st_size} bytes, {sum(1 for _ in nodes(table.root))} commands", flush=True)
    return 0


def recorded(program: str, path: Path, origin: str) -> CommandTable:
    """The table of one program."""
    known = KNOWN[program]

    def asking(arguments: tuple[str, ...]) -> str:
        return ask(path, arguments, 8.0, **ELSEWHERE).text

    version = version_in(asking(known.version)) or re.sub(r".*?(\d+(\.\d+)+).*", r"\1", origin)
    if known.whole:
        root = whole_of(known.style, known.whole, asking)
        how = f"`{program} {' '.join(known.whole)}`"
    else:
        root = shared_below(tree_of(dict(every_page(program, known.style, asking))))
        how = f"`{program} … --help` of each subcommand"
    if known.style == "cobra" and program != "cscli":
        root = tried(program, root, (), (), asking)
        how += ", each run with 0 to 4 words against a closed port"
    if program == "etcdctl":
        root = shortened(root)
    if known.style == "kingpin":
        root = with_defaults(root, (), asking)
    if known.style == "redis":
        root = replace(root, commands=server_commands())
        how += ", `COMMAND` of its server and its Sentinel"
    table = CommandTable(program, version, known.style, root, f"{origin}: {how}")
    return with_hidden(table, asking) if known.style == "cobra" else table


def every_page(program: str, style: Style, asking: Asking, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Node]]:
    """Every page of help, by its command."""
    page = page_of(program, style, path, asking)
    if page is None:
        return
    yield " ".join(path), page
    for name in page.commands:
        if name not in ("help", "completion", "options") and len(path) < 4:
            yield from every_page(program, style, asking, (*path, name))


def shared_below(root: Node) -> Node:
    """Flags that every page repeats stand once, at the root."""
    if not root.below:
        shared = tuple(flag for flag in root.flags if not {"--help", "--version"} & set(flag.names))
        root = replace(root, flags=tuple(f for f in root.flags if f not in shared), below=shared)
    return without(root, root.below, top=True)


def without(node: Node, flags: tuple[Flag, ...], *, top: bool = False) -> Node:
    # By all names: `patronictl query -c` is another flag than the `-c` of patronictl itself.
    names = {flag.names for flag in flags}
    kept = node.flags if top else tuple(f for f in node.flags if f.names not in names and "--help" not in f.names)
    children = {name: without(child, flags) for name, child in node.commands.items()}
    return replace(node, flags=kept, commands=children)


def tried(program: str, node: Node, path: tuple[str, ...], above: tuple[Flag, ...], asking: Asking) -> Node:
    """A node with what the program says of the number of its words, and its subcommands'."""
    children = {
        name: tried(program, child, (*path, name), (*above, *node.below), asking) if name not in NOT_TRIED else child
        for name, child in node.commands.items()
    }
    node = replace(node, commands=children, acts=False)
    if node.open or not path:
        return node
    said = asking((*path, "zzzqqq", *CLOSED[program]))
    if node.commands and ("unknown command" in said or "\nUsage:" in said or "USAGE:" in said):
        return node
    return counted(program, replace(node, acts=bool(node.commands)), path, asking)


def counted(program: str, node: Node, path: tuple[str, ...], asking: Asking) -> Node:
    """Its words, counted by what it objects to."""

    def said(words: tuple[str, ...], *flags: str) -> str:
        text = asking((*path, *words, *flags, *CLOSED[program]))
        return re.sub(r"\[[xabcdef= ]*\]|(?:received|got|saw) \d+", "", text)

    first = said(WORDS[:1])
    needed = re.findall(r"\"([\w-]+)\"", found[1]) if (found := NEEDED.search(first)) else []
    for count in (0, 2):
        more = NEEDED.search(said(WORDS[:count]))
        needed = needed or (re.findall(r"\"([\w-]+)\"", more[1]) if more else [])
    marked = tuple(replace(f, needed=True) if set(f.names) & {f"--{n}" for n in needed} else f for f in node.flags)
    given = tuple(f"--{name}={'1' if kind(node, name) == 'int' else 'x'}" for name in needed)
    answers = [said(WORDS[:count], *given) for count in range(5)]
    fine = [count for count, text in enumerate(answers) if not objects(text)]
    dashed = 0
    if not fine and not objects(said((), *given, "x", "--", "y")):
        fine, dashed = [1], 1
    if not fine:
        return replace(node, flags=marked)
    most = None if 4 in fine else max(fine)
    instead = tuple(flag.names[-1] for flag in node.flags if fine[0] and stands_in(flag, answers[0], said, given))
    either = either_of(node, answers[fine[0]], said, WORDS[: fine[0]])
    if "--patch" in either:
        fine = [count for count in range(5) if not objects(said(WORDS[:count], *given, "--patch={}"))] or fine
        instead = ("--filename", "--kustomize")
    named = fine[0] == 1 and most is None and not dashed and wants_a_name(path, given, asking)
    places = Places(fine[0], 1 if dashed else most, instead, dashed, named, either)
    return replace(node, flags=marked, places=places)


def wants_a_name(path: tuple[str, ...], given: tuple[str, ...], asking: Asking) -> bool:
    """Whether a kind alone is not enough, said by kubectl in front of a cluster (KUBECONFIG_LIVE), in an empty namespace."""
    live = os.environ.get("KUBECONFIG_LIVE")
    if not live or path[0] in ("config", "auth", "certificate", "drain", "cordon", "uncordon"):
        return False
    said = asking((*path, "configmaps", *given, f"--kubeconfig={live}", "--namespace=tocsin-nowhere"))
    return "no name was specified" in said or "must be specified as" in said


def kind(node: Node, name: str) -> str:
    return next((flag.kind for flag in node.flags if f"--{name}" in flag.names), "")


def objects(text: str) -> bool:
    """It complains of its words, or prints its help instead of acting."""
    return bool(COUNT.search(text)) or "\nUsage:" in text


def stands_in(flag: Flag, bare: str, said: Callable[..., str], given: tuple[str, ...]) -> bool:
    """Whether the flag alone changes what it objects to when it gets no word."""
    return not NOT_INSTEAD & set(flag.names) and said((), *given, with_value(flag)) != bare


def with_value(flag: Flag) -> str:
    values = {"int": "1", "duration": "1s", "float": "1"}
    return flag.names[-1] if flag.takes == "nothing" else f"{flag.names[-1]}={values.get(flag.kind, 'x')}"


def either_of(node: Node, text: str, said: Callable[..., str], words: tuple[str, ...]) -> tuple[str, ...]:
    """The flags of which one must be there, when it says that one must."""
    if not EITHER.search(text):
        return ()
    tried = (flag for flag in node.flags if not NOT_INSTEAD & set(flag.names))
    return tuple(flag.names[-1] for flag in tried if said(words, with_value(flag)) != text)


def shortened(node: Node) -> Node:
    """etcdctl takes the beginning of a subcommand that no other begins with (cobra's EnablePrefixMatching): other names of it."""
    names = [*node.commands, *node.aliases]
    begun = {name[:size]: name for name in node.commands for size in range(1, len(name))}
    only = {short: name for short, name in begun.items() if sum(one.startswith(short) for one in names) == 1}
    children = {name: shortened(child) for name, child in node.commands.items()}
    return replace(node, commands=children, aliases={**only, **node.aliases})


def with_defaults(node: Node, path: tuple[str, ...], asking: Asking) -> Node:
    """kingpin: a group whose unknown words are taken has a default subcommand: anything may follow it."""
    children = {name: with_defaults(child, (*path, name), asking) for name, child in node.commands.items()}
    node = replace(node, commands=children)
    if not path or not node.commands:
        return node
    said = asking((*path, "zzzqqq"))
    return node if "expected command" in said else replace(node, open=True)


def with_hidden(table: CommandTable, asking: Asking) -> CommandTable:
    """Flags that other versions show for the same command and that this one takes without showing them."""
    others = [one for one in recorded_tables().get(table.program, ()) if one.version != table.version]
    old = [Flag((f"--{name}",)) for name in ("record", "export", "delete-local-data", "generator", "prune-whitelist")]

    def look(node: Node, path: tuple[str, ...]) -> Node:
        same = [found for other in others if (found := at(other.root, path))]
        shown = {name for flag in (*node.flags, *table.root.below) for name in flag.names}
        seen = [flag for other in same for flag in other.flags] + (old if table.program == "kubectl" else [])
        names = dict.fromkeys(name for flag in seen for name in flag.names if name.startswith("--"))
        tried = [hidden_flag(name, path, asking) for name in names if name not in shown] if path else []
        hidden = [flag for flag in tried if isinstance(flag, Flag)]
        children = {name: look(child, (*path, name)) for name, child in node.commands.items()}
        return replace(node, flags=(*node.flags, *hidden), commands=children)

    return replace(table, root=look(table.root, ()))


def at(node: Node, path: tuple[str, ...]) -> Node | None:
    for name in path:
        child = node.child(name)
        if child is None:
            return None
        node = child
    return node


def server_commands() -> dict[str, Node]:
    """What a server and a Sentinel answer to COMMAND: the names, the number of words, the subcommands."""
    found: dict[str, Node] = {}
    for port in (os.environ["REDIS_PORT"], os.environ["SENTINEL_PORT"]):
        answer = ask(Path("/usr/bin/redis-cli"), ("-2", "-p", port, "--json", "COMMAND"), 8.0)
        for entry in json.loads(answer.text):
            name, node = command_of(entry)
            old = found.get(name)
            found[name] = replace(node, commands={**old.commands, **node.commands}) if old else node
    return found


def command_of(entry: list[object]) -> tuple[str, Node]:
    """(name, arity, …, subcommands): an arity counts the name itself, a negative one is a minimum."""
    name, arity = str(entry[0]).rpartition("|")[2], int(str(entry[1]))
    words = len(str(entry[0]).split("|"))
    subcommands = entry[9] if len(entry) > 9 and isinstance(entry[9], list) else []
    children = dict(command_of(child) for child in subcommands)
    if children:
        return name, Node(commands=children, acts=arity == -1)
    return name, Node(places=Places(abs(arity) - words, None if arity < 0 else arity - words))


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.commands.values():
        yield from nodes(child)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
