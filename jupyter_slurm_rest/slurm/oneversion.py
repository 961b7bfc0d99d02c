"""Every call of a client speaks one API version from its beginning to its end.

The version can change between calls: slurmrestd was upgraded, or slurmdbd is down and
only an older version serves without it. A call that began in the other version would mix
the words of both.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from .errors import SlurmError, Unsupported
from .negotiation import Negotiated, Negotiation

P = ParamSpec("P")
T = TypeVar("T")


class VersionChanged(Exception):
    """Nothing was done: from now on another API version is spoken; call again."""

    def __init__(self, why: SlurmError) -> None:
        super().__init__(str(why))
        #: What is wrong with the version that was spoken.
        self.why = why


class _Call:
    def __init__(self) -> None:
        self.agreed: dict[Negotiation, Negotiated] = {}


_call: ContextVar[_Call | None] = ContextVar("slurm_call", default=None)


async def agreed(negotiation: Negotiation) -> Negotiated:
    """What is agreed for the call that is being made."""
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
                # It is not the version that is to blame.
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
