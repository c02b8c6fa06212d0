"""The procedure that the stories are told with: the team's own, byte for byte."""

from __future__ import annotations

import hashlib

import pytest

from tests.story import FIXTURES
from tocsin.procedure.model import Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.source import Text


@pytest.fixture(scope="session")
def procedure() -> Procedure:
    """incidents.md as it was brought."""
    raw = (FIXTURES / "procedure" / "incidents.md").read_bytes()
    text = Text("incidents.md", raw.decode(), hashlib.sha256(raw).hexdigest())
    return read_procedure({"incidents.md": text}, "incidents.md")
