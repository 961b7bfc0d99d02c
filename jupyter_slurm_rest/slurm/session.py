"""A user's session with one slurmrestd: credentials, retries, and one API version per call.

The version can change between calls: slurmrestd was upgraded, or slurmdbd is down and
only an older version serves without it. A call that began in the other version would mix
the words of both.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

import msgspec
import stamina

from jupyter_slurm_rest.slurm.wire.dialect import Dialect, dialect_of
from jupyter_slurm_rest.slurm.wire.version import (
    ANY_SBATCH,
    Capabilities,
    SubmissionRules,
    capabilities_of,
)

from .credentials import Credentials, CredentialSource
from .error_mapping import failure, verdict, worth_renewing
from .errors import (
    Busy,
    NoSuchEndpoint,
    NoToken,
    ResponseLost,
    SlurmError,
    SlurmRestError,
    SlurmTimeout,
    TokenRejected,
    Unreachable,
    Unsupported,
)
from .negotiation import Negotiated, Negotiation
from .transport import Params, Response, Stream, Transport

P = ParamSpec("P")
T = TypeVar("T")


class VersionChanged(SlurmRestError):
    """Nothing was changed, and another API version is in use from now on: call again."""

    def __init__(self, why: SlurmError) -> None:
        super().__init__(str(why))
        #: The error of the previous API version.
        self.why = why


class _Call:
    def __init__(self) -> None:
        self.agreed: dict[Negotiation, Negotiated] = {}


_call: ContextVar[_Call | None] = ContextVar("slurm_call", default=None)


async def agreed(negotiation: Negotiation) -> Negotiated:
    """The version negotiated for the current call."""
    call = _call.get()
    if call is None:
        return await negotiation.result()
    if negotiation not in call.agreed:
        call.agreed[negotiation] = await negotiation.result()
    return call.agreed[negotiation]


def in_one_version(method: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """``method``, which is called once more where the version changed under it."""

    @functools.wraps(method)
    async def call(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return await once(*arguments, **options)
        except VersionChanged as changed:
            try:
                return await once(*arguments, **options)
            except Unsupported:
                # The API version is not the cause.
                raise changed.why from None

    async def once(*arguments: P.args, **options: P.kwargs) -> T:
        token = _call.set(_Call())
        try:
            return await method(*arguments, **options)
        finally:
            # An abandoned call is closed by the garbage collector, in another context.
            with contextlib.suppress(ValueError):
                _call.reset(token)

    return call


#: Seconds for a response that holds a whole queue.
LONG = 180.0


class Connection:
    """Calls to one slurmrestd as one user.

    Reads are repeated when nothing came of them (no connection, a lost response, Slurm
    too busy); writes never are, except after a token that was surely rejected. A
    rejected token is renewed once per call.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: CredentialSource,
        api_version: str | None = None,
        *,
        attempts: int = 3,
    ) -> None:
        self.transport = transport
        self._credentials = credentials
        self._tries = attempts
        self._negotiation = Negotiation(self._probe, api_version)

    async def api_version(self) -> str:
        """The API version in use, negotiated at the first call: ``v0.0.45``."""
        return (await agreed(self._negotiation)).version

    async def api_versions(self) -> list[str]:
        """Every API version that both sides know, newest first."""
        return await self._negotiation.offered()

    async def release(self) -> str:
        """Slurm's release, as negotiated: ``26.05.5``; may be empty."""
        return (await agreed(self._negotiation)).release

    async def also(self, version: str, *, though_pinned: bool = False) -> bool:
        """Whether :meth:`send` may speak ``version`` as well."""
        return await self._negotiation.also(version, though_pinned)

    @property
    def negotiated(self) -> Negotiated | None:
        """Version and release, ``None`` before the first call; nothing is asked."""
        return self._negotiation.found

    async def cluster(self) -> str:
        """The cluster's own name; empty where slurmrestd does not say it (before 23.11.1)."""
        return (await agreed(self._negotiation)).cluster

    async def username(self) -> str:
        """The Slurm user."""
        return (await self._acquire(renew=False)).username

    async def get(
        self,
        area: str,
        path: str,
        params: Params | None = None,
        *,
        wanted: tuple[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Read ``/<area>/<version>/<path>``; ``area`` is slurm or slurmdb.

        Returns a response of status 200 without errors, or 304. Raises any
        :exc:`SlurmError`.
        """
        target = f"/{area}/{await self.api_version()}/{path}"
        async for attempt in self._attempts():
            with attempt:
                return await self._once("GET", target, params, None, wanted, timeout)
        raise AssertionError("unreachable")  # pragma: no cover

    async def send(
        self,
        method: str,
        area: str,
        path: str,
        params: Params | None = None,
        body: object = None,
        *,
        wanted: tuple[str, str] | None = None,
        timeout: float | None = None,
        twice_is_once: bool = False,
        version: str = "",
    ) -> Response:
        """Write, once. ``body`` is encoded as JSON. Otherwise as :meth:`get`.

        ``version``: an API version other than the one in use; see :meth:`also`.

        ``twice_is_once``: doing it again would change nothing more, so it may also be
        repeated with a new token where Slurm's refusal of the old one is only likely.
        """
        target = f"/{area}/{version or await self.api_version()}/{path}"
        content = None if body is None else msgspec.json.encode(body)
        return await self._once(method, target, params, content, wanted, timeout, twice_is_once)

    @asynccontextmanager
    async def stream(
        self, area: str, path: str, params: Params | None = None
    ) -> AsyncIterator[Stream]:
        """Read a long response piece by piece: JSON of status 200, or an empty 304.

        Whether its ``errors`` are empty is for the reader to see.
        """
        target = f"/{area}/{await self.api_version()}/{path}"
        for renew in (False, True):
            credentials = await self._acquire(renew)
            async with AsyncExitStack() as stack:
                stream = await self._open(stack, target, params, credentials)
                readable = stream.status == 200 and stream.content_type == "application/json"
                if readable or stream.status == 304:
                    yield stream
                    return
                body = b"".join([chunk async for chunk in stream.chunks()])
            response = Response(stream.status, stream.content_type, body, stream.seconds)
            problem = failure(response, path=target)
            if problem is None and response.content_type == "application/json":
                # All rows are there, although slurmrestd could not read something else.
                yield Stream.of(response)
                return
            problem = problem or SlurmError(f"Unexpected HTTP status {stream.status}.")
            problem = await self.verdict(problem, target, credentials)
            if renew or not worth_renewing(problem):
                raise problem

    async def _open(
        self,
        stack: AsyncExitStack,
        target: str,
        params: Params | None,
        credentials: Credentials,
    ) -> Stream:
        """Begin a long response; only its beginning is tried again."""
        async for attempt in self._attempts():
            with attempt:
                return await stack.enter_async_context(
                    self.transport.stream(
                        "GET", target, params=params, credentials=credentials, idle=LONG
                    )
                )
        raise AssertionError("unreachable")  # pragma: no cover

    async def raw(
        self,
        method: str,
        target: str,
        params: Params | None = None,
        content: bytes | None = None,
        *,
        renew: bool = False,
    ) -> Response:
        """Send to a full path and return the response: no retries, no error mapping."""
        credentials = await self._acquire(renew)
        return await self.transport.request(
            method, target, params=params, content=content, credentials=credentials
        )

    async def verdict(
        self, problem: SlurmError, target: str, credentials: Credentials | None = None
    ) -> SlurmError:
        """``problem``, or :exc:`TokenRejected` where slurmctld says that this is the reason.

        Raises :exc:`VersionChanged` where another API version works meanwhile.
        """
        if not problem.maybe_token:
            return problem
        used = credentials or await self._acquire(renew=False)
        found, version = await verdict(self.transport, problem, target, used)
        if version and self._negotiation.fall_back(version):
            raise VersionChanged(found)
        return found

    def _attempts(self) -> AsyncIterator[stamina.Attempt]:
        return stamina.retry_context(
            on=_worth_repeating, attempts=self._tries, wait_initial=0.2, wait_max=5.0
        )

    async def _acquire(self, renew: bool) -> Credentials:
        credentials = await self._credentials(renew=renew)
        if not credentials.token:
            raise NoToken(
                "No Slurm token is available.", advice="Check the cluster's token provider."
            )
        return credentials

    async def _once(
        self,
        method: str,
        target: str,
        params: Params | None,
        content: bytes | None,
        wanted: tuple[str, str] | None,
        timeout: float | None,
        twice_is_once: bool = True,
    ) -> Response:
        for renew in (False, True):
            credentials = await self._acquire(renew)
            response = await self.transport.request(
                method,
                target,
                params=params,
                content=content,
                credentials=credentials,
                timeout=timeout,
            )
            problem = failure(response, path=target, wanted=wanted)
            if problem is None:
                return response
            if isinstance(problem, NoSuchEndpoint):
                # slurmrestd may have been upgraded: ask for its versions again.
                self._negotiation.forget()
            problem = await self.verdict(problem, target, credentials)
            if renew or not worth_renewing(problem, twice_is_once):
                raise problem
        raise AssertionError("unreachable")  # pragma: no cover

    async def _probe(self, version: str) -> Response:
        target = f"/slurm/{version}/ping/"
        async for attempt in self._attempts():
            with attempt:
                for renew in (False, True):
                    credentials = await self._acquire(renew)
                    response = await self.transport.request("GET", target, credentials=credentials)
                    problem = failure(response, path=target)
                    if not isinstance(problem, TokenRejected):
                        break
                return response
        raise AssertionError("unreachable")  # pragma: no cover


def _worth_repeating(problem: Exception) -> bool:
    # Timeouts are not repeated, because they already took long.
    return isinstance(problem, (Unreachable, ResponseLost, Busy)) and not isinstance(
        problem, SlurmTimeout
    )


class Calls:
    """Base of the call classes that :class:`~jupyter_slurm_rest.slurm.SlurmClient` is made of."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def dialect(self) -> Dialect:
        """The encoder and decoder of the negotiated API version."""
        return dialect_of(await self.connection.api_version(), await self.connection.release())

    def rules(self) -> SubmissionRules:
        """The rules for submissions, as far as they are known without a request to Slurm."""
        known = self.connection.negotiated
        if known is None:
            return ANY_SBATCH
        return capabilities_of(known.version, known.release).submission

    async def capabilities(self) -> Capabilities:
        """What this Slurm can do through the negotiated API version."""
        return (await self.dialect()).capabilities
