"""The clusters for which the service issues tokens, and how tokens are made."""

from __future__ import annotations

import math
import re
import time
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from jupyter_slurm_rest.slurm.client import Seconds, Slurmrestd
from jupyter_slurm_rest.tokens.errors import TokenError
from jupyter_slurm_rest.tokens.token import read_token

from .errors import ConfigurationError, Refusal, not_identified, not_linked, renewing
from .keys import Signer, load_signer
from .user_mapping import identity_claims

LONGEST_LIFETIME = 3600
SHORTEST_LIFETIME = 60
#: Hubs renew an access token only when the provider refuses it, that is after it expired:
#: around that time (seconds before, seconds after) waiting helps, not a new login.
LAST_MOMENTS, RENEWAL_GRACE = 5.0, 20.0

#: A cluster's name is part of the service's paths.
CLUSTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class SharedConfig(Slurmrestd, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Shared data of a cluster is read once for all servers, as the Slurm user ``user``.

    The other settings have the same meaning as in ``c.SlurmRest``.
    """

    user: str
    max_jobs_dump: Annotated[int, msgspec.Meta(ge=0)] = 5_000
    slurmrestd_share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.05
    refresh: Seconds = 5.0


class ClusterConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of ``c.SlurmTokenService.clusters``.

    ``lifetime`` is in seconds. ``allowed_groups`` are groups of the hub. In the mode
    ``oidc`` nothing is signed: the access token of the user's login is issued,
    found in ``auth_state_field``; ``user_claim`` is Slurm's ``userclaimfield=``.
    """

    mode: Literal["sign", "oidc"] = "sign"
    key_file: str = ""
    algorithm: Literal["HS256", "RS256"] = "HS256"
    kid: str | None = None
    lifetime: int = 600
    identity_claims: bool = False
    allowed_groups: list[str] = []
    auth_state_field: str = "access_token"
    user_claim: str | None = None
    shared: SharedConfig | None = None


class Issued(msgspec.Struct, frozen=True):
    """A token and what the audit log may hold about it."""

    token: str
    lifetime: int
    jti: str

    def __repr__(self) -> str:
        return f"Issued({self.jti})"


class Cluster:
    """Makes the tokens of one cluster."""

    def __init__(self, name: str, config: ClusterConfig, issuer: str) -> None:
        self.name = name
        self.config = config
        self._issuer = issuer
        self._signer: Signer | None = None
        self.reload()

    def reload(self) -> None:
        """Read the key again. Raises ConfigurationError and then keeps the old one."""
        if self.config.mode == "sign":
            path = Path(self.config.key_file)
            self._signer = load_signer(path, self.config.algorithm, self.config.kid)

    @property
    def public_jwk(self) -> dict[str, str] | None:
        """The public key, where there is one."""
        return self._signer.public_jwk() if self._signer else None

    def sign(self, slurm_name: str) -> Issued:
        """Make a token for a Slurm user who has passed all checks."""
        if self._signer is None:
            raise ConfigurationError(f"The cluster {self.name} has no signing key.")
        now, jti = int(time.time()), uuid.uuid4().hex
        claims: dict[str, Any] = {
            "sun": slurm_name,
            "iat": now,
            "exp": now + self.config.lifetime,
            "jti": jti,
            "iss": self._issuer,
        }
        if self.config.identity_claims:
            claims |= identity_claims(slurm_name)
        return Issued(self._signer.sign(claims), self.config.lifetime, jti)

    def pass_on(self, auth_state: Mapping[str, object], slurm_name: str) -> Issued:
        """Issue the login's access token. Raises Refusal when it is no longer valid."""
        value = auth_state.get(self.config.auth_state_field)
        if not isinstance(value, str):
            raise not_identified()
        try:
            # Any lifetime is accepted here; the real one is checked next.
            token = read_token(value, user_claim=self.config.user_claim, lifetime=1)
        except TokenError as error:
            raise _unusable(error) from None
        left = token.expires_at - time.time()
        if left < -RENEWAL_GRACE:
            raise not_identified()
        if left < LAST_MOMENTS:
            raise renewing(max(2, math.ceil(left) + 1))
        if token.username != slurm_name:
            refusal = not_linked(slurm_name)
            refusal.reason = "name_mismatch"
            raise refusal
        return Issued(value, int(left), "-")


def read_clusters(raw: Mapping[str, object], issuer: str) -> dict[str, Cluster]:
    """Check the configuration and read the keys. Raises ConfigurationError."""
    if not raw:
        raise ConfigurationError(
            "No signing key is configured: set c.SlurmTokenService.key_file or .clusters."
        )
    return {name: _read_cluster(name, entry, issuer) for name, entry in raw.items()}


def _read_cluster(name: str, entry: object, issuer: str) -> Cluster:
    where = f"c.SlurmTokenService.clusters[{name!r}]"
    if not CLUSTER_NAME.fullmatch(name):
        raise ConfigurationError(f"{where}: a name has letters, digits, '.', '_' and '-' only.")
    try:
        config = msgspec.convert(entry, type=ClusterConfig)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    if config.mode == "sign" and not config.key_file:
        raise ConfigurationError(f"{where}: key_file is missing.")
    if not SHORTEST_LIFETIME <= config.lifetime <= LONGEST_LIFETIME:
        raise ConfigurationError(
            f"{where}: lifetime is {config.lifetime} s; it must be between "
            f"{SHORTEST_LIFETIME} and {LONGEST_LIFETIME} s, because Slurm cannot revoke a token."
        )
    if config.shared and config.mode != "sign":
        raise ConfigurationError(
            f"{where}: shared needs the mode sign: a reader has no login with a token."
        )
    return Cluster(name, config, issuer)


def _unusable(error: TokenError) -> Refusal:
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "account_not_linked",
        f"Slurm cannot use the login's access token: {error.message}",
        reason="unusable_access_token",
    )
