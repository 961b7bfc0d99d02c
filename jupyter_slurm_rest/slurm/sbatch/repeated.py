"""What becomes of an option that is given again: most replace, some add to, what was said.

Follows the ``arg_set_*`` functions of Slurm's src/common/slurm_opt.c. A rule gets the
earlier and the later value and gives what both mean; ``written`` spells it out where
the words of the later option alone would say something else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.submission_rules import SubmissionRules

from .choices import EndWarning
from .placement import MemoryBinding, Switches


def _signal(before: EndWarning, after: EndWarning) -> EndWarning:
    # Signal and time are replaced; to whom it goes is not.
    return msgspec.structs.replace(
        after,
        batch=before.batch or after.batch,
        reservation=before.reservation or after.reservation,
    )


def _switches(before: Switches, after: Switches) -> Switches:
    return after if after.wait is not None else Switches(after.count, before.wait)


def _memory_binding(before: MemoryBinding, after: MemoryBinding) -> MemoryBinding:
    return MemoryBinding(
        kind=after.kind or before.kind,
        # The list belongs to the option that was given last.
        values=after.values,
        verbose=before.verbose if after.verbose is None else after.verbose,
        prefer=before.prefer or after.prefer,
    )


def _gres_flags(before: list[str], after: list[str]) -> list[str]:
    kept = [flag for flag in before if flag == "multiple-tasks-per-sharing" and flag not in after]
    return [*kept, *after]


def _requeue(before: bool | str, after: bool | str) -> bool | str:
    return before if after is True else after


def _kill_on_invalid_dep(before: bool | str, after: bool | str) -> bool | str:
    return after if before == after else "both"


_RULES: dict[str, Callable[[Any, Any], Any]] = {
    "gres_flags": _gres_flags,
    "kill_on_invalid_dep": _kill_on_invalid_dep,
    "mem_bind": _memory_binding,
    "requeue": _requeue,
    "signal": _signal,
    "switches": _switches,
}


def both(field: str, before: Any, after: Any, rules: SubmissionRules) -> Any:
    """What the option ``field`` means that was given as ``before`` and then as ``after``."""
    if field == "mail_type" and rules.mail_types_add_up:
        return [*before, *(event for event in after if event not in before)]
    rule = _RULES.get(field)
    return after if rule is None else rule(before, after)


def written(field: str, value: Any, words: str) -> str:
    """``value`` in sbatch's words; ``words`` are those of the last option."""
    if field == "mail_type":
        return ",".join(value) or words
    if isinstance(value, (EndWarning, MemoryBinding)):
        return str(value)
    if isinstance(value, Switches):
        return words if value.wait is None or "@" in words else f"{words}@0:{value.wait}"
    if field == "gres_flags":
        return ",".join(value)
    return str(value) if field == "requeue" and value is not True else words
