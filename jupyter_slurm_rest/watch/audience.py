"""Who is told what a watcher sees."""

from __future__ import annotations

from typing import Protocol


class Audience(Protocol):
    """Listens to one cluster's watcher."""

    def queue_changed(self, scope: str, as_of: float) -> None:
        """The list ``scope`` (``mine`` or ``all``) is not what it was."""

    def trouble(self, error: Exception | None) -> None:
        """Readings began to fail with ``error``, or (``None``) work again."""


class Nobody:
    """Listens to nothing: who watches asks."""

    def queue_changed(self, scope: str, as_of: float) -> None: ...

    def trouble(self, error: Exception | None) -> None: ...
