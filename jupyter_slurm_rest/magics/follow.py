"""Wait for a job's end: follow what the server announces rather than ask on and on."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .errors import SlurmMagicError

if TYPE_CHECKING:
    from .job import Job
    from .news import News

#: Seconds in which the server gives the same answer about a job again.
_CACHED = 1.2
#: Seconds between two looks at a job of which the server tells; one may be lost. Short
#: enough to keep the server reading, which it does for those who look.
_BACKSTOP = 60.0
#: Seconds between two looks, at most, at a job of which it does not tell.
_LONGEST = 30.0
_NEVER = float("inf")


class Follower:
    """Waits for one job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._cluster = unquote(job.cluster)
        #: The oldest reading that was announced and not asked about.
        self._since = _NEVER

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
                if self._told_within(min(pause, left), news):
                    time.sleep(max(0.0, min(_CACHED, until - time.monotonic())))
                mine = self._look()
                pause = _BACKSTOP if mine and news.open else min(_LONGEST, pause * 1.5)
            return True

    def _told_within(self, seconds: float, news: News) -> bool:
        due = time.monotonic() + seconds
        while news.wait(max(0.0, due - time.monotonic())):
            if self._may_have_changed():
                return True
        return False

    def concerns(self, event: dict[str, Any]) -> bool:
        """Whether the job may have changed: the person's own queue has."""
        kind = str(event.get("schema_id")).split("/")[-2:][0]
        if kind != "queue_changed" or event.get("cluster") != self._cluster:
            return False
        if event.get("scope") != "mine":
            return False
        # An event holds nothing of the jobs: what happened is to be asked for.
        self._since = min(self._since, float(event["as_of"]))
        return True

    def _may_have_changed(self) -> bool:
        """Whether the server saw the job change; with no news of any job, it may have."""
        since, self._since = self._since, _NEVER
        if since == _NEVER:
            # It is followed no longer.
            return True
        query = {"since": since}
        try:
            told = self._job.api.get(self._cluster, "transitions", query)["transitions"]
        except SlurmMagicError:
            return True
        return not told or any(map(self._is_it, told))

    def _is_it(self, told: dict[str, Any]) -> bool:
        ours, theirs = self._job.id, str(told["id"])
        if told["job_id"] == self._job.info["job_id"] or theirs == ours:
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
