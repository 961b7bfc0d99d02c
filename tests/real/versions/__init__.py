"""What was seen on which release and API version, and the table of it in the manual."""

from __future__ import annotations

from tests.real.versions.seen import ROWS, seen

__all__ = ["ROWS", "seen"]
