"""
Everything that is wrong, at once: the procedure's own problems and what only the settings can show.

A rule is a small generator; none stops another. The surprise: `read_procedure` already holds the problems of
structure and of commands, so a procedure without settings can be shown; who is bound to what is judged here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from urllib.parse import urlsplit

from msgspec.structs import replace

from tocsin.procedure.alert_rules import unknown_runbooks, unknown_scenarios, unreachable_rules
from tocsin.procedure.limits import no_time_limit
from tocsin.procedure.links import candidates, manifests_of
from tocsin.procedure.manifests import deleted_middleware, middleware_for_nobody, old_versions
from tocsin.procedure.messages import phrase, problem
from tocsin.procedure.model import Procedure
from tocsin.procedure.problems import Problem
from tocsin.procedure.read.whole import in_order
from tocsin.procedure.source import Source, Text
from tocsin.procedure.surroundings import Surroundings, commands_in, place_of

_NOBODY: Mapping[str, Collection[str]] = {}
_NOTHING: Mapping[str, Text] = {}


def check(
    procedure: Procedure,
    bindings: Mapping[str, Collection[str]] = _NOBODY,
    public_url: str | None = None,
    channels: frozenset[str] = frozenset(),
    files: frozenset[str] | None = None,
    settings_path: str = "tocsin.toml",
    texts: Mapping[str, Text] = _NOTHING,
) -> tuple[Problem, ...]:
    """Give all problems, sorted by path, line and column; the fields of `Surroundings` say what the arguments mean."""
    around = Surroundings(
        bindings=bindings,
        public_url=public_url,
        channels=channels,
        files=files,
        texts=texts,
        settings_path=settings_path,
    )
    found = [problem for rule in RULES for problem in rule(procedure, around)]
    return in_order([*procedure.problems, *found])


def checked(procedure: Procedure, problems: tuple[Problem, ...]) -> Procedure:
    """The procedure with all its problems: what a server holds."""
    return replace(procedure, problems=problems)


def unfilled_addresses(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P201: `[votre-email]` is still there and no setting stands in for it."""
    for contact in procedure.team:
        if contact.placeholder and contact.slug not in around.bindings:
            fields = {"role": contact.role, "address": contact.address, "slug": contact.slug}
            yield problem("P201", contact.source, procedure.language, fields=fields)


def unreachable_contacts(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P202: no channel has an address for this contact."""
    for contact in procedure.team:
        unfilled = contact.placeholder and contact.slug not in around.bindings
        if not unfilled and not around.bindings.get(contact.slug):
            yield problem("P202", contact.source, procedure.language, role=contact.role, slug=contact.slug)


def unknown_bindings(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P207: the settings name a contact that the procedure does not have."""
    known = [contact.slug for contact in procedure.contacts]
    for slug in sorted(set(around.bindings) - set(known)):
        similar = get_close_matches(slug, known, n=1)
        hint = phrase("similar", procedure.language, name=similar[0]) if similar else ""
        found = problem("P207", Source(around.settings_path, 1), procedure.language, slug=slug)
        yield replace(found, hint=hint)


def links_for_nobody(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P208, P209: a page carries a link; it must lead to tocsin from somebody's phone."""
    if not around.channels:
        return
    at = Source(around.settings_path, 1)
    if not around.public_url:
        yield problem("P209", at, procedure.language, channels=", ".join(sorted(around.channels)))
    elif is_loopback(around.public_url):
        yield problem("P208", at, procedure.language, url=around.public_url)


def is_loopback(url: str) -> bool:
    """Tell whether an address means the machine itself, or nothing at all."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return True
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback or plain.is_unspecified)


def missing_manifests(procedure: Procedure, around: Surroundings) -> Iterator[Problem]:
    """P404: `kubectl apply -f` names a file that is not there."""
    if around.files is None:
        return
    for command in commands_in(procedure):
        for name in manifests_of(command):
            if not around.files & set(candidates(command.source.path, name)):
                yield problem("P404", place_of(command, name), procedure.language, file=name)


RULES = (
    unfilled_addresses,
    unreachable_contacts,
    unknown_bindings,
    links_for_nobody,
    missing_manifests,
    middleware_for_nobody,
    deleted_middleware,
    old_versions,
    no_time_limit,
    unreachable_rules,
    unknown_scenarios,
    unknown_runbooks,
)
