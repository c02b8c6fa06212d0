"""
From the answer to a webhook to the page in the mail server's hands.

The clock starts when the sender has read its 202 and stops when the server has the whole mail; both are in this
process. The alerts come one after the other, each opens an incident of its own.
"""

import time
from email.message import EmailMessage
from pathlib import Path

from bench.figures import Figure, percentile
from tests.e2e.bodies import firing
from tests.e2e.served import Served
from tests.e2e.waiting import eventually
from tests.e2e.watched_mail import WatchedMail, settings_for
from tests.house import SMALL

PAGES = 200
PAUSE = 0.05


def webhook_to_page(folder: Path) -> list[Figure]:
    """200 of them; a mail is known by the name in its subject."""
    came: dict[str, float] = {}

    def note(mail: EmailMessage) -> None:
        came[next(word for word in str(mail["subject"]).split() if word.startswith("Paged"))] = time.perf_counter()

    with WatchedMail() as mail, Served(folder, settings_for(mail), procedure=SMALL) as served:
        mail.before_answer = note
        token = served.token()
        accepted = {name: accept(served, token, name) for name in (f"Paged{number}" for number in range(PAGES))}
        eventually(lambda: len(came) == PAGES, "every page has come")
    waits = [(came[name] - at) * 1000 for name, at in accepted.items()]
    beside = f"p50 {percentile(waits, 0.5):.0f} ms, largest {max(waits):.0f} ms, {PAGES} pages"
    return [Figure("webhook accepted → page handed over, p99", percentile(waits, 0.99), "ms", 500, beside=beside)]


def accept(served: Served, token: str, name: str) -> float:
    """When the answer was read."""
    assert served.deliver(token, firing(name)) == 202
    at = time.perf_counter()
    time.sleep(PAUSE)
    return at
