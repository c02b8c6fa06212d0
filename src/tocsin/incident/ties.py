"""Why an alert is in its incident, as words, French and English: what stands beside each alert on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tocsin.incident.alert import CAUSE, Tie
from tocsin.lexicon import Language

_WORDS: dict[str, tuple[str, str]] = {
    CAUSE: ("c'est le problème lui-même", "the matter itself"),
    "named": ("elle nomme {subject}", "it names {subject}"),
    "address_of": ("son adresse est sur {subject}", "its address is on {subject}"),
    "pod_on": ("son pod tournait sur {subject}", "its pod ran on {subject}"),
    "workload_on": ("un de ses pods tournait sur {subject}", "one of its pods ran on {subject}"),
    "member_on": ("un membre du groupe tournait sur {subject}", "a member of the group ran on {subject}"),
    "target_on": ("une de ses cibles était sur {subject}", "one of its targets was on {subject}"),
    "control_plane_on": ("{subject} porte le plan de contrôle", "{subject} carries the control plane"),
    "reads_api": ("elle dépend de l'API du cluster", "it depends on the cluster's API"),
    "behind": ("le site passe par {subject}", "the site goes through {subject}"),
    "storm": ("venue dans une tempête, et rien d'autre ne l'explique", "came in a storm, and nothing else explains it"),
    "promoted": ("dure après la fin de l'incident {subject}", "outlives incident {subject}"),
    "moved": ("déplacée depuis l'incident {subject}", "moved from incident {subject}"),
    "split": ("séparée de l'incident {subject}", "split from incident {subject}"),
    "merged": ("fusionnée avec l'incident {subject}", "merged with incident {subject}"),
}


def tie_words(tie: Tie | None, language: Language) -> str:
    """One reason, without a full stop; "" for an alert of a timeline that kept none."""
    if tie is None or not tie.reason:
        return ""
    french, english = _WORDS.get(tie.reason, (tie.reason, tie.reason))
    return (french if language == "fr" else english).replace("{subject}", tie.subject)


def explained(ties: Iterable[Tie], language: Language) -> str:
    """ "17 explained by node-2": how many are effects, and of what; "" when all are the matter itself."""
    subjects = Counter(tie.subject for tie in ties if tie.reason not in (CAUSE, "storm", "moved", "split", "merged"))
    parts = [_by(count, subject, language) for subject, count in subjects.most_common(3) if subject]
    return ", ".join(parts)


def _by(count: int, subject: str, language: Language) -> str:
    if language == "fr":
        return f"{count} {'alertes expliquées' if count > 1 else 'alerte expliquée'} par {subject}"
    return f"{count} {'alerts' if count > 1 else 'alert'} explained by {subject}"
