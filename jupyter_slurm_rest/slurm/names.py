"""Names that users write: states and users, and the nearest right ones.

Where slurmrestd's host does not know a user, as in a container, slurmctld's jobs have the
user's number for the name, and a name cannot be sent as a filter. slurmdbd knows the name.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from jupyter_slurm_rest.slurm.wire.associations import (
    NamedRows,
    ShareRows,
    Shares,
    association_ids,
    names,
)
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.job_records import RecordRows, jobs_query, several, summary

from .errors import (
    AccountingDown,
    AccountingMissing,
    InvalidRequest,
    NoSuchEndpoint,
    SlurmError,
    UserNotResolved,
    shorten,
)
from .models import JobSummary
from .session import Calls, Connection, in_one_version
from .transport import Params, Response

#: squeue's short words for states and their flags.
_SHORT = {
    "BF": "BOOT_FAIL",
    "CA": "CANCELLED",
    "CD": "COMPLETED",
    "CF": "CONFIGURING",
    "CG": "COMPLETING",
    "DL": "DEADLINE",
    "F": "FAILED",
    "NF": "NODE_FAIL",
    "OOM": "OUT_OF_MEMORY",
    "PD": "PENDING",
    "PR": "PREEMPTED",
    "R": "RUNNING",
    "RD": "RESV_DEL_HOLD",
    "RF": "REQUEUE_FED",
    "RH": "REQUEUE_HOLD",
    "RQ": "REQUEUED",
    "RS": "RESIZING",
    "RV": "REVOKED",
    "S": "SUSPENDED",
    "SE": "SPECIAL_EXIT",
    "SI": "SIGNALING",
    "SO": "STAGE_OUT",
    "ST": "STOPPED",
    "TO": "TIMEOUT",
}
#: ``UNKNOWN`` is ours, for a state that Slurm does not report; the others have no short
#: word.
_STATES = frozenset(_SHORT.values()) | {"EXPEDITING", "POWER_UP_NODE", "UNKNOWN"}
#: The maximum number of names that are listed if none is similar.
_FEW = 12


def state_names(words: Iterable[str], field: str = "state") -> list[str]:
    """Long names of states and flags, which may be written as for squeue: ``R``, ``cd``.

    ``all`` is every state: no names. Raises :exc:`InvalidRequest` for what is not a state.
    """
    found: list[str] = []
    everything = False
    for written in words:
        word = written.strip().upper()
        if word == "ALL":
            everything = True
        elif word in _SHORT or word in _STATES:
            found.append(_SHORT.get(word, word))
        else:
            raise no_such(field, "job state", written, _STATES, cluster=False)
    return [] if everything else list(dict.fromkeys(found))


def nearest(word: str, known: Collection[str]) -> list[str]:
    """The names of ``known`` that are similar to ``word``, best match first; case-insensitive."""
    by_case: dict[str, list[str]] = {}
    for name in sorted(known):
        by_case.setdefault(name.casefold(), []).append(name)
    near = difflib.get_close_matches(word.strip().casefold(), by_case, n=3)
    return [name for key in near for name in by_case[key]]


def no_such(
    field: str, kind: str, word: str, known: Collection[str], *, cluster: bool = True
) -> InvalidRequest:
    """The error for ``word``, which is not among ``known``, with the nearest that are."""
    written = shorten(word, 80)
    what = (
        f"Slurm could not find {kind} {written!r}." if cluster else f"{written!r} is not a {kind}."
    )
    names = nearest(word, known)
    if names:
        advice = f"Did you mean {' or '.join(names)}?"
    elif known and len(known) <= _FEW:
        advice = f"Available: {', '.join(sorted(known))}."
    elif not cluster:
        advice = f"Write one of {', '.join(sorted(known))}."
    else:
        advice = "Check the spelling."
    return InvalidRequest(field, f"{field}: {what}", advice=advice)


J = TypeVar("J", bound=JobSummary)

#: Users looked up in one request, by a job of each.
_AT_ONCE = 200
#: Seconds until a user who was not in accounting is looked up again.
_AGAIN = 60.0


class UserNames:
    """User names and uids found so far, for the lifetime of the client."""

    def __init__(self) -> None:
        #: By numeric user id; only of users whose names slurmrestd did not give.
        self.known: dict[int, str] = {}
        #: Names that slurmrestd did not understand.
        self.not_resolved: set[str] = set()
        self._asked: dict[int, float] = {}

    def number(self, name: str) -> int | None:
        """The numeric id of ``name``; ``None`` if it is not known."""
        return next((uid for uid, known in self.known.items() if known == name), None)

    def missing(self, rows: Iterable[JobSummary]) -> dict[int, JobSummary]:
        """A row of each user whose name is not known and was not looked up recently."""
        now = time.monotonic()
        found = {int(row.user): row for row in rows if row.user.isdigit()}
        missing = {
            uid: row
            for uid, row in found.items()
            if uid not in self.known and now - self._asked.get(uid, -_AGAIN) >= _AGAIN
        }
        self._asked.update(dict.fromkeys(missing, now))
        return missing

    def named(self, row: J) -> J:
        """``row`` with its user's name, if that is known."""
        name = self.known.get(int(row.user)) if row.user.isdigit() else None
        return row if name is None else msgspec.structs.replace(row, user=name)


class UserCalls(Calls):
    """Finds user names for uids, and jobs by user name."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.user_names = UserNames()

    @in_one_version
    async def with_names(self, rows: list[J]) -> list[J]:
        """``rows``, with user names from slurmdbd where slurmctld's have a number."""
        if not any(row.user.isdigit() for row in rows):
            return rows
        missing = self.user_names.missing(rows)
        try:
            remaining = iter(missing.items())
            while some := dict(islice(remaining, _AT_ONCE)):
                await self._learn(some)
        except (AccountingDown, AccountingMissing):
            # The number is what is left.
            pass
        return [self.user_names.named(row) for row in rows]

    async def _learn(self, rows: dict[int, JobSummary]) -> None:
        ids = [str(row.job_id) for row in rows.values()]
        params = jobs_query(await self.capabilities(), {"step": ids})
        response = await self.database("jobs/", params)
        records = [summary(row) for row in decode(response.body, RecordRows).jobs or []]
        # The same number may have been another user's job before.
        found = {(job.job_id, job.submit_time): job.user for job in records if job.user}
        for uid, row in rows.items():
            name = found.get((row.job_id, row.submit_time), "")
            if name and not name.isdigit():
                self.user_names.known[uid] = name

    @in_one_version
    async def database_jobs(
        self, params: Params, users: Sequence[str], timeout: float | None = None
    ) -> Response:
        """Jobs in slurmdbd, only those of ``users`` if any are given.

        Raises :exc:`InvalidRequest` for users whom Slurm does not know.
        """
        if not users:
            return await self.database("jobs/", params, timeout)
        if self.user_names.not_resolved.isdisjoint(users):
            by_user = several(await self.capabilities(), {"users": users})
            try:
                return await self.database("jobs/", {**params, **by_user}, timeout)
            except UserNotResolved:
                pass
        ids = await self._association_ids(users)
        self.user_names.not_resolved.update(users)
        return await self.database("jobs/", {**params, "association": ids}, timeout)

    async def _association_ids(self, users: Sequence[str]) -> list[str]:
        """The numbers of the associations of ``users``, whom slurmrestd does not know."""
        response = await self.connection.get("slurm", "shares/", {"users": ",".join(users)})
        rows = (decode(response.body, ShareRows).shares or Shares()).shares or []
        found: list[str] = []
        for user in users:
            ids = association_ids(rows, user)
            if not ids:
                raise no_such("user", "user", user, await self.users())
            found += ids
        return found

    @in_one_version
    async def users(self) -> list[str]:
        """Names of the users in accounting."""
        return names(decode((await self.database("users/")).body, NamedRows).users)

    @in_one_version
    async def database(
        self, path: str, params: Params | None = None, timeout: float | None = None
    ) -> Response:
        """A response of slurmdbd. Raises :exc:`AccountingMissing` where there is none."""
        try:
            return await self.connection.get("slurmdb", path, params, timeout=timeout)
        except NoSuchEndpoint:
            pass
        raise AccountingMissing

    @in_one_version
    async def resolves(self, user: str) -> bool | None:
        """Whether slurmrestd's host knows ``user``; ``None`` if that cannot be determined."""
        can = await self.capabilities()
        if not can.history_by_user:
            return None
        params = jobs_query(can, {"users": [user]}, int(time.time()))
        try:
            await self.database("jobs/", params)
        except UserNotResolved:
            return False
        except SlurmError:
            return None
        return True
