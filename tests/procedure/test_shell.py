"""A command line becomes argv lists exactly as bash would split it, or says why it cannot without a shell."""

from __future__ import annotations

import hashlib
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.procedure.written import command, scenario
from tocsin.procedure.shell import LONGEST, digest_of, look
from tocsin.procedure.source import Source


def split(line: str) -> tuple[tuple[str, ...], ...]:
    seen = look(line)
    assert not seen.objections, seen.objections
    return seen.pipeline


@pytest.mark.parametrize(
    ("line", "pipeline"),
    [
        ("kubectl get nodes", (("kubectl", "get", "nodes"),)),
        ('a | grep -i "x y" | head -20', (("a",), ("grep", "-i", "x y"), ("head", "-20"))),
        ('echo \'it\'"\'"\'s\' a\\ b "c\\"d" "e\\f"', (("echo", "it's", "a b", 'c"d', "e\\f"),)),
        ("echo \"\" '' x", (("echo", "", "", "x"),)),
        ("echo 100$ \"5$\" '$HOME'", (("echo", "100$", "5$", "$HOME"),)),
        ("kubectl get nodes # un commentaire", (("kubectl", "get", "nodes"),)),
        ("echo a#b", (("echo", "a#b"),)),
        (
            "kubectl get pods -o jsonpath={.items[*].metadata.name}",
            (("kubectl", "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"),),
        ),
        ("curl https://example.org/a?b=c", (("curl", "https://example.org/a?b=c"),)),
        ("kubectl patch x -p '{\n\"a\": 1}'", (("kubectl", "patch", "x", "-p", '{\n"a": 1}'),)),
        ("echo été “x”", (("echo", "été", "“x”"),)),
        ("env KUBECONFIG=/x kubectl get nodes", (("env", "KUBECONFIG=/x", "kubectl", "get", "nodes"),)),
    ],
)
def test_words_as_a_shell_would_split_them(line: str, pipeline: tuple[tuple[str, ...], ...]) -> None:
    assert split(line) == pipeline


@pytest.mark.parametrize(
    ("line", "placeholders", "argv"),
    [
        ("cscli decisions add --ip <ip>", ("ip",), ("cscli", "decisions", "add", "--ip", "<ip>")),
        ("x <firewall-id> <ip>/32 <ip>", ("firewall-id", "ip"), ("x", "<firewall-id>", "<ip>/32", "<ip>")),
        ("x '<adresse ip>'", ("adresse ip",), ("x", "<adresse ip>")),
        ("x deploy/<réplique>", ("réplique",), ("x", "deploy/<réplique>")),
    ],
)
def test_placeholders_are_words_and_keep_their_text(
    line: str, placeholders: tuple[str, ...], argv: tuple[str, ...]
) -> None:
    seen = look(line)
    assert (seen.placeholders, seen.pipeline, seen.objections) == (placeholders, (argv,), ())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("echo $HOME", [("variable", "$HOME")]),
        ('echo "a ${B} c"', [("variable", "${B}")]),
        ("echo $(date)", [("substitution", "$(date)")]),
        ("echo `date`", [("substitution", "`date`")]),
        ("echo $((1+1))", [("arithmetic", "$((1+1))")]),
        ("a > f", [("redirection", "> f")]),
        ("a 2>&1 | head", [("redirection", "2>&1")]),
        ("a < f", [("redirection", "< f")]),
        ("diff <(a) <(b)", [("redirection", "<(a)"), ("redirection", "<(b)")]),
        ("a && b", [("and-or", "&&")]),
        ("a || b", [("and-or", "||")]),
        ("a; b", [("sequence", ";")]),
        ("a &", [("background", "&")]),
        ("a |& b", [("stderr-pipe", "|&")]),
        ("for i in 1 2; do a; done", [("loop", "for i in 1 2; do a; done")]),
        ("while true; do a; done", [("loop", "while true; do a; done")]),
        ("if a; then b; fi", [("condition", "if a; then b; fi")]),
        ("[ -f x ]", [("test", "[ -f x ]")]),
        ("(a)", [("group", "(a)")]),
        ("{ a; }", [("group", "{ a; }")]),
        ("! a", [("negation", "! a")]),
        ("A=1 b", [("assignment", "A=1")]),
        ("A=1", [("assignment", "A=1")]),
        ("cat ~/x", [("tilde", "~")]),
        ("ls *.log", [("glob", "*")]),
        ("touch {a,b}", [("braces", "{a,b}")]),
        ("echo $'x'", [("quoting", "$'x'")]),
        ("cd /tmp", [("builtin", "cd")]),
        ("export A", [("builtin", "export")]),
        ("done", [("reserved", "done")]),
        ("a && b > f", [("and-or", "&&"), ("redirection", "> f")]),
    ],
)
def test_what_only_a_shell_can_do_is_named_with_its_place(line: str, found: list[tuple[str, str]]) -> None:
    seen = look(line)
    assert [(o.key, line[o.start : o.end]) for o in seen.objections] == found
    assert {o.code for o in seen.objections} == {"P302"}
    assert seen.pipeline == ()


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('grep "x', "quote"),
        ("grep 'x", "quote"),
        ("a |", "empty-stage"),
        ("| a", "empty-stage"),
        ("a | | b", "empty-stage"),
        ("a \\", "incomplete"),
        ("kubectl\u00a0get nodes", "blank"),
        ("x" * (LONGEST + 1), "too-long"),
    ],
)
def test_what_is_no_command_is_one_problem(line: str, key: str) -> None:
    (objection,) = look(line).objections
    assert (objection.code, objection.key) == ("P301", key)


@pytest.mark.parametrize(
    ("filters", "word"),
    [
        ("awk '{print $1}'", "awk"),
        ("grep -o x", "-o"),
        ("grep x file", "file"),
        ("grep", "grep"),
        ("tail -f", "-f"),
        ("head -n", "-n"),
        ("head -c 5", "-c"),
        ("wc", "wc"),
        ("wc -c", "-c"),
        ("sort -k 2", "-k"),
        ("tee log", "tee"),
        ("xargs kubectl delete", "xargs"),
    ],
)
def test_a_filter_that_tocsin_does_not_apply_is_refused(filters: str, word: str) -> None:
    seen = look(f"kubectl get pods | {filters}")
    assert [(o.code, o.word) for o in seen.objections] == [("P303", word)]


@pytest.mark.parametrize(
    "filters",
    [
        "grep -viE 'a|b'",
        "grep -v -c x",
        "grep -e -x",
        "grep -- -x",
        "head",
        "head -20",
        "head -n 5",
        "tail -n5",
        "wc -l",
        "sort",
        "sort -rn",
    ],
)
def test_the_filters_that_tocsin_applies(filters: str) -> None:
    assert len(split(f"kubectl get pods | {filters}")) == 2


def test_the_digest_is_of_the_json_of_the_arguments() -> None:
    written = '[["echo","é <ip>"],["wc","-l"]]'
    assert digest_of((("echo", "é <ip>"), ("wc", "-l"))) == hashlib.sha256(written.encode()).hexdigest()


def test_blanks_and_quotes_do_not_change_the_digest_but_words_do() -> None:
    assert command("echo  'a'  b").digest == command('echo "a" b').digest
    assert command("echo 'a b'").digest != command("echo a b").digest


def test_a_command_over_several_lines_is_one_line_with_its_place() -> None:
    written = scenario("# 1. x\n  kubectl get pods \\\n    -n production \\\n    --unknown $A")
    (one,) = written.steps[0].commands
    assert one.text == "kubectl get pods -n production --unknown $A"
    first = written.source.line + 4  # heading, blank, fence, comment
    assert (one.source.line, one.source.column) == (first, 3)
    (problem,) = one.problems
    assert (problem.code, problem.source) == ("P302", Source("incidents.md", first + 2, 15, 17))


def test_a_text_in_quotes_may_go_over_several_lines() -> None:
    written = scenario("# 1. x\nkubectl patch x -p '{\n  \"a\": 1\n}'\nkubectl get nodes")
    assert [c.pipeline[0][-1] for c in written.steps[0].commands] == ['{\n  "a": 1\n}', "nodes"]


def test_a_loop_is_one_problem_and_not_one_for_each_line() -> None:
    written = scenario("# 1. x\nfor p in a b; do\n  kubectl delete pod $p\ndone\nkubectl get nodes")
    assert [[p.code for p in c.problems] for c in written.steps[0].commands] == [["P302"], []]


def test_a_forgotten_quote_costs_one_step_and_not_the_scenario() -> None:
    written = scenario("# 1. a\necho l'apache\n# 2. b\nkubectl get nodes\n# 3. c\necho l'autre")
    assert [step.number for step in written.steps] == ["1", "2", "3"]
    assert [step.commands[0].runnable for step in written.steps] == [False, True, False]


bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed: nothing to compare with")
PIECES = st.sampled_from(
    [*"abz019-_=.,/:@%+é€ \\'\"$#~", "''", '""', "\\ ", "'a b'", '"a b"', "$ ", " #", "\\'", '\\"', "{.x}", "-o"]
)


@bash
@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_what_is_not_objected_to_is_what_bash_would_run(tail: str) -> None:
    """The strongest promise of this room, held against bash itself."""
    line = f"printf %s\\\\0 {tail}"
    seen = look(line)
    if seen.objections or len(seen.pipeline) != 1:
        return
    ran = subprocess.run(
        ["bash", "-c", line], capture_output=True, check=True, env={"HOME": "/nowhere", "LC_ALL": "C.UTF-8"}
    )
    words = ran.stdout.decode().split("\0")[:-1]
    # printf prints its format once even when there is nothing to print
    assert words == (list(seen.pipeline[0][2:]) or [""])


@bash
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"ab|&;<>()$`{}[]*?!~\n", " ", "'", '"', "<ip>", "for ", "do ", "done ", "<<E"]), max_size=16
    ).map("".join)
)
def test_bash_refuses_nothing_that_was_understood(line: str) -> None:
    """A line that becomes a pipeline is at least one that bash can parse."""
    seen = look(line)
    if not seen.pipeline or seen.objections or seen.placeholders:
        return
    parsed = subprocess.run(["bash", "-n", "-c", line], capture_output=True, check=False)
    assert parsed.returncode == 0, parsed.stderr
