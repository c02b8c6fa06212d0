"""
What is wrong with what alerts mean: a row that an earlier one always beats, a scenario or a runbook that is not there.

The rows count in their order and the first whose matchers hold decides. The surprise: "always beats" is only said where
it follows from the matchers alone; two regular expressions are compared as texts, never solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import combinations

from tocsin.procedure.bounds import COMPARED, GUESSED
from tocsin.procedure.matchers import hold, spelled
from tocsin.procedure.messages import LONGEST_FIELD, phrase, problem
from tocsin.procedure.model import AlertRule, Matcher, Procedure
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Source
from tocsin.procedure.surroundings import Surroundings

_MOST = 100
_MOST_MATCHERS = 6


def unreachable_rules(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P130: whatever this row is for, a row above it has taken."""
    above = _Above()
    for rule in procedure.alerts:
        earlier = above.covering(rule)
        if earlier:
            fields = {"text": spelled(rule.matchers), "other": spelled(earlier.matchers), "line": str(earlier.source)}
            yield problem("P130", rule.source, procedure.language, fields=fields)
        else:
            above.add(rule)


class _Above:
    """
    The rows that were read before. They are found by their matchers, so that a table of thousands of names takes no
    time; only a row that says "=" can be covered otherwise, and for it the first hundred patterns are tried.
    """

    def __init__(self) -> None:
        self._equal: dict[frozenset[Matcher], AlertRule] = {}
        self._others: list[AlertRule] = []

    def add(self, rule: AlertRule) -> None:
        self._equal.setdefault(frozenset(rule.matchers), rule)
        if len(self._others) < _MOST and any(matcher.operator != "=" for matcher in rule.matchers):
            self._others.append(rule)

    def covering(self, rule: AlertRule) -> AlertRule | None:
        """A row of which every alert that fulfils this rule fulfils all matchers."""
        given = rule.matchers[:_MOST_MATCHERS]
        parts = (frozenset(part) for size in range(1, len(given) + 1) for part in combinations(given, size))
        found = next((self._equal[part] for part in parts if part in self._equal), None)
        if found or (len(given) == len(rule.matchers) and all(matcher.operator != "=" for matcher in given)):
            return found
        return next((one for one in self._others if _covers(one, rule)), None)


def _covers(earlier: AlertRule, later: AlertRule) -> bool:
    return all(any(_follows(wanted, given) for given in later.matchers) for wanted in earlier.matchers)


def _follows(wanted: Matcher, given: Matcher) -> bool:
    if wanted.label != given.label:
        return False
    return wanted == given or (given.operator == "=" and hold((wanted,), {given.label: given.value}))


def unknown_scenarios(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P131: an alert leads to a scenario that the procedure does not have."""
    named = [(rule.scenario, rule.source) for rule in procedure.alerts]
    yield from _unknown("P131", named, [scenario.slug for scenario in procedure.scenarios], procedure)


def unknown_runbooks(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P132: an alert or a scenario leads to a runbook that the diagnosis does not link to."""
    named = [(rule.runbook, rule.source) for rule in procedure.alerts]
    named += [(scenario.runbook, scenario.source) for scenario in procedure.scenarios]
    yield from _unknown("P132", named, [book.slug for book in procedure.runbooks], procedure)


def _unknown(
    code: str, named: Sequence[tuple[str, Source]], known: Sequence[str], procedure: Procedure
) -> Iterator[Problem]:
    there = frozenset(known)
    wanting = [(name, source) for name, source in named if name and name not in there]
    for place, (name, source) in enumerate(wanting):
        similar = get_close_matches(name, known[:COMPARED], n=1) if place < GUESSED else []
        key = "similar" if similar else "known" if known else "none-known"
        hint = phrase(key, procedure.language, name=similar[0] if similar else ", ".join(known[:LONGEST_FIELD]))
        yield problem(code, source, procedure.language, name=name, hint=hint)
