"""The table of options and Slurm generations for the manual.

``python -m tests.real.parity.table`` (root) brings the clusters up, compares, and writes
docs/sbatch-parity.md.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from devcluster import Cluster

from .compare import (
    Outcome,
    Verdict,
    account,
    by_sbatch,
    by_us,
    differences,
    judge,
    nothing_starts,
    versions,
)
from .corpus import CASES, Case
from .repeated import REPEATED

_GENERATIONS = ("host", "trixie", "forky")
_PAGE = Path(__file__).parents[3] / "docs" / "sbatch-parity.md"
_WORDS = {
    "equal": "same",
    "both": "rejected by sbatch too",
    "noted": "same, with a note",
    "refused": "unsupported",
}


class Run(NamedTuple):
    """One API version's verdicts, in the order of the corpus."""

    release: str
    version: str
    verdicts: list[Verdict]
    #: The newest version's, in the order of :data:`REPEATED`.
    repeated: list[Verdict] = []
    #: For each of these, whether the last option alone gives sbatch the same job.
    last_counts: list[bool] = []


def compare(cluster: Cluster) -> list[Run]:
    """Every case through sbatch, and through every API version of the cluster.

    Precedence depends on the release: only one version tries options given twice.
    """
    runs: list[Run] = []
    with nothing_starts(cluster):
        everything = [*CASES, *REPEATED]
        theirs = account(cluster, by_sbatch(cluster, everything))
        for version in asyncio.run(versions(cluster)):
            newest = not runs
            cases = everything if newest else CASES
            ours = asyncio.run(by_us(cluster, version, cases, thorough=newest))
            if newest:
                ours = account(cluster, ours)
            verdicts = [judge(one, two) for one, two in zip(theirs, ours, strict=False)]
            once, again = verdicts[: len(CASES)], verdicts[len(CASES) :]
            last = _last_counts(theirs) if newest else []
            runs.append(Run(cluster.release, version, once, again, last))
    return runs


def _last_counts(theirs: Sequence[Outcome]) -> list[bool]:
    alone = {case.lines: outcome for case, outcome in zip(CASES, theirs, strict=False)}
    found: list[bool] = []
    for case, outcome in zip(REPEATED, theirs[len(CASES) :], strict=True):
        # Where the first one says nothing else that would stay.
        plain = not (case.call or case.variable) and " -" not in case.lines[0]
        # An empty argument ends its line, and takes the next one for its value.
        plain = plain and not any("''" in line for line in case.lines)
        single = alone.get(case.lines[1:]) if plain else None
        comparable = single is not None and not (single.refusal or outcome.refusal)
        found.append(single is None or not comparable or not differences(single, outcome))
    return found


def _cell(verdicts: list[Verdict]) -> str:
    """All cases of one option, summarized."""
    told: list[str] = []
    for verdict in verdicts:
        words = _WORDS.get(verdict.kind, verdict.kind)
        if verdict.kind not in ("equal", "both", "noted"):
            words += f": {verdict.detail}"
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
        "# sbatch options",
        "",
        "<!-- Written by `python -m tests.real.parity.table`; do not edit. -->",
        "",
        f"{len(CASES) + len(REPEATED)} scripts were submitted both with `sbatch` and through",
        "slurmrestd as the same user, and the resulting jobs were compared field by field",
        "(`scontrol show job`, as text and as JSON, and `sacct`).",
        "",
        "- **same**: both result in the same job; *with a note* if the user is told something.",
        "- **rejected by sbatch too**: the `sbatch` of that release, or the test cluster, does not",
        "  accept it either.",
        "- **unsupported**: the API version cannot express it; the submission is rejected with",
        "  this error.",
        "",
        "No option is dropped silently.",
        "",
        "## By option",
        "",
        f"| Option | {head} |",
        "| --- |" + " --- |" * len(columns),
    ]
    for option in options:
        cells = [
            _cell([verdict for case, verdict in _paired(run) if case.option == option])
            for run in columns
        ]
        lines.append(f"| `--{option}` | {' | '.join(cells)} |")
    lines += ["", "## Combinations of options", ""]
    lines += ["| Combination | " + head + " |", "| --- |" + " --- |" * len(columns)]
    for number, case in enumerate(CASES):
        if not case.option:
            cells = [_cell([run.verdicts[number]]) for run in columns]
            lines.append(f"| {case.name} | {' | '.join(cells)} |")
    lines += [
        "",
        "## Repeated options",
        "",
        "Options that are set twice: in the script, in the arguments after it, or in the",
        "environment. The table shows which value `sbatch` uses, and whether the same script",
        "results in the same job here.",
        "",
        "| Set twice | " + head + " |",
        "| --- |" + " --- |" * len(columns),
    ]
    for option in dict.fromkeys(case.option for case in REPEATED if case.option):
        cells = [_twice(run, option) for run in columns]
        lines.append(f"| `--{option}` | {' | '.join(cells)} |")
    for number, case in enumerate(REPEATED):
        if not case.option:
            cells = [_cell([run.repeated[number]]) for run in columns]
            lines.append(f"| `{case.name}` | {' | '.join(cells)} |")
    lines += ["", "## Number of scripts", ""]
    lines += ["| Slurm | API version | Results |", "| --- | --- | --- |"]
    lines += [f"| {run.release} | {run.version} | {_count(run)} |" for run in runs]
    return "\n".join(lines) + "\n"


def _twice(run: Run, option: str) -> str:
    rows = [
        (verdict, last)
        for case, verdict, last in zip(REPEATED, run.repeated, run.last_counts, strict=True)
        if case.option == option
    ]
    words = _cell([verdict for verdict, _ in rows])
    if words == _WORDS["both"]:
        return words
    return f"{'last one wins' if all(last for _, last in rows) else 'combined'}: {words}"


def _paired(run: Run) -> list[tuple[Case, Verdict]]:
    return list(zip(CASES, run.verdicts, strict=True))


def _count(run: Run) -> str:
    kinds = Counter(verdict.kind for verdict in [*run.verdicts, *run.repeated])
    return "; ".join(f"{number} {_WORDS.get(kind, kind)}" for kind, number in sorted(kinds.items()))


def main() -> None:
    """Compare on every generation and write the page."""
    runs: list[Run] = []
    for generation in _GENERATIONS:
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
