"""What every handler has in common, and the decorator for its verbs.

A verb is a coroutine whose annotations are its contract: ``query`` and ``body`` name the
structures to decode, the return annotation the structure to encode. The OpenAPI document
is made from the same annotations.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast, get_type_hints

from jupyter_core.utils import ensure_async
from jupyter_server.auth import IdentityProvider
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_slurm_rest.http.requests import decode_body, decode_query
from jupyter_slurm_rest.http.responses import ErrorResponse, JsonHandler

from .cluster import ConfiguredCluster
from .context import Action, ServerContext
from .errors import RequestFailed, error_response, http_error_response

T = TypeVar("T")
Verb = Callable[..., Awaitable[Any]]

#: The attribute under which a decorated verb carries its :class:`Operation`.
MARK = "slurm_operation"
#: Names in a query that are Jupyter's own. JupyterLab also adds a bare number, so that
#: no cache responds.
_JUPYTER_ARGUMENT = re.compile(r"token|_xsrf|no_track_activity|[0-9]+")


class SlurmHandler(JsonHandler, APIHandler):
    """Base of all handlers: typed input and output, errors as JSON, owner check."""

    auth_resource = "slurm"

    def initialize(self, context: ServerContext) -> None:
        """Receive the arguments that the application passes to every handler."""
        self.context = context
        # Panels poll with GET, which must not count as activity: otherwise idle servers
        # would never be culled.
        self._track_activity = self.request.method != "GET"
        self._work: asyncio.Future[Any] | None = None

    @property
    def identity_provider(self) -> IdentityProvider:
        """Who says whose request it is: the server's, or with the kernels' secret the owner."""
        access = self.context.kernel_access
        if access.accepts(self.request.headers.get("Authorization", "")):
            return access
        return super().identity_provider

    def cluster(self, name: str) -> ConfiguredCluster:
        """The configured cluster called ``name``; otherwise the request ends with 404."""
        return self.context.cluster(name)

    def check_visitor(self, action: Action) -> None:
        """Refuse other users than the owner, unless the site lets them do ``action``."""
        self.context.check_visitor(getattr(self.current_user, "username", ""), action)

    async def may(self, action: Action) -> bool:
        """Whether this user could do ``action``."""
        try:
            self.check_visitor(action)
        except RequestFailed:
            return False
        allowed = self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)
        return bool(await ensure_async(allowed))

    def query(self, kind: type[T]) -> T:
        """The query as ``kind``. Raises :exc:`InvalidRequest` naming the argument."""
        given = {
            name: self.decode_argument(values[-1], name)
            for name, values in self.request.query_arguments.items()
            if not _JUPYTER_ARGUMENT.fullmatch(name)
        }
        return decode_query(given, kind)

    def body(self, kind: type[T]) -> T:
        """The JSON body as ``kind``. Raises :exc:`InvalidRequest` naming the field."""
        body = self.request.body
        if len(body) > self.context.max_body_size:
            self._refuse_size(len(body), script="script" in getattr(kind, "__struct_fields__", ()))
        return decode_body(body, kind)

    def _refuse_size(self, size: int, *, script: bool) -> None:
        limit = self.context.max_script_size if script else self.context.max_body_size
        raise RequestFailed(
            413,
            "too_large",
            f"The request has {size / 1e6:.0f} MB;"
            f" {'a script may have' if script else 'at most'} {limit / 1e6:.1f} MB.",
            field="script" if script else None,
            advice="Store data in files that the script reads.",
        )

    async def until_closed(self, work: Awaitable[T]) -> T:
        """The result of ``work``; reads are canceled if the client disconnects, changes are not."""
        if self.request.method != "GET":
            return await work
        self._work = asyncio.ensure_future(work)
        return await cast("asyncio.Future[T]", self._work)

    def on_connection_close(self) -> None:
        if self._work is not None:
            self._work.cancel()
        super().on_connection_close()

    def respond_empty(self) -> None:
        """Finish with 204."""
        self.set_status(204)
        # Without the Content-Type that APIHandler sets.
        super(APIHandler, self).finish()

    def fail(self, error: ErrorResponse) -> None:
        self.log.debug("%s %s", error.status, error.body.message)
        super().fail(error)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tornado's and jupyter_server's own errors, in the same shape as ours."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        super().fail(http_error_response(status_code, error))


class Operation:
    """What one verb accepts and responds with."""

    def __init__(self, verb: Verb, action: Action, responses: dict[int, Any] | None) -> None:
        self.verb = verb
        self.action = action
        self._responses = responses
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
    def responses(self) -> dict[int, Any]:
        """The structure that is sent with each status of success."""
        if self._responses is not None:
            return self._responses
        response = self._hints["return"]
        return {204: None} if response is type(None) else {200: response}

    def status(self, content: Any) -> int:
        """The status to send ``content`` with."""
        return next(s for s, kind in self.responses.items() if kind and isinstance(content, kind))


def operation(action: Action, *, responses: dict[int, Any] | None = None) -> Callable[[Verb], Verb]:
    """Make a coroutine method a verb: authenticated, authorized for ``action``, typed.

    ``responses`` names the structure for each status where it is not just one with 200;
    empty, the verb writes its response itself.
    """

    def decorate(verb: Verb) -> Verb:
        described = Operation(verb, action, responses)

        async def run(handler: SlurmHandler, *args: str, **kwargs: str) -> None:
            try:
                handler.check_visitor(action)
                given: dict[str, Any] = {}
                if described.query:
                    given["query"] = handler.query(described.query)
                if described.body:
                    given["body"] = handler.body(described.body)
                content = await handler.until_closed(verb(handler, *args, **kwargs, **given))
            except (asyncio.CancelledError, web.HTTPError):
                raise
            except Exception as error:  # noqa: BLE001 - each becomes a response
                handler.fail(error_response(error))
                return
            if content is not None:
                await handler.respond(content, status=described.status(content))
            elif described.responses:
                handler.respond_empty()

        wrapped = web.authenticated(authorized(action)(functools.wraps(verb)(run)))
        setattr(wrapped, MARK, described)
        return cast("Verb", wrapped)

    return decorate
