"""Why a job waits or ended as it did: every reason code of Slurm, in plain words."""

from __future__ import annotations

import re
from typing import NamedTuple

from jupyter_slurm_rest.slurm.models import Reason

from .errors import shorten


class _Words(NamedTuple):
    text: str
    advice: str = ""


_NOTHING = "No action is needed; the job starts when its turn comes."
_ADMIN = "Ask the cluster's administrators."
_LIMIT_OVER = "Request less, choose another QOS or account, or ask for a higher limit."

_REASONS = {
    "Priority": _Words("Jobs with a higher priority are ahead in the queue.", _NOTHING),
    "Resources": _Words("The job is next, and waits for resources to become available.", _NOTHING),
    "Dependency": _Words("The job waits for another job.", "See its dependency to find out which."),
    "DependencyNeverSatisfied": _Words(
        "The job's dependency can never be satisfied.",
        "Cancel the job, or change its dependency.",
    ),
    "JobHeldUser": _Words("The job is held by its owner.", "Release the job."),
    "JobHeldAdmin": _Words(
        "The job is held by an administrator.", "Only an administrator can release it."
    ),
    "BeginTime": _Words(
        "The job's begin time has not been reached.",
        "No action is needed. After a requeue, Slurm also delays the start by a few minutes.",
    ),
    "Licenses": _Words("The requested licenses are in use or reserved.", _NOTHING),
    "Reservation": _Words(
        "The job's reservation has not started or is in use.",
        "Wait, or remove the reservation, which may start the job earlier.",
    ),
    "ReservationDeleted": _Words(
        "The job's reservation was deleted.", "Change or remove the reservation, then release it."
    ),
    "ReservationInvalid": _Words(
        "The job cannot use its reservation.", "Change or remove the reservation."
    ),
    "ReqNodeNotAvail": _Words(
        "Required nodes are down, drained, or reserved (for maintenance, for example).",
        "Wait, or reduce the time limit so that the job can end before the maintenance.",
    ),
    "PartitionNodeLimit": _Words(
        "The number of nodes is outside the partition's limits.",
        "Change the number of nodes or the partition.",
    ),
    "PartitionTimeLimit": _Words(
        "The time limit exceeds the partition's limit.",
        "Reduce the time limit or change the partition.",
    ),
    "PartitionDown": _Words("The partition is down.", "Choose another partition, or wait."),
    "PartitionInactive": _Words(
        "The partition is inactive and does not start jobs.", "Choose another partition, or wait."
    ),
    "PartitionConfig": _Words(
        "The job requests something that the partition does not allow.",
        "Change the partition or the request.",
    ),
    "QOSNotAllowed": _Words(
        "The QOS is not allowed in this partition or account.", "Change the QOS or partition."
    ),
    "AccountNotAllowed": _Words(
        "The account is not allowed in this partition.", "Change the account or partition."
    ),
    "InvalidAccount": _Words("The account is not valid.", "Choose one of your accounts."),
    "InvalidQOS": _Words("The QOS is not valid.", "Choose one of your account's QOS."),
    "AccountingPolicy": _Words("A limit of the account or QOS has been reached.", _LIMIT_OVER),
    "QOSUsageThreshold": _Words(
        "The account's usage exceeds the QOS's threshold.", "Choose another QOS, or wait."
    ),
    "JobArrayTaskLimit": _Words(
        "The maximum number of the array's tasks is running.",
        "The next task starts when one ends. To run more at once, increase the number after %.",
    ),
    "JobHoldMaxRequeue": _Words(
        "The job reached the maximum number of requeues and is held.",
        "Find out why the job fails, then release it.",
    ),
    "MaxMemPerLimit": _Words(
        "The requested memory exceeds the partition's limit per node or CPU.",
        "Request less memory, or more CPUs or nodes.",
    ),
    "BadConstraints": _Words(
        "No node can satisfy the job's constraints and resources.",
        "Change the constraints or resources.",
    ),
    "Constraints": _Words(
        "No node can currently satisfy the job's constraints and resources.",
        "Change the constraints or resources.",
    ),
    "Cleaning": _Words("The job was requeued and is still being cleaned up.", _NOTHING),
    "Prolog": _Words("The node's prolog is running.", _NOTHING),
    "SchedDefer": _Words("Slurm deferred the scheduling of the job.", _NOTHING),
    "BurstBufferResources": _Words("The burst buffer has no free space.", _NOTHING),
    "BurstBufferStageIn": _Words("The job's data is being copied to the burst buffer.", _NOTHING),
    "BurstBufferOperation": _Words(
        "A burst buffer operation failed.",
        "Check the script's burst buffer directives, or ask the cluster's administrators.",
    ),
    "FedJobLock": _Words("Another cluster of the federation is trying to start the job.", _NOTHING),
    "FrontEndDown": _Words("No front end node is available.", _ADMIN),
    "MaxPoweredUpNodes": _Words("The maximum number of nodes is powered up.", _NOTHING),
    "MpiPortsBusy": _Words("Not enough MPI ports are available.", _NOTHING),
    "NvidiaImexChannels": _Words("No NVIDIA IMEX channel is available.", _NOTHING),
    "DeadLine": _Words(
        "The job could not finish before its deadline.",
        "Submit the job again with a later deadline.",
    ),
    "NodeDown": _Words("One of the job's nodes failed.", "Submit the job again, or requeue it."),
    "SystemFailure": _Words(
        "Slurm or a node failed.",
        "Submit the job again. If the failure recurs, ask the cluster's administrators.",
    ),
    "JobLaunchFailure": _Words(
        "The job could not be launched on its node.",
        "Check that the working directory and files exist on the nodes. If they do, ask the"
        " cluster's administrators.",
    ),
    "NonZeroExitCode": _Words(
        "The script ended with a nonzero exit code.", "Check the end of the output."
    ),
    "RaisedSignal": _Words("A signal ended the job.", "Check the end of the output."),
    "TimeLimit": _Words(
        "The job reached its time limit.", "Submit the job with a longer limit, or use checkpoints."
    ),
    "InactiveLimit": _Words("The job was inactive for longer than allowed."),
    "OutOfMemory": _Words(
        "The job used more memory than requested.", "Submit the job with more memory."
    ),
    "AssociationJobLimit": _Words("The account's limit of jobs has been reached.", _LIMIT_OVER),
    "AssociationResourceLimit": _Words(
        "The account's limit of resources has been reached.", _LIMIT_OVER
    ),
    "AssociationTimeLimit": _Words("The account's time limit has been reached.", _LIMIT_OVER),
    "QOSJobLimit": _Words("The QOS's limit of jobs has been reached.", _LIMIT_OVER),
    "QOSResourceLimit": _Words("The QOS's limit of resources has been reached.", _LIMIT_OVER),
    "QOSTimeLimit": _Words("The QOS's time limit has been reached.", _LIMIT_OVER),
    "InvalidReason": _Words("Slurm reports an unknown reason.", _ADMIN),
    "InvaildReason": _Words("Slurm reports an unknown reason.", _ADMIN),
}

_RESOURCES = {
    "BB": "burst buffer",
    "Billing": "billing units",
    "CPU": "CPUs",
    "Cpu": "CPUs",
    "Energy": "energy",
    "GRES": "generic resources, such as GPUs",
    "Jobs": "running jobs",
    "License": "licenses",
    "Mem": "memory",
    "Memory": "memory",
    "Node": "nodes",
    "SubmitJob": "submitted jobs",
    "SubmitJobs": "submitted jobs",
    "Unknown": "resources",
    "Wall": "run time",
    "WallDuration": "run time",
}

#: Limits are named by their parts: whose, how counted, of what, over what.
_LIMIT = re.compile(
    r"(?P<owner>Assoc|QOS)?(?P<kind>Grp|Max|Min)"
    rf"(?P<what>{'|'.join(sorted(_RESOURCES, key=len, reverse=True))})"
    r"(?P<time>RunMin(?:ute)?s|Minutes)?(?P<per>Per(?:Job|Node|User|Account))?"
    r"(?:Limit|NotSatisfied)?"
)
_PER = {
    "PerJob": "one job",
    "PerNode": "one node of a job",
    "PerUser": "one user",
    "PerAccount": "one account",
}


def _limit(code: str) -> _Words | None:
    match = _LIMIT.fullmatch(code)
    if match is None:
        return None
    owner = "your association with the account" if match["owner"] == "Assoc" else "the QOS"
    what = _RESOURCES[match["what"]]
    if match["time"]:
        what = f"minutes of {what}"
    if match["kind"] == "Min":
        return _Words(
            f"The job requests fewer {what} than {owner} requires.",
            "Request more, or choose another QOS.",
        )
    if match["kind"] == "Grp":
        whom = "all jobs together" if match["owner"] == "QOS" else "all its jobs together"
        running = ", counted for running jobs," if (match["time"] or "").startswith("R") else ""
        return _Words(
            f"The limit of {owner} on {what}{running} for {whom} has been reached.",
            "If the limit is for running jobs, wait for others to end. Otherwise, choose"
            " another QOS or account, or ask for a higher limit.",
        )
    per = match["per"] or ("PerUser" if match["what"].startswith(("Jobs", "Submit")) else "PerJob")
    text = f"The limit of {owner} on {what} for {_PER[per]} has been reached."
    if per in ("PerJob", "PerNode"):
        text = f"The job requests more {what} than {owner} allows for {_PER[per]}."
        return _Words(text, _LIMIT_OVER)
    return _Words(text, "No action is needed; the job starts when enough other jobs have ended.")


def explain(code: str, description: str = "") -> Reason:
    """``code`` in plain words; ``description`` is what Slurm adds to it, if anything.

    A code that is not known here is passed on with Slurm's own words.
    """
    bare = code.partition(",")[0].strip().strip("()")
    found = _REASONS.get(bare) or _limit(bare)
    words = shorten(description, 200)
    if found is None:
        return Reason(code=code, text=words or f"Slurm's reason: {shorten(code, 80)!r}.")
    return Reason(
        code=code, text=f"{found.text} ({words})" if words else found.text, advice=found.advice
    )
