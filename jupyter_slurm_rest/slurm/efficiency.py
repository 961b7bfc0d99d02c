"""What a job used of what it had."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.models import Efficiency, Job


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
