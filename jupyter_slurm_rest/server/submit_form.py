"""The submit form: a JSON Schema whose choices are what this person may use here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from jupyter_slurm_rest.slurm.errors import SlurmError
from jupyter_slurm_rest.slurm.models import Account, Limit, Node, Partition

from .answers import Form
from .cluster import Cluster

_TIME = (
    r"^([Uu][Nn][Ll][Ii][Mm][Ii][Tt][Ee][Dd]|[0-9]+(:[0-9]{1,2}){0,2}"
    r"|[0-9]+-[0-9]{1,2}(:[0-9]{1,2}){0,2})$"
)


async def submit_form(cluster: Cluster, *, directory: str) -> Form:
    """The form for ``cluster``; ``directory`` is where jobs work unless said otherwise.

    What cannot be read from Slurm (no accounting, say) becomes a field to write in.
    """
    partitions, nodes = await asyncio.gather(cluster.partitions(), cluster.nodes())
    try:
        account: Account | None = (await cluster.account()).value
    except SlurmError:
        account = None
    usable = [p for p in partitions.value if may_use(p, account)]
    properties = {
        "job_name": {"type": "string", "title": "Name", "maxLength": 200},
        "partition": _choice("Partition", [(p.name, _describe(p)) for p in usable]),
        "account": _choice("Account", _accounts(account)),
        "qos": _choice("QOS", _qos(account)),
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
        uiSchema=_layout(properties, usable, nodes.value, gpu_types),
        defaults=_defaults(usable, account, directory),
    )


def _choice(title: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    field: dict[str, Any] = {"type": "string", "title": title}
    if choices:
        field["oneOf"] = [{"const": value, "title": text} for value, text in choices]
    return field


def may_use(partition: Partition, account: Account | None) -> bool:
    """Whether one of the person's accounts is let in; groups are Slurm's to judge."""
    if account is None or not account.associations:
        return True
    mine = {association.account for association in account.associations}
    if partition.allow_accounts:
        return not mine.isdisjoint(partition.allow_accounts)
    return not mine <= set(partition.deny_accounts)


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
    return f"{partition.name} ({', '.join(facts)})" if facts else partition.name


def _duration(minutes: Limit) -> str:
    if not isinstance(minutes, int):
        return "any time"
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (left, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def _accounts(account: Account | None) -> list[tuple[str, str]]:
    names = _unique(a.account for a in account.associations) if account else []
    return [(name, name) for name in names]


def _qos(account: Account | None) -> list[tuple[str, str]]:
    if account is None:
        return []
    described = {qos.name: qos for qos in account.qos}
    names = _unique(name for a in account.associations for name in a.qos)
    choices = []
    for name in names:
        qos = described.get(name)
        limit = f" (up to {_duration(qos.max_wall)})" if qos and qos.max_wall is not None else ""
        choices.append((name, name + limit))
    return choices


def _gpu_types(nodes: list[Node]) -> list[str]:
    return _unique(g.type for node in nodes for g in node.gres if g.name == "gpu" and g.type)


def _layout(
    properties: dict[str, Any], partitions: list[Partition], nodes: list[Node], gpu_types: list[str]
) -> dict[str, Any]:
    times = [f"{p.name} {_duration(p.max_time)}" for p in partitions if p.max_time is not None]
    helps = {
        "time": "Minutes, hours:minutes:seconds or days-hours."
        + (f" At most: {', '.join(times)}." if times else ""),
        "nodes": "A number, or a range such as 2-4.",
        "cpus_per_task": _most("A node has up to {} CPUs.", (node.cpus for node in nodes)),
        "mem": "A number with K, M, G or T; M when there is none. "
        + _most("A node has up to {} MiB.", (node.memory for node in nodes)),
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
