"""`tocsin procedure show` prints what was understood; printed again from there it is the same page."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tocsin.cli.procedure import show

FIXTURE = Path(__file__).parents[1] / "fixtures/procedure/incidents.md"


def test_the_page_reads_back_to_itself(tmp_path: Path) -> None:
    first = CliRunner().invoke(show, [str(FIXTURE)])
    assert first.exit_code == 0
    assert "### Node 2 down (worker)" in first.output
    again = tmp_path / "docs" / "incidents.md"
    again.parent.mkdir()
    again.write_text(first.output)
    assert CliRunner().invoke(show, [str(again)]).output == first.output
