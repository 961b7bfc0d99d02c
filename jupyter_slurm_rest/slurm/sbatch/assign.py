"""Setting options of a :class:`JobSpec`, one after the other, as sbatch does."""

from __future__ import annotations

import re
from typing import Any

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.submission_rules import ANY_SBATCH, SubmissionRules

from .jobspec import JobSpec, Origin
from .options import Option
from .repeated import both, written

#: Options that take the place of others as soon as they are set.
_REPLACES = {
    "exclusive": ("oversubscribe",),
    "oversubscribe": ("exclusive",),
    "requeue": ("no_requeue",),
    "no_requeue": ("requeue",),
    "nodelist": ("nodefile",),
    "nodefile": ("nodelist",),
    "core_spec": ("thread_spec",),
    "thread_spec": ("core_spec",),
    "gpu_bind": ("tres_bind",),
    "tres_bind": ("gpu_bind",),
}


def _switched_on(words: str) -> bool:
    """What an environment variable says about an option without a value."""
    return words.lower() in ("", "yes") or bool(re.fullmatch(r"\s*[+-]?0*[1-9][0-9]*", words))


def _unknown(option: Option, words: str | None, rules: SubmissionRules) -> str:
    """What this release's sbatch does not know, and why; empty: it knows all of it."""
    why = rules.unknown_options.get(option.name)
    if why:
        return f"--{option.name} here: {why}"
    for name, pattern, why in rules.unknown_values:
        if name == option.name and re.fullmatch(pattern, words or ""):
            return f"--{option.name}={words} here: {why}"
    return ""


def _read(option: Option, words: str) -> Any:
    if "\0" in words:
        raise ValueError("a value cannot hold a NUL character")
    return option.read(words)


def assign(
    spec: JobSpec,
    option: Option,
    words: str | None,
    origin: Origin,
    rules: SubmissionRules = ANY_SBATCH,
) -> None:
    """Set ``option`` to what ``words`` mean; ``None`` is an option without a value.

    Raises :exc:`InvalidRequest` that names the option.
    """
    if option.early:
        return
    field = option.field
    unknown = _unknown(option, words, rules)
    if unknown:
        if origin == "environment" and option.name in rules.unknown_options:
            # This sbatch looks at no such variable.
            return
        raise InvalidRequest(field, f"sbatch does not know {unknown}.")
    value: Any = True
    flag = option.argument == "none"
    if field == "get_user_env" and not rules.get_user_env_takes_value:
        if words and origin != "environment":
            raise InvalidRequest(field, "--get-user-env takes no value from Slurm 25.05 on.")
        flag = True
    if not flag:
        try:
            value = _read(option, words or "")
        except ValueError as problem:
            raise InvalidRequest(field, f"--{option.name}: {problem}.") from None
    elif origin == "environment" and not _switched_on(words or ""):
        spec.unset(field)
        return
    for other in _REPLACES.get(field, ()):
        # Its origin stays: sbatch still counts it among options that exclude each other.
        setattr(spec, other, None)
        spec.words.pop(other, None)
    if option.name == "extra-node-info":
        spec.sockets_per_node = value.sockets
        spec.cores_per_socket = value.cores
        spec.threads_per_core = value.threads
    before = getattr(spec, field)
    if before is not None:
        value = both(field, before, value, rules)
    setattr(spec, field, value)
    spec.words[field] = words or "" if before is None else written(field, value, words or "")
    spec.origins[field] = origin
