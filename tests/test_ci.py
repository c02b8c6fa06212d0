"""What CI adds to a test run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = (Path(__file__).parent.parent / "conftest.py").read_text()
TESTS = """
import pytest

def test_passes(): pass

def test_skips(): pytest.skip("no chromium here")

@pytest.mark.needs_kubernetes_lab
def test_needs_a_cluster(): pytest.skip("no cluster here")

@pytest.mark.xfail(strict=True)
def test_known_to_fail(): assert False
"""


def _run(folder: Path, ci: str, test: str, workers: int = 0) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = needs_kubernetes_lab\n")
    (folder / "test_it.py").write_text(test)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {"CI": ci}
    command = [sys.executable, "-m", "pytest", "-n", str(workers), str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_skipped_test_fails_in_ci_and_says_why(tmp_path: Path) -> None:
    run = _run(tmp_path, "true", TESTS, workers=2)
    assert run.returncode == 1
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed" in run.stdout.splitlines()[-1]
    assert "A test may not be skipped in CI. Skipped: no chromium here" in run.stdout


def test_a_skipped_test_is_fine_elsewhere(tmp_path: Path) -> None:
    run = _run(tmp_path, "", TESTS)
    assert run.returncode == 0
    assert "1 passed, 2 skipped, 1 xfailed" in run.stdout.splitlines()[-1]


@pytest.mark.parametrize("ci", ["true", ""])
def test_a_file_that_skips_itself(tmp_path: Path, ci: str) -> None:
    run = _run(tmp_path, ci, 'import pytest\npytest.importorskip("no_such_module")\n')
    assert ("error" in run.stdout.splitlines()[-1]) == (ci == "true")
    assert ("A test may not be skipped in CI" in run.stdout) == (ci == "true")
