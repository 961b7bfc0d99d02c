"""The submit form: a JSON Schema whose choices are what this user may use here."""

from __future__ import annotations

import asyncio
import os.path
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from jupyter_slurm_rest.slurm.models import Account, Limit, Node, Partition
from jupyter_slurm_rest.slurm.sbatch import OPTIONS

from .cluster import ConfiguredCluster
from .schemas import Form, OptionInfo

_TIME = (
    r"^([Uu][Nn][Ll][Ii][Mm][Ii][Tt][Ee][Dd]|[0-9]+(:[0-9]{1,2}){0,2}"
    r"|[0-9]+-[0-9]{1,2}(:[0-9]{1,2}){0,2})$"
)

#: What completes: neither other names of an option nor what a script cannot say.
_OPTIONS = [
    OptionInfo(name=option.name, argument=option.argument)
    for option in OPTIONS
    if not option.alias and not option.early and option.unsupported is None
]

#: How many unavailable partitions are listed.
_MOST_CLOSED = 8


def folder_of(path: str, folder: str | None = None, *, root: str, start: str) -> str:
    """The folder of the file that the contents API names ``path``, or else ``folder``.

    ``start`` where neither is given, or one that leaves ``root``: the contents API gives none
    such.
    """
    if path:
        found = PurePosixPath(os.path.normpath(f"{root}/{path}")).parent
    elif folder is not None:
        found = PurePosixPath(os.path.normpath(f"{root}/{folder}"))
    else:
        return start
    return str(found) if found.is_relative_to(root) else start


async def submit_form(
    cluster: ConfiguredCluster, *, directory: str, account: str = "", qos: str = ""
) -> Form:
    """The form for ``cluster``; ``directory`` is where jobs work unless said otherwise.

    With ``account`` and ``qos`` chosen, or the user's default ones, the partitions are
    those that sbatch accepts. What cannot be read from Slurm (no accounting, say) becomes a
    field to write in.
    """
    resources = cluster.resources
    partitions, nodes, access = await asyncio.gather(
        resources.partitions(), resources.nodes(), resources.access()
    )
    every = partitions.value
    refusals = {p.name: access.refusal(p, account, qos) for p in every}
    usable = [p for p in every if not refusals[p.name]]
    accounts = [(name, name) for name in access.accounts(every, qos)]
    properties = {
        "job_name": {"type": "string", "title": "Name", "maxLength": 200},
        "partition": _choice("Partition", [(p.name, _describe(p)) for p in usable]),
        "account": _choice("Account", accounts),
        "qos": _choice("QOS", _qos(access.qos(every, account), access.account)),
        "time": {"type": "string", "title": "Time limit", "pattern": _TIME},
        "nodes": {"type": "string", "title": "Nodes", "pattern": "^[0-9]+(-[0-9]+)?$"},
        "ntasks": {"type": "integer", "title": "Tasks", "minimum": 1},
        "cpus_per_task": {"type": "integer", "title": "CPUs per task", "minimum": 1},
        "mem": {"type": "string", "title": "Memory per node", "pattern": "^[0-9]+[KMGTkmgt]?$"},
        "gpus": {"type": "string", "title": "GPUs", "pattern": "^([^:,\\s]+:)?[0-9]+$"},
        "chdir": {"type": "string", "title": "Working directory", "pattern": "^/"},
        "array": {"type": "string", "title": "Array", "pattern": "^[0-9,:%-]+$"},
    }
    gpu_types = _gpu_types(nodes.value)
    if not any(node.gpus for node in nodes.value):
        del properties["gpus"]
    elif gpu_types:
        properties["gpus"]["examples"] = ["1", *(f"{kind}:1" for kind in gpu_types)]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Form(
        schema=schema,
        uiSchema=_layout(properties, usable, _not_offered(every, refusals), nodes.value, gpu_types),
        defaults=_defaults(usable, access.account, directory),
        options=_OPTIONS,
    )


def _choice(title: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    field: dict[str, Any] = {"type": "string", "title": title}
    if choices:
        field["oneOf"] = [{"const": value, "title": text} for value, text in choices]
    return field


def _describe(partition: Partition) -> str:
    facts = []
    if partition.state not in ("UP", "UNKNOWN"):
        facts.append(partition.state.lower())
    if partition.max_time is not None:
        facts.append(f"up to {_duration(partition.max_time)}")
    if partition.cpus_free is not None:
        facts.append(f"{partition.cpus_free} CPUs free")
    if partition.gpus_total:
        facts.append(f"{partition.gpus_free} of {partition.gpus_total} GPUs free")
    if partition.your_reservations:
        facts.append(f"some only in your reservation {', '.join(partition.your_reservations)}")
    return f"{partition.name} ({', '.join(facts)})" if facts else partition.name


def _duration(minutes: Limit) -> str:
    if not isinstance(minutes, int):
        return "any time"
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (left, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def _not_offered(partitions: list[Partition], refusals: dict[str, str]) -> str:
    """Why some partitions are not among the choices; silent about hidden ones."""
    closed = [
        f"{p.name} ({refusals[p.name]})"
        for p in partitions
        if refusals[p.name] and "HIDDEN" not in (p.flags or [])
    ]
    rest = f" and {len(closed) - _MOST_CLOSED} more" if len(closed) > _MOST_CLOSED else ""
    return f"Not offered: {', '.join(closed[:_MOST_CLOSED])}{rest}." if closed else ""


def _qos(names: list[str], account: Account | None) -> list[tuple[str, str]]:
    described = {qos.name: qos for qos in account.qos} if account else {}
    choices = []
    for name in names:
        qos = described.get(name)
        limit = f" (up to {_duration(qos.max_wall)})" if qos and qos.max_wall is not None else ""
        choices.append((name, name + limit))
    return choices


def _gpu_types(nodes: list[Node]) -> list[str]:
    return _unique(g.type for node in nodes for g in node.gres if g.name == "gpu" and g.type)


def _layout(
    properties: dict[str, Any],
    partitions: list[Partition],
    not_offered: str,
    nodes: list[Node],
    gpu_types: list[str],
) -> dict[str, Any]:
    times = [f"{p.name} {_duration(p.max_time)}" for p in partitions if p.max_time is not None]
    helps = {
        "partition": not_offered,
        "time": "Minutes, hours:minutes:seconds, or days-hours."
        + (f" At most: {', '.join(times)}." if times else ""),
        "nodes": "A number, or a range such as 2-4.",
        "cpus_per_task": _most(
            "A node has up to {} CPUs.", (node.cpus - node.cpus_specialized for node in nodes)
        ),
        "mem": "A number with K, M, G or T; the default is M. "
        + _most(
            "A node has up to {} MiB.", (node.memory - node.memory_specialized for node in nodes)
        ),
        "gpus": "A number, or type:number."
        + (f" Types here: {', '.join(gpu_types)}." if gpu_types else ""),
        "array": "Task numbers, such as 1-10 or 1-100%5 for five at a time.",
    }
    layout: dict[str, Any] = {"ui:order": list(properties)}
    for name, text in helps.items():
        if name in properties and text:
            layout[name] = {"ui:help": text.strip()}
    return layout


def _most(text: str, values: Iterable[int]) -> str:
    largest = max(values, default=0)
    return text.format(largest) if largest else ""


def _defaults(
    partitions: list[Partition], account: Account | None, directory: str
) -> dict[str, Any]:
    defaults: dict[str, Any] = {"chdir": directory}
    default = next((p.name for p in partitions if p.default), "")
    if default:
        defaults["partition"] = default
    if account and account.default_account:
        defaults["account"] = account.default_account
    return defaults


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
