"""What a site configures for each cluster, checked when the server starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

_CLUSTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

ApiVersion = Annotated[str, msgspec.Meta(pattern=r"^v0\.0\.[0-9]{2,3}$")]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class ClusterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of ``c.SlurmRest.clusters``."""

    #: ``http(s)://host:port[/prefix]`` or ``unix:///path/to.socket``.
    url: str
    #: A provider's name, or ``{"provider": name, ...its options}``. Default: ``hub``
    #: under JupyterHub, else ``env`` when ``SLURM_JWT`` is set, else ``paste``.
    tokens: str | dict[str, Any] | None = None
    #: The Slurm user whose tokens are taken. Default: whoever the first token is for.
    username: str | None = None
    #: File with the certificate authorities to trust. Default: the system's.
    ca: str | None = None
    #: Client certificate and its key, PEM files.
    cert: str | None = None
    key: str | None = None
    #: HTTP proxy to slurmrestd; the environment's ``HTTP_PROXY`` is not used.
    proxy: str | None = None
    #: Pins the API version. Default: the newest that both sides know.
    api_version: ApiVersion | None = None
    #: All jobs, nodes and partitions are read by the hub, once for everybody, where its
    #: service shares them. Needs tokens from the hub.
    shared: bool = False
    #: Seconds that one answer may take.
    timeout: Seconds = 60.0


class BadSetting(ValueError):
    """A setting is wrong; the text says which and what would be right."""


def read_clusters(given: Mapping[str, Any]) -> dict[str, ClusterSettings]:
    """``c.SlurmRest.clusters`` as settings; raises :exc:`BadSetting`."""
    return {name: _read_cluster(name, options) for name, options in given.items()}


def _read_cluster(name: str, options: Any) -> ClusterSettings:
    where = f"c.SlurmRest.clusters[{name!r}]"
    if not _CLUSTER_NAME.fullmatch(name):
        raise BadSetting(f"{where}: a cluster's name has letters, digits, '.', '_' and '-' only.")
    try:
        settings = msgspec.convert(options, ClusterSettings)
    except msgspec.ValidationError as error:
        known = ", ".join(ClusterSettings.__struct_fields__)
        raise BadSetting(f"{where}: {error}. Its options: {known}.") from None
    problem = _url_problem(settings.url)
    if problem:
        raise BadSetting(f"{where}['url'] is {settings.url!r}: {problem}")
    for option in ("ca", "cert", "key"):
        path = getattr(settings, option)
        if path is not None and not Path(path).is_file():
            raise BadSetting(f"{where}[{option!r}]: there is no file {path!r}.")
    if settings.key and not settings.cert:
        raise BadSetting(f"{where}: 'key' belongs to a 'cert', which is missing.")
    return settings


def _url_problem(url: str) -> str:
    """What is wrong with slurmrestd's address; empty when nothing is."""
    wanted = "expected http(s)://host:port or unix:///path/to.socket."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"{error}; {wanted}"
    if parts.scheme == "unix":
        return "" if parts.path.startswith("/") and not parts.netloc else wanted
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return wanted
    if parts.username or parts.password:
        return "user names and passwords in the address are not used; see 'tokens'."
    if parts.query or parts.fragment:
        return wanted
    if port == 0:
        return f"port 0 is no port; {wanted}"
    return ""
