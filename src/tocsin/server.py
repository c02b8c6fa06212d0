"""
The only place where the parts are put together.

Options in, a running house out: settings, procedure, store, hands, doors, loops. The order matters and is the
surprise: whatever can refuse (settings, procedure, port, database) refuses before anything is touched, and the first
thing that is told of an error is its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import structlog
import uvicorn
import uvloop
from msgspec import Struct
from msgspec.structs import replace
from starlette.types import ASGIApp

from tocsin.edge.alert_lists import HttpAlertList
from tocsin.edge.channels.registry import channels_of
from tocsin.edge.clock import Clock, DatabaseClock, SystemClock
from tocsin.edge.execution.processes import Processes
from tocsin.edge.execution.run_files import end_orphans
from tocsin.edge.kubernetes.contract import Photographer
from tocsin.edge.kubernetes.snapshot import ApiPhotographer
from tocsin.edge.outside_check import HttpCheck
from tocsin.edge.preflight.look import Preflight
from tocsin.edge.procedure_files import read_procedure_files, root_of, shipped_catalogue, understand
from tocsin.edge.redaction import redactor
from tocsin.edge.settings import Settings, load_settings
from tocsin.edge.spool import Spool
from tocsin.edge.store.sql_store import SqlStore, open_store
from tocsin.edge.store.sqlite import take_lock
from tocsin.incident.events import REAL
from tocsin.loops.hands import Hands
from tocsin.loops.heartbeats import DeadMansSwitch
from tocsin.loops.house import House, last_adopted
from tocsin.loops.lookahead import LookAhead
from tocsin.loops.maintenance import MaintenanceClock
from tocsin.loops.outside import SignOfLife
from tocsin.loops.performer import Performer
from tocsin.loops.reader import Reader
from tocsin.loops.reconcile import Reconciler
from tocsin.loops.refill import Refill
from tocsin.loops.waker import Waker
from tocsin.loops.watch import Watch
from tocsin.procedure.model import Procedure
from tocsin.procedure.problems import Problem
from tocsin.procedure.source import Text
from tocsin.triage.catalogue import read_catalogue
from tocsin.web.app import build_app
from tocsin.web.local import SOCKET, local_app

WELCOME_FOR = timedelta(hours=24)
log = structlog.get_logger()


class ServeOptions(Struct, frozen=True, kw_only=True):
    """What the command line says. `hands` replaces the real ones for a whole house in practice, `clock` the real clock."""

    procedure: Path
    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    config: Path | None = None
    serve_anyway: bool = False
    settings: Settings | None = None
    clock: Clock | None = None
    hands: Hands | None = None
    say: Callable[[str], None] = print


class ProcedureRefused(Exception):
    """The procedure has errors and nobody asked to serve with them. `problems` are all of them, `texts` to show them."""

    def __init__(self, problems: tuple[Problem, ...], texts: Mapping[str, Text]) -> None:
        super().__init__(f"{sum(problem.severity == 'error' for problem in problems)} errors in the procedure")
        self.problems = problems
        self.texts = texts


class PortTaken(Exception):
    """Somebody listens there already, or the address is not ours."""


class Running(Struct, kw_only=True):
    """A started server: where it listens, its house, and how to stop it."""

    house: House
    url: str
    stop: asyncio.Event
    finished: asyncio.Task[None]


def serve(options: ServeOptions) -> int:
    """
    Serve until SIGTERM or SIGINT; gives the exit code.

    Raises `BadSettings`, `ProcedureRefused`, `PortTaken`, and what the store raises when it cannot be opened
    (`AlreadyOpen`, `NewerDatabase`): nothing has been touched then.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(options))


async def _serve(options: ServeOptions) -> int:
    running = await start(options)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.stop.set)
    await running.finished
    return 0


async def start(options: ServeOptions) -> Running:
    """Start everything and give it back running; raises as `serve`."""
    settings = settings_of(options)
    procedure, texts = read_procedure_files(options.procedure, settings)
    if procedure.errors and not options.serve_anyway:
        raise ProcedureRefused(procedure.problems, texts)
    with contextlib.ExitStack() as held:
        listener = _listen(options.host, options.port)
        held.callback(listener.close)
        if settings.database.url:
            held.callback(os.close, _lock_folder(options.data))
        store = open_store(_where(options.data, settings))
        lasting = held.pop_all()
    house = build_house(options, settings, store, procedure, texts)
    url = f"http://{options.host}:{listener.getsockname()[1]}"
    stop = asyncio.Event()
    ready = asyncio.Event()
    finished = asyncio.create_task(_run(options, house, store, listener, stop, ready))
    finished.add_done_callback(lambda _: lasting.close())
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({finished, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if finished.done():
        await finished
    gc.collect()
    gc.freeze()
    options.say(f"tocsin: {url}")
    _welcome(options, house)
    return Running(house=house, url=url, stop=stop, finished=finished)


def offline_house(data: Path, config: Path | None, procedure: Path | None) -> tuple[House, Performer, SqlStore]:
    """
    A house without loops or doors, for a CLI that has the data folder to itself; the caller closes the store.

    Without a procedure's path the last adopted text is read from the store. Raises as `serve`.
    """
    settings = replace(load_settings(config, os.environ), data_folder=data)
    store = open_store(_where(data, settings))
    try:
        if procedure is None:
            main, texts = last_adopted(store)
            read = understand(texts, main, settings)
        else:
            read, texts = read_procedure_files(procedure, settings)
        options = ServeOptions(procedure=procedure or data, data=data, config=config, settings=settings)
        house = build_house(options, settings, store, read, texts)
        hands = real_hands(settings, root_of(procedure, settings.root) if procedure else data, house.clock)
        look_ahead_with(house, hands)
        return house, Performer(house, _holder(), lambda _: hands), store
    except BaseException:
        store.close()
        raise


def build_house(
    options: ServeOptions, settings: Settings, store: SqlStore, procedure: Procedure, texts: Mapping[str, Text]
) -> House:
    """The house over an open store."""
    shared = bool(settings.database.url)
    clock: Clock = options.clock or (DatabaseClock() if shared else SystemClock())
    if isinstance(clock, DatabaseClock):
        clock.follow(store.now())
    return House(
        store=store,
        accounts=store.accounts,
        clock=clock,
        settings=settings,
        procedure=procedure,
        texts=texts,
        read=lambda files, main: understand(files, main, settings),
        catalogue=read_catalogue(shipped_catalogue()),
        shared=shared,
        practice=options.hands is not None,
    )


def real_hands(settings: Settings, folder: Path, clock: Clock) -> Hands:
    """The hands of the real world; commands run in `folder`, the root of the procedure."""
    return Hands(
        channels=channels_of(settings),
        executor=Processes(
            settings, folder=folder, redact=redactor(settings.known_secrets), clock=clock, environ=os.environ
        ),
        photographer=photographer_of(settings, clock),
    )


def look_ahead_with(house: House, hands: Hands) -> None:
    """Give a house of the real world its look ahead."""
    preflight = Preflight(house.settings, hands.channels, os.environ, house.clock)
    house.look_ahead = LookAhead(house, preflight).take


def photographer_of(settings: Settings, clock: Clock) -> Photographer | None:
    """Who photographs the cluster: by the kubeconfig of the settings, else by the pod's own account, else nobody."""
    in_a_pod = "KUBERNETES_SERVICE_HOST" in os.environ
    return ApiPhotographer(settings.cluster, clock=clock) if settings.cluster.kubeconfig or in_a_pod else None


def settings_of(options: ServeOptions) -> Settings:
    """The settings given, else those of the file and the environment; the data folder is the command line's."""
    settings = options.settings or load_settings(options.config, os.environ)
    return replace(settings, data_folder=options.data)


def _where(data: Path, settings: Settings) -> Path | str:
    return settings.database.url.reveal() if settings.database.url else data


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is told: without it each answer may wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)  # of two that have bound it, one may: now we know
    except OSError as error:
        listener.close()
        raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from None
    listener.setblocking(False)
    return listener


def _lock_folder(data: Path) -> int:
    """With the database elsewhere the store locks no folder; the socket and the files of what runs want one owner too."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return take_lock(data)


def _listen_locally(data: Path) -> socket.socket:
    """The socket of the data folder, mode 0600. We hold the folder's lock, so a socket that lies there is dead."""
    path = data / SOCKET
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.setblocking(False)
    return listener


async def _run(
    options: ServeOptions,
    house: House,
    store: SqlStore,
    listener: socket.socket,
    stop: asyncio.Event,
    ready: asyncio.Event,
) -> None:
    """Run doors and loops until `stop`; then the doors shut first, what is being done is told, the store closes last."""
    hands = options.hands or real_hands(house.settings, root_of(options.procedure, house.settings.root), house.clock)
    holder = _holder()
    reader, waker = Reader(house, holder), Waker(house)
    ended = frozenset(orphan.run_id for orphan in await asyncio.to_thread(end_orphans, options.data / "runs"))
    performer = Performer(house, holder, lambda world_id: _hands_for(world_id, hands, options), ended)
    DeadMansSwitch(house)
    MaintenanceClock(house)
    check = HttpCheck(house.settings.outside_check) if house.settings.outside_check.url else None
    lists = {name: HttpAlertList(told) for name, told in house.settings.sources.items() if told.url}
    spool = house.spool = Spool(options.data, house.settings.spool.limit)
    if options.hands is None:
        look_ahead_with(house, hands)
    watch = Watch(house, options.data, hands.photographer)
    store.listen(lambda topic: _hear(topic, reader, waker, performer))
    doors = [
        _Door(_door_config(build_app(house), house.settings), listener),
        _Door(_door_config(local_app(house), house.settings), _listen_locally(options.data)),
    ]
    loops = [
        asyncio.create_task(_always(name, work))
        for name, work in (
            ("reader", reader.run),
            ("waker", waker.run),
            ("performer", performer.run),
            ("watch", watch.run),
            ("refill", Refill(house, spool).run),
            ("outside", SignOfLife(house, check).run),
            ("reconciler", Reconciler(house, holder, lists).run),
        )
    ]
    opened = [asyncio.create_task(door.serve(sockets=[door.listener])) for door in doors]
    try:
        for door in doors:
            await door.is_open.wait()
        ready.set()
        await stop.wait()
    finally:
        for door in doors:
            door.should_exit = True
        await asyncio.gather(*opened, return_exceptions=True)
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        for channel in hands.channels.values():
            await channel.close()
        if check is not None:
            await check.close()
        for listed in lists.values():
            await listed.close()
        await asyncio.to_thread(spool.close)
        await asyncio.to_thread(store.close)
        (options.data / SOCKET).unlink(missing_ok=True)


def _hear(topic: str, reader: Reader, waker: Waker, performer: Performer) -> None:
    """What was committed wakes who waits for it."""
    if topic == "body":
        reader.wake()
    else:
        waker.wake()
        performer.wake()


def _hands_for(world_id: str, hands: Hands, options: ServeOptions) -> Hands:
    """The real world gets the real hands; a practice world those that were given for practice, never the real ones."""
    if world_id == REAL or options.hands is not None:
        return hands
    raise LookupError(f"no hands for {world_id}")


async def _always(name: str, work: Callable[[], object]) -> None:
    """A loop that dies is told and starts again; only cancellation ends it."""
    while True:
        try:
            await work()  # type: ignore[misc]
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a loop died and starts again", loop=name)
            await asyncio.sleep(1)


class _Door(uvicorn.Server):
    """A uvicorn server that leaves the signals to us."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self.listener = listener
        self.is_open = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open, and tell."""
        await super().startup(sockets)
        self.is_open.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


def _door_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=settings.proxy_headers,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
    )


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _welcome(options: ServeOptions, house: House) -> None:
    """The first account is made through a one-time link that is only printed here."""
    if house.accounts.accounts():
        return
    link = house.accounts.new_link("welcome", None, house.clock.now(), WELCOME_FOR)
    options.say(f"tocsin: first account (one use, 24 h): {house.settings.public_url.rstrip('/')}/welcome/{link}")
    sys.stdout.flush()
