"""
A look ahead from this process: what `tocsin check --live` and `tocsin preflight PATH` ask, without a server.

The channels are the real ones and only greet; nothing is written anywhere. Loaded when it is asked for: it brings the
clients of Kubernetes and of the channels with it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from tocsin.edge.channels.registry import channels_of
from tocsin.edge.clock import SystemClock
from tocsin.edge.preflight.look import Preflight
from tocsin.edge.settings import Settings
from tocsin.procedure.check import checked
from tocsin.procedure.model import Procedure
from tocsin.procedure.read.whole import in_order
from tocsin.procedure.source import Text
from tocsin.proof.look import Look, problems_of


def look_now(procedure: Procedure, texts: Mapping[str, Text], settings: Settings) -> Look:
    """Ask every side that the settings name."""
    return asyncio.run(_look(procedure, texts, settings))


async def _look(procedure: Procedure, texts: Mapping[str, Text], settings: Settings) -> Look:
    channels = channels_of(settings)
    try:
        return await Preflight(settings, channels, os.environ, SystemClock()).look(procedure, texts)
    finally:
        for channel in channels.values():
            await channel.close()


def with_problems(procedure: Procedure, texts: Mapping[str, Text], look: Look) -> Procedure:
    """The procedure with what does not hold among its problems, in the order of the text."""
    found = problems_of(look, procedure.language, procedure.path, texts.keys())
    return checked(procedure, in_order([*procedure.problems, *found]))
