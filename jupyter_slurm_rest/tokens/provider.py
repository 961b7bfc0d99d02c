"""Makes a token provider of the configuration; caches and renews the token of its source."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Protocol

import msgspec

from jupyter_slurm_rest.file_threads import FileSystemStalled, FileThreads

from .errors import SourceMisconfigured, SourceUnreachable, TokenError, TokenExpired
from .issuers import HubSource, OidcSource, PortalSource
from .sources import CommandSource, EnvSource, FileSource, PasteSource
from .token import ExpectedUser, Token

log = logging.getLogger(__name__)

#: Slurm compares exp with its clock without leeway: stop using a token this early (seconds).
MARGIN = 30.0
#: Seconds (at most a quarter of the token's life): if Slurm refuses a token younger than
#: this, another one would not help.
RENEW_AT_MOST_EVERY = 5.0
#: Longest pause between attempts at a source that fails (seconds).
LONGEST_PAUSE = 30.0


class TokenSource(Protocol):
    """A source of tokens. Caching and renewal are done by :class:`TokenProvider`."""

    #: Short name, as in the configuration.
    name: str
    #: Fetching costs a process or a request: it is not retried at once after a failure.
    remote: bool

    async def fetch(self) -> Token:
        """Get a token now. Raises a TokenError without a cause."""
        ...

    async def changed(self) -> bool:
        """Whether the source holds something newer than what ``fetch`` returned."""
        ...


class TokenProvider:
    """Returns the current token; renews it at half of its life, in the background.

    All times are on the monotonic clock. A failed renewal is not an error while the
    current token is valid. Remote sources are retried after a pause that doubles (with
    jitter); until then callers get the last error at once.
    """

    def __init__(
        self,
        source: TokenSource,
        user: ExpectedUser,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._user = user
        self._clock = clock
        self._threads = FileThreads()
        self._token: Token | None = None
        self._fetched_at = 0.0
        self._renew_at = 0.0
        self._dead_at = 0.0
        self._flight: asyncio.Task[Token] | None = None
        self._failure: TokenError | None = None
        self._failures = 0
        self._retry_at = 0.0
        self._pastes = 0

    @property
    def name(self) -> str:
        """The provider's name in the configuration."""
        return self.source.name

    @property
    def current(self) -> Token | None:
        """The cached token, if it is still usable."""
        return self._token if self._clock() < self._dead_at else None

    @property
    def failure(self) -> TokenError | None:
        """What went wrong at the last attempt, or None."""
        return self._failure

    async def acquire(self, *, renew: bool = False) -> Token:
        """Return a usable token, fetching one if need be. Raises TokenError.

        ``renew`` says that Slurm has just refused the current token. Concurrent callers
        cause one fetch, and a brand-new token is not replaced: a caller that is refused
        twice must stop.
        """
        if await self.source.changed():
            self._discard()
            self._retry_at = 0.0
        now = self._clock()
        if renew and self._token and now - self._fetched_at >= _settled(self._token):
            self._discard()
        token = self.current
        if token is None:
            return await self._fetch_once()
        if now >= self._renew_at and now >= self._retry_at:
            self._start_flight()
        return token

    def paste(self, secret: str) -> None:
        """Use a token (or a portal's token) that the user pasted. It stays in memory only."""
        accept = getattr(self.source, "paste", None)
        if accept is None:
            raise SourceMisconfigured(
                f"The token provider {self.name!r} does not accept pasted tokens."
            )
        accept(secret)
        self._pastes += 1
        self._flight = None
        self._user.forget()
        self._discard()
        self._failure, self._failures, self._retry_at = None, 0, 0.0

    @property
    def accepts_paste(self) -> bool:
        """Whether this provider accepts pasted tokens."""
        return hasattr(self.source, "paste")

    def _discard(self) -> None:
        self._token, self._dead_at = None, 0.0

    async def _fetch_once(self) -> Token:
        if self._failure is not None and self._clock() < self._retry_at:
            raise self._failure.with_traceback(None)
        # Shielded: a canceled caller must not cancel the fetch for the others.
        return await asyncio.shield(self._start_flight())

    def _start_flight(self) -> asyncio.Task[Token]:
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._fetch(), name="slurm-token")
            self._flight.add_done_callback(_note_failure)
        return self._flight

    async def _fetch(self) -> Token:
        started, pastes = self._clock(), self._pastes
        try:
            token = await self.source.fetch()
            await self._check_user(token)
            life = token.lifetime - min(MARGIN, token.lifetime / 2)
            if life <= 0 or started + life <= self._clock():
                raise TokenExpired("The token expires before it can be used.")
        except TokenError as error:
            self._failures += 1
            self._failure = error
            self._retry_at = self._clock() + (_pause(self._failures) if self.source.remote else 0)
            raise
        if pastes != self._pastes:
            return token  # a newer one was pasted meanwhile
        self._token = token
        self._fetched_at = started
        # Jitter, so that servers that started together do not renew together.
        self._renew_at = started + token.lifetime * random.uniform(0.4, 0.5)  # noqa: S311 - no secret
        self._dead_at = started + life
        self._failure, self._failures, self._retry_at = None, 0, 0.0
        return token

    async def _check_user(self, token: Token) -> None:
        try:
            # In a thread: it looks up the name, perhaps in a directory service.
            await self._threads.run("users", lambda: self._user.check(token))
        except FileSystemStalled:
            raise SourceUnreachable(
                "This machine's user directory does not respond, so the token's user cannot "
                "be looked up."
            ) from None


def _settled(token: Token) -> float:
    return min(RENEW_AT_MOST_EVERY, token.lifetime / 4)


def _pause(failures: int) -> float:
    longest = min(LONGEST_PAUSE, 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _note_failure(flight: asyncio.Task[Token]) -> None:
    # A background renewal has no caller to raise to; it is tried again later.
    if not flight.cancelled() and (error := flight.exception()) is not None:
        log.info("No new Slurm token: %s", error)


SOURCES: dict[str, Callable[..., TokenSource]] = {
    "command": CommandSource,
    "env": EnvSource,
    "file": FileSource,
    "hub": HubSource,
    "oidc": OidcSource,
    "paste": PasteSource,
    "portal": PortalSource,
}


def default_provider_name(environ: Mapping[str, str] = os.environ) -> str:
    """The provider to use when none is configured."""
    if environ.get("JUPYTERHUB_API_TOKEN") and environ.get("JUPYTERHUB_API_URL"):
        return "hub"
    return "env" if environ.get("SLURM_JWT") else "paste"


def make_provider(
    name: str,
    *,
    username: str | None = None,
    deny: Iterable[str] = (),
    **options: object,
) -> TokenProvider:
    """Make the provider called ``name``; the empty name means the default one.

    ``username`` is the Slurm user that tokens must be for (default: the user of the first
    token), ``deny`` lists further names to refuse. The other options are those of the
    source's class. Raises SourceMisconfigured, naming the wrong option.
    """
    name = name or default_provider_name()
    source_class = SOURCES.get(name)
    if source_class is None:
        known = ", ".join(sorted(SOURCES))
        raise SourceMisconfigured(f"Unknown token provider {name!r}. Known: {known}.")
    parameters = inspect.signature(source_class, eval_str=True).parameters
    if "username" in parameters and username is not None:
        options["username"] = username
    for option in options:
        if option not in parameters:
            known = ", ".join(parameters) or "none"
            raise SourceMisconfigured(
                f"The token provider {name!r} has no option {option!r}. Its options: {known}."
            )
    for option, parameter in parameters.items():
        if parameter.default is parameter.empty and option not in options:
            raise SourceMisconfigured(f"The token provider {name!r} needs the option {option!r}.")
    _check_kinds(name, parameters, options)
    return TokenProvider(source_class(**options), ExpectedUser(username, deny))


#: Types to check options against, by annotation; sources check other options themselves.
_KINDS: dict[Any, Any] = {
    str: str,
    str | None: str | None,
    int: Annotated[int, msgspec.Meta(gt=0)],
    float: Annotated[float, msgspec.Meta(gt=0, le=86_400)],
}


def _check_kinds(
    name: str, parameters: Mapping[str, inspect.Parameter], options: Mapping[str, object]
) -> None:
    for option, value in options.items():
        try:
            given = os.fspath(value) if isinstance(value, os.PathLike) else value
            if (kind := _KINDS.get(parameters[option].annotation)) is not None:
                msgspec.convert(given, kind)
        except msgspec.ValidationError as error:
            raise SourceMisconfigured(
                f"The option {option!r} of the token provider {name!r}: {error}."
            ) from None
