"""Run the benchmarks: ``python -m bench [--quick] [--only P1,P3]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from devcluster import Cluster

from . import everybody, machine, mine, panel, sharing
from .queues import filled
from .results import Result, only_counted, table, write

_ROOT = Path(__file__).parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small queues, no bars on times")
    parser.add_argument("--only", default="", help="P1,P2,...: default all")
    parser.add_argument("--clusters", default="trixie,forky")
    parser.add_argument("--instance", default="bench")
    parser.add_argument("--keep", action="store_true", help="leave the clusters up")
    parser.add_argument("--output", type=Path, default=_ROOT / "bench-results.json")
    options = parser.parse_args()
    results: list[Result] = []
    for generation in options.clusters.split(","):
        cluster = Cluster(generation, options.instance)
        try:
            for measured in _measure(generation, options):
                one = only_counted(measured) if options.quick else measured
                print(table([one]).splitlines()[-1], flush=True)
                results.append(one)
        finally:
            if not options.keep:
                cluster.down()
    write(results, options.output)
    print()
    print(table(results))
    return 0 if all(one.ok for one in results) else 1


def _measure(generation: str, options: argparse.Namespace) -> Iterator[Result]:
    only = {name for name in options.only.split(",") if name}
    long, short = (300, 200) if options.quick else (20_000, 5_000)

    def wanted(*names: str) -> bool:
        return not only or not only.isdisjoint(names)

    folder = _ROOT / "build" / "bench"
    if wanted("P3", "P4"):
        cluster = filled(generation, options.instance, short)
        yield from machine.speed("P3 and P4")
        yield from everybody.short_queue(cluster, short)
    if wanted("P1", "P2", "P5"):
        cluster = filled(generation, options.instance, long)
        if wanted("P1"):
            yield from machine.speed("P1")
            yield from mine.measure(cluster, folder, looks=10 if options.quick else 100)
        if wanted("P2"):
            yield from machine.speed("P2")
            yield from everybody.long_queue(cluster, long, refreshes=10 if options.quick else 100)
        if wanted("P5"):
            yield from machine.speed("P5")
            yield from sharing.measure(cluster, rounds=2 if options.quick else 4)
    # The panel is the same whatever Slurm is behind it.
    if wanted("P6", "P7") and generation == options.clusters.split(",")[0]:
        cluster = Cluster(generation, options.instance)
        cluster.up()
        yield from machine.speed("P6 and P7")
        yield from panel.measure(cluster, loads=2 if options.quick else 9)


if __name__ == "__main__":
    sys.exit(main())
