"""``python -m jupyter_slurm_rest.hub``: configuration, start, and reload of the service."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import signal
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application as WebApplication
from traitlets import Bool, Dict, Int, List, Set, Unicode, default
from traitlets.config import Application, catch_config_error

from jupyter_slurm_rest.redaction import RedactTokens
from jupyter_slurm_rest.tls import CertificateError, server_context
from jupyter_slurm_rest.tokens.issuers import SERVICE_PORT, SERVICE_PREFIX
from jupyter_slurm_rest.tokens.service import Tls

from .callers import HubClient
from .clusters import Cluster, SharedReader, make_readers, read_clusters
from .errors import ConfigurationError, Refusal
from .handlers import make_application
from .issuer import Metrics, TokenIssuer
from .user_mapping import UserMapping

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

    def open(self, application: WebApplication) -> HTTPServer:
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


async def serve(application: WebApplication, listener: Listener, service: Service) -> None:
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
            log.info("Reloaded the key of %s", cluster.name)
        except ConfigurationError as error:
            log.error(
                "The key of %s could not be reloaded; the old one is still in use: %s",
                cluster.name,
                error,
            )


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


class SlurmTokenService(Application):
    """Issues short-lived Slurm tokens to JupyterHub servers, for their owners."""

    name = "slurm-token"
    description = (
        "The JupyterHub service that issues Slurm tokens. Run it as a managed service of the "
        "hub, or by itself with api_url and an API token."
    )
    examples = """
    python -m jupyter_slurm_rest.hub --key-file=/etc/slurm-token/jwt_hs256.key
    python -m jupyter_slurm_rest.hub --config=/etc/slurm-token/config.py
    python -m jupyter_slurm_rest.hub jwks --config=/etc/slurm-token/config.py > jwks.json
    """
    raise_config_file_errors = True

    config_file = Unicode(help="A Python or JSON file with the settings below.").tag(config=True)
    key_file = Unicode(
        help="The signing key of the only cluster. With several clusters, set ``clusters``."
    ).tag(config=True)
    algorithm = Unicode("HS256", help="HS256 or RS256, for ``key_file``.").tag(config=True)
    lifetime = Int(600, help="Seconds a token lives, for ``key_file`` (60 to 3600).").tag(
        config=True
    )
    clusters = Dict(
        help="Settings by cluster: ``{'maxwell': {'key_file': '/etc/slurm-token/maxwell.key'}}``. "
        "Also: mode (sign or oidc), algorithm, kid, lifetime, allowed_groups, identity_claims, "
        "auth_state_field, user_claim, shared. The first one is the default."
    ).tag(config=True)
    username_map = Dict(
        help="Slurm names by hub name. When set, other users have no Slurm account."
    ).tag(config=True)
    username_pattern = Unicode(
        help=r"A regular expression for the whole hub name; its group ``user`` is the Slurm "
        r"name: ``(?P<user>[a-z0-9]+)@example\.org``."
    ).tag(config=True)
    deny = List(
        Unicode(),
        help="Slurm users who never get a token, besides root and slurm, under any name of the "
        "same uid; a number is a uid. Put SlurmUser here.",
    ).tag(config=True)
    minimum_uid = Int(
        1000, help="Users with a smaller uid on this machine get no token (system accounts)."
    ).tag(config=True)
    servers_only = Bool(
        True,
        help="Issue tokens to single-user servers only, not to users' personal hub tokens. A "
        "user can make a personal token with exactly the scopes of their server, and keep it "
        "after the server has stopped: the hub does not tell the two apart. It gets tokens of "
        "that user only.",
    ).tag(config=True)
    required_scopes = Set(
        Unicode(), help="One of these hub scopes is required. Default: access to this service."
    ).tag(config=True)
    rate_limit = Int(30, min=1, help="Tokens a minute for each user.").tag(config=True)
    open_metrics = Bool(
        False, help="Let anyone read ``metrics``; otherwise the scope read:metrics is required."
    ).tag(config=True)

    service_name = Unicode(help="The name under which the hub knows this service.").tag(config=True)
    api_url = Unicode(help="The hub's API, such as http://127.0.0.1:8081/hub/api.").tag(config=True)
    api_token_file = Unicode(
        help="A file with this service's own hub token (default: $JUPYTERHUB_API_TOKEN)."
    ).tag(config=True)
    bind_url = Unicode(
        help="Where to listen: http://ip:port, https://ip:port or http+unix://%2Fpath%2Fsocket."
    ).tag(config=True)
    prefix = Unicode(help="The path in front of ``token``.").tag(config=True)
    tls_cert = Unicode(help="PEM certificate for https.").tag(config=True)
    tls_key = Unicode(help="PEM key for https.").tag(config=True)
    tls_client_ca = Unicode(
        help="PEM file; when set, callers must present a certificate signed by it."
    ).tag(config=True)
    hub_ca = Unicode(help="PEM file to trust for the hub's API over https.").tag(config=True)

    aliases: dict[str, str] = {
        "config": "SlurmTokenService.config_file",
        "key-file": "SlurmTokenService.key_file",
        "algorithm": "SlurmTokenService.algorithm",
        "lifetime": "SlurmTokenService.lifetime",
        "bind-url": "SlurmTokenService.bind_url",
    }
    subcommands: dict[str, Any] = {
        "jwks": (
            "jupyter_slurm_rest.hub.app.PublicKeys",
            "Print the public keys for the jwks= file of slurm.conf.",
        )
    }

    @default("service_name")
    def _service_name(self) -> str:
        return os.environ.get("JUPYTERHUB_SERVICE_NAME", "")

    @default("required_scopes")
    def _required_scopes(self) -> set[str]:
        if scopes := os.environ.get("JUPYTERHUB_OAUTH_ACCESS_SCOPES"):
            return set(json.loads(scopes))
        return {f"access:services!service={self.service_name}"} if self.service_name else set()

    @default("api_url")
    def _api_url(self) -> str:
        return os.environ.get("JUPYTERHUB_API_URL", "")

    @default("bind_url")
    def _bind_url(self) -> str:
        return os.environ.get("JUPYTERHUB_SERVICE_URL") or f"http://127.0.0.1:{SERVICE_PORT}"

    @default("prefix")
    def _prefix(self) -> str:
        return os.environ.get("JUPYTERHUB_SERVICE_PREFIX") or SERVICE_PREFIX

    @catch_config_error
    def initialize(self, argv: list[str] | None = None) -> None:
        """Read command line and file; the command line wins."""
        super().initialize(argv)
        if self.subapp is None and self.config_file:
            if not Path(self.config_file).is_file():
                self.exit(f"{self.name} cannot start: there is no file {self.config_file}.")
            self.load_config_file(
                Path(self.config_file).stem, path=str(Path(self.config_file).resolve().parent)
            )
            self.update_config(self.cli_config)

    def start(self) -> None:
        """Serve until told to stop."""
        if self.subapp is not None:
            self.subapp.start()
            return
        _prepare_logging()
        # Core dumps would write the signing keys to disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            asyncio.run(self._serve())
        except ConfigurationError as error:
            self.exit(f"slurm-token cannot start: {error}")

    def read_clusters(self) -> dict[str, Cluster]:
        """Read the clusters and their keys. Raises ConfigurationError."""
        entries: dict[str, object] = dict(self.clusters)
        if self.key_file and not entries:
            entries["default"] = {
                "key_file": self.key_file,
                "algorithm": self.algorithm,
                "lifetime": self.lifetime,
            }
        return read_clusters(entries, issuer=f"jupyterhub/{self.service_name or self.name}")

    def make_application(self, hub: HubClient) -> tuple[WebApplication, Service]:
        """Put the parts together; refuses settings that would let anyone in.

        Raises ConfigurationError.
        """
        if not self.required_scopes:
            raise ConfigurationError(
                "no scope is required, so any hub token would get a Slurm token. Set "
                "c.SlurmTokenService.service_name to the name under which the hub knows this "
                "service."
            )
        user_mapping = UserMapping(
            table=self.username_map or None,
            pattern=self.username_pattern,
            deny=self.deny,
            minimum_uid=self.minimum_uid,
        )
        clusters = self.read_clusters()
        readers = make_readers(clusters, user_mapping)
        metrics = Metrics()
        issuer = TokenIssuer(
            hub=hub,
            user_mapping=user_mapping,
            clusters=clusters,
            required_scopes=self.required_scopes,
            servers_only=self.servers_only,
            per_minute=self.rate_limit,
            metrics=metrics,
        )
        application = make_application(
            self.prefix, issuer, readers, metrics, open_metrics=self.open_metrics
        )
        return application, Service(hub, clusters, readers)

    def _hub_client(self) -> HubClient:
        token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
        if self.api_token_file:
            try:
                token = Path(self.api_token_file).read_text().strip()
            except OSError as error:
                raise ConfigurationError(
                    f"the hub token {self.api_token_file} cannot be read: {error.strerror}."
                ) from None
        if not self.api_url:
            raise ConfigurationError("the hub's API is not known: set c.SlurmTokenService.api_url.")
        tls = Tls(self.hub_ca) if self.hub_ca else Tls.of_jupyterhub()
        return HubClient(self.api_url, token, tls)

    async def _serve(self) -> None:
        application, service = self.make_application(self._hub_client())
        listener = Listener(self.bind_url, self.tls_cert, self.tls_key, self.tls_client_ca)
        await serve(application, listener, service)


class PublicKeys(SlurmTokenService):
    """Prints the public keys of the RS256 clusters."""

    name = "slurm-token-jwks"
    description = "Print the public keys for the jwks= file of slurm.conf and slurmdbd.conf."
    subcommands: dict[str, Any] = {}

    def start(self) -> None:
        """Print a JWKS document."""
        try:
            keys = [jwk for cluster in self.read_clusters().values() if (jwk := cluster.public_jwk)]
        except ConfigurationError as error:
            self.exit(f"no public keys: {error}")
        if not keys:
            self.exit("no public keys: no cluster is configured with algorithm RS256.")
        sys.stdout.write(json.dumps({"keys": keys}, indent=2) + "\n")


def _prepare_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(RedactTokens())
    for chatty in ("httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
