"""All that is wrong with a script: reading it stops at the first fault."""

from __future__ import annotations

import re

from jupyter_slurm_rest.slurm.errors import ScriptError
from jupyter_slurm_rest.slurm.wire.version import ANY_SBATCH, SubmissionRules

from .precedence import merge
from .script import read

#: A script with more faults than this has other trouble than these.
_MOST = 20


def find_faults(text: str, rules: SubmissionRules = ANY_SBATCH) -> list[ScriptError]:
    """The faults of a script, in the order of its lines; at most one of each word.

    What was found is taken out of the text, where nothing else moves, and reading starts again.
    """
    faults: list[ScriptError] = []
    while len(faults) < _MOST:
        try:
            merge(read(text), rules=rules)
        except ScriptError as fault:
            faults.append(fault)
            rest = _without(text, fault)
            if rest == text:
                break
            text = rest
        else:
            break
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


def _without(text: str, fault: ScriptError) -> str:
    """``text`` without what ``fault`` is about, every other line where it was."""
    if "\r\n" in text:
        return text.replace("\r\n", "\n")
    if not text.startswith("#!"):
        first, newline, rest = text.partition("\n")
        # A directive in the first line counts for nothing: there has to be an interpreter.
        return f"#!{newline}{rest}" if first.startswith("#") else f"#!\n{text}" if text else text
    lines = text.split("\n")
    line = lines[fault.line - 1]
    start = fault.column - 1
    if start and (word := re.match(r"[^\s#]+", line[start:])) and not re.search(r"[\"'\\]", line):
        end = start + word.end()
        if (value := re.match(r"[ \t]+[^-#\s]\S*", line[end:])) and "=" not in word.group():
            end += value.end()
        lines[fault.line - 1] = line[:start] + " " * (end - start) + line[end:]
    else:
        lines[fault.line - 1] = "#"
    return "\n".join(lines)
