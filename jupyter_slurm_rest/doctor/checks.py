"""One cluster, checked from the outside in: address, token, slurmrestd, Slurm, files."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from jupyter_slurm_rest.file_threads import FileSystemStalled, FileThreads
from jupyter_slurm_rest.redaction import printable
from jupyter_slurm_rest.server.cluster import ConfiguredCluster
from jupyter_slurm_rest.slurm.errors import SlurmError, TokenRejected, Unreachable
from jupyter_slurm_rest.slurm.jobs import Unchanged
from jupyter_slurm_rest.tokens import TokenError
from jupyter_slurm_rest.tokens.token import token_header

#: ``unknown``: could not be checked because something before it is wrong.
Verdict = Literal["ok", "warning", "wrong", "unknown"]


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    #: ``address``, ``token``, ``slurmrestd``, ``controller``, ``clock``, ``accounting``,
    #: ``users``, ``strategy``, ``files``.
    subject: str
    verdict: Verdict
    #: A sentence: what was found.
    text: str
    #: A sentence: what to do; empty when all is well.
    advice: str = ""

    def lines(self) -> list[str]:
        """As it is printed."""
        marks = {"ok": "ok", "warning": "WARNING", "wrong": "WRONG", "unknown": "?"}
        first = f"  {marks[self.verdict]:8}{self.subject:12}{printable(self.text)}"
        return [first, f"{'':22}{printable(self.advice)}"] if self.advice else [first]


#: Seconds. Slurm allows a token no leeway; tokens may live for ten minutes only.
_SKEW_NOTICED = 5
_SKEW_TOO_MUCH = 60
_CONNECT = 5.0
#: Jobs that are read at once to check whether their users have names.
_FEW_JOBS = 500
_THREADS = FileThreads()
_KEYS_AND_CLOCKS = (
    "Slurm needs AuthAltTypes=auth/jwt with the key that signed this token, slurmrestd "
    "needs SLURM_JWT=daemon, and the clocks must agree."
)
_JWKS = (
    "The key {kid!r} must be in the file that AuthAltParameters=jwks= names, with "
    '"kid" and "alg": "RS256" (22.05 and 24.11 ignore a key without "alg"). After a change of '
    "the file run scontrol reconfigure (on 22.05 restart slurmctld) and restart slurmdbd."
)
_TYPE = (
    "Its header says typ={typ!r}: Slurm built with libjwt 1.10, such as Debian 12's 22.05, "
    "refuses every token whose typ is not JWT."
)


async def examine(cluster: ConfiguredCluster) -> AsyncIterator[Finding]:
    """All findings about ``cluster``; each check depends on the ones before it."""
    address = await _address(cluster.settings.url)
    yield address
    token = await _token(cluster)
    yield token
    if "wrong" in (address.verdict, token.verdict):
        yield Finding("slurmrestd", "unknown", "Not checked: see above.")
        return
    slurmrestd = await _slurmrestd(cluster)
    yield slurmrestd
    if slurmrestd.verdict == "wrong":
        return
    accepted = await _accepted(cluster)
    yield accepted
    if accepted.verdict == "wrong":
        return
    yield await _clock(cluster)
    yield await _accounting(cluster)
    if (users := await _users(cluster)) is not None:
        yield users
    if cluster.shared is not None and await cluster.shared.state() is None:
        advice = "The log of the hub's token service says more."
        yield Finding("shared", "warning", cluster.shared.why, advice)
    yield Finding("strategy", "ok", await cluster.strategy())
    yield await _files(cluster)


async def _address(url: str) -> Finding:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return await _THREADS.run(parts.path, lambda: _socket(Path(parts.path)))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    where = f"{parts.hostname}:{port}"
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), _CONNECT)
    except asyncio.TimeoutError:
        advice = (
            "A firewall or network policy may drop the packets; ask the network's administrators."
        )
        return Finding("address", "wrong", f"{where} does not respond.", advice)
    except socket.gaierror:
        return Finding(
            "address",
            "wrong",
            f"The host name {parts.hostname} cannot be resolved.",
            "Check the URL.",
        )
    except OSError as error:
        advice = "Check host and port of the URL, and that slurmrestd runs there."
        # asyncio's own message leaves out the reason.
        why = os.strerror(error.errno) if error.errno else str(error)
        return Finding("address", "wrong", f"{where}: {why}.", advice)
    writer.close()
    return Finding("address", "ok", f"{where} accepts connections.")


def _socket(path: Path) -> Finding:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_CONNECT)
            connection.connect(str(path))
    except OSError as error:
        advice = "Check the path, that slurmrestd runs, and that you may use its socket."
        return Finding("address", "wrong", f"{path}: {error.strerror or error}.", advice)
    return Finding("address", "ok", f"{path} accepts connections.")


async def _token(cluster: ConfiguredCluster) -> Finding:
    name = cluster.tokens.name
    try:
        token = await cluster.tokens.acquire()
    except TokenError as error:
        advice = "Configure c.SlurmRest.clusters[...]['tokens']."
        if name == "env":
            advice = "A server removes SLURM_JWT from its environment: set it for this command."
        return Finding("token", "wrong", f"From {name!r}: {error.message}", advice)
    left = token.expires_at - time.time()
    text = f"From {name!r}, for the Slurm user {token.username}, valid for {left:.0f} seconds."
    if left < 0:
        advice = "The clock of this machine is ahead, or the source returns expired tokens."
        return Finding("token", "wrong", text, advice)
    return Finding("token", "ok", text)


async def _slurmrestd(cluster: ConfiguredCluster) -> Finding:
    try:
        versions = await cluster.client.versions()
        release = await cluster.client.slurm_release()
    except Unreachable as error:
        advice = error.advice or "Check the URL's scheme and, for https, 'ca' of the cluster."
        return Finding("slurmrestd", "wrong", error.message, advice)
    except TokenRejected as error:
        return await _rejected(cluster, error)
    except SlurmError as error:
        return Finding("slurmrestd", "wrong", error.message, error.advice)
    offered = ", ".join(versions[1:])
    text = f"Slurm {release or 'of unknown release'}, API {versions[0]}"
    return Finding("slurmrestd", "ok", f"{text} (also {offered})." if offered else f"{text}.")


async def _accepted(cluster: ConfiguredCluster) -> Finding:
    """slurmrestd does not check tokens: slurmctld does."""
    try:
        pings = await cluster.client.ping()
    except TokenRejected as error:
        return await _rejected(cluster, error)
    except SlurmError as error:
        return Finding("controller", "wrong", error.message, error.advice)
    up = [ping.hostname for ping in pings if ping.up]
    if not up:
        advice = "Ask the cluster's administrators; running jobs continue."
        return Finding("controller", "wrong", "No slurmctld is up.", advice)
    return Finding("controller", "ok", f"slurmctld on {', '.join(up)} is up and accepts the token.")


async def _rejected(cluster: ConfiguredCluster, error: TokenRejected) -> Finding:
    """Slurm does not say why; likely causes depend on how the token is signed."""
    try:
        header = token_header(await cluster.tokens.acquire())
    except TokenError as problem:
        return Finding("token", "wrong", problem.message, _KEYS_AND_CLOCKS)
    advice = [_KEYS_AND_CLOCKS]
    if header.algorithm == "RS256":
        advice.insert(0, _JWKS.format(kid=header.key_id))
    if header.type.upper() != "JWT":
        advice.insert(0, _TYPE.format(typ=header.type))
    return Finding("token", "wrong", error.message, " ".join(advice))


async def _clock(cluster: ConfiguredCluster) -> Finding:
    before = time.time()
    try:
        diag = await cluster.client.diag()
    except SlurmError as error:
        return Finding("clock", "unknown", f"Slurm does not report its time: {error.message}")
    if diag.asked_at is None:
        return Finding("clock", "unknown", "Slurm does not report its time.")
    # Slurm's time is in whole seconds, taken at some point during the call.
    skew = diag.asked_at - (before + time.time()) / 2
    ahead = "ahead of" if skew < 0 else "behind"
    text = f"This machine is {abs(skew):.0f} seconds {ahead} slurmctld."
    advice = "Tokens may be refused as expired: synchronize both clocks with NTP."
    if abs(skew) > _SKEW_TOO_MUCH:
        return Finding("clock", "wrong", text, advice)
    if abs(skew) > _SKEW_NOTICED:
        return Finding("clock", "warning", text, advice)
    return Finding("clock", "ok", "This machine's clock agrees with slurmctld's.")


async def _accounting(cluster: ConfiguredCluster) -> Finding:
    try:
        there = await cluster.client.has_accounting()
    except SlurmError as error:
        return Finding("accounting", "wrong", error.message, error.advice)
    if there:
        return Finding("accounting", "ok", "slurmdbd responds: history, accounts and limits work.")
    return Finding(
        "accounting",
        "warning",
        "slurmrestd serves no accounting.",
        "Without it there are no finished jobs, accounts or limits to show.",
    )


async def _users(cluster: ConfiguredCluster) -> Finding | None:
    """``None`` where it cannot be determined."""
    user = await cluster.username()
    known = await cluster.client.resolves(user)
    if known is None:
        known = await _all_users_have_names(cluster)
    if known is None:
        return None
    if known:
        return Finding("users", "ok", f"slurmrestd's host knows the user {user}.")
    return Finding(
        "users",
        "warning",
        f"slurmrestd's host does not know the user {user}: names are looked up in accounting.",
        "Give its host or container the cluster's users (sssd, or lines in /etc/passwd).",
    )


async def _all_users_have_names(cluster: ConfiguredCluster) -> bool | None:
    """Whether slurmrestd named the users of all jobs; ``None`` without jobs, or with many."""
    client = cluster.client
    try:
        diag = await client.diag()
        if (diag.jobs_pending or 0) + (diag.jobs_running or 0) > _FEW_JOBS:
            return None
        queue = await client.jobs()
    except SlurmError:
        return None
    if isinstance(queue, Unchanged) or not queue.jobs:
        return None
    return not (client.user_names.known or any(job.user.isdigit() for job in queue.jobs))


async def _files(cluster: ConfiguredCluster) -> Finding:
    user = await cluster.username()
    try:
        home = Path((await _THREADS.run("users", lambda: pwd.getpwnam(user))).pw_dir)
        readable = await _THREADS.run(str(home), lambda: os.access(home, os.R_OK | os.X_OK))
    except KeyError:
        return Finding(
            "files",
            "warning",
            f"This machine does not know the user {user}.",
            "If it does not share the cluster's file systems, set "
            "c.SlurmRest.shared_files = False; job output cannot be shown then.",
        )
    except FileSystemStalled as stalled:
        what = "The user directory" if stalled.filename == "users" else str(stalled.filename)
        return Finding(
            "files",
            "warning",
            f"{what} does not respond: a file system or directory service is stalled.",
            "Job output cannot be shown until it does.",
        )
    if not readable:
        return Finding(
            "files",
            "warning",
            f"{home}, the home of {user}, cannot be read here.",
            "The output of jobs that write there cannot be shown.",
        )
    return Finding("files", "ok", f"{home}, the home of {user}, can be read here.")
