"""Why there is no token, and what the user can do about it."""

from __future__ import annotations

from typing import Literal

from jupyter_slurm_rest.slurm.errors import SlurmRestError

#: What the user can do: the panel shows it as a button or a sentence.
Action = Literal["login", "restart", "paste", "retry", "admin"]
#: What is wrong with the token, for programs.
TokenProblem = Literal[
    "token_unavailable",
    "token_missing",
    "token_malformed",
    "token_expired",
    "token_refused",
    "login_expired",
    "scope_missing",
    "account_not_linked",
    "token_rate_limited",
    "token_renewing",
    "token_source_unreachable",
    "token_source_misconfigured",
]


class TokenError(SlurmRestError):
    """No usable token.

    ``message`` is a sentence for the user, without a token in it. ``code`` is short and
    stable; ``action`` is what the user can do. Raised without a cause on purpose: chained
    HTTP exceptions carry request headers.
    """

    code: TokenProblem = "token_unavailable"
    action: Action = "retry"

    def __init__(self, message: str, *, action: Action | None = None) -> None:
        super().__init__(message)
        self.message = message
        if action is not None:
            self.action = action


class TokenMissing(TokenError):
    """The source exists but holds no token."""

    code: TokenProblem = "token_missing"
    action: Action = "paste"


class TokenMalformed(TokenError):
    """The source returned something that Slurm cannot read as a token."""

    code: TokenProblem = "token_malformed"
    action: Action = "admin"


class TokenExpired(TokenError):
    """The token has expired and the source has no newer one."""

    code: TokenProblem = "token_expired"
    action: Action = "paste"


class TokenRefused(TokenError):
    """The token is that of root, of another privileged user, or of an unexpected user."""

    code: TokenProblem = "token_refused"
    action: Action = "admin"


class LoginExpired(TokenError):
    """The login at the hub or the identity provider has expired."""

    code: TokenProblem = "login_expired"
    action: Action = "login"


class ScopeMissing(TokenError):
    """This server was started before the hub allowed it to request tokens."""

    code: TokenProblem = "scope_missing"
    action: Action = "restart"


class AccountNotLinked(TokenError):
    """The site knows no Slurm account for this user."""

    code: TokenProblem = "account_not_linked"
    action: Action = "admin"


class TooManyRequests(TokenError):
    """The source limits how often it issues tokens."""

    code: TokenProblem = "token_rate_limited"


class TokenRenewing(TokenError):
    """The hub is renewing the login's token; it should be there after ``seconds``."""

    code: TokenProblem = "token_renewing"
    seconds = 2.0


class SourceUnreachable(TokenError):
    """The service, command or file could not be reached or read in time."""

    code: TokenProblem = "token_source_unreachable"


class SourceMisconfigured(TokenError):
    """The provider's options or the source's response are invalid."""

    code: TokenProblem = "token_source_misconfigured"
    action: Action = "admin"
