"""Runs the service until it is stopped, and reloads keys on SIGHUP."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application

from jupyter_slurm_rest.tls import CertificateError, server_context
from jupyter_slurm_rest.tokens.hub import SERVICE_PORT
from jupyter_slurm_rest.tokens.service import Tls

from .callers import HubClient
from .clusters import Cluster
from .errors import ConfigurationError, Refusal
from .shared import SharedReader

log = logging.getLogger(__name__)

#: Bytes. Bodies are not used; this only bounds what is read and discarded.
MAX_BODY = 65_536
#: With these, users can log in under any name.
WEAK_AUTHENTICATORS = ("DummyAuthenticator", "SharedPassword", "FirstUse", "NullAuthenticator")


@dataclass(frozen=True, slots=True)
class Listener:
    """Where to listen: ``http://``, ``https://`` or ``http+unix://%2Fpath``; PEM paths."""

    url: str
    cert: str = ""
    key: str = ""
    client_ca: str = ""

    def open(self, application: Application) -> HTTPServer:
        """Start to accept connections. Raises ConfigurationError."""
        server = HTTPServer(application, ssl_options=self._tls(), max_body_size=MAX_BODY)
        parts = urlsplit(self.url)
        try:
            if parts.scheme == "http+unix":
                # Anyone may connect: callers are identified by their hub token.
                server.add_socket(bind_unix_socket(unquote(parts.netloc), mode=0o666))
            else:
                server.listen(parts.port or SERVICE_PORT, parts.hostname or "127.0.0.1")
        except OSError as error:
            raise ConfigurationError(f"cannot listen at {self.url}: {error.strerror}.") from None
        return server

    def _tls(self) -> ssl.SSLContext | None:
        if not self.url.startswith("https:"):
            return None
        own = Tls.of_jupyterhub()
        cert, key = self.cert or own.cert, self.key or own.key
        if not cert:
            raise ConfigurationError("https needs tls_cert and tls_key.")
        try:
            return server_context(cert, key or None, self.client_ca or None)
        except CertificateError as error:
            raise ConfigurationError(f"the certificate cannot be used: {error}") from None


@dataclass(frozen=True, slots=True)
class Service:
    """What lives as long as the service."""

    hub: HubClient
    clusters: Mapping[str, Cluster]
    readers: Mapping[str, SharedReader]


async def serve(application: Application, listener: Listener, service: Service) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the keys again."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload_keys, service.clusters)
    server = listener.open(application)
    log.info("Tokens for %s at %s", ", ".join(service.clusters), listener.url)
    warning = asyncio.create_task(warn_of_weak_login(service.hub))
    await stop.wait()
    warning.cancel()
    server.stop()
    await server.close_all_connections()
    for reader in service.readers.values():
        await reader.close()


def reload_keys(clusters: Mapping[str, Cluster]) -> None:
    """Read the keys again; a key that cannot be used leaves the old one in place."""
    for cluster in clusters.values():
        try:
            cluster.reload()
            log.info("Read the key of %s again", cluster.name)
        except ConfigurationError as error:
            log.error("The old key of %s stays in use: %s", cluster.name, error)


async def warn_of_weak_login(hub: HubClient) -> None:
    """Warn if the hub's authenticator (scope ``read:hub``) lets users choose their names."""
    for _ in range(10):
        try:
            login = await hub.authenticator()
        except Refusal:
            await asyncio.sleep(3)  # a managed service starts before its hub listens
            continue
        if any(weak in login for weak in WEAK_AUTHENTICATORS):
            log.warning(
                "The hub's authenticator %s lets people choose their name, and with it their "
                "Slurm user. Use one that is tied to the cluster's directory.",
                login,
            )
        return
