"""slurmrestd, spoken in one vocabulary. Imports nothing of Jupyter."""

from __future__ import annotations

from .client import SlurmClient
from .credentials import Credentials, CredentialSource
from .errors import SlurmError
from .jobs import JobListing, Unchanged
from .transport import Limits, Transport

__all__ = [
    "CredentialSource",
    "Credentials",
    "JobListing",
    "Limits",
    "SlurmClient",
    "SlurmError",
    "Transport",
    "Unchanged",
]
