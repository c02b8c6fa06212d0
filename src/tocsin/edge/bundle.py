"""
Timelines and their evidence as one file, and the check of such a file.

A bundle is a gzipped tar: `streams/STREAM.jsonl` (the lines as they are kept, "/" in the name as "-"; the ledger's
first), `blobs/DIGEST`, and last `bundle.json` (what must be in it). It is checked with nothing but itself and read in
one pass, never unpacked: each body against its digest, each digest against the chain, each chain against the ledger.
The surprise: an erased body is no flaw, since the chain covers digests; a body that does not fit its digest and does
not say that it was erased is one. That the ledger is the true one is shown by a head of it that was written down
elsewhere: calls carry its first digits.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Protocol, runtime_checkable

import msgspec
from msgspec import Struct

from tocsin.edge.chains import LEDGER, Chains
from tocsin.edge.flaws import Language, flaw
from tocsin.edge.store.timelines import Line

FORMAT = 1
MANIFEST = "bundle.json"
PROCEDURE = "house/procedure"
LONGEST = 64 << 20
"""Bytes that one line, or bundle.json, may have."""
SPOOL = 8 << 20
CHUNK = 1 << 20


@runtime_checkable
class Kept(Protocol):
    """What is asked of the store."""

    def heads(self) -> list[tuple[str, int, str]]:
        """(stream, last seq, chain head)."""
        ...

    def lines(self, stream: str) -> Iterator[Line]:
        """A stream as it is kept."""
        ...

    def blob(self, digest: str) -> bytes | None:
        """A kept text."""
        ...


class Head(Struct, frozen=True):
    """Where a stream stood."""

    stream: str
    seq: int
    chain: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What is in a bundle. `blobs` are those that were still kept, `gone` those that were not."""

    format: int
    version: str
    made_at: datetime
    streams: tuple[Head, ...]
    blobs: tuple[str, ...]
    gone: tuple[str, ...]
    lines: int


class Checked(Struct, frozen=True, kw_only=True):
    """What a check found: `flaws` as sentences; the rest counts what was looked at."""

    flaws: tuple[str, ...]
    streams: int
    lines: int
    blobs: int
    gone: int
    heads: int


class NotABundle(Exception):
    """The file is something else, or cut off."""


def write_bundle(store: Kept, out: IO[bytes], streams: Iterable[str], version: str, now: datetime) -> Manifest:
    """Write the streams, the ledger, the adopted procedures, and every text that they name."""
    wanted = {*streams, LEDGER, PROCEDURE} & {stream for stream, _, _ in store.heads()}
    heads: list[Head] = []
    named: set[str] = set()
    written: list[str] = []
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        # The ledger first: what is appended to the others meanwhile is only more than it noted.
        for stream in sorted(wanted, key=lambda stream: (stream != LEDGER, stream)):
            heads.append(_put_stream(tar, store, stream, named, now))
        for digest in sorted(named):
            content = store.blob(digest)
            if content is not None:
                _put(tar, f"blobs/{digest}", io.BytesIO(content), len(content), now)
                written.append(digest)
        manifest = Manifest(
            format=FORMAT,
            version=version,
            made_at=now,
            streams=tuple(heads),
            blobs=tuple(written),
            gone=tuple(sorted(named - set(written))),
            lines=sum(head.seq for head in heads),
        )
        content = msgspec.json.encode(manifest)
        _put(tar, MANIFEST, io.BytesIO(content), len(content), now)
    return manifest


def blobs_in(body: str) -> set[str]:
    """The digests that an event names; none when it can't be read."""
    try:
        event = msgspec.json.decode(body, type=_Naming)
    except msgspec.DecodeError:
        return set()
    return {digest for digest in (event.blob, *(digest for _, digest in event.files)) if is_digest(digest)}


def is_digest(text: str) -> bool:
    """64 hexadecimal digits."""
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


class _Naming(Struct):
    """The parts of an event that name blobs."""

    blob: str = ""
    files: tuple[tuple[str, str], ...] = ()


def _file_of(stream: str) -> str:
    return f"streams/{stream.replace('/', '-')}.jsonl"


def _put_stream(tar: tarfile.TarFile, store: Kept, stream: str, named: set[str], now: datetime) -> Head:
    head = Head(stream, 0, "")
    # A tar tells the size of a member before its content.
    with tempfile.SpooledTemporaryFile(SPOOL) as file:
        for line in store.lines(stream):
            head = Head(stream, line.seq, line.chain)
            named |= blobs_in(line.body)
            file.write(msgspec.json.encode(line) + b"\n")
        size = file.tell()
        file.seek(0)
        _put(tar, _file_of(stream), file, size, now)
    return head


def _put(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(now.timestamp()), 0o600
    tar.addfile(member, content)


def check_bundle(file: Path, seen: str = "", language: Language = "en") -> Checked:
    """
    Check a bundle; raises `NotABundle` (OSError when it cannot be opened).

    `seen` are the first hex digits of a ledger head that a person was told (in a call, in a mail): it must stand in
    the ledger.
    """
    check = _Check(seen.strip().lower(), language)
    try:
        with tarfile.open(file, "r|gz") as tar:
            for member in tar:
                check.look_at(member.name, tar.extractfile(member) if member.isreg() else None)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise NotABundle(flaw(language, "unreadable", why=error)) from None
    return check.finish()


class _Check:
    """What was seen of a bundle so far."""

    def __init__(self, seen: str, language: Language) -> None:
        self._say = partial(flaw, language)
        self._chains = Chains(language)
        self._seen, self._is_seen = seen, not seen
        self._flaws: list[str] = []
        self._names: set[str] = set()
        self._blobs: set[str] = set()
        self._named: set[str] = set()
        self._lines = 0
        self._manifest: Manifest | None = None

    def look_at(self, name: str, content: IO[bytes] | None) -> None:
        """One member of the file; raises `NotABundle`."""
        if content is None or name in self._names:
            raise NotABundle(self._say("member", name=name))
        self._names.add(name)
        folder, _, rest = name.partition("/")
        if name == MANIFEST:
            self._manifest = self._read_manifest(content)
        elif folder == "streams":
            self._look_at_stream(name, content)
        elif folder == "blobs" and is_digest(rest):
            self._blobs.add(rest)
            if _digest(content) != rest:
                self._flaws.append(self._say("changed", name=name))
        else:
            self._flaws.append(self._say("foreign", name=name))

    def finish(self) -> Checked:
        """Compare what was seen with what must be there; raises `NotABundle` when nothing says what must."""
        manifest = self._manifest
        if manifest is None:
            raise NotABundle(self._say("no_manifest"))
        if manifest.format != FORMAT:
            raise NotABundle(self._say("format", format=manifest.format, known=FORMAT))
        self._flaws += self._chains.finish()
        self._flaws += self._against(manifest)
        if not self._is_seen:
            self._flaws.append(self._say("seen", seen=self._seen))
        return Checked(
            flaws=tuple(self._flaws),
            streams=len(self._chains.heads),
            lines=self._lines,
            blobs=len(self._blobs),
            gone=len(manifest.gone),
            heads=self._chains.compared,
        )

    def _read_manifest(self, content: IO[bytes]) -> Manifest:
        try:
            return msgspec.json.decode(content.read(LONGEST), type=Manifest)
        except msgspec.DecodeError:
            raise NotABundle(self._say("no_manifest")) from None

    def _look_at_stream(self, name: str, content: IO[bytes]) -> None:
        place = 0
        while raw := content.readline(LONGEST):
            place += 1
            try:
                line = msgspec.json.decode(raw, type=Line)
            except msgspec.DecodeError:
                self._flaws.append(self._say("line", name=name, place=place))
                continue
            if _file_of(line.stream) != name:
                self._flaws.append(self._say("elsewhere", name=name, place=place, stream=line.stream))
            self._lines += 1
            self._named |= blobs_in(line.body)
            if line.stream == LEDGER and line.chain.startswith(self._seen):
                self._is_seen = True
            self._flaws += self._chains.feed(line)

    def _against(self, manifest: Manifest) -> Iterator[str]:
        heads = dict(self._chains.heads)
        for told in manifest.streams:
            seq, chain = heads.pop(told.stream, (0, ""))
            if (seq, chain) != (told.seq, told.chain):
                yield self._say("head", stream=told.stream, seq=seq, told=told.seq)
        for stream in sorted(heads):
            yield self._say("stream", stream=stream)
        for digest in sorted(set(manifest.blobs) - self._blobs):
            yield self._say("gone", digest=digest)
        for digest in sorted(self._named - set(manifest.blobs) - set(manifest.gone)):
            yield self._say("unnamed", digest=digest)
        for digest in sorted(self._blobs - set(manifest.blobs)):
            yield self._say("foreign", name=f"blobs/{digest}")


def _digest(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := content.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()
