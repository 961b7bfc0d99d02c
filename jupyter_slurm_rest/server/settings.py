"""What a site configures for each cluster, checked when the server starts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.client import Slurmrestd
from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.names import nearest
from jupyter_slurm_rest.slurm.transport import Transport
from jupyter_slurm_rest.tokens import TokenProvider, default_provider_name, make_provider
from jupyter_slurm_rest.tokens.errors import TokenError
from jupyter_slurm_rest.tokens.token import USERNAME_PATTERN

_CLUSTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ClusterSettings(Slurmrestd, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of ``c.SlurmRest.clusters``."""

    #: A provider's name, or ``{"provider": name, ...its options}``. Default: ``hub``
    #: under JupyterHub, else ``env`` when ``SLURM_JWT`` is set, else ``paste``.
    tokens: str | dict[str, Any] | None = None
    #: The Slurm user whose tokens are accepted. Default: the user of the first token.
    username: str | None = None
    #: All jobs, nodes and partitions are read by the hub, once for all users, if its
    #: service shares them. Needs tokens from the hub.
    shared: bool = False


class BadSetting(ValueError):
    """A setting is invalid; the message says which one, and what is valid."""


def wrong_setting(error: Exception) -> str:
    """What ``error`` says, with the setting named as in the configuration file.

    Traitlets writes "The 'visitors' trait of a SlurmRest instance expected ..." or "The
    value of the 'refresh' trait of a SlurmRest instance should ...".
    """
    return re.sub(
        r"^The (?:value of the )?'(\w+)' trait of an? (\w+) instance",
        r"c.\2.\1: this setting",
        str(error),
    )


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse unknown settings of ``c.SlurmRest``: traitlets only warns.

    Raises :exc:`BadSetting` with the nearest right name.
    """
    names = set(known)
    for name in given:
        if name not in names:
            near = nearest(name, names)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise BadSetting(f"c.SlurmRest.{name}: this setting does not exist.{hint}")


def read_clusters(given: Mapping[str, Any]) -> dict[str, ClusterSettings]:
    """``c.SlurmRest.clusters`` as settings; raises :exc:`BadSetting`."""
    return {name: _read_cluster(name, options) for name, options in given.items()}


def _read_cluster(name: Any, options: Any) -> ClusterSettings:
    where = f"c.SlurmRest.clusters[{name!r}]"
    if not isinstance(name, str) or not _CLUSTER_NAME.fullmatch(name):
        raise BadSetting(
            f"{where}: a cluster's name may contain only letters, digits, '.', '_' and '-'."
        )
    try:
        settings = msgspec.convert(options, ClusterSettings)
    except msgspec.ValidationError as error:
        known = ", ".join(ClusterSettings.__struct_fields__)
        raise BadSetting(f"{where}: {error}. Its options: {known}.") from None
    if settings.username is not None and not USERNAME_PATTERN.fullmatch(settings.username):
        raise BadSetting(f"{where}['username']: not a valid name of a Slurm user.")
    return settings


def make_transport(cluster: str, settings: ClusterSettings) -> Transport:
    """Connections to the cluster's slurmrestd. Raises :exc:`BadSetting`."""
    try:
        return settings.transport()
    except InvalidRequest as error:
        where = f"c.SlurmRest.clusters[{cluster!r}][{error.field!r}]"
        raise BadSetting(f"{where}: {error.message}") from None


def token_provider_options(settings: ClusterSettings) -> tuple[str, dict[str, Any]]:
    """The name of the provider of tokens, and its options."""
    given = settings.tokens
    options = dict(given) if isinstance(given, dict) else {"provider": given}
    return str(options.pop("provider", None) or default_provider_name()), options


def make_token_provider(cluster: str, settings: ClusterSettings) -> TokenProvider:
    """The configured source of tokens. Raises :exc:`BadSetting`."""
    provider, options = token_provider_options(settings)
    try:
        return make_provider(provider, username=settings.username, **options)
    except TokenError as error:
        raise BadSetting(f"c.SlurmRest.clusters[{cluster!r}]['tokens']: {error.message}") from None
