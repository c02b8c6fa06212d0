"""
One look ahead: every side is asked at once, then every line is laid beside the answers.

The settings, the channels and the environment are given; `look` takes the procedure and gives a `Look`. The surprise:
a side that does not answer is no failure of any line: it is named, and what is known of its lines stays as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta

import httpx2
from lightkube.core.exceptions import ConfigError
from msgspec import Struct

from tocsin.cluster.inventory import Member, Reached
from tocsin.edge.addresses import addresses
from tocsin.edge.channels.contract import Channel
from tocsin.edge.clock import Clock
from tocsin.edge.kubernetes.contract import Unanswered
from tocsin.edge.kubernetes.snapshot import client_of
from tocsin.edge.network_errors import reason_of
from tocsin.edge.preflight.bindings import bound
from tocsin.edge.preflight.cluster_api import ClusterApi
from tocsin.edge.preflight.cluster_things import Things, rest_addresses, things
from tocsin.edge.preflight.commands import HETZNER, KUBERNETES, of_hetzner, of_kubernetes
from tocsin.edge.preflight.hetzner import Estate, Silent, estate
from tocsin.edge.preflight.patroni import members
from tocsin.edge.settings import Settings
from tocsin.procedure.model import Procedure
from tocsin.procedure.source import Text
from tocsin.proof.lines import Acting, acting_lines
from tocsin.proof.look import Found, Look
from tocsin.proof.needs import Needs, needs_of

LIMIT = timedelta(seconds=30)
A_REQUEST = timedelta(seconds=8)
PATRONI, CHANNELS = "patroni", "channels"


class _Answers(Struct):
    """What the sides told so far; `why` names those that did not."""

    why: dict[str, str]
    cluster: Things | None = None
    hetzner: Estate | None = None
    members: tuple[Member, ...] = ()
    contacts: tuple[Reached, ...] = ()


class Preflight:
    """Looks ahead, as often as it is asked. `channels` by name; `limit` bounds a whole look."""

    def __init__(
        self,
        settings: Settings,
        channels: Mapping[str, Channel],
        environ: Mapping[str, str],
        clock: Clock,
        *,
        limit: timedelta = LIMIT,
    ) -> None:
        self._settings = settings
        self._channels = channels
        self._environ = environ
        self._clock = clock
        self._limit = limit

    async def look(self, procedure: Procedure, texts: Mapping[str, Text]) -> Look:
        """Ask every side that the settings name; never raises for what the world does not answer."""
        lines = acting_lines(procedure)
        answers = _Answers(why={})
        found: list[Found] = [_checked(line) for line in lines if line.command is not None]
        asked = (
            self._ask_cluster(lines, texts, answers, found),
            self._ask_hetzner(lines, answers, found),
            self._ask_channels(procedure, lines, answers, found),
        )
        await asyncio.gather(*asked)
        at = self._clock.now()
        inventory = bound(answers.cluster, answers.hetzner, answers.members, answers.contacts, at)
        answered = tuple(side for side in (KUBERNETES, HETZNER, PATRONI, CHANNELS) if side in inventory.seen_at)
        return Look(
            at=at,
            inventory=inventory,
            found=tuple(_in_order(found, lines)),
            answered=answered,
            silent=tuple(answers.why),
            why=answers.why,
        )

    async def _ask_cluster(
        self, lines: tuple[Acting, ...], texts: Mapping[str, Text], answers: _Answers, found: list[Found]
    ) -> None:
        cluster = self._settings.cluster
        if not cluster.kubeconfig and "KUBERNETES_SERVICE_HOST" not in self._environ:
            answers.members = await members(cluster.patroni)
            return
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                client = await asyncio.to_thread(client_of, cluster, A_REQUEST)
                async with client:
                    await self._read_cluster(ClusterApi(client), lines, texts, answers, found)
        except TimeoutError:
            answers.why[KUBERNETES] = f"no answer within {self._limit.total_seconds():g} s"
        except Unanswered as refused:
            answers.why[KUBERNETES] = refused.why
        except ConfigError as error:  # of a token that its plug-in does not give
            answers.why[KUBERNETES] = str(error)
        except httpx2.RequestError as error:
            answers.why[KUBERNETES] = reason_of(error)

    async def _read_cluster(
        self,
        api: ClusterApi,
        lines: tuple[Acting, ...],
        texts: Mapping[str, Text],
        answers: _Answers,
        found: list[Found],
    ) -> None:
        await api.discover()
        seen = await things(api)
        answers.members = await members((*self._settings.cluster.patroni, *rest_addresses(seen.pods or ())))
        asked = [(line, needs) for line, needs in _needing(lines) if needs.side == KUBERNETES]
        judged = await asyncio.gather(
            *(of_kubernetes(line, needs, api, seen, answers.members, texts) for line, needs in asked)
        )
        answers.cluster = seen
        found += [one for several in judged for one in several]

    async def _ask_hetzner(self, lines: tuple[Acting, ...], answers: _Answers, found: list[Found]) -> None:
        token = self._settings.execution.hcloud_token
        if token is None:
            return
        asked = [(line, needs) for line, needs in _needing(lines) if needs.side == HETZNER]
        try:
            answers.hetzner = await estate(token.reveal(), self._environ)
        except Silent as silent:
            answers.why[HETZNER] = str(silent)
            if silent.refused:
                found += [_refused_token(line, str(silent)) for line, _ in asked]
            return
        found += [one for line, needs in asked for one in of_hetzner(line, needs, answers.hetzner)]

    async def _ask_channels(
        self, procedure: Procedure, lines: tuple[Acting, ...], answers: _Answers, found: list[Found]
    ) -> None:
        known = addresses(self._settings, procedure.contacts)
        asked = [
            (line, name, address)
            for line in lines
            if line.what == "contact"
            for name, address in known.get(line.name, {}).items()
            if name in self._channels
        ]
        whys = await asyncio.gather(*(self._channels[name].answers(address) for _, name, address in asked))
        answers.contacts = tuple(
            Reached(contact=line.name, channel=name, answers=not why, why=why)
            for (line, name, _), why in zip(asked, whys, strict=True)
        )
        best: dict[str, tuple[Acting, str, str]] = {}
        for (line, name, _), why in zip(asked, whys, strict=True):
            best.setdefault(line.name, (line, name, why))
        found += [one for told in best.values() for one in _of_contact(*told)]


def _of_contact(line: Acting, channel: str, why: str) -> Iterator[Found]:
    """A contact is bound by its address, and reachable when its best channel answers."""
    yield Found(line=line, kind="bound", held=True, by=channel)
    if why:
        values = {"channel": channel, "role": line.text, "why": why}
        yield Found(line=line, kind="permitted", held=False, by=channel, code="P620", values=values)
    else:
        yield Found(line=line, kind="permitted", held=True, by=channel)


def _needing(lines: tuple[Acting, ...]) -> Iterator[tuple[Acting, Needs]]:
    """Each command that can run, with what it needs."""
    for line in lines:
        if line.command is not None and line.command.runnable:
            yield line, needs_of(line.command)


def _checked(line: Acting) -> Found:
    """Whether the checker found an error on a command: kept, so that one which appears later is seen as a drift."""
    errors = [one for one in line.command.problems if one.severity == "error"] if line.command else []
    why = errors[0].message if errors else ""
    return Found(line=line, kind="checked", held=not errors, by="check", detail=why)


def _refused_token(line: Acting, why: str) -> Found:
    return Found(line=line, kind="permitted", held=False, by=HETZNER, code="P612", values={"why": why})


def _in_order(found: list[Found], lines: tuple[Acting, ...]) -> list[Found]:
    place = {id(line): index for index, line in enumerate(lines)}
    return sorted(found, key=lambda one: place[id(one.line)])
