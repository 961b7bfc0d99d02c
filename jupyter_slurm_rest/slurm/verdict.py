"""Whether it is the token that Slurm does not like, where its response does not tell.

Releases and calls differ in what becomes of a rejected token: a number of its own,
accounting that cannot be reached, an error without a number. slurmctld's ``diag`` tells:
whoever it accepts has a good token.
"""

from __future__ import annotations

from .credentials import Credentials
from .errors import AccountingDown, NoSuchEndpoint, SlurmError, TokenRejected
from .faults import failure
from .transport import Transport

#: API versions that serve ``diag`` without slurmdbd, where the one in use does not: v0.0.39
#: asks slurmdbd before everything, and so does v0.0.40 of Slurm 23.11.
_WITHOUT_SLURMDBD = ("v0.0.38", "v0.0.41", "v0.0.40")


async def verdict(
    transport: Transport, problem: SlurmError, target: str, credentials: Credentials
) -> tuple[SlurmError, str]:
    """What became of the request to ``target``: ``problem``, or that the token is rejected.

    Beside it the API version that serves it although slurmdbd is down, or an empty string.
    ``problem.maybe_token`` stays set where slurmctld could not be asked.
    """
    used = target.split("/")[2]
    for version in dict.fromkeys((used, *_WITHOUT_SLURMDBD)):
        path = f"/slurm/{version}/diag/"
        told = failure(await transport.request("GET", path, credentials=credentials), path=path)
        if isinstance(told, TokenRejected):
            return _rejected(problem, told), ""
        if isinstance(told, (NoSuchEndpoint, AccountingDown)):
            continue
        problem.maybe_token = False
        elsewhere = told is None and version != used and target.startswith("/slurm/")
        return problem, version if elsewhere else ""
    return problem, ""


def worth_renewing(problem: SlurmError, twice_is_once: bool = True) -> bool:
    """Whether to repeat a request with a new token.

    ``twice_is_once``: it may be repeated although it may have been obeyed.
    """
    if isinstance(problem, TokenRejected):
        return problem.sure or twice_is_once
    # Nobody could tell, and slurmrestd never came to ask slurmctld.
    return isinstance(problem, AccountingDown) and problem.maybe_token


def _rejected(problem: SlurmError, told: TokenRejected) -> TokenRejected:
    if not isinstance(problem, AccountingDown):
        return told
    # Both daemons refuse it. And without slurmdbd's consent slurmrestd never came to ask
    # slurmctld: nothing was done.
    return TokenRejected(
        "Slurm does not accept the token.",
        advice=told.advice,
        error_number=told.error_number,
        slurm_text=told.slurm_text,
        source=told.source,
    )
