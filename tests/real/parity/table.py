"""The table of options and Slurm generations for the manual.

``python -m tests.real.parity.table`` (root) brings the clusters up, compares, and writes
docs/sbatch-parity.md.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from devcluster import Cluster

from .compare import Verdict, account, by_sbatch, by_us, judge, nothing_starts
from .corpus import CASES, Case

#: API versions of each generation, newest first.
VERSIONS = {
    "host": ["v0.0.38", "v0.0.37"],
    "trixie": ["v0.0.42", "v0.0.41", "v0.0.40"],
    "forky": ["v0.0.45", "v0.0.44", "v0.0.43", "v0.0.42"],
}
_PAGE = Path(__file__).parents[3] / "docs" / "sbatch-parity.md"
_WORDS = {"equal": "equal", "both": "refused by both", "noted": "equal, with a note"}


class Run(NamedTuple):
    """One API version's verdicts, in the order of the corpus."""

    release: str
    version: str
    verdicts: list[Verdict]


def compare(cluster: Cluster) -> list[Run]:
    """Every case through sbatch, and through every API version of the cluster."""
    runs: list[Run] = []
    with nothing_starts(cluster):
        theirs = account(cluster, by_sbatch(cluster, CASES))
        for version in VERSIONS[cluster.generation]:
            newest = version == VERSIONS[cluster.generation][0]
            ours = asyncio.run(by_us(cluster, version, CASES, thorough=newest))
            if newest:
                ours = account(cluster, ours)
            pairs = zip(theirs, ours, strict=True)
            verdicts = [judge(one, two) for one, two in pairs]
            runs.append(Run(cluster.release, version, verdicts))
    return runs


def _cell(verdicts: list[Verdict]) -> str:
    """All cases of one option, in as few words as they need."""
    told: list[str] = []
    for verdict in verdicts:
        words = _WORDS.get(verdict.kind, f"{verdict.kind}: {verdict.detail}")
        if words not in told:
            told.append(words)
    return "; ".join(told).replace("|", "\\|")


def page(runs: list[Run]) -> str:
    """The page, from the newest version of each generation and a count of the others."""
    newest: dict[str, Run] = {}
    for run in runs:
        newest.setdefault(run.release, run)
    options = list(dict.fromkeys(case.option for case in CASES if case.option))
    columns = list(newest.values())
    head = " | ".join(f"{run.release} ({run.version})" for run in columns)
    lines = [
        "# Options of sbatch",
        "",
        "<!-- Written by `python -m tests.real.parity.table`; do not edit. -->",
        "",
        f"{len(CASES)} scripts were submitted by `sbatch` and through slurmrestd as the same",
        "person, and what Slurm then had of them was compared field by field (`scontrol show",
        "job`, as text and as JSON, and `sacct`). *Equal* is the same job. *Refused by both*:",
        "that release's `sbatch`, or that cluster, does not take it either. Nothing is left out",
        "silently: what an API version cannot carry is refused before anything is sent.",
        "",
        f"| option | {head} |",
        "| --- |" + " --- |" * len(columns),
    ]
    for option in options:
        cells = [
            _cell([verdict for case, verdict in _paired(run) if case.option == option])
            for run in columns
        ]
        lines.append(f"| `--{option}` | {' | '.join(cells)} |")
    lines += ["", "| combination | " + head + " |", "| --- |" + " --- |" * len(columns)]
    for number, case in enumerate(CASES):
        if not case.option:
            cells = [_cell([run.verdicts[number]]) for run in columns]
            lines.append(f"| {case.name} | {' | '.join(cells)} |")
    lines += ["", "| Slurm | API version | scripts |", "| --- | --- | --- |"]
    lines += [f"| {run.release} | {run.version} | {_count(run)} |" for run in runs]
    return "\n".join(lines) + "\n"


def _paired(run: Run) -> list[tuple[Case, Verdict]]:
    return list(zip(CASES, run.verdicts, strict=True))


def _count(run: Run) -> str:
    kinds = Counter(verdict.kind for verdict in run.verdicts)
    return ", ".join(f"{number} {_WORDS.get(kind, kind)}" for kind, number in sorted(kinds.items()))


def main() -> None:
    """Compare on every generation and write the page."""
    runs: list[Run] = []
    for generation in VERSIONS:
        cluster = Cluster(generation, "parity")
        cluster.up()
        try:
            runs += compare(cluster)
        finally:
            cluster.down()
    _PAGE.parent.mkdir(exist_ok=True)
    _PAGE.write_text(page(runs))


if __name__ == "__main__":
    main()
