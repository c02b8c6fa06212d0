"""
Where the log goes: standard error, so that what a verb prints stays clean.

One JSON object a line when nobody watches, words in colour on a terminal.
"""

from __future__ import annotations

import sys

import structlog
from structlog.typing import Processor


def log_to_stderr(level: str) -> None:
    """From now on, from that level upwards."""
    on_terminal = sys.stderr.isatty()
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if on_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
