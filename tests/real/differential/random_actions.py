"""Random queues, built by alice with Slurm's own commands."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from devcluster import Cluster, DevclusterError
from tests.real.comparison import lines, states, submit, until

#: Arrays of every form; Slurm cuts the list of the last one.
_ARRAYS = (
    "1-4",
    "3",
    "1,4,7-9",
    "1-6%2",
    "0-30:5",
    "0-60:5%2",
    "2-12:2",
    "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,40,45,50,55,60-70%1",
)
_SMALL = ("--mem=20", "--time=5")


@dataclass(frozen=True)
class Step:
    """One step that submits jobs or changes the queue."""

    kind: str
    #: Small numbers that each kind reads in its own way.
    a: int
    b: int

    def do(self, cluster: Cluster) -> None:
        _KINDS[self.kind](cluster, self.a, self.b)


def _plain(cluster: Cluster, a: int, b: int) -> None:
    where = ("debug", "long", "gpu", "debug,long")[b % 4]
    how: tuple[str, ...] = ((), ("--hold",), ("--begin=now+1hour",), ("--exclusive",))[a % 4]
    submit(cluster, *_SMALL, f"--partition={where}", *how)


def _array(cluster: Cluster, a: int, b: int) -> None:
    held = ["--hold"] if b % 2 else []
    submit(cluster, *_SMALL, f"--array={_ARRAYS[a % len(_ARRAYS)]}", *held)


def _split(cluster: Cluster, a: int, b: int) -> None:
    """Tasks that were changed one by one, which slurmdbd is not told."""
    job = submit(cluster, *_SMALL, "--array=1-5%2", "--hold")
    for task in {a % 5 + 1, b % 5 + 1}:
        lines(cluster, ["scontrol", "update", f"JobId={job}_{task}", "TimeLimit=3"])


def _dependent(cluster: Cluster, a: int, b: int) -> None:
    first = submit(cluster, *_SMALL, "--array=1-3", "--hold")
    if a % 2:
        submit(cluster, *_SMALL, "--array=1-3", f"--dependency=aftercorr:{first}")
    else:
        submit(cluster, *_SMALL, f"--dependency={('afterok', 'afterany')[b % 2]}:{first}")


def _het(cluster: Cluster, a: int, b: int) -> None:
    parts = [*_SMALL, "--ntasks=1"]
    for n in range(1 + a % 2):
        parts += [":", *_SMALL, "--ntasks=1", *(["--partition=gpu"] if (b + n) % 2 else [])]
    submit(cluster, *(["--hold"] if b % 3 else []), *parts)


def _running(cluster: Cluster) -> int:
    job = submit(cluster, *_SMALL, "--partition=gpu")
    with contextlib.suppress(AssertionError):
        until(lambda: "RUNNING" in states(cluster, job).values(), "it runs", seconds=8)
    return job


def _suspended(cluster: Cluster, a: int, b: int) -> None:
    _as_may_be(cluster, ["scontrol", "suspend", str(_running(cluster))], "root")


def _requeued(cluster: Cluster, a: int, b: int) -> None:
    how = "requeuehold" if a % 2 else "requeue"
    _as_may_be(cluster, ["scontrol", how, str(_running(cluster))])


def _requeued_task(cluster: Cluster, a: int, b: int) -> None:
    job = submit(cluster, *_SMALL, "--partition=gpu", "--array=1-3")
    with contextlib.suppress(AssertionError):
        until(lambda: "RUNNING" in states(cluster, job).values(), "it runs", seconds=8)
    _as_may_be(cluster, ["scontrol", "requeue", f"{job}_{a % 3 + 1}"])


def _preempted(cluster: Cluster, a: int, b: int) -> None:
    job = submit(cluster, *_SMALL, "--nodes=2", "--exclusive", "--partition=debug")
    with contextlib.suppress(AssertionError):
        until(lambda: "RUNNING" in states(cluster, job).values(), "it runs", seconds=4)
    submit(cluster, *_SMALL, "--nodes=2", "--exclusive", "--partition=urgent")


def _over(cluster: Cluster, a: int, b: int) -> None:
    script = ("true", "exit 3", "kill -9 $$")[a % 3]
    submit(cluster, *_SMALL, "--partition=gpu", *(["--array=1-2"] if b % 2 else []), script=script)


def _canceled(cluster: Cluster, a: int, b: int) -> None:
    job = submit(cluster, *_SMALL, "--array=1-4", *(["--hold"] if a % 2 else []))
    _as_may_be(cluster, ["scancel", (str(job), f"{job}_2", f"{job}_[1-2]")[b % 3]])


def _cron(cluster: Cluster, a: int, b: int) -> None:
    if cluster.run(["sh", "-c", "command -v scrontab"], check=False).returncode:
        return
    text = "".join(
        f"#SCRON --time=1 --mem=20 --output=/dev/null\n{n} 3 1 1 * true\n" for n in (a, b)
    )
    cluster.run(["scrontab", "-"], user="alice", input=text)


def _as_may_be(cluster: Cluster, argv: list[str], user: str = "alice") -> None:
    """A command that Slurm may refuse, as the job may have moved on."""
    with contextlib.suppress(DevclusterError):
        lines(cluster, argv, user)


_KINDS: dict[str, Callable[[Cluster, int, int], None]] = {
    "plain": _plain,
    "array": _array,
    "split": _split,
    "dependent": _dependent,
    "het": _het,
    "suspended": _suspended,
    "requeued": _requeued,
    "requeued task": _requeued_task,
    "preempted": _preempted,
    "over": _over,
    "cancelled": _canceled,
    "cron": _cron,
}

_STEPS = st.builds(Step, st.sampled_from(list(_KINDS)), st.integers(0, 59), st.integers(0, 59))
#: A queue, and which of its rows is canceled at the end.
QUEUES = st.tuples(st.lists(_STEPS, min_size=2, max_size=5), st.integers(0, 100))
