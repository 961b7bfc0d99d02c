"""Wait for a job's end: follow what the server announces rather than ask on and on."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .errors import SlurmMagicError

if TYPE_CHECKING:
    from .job import Job

#: Seconds in which the server gives the same answer about a job again.
_CACHED = 1.2
#: Seconds between two looks at a job of which the server tells; one may be lost. Short
#: enough to keep the server reading, which it does for those who look.
_BACKSTOP = 60.0
#: Seconds between two looks, at most, at a job of which it does not tell.
_LONGEST = 30.0


class Follower:
    """Waits for one job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._cluster = unquote(job.cluster)
        #: Whether the reading that is being told of had changes of state.
        self._told = False

    def wait(self, until: float) -> bool:
        """Until the job is over, or the clock shows ``until``; whether it is over."""
        with self._job.api.news(self.concerns) as news:
            news.begun()
            pause, mine = _CACHED, self._look()
            # Not before now: what happened since is announced.
            while not self._job.refresh().ended:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                if news.wait(min(pause, left)):
                    time.sleep(max(0.0, min(_CACHED, until - time.monotonic())))
                mine = self._look()
                pause = _BACKSTOP if mine and news.open else min(_LONGEST, pause * 1.5)
            return True

    def concerns(self, event: dict[str, Any]) -> bool:
        """Whether the job may have changed."""
        if event.get("cluster") != self._cluster:
            return False
        kind = str(event.get("schema_id")).split("/")[-2:][0]
        if kind == "job_transition":
            self._told = True
            return self._is_it(event)
        if kind == "queue_changed" and event["scope"] == "mine":
            # With many changes at once the server tells of none by itself.
            told, self._told = self._told, False
            return not told
        return False

    def _is_it(self, event: dict[str, Any]) -> bool:
        ours, theirs = self._job.id, str(event["id"])
        if event["job_id"] == self._job.info["job_id"] or theirs == ours:
            return True
        # Any task or component, unless the job is a single one.
        one = re.fullmatch(r"\d+[_+]\d+", ours)
        return not one and re.split("[_+]", ours)[0] == re.split("[_+]", theirs)[0]

    def _look(self) -> bool:
        """Keep the server reading my jobs, at no cost to Slurm; whether this is one of them."""
        query = {"scope": "mine", "columns": "user", "limit": 1}
        try:
            rows = self._job.api.get(self._cluster, "jobs", query)["jobs"]
        except SlurmMagicError:
            return False
        return any(row["user"] == self._job.info["user"] for row in rows)
