"""``clusters/{c}/rest/{path}``: slurmrestd itself, with the person's token put in.

Lets any client of slurmrestd work with a Jupyter token. Only slurmrestd's own API is
reachable, headers are built from zero in both directions, and answers are streamed.
"""

from __future__ import annotations

from jupyter_slurm_rest.server.base import SlurmHandler
from jupyter_slurm_rest.server.failures import RequestFailed
from jupyter_slurm_rest.server.operation import operation
from jupyter_slurm_rest.server.proxy_path import upstream_path, upstream_query

#: What slurmrestd sends; anything else reaches a browser as bytes that it will not show.
_CONTENT_TYPES = {"application/json", "application/yaml", "application/x-yaml", "text/plain"}


class ProxyHandler(SlurmHandler):
    @operation("read", answers={})
    async def get(self, cluster: str, path: str) -> None:
        """Pass a reading request through to slurmrestd."""
        await self._pass_on(cluster)

    @operation("write", answers={})
    async def post(self, cluster: str, path: str) -> None:
        """Pass a changing request through to slurmrestd."""
        await self._pass_on(cluster)

    @operation("write", answers={})
    async def delete(self, cluster: str, path: str) -> None:
        """Pass a deleting request through to slurmrestd."""
        await self._pass_on(cluster)

    async def _pass_on(self, cluster: str) -> None:
        target = self.cluster(cluster)
        method = self.request.method or "GET"
        allowed = self.app.proxy_methods
        if allowed == "none" or (allowed == "read" and method != "GET"):
            raise RequestFailed(
                403,
                "forbidden",
                f"The proxy takes no {method} here (c.SlurmRest.proxy_methods is {allowed!r}).",
            )
        # From the address as it came: tornado has decoded its own copy of the path already.
        _, _, rest = self.request.path.partition(f"/clusters/{cluster}/rest/")
        path = upstream_path(rest) + upstream_query(self.request.query)
        content = self._content(method)
        credentials = await target.credentials()
        async with target.transport.stream(
            method, path, content=content, credentials=credentials
        ) as upstream:
            self.set_status(upstream.status)
            kind = upstream.content_type
            shown = kind if kind in _CONTENT_TYPES else "application/octet-stream"
            self.set_header("Content-Type", shown)
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header("Cache-Control", "no-store")
            async for chunk in upstream.chunks():
                self.write(chunk)
                # Waits for a slow reader, so that no answer piles up in memory.
                await self.flush()
        if method != "GET":
            target.changed()
        self.finish(set_content_type=shown)

    def _content(self, method: str) -> bytes | None:
        body = self.request.body
        if len(body) > self.app.max_body_size:
            limit = self.app.max_body_size / 1e6
            raise RequestFailed(413, "too_large", f"The body has more than {limit:.0f} MB.")
        # slurmrestd refuses a POST without a body and a GET with one.
        return body if method == "POST" or body else None
