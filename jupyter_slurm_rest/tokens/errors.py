"""Why there is no token, and what the user can do about it."""

from __future__ import annotations

from typing import Literal

from jupyter_slurm_rest.slurm.errors import SlurmRestError

#: The one thing that helps: the panel turns it into a button or a sentence.
Action = Literal["login", "restart", "paste", "retry", "admin"]


class TokenError(SlurmRestError):
    """No usable token.

    ``message`` is a sentence for the user and holds no token. ``code`` is short
    and stable, ``action`` names what helps. Raised without a cause on purpose:
    chained HTTP exceptions carry request headers.
    """

    code = "token_unavailable"
    action: Action = "retry"

    def __init__(self, message: str, *, action: Action | None = None) -> None:
        super().__init__(message)
        self.message = message
        if action is not None:
            self.action = action


class TokenMissing(TokenError):
    """The source exists but holds no token."""

    code = "token_missing"
    action: Action = "paste"


class TokenMalformed(TokenError):
    """What the source gave is not a token Slurm could read."""

    code = "token_malformed"
    action: Action = "admin"


class TokenExpired(TokenError):
    """The token has run out and the source has no newer one."""

    code = "token_expired"
    action: Action = "paste"


class TokenRefused(TokenError):
    """The token belongs to somebody it must not belong to (root, another user)."""

    code = "token_refused"
    action: Action = "admin"


class LoginExpired(TokenError):
    """The login at the hub or the identity provider has run out."""

    code = "login_expired"
    action: Action = "login"


class ScopeMissing(TokenError):
    """This server started before the hub allowed it to ask for tokens."""

    code = "scope_missing"
    action: Action = "restart"


class AccountNotLinked(TokenError):
    """The site knows no Slurm account for this user."""

    code = "account_not_linked"
    action: Action = "admin"


class TooManyRequests(TokenError):
    """The source limits how often tokens are handed out."""

    code = "token_rate_limited"


class TokenRenewing(TokenError):
    """The hub is renewing the login's token: ``seconds`` later it should be there."""

    code = "token_renewing"
    seconds = 2.0


class SourceUnreachable(TokenError):
    """The service, command or file could not be reached or read in time."""

    code = "token_source_unreachable"


class SourceMisconfigured(TokenError):
    """The provider's options or the source's answer make no sense."""

    code = "token_source_misconfigured"
    action: Action = "admin"
