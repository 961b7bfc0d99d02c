"""Paths of this machine and paths of Jupyter's contents API, which begin at its root."""

from __future__ import annotations

import os.path
from pathlib import PurePosixPath


def contents_path(path: str, *, root: str) -> str:
    """``path`` for the contents API; empty when it is not below ``root``."""
    try:
        return str(PurePosixPath(os.path.normpath(path)).relative_to(root))
    except ValueError:
        return ""


def folder_of(path: str, *, root: str) -> str:
    """The folder of a file that the contents API names ``path``; ``root`` for none.

    A path that leaves ``root`` is none that the contents API gives.
    """
    folder = PurePosixPath(os.path.normpath(f"{root}/{path}")).parent
    return str(folder) if path and folder.is_relative_to(root) else root
