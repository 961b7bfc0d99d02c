"""One decorator for every verb: who may, what comes in, what goes out, what went wrong.

A verb is a coroutine whose annotations are its contract: ``query`` and ``body`` name the
structures to decode, the return annotation the structure to encode. The OpenAPI document
is made from the same annotations.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, cast, get_type_hints

from jupyter_server.auth.decorator import authorized
from tornado import web

from .failures import failure_of

if TYPE_CHECKING:
    from .base import SlurmHandler

Action = Literal["read", "write"]
Verb = Callable[..., Awaitable[Any]]

#: The attribute under which a decorated verb carries its :class:`Operation`.
MARK = "slurm_operation"


class Operation:
    """What one verb accepts and answers."""

    def __init__(self, verb: Verb, action: Action, answers: dict[int, Any] | None) -> None:
        self.verb = verb
        self.action = action
        self._answers = answers
        self.summary = (verb.__doc__ or "").strip().split("\n")[0].rstrip(".")

    # The next ones only when first needed: annotations are strings until then.
    @functools.cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.verb)

    @property
    def query(self) -> Any:
        """The structure of the query, or ``None``."""
        return self._hints.get("query")

    @property
    def body(self) -> Any:
        """The structure of the body, or ``None``."""
        return self._hints.get("body")

    @functools.cached_property
    def answers(self) -> dict[int, Any]:
        """The structure that is answered with each status of success."""
        if self._answers is not None:
            return self._answers
        answer = self._hints["return"]
        return {204: None} if answer is type(None) else {200: answer}

    def status(self, answer: Any) -> int:
        """The status of ``answer``."""
        return next(s for s, kind in self.answers.items() if kind and isinstance(answer, kind))


def operation(action: Action, *, answers: dict[int, Any] | None = None) -> Callable[[Verb], Verb]:
    """Make a coroutine method a verb: authenticated, authorized for ``action``, typed.

    ``answers`` names the structures for each status where it is not just one with 200;
    empty, the verb writes its answer itself.
    """

    def decorate(verb: Verb) -> Verb:
        described = Operation(verb, action, answers)

        async def run(handler: SlurmHandler, *args: str, **kwargs: str) -> None:
            try:
                handler.check_owner(action)
                given: dict[str, Any] = {}
                if described.query:
                    given["query"] = handler.decode_query(described.query)
                if described.body:
                    given["body"] = handler.decode_body(described.body)
                answer = await handler.until_closed(verb(handler, *args, **kwargs, **given))
            except (asyncio.CancelledError, web.HTTPError):
                raise
            except Exception as error:  # noqa: BLE001 - the one place where failures become answers
                handler.fail(failure_of(error))
                return
            if answer is not None:
                await handler.answer(described.status(answer), answer)
            elif described.answers:
                handler.answer_nothing()

        wrapped = web.authenticated(authorized(action)(functools.wraps(verb)(run)))
        setattr(wrapped, MARK, described)
        return cast("Verb", wrapped)

    return decorate
