"""Completion of ``%slurm`` lines: commands, options, and names that are known already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .arguments import Command
from .commands import COMMANDS, NAMES, SLURM_COMMANDS
from .session import Session

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext

_LINE = re.compile(r"\s*(?:\w+\s*=\s*)?%{1,2}(slurm|sbatch|squeue|sinfo|scancel|sacct)\s(.*)")
#: sbatch options whose values are known.
_SBATCH_VALUES = {
    "-p": "partition",
    "--partition": "partition",
    "-A": "account",
    "--account": "account",
    "-q": "qos",
    "--qos": "qos",
    "-M": "cluster",
    "--cluster": "cluster",
    "--clusters": "cluster",
}
_OWN_SUBMIT_OPTIONS = ("--job", "--cluster", "--debug", "--help")


def complete(session: Session, context: CompletionContext) -> Any:
    """What may follow, as a matcher of IPython; empty where the line is not ours."""
    from IPython.core.completer import SimpleCompletion

    line = context.line_with_cursor[: context.cursor_position]
    found = _candidates(session, line)
    if found is None:
        return {"completions": [], "suppress": False}
    word = re.split(r"[\s=,]", line)[-1]
    texts = [text for text in found if text.startswith(word)]
    # IPython replaces its own token, which begins behind the last of its delimiters.
    start = len(word) - len(context.token) if word.endswith(context.token) else 0
    return {
        "completions": [SimpleCompletion(text=text[start:], type="magic") for text in texts],
        "matched_fragment": word[start:],
        "suppress": True,
        "ordered": True,
    }


def _candidates(session: Session, line: str) -> list[str] | None:
    """Words that may stand where ``line`` ends; ``None``: IPython's own completion."""
    matched = _LINE.fullmatch(line)
    if matched is None:
        return None
    magic, rest = matched[1], matched[2]
    *words, current = re.split(r"\s+", rest)
    if magic == "slurm":
        if not words:
            return list(NAMES)
        magic, *words = words
        if magic == "help":
            return [name for name in NAMES if name != "help"]
    option, equals, _ = current.partition("=")
    before = option if equals else (words[-1] if words else "")
    if magic in ("submit", "sbatch"):
        return _for_submit(session, before, current)
    command = {**COMMANDS, **SLURM_COMMANDS}.get(magic)
    return [] if command is None else _for_command(session, command, before, current)


def _for_command(session: Session, command: Command, before: str, current: str) -> list[str]:
    if before.startswith("-") and before not in command.flags():
        return _names(session, command.completes(before))
    if current.startswith("-"):
        names = [name for one in command.arguments for name in one.names]
        return sorted(name for name in [*names, "--debug", "--help"] if name.startswith("--"))
    positional = [one for one in command.arguments if not one.names[0].startswith("-")]
    found = [name for one in positional for name in _names(session, one.completes)]
    options = () if current else (name for one in command.arguments for name in one.names)
    return [*found, *sorted(name for name in options if name.startswith("--"))]


def _for_submit(session: Session, before: str, current: str) -> list[str] | None:
    # Imported here: only submitting needs the table of options.
    from jupyter_slurm_rest.slurm.sbatch import OPTIONS

    if before in _SBATCH_VALUES:
        return _names(session, _SBATCH_VALUES[before])
    if current.startswith("-") and "=" not in current:
        usable = [one for one in OPTIONS if one.unsupported is None or one.name == "clusters"]
        return sorted({*(f"--{one.name}" for one in usable), *_OWN_SUBMIT_OPTIONS})
    return None  # A file: IPython completes it.


def _names(session: Session, kind: str) -> list[str]:
    if kind == "state":
        from jupyter_slurm_rest.slurm.wire.states import BASE_STATES

        return sorted(BASE_STATES)
    return session.names.of(kind) if kind else []
