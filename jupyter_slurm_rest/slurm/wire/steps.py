"""Steps of a job, as slurmdbd accounts for them, and how well it used its resources."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import Efficiency, Job, Step

from .envelope import Exit, Number, Text, Words, number, text, timestamp
from .states import ended, job_state
from .tres import TresList, entry_name, read_tres

_MIB = 2**20


class _Spent(msgspec.Struct):
    seconds: Number = None
    microseconds: Number = None


class _StepTimes(msgspec.Struct):
    start: Number = None
    end: Number = None
    elapsed: Number = None
    total: _Spent | None = None


class _StepNodes(msgspec.Struct):
    range: Text = None
    count: Number = None


class _Count(msgspec.Struct):
    count: Number = None


class _StepNumber(msgspec.Struct):
    job_id: Number = None
    step_id: Text | Number = None


class _StepName(msgspec.Struct):
    #: ``35.batch`` from v0.0.40; to v0.0.38 a number or ``batch``.
    id: str | int | _StepNumber | None = None
    name: Text = None


class _Used(msgspec.Struct):
    """What Slurm calls requested is what was used."""

    max: TresList = None
    total: TresList = None


class _StepTres(msgspec.Struct):
    requested: _Used | None = None
    allocated: TresList = None


class StepRow(msgspec.Struct):
    step: _StepName | None = None
    state: Words = None
    time: _StepTimes | None = None
    exit_code: Exit = None
    nodes: _StepNodes | None = None
    tasks: _Count | None = None
    tres: _StepTres | None = None

    def used(self, kind: str, resource: str) -> int | None:
        """``max`` or ``total`` use of a resource; ``None`` where it was not sampled."""
        use = (self.tres or _StepTres()).requested or _Used()
        for entry in (use.max if kind == "max" else use.total) or []:
            if entry_name(entry) == resource:
                return number(entry.count)
        return None

    def memory_total(self) -> int | None:
        """Peak memory summed over the tasks, MiB."""
        found = self.used("total", "mem")
        return None if found is None else round(found / _MIB)

    def gpu_use(self) -> int | None:
        """Percent, summed over the GPUs."""
        return self.used("total", "gres/gpuutil")


def step(row: StepRow, job: str) -> Step:
    """``row`` as a :class:`Step` of the job with the id ``job``."""
    name, times = row.step or _StepName(), row.time or _StepTimes()
    nodes = row.nodes or _StepNodes()
    state, _ = job_state(row.state)
    start, end = timestamp(times.start), timestamp(times.end)
    allocated = read_tres((row.tres or _StepTres()).allocated)
    memory = row.used("max", "mem")
    return Step(
        id=f"{job}.{_suffix(name)}",
        name=text(name.name),
        state=state,
        start_time=start,
        end_time=end,
        elapsed=number(times.elapsed),
        exit_code=ended(row.exit_code, state),
        nodes=text(nodes.range),
        node_count=number(nodes.count),
        tasks=number((row.tasks or _Count()).count),
        cpus=allocated.cpus if allocated else None,
        cpu_time=_seconds(times.total),
        max_rss=None if memory is None else round(memory / _MIB),
        tres=allocated,
    )


def _suffix(name: _StepName) -> str:
    found = name.id.step_id if isinstance(name.id, _StepNumber) else name.id
    return str(found if found is not None else "").rpartition(".")[2]


def _seconds(spent: _Spent | None) -> float | None:
    if spent is None or spent.seconds is None:
        return None
    return (number(spent.seconds) or 0) + (number(spent.microseconds) or 0) / 1e6


def efficiency(
    job: Job, *, memory_used: int | None = None, gpu_percent: float | None = None
) -> Efficiency | None:
    """How well ``job`` used its CPUs, memory, GPUs and time; ``None`` before it runs.

    ``memory_used``: the largest peak of any step, MiB over all its tasks.
    ``gpu_percent``: use summed over its GPUs, where Slurm accounts for it. Slurm writes
    a step's use when the step ends: of a running job only the time is known.
    """
    if not job.elapsed or job.allocated is None:
        return None
    share_of_time = None
    if isinstance(job.time_limit, int) and job.time_limit:
        share_of_time = job.elapsed / (60 * job.time_limit)
    if job.state in ("RUNNING", "SUSPENDED", "PENDING"):
        return Efficiency(time=share_of_time)
    had = job.allocated
    spent = [step.cpu_time for step in job.steps if step.cpu_time is not None]
    cpu_used = sum(spent) if spent else None
    cpu_had = float(had.cpus * job.elapsed) if had.cpus else None
    return Efficiency(
        cpu=_share(cpu_used, cpu_had),
        memory=_share(memory_used, had.memory),
        gpu=_share(gpu_percent, 100.0 * had.gpus),
        time=share_of_time,
        cpu_used=cpu_used,
        cpu_allocated=cpu_had,
        memory_used=memory_used,
        memory_allocated=had.memory,
    )


def _share(used: float | None, had: float | None) -> float | None:
    return None if used is None or not had else used / had
