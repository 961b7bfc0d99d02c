"""Where a user's Slurm token comes from. Does not import Jupyter."""

from jupyter_slurm_rest.redaction import RedactTokens
from jupyter_slurm_rest.tokens.provider import default_provider_name, make_provider

from .errors import TokenError
from .provider import TokenProvider, TokenSource
from .token import Token

__all__ = [
    "RedactTokens",
    "Token",
    "TokenError",
    "TokenProvider",
    "TokenSource",
    "default_provider_name",
    "make_provider",
]
