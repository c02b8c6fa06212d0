"""What a check of kept timelines can find, as sentences in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["fr", "en"]

SENTENCES: Mapping[str, Mapping[Language, str]] = {
    # a timeline
    "edited": {
        "en": "{stream} line {seq}: the text is not the one that was recorded (its digest differs)",
        "fr": "{stream} ligne {seq} : le texte n’est pas celui qui a été consigné (son empreinte diffère)",
    },
    "broken": {
        "en": "{stream} line {seq}: the chain is broken, this line does not follow the one before it",
        "fr": "{stream} ligne {seq} : la chaîne est rompue, cette ligne ne suit pas la précédente",
    },
    "missing": {
        "en": "{stream}: line {seq} is missing, line {found} comes instead",
        "fr": "{stream} : la ligne {seq} manque, la ligne {found} vient à sa place",
    },
    "ledger": {
        "en": "{stream} line {seq}: the ledger of {at} noted another chain",
        "fr": "{stream} ligne {seq} : le registre du {at} a noté une autre chaîne",
    },
    "late": {
        "en": "{stream} line {seq}: the ledger stands behind a stream that it should vouch for",
        "fr": "{stream} ligne {seq} : le registre vient après un fil dont il devrait répondre",
    },
    "shorter": {
        "en": "{stream}: the ledger of {at} noted line {seq}, which is not there",
        "fr": "{stream} : le registre du {at} a noté la ligne {seq}, qui n’y est pas",
    },
    # a bundle
    "line": {
        "en": "{name}:{place}: the line cannot be read",
        "fr": "{name}:{place} : la ligne est illisible",
    },
    "elsewhere": {
        "en": "{name}:{place}: the line belongs to {stream}",
        "fr": "{name}:{place} : la ligne appartient à {stream}",
    },
    "head": {
        "en": "{stream}: it ends at line {seq}; bundle.json says line {told}, or another chain",
        "fr": "{stream} : il finit à la ligne {seq} ; bundle.json dit la ligne {told}, ou une autre chaîne",
    },
    "stream": {
        "en": "{stream}: bundle.json does not name it",
        "fr": "{stream} : bundle.json ne le nomme pas",
    },
    "foreign": {
        "en": "{name}: it is not part of a bundle",
        "fr": "{name} : cela ne fait pas partie d’un dossier",
    },
    "changed": {
        "en": "{name}: the text was changed",
        "fr": "{name} : le texte a été modifié",
    },
    "gone": {
        "en": "blobs/{digest}: it is missing",
        "fr": "blobs/{digest} : il manque",
    },
    "unnamed": {
        "en": "blobs/{digest}: a line names it and bundle.json does not",
        "fr": "blobs/{digest} : une ligne le nomme et bundle.json non",
    },
    "seen": {
        "en": "no line of the ledger has the head {seen}",
        "fr": "aucune ligne du registre n’a la tête {seen}",
    },
    "unreadable": {
        "en": "it cannot be read: {why}",
        "fr": "il est illisible : {why}",
    },
    "no_manifest": {
        "en": "it has no readable bundle.json at its end",
        "fr": "il n’a pas de bundle.json lisible à la fin",
    },
    "format": {
        "en": "its format is {format}, known is {known}",
        "fr": "son format est {format}, celui connu est {known}",
    },
    "member": {
        "en": "{name} is no plain file, is too large, or stands there twice",
        "fr": "{name} n’est pas un simple fichier, est trop grand, ou y est deux fois",
    },
}


def flaw(language: Language, code: str, **words: object) -> str:
    """One finding in the reader's language."""
    return SENTENCES[code][language].format(**words)
