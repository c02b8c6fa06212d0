"""In CI a skipped test is a failure: a tool that is missing there must be noticed.

The one exception is a test marked `needs_kubernetes_lab`.
"""

import os
from collections.abc import Generator
from typing import Any

import pytest

IN_CI = os.environ.get("CI") == "true"


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"A test may not be skipped in CI. {why}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, pytest.TestReport]:
    report: pytest.TestReport = yield
    expected_to_fail = hasattr(report, "wasxfail")
    if IN_CI and report.skipped and not expected_to_fail and not item.get_closest_marker("needs_kubernetes_lab"):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, Any, pytest.CollectReport]:
    """A whole file that skips itself while it is read."""
    report: pytest.CollectReport = yield
    if IN_CI and report.outcome == "skipped":
        _fail(report)
    return report
