"""
What is known, as plain values for the API, the CLI and a team's own CI.

Standings, the book and the inventory come in, a JSON object goes out, always with the same keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tocsin.cluster.inventory import Inventory
from tocsin.lexicon import Language
from tocsin.proof.book import Known, ProofBook
from tocsin.proof.standing import RUNGS, Standing, counted

Json = dict[str, Any]


def view(
    found: Sequence[Standing], book: ProofBook, inventory: Inventory, silent: Mapping[str, str], language: Language
) -> Json:
    """Everything; `silent` maps a side that did not answer to why, "" when it is no longer known."""
    rungs = Counter(standing.rung for standing in found)
    return {
        "said": counted(found, language),
        "counts": {"lines": len(found), **{rung: rungs[rung] for rung in RUNGS}, "fails": _failing(found)},
        "looked_at": book.looked_at,
        "silent": dict(silent),
        "inventory": msgspec.to_builtins(inventory),
        "lines": [_line(standing, book.known(standing.line.digest)) for standing in found],
    }


def _failing(found: Sequence[Standing]) -> int:
    return sum(standing.mark == "fails" for standing in found)


def _line(standing: Standing, known: Known) -> Json:
    source = standing.line.source
    return {
        "path": source.path,
        "line": source.line,
        "what": standing.line.what,
        "text": standing.line.text,
        "digest": standing.line.digest,
        "state": standing.rung,
        "mark": standing.mark,
        "said": standing.said,
        "proofs": [msgspec.to_builtins(known[kind]) for kind in RUNGS if kind in known],
    }
