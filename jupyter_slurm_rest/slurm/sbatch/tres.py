"""GPUs, generic resources and CPUs per task in the forms that slurmctld takes."""

from __future__ import annotations

import re

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.wire.version import SubmissionRules

from .jobspec import JobDescription

_NOT_PER_TASK = ("mem", "energy", "node", "billing", "fs", "vmem", "pages", "bb")


def prefixed(words: str, prefix: str) -> str:
    """``a100:2,h100:1`` -> ``gres/gpu:a100:2,gres/gpu:h100:1``"""
    return ",".join(f"{prefix}:{item}" for item in words.split(",") if item)


def gres(words: str, separator: str) -> str:
    """``--gres``: each item under ``gres/`` (``gres:`` up to 23.02)."""
    prefix = f"gres{separator}"
    return ",".join(
        item if item.startswith(prefix) else prefix + item.removeprefix("gres/")
        for item in words.split(",")
    )


def count_gpus(tres: str) -> int:
    """GPUs of every type in ``gres/gpu:a100:2,gres/gpu:1``."""
    items = re.findall(
        r"(?:^|,)gres[/:]gpu(?:[:=](?:[^:=,]*[^:=,0-9][^:=,]*))?(?:[:=]([0-9]+))?", tres
    )
    return sum(int(number or 1) for number in items)


def _gpus_per_task(words: str) -> list[tuple[str, int]]:
    """``a100:2`` -> ``[("gres/gpu:a100", 2)]``; a type alone is one of them."""
    found: list[tuple[str, int]] = []
    for item in filter(None, words.split(",")):
        match = re.fullmatch(r"(?:([^:=]+)[:=])?([0-9]+)", item)
        if not match:
            raise InvalidRequest(
                "gpus_per_task",
                f'--gpus-per-task: "{item}" is not a number of GPUs; write "2" or "a100:2".',
            )
        found.append(("gres/gpu" + (f":{match[1]}" if match[1] else ""), int(match[2])))
    return found


def _check_names(words: str) -> None:
    for item in words.lower().split(","):
        for name in _NOT_PER_TASK:
            if item.startswith(name):
                raise InvalidRequest(
                    "tres_per_task", f"--tres-per-task cannot request {name}; use its own option."
                )


def _per_task(request: JobDescription, rules: SubmissionRules) -> list[str]:
    """--tres-per-task with --cpus-per-task and --gpus-per-task written into it."""
    spec = request.spec
    words = spec.tres_per_task or ""
    _check_names(words)
    items = [re.sub(r"^(gres|license):", r"\1/", item) for item in words.split(",") if item]
    separator = rules.per_task_separator
    gpus = _gpus_per_task(spec.gpus_per_task or "")
    if len(gpus) > 1 and not rules.gpu_types_per_task:
        request.warnings.append(
            "This Slurm reads only the first type of --gpus-per-task; "
            "--tres-per-task=gres/gpu:<type>=<number>,... takes several."
        )
        gpus = gpus[:1]
    for name, number in gpus:
        if any(item.lower().startswith(name) for item in items):
            raise InvalidRequest(
                "gpus_per_task", "--gpus-per-task and --tres-per-task both request GPUs."
            )
        items.insert(0, f"{name}{separator}{number}")
    # With colons, sbatch does not look for "cpu=".
    named = "cpu[:=]" if separator == "=" else "cpu:"
    named = f"(?i){named}" if rules.cpus_in_any_case else named
    cpus = next((item for item in items if re.match(named, item)), None)
    if cpus is None:
        if spec.cpus_per_task:
            _put_cpus(items, f"cpu{separator}{spec.cpus_per_task}")
    elif spec.given("cpus_per_task") and spec.given("tres_per_task"):
        raise InvalidRequest(
            "cpus_per_task", "--cpus-per-task and --tres-per-task both request CPUs."
        )
    else:
        amount = cpus[4:]
        if not amount.isdecimal() or not int(amount):
            raise InvalidRequest("tres_per_task", f'--tres-per-task: "{cpus}" is not a number.')
        request.cpus_per_task = int(amount)
    return items


def _put_cpus(items: list[str], cpus: str) -> None:
    """Where ``cpu=1`` was not looked for, it still gives its place to ``cpu:2``."""
    for place, item in enumerate(items):
        if item.lower().startswith("cpu="):
            items[place] = item if item[4:] == cpus[4:] else cpus
            return
    items.insert(0, cpus)


def _binding(items: list[str], binding: str) -> str:
    """What sbatch adds to --tres-bind: resources per task are bound to their task."""
    gpus = 0
    parts = [binding] if binding else []
    for item in items:
        match = re.fullmatch(r"gres/([^:=]+)(?::[^:=0-9][^:=]*)?(?:[:=]([0-9]+))?", item)
        if not match:
            continue
        name, number = match[1], int(match[2] or 1)
        if not number or name in binding:
            continue
        if name == "gpu":
            gpus += number
        else:
            parts.append(f"gres/{name}:per_task:{number}")
    if gpus:
        parts.append(f"gres/gpu:per_task:{gpus}")
    return "+".join(parts)


def resolve_tres(request: JobDescription, rules: SubmissionRules) -> None:
    """Fill in ``tres_*`` of the request as the release's sbatch writes them."""
    spec = request.spec
    gpu = f"gres{rules.gres_separator}gpu"
    request.tres_per_job = prefixed(spec.gpus or "", gpu)
    request.tres_per_socket = prefixed(spec.gpus_per_socket or "", gpu)
    per_node = [prefixed(spec.gpus_per_node or "", gpu)]
    if spec.gres and spec.gres.lower() != "none":
        per_node.append(gres(spec.gres, rules.gres_separator))
    request.tres_per_node = ",".join(filter(None, per_node))
    request.tres_bind = spec.tres_bind or ""
    if spec.gpu_bind:
        request.tres_bind = f"{'gres/gpu' if rules.all_per_task else 'gpu'}:{spec.gpu_bind}"
    if not rules.all_per_task:
        parts = (spec.tres_per_task or "", prefixed(spec.gpus_per_task or "", gpu))
        request.tres_per_task = ",".join(filter(None, parts))
        if found := re.search(r"(?i)cpu:\s*\+?([0-9]+)", spec.tres_per_task or ""):
            request.cpus_per_task = int(found[1])
        return
    items = _per_task(request, rules)
    request.tres_per_task = ",".join(items)
    request.tres_bind = _binding(items, request.tres_bind)
