"""The home page of a procedure of three hundred lines of which most do something, with a past and open incidents."""

import time
from pathlib import Path

from bench.figures import Figure, percentile
from bench.filled import PUBLIC_URL, cookie, open_incidents
from bench.reading import looks
from tests.e2e.served import Served
from tests.house import SMALL
from tocsin.edge.clock import SystemClock
from tocsin.edge.procedure_files import read_procedure_files
from tocsin.edge.settings import Settings
from tocsin.edge.store.sql_store import open_store
from tocsin.incident.events import LineProved, PreflightTaken, ProofKind
from tocsin.loops.house import House
from tocsin.procedure.read import read_procedure
from tocsin.proof.book import STREAM
from tocsin.proof.lines import acting_lines

LINES = 300
STILL_OPEN = 5
LOOKS = 300
SETTINGS = f'language = "en"\npublic_url = "{PUBLIC_URL}"\n'


def home(folder: Path) -> list[Figure]:
    """Over HTTP, by somebody who is signed in."""
    (folder / "incidents.md").write_text(written(LINES))
    signed_in, acting, standing_ms = _fill(folder)
    with Served(folder, SETTINGS, procedure=folder / "incidents.md") as served:
        took = looks(served, "/", signed_in, LOOKS)
    beside = f"p50 {percentile(took, 0.5):.1f} ms; {LINES} lines, {acting} do something, {STILL_OPEN} incidents open"
    return [
        Figure("home page, p95", percentile(took, 0.95), "ms", 50, beside=beside),
        Figure("how each line stands, worked out anew", standing_ms, "ms", beside="at most once a minute and language"),
    ]


def written(lines: int) -> str:
    """The small procedure with scenarios of commands, up to so many lines."""
    before, _, contacts = (SMALL / "incidents.md").read_text().partition("## Contacts")
    text, number = before, 0
    while text.count("\n") + contacts.count("\n") + 9 < lines:
        number += 1
        text += f"### Queue {number} stuck\n\n```bash\n# 1. Look\nkubectl get pods -n queue-{number}\n"
        text += f"kubectl logs -n queue-{number} -l app=queue --tail=-1\n"
        text += f"kubectl rollout restart deployment/queue-{number} -n queue-{number}\n```\n\n"
    return f"{text}## Contacts{contacts}"


def _fill(folder: Path) -> tuple[str, int, float]:
    """Proofs of every line; gives the cookie, how many lines act, and the time to work out how they stand."""
    procedure, texts = read_procedure_files(folder / "incidents.md", Settings())
    store = open_store(folder / "data")
    house = House(
        store=store,
        accounts=store.accounts,
        clock=SystemClock(),
        settings=Settings(data_folder=folder / "data", public_url=PUBLIC_URL, language="en"),
        procedure=procedure,
        texts=texts,
        read=read_procedure,
        catalogue=(),
    )
    try:
        open_incidents(house, STILL_OPEN)
        lines, now = acting_lines(procedure), house.clock.now()
        kinds: tuple[ProofKind, ...] = ("bound", "permitted")
        proofs = [LineProved(at=now, line=one.digest, kind=kind, held=True) for one in lines for kind in kinds]
        house.note(STREAM, [*proofs, PreflightTaken(at=now, blob="")])
        house.proofs.book()
        began = time.perf_counter()
        house.standings("en")
        return cookie(house), len(lines), (time.perf_counter() - began) * 1000
    finally:
        store.close()
