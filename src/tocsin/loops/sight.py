"""What of the house's streams every decision needs: silent heartbeats, planned windows. Follows their ends, line by line."""

from __future__ import annotations

from threading import Lock

from tocsin.detection.heartbeats import NONE, Pulses, fold_pulses
from tocsin.detection.maintenance import planned
from tocsin.edge.store.contract import Store
from tocsin.incident.events import Entry
from tocsin.world import Window

STREAM = "house/watch"
WINDOWS = "house/maintenance"


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


class Plans:
    """The windows that people planned; for any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._lines: list[Entry] = []
        self._planned: dict[str, Window] = {}

    def planned(self) -> dict[str, Window]:
        """By id, as of the stream's last line."""
        with self._lock:
            new = self._store.load(WINDOWS, self._lines[-1].seq if self._lines else 0)
            if new:
                self._lines += new
                self._planned = planned(self._lines)
            return self._planned

    def planned_so_far(self) -> int:
        """How many there ever were: the next one's id comes after."""
        return len(self.planned())
