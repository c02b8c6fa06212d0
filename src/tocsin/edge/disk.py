"""How much room is left."""

from __future__ import annotations

import os
from pathlib import Path


def free_bytes(path: Path) -> int:
    """Tell the bytes that we (not root) can still write at `path`, or where it will stand once made."""
    there = path.absolute()
    while not there.exists():
        there = there.parent
    room = os.statvfs(there)
    return room.f_bavail * room.f_frsize
