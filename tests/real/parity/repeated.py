"""Every option given twice: script, command line, environment."""

from __future__ import annotations

import itertools
import re

from jupyter_slurm_rest.slurm.sbatch.options import BY_NAME

from .corpus import Case, alone

#: Different options that set the same thing, and values that add up; each pair both ways.
_PAIRS = [
    ("--mail-type=BEGIN", "--mail-type=NONE"),
    ("--mail-type=BEGIN", "--mail-type=END"),
    ("--signal=B:USR1@100", "--signal=TERM"),
    ("--hint=multithread", "--hint=nomultithread"),
    ("--mem-bind=verbose,rank", "--mem-bind=local"),
    ("--mem-bind=map_mem:0", "--mem-bind=prefer,local"),
    ("-B 1:2:1", "--threads-per-core=2"),
    ("--hint=nomultithread", "-B 1"),
    ("--mem=100", "--mem-per-cpu=50"),
    ("--requeue", "--no-requeue"),
    ("--exclusive", "--oversubscribe"),
    ("-S 1", "--thread-spec=1"),
    ("--cpu-freq=low-high:ondemand", "--cpu-freq=high"),
    ("-N 1-2", "-N 2"),
    ("--gres=gpu:1 -p gpu", "--gres=none -p gpu"),
    ("--gpus-per-node=1 -p gpu", "--gres=gpu:2 -p gpu"),
    ("-k", "--no-kill=off"),
    ("-H", "--priority=100"),
    ("--ntasks-per-node=2", "--tasks-per-node=1"),
    ("--gpu-bind=closest -p gpu -G2", "--tres-bind=gres/gpu:none -p gpu -G2"),
    ("--cpus-per-task=2 -p gpu -G1", "--cpus-per-gpu=2 -p gpu -G1"),
    ("--tres-per-task=cpu=2 -n2", "--cpus-per-task=1 -n2"),
    ("-C intel", "-C avx2"),
]


def _assigned(option: str, value: str) -> str:
    """``value`` as a variable of the environment; empty where sbatch has none."""
    names = BY_NAME[option].environment
    words = re.fullmatch(r"--[a-z-]+=(\S+)", value)
    return f"{names[0]}={words[1]}" if names and words else ""


def _cases() -> list[Case]:
    cases: list[Case] = []
    for option, values, needs in alone():
        # What is about sharing takes a slurm.conf of its own, which sbatch looks at.
        values = [value for value in values if "sharing" not in value]
        if len(values) < 2 or BY_NAME[option].early:
            continue
        pairs = [(values[0], values[1]), *itertools.pairwise(reversed(values))]
        for first, last in pairs:
            cases.append(Case(f"{first} {last}", (first, last, *needs), option))
        first, last = values[:2] if '"' not in values[1] else values[1::-1]
        cases.append(Case(f"{first}, called with {last}", (first, *needs), option, call=last))
        if variable := _assigned(option, last):
            cases.append(Case(f"{first}, {variable}", (first, *needs), option, variable=variable))
    for pair in _PAIRS:
        for first, last in (pair, pair[::-1]):
            cases.append(Case(f"{first} {last}", (first, last)))
            cases.append(Case(f"{first}, called with {last}", (first,), call=last))
    return cases


REPEATED = _cases()
