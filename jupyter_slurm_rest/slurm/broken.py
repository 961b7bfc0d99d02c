"""Exchanges that broke off before an answer was there, in our words."""

from __future__ import annotations

import httpx

from .errors import AnswerLost, SlurmError, SlurmTimeout, Unreachable


def broken(problem: httpx.HTTPError) -> SlurmError:
    """httpx's exception in our words; its text has the address, never the headers."""
    words = str(problem) or type(problem).__name__
    if isinstance(problem, httpx.ConnectTimeout):
        return Unreachable(
            "slurmrestd did not accept a connection in time.",
            advice="Check the address, and whether slurmrestd runs and is not overloaded.",
        )
    if isinstance(problem, httpx.ConnectError):
        tls = "CERTIFICATE" in words.upper() or "SSL" in words.upper()
        return Unreachable(
            "The TLS connection to slurmrestd failed." if tls else "slurmrestd cannot be reached.",
            advice="Check the certificate authority (ca) and the host's name in the address."
            if tls
            else "Check the address, and whether slurmrestd runs there.",
            slurm_text=words,
        )
    if isinstance(problem, httpx.PoolTimeout):
        return Unreachable("All connections to slurmrestd are busy.", advice="Try again later.")
    if isinstance(problem, httpx.TimeoutException):
        return SlurmTimeout("slurmrestd stopped answering.", advice="Try again later.")
    return AnswerLost(
        "slurmrestd closed the connection before its answer was complete.", slurm_text=words
    )
