"""
How well alerts were grouped: `python -m bench.storms.score [--held-out] [WORD…]`.

Over all pairs of alerts of one storm: precision is the share of pairs in one incident that have one cause, recall the
share of pairs of one cause that are in one incident. An alert that no incident holds is alone. One that two faults have
caused (a workload that misses pods of both dead machines) is right with either: it is counted and in no pair. Printed per scenario,
summed over its seeds, with the worst seed, and how many incidents there were for how many causes.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.storms.play import Played, play
from bench.storms.scenarios import HELD_OUT, SCENARIOS, TUNED, storm


@dataclass(frozen=True)
class Score:
    """Counts of pairs; a storm without pairs is perfect."""

    together: int
    of_one_cause: int
    right: int
    incidents: int
    causes: int
    alerts: int
    shared: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.together if self.together else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.of_one_cause if self.of_one_cause else 1.0


def score(causes: Mapping[str, str], held: Mapping[str, int], shared: int = 0) -> Score:
    """Compare the true causes with the incidents."""
    placed = {alert: held.get(alert, -number) for number, alert in enumerate(causes, 1)}
    return Score(
        together=_pairs(placed.values()),
        of_one_cause=_pairs(causes.values()),
        right=_pairs((causes[alert], where) for alert, where in placed.items()),
        incidents=len(set(placed.values())),
        causes=len(set(causes.values())),
        alerts=len(causes),
        shared=shared,
    )


def total(scores: Iterable[Score]) -> Score:
    """All pairs of several storms."""
    each = list(scores)
    return Score(*(sum(getattr(one, name) for one in each) for name in Score.__dataclass_fields__))


def scenario(name: str, seeds: range) -> dict[int, Score]:
    """The score of each seed."""
    return {seed: _of(play(storm(name, seed))) for seed in seeds}


def _of(played: Played) -> Score:
    return score(played.causes, played.held, played.shared)


def _pairs(groups: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(groups).values())


def main(asked: list[str]) -> None:
    held_out = "--held-out" in asked
    seeds = HELD_OUT if held_out else TUNED
    words = [word for word in asked if not word.startswith("--")]
    print(f"{'seeds held out' if held_out else 'seeds tuned on'}: {seeds.start}…{seeds.stop - 1}")
    every: list[Score] = []
    for name in SCENARIOS:
        if words and not any(word in name for word in words):
            continue
        scores = scenario(name, seeds)
        every += scores.values()
        tell(name, scores)
    print(f"{'all':52} {line(total(every))}")


def tell(name: str, scores: Mapping[int, Score]) -> None:
    worst = min(scores, key=lambda seed: min(scores[seed].precision, scores[seed].recall))
    least = scores[worst]
    print(f"{name:52} {line(total(scores.values()))}   worst seed {worst}: {least.precision:.3f} {least.recall:.3f}")


def line(one: Score) -> str:
    told = f"precision {one.precision:.4f} recall {one.recall:.4f}  {one.incidents} incidents for {one.causes} causes"
    return f"{told}, {one.alerts} alerts" + (f" and {one.shared} of several faults" if one.shared else "")


if __name__ == "__main__":
    main(sys.argv[1:])
