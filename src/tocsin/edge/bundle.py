"""
Timelines and their evidence as one file, and the check of such a file.

A bundle is a gzipped tar: `bundle.json` (what is in it), `streams/STREAM.jsonl` (the lines as they are kept, "/" in
the name as "-"), `blobs/DIGEST`. It is checked with nothing but itself: each body against its digest, each digest
against the chain, each chain against the ledger that stands in it. The surprise: an erased body is no flaw, since
the chain covers digests; a body that does not fit its digest and does not say that it was erased is one.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, runtime_checkable

import msgspec
from msgspec import Struct

from tocsin.edge.store.timelines import Line
from tocsin.incident import wire

FORMAT = 1
MANIFEST = "bundle.json"
LARGEST = 256 << 20
LEDGER, PROCEDURE = "house/ledger", "house/procedure"


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
    """What a check found: `flaws` in the order of the file; the rest counts what was looked at."""

    flaws: tuple[str, ...]
    streams: int
    lines: int
    blobs: int
    gone: int
    heads: int


def write_bundle(store: Kept, out: IO[bytes], streams: Iterable[str], version: str, now: datetime) -> Manifest:
    """Write the streams, the ledger, the adopted procedures, and every text that they name."""
    wanted = {*streams, LEDGER, PROCEDURE}
    heads, digests, written, count = [], set[str](), [], 0
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        for stream, _, _ in sorted(store.heads()):
            if stream in wanted:
                lines = list(store.lines(stream))
                heads.append(Head(stream, lines[-1].seq, lines[-1].chain))
                digests |= {digest for line in lines for digest in blobs_in(line.body)}
                _put(tar, _file_of(stream), b"".join(msgspec.json.encode(line) + b"\n" for line in lines), now)
                count += len(lines)
        for digest in sorted(digests):
            content = store.blob(digest)
            if content is not None:
                _put(tar, f"blobs/{digest}", content, now)
                written.append(digest)
        manifest = Manifest(
            format=FORMAT,
            version=version,
            made_at=now,
            streams=tuple(heads),
            blobs=tuple(written),
            gone=tuple(sorted(digests - set(written))),
            lines=count,
        )
        _put(tar, MANIFEST, msgspec.json.encode(manifest), now)
    return manifest


def blobs_in(body: str) -> set[str]:
    """The digests that an event names."""
    event = msgspec.json.decode(body)
    found = {event.get("blob") or ""}
    found |= {digest for _, digest in event.get("files", [])}
    return {digest for digest in found if is_digest(digest)}


def is_digest(text: str) -> bool:
    """64 hexadecimal digits."""
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


def _file_of(stream: str) -> str:
    return f"streams/{stream.replace('/', '-')}.jsonl"


def _put(tar: tarfile.TarFile, name: str, content: bytes, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(now.timestamp()), 0o600
    tar.addfile(member, io.BytesIO(content))


class NotABundle(Exception):
    """The file is something else, or cut off."""


def check_bundle(file: Path, seen: str = "") -> Checked:
    """
    Check a bundle; raises `NotABundle` (OSError when it cannot be opened).

    `seen` are the first hex digits of a ledger head that a person was told (in a call, in a mail): it must stand in
    the ledger.
    """
    members = _members(file)
    try:
        manifest = msgspec.json.decode(members.pop(MANIFEST), type=Manifest)
    except (KeyError, msgspec.DecodeError):
        raise NotABundle("it has no readable bundle.json") from None
    if manifest.format != FORMAT:
        raise NotABundle(f"its format is {manifest.format}, known is {FORMAT}")
    flaws: list[str] = []
    streams = {head.stream: _stream(head, members.pop(_file_of(head.stream), b""), flaws) for head in manifest.streams}
    blobs = {name.removeprefix("blobs/"): members.pop(name) for name in list(members) if name.startswith("blobs/")}
    flaws += [f"{name}: it is not part of a bundle" for name in sorted(members)]
    flaws += _blob_flaws(manifest, streams, blobs)
    heads = _ledger(streams, flaws)
    if seen and not any(line.chain.startswith(seen.lower()) for line in streams.get(LEDGER, [])):
        flaws.append(f"no line of the ledger has the head {seen}")
    lines = sum(map(len, streams.values()))
    gone = len(manifest.gone)
    return Checked(flaws=tuple(flaws), streams=len(streams), lines=lines, blobs=len(blobs), gone=gone, heads=heads)


def _members(file: Path) -> dict[str, bytes]:
    """Everything in the file, in memory: nothing of it is ever unpacked to the disk."""
    members: dict[str, bytes] = {}
    try:
        with tarfile.open(file, "r:gz") as tar:
            for member in tar:
                if member.size > LARGEST:
                    raise NotABundle(f"{member.name!r} is larger than {LARGEST} bytes")
                content = tar.extractfile(member) if member.isreg() else None
                if content is None or member.name in members:
                    raise NotABundle(f"{member.name!r} is no plain file, or stands there twice")
                members[member.name] = content.read()
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ValueError) as error:
        raise NotABundle(f"it cannot be read: {error}") from None
    return members


def _stream(head: Head, content: bytes, flaws: list[str]) -> list[Line]:
    lines: list[Line] = []
    previous = wire.GENESIS
    for number, raw in enumerate(content.splitlines(), 1):
        place = f"{head.stream}:{number}"
        try:
            line = msgspec.json.decode(raw, type=Line)
        except msgspec.DecodeError:
            flaws.append(f"{place}: the line cannot be read")
            continue
        if (line.stream, line.seq) != (head.stream, number):
            flaws.append(f"{place}: the line belongs to {line.stream}:{line.seq}")
        if line.erased_at is None and wire.digest(line.body.encode()) != line.digest:
            flaws.append(f"{place}: the text was changed after it was recorded")
        if wire.link(previous, head.stream, number, line.digest) != line.chain:
            flaws.append(f"{place}: the chain is broken")
        previous = line.chain
        lines.append(line)
    if (len(lines), previous) != (head.seq, head.chain):
        flaws.append(f"{head.stream}: it does not end where bundle.json says (line {head.seq})")
    return lines


def _blob_flaws(manifest: Manifest, streams: dict[str, list[Line]], blobs: dict[str, bytes]) -> Iterator[str]:
    for digest, content in blobs.items():
        if hashlib.sha256(content).hexdigest() != digest:
            yield f"blobs/{digest}: the text was changed"
    for digest in manifest.blobs:
        if digest not in blobs:
            yield f"blobs/{digest}: it is missing"
    named = {digest for lines in streams.values() for line in lines for digest in _named(line)}
    for digest in sorted(named - set(manifest.blobs) - set(manifest.gone)):
        yield f"blobs/{digest}: a line names it and bundle.json does not"


def _named(line: Line) -> set[str]:
    try:
        return blobs_in(line.body)
    except (msgspec.DecodeError, AttributeError, ValueError, TypeError):
        return set()


class _LedgerLine(Struct):
    """The part of `LedgerTaken` that is compared."""

    heads: tuple[tuple[str, int, str], ...] = ()


def _ledger(streams: dict[str, list[Line]], flaws: list[str]) -> int:
    """Compare what the ledger saw with the streams that are here; gives how many heads were compared."""
    compared = 0
    for entry in streams.get(LEDGER, []):
        try:
            taken = msgspec.json.decode(entry.body, type=_LedgerLine)
        except msgspec.DecodeError:
            continue
        for stream, seq, chain in taken.heads:
            lines = streams.get(stream)
            if lines is None:
                continue
            compared += 1
            if seq > len(lines):
                flaws.append(
                    f"{stream}: line {seq} is missing; the ledger saw it at {entry.recorded_at:%Y-%m-%d %H:%M}"
                )
            elif seq > 0 and lines[seq - 1].chain != chain:
                flaws.append(f"{stream}:{seq}: the ledger saw another line at {entry.recorded_at:%Y-%m-%d %H:%M}")
    return compared
