"""
Which row of a table of alerts speaks of an alert: the first whose matchers all hold.

Rows and labels come in, a row goes out. The surprise is the index: most rows name one alert, and a storm asks for
thousands of alerts, so rows are looked up by name and only those that name none or several are tried in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from tocsin.procedure.matchers import NAME_LABEL, hold
from tocsin.procedure.model import AlertRule


class RuleIndex:
    """Of the rows of one table, in their order."""

    def __init__(self, rules: Sequence[AlertRule]) -> None:
        self._named: dict[str, list[tuple[int, AlertRule]]] = {}
        self._open: list[tuple[int, AlertRule]] = []
        for place, rule in enumerate(rules):
            name = next((m.value for m in rule.matchers if m.label == NAME_LABEL and m.operator == "="), None)
            (self._open if name is None else self._named.setdefault(name, [])).append((place, rule))

    def first(self, name: str, labels: Mapping[str, str]) -> AlertRule | None:
        """The first row that holds for an alert of that name."""
        told = {**labels, NAME_LABEL: name}
        found = next(((place, rule) for place, rule in self._named.get(name, ()) if hold(rule.matchers, told)), None)
        for place, rule in self._open:
            if found is not None and place > found[0]:
                break
            if hold(rule.matchers, told):
                return rule
        return found[1] if found else None


class _ById:
    """A key that is cheap to compare; it holds the rules, so that their identity stays theirs."""

    def __init__(self, rules: Sequence[AlertRule]) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return id(self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and self.rules is other.rules


def rule_for(name: str, labels: Mapping[str, str], rules: Sequence[AlertRule]) -> AlertRule | None:
    """The first of these rows that speaks of the alert."""
    return _indexed(_ById(rules)).first(name, labels) if rules else None


@lru_cache(maxsize=64)
def _indexed(key: _ById) -> RuleIndex:
    return RuleIndex(key.rules)
