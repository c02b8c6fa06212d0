"""The procedure of the demo, in French, as its team wrote it: unmodified, with its mistakes."""

from __future__ import annotations

from pathlib import Path

PROCEDURE = Path(__file__).parent / "incidents.md"
