"""Chooses the API version: the newest that both sides support, or the pinned one.

A version that slurmrestd has not loaded is a 404 of its router, decided before Slurm
is asked anything: so probing ``ping`` costs a millisecond, while the OpenAPI document
is rebuilt by slurmrestd for every request and is megabytes long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from jupyter_slurm_rest.slurm.wire.envelope import Envelope, decode
from jupyter_slurm_rest.slurm.wire.version import API_VERSIONS, parse_api_version

from .error_mapping import failure
from .errors import InvalidRequest, NoCommonVersion, NoSuchEndpoint
from .transport import Response

#: Seconds that another version is spoken before the newest is tried again.
_AWAY = 60.0


class Negotiated(msgspec.Struct, frozen=True):
    version: str
    #: Slurm's release, ``26.05.5``; empty where slurmrestd does not say.
    release: str
    #: The cluster's own name; empty before 23.11.1.
    cluster: str = ""


class Negotiation:
    """Finds the version once; ``probe`` sends ``ping`` in a version."""

    def __init__(self, probe: Callable[[str], Awaitable[Response]], pinned: str | None) -> None:
        if pinned is not None and parse_api_version(pinned) is None:
            raise InvalidRequest(
                "api_version",
                f"{pinned!r} is not an API version of slurmrestd; use {API_VERSIONS[0]}",
            )
        self._probe = probe
        self._candidates = API_VERSIONS if pinned is None else (pinned,)
        self._pinned = pinned is not None
        self._found: Negotiated | None = None
        self._until: float | None = None
        self._lock = asyncio.Lock()

    @property
    def found(self) -> Negotiated | None:
        """The negotiated version; ``None`` before the first request."""
        return self._found

    def forget(self) -> None:
        """Negotiate anew at the next call."""
        self._found = None

    def fall_back(self, version: str) -> bool:
        """Speak ``version`` for a while, unless a version is pinned; whether it is spoken."""
        if self._pinned:
            return False
        release = self._found.release if self._found else ""
        self._found, self._until = Negotiated(version, release), time.monotonic() + _AWAY
        return True

    async def also(self, version: str, though_pinned: bool) -> bool:
        """Whether ``version`` may be spoken as well: served, and no other is pinned."""
        allowed = though_pinned or not self._pinned
        return allowed and await self._served(version) is not None

    async def result(self) -> Negotiated:
        """The negotiated version. Raises :exc:`NoCommonVersion` and what the probe raises."""
        async with self._lock:
            if self._until is not None and time.monotonic() > self._until:
                self._found = self._until = None
            if self._found is None:
                self._found = await self._first()
            return self._found

    async def offered(self) -> list[str]:
        """Every known (or the pinned) version that slurmrestd serves, newest first."""
        best = (await self.result()).version
        older = self._candidates[self._candidates.index(best) + 1 :]
        return [best] + [version for version in older if await self._served(version) is not None]

    async def _first(self) -> Negotiated:
        for version in self._candidates:
            served = await self._served(version)
            if served is not None:
                return Negotiated(version, served.release(), served.cluster())
        if len(self._candidates) == 1:
            raise NoCommonVersion(
                f"slurmrestd does not serve the API version {self._candidates[0]}.",
                advice="Do not set a version, or choose one that this Slurm serves.",
            )
        raise NoCommonVersion(
            f"slurmrestd does not serve any API version from {API_VERSIONS[-1]} to"
            f" {API_VERSIONS[0]}.",
            advice="This Slurm release is not supported, or slurmrestd was started without the"
            " slurmctld endpoints (its -s and -d options).",
        )

    async def _served(self, version: str) -> Envelope | None:
        """The response of ``ping``; ``None`` if the version is not served."""
        response = await self._probe(version)
        problem = failure(response, path=f"/slurm/{version}/ping/")
        if isinstance(problem, NoSuchEndpoint):
            return None
        if problem is not None and response.content_type != "application/json":
            raise problem
        # With slurmctld down, ping fails, but the version is served.
        return decode(response.body, Envelope)
