"""
`tocsin demo`: a whole house in the practice world, and an incident played in it from the failure to the post-mortem.

It needs no credential, no network and no cluster. The surprise: the shipped procedure has mistakes that a real team
made; it is served all the same, and what is wrong with it is shown first.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import httpx2
from msgspec import Struct

from tocsin.cli.demo_screen import Screen
from tocsin.cli.failures import PROBLEMS, Failure
from tocsin.cli.logs import log_to_stderr
from tocsin.cli.options import language_option
from tocsin.cli.serve import Address
from tocsin.cli.words import language_of
from tocsin.edge.clock import FastClock, SystemClock
from tocsin.edge.procedure_files import read_procedure_files
from tocsin.edge.settings.model import ChannelSettings, ContactSettings, EmailSettings, Settings
from tocsin.edge.store.sqlite import AlreadyOpen
from tocsin.lexicon import Language
from tocsin.loops.hands import Hands
from tocsin.loops.house import PRACTICE, House
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.drill import Set, play
from tocsin.rehearsal.drills import Drills
from tocsin.rehearsal.executor import PracticeExecutor
from tocsin.rehearsal.manifests import MANIFESTS
from tocsin.rehearsal.monitoring import Monitoring
from tocsin.rehearsal.people import NotHappened, Person
from tocsin.rehearsal.phone import PracticePhone
from tocsin.rehearsal.photographer import PracticePhotographer
from tocsin.rehearsal.procedure import PROCEDURE
from tocsin.server import PortTaken, Running, ServeOptions, start

SPEED = 20
USUAL_PORT = 8080
PERSON, PHONE = "alice", "alice@example.org"
TEAM = {"admin-infra": PHONE, "responsable-securite": "bob@example.org"}
ANSWER_WITHIN = 10.0
STARTS_AT = time(9, 42)
DAYS_AGO = 7


class Practice(Struct, frozen=True, kw_only=True):
    """The practice world of one demo."""

    clock: FastClock
    cluster: Cluster
    phone: PracticePhone

    @property
    def hands(self) -> Hands:
        """What acts in it."""
        return Hands(
            channels={self.phone.name: self.phone},
            executor=PracticeExecutor(self.cluster, self.clock),
            photographer=PracticePhotographer(self.cluster, self.clock),
        )


@click.command()
@language_option
@click.option("--listen", type=Address(), help=f"Where to listen (default: 127.0.0.1:{USUAL_PORT} or a free port).")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep what is played in this folder.")
@click.option("--no-wait", is_flag=True, help="End after the play instead of staying up.")
def demo(lang: str | None, listen: tuple[str, int] | None, data: Path | None, no_wait: bool) -> int:
    """Play an incident on a practice cluster, then stay up so that you can play it yourself.

    The practice clock runs 20 times faster than life. Nothing outside this machine is reached.
    """
    language = language_of(lang, os.environ)
    log_to_stderr("warning")
    host, port = listen or ("127.0.0.1", _usual_or_free_port())
    try:
        with _folder(data) as folder:
            return asyncio.run(_demo(folder, host, port or _free_port(host), language, stays=not no_wait))
    except (PortTaken, AlreadyOpen) as error:
        raise Failure(str(error)) from None


async def _demo(folder: Path, host: str, port: int, language: Language, *, stays: bool) -> int:
    settings = practice_settings(f"http://{host}:{port}", language)
    zone = ZoneInfo(settings.timezone)
    clock = FastClock(SPEED, practice_start(SystemClock().now(), zone))
    world = Practice(clock=clock, cluster=Cluster(clock.now(), MANIFESTS), phone=PracticePhone())
    screen = Screen(language, zone, SPEED)
    page = procedure_page(folder)
    screen.opening(*read_procedure_files(page, settings))
    said: list[str] = []
    options = ServeOptions(
        procedure=page,
        data=folder,
        host=host,
        port=port,
        serve_anyway=True,
        settings=settings,
        clock=clock,
        hands=world.hands,
        say=said.append,
    )
    running = await start(options)
    try:
        async with _stage(running, world, language, zone) as (stage, drills):
            running.house.drills = drills
            async for moment in play(stage):
                screen.moment(moment)
            screen.played(len(running.house.timeline(_newest(running.house))))
            if stays:
                screen.staying(running.url, _welcome_link(said))
                await _until_told(running)
    except NotHappened as why:
        raise Failure(screen.failed(str(why)), PROBLEMS) from None
    finally:
        running.stop.set()
        await running.finished
    return 0


@asynccontextmanager
async def _stage(
    running: Running, world: Practice, language: Language, zone: ZoneInfo
) -> AsyncIterator[tuple[Set, Drills]]:
    """Accounts and tokens of the players, and their way to the doors."""
    sender, person = await asyncio.to_thread(_tokens, running.house, language)
    # No proxy of the environment stands between the players and their own server.
    async with httpx2.AsyncClient(base_url=running.url, timeout=ANSWER_WITHIN, trust_env=False) as doors:
        monitoring = Monitoring(world.cluster, world.clock, doors, sender)
        drills = Drills(monitoring, world.clock)
        try:
            yield (
                Set(
                    clock=world.clock,
                    monitoring=monitoring,
                    phone=world.phone,
                    person=Person(doors, person, language),
                    name=PERSON.capitalize(),
                    language=language,
                    zone=zone,
                ),
                drills,
            )
        finally:
            await drills.end()


def _tokens(house: House, language: Language) -> tuple[str, str]:
    """A sender's token and the person's, as `tocsin token create` and `tocsin user add` would give them."""
    now = house.clock.now()
    _, sender = house.accounts.new_source_token("alertmanager", "alertmanager", PRACTICE, now)
    account = house.accounts.account(PERSON) or house.accounts.add(
        PERSON, now, display=PERSON.capitalize(), role="responder", language=language
    )
    _, person = house.accounts.new_api_token(account.id, "demo", now)
    return sender, person


def practice_settings(public_url: str, language: Language) -> Settings:
    """Settings that name no real place: the mail server stands for the practice telephone."""
    name = PERSON.capitalize()
    return Settings(
        public_url=public_url,
        language=language,
        contacts={
            slug: ContactSettings(name=name if email == PHONE else "", email=email, language=language)
            for slug, email in TEAM.items()
        },
        channels=ChannelSettings(email=EmailSettings(host="practice.invalid", sender="tocsin@example.org")),
    )


def practice_start(now: datetime, zone: ZoneInfo) -> datetime:
    """
    A working morning about a week ago (UTC).

    In the past, because the practice clock must not overtake the machine's, by which the store leases its work: at 20
    times its speed that takes more than eight hours.
    """
    day = now.astimezone(zone).date() - timedelta(days=DAYS_AGO)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, STARTS_AT, zone).astimezone(UTC)


def procedure_page(folder: Path) -> Path:
    """The shipped procedure, put where a team would keep it; its links then lead nowhere outside."""
    page = folder / "practice" / "docs" / PROCEDURE.name
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(PROCEDURE.read_bytes())
    return page


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """The folder that was asked for, else one that goes when the demo ends."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _usual_or_free_port() -> int:
    """8080 when nobody has it."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def _free_port(host: str) -> int:
    """One that is free now; the address must be known before the server starts, because its links carry it."""
    with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _newest(house: House) -> int:
    return house.store.last_incident()


def _welcome_link(said: list[str]) -> str:
    """The one-time link among what the server said at its start; "" when the folder has accounts already."""
    return next((word for line in said for word in line.split() if "/welcome/" in word), "")


async def _until_told(running: Running) -> None:
    """Stay up until a signal."""
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.stop.set)
    stopped = asyncio.create_task(running.stop.wait())
    await asyncio.wait({stopped, running.finished}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
