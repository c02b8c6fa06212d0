"""
The arguments of a program, as its own parser would part them: words, flags, and what follows `--`.

Whoever asks names the flags that take a value; a flag that is not named takes none. Wrappers (sudo, env, timeout…)
are looked through, so that `sudo timeout 30 kubectl delete …` is judged by kubectl.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tocsin.procedure.folding import names

Argv = tuple[str, ...]
_SYSTEM_FOLDERS = re.compile(r"^/(?:usr/(?:local/)?)?s?bin/|^/snap/bin/")
_HARMLESS_VARIABLES = re.compile(
    r"(TZ|LANG|LC_[A-Z]+|KUBECONFIG|PATRONICTL_CONFIG_FILE|HCLOUD_CONTEXT|PGCONNECT_TIMEOUT)="
)
# Their flags that take a value, and how many words of their own stand before the program.
_WRAPPERS: dict[str, tuple[frozenset[str], int]] = {
    "sudo": (names("-u -g -h -p -C -T -R -D --user --group --host --prompt --chdir"), 0),
    "doas": (frozenset({"-u", "-C"}), 0),
    "env": (names("-u -C -S --unset --chdir --split-string"), 0),
    "timeout": (names("-k -s --kill-after --signal"), 1),
    "nice": (frozenset({"-n", "--adjustment"}), 0),
    "ionice": (names("-c -n --class --classdata"), 0),
    "nohup": (frozenset(), 0),
    "time": (names("-f -o --format --output"), 0),
    "stdbuf": (names("-i -o -e --input --output --error"), 0),
    "setsid": (frozenset(), 0),
}


class Arguments(NamedTuple):
    """`words` are the arguments that are no flags, `flags` by name ("" for one without value), `after` what follows `--`."""

    words: Argv
    flags: dict[str, str]
    after: Argv

    def has(self, *names: str) -> bool:
        """One of these flags is there."""
        return any(name in self.flags for name in names)

    def value(self, *names: str) -> str:
        """The value of the first of these flags that is there."""
        return next((self.flags[name] for name in names if name in self.flags), "")


def part(rest: Sequence[str], valued: Iterable[str], limit: int | None = None) -> Arguments:
    """
    Part the arguments behind a program's name; short flags may be joined (`-it`, `-nproduction`). With a `limit`,
    that many words are read and all that follows them goes to `after` as it stands.
    """
    takes_value = frozenset(valued)
    words: list[str] = []
    flags: dict[str, str] = {}
    at = 0
    while at < len(rest):
        word = rest[at]
        if word == "--":
            return Arguments(tuple(words), flags, tuple(rest[at + 1 :]))
        if not word.startswith("-") or word == "-":
            if limit is not None and len(words) == limit:
                return Arguments(tuple(words), flags, tuple(rest[at:]))
            words.append(word)
        else:
            at += _flag(word, rest[at + 1] if at + 1 < len(rest) else "", takes_value, flags)
        at += 1
    return Arguments(tuple(words), flags, ())


def _flag(word: str, following: str, takes_value: frozenset[str], flags: dict[str, str]) -> int:
    """Keep one flag word; tell how many further words it used."""
    name, equals, value = word.partition("=")
    if equals and word.startswith("--"):
        flags[name] = value
        return 0
    if word in takes_value:
        flags[word] = following
        return 1
    if word.startswith("--"):
        flags[word] = ""
        return 0
    for index in range(1, len(word)):
        short = f"-{word[index]}"
        if short in takes_value:
            flags[short] = word[index + 1 :].removeprefix("=") or following
            return 0 if word[index + 1 :] else 1
        flags[short] = ""
    return 0


class Unwrapped(NamedTuple):
    """The program behind its wrappers; `strange` when a wrapper changes its surroundings in a way nobody can judge."""

    program: str
    rest: Argv
    strange: bool


def unwrap(argv: Argv) -> Unwrapped:
    """Look through sudo, env, timeout, nice… A program outside the system's folders keeps its path as its name."""
    strange = False
    while argv:
        program, rest = _SYSTEM_FOLDERS.sub("", argv[0]), argv[1:]
        if program not in _WRAPPERS:
            return Unwrapped(program, rest, strange)
        valued, own_words = _WRAPPERS[program]
        parted = part(rest, valued, own_words)
        inner = parted.after
        strange = strange or parted.has("-S", "--split-string") or (program == "env" and not inner)
        while program == "env" and inner and "=" in inner[0]:
            strange = strange or not _HARMLESS_VARIABLES.match(inner[0])
            inner = inner[1:]
        argv = inner
    return Unwrapped("", (), strange)
