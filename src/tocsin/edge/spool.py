"""
Where bodies wait while the database cannot take them: one file in the data folder, in the order of their arrival.

A body goes in and is on the disk (fdatasync) before its future answers; `next` gives the oldest again, `done` lets go
of them. Many are written together by one thread. The file is a header and records, each with its number and a CRC: a
torn tail (kill -9, a power cut, a full disk) ends the reading and costs only what nobody was promised.

The surprise: the file is larger than what it holds. RESERVE is taken at the start, so that the disk that is too full
for the database still has room for what comes meanwhile. And an emptied spool is written from its beginning again:
old records behind the new ones are told by their numbers.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from secrets import token_hex
from threading import Condition, Thread

import msgspec
import structlog
from msgspec import Struct

from tocsin.edge.store.contract import Spooled, Unavailable

FILE = "spool"
RESERVE = 16 << 20
AT_ONCE = 256
BYTES_AT_ONCE = 8 << 20
_MAGIC = b"tocsin spool 1\n"
_HEADER = len(_MAGIC) + 17
_MARK = b"BODY"
_RECORD = struct.Struct(">4sQII")
log = structlog.get_logger()


class Batch(Struct, frozen=True):
    """The oldest that wait, and where they end: what `done` is told."""

    bodies: tuple[Spooled, ...]
    end: int


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Spooled)


class Spool:
    """
    The spool of one data folder (whose lock we hold), at most `limit` bytes. For any thread.

    `trouble` is why the last one could not be written, "" when it was.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._limit = limit
        self._changed = Condition()
        self._queue: deque[tuple[Spooled, Future[int]]] = deque()
        self._closing = False
        self._thread: Thread | None = None
        self.trouble = ""
        self._file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.spool_id = ""
        self._read_at = self._write_at = _HEADER
        self._first = self._last = 0
        self._recover()
        self._reserve()

    @property
    def waiting(self) -> int:
        """How many bodies wait, those that are being written included: while any does, new ones go behind them."""
        with self._changed:
            return self._last - self._first + len(self._queue)

    def put(self, spooled: Spooled) -> Future[int]:
        """Write it durably; the future gives its number, or raises `Unavailable`."""
        future: Future[int] = Future()
        with self._changed:
            if self._closing:
                future.set_exception(Unavailable("the spool is closed"))
                return future
            self._queue.append((spooled, future))
            if self._thread is None:
                self._thread = Thread(target=self._work, name="tocsin-spool", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return future

    def next(self) -> Batch:
        """The oldest that wait, up to AT_ONCE and about BYTES_AT_ONCE; empty when none does."""
        with self._changed:
            at, seq, last = self._read_at, self._first, self._last
        found: list[Spooled] = []
        begin = at
        while seq < last and len(found) < AT_ONCE and at - begin < BYTES_AT_ONCE:
            record = self._record(at, seq + 1)
            if record is None:
                raise Unavailable("the spool cannot be read back")
            spooled, at = record
            found.append(spooled)
            seq += 1
        return Batch(tuple(found), at)

    def done(self, batch: Batch) -> None:
        """These are in the database; when nothing is left, the file begins anew."""
        with self._changed:
            self._first += len(batch.bodies)
            self._read_at = batch.end
            if self._first == self._last and not self._queue:
                os.pwrite(self._file, bytes(len(_MARK)), _HEADER)
                os.ftruncate(self._file, max(_HEADER, min(RESERVE, self._limit)))
                self._read_at = self._write_at = _HEADER

    def close(self) -> None:
        """Write what waits to be written, then let go."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(10)
        os.close(self._file)

    # The thread

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._closing:
                    self._changed.wait()
                if not self._queue:
                    return
                taken = [self._queue[place] for place in range(min(AT_ONCE, len(self._queue)))]
                at, last = self._write_at, self._last
            outcomes = self._write(taken, at, last)
            written = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
            with self._changed:
                for _ in taken:
                    self._queue.popleft()
                self.trouble = "" if isinstance(outcomes[-1], tuple) else str(outcomes[-1])
                if written:
                    self._last, self._write_at = written[-1]
            for (_, future), outcome in zip(taken, outcomes, strict=True):
                if isinstance(outcome, tuple):
                    future.set_result(outcome[0])
                else:
                    future.set_exception(Unavailable(f"the spool cannot take it: {outcome}"))

    def _write(
        self, taken: list[tuple[Spooled, Future[int]]], at: int, seq: int
    ) -> list[tuple[int, int] | OSError | str]:
        """(number, where it ends) for each that is on the disk, else why not."""
        outcomes: list[tuple[int, int] | OSError | str] = []
        for spooled, _ in taken:
            record = _written(spooled, seq + 1)
            if at + len(record) > self._limit:
                outcomes.append(f"it is full ({self._limit} bytes)")
                continue
            try:
                _write_all(self._file, record, at)
            except OSError as error:
                outcomes.append(error)
                continue
            seq, at = seq + 1, at + len(record)
            outcomes.append((seq, at))
        try:
            os.fdatasync(self._file)
        except OSError as error:  # what the disk holds now is anybody's guess
            return [error] * len(taken)
        return outcomes

    # What lies there at the start

    def _recover(self) -> None:
        header = os.pread(self._file, _HEADER, 0)
        if header.startswith(_MAGIC) and len(header) == _HEADER:
            self.spool_id = header[len(_MAGIC) : -1].decode("ascii", "replace")
            self._find_tail()
        if self._first == self._last:
            # Numbers begin anew, so what the database remembers of the old ones must not be taken for them.
            self.spool_id = token_hex(8)
            self._first = self._last = 0
            self._read_at = self._write_at = _HEADER
            os.pwrite(self._file, _MAGIC + self.spool_id.encode() + b"\n" + bytes(len(_MARK)), 0)
            os.fsync(self._file)
        else:
            log.warning("bodies wait in the spool since before the start", bodies=self._last - self._first)

    def _find_tail(self) -> None:
        head = self._head(_HEADER)
        if head is None:
            return
        self._first = self._last = head[0] - 1
        at = _HEADER
        while (record := self._record(at, self._last + 1)) is not None:
            at = record[1]
            self._last += 1
        self._write_at = at

    def _head(self, at: int) -> tuple[int, int, int] | None:
        raw = os.pread(self._file, _RECORD.size, at)
        if len(raw) < _RECORD.size:
            return None
        mark, seq, size, crc = _RECORD.unpack(raw)
        return (seq, size, crc) if mark == _MARK and at + size <= self._limit + _RECORD.size else None

    def _record(self, at: int, seq: int) -> tuple[Spooled, int] | None:
        """The record of that number and where it ends; None when it is torn or another."""
        head = self._head(at)
        if head is None or head[0] != seq:
            return None
        raw = os.pread(self._file, head[1], at + _RECORD.size)
        if len(raw) < head[1] or zlib.crc32(raw, seq & 0xFFFFFFFF) != head[2]:
            return None
        return msgspec.structs.replace(_DECODER.decode(raw), seq=seq), at + _RECORD.size + head[1]

    def _reserve(self) -> None:
        try:
            os.posix_fallocate(self._file, 0, max(1, min(RESERVE, self._limit)))
        except OSError as error:
            log.warning("no room could be reserved for the spool", why=str(error))


def _written(spooled: Spooled, seq: int) -> bytes:
    raw = _ENCODER.encode(spooled)
    return _RECORD.pack(_MARK, seq, len(raw), zlib.crc32(raw, seq & 0xFFFFFFFF)) + raw


def _write_all(file: int, record: bytes, at: int) -> None:
    """A full disk writes a part and fails at the rest: the part is written over by whatever comes next."""
    view = memoryview(record)
    while view:
        wrote = os.pwrite(file, view, at)
        view, at = view[wrote:], at + wrote
