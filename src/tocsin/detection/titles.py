"""What an incident is called: one line of its first alert, cut to fit a call."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.incident.alert import Alert
from tocsin.lexicon import Language

TITLE_LENGTH = 120


def title_of(alerts: Sequence[Alert]) -> str:
    """The first alert's summary."""
    return cut(alerts[0].summary)


def storm_title(alerts: Sequence[Alert], language: Language) -> str:
    """An umbrella's name, in the language of the procedure: it is kept as it is."""
    first = alerts[0].summary
    return cut(
        f"Tempête d'alertes que rien n'explique : {first}…"
        if language == "fr"
        else f"A storm of alerts that nothing explains: {first}…"
    )


def cut(title: str) -> str:
    """On one line, at most TITLE_LENGTH characters."""
    flat = " ".join(title.split())
    return flat if len(flat) <= TITLE_LENGTH else f"{flat[: TITLE_LENGTH - 1]}…"
