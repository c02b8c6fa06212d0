"""
A name becomes the object, imported only now.

The CLI imports by name: `tocsin --help` and `tocsin check` must not load a web server, and an
import hidden inside a function is forbidden for good reasons. Names are constants of this room, never from outside; a
test resolves each of them.
"""

from __future__ import annotations

import gc
import pkgutil
from typing import Any

ROOM = "tocsin.cli."


def later(name: str) -> Any:
    """The object that "verify:verify" names within tocsin.cli."""
    # What is loaded stays: looking through it for garbage, again and again while it grows, is a fifth of the time.
    gc.disable()
    try:
        return pkgutil.resolve_name(ROOM + name)
    finally:
        gc.freeze()
        gc.enable()
