"""What every handler has in common, and the decorator for its verbs.

A verb is a coroutine whose annotations are its contract: ``query`` and ``body`` name the
structures to decode, the return annotation the structure to encode. The OpenAPI document
is made from the same annotations.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Literal, TypeVar, cast, get_type_hints

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web
from tornado.http1connection import HTTP1Connection

from jupyter_slurm_rest.http.encoding import encoded, etag
from jupyter_slurm_rest.slurm.errors import InvalidRequest

from .cluster import ConfiguredCluster
from .context import ServerContext
from .errors import Failure, RequestFailed, failure_of, http_failure

Action = Literal["read", "write"]
Verb = Callable[..., Awaitable[Any]]

#: The attribute under which a decorated verb carries its :class:`Operation`.
MARK = "slurm_operation"


class Operation:
    """What one verb accepts and responses."""

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
        """The structure that is answered with each status of success."""
        if self._responses is not None:
            return self._responses
        response = self._hints["return"]
        return {204: None} if response is type(None) else {200: response}

    def status(self, response: Any) -> int:
        """The status of ``answer``."""
        return next(s for s, kind in self.responses.items() if kind and isinstance(response, kind))


def operation(action: Action, *, responses: dict[int, Any] | None = None) -> Callable[[Verb], Verb]:
    """Make a coroutine method a verb: authenticated, authorized for ``action``, typed.

    ``answers`` names the structures for each status where it is not just one with 200;
    empty, the verb writes its response itself.
    """

    def decorate(verb: Verb) -> Verb:
        described = Operation(verb, action, responses)

        async def run(handler: SlurmHandler, *args: str, **kwargs: str) -> None:
            try:
                handler.check_owner(action)
                given: dict[str, Any] = {}
                if described.query:
                    given["query"] = handler.decode_query(described.query)
                if described.body:
                    given["body"] = handler.decode_body(described.body)
                response = await handler.until_closed(verb(handler, *args, **kwargs, **given))
            except (asyncio.CancelledError, web.HTTPError):
                raise
            except Exception as error:  # noqa: BLE001 - the one place where failures become answers
                handler.fail(failure_of(error))
                return
            if response is not None:
                await handler.response(described.status(response), response)
            elif described.responses:
                handler.response_nothing()

        wrapped = web.authenticated(authorized(action)(functools.wraps(verb)(run)))
        setattr(wrapped, MARK, described)
        return cast("Verb", wrapped)

    return decorate


T = TypeVar("T")

#: Names in a query that are Jupyter's own. JupyterLab also adds a bare number, so that
#: no cache answers.
_JUPYTER_ARGUMENT = re.compile(r"token|_xsrf|no_track_activity|[0-9]+")
_UNKNOWN = re.compile(r"unknown field `(.*)`")
_MISSING = re.compile(r"missing required field `(.*)`")
_WHERE = re.compile(r" - at `\$\.?(?P<field>[^`]*)`$")


class SlurmHandler(ExtensionHandlerMixin, APIHandler):
    """Base of all handlers: typed input and output, errors as JSON, owner check."""

    auth_resource = "slurm"

    def initialize(self, name: str, context: ServerContext, **kwargs: Any) -> None:
        super().initialize(name, **kwargs)
        self.context = context
        # Panels poll with GET; if that counted, no idle server would ever be culled.
        self._track_activity = self.request.method != "GET"
        self._work: asyncio.Future[Any] | None = None

    def cluster(self, name: str) -> ConfiguredCluster:
        """The configured cluster called ``name``; otherwise the request ends with 404."""
        try:
            return self.context.clusters[name]
        except KeyError:
            configured = ", ".join(self.context.clusters) or "none"
            raise RequestFailed(
                404,
                "no_such_cluster",
                f"No cluster named {name!r} is configured here. Configured: {configured}.",
                field="cluster",
            ) from None

    def check_owner(self, action: Action) -> None:
        """Refuse visitors: on a hub, Slurm sees the server's owner, whoever asks."""
        owner = self.context.owner
        visitor = getattr(self.current_user, "username", "")
        if not owner or visitor == owner:
            return
        allowed = self.context.visitors
        if allowed == "write" or (allowed == "read" and action == "read"):
            return
        raise RequestFailed(
            403,
            "not_owner",
            f"This server acts on Slurm as {owner}, and you are {visitor}.",
            advice="Use Slurm from your own Jupyter server.",
        )

    async def may(self, action: Action) -> bool:
        """Whether this user could do ``action``."""
        try:
            self.check_owner(action)
        except RequestFailed:
            return False
        allowed = self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)
        return bool(await ensure_async(allowed))

    def decode_query(self, kind: type[T]) -> T:
        """The query as ``kind``; raises :exc:`InvalidRequest` naming the argument."""
        given = {
            name: self.decode_argument(values[-1], name)
            for name, values in self.request.query_arguments.items()
            if not _JUPYTER_ARGUMENT.fullmatch(name)
        }
        with _named_field(kind):
            return msgspec.convert(given, kind, strict=False)

    def decode_body(self, kind: type[T]) -> T:
        """The JSON body as ``kind``; raises :exc:`InvalidRequest` naming the field."""
        body = self.request.body
        if len(body) > self.context.max_body_size:
            about_script = "script" in getattr(kind, "__struct_fields__", ())
            limit = self.context.max_script_size if about_script else self.context.max_body_size
            raise RequestFailed(
                413,
                "too_large",
                f"The request has {len(body) / 1e6:.0f} MB; "
                f"{'a script may have' if about_script else 'at most'} {limit / 1e6:.1f} MB.",
                field="script" if about_script else None,
                advice="Keep data in files and let the script read them.",
            )
        if not body:
            raise RequestFailed(400, "invalid", "The request has no body; JSON was expected.")
        with _named_field(kind):
            return msgspec.json.decode(body, type=kind)

    async def until_closed(self, work: Awaitable[T]) -> T:
        """``work``'s result; reading stops when the client has gone, changing does not."""
        if self.request.method != "GET":
            return await work
        self._work = asyncio.ensure_future(work)
        return await cast("asyncio.Future[T]", self._work)

    def on_connection_close(self) -> None:
        if self._work is not None:
            self._work.cancel()
        super().on_connection_close()

    async def response(self, status: int, content: Any) -> None:
        """Finish with ``content`` as JSON, compressed where that is worth it.

        What has an ``as_of`` also gets an ETag, made from all the rest: an unchanged
        list costs a 304, whose header ``Slurm-As-Of`` says how young it is.
        """
        self.set_status(status)
        if (as_of := getattr(content, "as_of", None)) is not None:
            self.set_header("Etag", etag(content))
            self.set_header("Slurm-As-Of", f"{as_of:.3f}")
            if self.check_etag_header():
                self.set_status(304)
                await self.finish()
                return
        self.set_header("Vary", "Accept-Encoding")
        body, encoding = await encoded(content, self.request.headers.get("Accept-Encoding", ""))
        if encoding:
            self.set_header("Content-Encoding", encoding)
        await self.finish(body)

    def response_nothing(self) -> None:
        """Finish with 204."""
        self.set_status(204)
        super(APIHandler, self).finish()

    def compute_etag(self) -> str | None:
        # Only where a handler sets one: tornado's would hash every response.
        return None

    def fail(self, failure: Failure) -> None:
        """Finish with an error; in the middle of a response, by breaking it off."""
        self.log.debug("%s %s", failure.status, failure.body.message)
        if self._headers_written:
            # A whole response must not be what the client takes this for.
            cast("HTTP1Connection", self.request.connection).close()
            return
        self.set_status(failure.status)
        self.finish(msgspec.json.encode(failure.body))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tornado's and jupyter_server's own errors, in the same shape as ours."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        self.finish(msgspec.json.encode(http_failure(status_code, error).body))


@contextlib.contextmanager
def _named_field(kind: type[Any]) -> Iterator[None]:
    """Turn msgspec's words (``... - at `$.limit```) into a field and a sentence."""
    try:
        yield
    except msgspec.ValidationError as error:
        text = str(error)
        where = _WHERE.search(text)
        field = where["field"] if where else ""
        said = text[: where.start()] if where else text
        if unknown := _UNKNOWN.search(said):
            known = ", ".join(kind.__struct_fields__)
            raise InvalidRequest(
                unknown[1], f"There is no {unknown[1]!r} here; known are {known}."
            ) from None
        if missing := _MISSING.search(said):
            raise InvalidRequest(missing[1], f"{missing[1]}: is missing.") from None
        wrong = said.replace("`", "")
        name = field.partition("[")[0]
        raise InvalidRequest(name, f"{field or 'The request'}: {wrong}.") from None
    except RecursionError:
        raise RequestFailed(400, "invalid", "The body is nested too deeply.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestFailed(400, "invalid", f"The body is not JSON: {error}.") from None
