"""
A name becomes the object, imported only now.

The one place of tocsin that imports by name: `tocsin --help` and `tocsin check` must not load a web server, and an
import hidden inside a function is forbidden for good reasons. Names are constants of this room, never from outside; a
test resolves each of them.
"""

from __future__ import annotations

import pkgutil
from typing import Any

ROOM = "tocsin.cli."


def later(name: str) -> Any:
    """The object that "verify:verify" names within tocsin.cli."""
    return pkgutil.resolve_name(ROOM + name)
