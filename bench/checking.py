"""What an author waits for: a procedure of a hundred pages checked from nothing, and again after one page was changed."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure
from tocsin.edge.procedure_files import read_procedure_files
from tocsin.edge.settings import load_settings
from tocsin.procedure.read.single import NOTHING_KEPT, Singles

PAGES = 100
RUNS = 7
MAIN = """# Incident procedure

## Classification

| Level | Description | Response time | Examples |
|-------|-------------|---------------|----------|
| P1 - Critical | All is down | < 15 min | Cluster down |
| P2 - Major | Degraded | < 30 min | 1 node down |
| P3 - Minor | A nuisance | < 2h | Pod restart |
| P4 - Info | Nobody notices | < 24h | disk 70% |

## Triage

```bash
kubectl get nodes --request-timeout=10s
kubectl get pods -A -o json --request-timeout=10s
```

## Diagnosis

{links}

## Post-mortem

For every P1/P2 incident:
- Timeline

## Scenarios

{scenarios}

## Contacts

| Role | Contact | Availability |
|------|---------|--------------|
| Admin | alice@example.org | 24/7 |
"""
SCENARIO = """### Service {number} down

```bash
# 1. See
kubectl -n team-{number} get pods -o wide --request-timeout=10s
# 2. Start it again
kubectl -n team-{number} rollout restart deployment/service-{number} --request-timeout=10s
# 3. Verify
kubectl -n team-{number} rollout status deployment/service-{number} --timeout=120s
```
"""
RUNBOOK = """# Service {number}

What it does, in two sentences, and who asked for it. It stands behind [the gateway](../incidents.md) and needs the
database; without it people can still read, and nothing can be ordered.

| Sign | Meaning |
|------|---------|
| 502 on every page | no pod is ready |
| slow pages | the pool of connections is empty |

## See what is wrong

```bash
# 1. Its pods, and where they run
kubectl -n team-{number} get pods -o wide --request-timeout=10s
# 2. What they say
kubectl -n team-{number} logs deployment/service-{number} --since=30m --request-timeout=10s | grep -i error | tail -n 50
kubectl -n team-{number} describe deployment service-{number} --request-timeout=10s
# 3. Whether the database answers
kubectl -n team-{number} exec deployment/service-{number} -- pg_isready -h db-{number} -t 5
```

## Repair it

1. Start it again, one pod after the other.

   ```bash
   kubectl -n team-{number} rollout restart deployment/service-{number} --request-timeout=10s
   ```

2. Give it another pod while the load is high.

   ```bash
   kubectl -n team-{number} scale deployment/service-{number} --replicas=4 --request-timeout=10s
   ```

3. Go back to the version before.

   ```bash
   kubectl -n team-{number} rollout undo deployment/service-{number} --request-timeout=10s
   ```

## Verify

```bash
curl -sS --max-time 5 https://service-{number}.example.org/healthz
redis-cli -h cache-{number} info replication
```
"""


def write(folder: Path) -> Path:
    """The procedure of a hundred pages, in a repository of its own."""
    (folder / ".git").mkdir(parents=True)
    (folder / "runbooks").mkdir()
    links = "\n".join(f"- [Service {number}](runbooks/service-{number}.md)" for number in range(1, PAGES))
    scenarios = "\n".join(SCENARIO.format(number=number) for number in range(1, 21))
    for number in range(1, PAGES):
        (folder / f"runbooks/service-{number}.md").write_text(RUNBOOK.format(number=number))
    (folder / "incidents.md").write_text(MAIN.format(links=links, scenarios=scenarios))
    return folder / "incidents.md"


def checking(folder: Path) -> list[Figure]:
    """The whole process of `tocsin check`, without any tool installed that it could ask."""
    main = write(folder / "procedure")
    changed = folder / "procedure/runbooks/service-50.md"
    cold = [_seconds(main, folder / f"cache-{run}") for run in range(RUNS)]
    warm = []
    for run in range(RUNS):
        changed.write_text(RUNBOOK.format(number=50) + f"\nLooked through {run} times.\n")
        warm.append(_seconds(main, folder / "cache-0") * 1000)
    typed = _typed(main, changed)
    nothing = [_seconds(None, folder / "cache-0") * 1000 for _ in range(RUNS)]
    size = sum(page.stat().st_size for page in main.parent.rglob("*.md"))
    beside = f"{PAGES} pages, {size // 1000} kB; {min(cold):.2f} to {max(cold):.2f} s"
    return [
        Figure("check, nothing kept, whole process", statistics.median(cold), "s", 1.5, beside=beside),
        Figure(
            "check, one page changed, whole process",
            statistics.median(warm),
            "ms",
            300,
            beside=f"{min(warm):.0f} to {max(warm):.0f} ms; `tocsin --version` alone {statistics.median(nothing):.0f} ms",
        ),
        Figure("check, one page changed, as `tocsin lsp` does it", statistics.median(typed), "ms", 300),
    ]


def _typed(main: Path, changed: Path) -> list[float]:
    """Milliseconds of each look while a page is typed that is not saved; the other pages are in memory."""
    settings, kept, took = load_settings(None, {}), NOTHING_KEPT, []
    for run in range(RUNS + 1):
        singles, unsaved = Singles(kept), {changed.resolve(): RUNBOOK.format(number=50) + "x" * run}
        began = time.perf_counter()
        read_procedure_files(main, settings, singles, unsaved)
        took.append((time.perf_counter() - began) * 1000)
        kept = singles.used
    return took[1:]


def _seconds(main: Path | None, cache: Path) -> float:
    tocsin = Path(sys.executable).with_name("tocsin")
    command = [str(tocsin), *(["check", str(main)] if main else ["--version"])]
    environment = {**os.environ, "PATH": "/nonexistent", "XDG_CACHE_HOME": str(cache), "LC_ALL": "C.UTF-8"}
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    took = time.perf_counter() - began
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return took
