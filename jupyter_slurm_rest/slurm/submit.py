"""Submitting jobs exactly once, even if responses are lost."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence

import msgspec

from jupyter_slurm_rest.slurm.sbatch.jobspec import default_name
from jupyter_slurm_rest.slurm.sbatch.precedence import Value
from jupyter_slurm_rest.slurm.wire.associations import NamedRows, names
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.submit import Encoded, encode, new_tag, not_taken, taken

from .actions import ActionCalls
from .error_mapping import failure, worth_renewing
from .errors import (
    AccountingDown,
    AccountingMissing,
    ControllerDown,
    ResponseLost,
    SlurmError,
    TokenRejected,
    TooLarge,
    UnreadableResponse,
)
from .models import Submitted
from .names import UserCalls
from .sbatch import JobSpec, ParsedScript, Submitter, merge, parse_script
from .session import Calls, Connection, VersionChanged, in_one_version
from .submit_recovery import LookupCalls, Trace

#: Delays between lookups for a lost submission, seconds: slurmctld may still be processing
#: it.
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
#: How often a request that never arrived is sent again.
_RESENT = 3
#: Slurm's default for the size of a script (``max_script_size``).
_USUAL_SCRIPT = "4 MB"


class _Submission(msgspec.Struct):
    """One pending submission."""

    target: str
    encoded: Encoded
    trace: Trace
    components: int


class SubmitCalls(Calls):
    """Submits jobs to Slurm as sbatch would."""

    def __init__(
        self, connection: Connection, users: UserCalls, actions: ActionCalls, lookup: LookupCalls
    ) -> None:
        super().__init__(connection)
        self._users = users
        self._actions = actions
        self._lookup = lookup
        #: Jobs that this client has submitted recently.
        self.submitted: deque[int] = deque(maxlen=1000)

    @in_one_version
    async def check_submission(
        self,
        script: str | ParsedScript,
        options: Mapping[str, Value] | None = None,
        *,
        submitter: Submitter,
        environment: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Do everything that :meth:`submit` does before it sends a request; returns warnings.

        Raises what :meth:`submit` raises without a request to Slurm.
        """
        submission = await self._prepare(script, options, submitter, environment)
        return submission.encoded.warnings

    @in_one_version
    async def submit(
        self,
        script: str | ParsedScript,
        options: Mapping[str, Value] | None = None,
        *,
        submitter: Submitter,
        environment: Mapping[str, str] | None = None,
    ) -> Submitted:
        """Submit ``script`` with the options of its ``#SBATCH`` lines.

        A script that has already been parsed is not parsed again.
        ``options`` (sbatch's long names with underscores) override the ``SBATCH_*``
        variables of ``environment``, which override the script. If the response is lost,
        the job is searched for before anything is sent again. Raises
        :exc:`ScriptError` and :exc:`InvalidRequest` (with the field), :exc:`Unsupported`,
        :exc:`TooLarge`, :exc:`Refused` in Slurm's words, and :exc:`ResponseLost` when it
        cannot be determined whether the job was submitted.
        """
        submission = await self._prepare(script, options, submitter, environment)
        try:
            result = await self._send(submission)
        except SlurmError as problem:
            if not _uncertain(problem):
                raise
            result = await self._after_lost_response(submission, problem)
        self.submitted.append(result.job_id)
        warnings = [*submission.encoded.warnings, *result.warnings]
        return msgspec.structs.replace(result, warnings=warnings)

    async def _prepare(
        self,
        script: str | ParsedScript,
        options: Mapping[str, Value] | None,
        submitter: Submitter,
        environment: Mapping[str, str] | None,
    ) -> _Submission:
        limit = self.connection.transport.limits.request_bytes
        text = script if isinstance(script, str) else script.text
        if len(text) > limit:
            raise _too_large(len(text))
        parsed = parse_script(script) if isinstance(script, str) else script
        can = await self.capabilities()
        specs = merge(parsed, options, environment, can.submission)
        await self._forget_own_cluster(specs)
        tag = new_tag()
        encoded = encode(specs, text, can, submitter, tag=tag)
        if len(encoded.body) > limit:
            raise _too_large(len(text.encode()))
        encoded = msgspec.structs.replace(encoded, warnings=[*parsed.warnings, *encoded.warnings])
        if can.submission.in_words and specs[0].comment is not None:
            # There the comment is the only place for a tag.
            tag = ""
        return _Submission(
            target=f"/slurm/{can.version}/job/submit",
            encoded=encoded,
            trace=self._trace(tag, specs, submitter),
            components=len(specs),
        )

    @in_one_version
    async def cluster_name(self) -> str:
        """Slurm's name of the cluster; empty if it cannot be determined."""
        name = await self.connection.cluster()
        if name:
            return name
        try:
            response = await self._users.database("clusters/")
        except (AccountingDown, AccountingMissing):
            return ""
        known = names(decode(response.body, NamedRows).clusters)
        return known[0] if len(known) == 1 else ""

    async def _forget_own_cluster(self, specs: Sequence[JobSpec]) -> None:
        """Remove ``--clusters`` if it names this cluster."""
        for spec in specs:
            if spec.clusters and spec.clusters.lower() == (await self.cluster_name()).lower():
                spec.unset("clusters")

    def _trace(self, tag: str, specs: Sequence[JobSpec], submitter: Submitter) -> Trace:
        first = specs[0]
        name = default_name(first, submitter) if first.job_name is None else first.job_name
        return Trace(
            tag=tag,
            user=submitter.user,
            name=name,
            directory=submitter.absolute(first.chdir) if first.chdir else submitter.directory,
            comment=first.comment or "",
            since=time.time(),
            others=frozenset(self.submitted),
        )

    async def _send(self, submission: _Submission, *, renew: bool = False) -> Submitted:
        """Post it once, or again after a token that was surely rejected."""
        while True:
            response = await self.connection.raw(
                "POST", submission.target, content=submission.encoded.body, renew=renew
            )
            result = taken(response, submission.components)
            if result is not None:
                return result
            problem = failure(response, path=submission.target) or not_taken(response)
            problem = await self.connection.verdict(problem, submission.target)
            if renew or not worth_renewing(problem, twice_is_once=False):
                raise problem
            renew = True

    async def _after_lost_response(self, submission: _Submission, lost: SlurmError) -> Submitted:
        """Look for the job; send it again only if slurmctld certainly does not have it.

        The tag stays the same, so that a request that was merely slow is recognized
        should it turn up after all.
        """
        for _ in range(_RESENT):
            found = await self._look(submission.trace, lost)
            if found is not None:
                return _recovered(found, submission)
            try:
                result = await self._send(submission, renew=isinstance(lost, TokenRejected))
            except VersionChanged:
                # A lost submission must be looked up before it is sent in another API
                # version.
                raise _unknown(submission.trace) from lost
            except SlurmError as problem:
                if not _uncertain(problem):
                    raise
                lost = problem
                continue
            await self._end_doubles(submission.trace, result.job_id)
            return result
        found = await self._look(submission.trace, lost)
        if found is None:
            raise _unknown(submission.trace)
        await self._end_doubles(submission.trace, found)
        return _recovered(found, submission)

    async def _look(self, trace: Trace, lost: SlurmError) -> int | None:
        """The job, or ``None``: slurmctld was asked, for long enough, and has none."""
        failed: SlurmError | None = None
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            try:
                found = await self._lookup.find_submission(trace)
            except SlurmError as problem:
                if isinstance(lost, TokenRejected) and isinstance(problem, TokenRejected):
                    # The token was already rejected the first time.
                    raise
                failed = problem
                continue
            failed = None
            if found and not trace.tag and len(found) > 1:
                # Several similar jobs, and no tag to distinguish them.
                raise _unknown(trace, found)
            if found:
                return found[0]
        if failed is not None:
            raise _unknown(trace) from failed
        return None

    async def _end_doubles(self, trace: Trace, job_id: int) -> None:
        """If the first request was only slow, cancel one of the two jobs."""
        if trace.tag:
            tagged = await self._lookup.find_submission(trace, all_of_them=True, near=job_id)
            doubles = [found for found in tagged if found != job_id]
            if doubles:
                await self._actions.cancel(doubles)


def _uncertain(problem: SlurmError) -> bool:
    """Whether Slurm may have accepted the job although it did not confirm it."""
    if isinstance(problem, TokenRejected):
        return not problem.sure
    return isinstance(problem, (ResponseLost, ControllerDown, UnreadableResponse))


def _recovered(job_id: int, submission: _Submission) -> Submitted:
    return Submitted(
        job_id=job_id,
        job_ids=[job_id + offset for offset in range(submission.components)],
        recovered=True,
    )


def _unknown(trace: Trace, found: Sequence[int] = ()) -> ResponseLost:
    several = f" It may be one of the jobs {', '.join(map(str, found))}." if found else ""
    return ResponseLost(
        f'Slurm did not respond. It is unknown whether job "{trace.name}" was submitted.{several}',
        advice="Check the queue before you submit it again.",
    )


def _too_large(size: int) -> TooLarge:
    return TooLarge(
        f"The script has {size / 1e6:.0f} MB. Slurm accepts up to {_USUAL_SCRIPT} or the site's"
        " max_script_size, and slurmrestd at most 50 MB.",
        advice="Store data in files that the script reads.",
    )
