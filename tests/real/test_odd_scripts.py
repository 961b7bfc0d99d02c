"""Unusual scripts are read as sbatch reads them."""

from __future__ import annotations

import asyncio
import random

from devcluster import Cluster
from tests.real.parity.compare import by_sbatch, by_us, judge, nothing_starts, versions
from tests.real.parity.corpus import Case

_MARKS = [*["#SBATCH"] * 12, "# SBATCH", "##SBATCH", "#SBATCH#", "#SLURM", " #SBATCH", "", "echo"]
_PIECES = """
    -J|name|"a b"|'c d'|--comment|--comment=x|-n|2|-n4|-Hn2|-H|-k|--job-n=q|--no-kill=off|--nice
    --nice=5|#|# c|a\\|\\"|"|'|""|''|hetjob|packjob|HETJOB|--|-|-t|5|1:30|--time=0-1|--mem=100|--mem
    1G|-N1|-N|1-2|--exclusive|--exclusive=user|=|--comment=a#b|:|-c2|--ntasks=3|--hold|-J é|-Jabc
    --job-name="x y"z|--comm=é|--requeue|--mail-type=END|-oabc|-o|%x-%j|--begin=now+1hour|-b|16:00
    --comment=\\n|--no-such|-Z|--wrap=x|-vQ|-a|1-3
""".replace("\n", "|")
#: A backslash before a blank became a blank after 22.05.
_NEWER_PIECES = ["\\", "a\\ b", "-J\\ x"]
_SCRIPTS = 150


class _Odd(Case):
    """A case whose name is its whole script."""

    @property
    def script(self) -> str:
        return self.name


def _scripts(newer: bool) -> list[Case]:
    choose = random.Random(26)
    pieces = [piece for part in _PIECES.split("|") if (piece := part.strip())]
    pieces += ["\t", "\v", *(_NEWER_PIECES if newer else [])]
    found: list[Case] = []
    for _ in range(_SCRIPTS):
        lines = [
            choose.choice(_MARKS)
            + choose.choice([" ", " ", " ", "", "\t"])
            + " ".join(choose.choices(pieces, k=choose.randint(0, 4)))
            for _ in range(choose.randint(1, 4))
        ]
        end = choose.choice(["\n", "", "\nsleep 1\n"])
        found.append(_Odd("#!/bin/sh\n" + "\n".join(lines) + end, ()))
    return found


def test_odd_scripts_are_read_as_sbatch_reads_them(cluster: Cluster) -> None:
    cases = _scripts(newer=cluster.generation != "host")
    version = asyncio.run(versions(cluster))[0]
    with nothing_starts(cluster):
        theirs = by_sbatch(cluster, cases)
        ours = asyncio.run(by_us(cluster, version, cases, thorough=False))
    verdicts = [judge(one, two) for one, two in zip(theirs, ours, strict=True)]
    wrong = [
        f"{case.script!r}: {verdict.kind}: {verdict.detail}"
        for case, verdict in zip(cases, verdicts, strict=True)
        if verdict.kind not in ("equal", "both", "noted")
    ]
    assert not wrong, "\n".join(wrong)
    assert sum(verdict.kind == "equal" for verdict in verdicts) > _SCRIPTS / 4
