"""What follows a pipe: the same answers as the tools give, which are asked when they are there."""

import asyncio
import shutil
import subprocess
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.edge.execution.bounded_filters import FilterFailed, filtered
from tocsin.edge.execution.filters import BadFilter, apply, is_quick

PODS = """\
NAMESPACE    NAME                      READY   STATUS    RESTARTS   AGE
production   crasher-d766fdc4b-cr2cn   0/1     Error     3          50s
production   postgresql-0              1/1     Running   0          5m
ingress      traefik-5v7bw             1/1     Running   12         5m
"""
TEXTS = [PODS, "", "\n", "a\n\nb", "no end", "b\na\nb\n10 x\n9 x\n-1\n1.5\n", "été\nÉTÉ\n", "a.b\naxb\n(a)\n[a]\n{1}\n"]
FILTERS = [
    "grep -v Running",
    "grep -i RUNNING",
    "grep -c Running",
    "grep -n 1/1",
    "grep -vi -c running",
    "grep -w a",
    "grep -F a.b",
    "grep a.b",
    "grep -E ^(production|ingress)",
    "grep -E [[:space:]]1[0-9][[:space:]]",
    "grep -E (Error|Crash).*s$",
    r"grep \(Error\|Running\)",
    "grep (a)",
    "grep -E \\(a\\)",
    "grep -E a)",
    "grep -E a{1}",
    "grep a{1}",
    r"grep a\{1\}",
    r"grep \<a",
    "grep []a]",
    r"grep [\w]",
    "grep *a",
    "grep -e -1",
    "grep -- -1",
    "head -n 2",
    "head -1",
    "head",
    "head -n 0",
    "tail -n 2",
    "tail -1",
    "tail -n 0",
    "wc -l",
    "sort",
    "sort -r",
    "sort -u",
    "sort -n",
    "sort -rn",
    "sort -n -u",
]


def argv(line):
    return tuple(line.split(" "))


@pytest.mark.parametrize("line", FILTERS)
def test_a_filter_does_what_the_tool_does(line):
    program, *words = argv(line)
    tool = shutil.which(program)
    if tool is None:
        pytest.skip(f"{program} is not installed")
    for text in TEXTS:
        ran = subprocess.run(
            [tool, *words], input=text.encode(), capture_output=True, check=False, env={"LC_ALL": "C.UTF-8"}
        )
        assert ran.stderr == b""
        assert apply([argv(line)], text) == ran.stdout.decode(), text


def test_filters_follow_one_another():
    assert apply([argv("grep -v NAMESPACE"), argv("sort"), argv("head -n 1"), argv("wc -l")], PODS) == "1\n"


def test_nothing_found_is_an_empty_text():
    assert apply([("grep", "ModSecurity")], PODS) == ""


@pytest.mark.parametrize(
    "line",
    [
        "awk {print}",
        "grep",
        "grep a /etc/passwd",
        "grep -r a",
        "grep --include=x a",
        "grep -f /etc/passwd a",
        "head -c 10",
        "head a",
        "tail -f",
        "tail -n +2",
        "wc",
        "wc -l file",
        "sort -o out",
        "sort -k2",
        "grep -E (a",
        r"grep a\)",
        "grep -E +a",
        "grep [:space:]",
        r"grep \(a\)\1",
        "grep [a",
        "grep [[.a.]]",
        "grep [[:nope:]]",
        "grep -E a{9999}",
        "grep " + "a" * 501,
    ],
)
def test_what_is_not_applied_is_refused_before_anything_runs(line):
    with pytest.raises(BadFilter):
        is_quick([argv(line)])


def test_a_second_sign_repeats_the_first_and_is_not_lazy_or_possessive():
    assert apply([("grep", "-E", "-c", "^a+?b$")], "ab\nb\naab\n") == "3\n"
    assert apply([("grep", "-E", "-c", "^a*+ab$")], "ab\naab\n") == "2\n"


@given(st.text(alphabet="ab.*[]()\\|^$+?{}1,- :", max_size=12), st.text(alphabet="ab\n()[]{}", max_size=20))
def test_any_pattern_is_translated_or_refused(pattern, text):
    for flags in ((), ("-E",)):
        try:
            kept = apply([("grep", *flags, "-e", pattern)], text)
        except BadFilter:
            continue
        assert set(kept.split("\n")) <= {*text.split("\n"), ""}


def test_a_pattern_that_would_take_for_ever_is_ended():
    hostile = "a" * 60 + "!\n"
    began = time.monotonic()
    with pytest.raises(FilterFailed, match="`grep` took longer than"):
        asyncio.run(filtered([("grep", "-E", "^(a+)+$")], hostile, timedelta(seconds=0.5)))
    assert time.monotonic() - began < 5


def test_a_pattern_with_repetitions_gives_the_same_in_its_child():
    assert asyncio.run(filtered([("grep", "-E", "é+t"), argv("head -n 1")], "été\nét\n")) == "été\n"
