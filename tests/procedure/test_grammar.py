"""A command line held against what its program takes: each parser by its own rules, as the real ones were seen to judge."""

from __future__ import annotations

import pytest

from tocsin.edge.tools.shipped import recorded_tables
from tocsin.procedure.grammar.helps.cobra import cobra_help
from tocsin.procedure.grammar.reading import faults_of
from tocsin.procedure.grammar.table import CommandTable, Tools
from tocsin.procedure.grammar.verdict import objections
from tocsin.procedure.shell import look

RECORDED = recorded_tables()


def table(program: str, version: str = "") -> CommandTable:
    """The newest recorded table, or the one of a version."""
    return next(one for one in RECORDED[program] if one.version.startswith(version))


def found(line: str, version: str = "") -> list[tuple[str, str]]:
    program, *rest = look(line).pipeline[0]
    return [(fault.kind, fault.name) for fault in faults_of(table(program, version), rest)]


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("kubectl get nodes", []),
        ("kubectl -n production get pods -o wide", []),
        ("kubectl get pods -nproduction -ojsonpath='{.items}'", []),
        ("kubectl get pods --namspace x", [("flag", "--namspace")]),
        ("kubectl gett pods", [("command", "gett")]),
        ("kubectl -A get pods", [("command", "pods")]),
        ("kubectl --tail 5 logs x", []),
        ("kubectl top pods", []),
        ("kubectl config use x", []),
        ("kubectl get pods -A=maybe", [("bad-value", "-A")]),
        ("kubectl get pods -A=false", []),
        ("kubectl logs x --tail=all", [("bad-value", "--tail")]),
        ("kubectl logs x --tail <n>", []),
        ("kubectl logs x --since=30", [("bad-value", "--since")]),
        ("kubectl logs x --tail", [("no-value", "--tail")]),
        ("kubectl logs x --bogus", [("flag", "--bogus")]),
        ("kubectl logs -l a=b", []),
        ("kubectl logs", [("too-few", "")]),
        ("kubectl logs a b c", [("too-many", "c")]),
        ("kubectl logs --help", []),
        ("kubectl get -n a -n b pods", [("repeated", "-n")]),
        ("kubectl delete -f a.yaml -f b.yaml", []),
        ("kubectl delete --cascade pod x", []),
        ("kubectl delete pods", [("too-few", "pods")]),
        ("kubectl delete pods --all", []),
        ("kubectl delete pod/x", []),
        ("kubectl delete <quoi>", []),
        ("kubectl apply", [("needed-flag", "--filename")]),
        ("kubectl apply -f x.yaml", []),
        ("kubectl apply -f x.yaml y.yaml", [("too-many", "y.yaml")]),
        ("kubectl rollout", [("subcommand", "")]),
        ("kubectl rollout restart deployment/web", []),
        ("kubectl scale deploy/web", [("needed-flag", "--replicas")]),
        ("kubectl exec x -- ls", []),
        ("kubectl exec x ls", [("too-many", "ls")]),
        ("kubectl exec x --", [("too-few", "")]),
        ("kubectl <verbe> pods", []),
        ("hcloud server reboot node-1", []),
        ("hcloud server reboot", [("too-few", "")]),
        ("hcloud server rebot x", [("command", "rebot")]),
        ("hcloud firewall add-rule 7 --direction in --protocol tcp --action drop", [("flag", "--action")]),
        ("hcloud firewall add-rule 7", [("needed-flag", "--direction"), ("needed-flag", "--protocol")]),
        ("patronictl list", []),
        ("patronictl list -f jsn", [("bad-value", "-f")]),
        ("patronictl -c /x lst", [("command", "lst")]),
        ("patronictl list -c /x", [("flag", "-c")]),
        ("patronictl failover a b", [("too-many", "b")]),
        ("patronictl reinit", [("too-few", "")]),
        ("patronictl list --force=yes", [("flag", "--force")]),
        ("patronictl failover --force=yes", [("bad-value", "--force")]),
        ("redis-cli -h a -p 1 info replication", []),
        ("redis-cli INFO", []),
        ("redis-cli inf", [("command", "inf")]),
        ("redis-cli --bogus info", [("flag", "--bogus")]),
        ("redis-cli get", [("too-few", "")]),
        ("redis-cli get a b", [("too-many", "b")]),
        ("redis-cli -x set a", []),
        ("redis-cli sentinel ckquorum mymaster", []),
        ("redis-cli config frob a", [("command", "frob")]),
        ("amtool alert add a --end=1 --end=2", [("repeated", "--end")]),
        ("amtool alert alertname=x", []),
        ("amtool --no-version-check alert", []),
        ("amtool frob", [("command", "frob")]),
        ("promtool check config", [("too-few", "")]),
        ("promtool --timeout=3s check config x", [("flag", "--timeout")]),
        ("psql -XAt -c 'select 1' -d x", []),
        ("psql --comm='select 1'", []),
        ("psql --bogus", [("flag", "--bogus")]),
        ("curl -fsS -m 5 https://x", []),
        ("curl --max-time=5 https://x", [("flag", "--max-time=5")]),
        ("curl --no-keepalive https://x", []),
        ("curl -m 5s https://x", [("bad-value", "-m")]),
        ("curl -s", [("too-few", "")]),
        ("systemctl restart nginx", []),
        ("systemctl restart", [("too-few", "")]),
        ("systemctl restat nginx", [("command", "restat")]),
        ("systemctl daemon-reload x", [("too-many", "x")]),
        ("systemctl status nginx --no-pager -l", []),
        ("cscli decisions add --ip <ip> -d 4h", []),
        ("cscli decisions add --adress x", [("flag", "--adress")]),
    ],
)
def test_what_a_program_would_object_to(line: str, faults: list[tuple[str, str]]) -> None:
    assert found(line) == faults


def test_a_word_that_is_nearly_right_is_asked_about() -> None:
    assert faults_of(table("kubectl"), ["gett"])[0].wanted == ("get",)
    assert faults_of(table("hcloud"), ["server", "list", "--selektor=x"])[0].wanted == ("--selector",)


def test_after_an_unknown_flag_nothing_is_said_of_the_arguments() -> None:
    assert found("kubectl logs --bogus x y z") == [("flag", "--bogus")]


def test_versions_differ() -> None:
    assert found("patronictl failover --leader a --candidate b", "3.0.2") == []
    assert found("patronictl failover --leader a --candidate b", "4.1.5") == [("flag", "--leader")]


def said(line: str, tools: Tools, *, inside: bool = False) -> list[tuple[str, bool, list[str], list[str]]]:
    program, *rest = look(line).pipeline[0]
    return [
        (one.fault.kind, one.installed, [t.version for t in one.held], [t.version for t in one.elsewhere])
        for one in objections(program, rest, tools, inside=inside)
    ]


OLD, NEW = table("patronictl", "3.0.2"), table("patronictl", "4.1.5")
LEADER = "patronictl failover --leader a --candidate b"


def test_the_program_of_this_machine_wins() -> None:
    tools = Tools({"patronictl": OLD}, {"patronictl": (NEW, OLD)})
    assert said(LEADER, tools) == []
    assert said(LEADER, Tools({"patronictl": NEW}, {"patronictl": (NEW, OLD)})) == [
        ("flag", True, ["4.1.5"], ["3.0.2"])
    ]


def test_inside_a_pod_the_program_of_this_machine_says_nothing() -> None:
    tools = Tools({"patronictl": OLD}, {"patronictl": (NEW, OLD)})
    assert said(LEADER, tools, inside=True) == [("flag", False, ["4.1.5"], ["3.0.2"])]


def test_without_it_a_line_that_the_newest_version_takes_is_right() -> None:
    tools = Tools(recorded={"patronictl": (NEW, OLD)})
    assert said("patronictl list -f yml", tools) == []
    assert said(LEADER, tools) == [("flag", False, ["4.1.5"], ["3.0.2"])]


def test_what_every_version_refuses_is_held_against_all_of_them() -> None:
    tools = Tools(recorded={"patronictl": (NEW, OLD)})
    assert said("patronictl lst", tools) == [("command", False, ["4.1.5", "3.0.2"], [])]


def test_a_program_that_nobody_knows_is_not_judged() -> None:
    assert said("frobnicate --now", Tools()) == []


def test_the_longest_name_of_a_page_has_one_space_behind_it_and_is_a_command_all_the_same() -> None:
    page = "Usage:\n  hcloud firewall [command]\n\nAvailable Commands:\n"
    page += "  list                 List Firewalls\n  remove-from-resource Removes a Firewall from a single resource\n"
    assert set(cobra_help(page).commands) == {"list", "remove-from-resource"}
