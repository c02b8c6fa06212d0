"""Words compared as people compare them: without case, accents, numbering or punctuation."""

from __future__ import annotations

import re
import unicodedata

_PREFIX = re.compile(r"^(?:(?:sc[ée]narios?|playbooks?)\s*\d*\s*[:–—-]\s*|\d+[.)]\s+)", re.IGNORECASE)


def fold(text: str) -> str:
    """Fold case, accents, typographic quotes and runs of blanks: "  1. Détection " is "1. detection"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.replace("’", "'").casefold().split())


def words_of(text: str) -> str:
    """Fold, and leave only words and digits with one blank between: "Post-mortem :" is "post mortem"."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def names(text: str) -> frozenset[str]:
    """A set of names, written in one line with blanks between them."""
    return frozenset(text.split())


def has_words(text: str, phrases: tuple[str, ...]) -> bool:
    """Tell whether one of the phrases (already folded) stands in the text as whole words."""
    padded = f" {words_of(text)} "
    return any(f" {phrase} " in padded for phrase in phrases)


def slug_of(text: str) -> str:
    """Make a name fit for an address: "Node 2 down (worker)" is "node-2-down-worker"; "" becomes "-"."""
    return words_of(text).replace(" ", "-") or "-"


def title_of(heading: str) -> str:
    """A scenario's title without "Scenario 2:" before it."""
    return _PREFIX.sub("", heading).strip() or heading


def unique(slug: str, taken: dict[str, int]) -> str:
    """
    Give the slug, or the slug with the first free number behind it; it is then taken.

    `taken` says with each slug the last number that was tried behind it: thousands of one name are no search each.
    """
    free, number = slug, taken.get(slug, 1)
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    taken[slug] = number
    taken.setdefault(free, 1)
    return free
