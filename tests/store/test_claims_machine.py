"""Dues, claims, leases and outcomes against a model in plain Python, in any order that a machine can think of."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tests.store.makers import note
from tocsin.edge.store.contract import Change, Claim, Due, Lease, Lost
from tocsin.edge.store.sql_store import open_store
from tocsin.world import Append

START = datetime(2026, 3, 3, 3, 5, tzinfo=UTC)
STREAMS = st.sampled_from(["incident/1", "incident/2", "house/watch"])
HOLDERS = st.sampled_from(["alpha", "beta"])
SECONDS = st.integers(-20, 40)
KEYS = st.sampled_from(["wake", "page-a", "page-b", "snapshot"])
SPANS = st.integers(1, 30).map(lambda count: timedelta(seconds=count))


class Row:
    """A due row as the model knows it."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.holder: str | None = None
        self.until: datetime | None = None
        self.attempts = 0

    def is_free(self, now: datetime) -> bool:
        return self.until is None or self.until <= now


class ClaimsMachine(RuleBasedStateMachine):
    claims: Bundle[Claim] = Bundle("claims")
    leases: Bundle[Lease] = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="tocsin-machine-")
        self.store = open_store(self.folder.name)
        self.now = START
        self.rows: dict[tuple[str, str], Row] = {}
        self.seqs: dict[str, int] = {}
        self.role: Lease | None = None

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    # what happens

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule(stream=STREAMS, wanted=st.dictionaries(KEYS, SECONDS, max_size=4))
    def decide(self, stream: str, wanted: dict[str, int]) -> None:
        self._write(stream, wanted, claim=None, lease=None)

    @rule(target=claims, holder=HOLDERS, limit=st.integers(1, 3), span=SPANS)
    def claim(self, holder: str, limit: int, span: timedelta):
        from hypothesis.stateful import multiple

        free = [
            (row.at, stream, key)
            for (stream, key), row in self.rows.items()
            if key != "wake" and row.at <= self.now and row.is_free(self.now)
        ]
        taken = self.store.claim(holder, self.now, limit, span)

        assert len(taken) == min(limit, len(free))
        assert {(claim.stream, claim.key) for claim in taken} <= {(stream, key) for _, stream, key in free}
        latest = max((self.rows[claim.stream, claim.key].at for claim in taken), default=self.now)
        left = [at for at, stream, key in free if (stream, key) not in {(one.stream, one.key) for one in taken}]
        assert all(at >= latest for at in left), "the longest due come first"
        for claim in taken:
            row = self.rows[claim.stream, claim.key]
            row.holder, row.until, row.attempts = holder, self.now + span, row.attempts + 1
            assert claim == Claim(
                stream=claim.stream, key=claim.key, holder=holder, attempts=row.attempts, until=row.until
            )
        return multiple(*taken)

    @rule(claim=claims, span=SPANS)
    def renew(self, claim: Claim, span: timedelta) -> None:
        if self._holds(claim):
            assert self.store.renew(claim, self.now, span).until == self.now + span
            self.rows[claim.stream, claim.key].until = self.now + span
        else:
            self._must_lose(lambda: self.store.renew(claim, self.now, span))

    @rule(claim=claims, wanted=st.dictionaries(KEYS, SECONDS, max_size=4))
    def record_an_outcome(self, claim: Claim, wanted: dict[str, int]) -> None:
        """The outcome ends the intent: its due row is not among those that stay."""
        self._write(claim.stream, {key: at for key, at in wanted.items() if key != claim.key}, claim=claim, lease=None)

    @rule(target=leases, holder=HOLDERS, span=SPANS)
    def lease(self, holder: str, span: timedelta):
        from hypothesis.stateful import multiple

        before, taken = self.role, self.store.lease("reader", holder, self.now, span)
        if before is not None and before.holder not in {holder, ""} and before.until > self.now:
            assert taken is None
            return multiple()
        fence = 1 if before is None else before.fence + (before.holder != holder)
        self.role = Lease(name="reader", holder=holder, fence=fence, until=self.now + span)
        assert taken == self.role
        return taken

    @rule(lease=leases, stream=STREAMS, wanted=st.dictionaries(KEYS, SECONDS, max_size=4))
    def decide_as_reader(self, lease: Lease, stream: str, wanted: dict[str, int]) -> None:
        self._write(stream, wanted, claim=None, lease=lease)

    @rule()
    def die_and_start_again(self) -> None:
        self.store.close()
        self.store = open_store(Path(self.folder.name))
        for row in self.rows.values():
            row.holder = row.until = None
        if self.role is not None:
            self.role = Lease(name="reader", holder="", fence=self.role.fence, until=self.role.until)

    # what must hold

    @invariant()
    def clocks_are_those_of_the_model(self) -> None:
        due = [(row.at, stream) for (stream, key), row in self.rows.items() if key == "wake" and row.at <= self.now]
        assert self.store.due(self.now, 10) == [stream for _, stream in sorted(due)]

    @invariant()
    def the_next_instants_are_those_of_the_model(self) -> None:
        clocks = [row.at for (_, key), row in self.rows.items() if key == "wake"]
        intents = [max(row.at, row.until or row.at) for (_, key), row in self.rows.items() if key != "wake"]
        assert self.store.next_due(intents=False) == min(clocks, default=None)
        assert self.store.next_due(intents=True) == min(intents, default=None)

    @invariant()
    def timelines_have_the_length_of_the_model(self) -> None:
        assert {stream: seq for stream, seq, _ in self.store.heads()} == self.seqs

    def _holds(self, claim: Claim) -> bool:
        row = self.rows.get((claim.stream, claim.key))
        return row is not None and (row.holder, row.attempts) == (claim.holder, claim.attempts)

    def _leads(self, lease: Lease) -> bool:
        role = self.role
        return role is not None and (role.holder, role.fence) == (lease.holder, lease.fence) and role.until > self.now

    def _write(self, stream: str, wanted: dict[str, int], *, claim: Claim | None, lease: Lease | None) -> None:
        seq = self.seqs.get(stream, 0)
        dues = {key: self.now + timedelta(seconds=seconds) for key, seconds in wanted.items()}
        change = Change(
            appends=(Append(stream=stream, expected_seq=seq, events=(note(self.now),)),),
            dues=((stream, tuple(Due(key=key, at=at) for key, at in dues.items())),),
            claim=claim,
            lease=lease,
        )
        if (claim is not None and not self._holds(claim)) or (lease is not None and not self._leads(lease)):
            self._must_lose(lambda: self.store.commit(change, self.now).result())
            return
        self.store.commit(change, self.now).result()
        self.seqs[stream] = seq + 1
        for name, key in list(self.rows):
            if name == stream and key not in dues:
                del self.rows[name, key]
        for key, at in dues.items():
            self.rows.setdefault((stream, key), Row(at)).at = at

    @staticmethod
    def _must_lose(work) -> None:
        try:
            work()
        except Lost:
            return
        raise AssertionError("it was no longer held")


TestClaims = ClaimsMachine.TestCase
TestClaims.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
