"""Ending the jobs that have something in common, without a list that could be old."""

from __future__ import annotations

import time
from contextlib import suppress

from jupyter_slurm_rest.slurm.dialects.actions import KillAnswer
from jupyter_slurm_rest.slurm.dialects.envelope import decode
from jupyter_slurm_rest.slurm.errors import (
    NoSuchEndpoint,
    NotFound,
    UserNotResolved,
)
from jupyter_slurm_rest.slurm.history import HistoryQuery
from jupyter_slurm_rest.slurm.matching import LIVE_STATES, JobFilter
from jupyter_slurm_rest.slurm.models import ActionResult
from jupyter_slurm_rest.slurm.sbatch.hostlist import expand

from .matching_here import MatchingHereCalls
from .results import judge, stranding

_DONE = "cancelled"
#: Live jobs that are looked at to find out a user's number.
_LOOKED_AT = 5


class MatchingCalls(MatchingHereCalls):
    """Cancelling by what jobs are, not by their ids."""

    async def cancel_matching(self, wanted: JobFilter, *, cron: bool = False) -> list[ActionResult]:
        """Cancel this person's own jobs to which ``wanted`` applies; a result for each.

        Nobody else's jobs, also not for an operator or coordinator, who may cancel them by
        their ids. From v0.0.40 (Slurm 23.11.6) slurmctld itself chooses, at the moment of
        cancelling. Before, the queue is read, and each job again right before it is
        cancelled. For ``cron`` see :meth:`cancel`. Raises :exc:`InvalidRequest` when it is
        not sure what is meant.
        """
        wanted.check()
        user = await self.connection.username()
        dialect = await self.dialect()
        if dialect.capabilities.jobs_killed_together:
            try:
                return await self._chosen_by_slurm(wanted, {"user_name": user}, cron)
            except NoSuchEndpoint:
                # Slurm 23.11 before 23.11.6.
                pass
            except UserNotResolved:
                number = await self._number_of(user)
                if number is not None:
                    # The number alone would mean everybody: slurmctld heeds it with a name.
                    whose = {"user_name": user, "user_id": str(number)}
                    return await self._chosen_by_slurm(wanted, whose, cron)
        return await self._chosen_here(wanted, user, dialect)

    async def _number_of(self, user: str) -> int | None:
        """The numeric id of ``user``, whom slurmrestd does not know; ``None`` without jobs."""
        if self.user_names.number(user) is None:
            now = int(time.time())
            lately = HistoryQuery(users=[user], states=list(LIVE_STATES), start=now - 1, end=now)
            for job in (await self.history(lately)).jobs[:_LOOKED_AT]:
                # Its record tells the number, and accounting whose it is.
                with suppress(NotFound):
                    await self.job(job.job_id)
                if self.user_names.number(user) is not None:
                    break
        return self.user_names.number(user)

    async def _chosen_by_slurm(
        self, wanted: JobFilter, whose: dict[str, str], cron: bool
    ) -> list[ActionResult]:
        flags = ["VERBOSE", "CRON_JOBS"] if cron else ["VERBOSE"]
        body: dict[str, object] = {**whose, "flags": flags}
        for name, value in (
            ("job_name", wanted.name),
            ("partition", wanted.partition),
            ("account", wanted.account),
            ("qos", wanted.qos),
            ("reservation", wanted.reservation),
            ("nodes", wanted.nodes and expand(wanted.nodes)),
        ):
            if value is not None:
                body[name] = value
        apart = await self._chosen_apart(body) if "PENDING" in wanted.states else None
        if apart is None and len(wanted.states) == len(LIVE_STATES):
            return await self._kill_chosen(body)
        # Of several states Slurm heeds the last alone. A job that moves on meanwhile is
        # met in its next state.
        results: list[ActionResult] = []
        for state in wanted.states:
            some = body | {"job_state": [state]}
            if apart is None or state != "PENDING":
                results += await self._kill_chosen(some)
                continue
            whole, parts = apart
            told = await self._kill_chosen(some | {"jobs": whole}) if whole else []
            # Slurm tells of an array's task twice, and of tasks that the filter spared.
            met = {one.id: one for one in reversed(told) if one.id in whole}
            results += met.values()
            results += [stranding(name, int(name.partition("+")[0])) for name in parts]
        return results

    async def _chosen_apart(self, body: dict[str, object]) -> tuple[list[str], list[str]] | None:
        """Waiting jobs that the filter meets as a whole, and components met without the first.

        ``None``: there are no such components, which Slurm would cancel and so strand the
        rest of their jobs. Which it would meet, it tells when asked to let jobs that wait
        go on: it finds that it cannot.
        """
        asked = body | {"job_state": ["PENDING"], "signal": "CONT"}
        met = [one.id for one in await self._kill_chosen(asked)]
        parts = [name for name in met if "+" in name and name.partition("+")[0] not in met]
        if not parts:
            return None
        return [name for name in met if "+" not in name], parts

    async def _kill_chosen(self, body: dict[str, object]) -> list[ActionResult]:
        answer = await self.connection.send(
            "DELETE", "slurm", "jobs/", body=body, twice_is_once=True
        )
        told = decode(answer.body, KillAnswer).status or []
        return [judge(str(entry.step_id), entry.code, entry.words, _DONE) for entry in told]
