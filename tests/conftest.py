"""What many tests read: the team's procedure and our own table of alerts."""

import hashlib

import pytest

from tests.story import FIXTURES
from tocsin.edge.procedure_files import shipped_catalogue, shipped_runbooks
from tocsin.procedure.model import AlertRule, Procedure
from tocsin.procedure.read import read_procedure
from tocsin.procedure.source import Text
from tocsin.triage.catalogue import read_catalogue


@pytest.fixture(scope="session")
def procedure() -> Procedure:
    """The team's own procedure, byte for byte as it was brought."""
    raw = (FIXTURES / "procedure" / "incidents.md").read_bytes()
    text = Text("incidents.md", raw.decode(), hashlib.sha256(raw).hexdigest())
    return read_procedure({"incidents.md": text}, "incidents.md", shipped_runbooks())


@pytest.fixture(scope="session")
def catalogue() -> tuple[AlertRule, ...]:
    """tocsin's own table of alerts."""
    return read_catalogue(shipped_catalogue())
