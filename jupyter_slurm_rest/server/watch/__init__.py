"""Watching the queue: one reader per cluster, its events, and pages for everybody."""

from __future__ import annotations

from .events import Announcer, register
from .watcher import Look, Settings, Watcher, describe

__all__ = ["Announcer", "Look", "Settings", "Watcher", "describe", "register"]
