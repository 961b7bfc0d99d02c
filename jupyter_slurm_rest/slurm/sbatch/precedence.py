"""Options of script, environment and call in sbatch's order, and which exclude each other.

Follows the ``arg_set_*`` functions of Slurm's src/common/slurm_opt.c. A rule gets the
earlier and the later value and gives what both mean; ``written`` spells it out where
the words of the later option alone would say something else.

Follows ``validate_options_salloc_sbatch_srun()`` of Slurm's src/common/slurm_opt.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest, ScriptError
from jupyter_slurm_rest.slurm.wire.version import ANY_SBATCH, SubmissionRules

from .jobspec import JobSpec, Origin
from .option import Option
from .options import BY_FIELD, OPTIONS
from .placement import MemoryBinding, Switches
from .script import Component, ParsedScript
from .suggestions import replacement_for
from .values import EndWarning


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


def _unknown_option(option: Option, rules: SubmissionRules) -> str:
    """Why this release's sbatch does not know ``option``; empty: it knows it."""
    if option.dropped:
        release, instead = option.dropped
        if rules.releases.must_lack(release):
            return f"Slurm {release} removed it; use {instead}"
    return (
        ""
        if rules.releases.may_have(option.since)
        else f"it requires Slurm {option.since} or newer"
    )


def _unknown_value(option: Option, words: str, rules: SubmissionRules) -> str:
    """Why this release's sbatch does not know the value ``words``; empty: it knows it."""
    for release, pattern in option.later_values.items():
        if not rules.releases.may_have(release) and re.fullmatch(pattern, words):
            return f"it requires Slurm {release} or newer"
    return ""


def _read(option: Option, words: str) -> Any:
    if "\0" in words:
        raise ValueError("a value cannot contain a NUL character")
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
    if why := _unknown_option(option, rules):
        if origin == "environment":
            # This sbatch looks at no such variable.
            return
        raise InvalidRequest(field, f"sbatch does not support --{option.name} here: {why}.")
    if why := _unknown_value(option, words or "", rules):
        raise InvalidRequest(field, f"sbatch does not support --{option.name}={words} here: {why}.")
    value: Any = True
    flag = option.argument == "none"
    if field == "get_user_env" and not rules.get_user_env_takes_value:
        if words and origin != "environment":
            raise InvalidRequest(
                field, "--get-user-env does not take a value in Slurm 25.05 and newer."
            )
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


#: What a call may give for an option: its words, a number, or whether it is set.
Value: TypeAlias = "str | int | bool | None"

_PASSED_ON = [option.field for option in OPTIONS if option.inherited and not option.alias]


def _option(name: str) -> Option:
    option = BY_FIELD.get(name)
    if option is None or option.early:
        raise InvalidRequest(name[:60], f'sbatch has no option "{name[:60]}".')
    return option


def _from_call(spec: JobSpec, name: str, value: Value, rules: SubmissionRules) -> None:
    option = _option(name)
    if value is None or value == "":
        return
    if value is False:
        spec.unset(option.field)
    elif option.argument == "none":
        if value is not True:
            raise InvalidRequest(name, f"--{option.name} does not take a value; use true or false.")
        assign(spec, option, None, "call", rules)
    elif value is True:
        if option.argument == "required":
            raise InvalidRequest(name, f"--{option.name} needs a value.")
        assign(spec, option, None, "call", rules)
    else:
        assign(spec, option, str(value), "call", rules)


def _from_script(spec: JobSpec, component: Component, rules: SubmissionRules = ANY_SBATCH) -> None:
    for setting in component.settings:
        try:
            assign(spec, setting.option, setting.value, "script", rules)
        except InvalidRequest as problem:
            raise ScriptError(
                setting.line,
                setting.column,
                problem.message,
                field=problem.field,
                advice=problem.advice,
                replacement=replacement_for(setting),
            ) from None


def _next_component(previous: JobSpec) -> JobSpec:
    """What a further component starts with: some options hold for the whole job."""
    spec = JobSpec()
    for name in _PASSED_ON:
        if name in previous.origins:
            setattr(spec, name, getattr(previous, name))
            spec.origins[name] = previous.origins[name]
            if name in previous.words:
                spec.words[name] = previous.words[name]
    return spec


def merge(
    script: ParsedScript,
    call: Mapping[str, Value] | None = None,
    environment: Mapping[str, str] | None = None,
    rules: SubmissionRules = ANY_SBATCH,
) -> list[JobSpec]:
    """One :class:`JobSpec` for each component of the script.

    ``call`` (option names with underscores) wins over the ``SBATCH_*`` variables of
    ``environment``, and these over the script. An option of the call that is ``None``
    or empty is not given; ``False`` takes a flag back. ``rules`` are those of the Slurm that
    the job is for. Raises :exc:`ScriptError` for
    a line of the script, else :exc:`InvalidRequest`.
    """
    specs: list[JobSpec] = []
    for component in script.components:
        spec = _next_component(specs[-1]) if specs else JobSpec()
        _from_script(spec, component, rules)
        for option in OPTIONS:
            for variable in option.environment:
                if environment and variable in environment:
                    assign(spec, option, environment[variable], "environment", rules)
        for name, value in (call or {}).items():
            _from_call(spec, name, value, rules)
        specs.append(spec)
    return specs


def options_of(script: ParsedScript) -> dict[str, str | bool]:
    """What the script sets, in the words a user writes; flags are ``True``.

    Of a heterogeneous job these are the options of its first component.
    """
    spec = JobSpec()
    _from_script(spec, script.components[0])
    return {
        name: words if BY_FIELD[name].argument == "required" else words or True
        for name, words in spec.words.items()
    }


_MEMORY = ("mem", "mem_per_cpu", "mem_per_gpu")
#: Options that --hint sets.
_SHAPE = ("ntasks_per_core", "threads_per_core", "extra_node_info")
_FULL_SHAPE = (*_SHAPE, "cores_per_socket", "sockets_per_node")


def _exclude_each_other(*fields: str) -> InvalidRequest:
    names = ["--" + field.replace("_", "-") for field in fields]
    written = f"{', '.join(names[:-1])} and {names[-1]}"
    return InvalidRequest(fields[0], f"{written} are mutually exclusive. Use only one of them.")


def _memory(spec: JobSpec) -> None:
    given = spec.given(*_MEMORY)
    if len(given) > 1:
        raise _exclude_each_other(*given)
    if given:
        spec.unset(*(field for field in _MEMORY if field not in given))
        return
    inherited = [field for field in _MEMORY if field in spec.origins]
    if len(inherited) > 1:
        raise _exclude_each_other(*inherited)


def _hint(spec: JobSpec, rules: SubmissionRules) -> None:
    """--hint from the environment gives way; from both places it is ignored, as in sbatch."""
    if spec.hint is None:
        return
    shape = _FULL_SHAPE if rules.hint_gives_way_to_shape else _SHAPE
    if spec.given("hint") and not spec.given(*shape):
        spec.unset(*_FULL_SHAPE)
    elif spec.given(*shape) or any(field in spec.origins for field in shape):
        spec.unset("hint")


def _gpus_per_task_or_tasks_per_gpu(spec: JobSpec) -> None:
    pairs = [field for field in ("ntasks_per_gpu", "ntasks_per_tres") if field in spec.origins]
    if not pairs:
        return
    if len(pairs) == 2 and spec.ntasks_per_gpu != spec.ntasks_per_tres:
        raise InvalidRequest(
            "ntasks_per_gpu", "--ntasks-per-gpu and --ntasks-per-tres have different values."
        )
    for other in ("tres_per_task", "gpus_per_task", "gpus_per_socket", "ntasks_per_node"):
        if other in spec.origins and (other != "tres_per_task" or spec.given(other)):
            raise _exclude_each_other(other, pairs[0])


def _cpus(spec: JobSpec) -> None:
    rivals = ["cpus_per_task"]
    if spec.tres_per_task and "cpu" in spec.tres_per_task.lower():
        rivals.append("tres_per_task")
    if spec.given(*rivals) and spec.given("cpus_per_gpu"):
        raise _exclude_each_other(spec.given(*rivals)[0], "cpus_per_gpu")
    if spec.given(*rivals):
        spec.unset("cpus_per_gpu")
    elif spec.given("cpus_per_gpu"):
        spec.unset("cpus_per_task")


def _segments(spec: JobSpec, rules: SubmissionRules) -> None:
    if not (rules.segments_are_full and spec.segment and spec.nodes):
        return
    nodes = spec.nodes.most if spec.nodes.sizes else spec.nodes.least
    if nodes > spec.segment and nodes % spec.segment:
        raise InvalidRequest(
            "segment", f"--segment={spec.segment} does not divide the {nodes} nodes of --nodes."
        )


def _asks_gpus(gres: str) -> bool:
    """As sbatch looks for it: any name of a resource that begins with ``gpu``."""
    return any(item.removeprefix("gres/").startswith("gpu") for item in gres.split(","))


def apply_exclusions(spec: JobSpec, rules: SubmissionRules) -> None:
    """Drop options that give way. Raises :exc:`InvalidRequest` for those that exclude."""
    if (
        rules.one_way_to_gpus_per_node
        and "gpus_per_node" in spec.origins
        and _asks_gpus(spec.gres or "")
    ):
        raise _exclude_each_other("gpus_per_node", "gres")
    _gpus_per_task_or_tasks_per_gpu(spec)
    if len(spec.given("core_spec", "thread_spec")) > 1:
        raise _exclude_each_other("core_spec", "thread_spec")
    _memory(spec)
    if rules.sharing_is_exclusive and len(spec.given("exclusive", "oversubscribe")) > 1:
        raise _exclude_each_other("exclusive", "oversubscribe")
    _cpus(spec)
    _hint(spec, rules)
    _segments(spec, rules)
    if spec.begin and spec.deadline and spec.deadline < spec.begin:
        raise InvalidRequest("deadline", "--deadline is earlier than --begin.")
    if spec.bb and spec.bbf:
        raise _exclude_each_other("bb", "bbf")
    if (
        spec.ntasks_per_core
        and spec.threads_per_core
        and spec.threads_per_core < spec.ntasks_per_core
    ):
        raise InvalidRequest(
            "ntasks_per_core", "--ntasks-per-core cannot be larger than --threads-per-core."
        )
