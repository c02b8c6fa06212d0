"""Matchers are Alertmanager's: what they hold for, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.procedure.matchers import hold, matchers_in, named, written
from tocsin.procedure.model import Matcher

LABELS = {"alertname": "KubePodCrashLooping", "namespace": "shop", "severity": "warning"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('alertname="KubePodCrashLooping"', True),
        ("alertname=KubePodCrashLooping", True),
        ('{alertname="KubePodCrashLooping", namespace="shop"}', True),
        ('alertname=~"Kube.*",namespace!~"test|dev"', True),
        ('alertname=~"Pod"', False),  # the whole value, as in Alertmanager
        ('node=""', True),  # a label that is not there is empty
        ('node!=""', False),
        ('severity!="warning"', False),
    ],
)
def test_a_list_of_matchers_holds_when_all_do(text: str, holds: bool) -> None:
    matchers = matchers_in(text)
    assert matchers is not None
    assert hold(matchers, LABELS) is holds


@pytest.mark.parametrize("text", ["", "KubeNodeNotReady", "a=b c=d", 'x=~"("', 'x="open', "{}", "1a=b"])
def test_what_is_no_matcher_is_none(text: str) -> None:
    assert matchers_in(text) is None


def test_a_bare_name_is_a_matcher_on_the_alerts_name() -> None:
    assert hold(named("KubePodCrashLooping"), LABELS)
    assert not hold(named("Watchdog"), LABELS)


@given(
    st.lists(
        st.builds(Matcher, st.from_regex(r"\A[a-z_][a-z0-9_]{0,8}\Z"), st.sampled_from(["=", "!="]), st.text()),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_reads_back_the_same(matchers: list[Matcher]) -> None:
    assert matchers_in(written(matchers)) == tuple(matchers)
