"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jupyter_slurm_rest.foreign_text import printable

#: ``unknown`` is what could not be looked at because something before it is wrong.
Verdict = Literal["ok", "warning", "wrong", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    #: ``address``, ``token``, ``slurmrestd``, ``controller``, ``clock``, ``accounting``,
    #: ``users``, ``plan``, ``files``.
    subject: str
    verdict: Verdict
    #: A sentence: what was found.
    text: str
    #: A sentence: what to do; empty when all is well.
    advice: str = ""

    def lines(self) -> list[str]:
        """As it is printed."""
        marks = {"ok": "ok", "warning": "WARNING", "wrong": "WRONG", "unknown": "?"}
        first = f"  {marks[self.verdict]:8}{self.subject:12}{printable(self.text)}"
        return [first, f"{'':22}{printable(self.advice)}"] if self.advice else [first]
