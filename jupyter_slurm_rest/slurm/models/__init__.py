"""The models: Slurm's objects, independent of the API version.

The server's JSON is these structures' JSON. Times are seconds since the epoch (UTC),
durations are seconds or minutes as each field says, memory is MiB. ``None`` means that
Slurm did not report it.
"""

from __future__ import annotations

from jupyter_slurm_rest.slurm.models.job import ExitCode, Limit, Model, Tres

from .accounting import Account, Association, Qos, Share
from .cluster import Diag, Gres, License, Node, Partition, Ping, Reservation
from .job import ActionResult, Efficiency, Job, JobState, JobSummary, Reason, Step, Submitted

__all__ = [
    "Account",
    "ActionResult",
    "Association",
    "Diag",
    "Efficiency",
    "ExitCode",
    "Gres",
    "Job",
    "JobState",
    "JobSummary",
    "License",
    "Limit",
    "Model",
    "Node",
    "Partition",
    "Ping",
    "Qos",
    "Reason",
    "Reservation",
    "Share",
    "Step",
    "Submitted",
    "Tres",
]
