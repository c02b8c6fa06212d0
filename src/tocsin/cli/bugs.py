"""
A bug of ours: the person gets a number, the traceback goes to a file.

The surprise: the number is made of the place of the bug, so two people who meet the same one tell the same number.
"""

from __future__ import annotations

import tempfile
import traceback
import zlib
from pathlib import Path

from tocsin.edge.clock import SystemClock


def keep_traceback(error: BaseException, data: Path) -> tuple[int, Path]:
    """Write the traceback to DATA/bugs, or where temporary files go when that cannot be; gives the number and file."""
    places = [f"{frame.filename}:{frame.name}:{frame.line}" for frame in traceback.extract_tb(error.__traceback__)]
    number = zlib.crc32("\n".join([type(error).__name__, *places]).encode("utf-8", "replace")) % 1_000_000
    text = f"{SystemClock().now():%Y-%m-%dT%H:%M:%SZ} bug {number}\n{''.join(traceback.format_exception(error))}\n"
    for folder in (data / "bugs", Path(tempfile.gettempdir()) / "tocsin-bugs"):
        place = folder / f"{number:06}.txt"
        try:
            if folder.parent.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                with place.open("a", encoding="utf-8", errors="replace") as file:
                    file.write(text)
                return number, place
        except OSError:
            continue
    return number, Path("(nowhere: no folder could be written)")
