"""
How a verb ends when it does not end well.

A `Failure` is a sentence for the person and an exit code. Anything else that escapes a verb is a bug of ours and goes
to `tocsin.cli.bugs`.
"""

from __future__ import annotations

from pathlib import Path

PROBLEMS, REFUSED = 1, 2


class Failure(Exception):
    """What the person is told; `exit_code` PROBLEMS or REFUSED."""

    def __init__(self, sentence: str, exit_code: int = REFUSED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code


class Session:
    """What one call of the command learns on its way; `data` is where a traceback may be put."""

    data: Path | None = None
