"""
What is kept of an output: its head and its tail, with the number of bytes between them.

Memory is bounded while reading, whatever a program writes. The surprise: a cut is moved to the end of a line, because
half a secret is not recognised as one.
"""

from __future__ import annotations

from msgspec import Struct

HEAD = 192 * 1024
TAIL = 64 * 1024
# Read this much before filters and redaction; what remains of it is then bounded to HEAD and TAIL.
RAW_HEAD = 6 * 1024 * 1024
RAW_TAIL = 2 * 1024 * 1024
# Where no line ends within this many bytes of a cut, they are dropped: longer than any secret we know.
MARGIN = 8 * 1024


class Kept(Struct, frozen=True):
    """`text` is what is left; `cut` how many bytes are missing where its mark stands, 0 when it is whole."""

    text: str
    cut: int = 0


class Keeper:
    """Takes bytes as they come and holds at most `head` + twice `tail` of them."""

    def __init__(self, head: int = RAW_HEAD, tail: int = RAW_TAIL) -> None:
        self.seen = 0
        self._head_size, self._tail_size = head, tail
        self._head, self._tail = bytearray(), bytearray()

    def take(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.seen += len(chunk)
        room = max(0, self._head_size - len(self._head))
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if len(self._tail) > 2 * self._tail_size:
            del self._tail[: -self._tail_size]

    def kept(self) -> Kept:
        """Give what is left, as text: bytes that are no UTF-8 become U+FFFD, and so does NUL."""
        if self.seen <= self._head_size + self._tail_size:
            return Kept(_text(bytes(self._head + self._tail)))
        head, tail = _whole_end(bytes(self._head)), _whole_start(bytes(self._tail[-self._tail_size :]))
        cut = self.seen - len(head) - len(tail)
        return Kept(f"{_text(head)}{mark(cut)}{_text(tail)}", cut)


def bounded(text: str, head: int = HEAD, tail: int = TAIL) -> Kept:
    """Cut a text down to `head` + `tail` bytes of UTF-8."""
    keeper = Keeper(head, tail)
    keeper.take(text.encode("utf-8", "replace"))
    return keeper.kept()


def mark(cut: int) -> str:
    """Say how much is missing, on a line of its own."""
    return f"\n[… {cut} octets coupés · bytes cut …]\n"


def _whole_end(part: bytes) -> bytes:
    end = part.rfind(b"\n", max(0, len(part) - MARGIN))
    return part[: end + 1] if end >= 0 else part[:-MARGIN]


def _whole_start(part: bytes) -> bytes:
    start = part.find(b"\n", 0, MARGIN)
    return part[start + 1 :] if start >= 0 else part[MARGIN:]


def _text(part: bytes) -> str:
    return part.decode("utf-8", "replace").replace("\0", "\ufffd")
