"""What of house/watch every decision needs: which heartbeats are silent. Follows the stream's end, line by line."""

from __future__ import annotations

from threading import Lock

from tocsin.detection.heartbeats import NONE, Pulses, fold_pulses
from tocsin.edge.store.contract import Store

STREAM = "house/watch"


class Sight:
    """For any thread; each asking reads what was written since the last one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._pulses = NONE
        self._seq = 0

    def pulses(self) -> Pulses:
        """The heartbeats, as of the stream's last line."""
        with self._lock:
            lines = self._store.load(STREAM, self._seq)
            if lines:
                self._pulses = fold_pulses(lines, self._pulses)
                self._seq = lines[-1].seq
            return self._pulses
