"""A queue in which every kind of job can be seen, made with sbatch."""

from __future__ import annotations

import shutil
from pathlib import Path

from devcluster.cluster import Cluster
from devcluster.process import wait_until

_FOLDER = "slurm-recording"
_SLEEP = "sleep 3600"


class Queue:
    """Makes the jobs and knows them by a label (their job name); `ids` are job ids."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.ids: dict[str, int] = {}

    def fill(self) -> None:
        """Ended jobs first, then running ones, then those that wait because of them."""
        self._ended()
        self._running()
        self._pending()
        # The longest wait last: Slurm enforces time limits by the minute.
        self._wait("timeout", "TIMEOUT", seconds=180)

    def clean(self) -> None:
        """Remove the folders with the jobs' output files."""
        for user in ("alice", "bob", "carol"):
            shutil.rmtree(Path("/home") / user / _FOLDER, ignore_errors=True)

    def submit(self, label: str, *options: str, script: str = _SLEEP, user: str = "alice") -> int:
        folder = f"/home/{user}/{_FOLDER}"
        self._cluster.run(["mkdir", "-p", folder], user=user)
        argv = ["sbatch", "--parsable", f"--job-name={label}", f"--chdir={folder}", *options]
        done = self._cluster.run(argv, user=user, input=f"#!/bin/bash\n{script}\n")
        self.ids[label] = int(done.stdout)
        return self.ids[label]

    def _ended(self) -> None:
        self.submit("timeout", "--time=1")
        self.submit(
            "completed", "--ntasks=2", script="srun hostname\nsrun --ntasks=1 echo step two"
        )
        self.submit("failed", script="echo about to fail >&2\nexit 3")
        self.submit("signalled", script="kill -SEGV $$")
        cancelled = self.submit("cancelled")
        self._wait("cancelled", "RUNNING")
        self._cluster.run(["scancel", str(cancelled)], user="alice")
        for label, state in (
            ("completed", "COMPLETED"),
            ("failed", "FAILED"),
            ("signalled", "FAILED"),
            ("cancelled", "CANCELLED"),
        ):
            self._wait(label, state)

    def _running(self) -> None:
        step = f"srun --ntasks=1 --job-name=prepare true\nsrun {_SLEEP}"
        self.submit("steps", "--ntasks=2", "--comment=two steps, one done", script=step)
        self.submit("gpu", "--partition=gpu", "--gres=gpu:a100:2", "--cpus-per-task=4", "--mem=2G")
        self.submit("array", "--array=0-5%2", "--time=20")
        self.submit("licensed", "--licenses=matlab:4", "--partition=long")
        het = ["--ntasks=1", "--mem=200", ":", "--ntasks=2", "--partition=gpu", "--gres=gpu:1"]
        self.submit("het", *het)
        self.submit("suspended", user="bob")
        limit = ["--qos=high", "--partition=gpu", "--gres=gpu:1", "--ntasks=1"]
        self.submit("high", *limit, user="carol")
        for label in ("steps", "gpu", "array", "licensed", "het", "suspended", "high"):
            self._wait(label, "RUNNING")
        self._cluster.run(["scontrol", "suspend", str(self.ids["suspended"])])

    def _pending(self) -> None:
        whole = ("--nodes=2", "--exclusive", "--time=10")
        self.submit("resources", *whole)
        self.submit("priority", *whole, "--nice=100", user="bob")
        self.submit("held-by-user", "--hold", "--constraint=avx512")
        self.submit("held-by-admin", "--hold", user="bob")
        self._cluster.run(["scontrol", "hold", str(self.ids["held-by-admin"])])
        self.submit("dependency", f"--dependency=afterok:{self.ids['steps']}")
        self.submit("never", f"--dependency=afterok:{self.ids['failed']}")
        self.submit("begin", "--begin=now+2days", "--account=particles")
        self.submit("licence", "--licenses=matlab:1", "--partition=gpu")
        # Its partition shares nodes with debug, where "resources" waits for all of them.
        self.submit("behind", "--partition=long")
        limit = ["--qos=high", "--partition=gpu", "--gres=gpu:4", "--ntasks=1"]
        self.submit("qos-limit", *limit, user="carol")
        self.submit("reserved", "--reservation=maintenance", "--begin=now+1day", user="root")
        for label, reason in (
            ("resources", "Resources"),
            ("priority", "Priority"),
            ("held-by-admin", "JobHeldAdmin"),
            ("licence", "Licenses"),
            ("qos-limit", "QOSMaxGRESPerUser"),
            ("never", "DependencyNeverSatisfied"),
        ):
            self._wait(label, reason, field="%r")

    def _wait(self, label: str, words: str, *, field: str = "%T", seconds: float = 60) -> None:
        """Until squeue shows `words` in `field` (%T state, %r reason) for the job."""
        job = self.ids[label]
        argv = ["squeue", "--noheader", "--states=all", f"--jobs={job}", f"--format={field}"]
        what = f"{words} for job {job} ({label})"
        wait_until(lambda: words in self._cluster.run(argv).stdout, what, seconds=seconds)
