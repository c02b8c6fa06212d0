"""
`python -m bench [WORD…]`: every figure of the house on this machine, or those of the measures that are named.

It asserts nothing: a figure stands beside its goal, as a ratio (above 1 misses it). Measures run one after the other,
each in a new folder (below BENCH_FOLDER, if that is set), against servers on loopback. Nothing else should run.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from bench.checking import checking
from bench.commands import commands
from bench.figures import machine
from bench.home import home
from bench.hostile import hostile
from bench.intake import intake
from bench.paging import webhook_to_page
from bench.reading import folding, pages
from bench.start import cold_start, idle
from bench.storm import storm

MEASURES = {
    "start": cold_start,
    "idle": idle,
    "page": webhook_to_page,
    "intake": intake,
    "check": checking,
    "hostile": hostile,
    "corpus": commands,
    "fold": folding,
    "pages": pages,
    "home": home,
    "storm": storm,
}


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - MEASURES.keys()
    if unknown:
        print(f"no such measure: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    print(machine())
    for name in wanted or MEASURES:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
            for figure in MEASURES[name](Path(folder)):
                print(figure, flush=True)
        print(f"  ({name}: {time.perf_counter() - began:.0f} s)", flush=True)
    print(machine())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
