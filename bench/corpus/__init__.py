"""Lines as people write them and what the real tools said of each: `bench.record_corpus` asks, `bench.commands` counts."""

import json
from pathlib import Path
from typing import NamedTuple

LINES = Path(__file__).parent / "lines.txt"
VERDICTS = Path(__file__).parent / "verdicts.json"


class Verdict(NamedTuple):
    """`refused` is a usage error; `code` None had to be ended; `said` is the first line of what it wrote."""

    line: str
    refused: bool
    code: int | None
    said: str


class Corpus(NamedTuple):
    """`versions` are those of the tools that judged."""

    versions: dict[str, str]
    verdicts: tuple[Verdict, ...]


def read_corpus() -> Corpus:
    """What was recorded."""
    kept = json.loads(VERDICTS.read_text())
    return Corpus(kept["versions"], tuple(Verdict(**one) for one in kept["verdicts"]))
