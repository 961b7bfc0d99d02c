"""The error of ``%slurm``."""

from __future__ import annotations

from jupyter_slurm_rest.redaction import printable


class SlurmMagicError(Exception):
    """An error that the user can act on; IPython shows only its message."""

    def __init__(self, message: str, advice: str = "", *, reason: str = "") -> None:
        super().__init__(f"{message} {advice}".strip())
        self.message = message
        self.advice = advice
        #: The short code of the server's error, where it comes from the server.
        self.reason = reason

    def _render_traceback_(self) -> list[str]:
        """IPython's way to let an exception show itself."""
        return [printable(f"Slurm: {self}")]
