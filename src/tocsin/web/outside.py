"""
Text from outside, made fit to be shown.

Escaping is the template's; here is what escaping does not do: control and direction marks become visible, endless
text is cut with its length told, and only http(s) addresses become links. The surprise: nothing is dropped silently,
since a strange label is itself a clue.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# C0 and C1 controls except tab and newline; the marks that turn the direction of what follows; invisible joiners.
_STRANGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
LINKED = ("http", "https")


def plain(text: object) -> str:
    """The text with every control or direction mark as its code: "a⟨U+202E⟩b". CRLF is a plain newline."""
    return _STRANGE.sub(lambda mark: f"⟨U+{ord(mark.group()):04X}⟩", str(text).replace("\r\n", "\n"))


def cut(text: object, limit: int = 300) -> str:
    """`plain`, and at most `limit` characters: what is longer ends with "… (8192)", its whole length."""
    shown = plain(text)
    return shown if len(shown) <= limit else f"{shown[:limit].rstrip()}… ({len(shown)})"


def one_line(text: object, limit: int = 300) -> str:
    """`cut`, on one line."""
    return cut(" ".join(str(text).split()), limit)


def address(url: str) -> str:
    """The URL when it may be a link, else "": http or https with a host, without a user name, of sane length."""
    if len(url) > 2000 or plain(url) != url or any(letter.isspace() for letter in url):
        return ""
    try:
        parts = urlsplit(url)
        known = parts.scheme.lower() in LINKED and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return url if known else ""


def local_path(path: str) -> str:
    """A path of this house to come back to, "/" for anything else (another host, a scheme, a trick with slashes)."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or plain(path) != path or "\n" in path:
        return "/"
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else "/"
