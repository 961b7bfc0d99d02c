"""Options from script, environment and call, in sbatch's order of precedence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.submission_rules import ANY_SBATCH, SubmissionRules

from .assign import assign
from .errors import ScriptError
from .jobspec import JobSpec
from .options import BY_FIELD, OPTIONS, Option
from .script import Component, ParsedScript

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
            raise InvalidRequest(name, f"--{option.name} takes no value; say true or false.")
        assign(spec, option, None, "call", rules)
    elif value is True:
        if option.argument == "required":
            raise InvalidRequest(name, f"--{option.name} needs a value.")
        assign(spec, option, None, "call", rules)
    else:
        assign(spec, option, str(value), "call", rules)


def _from_script(spec: JobSpec, component: Component, rules: SubmissionRules = ANY_SBATCH) -> None:
    for setting in component.settings():
        try:
            assign(spec, setting.option, setting.words, "script", rules)
        except InvalidRequest as problem:
            raise ScriptError(
                setting.line,
                setting.column,
                problem.message,
                field=problem.field,
                advice=problem.advice,
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
    """What the script sets, in the words a person writes; flags are ``True``.

    Of a heterogeneous job these are the options of its first component.
    """
    spec = JobSpec()
    _from_script(spec, script.components[0])
    return {
        name: words if BY_FIELD[name].argument == "required" else words or True
        for name, words in spec.words.items()
    }
