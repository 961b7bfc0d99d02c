"""What readers may ask: decoded strictly by msgspec."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Offset = Annotated[int, Meta(ge=0, le=10_000_000)]
Words = Annotated[str, Meta(max_length=4096)]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request that says something this server does not know is refused, not half-obeyed."""


class JobsQuery(Request, frozen=True, kw_only=True):
    """Which jobs, in which order, which page. Lists are comma-separated."""

    scope: Literal["mine", "all"] = "mine"
    state: Words = ""
    user: Words = ""
    partition: Words = ""
    account: Words = ""
    qos: Words = ""
    #: Part of the id, name, user, account or node names.
    search: Words = ""
    #: A field of the rows, with ``-`` in front for descending.
    sort: Annotated[str, Meta(max_length=64)] = "-job_id"
    offset: Offset = 0
    #: A queue too long to be read as a whole gives at most 200 rows at once.
    limit: Annotated[int, Meta(ge=1, le=5000)] = 100
    #: A version that the reader has: only what changed since is sent, where it is known.
    since: Annotated[str, Meta(max_length=64)] = ""
    #: Fields of the rows that are wanted. Default: all.
    columns: Words = ""

    def params(self) -> dict[str, str]:
        """As the parameters of an address, without those that go without saying."""
        return {name: str(value) for name, value in msgspec.structs.asdict(self).items() if value}


def listed(words: str) -> frozenset[str]:
    """The words of a comma-separated list."""
    return frozenset(word for word in (part.strip() for part in words.split(",")) if word)
