"""Not possible in this state: the second family of errors."""

from __future__ import annotations


class Refused(Exception):
    """
    A request that the incident's state does not allow: HTTP 409, exit code 2 of the CLI.

    `code` is a key of `tocsin.incident.sentences.refusal`, `values` what stands in its sentence: the words are chosen
    where they are shown, in the reader's language.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
