"""
The text of a page: one SMS of the GSM alphabet, 160 characters, with the link whole.

Order: priority, number, what, since when, take it before when, link. What does not fit is cut out of the title, never
out of the link. The GSM 03.38 alphabet lacks ê, ç, î and most of the world: letters lose their accent, other signs
become a question mark. Characters of its extension table ([ ] { } ~ ^ | \\ €) count twice.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.incident.events import PageReason
from tocsin.incident.state import Incident
from tocsin.lexicon import Language

LIMIT = 160
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("[]{}~^|\\€")
_LIKE = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "…": "...",
    "œ": "oe",
    "\t": " ",
}


def gsm(text: str) -> str:
    """The text in the GSM alphabet, on one line."""
    return "".join(_letter(letter) for letter in " ".join(text.split()))


def length(text: str) -> int:
    """Its length as an SMS counts it."""
    return sum(2 if letter in GSM_TWICE else 1 for letter in text)


def page_text(incident: Incident, reason: PageReason, link: str, timezone: str, language: Language) -> str:
    """The SMS: never longer than 160 unless the link alone is."""
    zone = ZoneInfo(timezone)
    head = f"{'EXERCICE ' if incident.kind == 'exercise' else ''}{incident.priority} INC-{incident.number} "
    tail = gsm(f"{_what_to_do(incident, reason, zone, language)} {link}")
    return f"{head}{_cut(gsm(incident.title), LIMIT - length(head) - length(tail) - 1)} {tail}"


def subject(incident: Incident, reason: PageReason, language: Language) -> str:
    """One line for channels that have a subject; the title is cut at 80 characters."""
    marks = {
        "breach": ("DÉLAI DÉPASSÉ", "OVERDUE"),
        "cleared": ("calme, à résoudre ?", "quiet, resolve?"),
        "outcome_unknown": ("issue inconnue d'une étape", "a step's outcome is unknown"),
        "silence": ("toujours dessus ?", "still on it?"),
        "break_glass": ("glace brisée", "glass broken"),
        "maintenance": ("annonce", "announcement"),
    }
    french, english = marks.get(reason, ("", ""))
    mark = french if language == "fr" else english
    parts = [f"[{incident.priority}]", f"INC-{incident.number}", " ".join(incident.title.split())[:80]]
    return " ".join([*parts, f"({mark})"] if mark else parts)


def _what_to_do(incident: Incident, reason: PageReason, zone: ZoneInfo, language: Language) -> str:
    since = _clock(incident.detected_at, zone)
    due = _clock(incident.respond_by, zone)
    if language == "fr":
        words = {
            "breach": f"depuis {since}. DELAI DEPASSE ({due}). Prendre:",
            "cleared": "est calme. Résolu ?",
            "outcome_unknown": "- issue d'une étape inconnue. Voir:",
            "break_glass": "- glace brisée, commande à risque. Voir:",
            "silence": "- toujours dessus ? Une note suffit:",
            "maintenance": "- commence." if incident.firing else "- terminée.",
        }
        return words.get(reason, f"depuis {since}. A prendre avant {due}:")
    words = {
        "breach": f"since {since}. OVERDUE ({due}). Take it:",
        "cleared": "is quiet. Resolved?",
        "outcome_unknown": "- a step's outcome is unknown. See:",
        "break_glass": "- glass broken for a risky command. See:",
        "silence": "- still on it? A note is enough:",
        "maintenance": "- begins." if incident.firing else "- is over.",
    }
    return words.get(reason, f"since {since}. Take it before {due}:")


def _clock(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M") if at else "?"


def _cut(title: str, room: int) -> str:
    if length(title) <= room:
        return title
    kept = ""
    for letter in title:
        if length(kept + letter) > room - 3:
            break
        kept += letter
    return f"{kept}..." if kept else ""


def _letter(letter: str) -> str:
    if letter in GSM or letter in GSM_TWICE:
        return letter
    if letter in _LIKE:
        return _LIKE[letter]
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare if bare in GSM else "?"
