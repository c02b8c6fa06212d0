"""
Bytes of a file become a `Text`, whatever they are.

What comes in is a path and bytes, what goes out always has lines. The surprise: nothing is refused here; how the
bytes were read stands in `Text.reading`, and the reader of the procedure makes a problem of it (P901 to P903).
"""

from __future__ import annotations

import hashlib

from tocsin.procedure.source import Reading, Text

MAX_BYTES = 2 * 1024 * 1024


def text_of(path: str, raw: bytes) -> Text:
    """Decode a file: UTF-8, else UTF-16 by its mark, else Windows-1252; byte order marks and CR are dropped."""
    content, reading = _decoded(raw)
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Text(path=path, content=lines, fingerprint=hashlib.sha256(raw).hexdigest(), reading=reading)


def _decoded(raw: bytes) -> tuple[str, Reading]:
    if len(raw) > MAX_BYTES:
        return "", "too-big"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    if b"\0" in raw:
        return "", "binary"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "windows-1252"
