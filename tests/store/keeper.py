"""
A process that writes and tells, to be killed: for each answered future it prints one line, after the answer.

Run as `python -m tests.store.keeper WHERE WHO`. Lines are "kept NUMBER CONTENT" and "wrote STREAM SEQ CHAIN".
"""

import sys
import threading
from datetime import UTC, datetime

from tests.store.makers import body, noted
from tocsin.edge.store.sql_store import SqlStore, open_store

AT = datetime(2026, 3, 3, 3, 5, tzinfo=UTC)


def say(line: str) -> None:
    # One write per line: a line that is there is whole.
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def keep_on(store: SqlStore, who: str) -> None:
    place = 0
    while True:
        place += 1
        content = f"{who}-{place}"
        say(f"kept {store.keep(body(AT, content.encode())).result()} {content}")


def write_on(store: SqlStore, stream: str) -> None:
    seq = len(store.load(stream))
    while True:
        (first, second) = store.commit(noted(AT, "one", "two", stream=stream, after=seq), AT).result()
        seq = second.seq
        say(f"wrote {stream} {first.seq} {first.chain}")
        say(f"wrote {stream} {second.seq} {second.chain}")


if __name__ == "__main__":
    where, who = sys.argv[1:]
    opened = open_store(where)
    for number in range(6):
        threading.Thread(target=keep_on, args=(opened, f"{who}{number}"), daemon=True).start()
    threading.Thread(target=write_on, args=(opened, "incident/1"), daemon=True).start()
    write_on(opened, f"incident/{who}")
