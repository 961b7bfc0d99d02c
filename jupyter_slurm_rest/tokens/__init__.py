"""Where a user's Slurm token comes from. Does not import Jupyter."""

from jupyter_slurm_rest.redaction import RedactTokens

from .base import Token, TokenSource
from .errors import TokenError
from .factory import default_provider_name, make_provider
from .provider import TokenProvider

__all__ = [
    "RedactTokens",
    "Token",
    "TokenError",
    "TokenProvider",
    "TokenSource",
    "default_provider_name",
    "make_provider",
]
