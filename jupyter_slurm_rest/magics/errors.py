"""What goes wrong in a magic: one line for the person, no traceback."""

from __future__ import annotations

from jupyter_slurm_rest.foreign_text import printable


class SlurmMagicError(Exception):
    """Something that the person can act on; IPython shows just the sentence."""

    def __init__(self, message: str, advice: str = "", *, reason: str = "") -> None:
        super().__init__(f"{message} {advice}".strip())
        self.message = message
        self.advice = advice
        #: The server's short code, where it was the server that refused.
        self.reason = reason

    def _render_traceback_(self) -> list[str]:
        """IPython's way to let an exception show itself."""
        return [printable(f"Slurm: {self}")]
