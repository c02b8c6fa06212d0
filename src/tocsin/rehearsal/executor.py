"""
The practice world's executor: an approved pipeline in, what the practised tool says out.

No process, no file, no network. The filters behind a pipe are the real executor's own. The surprise: a command that
takes longer than its limit is ended without a code, but what it did to the cluster before stays done, as in life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.edge.clock import Clock
from tocsin.edge.execution.bounded_filters import FilterFailed, filtered
from tocsin.edge.execution.contract import Ran
from tocsin.edge.execution.filters import BadFilter, is_quick
from tocsin.edge.execution.output import bounded
from tocsin.rehearsal import hcloud, patronictl
from tocsin.rehearsal.answers import Answer
from tocsin.rehearsal.cluster import Cluster
from tocsin.rehearsal.kubectl import line as kubectl

Tool = Callable[[Sequence[str], Cluster, datetime], Answer]
TOOLS: Mapping[str, Tool] = {"kubectl": kubectl.answer, "hcloud": hcloud.answer, "patronictl": patronictl.answer}


class PracticeExecutor:
    """An `Executor` whose commands change a `Cluster`; it waits by the practice clock."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def run(self, run_id: str, pipeline: tuple[tuple[str, ...], ...], limit: timedelta) -> Ran:
        """Run it to its end or to its time limit; never raises for what the command does."""
        began = self._clock.now()
        (program, *arguments), filters = pipeline[0], pipeline[1:]
        tool = TOOLS.get(program)
        if tool is None:
            return self._not_run(began, f"`{program}` is not among the programs that may run")
        try:
            is_quick(filters)
        except BadFilter as bad:
            return self._not_run(began, str(bad))
        said = tool(arguments, self._cluster, began)
        if said.takes >= limit:
            await self._clock.sleep(limit.total_seconds())
            return self._not_run(began, f"time limit of {limit.total_seconds():g} s")
        await self._clock.sleep(said.takes.total_seconds())
        return await self._ran(began, said, filters)

    def _not_run(self, began: datetime, why: str) -> Ran:
        return Ran(started_at=began, ended_at=self._clock.now(), exit_code=None, output="", why=why)

    async def _ran(self, began: datetime, said: Answer, filters: tuple[tuple[str, ...], ...]) -> Ran:
        text, why = said.out, ""
        try:
            text = await filtered(filters, text) if filters else text
        except FilterFailed as failed:
            why = f"{failed}; the output is not filtered"
        gap = "\n" if text and said.err and not text.endswith("\n") else ""
        kept = bounded(f"{text}{gap}{said.err}")
        return Ran(
            started_at=began,
            ended_at=self._clock.now(),
            exit_code=said.code,
            output=kept.text,
            truncated=bool(kept.cut),
            why=why,
        )
