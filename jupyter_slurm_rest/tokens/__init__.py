"""Where a user's Slurm token comes from. Does not import Jupyter."""

from jupyter_slurm_rest.redaction import RedactTokens

from .errors import TokenError
from .factory import default_provider_name, make_provider
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
