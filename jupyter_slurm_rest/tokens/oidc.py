"""The person's own access token from their login, for Slurm with ``jwks=``.

The hub keeps it in its encrypted auth state together with the refresh token, which
must not leave the hub. So a server gets it from the hub service, which hands out
the access token alone.
"""

from __future__ import annotations

from .hub import HubSource


class OidcSource(HubSource):
    """As ``hub``; the service's cluster is configured with ``mode: oidc``.

    ``user_claim`` is Slurm's ``userclaimfield=``, if the site uses that instead of ``sun``.
    """

    name = "oidc"
