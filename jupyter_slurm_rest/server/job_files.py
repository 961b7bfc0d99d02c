"""Where jobs read and write, once slurmctld has forgotten them.

slurmdbd tells it from v0.0.42 on; before that, what slurmctld said is remembered here.
"""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Job

#: Jobs that are remembered, each a few hundred bytes.
_KEPT = 2000


class JobFiles:
    """The paths of the jobs that were looked at lately or submitted from here."""

    def __init__(self) -> None:
        #: By number and time of submission: numbers are used again.
        self._known: dict[tuple[int, int | None], tuple[str, str, str]] = {}

    def completed(self, job: Job) -> Job:
        """``job`` with its paths, if they are known; those that it has are remembered."""
        key = (job.job_id, job.submit_time)
        if job.stdout:
            self._known.pop(key, None)
            self._known[key] = (job.stdin, job.stdout, job.stderr)
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
            return job
        if key not in self._known:
            return job
        stdin, stdout, stderr = self._known[key]
        return msgspec.structs.replace(job, stdin=stdin, stdout=stdout, stderr=stderr)
