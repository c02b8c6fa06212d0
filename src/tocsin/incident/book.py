"""
The alerts of one incident, by (source, fingerprint): the newest episode of each, why it is here, how many fire.

A value like all of the state: every change gives a new book, the old one stays as it was. The surprise is how it is
built: the alerts lie in a few dozen drawers, and a change copies only the drawers it touches, because a storm brings
thousands of alerts in hundreds of batches and each batch must cost what it brings, not what is already there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zlib import crc32

from msgspec.structs import replace

from tocsin.incident.alert import CAUSE, Alert, Episode, Tie
from tocsin.incident.concepts import concepts_of

Key = tuple[str, str]
Change = tuple[Key, "Held | None"]
CYCLES = 3
FLAPS_WITHIN = timedelta(minutes=30)
LISTED = 50
_DRAWERS = 64


class Held(NamedTuple):
    """
    `tie` is why it is in this incident, None in timelines from before ties were kept; `order` that of arrival;
    `cleared_at` when it last ended, at most CYCLES of them.
    """

    alert: Alert
    tie: Tie | None
    order: int = -1
    cleared_at: tuple[datetime, ...] = ()

    @property
    def is_cause(self) -> bool:
        """Whether it is the matter itself and not one of its effects. What has no tie counts as the matter."""
        return self.tie is None or self.tie.reason == CAUSE


class Book:
    """
    `firing` and `causes_firing` are counts; iterating gives the alerts in the order of their first arrival.

    `timed` are those that end by silence; `kinds` has one alert of each kind: what they mean is decided once per kind.
    `flapped` is the alert that last ended for the third time within half an hour, and when.
    """

    __slots__ = (
        "_drawers",
        "_heads",
        "_next",
        "causes",
        "causes_firing",
        "count",
        "firing",
        "flapped",
        "kinds",
        "last_cleared",
        "timed",
    )

    def __init__(self, like: Book | None = None) -> None:
        self._drawers: tuple[dict[Key, Held], ...] = like._drawers if like else ({},) * _DRAWERS
        self._heads: tuple[Key, ...] = like._heads if like else ()
        self._next: int = like._next if like else 0
        self.count: int = like.count if like else 0
        self.firing: int = like.firing if like else 0
        self.causes: int = like.causes if like else 0
        self.causes_firing: int = like.causes_firing if like else 0
        self.timed: int = like.timed if like else 0
        self.kinds: Mapping[Key, Alert] = like.kinds if like else {}
        self.flapped: tuple[str, datetime] | None = like.flapped if like else None
        self.last_cleared: datetime | None = like.last_cleared if like else None

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Alert]:
        return (held.alert for held in self.held())

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Book) and self.held() == other.held())

    def __hash__(self) -> int:
        return hash((self.count, self.firing))

    def held(self) -> list[Held]:
        """Every alert with its tie, in the order of first arrival."""
        return sorted((held for drawer in self._drawers for held in drawer.values()), key=lambda held: held.order)

    def first(self) -> list[Alert]:
        """The alerts that came first, at most LISTED of them, without looking at all of a storm's."""
        return [held.alert for key in self._heads if (held := self.get(key)) is not None]

    def get(self, key: Key) -> Held | None:
        """The alert of that source and fingerprint."""
        return self._drawers[_drawer(key)].get(key)

    def taken_in(self, alerts: Sequence[Alert], ties: Sequence[Tie]) -> Book:
        """With these alerts: a newer episode takes the place of the older and keeps its tie. `ties` is as long, or ()."""
        why = ties or (None,) * len(alerts)
        return self._changed([(alert_key(alert), Held(alert, tie)) for alert, tie in zip(alerts, why, strict=True)])

    def cleared(self, episodes: Iterable[Episode], at: datetime) -> Book:
        """With these episodes over, but for those that a newer one has followed."""
        changes: list[Change] = []
        flapped = self.flapped
        for known in self._of(episodes):
            ends = (*known.cleared_at, at)[-CYCLES:] if known.alert.status == "firing" else known.cleared_at
            over = replace(known.alert, status="cleared", ends_at=at)
            changes.append((alert_key(over), known._replace(alert=over, cleared_at=ends)))
            if len(ends) == CYCLES and at - ends[0] <= FLAPS_WITHIN:
                flapped = (over.name, at)
        book = self._changed(changes)
        book.flapped, book.last_cleared = flapped, at
        return book

    def changed(self, episodes: Iterable[Episode], **fields: Any) -> Book:
        """With these fields of these episodes' alerts."""
        known = ((held, replace(held.alert, **fields)) for held in self._of(episodes))
        return self._changed([(alert_key(alert), held._replace(alert=alert)) for held, alert in known])

    def without(self, keys: Iterable[Key]) -> Book:
        """Without these alerts."""
        book = self._changed([(key, None) for key in keys])
        left = book.held()
        book._heads = tuple(alert_key(held.alert) for held in left[:LISTED])
        kinds: dict[Key, Alert] = {}
        for held in left:
            kinds.setdefault(_kind(held.alert), held.alert)
        book.kinds = kinds
        return book

    def _of(self, episodes: Iterable[Episode]) -> Iterator[Held]:
        for source, fingerprint, starts_at in episodes:
            known = self.get((source, fingerprint))
            if known is not None and known.alert.starts_at == starts_at:
                yield known

    def _changed(self, changes: Iterable[Change]) -> Book:
        new = Book(self)
        drawers, copied = list(self._drawers), set[int]()
        kinds: dict[Key, Alert] = {}
        for key, held in changes:
            at = _drawer(key)
            if at not in copied:
                drawers[at] = dict(drawers[at])
                copied.add(at)
            before = drawers[at].pop(key, None)
            new._count(before, -1)
            if held is None:
                continue
            if before is None and len(new._heads) < LISTED:
                new._heads = (*new._heads, key)
            drawers[at][key] = after = _after(before, held, new._next)
            new._next += before is None
            new._count(after, 1)
            if (kind := _kind(after.alert)) not in new.kinds:
                kinds.setdefault(kind, after.alert)
        new._drawers = tuple(drawers)
        new.kinds = {**new.kinds, **kinds} if kinds else new.kinds
        return new

    def _count(self, held: Held | None, by: int) -> None:
        if held is None:
            return
        fires = by if held.alert.status == "firing" else 0
        self.count += by
        self.firing += fires
        self.timed += by if held.alert.quiet_at is not None else 0
        if held.is_cause:
            self.causes += by
            self.causes_firing += fires


def _after(before: Held | None, held: Held, order: int) -> Held:
    """What stands in the drawer: place, tie and past of an alert that was here stay its own."""
    if before is None:
        return held._replace(order=order)
    return held._replace(
        order=before.order, tie=held.tie or before.tie, cleared_at=held.cleared_at or before.cleared_at
    )


def alert_key(alert: Alert) -> Key:
    """What makes two episodes the same alert."""
    return alert.source, alert.fingerprint


def _kind(alert: Alert) -> Key:
    """Alerts of one kind mean the same to triage: a storm is many alerts of few kinds. Which node matters, which pod not."""
    about_node = "node" in concepts_of(alert.name).subjects
    where = "\0".join(alert.labels.get(name, "") for name in ("node", "instance")) if about_node else ""
    return f"{alert.name}\0{where}", alert.severity


def _drawer(key: Key) -> int:
    """The same in every process: the order within must never depend on chance."""
    return crc32(key[1].encode("utf-8", "replace")) % _DRAWERS


EMPTY = Book()
