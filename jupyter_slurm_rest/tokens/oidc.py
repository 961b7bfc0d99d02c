"""The person's own access token from their login, for Slurm with ``jwks=``.

The hub keeps it in its encrypted auth state together with the refresh token, which
must not leave the hub. So a server gets it from the hub service, which hands out
the access token alone.
"""

from __future__ import annotations

import asyncio

from .base import Token
from .errors import TokenRenewing
from .hub import HubSource

#: Hubs renew an access token just after its end, so that once in its life everybody waits.
PATIENCE = 4


class OidcSource(HubSource):
    """As ``hub``; the service's cluster is configured with ``mode: oidc``.

    ``user_claim`` is Slurm's ``userclaimfield=``, if the site uses that instead of ``sun``.
    """

    name = "oidc"

    async def fetch(self) -> Token:
        """Ask the service, and again when the hub is just renewing the token."""
        for _ in range(PATIENCE):
            try:
                return await super().fetch()
            except TokenRenewing as renewing:
                await asyncio.sleep(renewing.seconds)
        return await super().fetch()
