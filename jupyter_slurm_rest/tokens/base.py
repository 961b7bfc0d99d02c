"""What a token is, and what every source of tokens does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """A person's Slurm token, held in memory only.

    ``value`` stays out of ``repr``. ``expires_at`` is the token's own ``exp`` (seconds
    since the epoch); ``lifetime`` is how many seconds it had left when it was
    fetched, measured so that a wrong local clock does no harm where the source
    allows it.
    """

    value: str = field(repr=False)
    username: str
    expires_at: float
    lifetime: float


class TokenSource(Protocol):
    """One place tokens come from. Caching and renewal are not its business."""

    #: Short name, as in the configuration.
    name: str
    #: Asking costs a process or a request: failures are not repeated at once.
    remote: bool

    async def fetch(self) -> Token:
        """Get a token now. Raises a TokenError without a cause."""
        ...

    async def changed(self) -> bool:
        """Tell whether the source holds something newer than what ``fetch`` returned."""
        ...
