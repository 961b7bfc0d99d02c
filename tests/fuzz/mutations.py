"""slurmrestd's responses with values in them that it never sends."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

#: Values at the edges of what JSON, C and calendars can hold, and of another kind.
HOSTILE: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [None, True, -1, 0, 2**31, 2**32 - 2, 2**63, 2**64 - 1, 10**30, -(10**30), 1e308, 0.5]
    ),
    st.sampled_from(["", "\x00", "\x1b[2J", "-1", "1e999", "[" * 50, "n[1-999999999]"]),
    st.text(max_size=20),
    st.sampled_from([[], {}, [None], [[]], [{}], {"set": True}, {"number": "x", "set": True}]),
    st.fixed_dictionaries(
        {"set": st.booleans(), "infinite": st.booleans(), "number": st.integers(-(2**70), 2**70)}
    ),
)

Place = tuple[str | int, ...]


def places(tree: Any, before: Place = ()) -> Iterator[Place]:
    """Where something stands; of a list, in its first entry."""
    if before:
        yield before
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*before, key))
    elif isinstance(tree, list) and tree:
        yield from places(tree[0], (*before, 0))


def changed(tree: Any, place: Place, value: Any) -> Any:
    """A copy of ``tree`` with ``value`` at ``place``."""
    found = at = copy.deepcopy(tree)
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return found
