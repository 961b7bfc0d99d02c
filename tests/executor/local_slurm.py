"""Stands in for ``Slurm``: runs batch scripts as processes of this machine, tasks at once."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jupyter_slurm_rest.notebook.errors import failed
from jupyter_slurm_rest.slurm.errors import NotFound, Unreachable


class LocalSlurm:
    """Only what the executor uses. Jobs run with another Python if ``python`` says so."""

    def __init__(self, *, holds: bool = False) -> None:
        self.scripts: list[str] = []
        self.options: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.down = False
        #: Jobs wait until :meth:`start`.
        self.holds = holds
        self.forgotten: set[str] = set()
        self._numbers = itertools.count(100)
        self._waiting: dict[str, tuple[str, dict[str, str], str]] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._states: dict[str, str] = {}

    def submit(self, script: str, **options: Any) -> Any:
        self._call("submit")
        self.scripts.append(script)
        self.options.append(options)
        number = next(self._numbers)
        tasks = (
            range(int(options["array"].partition("%")[0][2:]) + 1) if "array" in options else [0]
        )
        for task in tasks:
            job_id = f"{number}_{task}" if "array" in options else str(number)
            env = {"SLURM_JOB_ID": str(number), "SLURMD_NODENAME": "here"}
            if "array" in options:
                env |= {"SLURM_ARRAY_JOB_ID": str(number), "SLURM_ARRAY_TASK_ID": str(task)}
            self._waiting[job_id] = (script, env, options["output"].replace("%a", str(task)))
        if not self.holds:
            self.start()
        return SimpleNamespace(id=str(number), cluster="local")

    def start(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for job_id, (script, env, output) in waiting.items():
            if not Path(output).parent.exists():
                self._states[job_id] = "FAILED"
                continue
            with Path(output.replace("%%", "%")).open("wb") as log:
                self._processes[job_id] = subprocess.Popen(
                    [shutil.which("bash") or "bash", "-c", script],
                    env={**os.environ, **env},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def end(self, job_id: str, state: str) -> None:
        """Slurm ends the job in this state."""
        self._waiting.pop(job_id, None)
        process = self._processes.get(job_id)
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._states[job_id] = state

    def jobs(self, *, limit: int) -> Any:
        self._call("jobs")
        known = [*self._waiting, *self._processes, *self._states]
        ids = [one for one in dict.fromkeys(known) if one not in self.forgotten]
        return SimpleNamespace(rows=[self._row(one) for one in ids])

    def job(self, job_id: str) -> Any:
        self._call("job")
        raise failed(NotFound, f"Slurm knows no job {job_id}.")

    def cancel(self, *job_ids: str) -> Any:
        self._call("cancel")
        for one in job_ids:
            self.end(one, "CANCELLED")
        return SimpleNamespace(rows=[{"id": one, "ok": True, "message": ""} for one in job_ids])

    def close(self) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.down:
            raise Unreachable("slurmrestd cannot be reached.")

    def _row(self, job_id: str) -> dict[str, Any]:
        process = self._processes.get(job_id)
        code = process.poll() if process is not None else None
        state = self._states.get(job_id) or (
            "PENDING"
            if job_id in self._waiting
            else "RUNNING"
            if code is None
            else "FAILED"
            if code
            else "COMPLETED"
        )
        ended = {"code": max(code, 0), "signal": 0} if code is not None else None
        return {"id": job_id, "state": state, "flags": [], "nodes": "here", "exit_code": ended}
