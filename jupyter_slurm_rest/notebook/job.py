"""A job in a notebook: show it, wait for it, read its output, cancel it."""

from __future__ import annotations

import contextlib
import html
import math
import time
from typing import Any
from urllib.parse import quote

from jupyter_slurm_rest.redaction import printable

from .api import SlurmApi
from .errors import SlurmMagicError
from .tables import clock, duration, exit_code, gpus, limit, local_time

#: Seconds for which a job is not read again to be displayed: the server returns the same.
_FRESH = 1.0


class NotebookJob:
    """One job. ``info`` holds the fields as the server sent them last.

    Displaying a job that has not ended reads it again; the last line says when it was read.
    """

    def __init__(
        self, api: SlurmApi, cluster: str, job_id: str, info: dict[str, Any] | None = None
    ) -> None:
        self.id = str(job_id)
        self.cluster = cluster
        self.api = api
        self._path = f"clusters/{cluster}/jobs/{quote(self.id, safe='')}"
        self.info: dict[str, Any] = info if info is not None else {}
        #: When ``info`` was read, seconds since the epoch.
        self._read_at = 0.0
        if info is None:
            self.refresh()

    def refresh(self) -> NotebookJob:
        """Ask for the job's fields again."""
        self.info = self.api.call("GET", self._path)
        self._read_at = time.time()
        return self

    @property
    def state(self) -> str:
        """The job's state now, as Slurm names it: ``PENDING``, ``RUNNING``, ``COMPLETED``, ..."""
        return str(self.refresh().info["state"])

    @property
    def ended(self) -> bool:
        """Whether the job had ended when it was last read."""
        # Imported at the first use: listing jobs does not need it.
        from jupyter_slurm_rest.slurm.wire.states import FINISHED_STATES

        state, flags = str(self.info["state"]), self.info["flags"]
        return state in FINISHED_STATES and "COMPLETING" not in flags

    def wait(self, timeout: float | None = None) -> NotebookJob:
        """Wait until the job has ended. Raises ``TimeoutError`` after ``timeout`` seconds."""
        # Imported at the first use: only waiting needs websockets.
        from .events import Follower

        until = time.monotonic() + (math.inf if timeout is None else timeout)
        if not self.refresh().ended and not Follower(self).wait(until):
            raise TimeoutError(f"Job {self.id} is still {self.info['state']}.")
        return self

    def output(self, stream: str = "stdout") -> str:
        """The end of the job's output file (``stdout`` or ``stderr``)."""
        text, offset = "", None
        while True:
            query = {"stream": stream, "offset": offset}
            chunk = self.api.call("GET", f"{self._path}/output", query=query)
            text += str(chunk["text"])
            if chunk["note"] and not text:
                raise SlurmMagicError(chunk["note"])
            if chunk["next_offset"] == offset or not chunk["text"]:
                return text
            offset = chunk["next_offset"]

    def cancel(self, *, cron: bool = False) -> str:
        """Cancel the job; returns Slurm's message.

        A job of scrontab needs ``cron``, because Slurm then disables its line there as well.
        """
        return self.act("cancel", cron=cron)

    def hold(self) -> str:
        """Keep a pending job from starting."""
        return self.act("hold")

    def release(self) -> str:
        """Let a held job start."""
        return self.act("release")

    def act(self, action: str, **options: Any) -> str:
        """Run an action of ``jobs/actions``; raises :exc:`SlurmMagicError` when Slurm refuses."""
        body = {"action": action, "job_ids": [self.id], **options}
        (result,) = self.api.call("POST", f"clusters/{self.cluster}/jobs/actions", body=body)[
            "results"
        ]
        if not result["ok"]:
            raise SlurmMagicError(result["message"])
        return str(result["message"])

    def _refresh_if_running(self) -> None:
        """Read the job again unless it has ended. If that fails, "As of" shows its age."""
        if not self.ended and time.time() - self._read_at > _FRESH:
            with contextlib.suppress(SlurmMagicError):
                self.refresh()

    def _facts(self) -> list[tuple[str, str]]:
        self._refresh_if_running()
        info = self.info
        why = info["why"] or {}
        times = (duration(info["elapsed"]), limit(info["time_limit"]))
        facts = [
            ("Job", f"{self.id} {info['name']}".strip()),
            ("State", "+".join([info["state"], *info["flags"]])),
            ("Why", " ".join(part for part in (why.get("text"), why.get("advice")) if part)),
            ("Partition", info["partition"]),
            ("Account", info["account"]),
            ("Submitted", local_time(info["submit_time"])),
            ("Expected start", local_time(info["estimated_start"])),
            ("Started", local_time(info["start_time"])),
            ("Ended", local_time(info["end_time"]) if self.ended else ""),
            ("Time", " of ".join(filter(None, times))),
            ("Nodes", info["nodes"]),
            ("GPUs", gpus(info.get("allocated") or info.get("requested"))),
            ("Exit code", exit_code(info["exit_code"]) if self.ended else ""),
            ("Output", info["stdout"]),
            ("As of", clock(self._read_at) if not self.ended else ""),
        ]
        return [(name, value) for name, value in facts if value]

    def __repr__(self) -> str:
        facts = self._facts()
        width = max(len(name) for name, _ in facts)
        return "\n".join(f"{name.ljust(width)}  {printable(value)}" for name, value in facts)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row'>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
            for name, value in self._facts()
        )
        return f"<table><tbody>{rows}</tbody></table>"
