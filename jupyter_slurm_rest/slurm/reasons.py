"""Why a job waits or ended as it did: every reason code of Slurm, in plain words."""

from __future__ import annotations

import re
from typing import NamedTuple

from jupyter_slurm_rest.slurm.models import Reason

from .errors import shorten


class _Words(NamedTuple):
    text: str
    advice: str = ""


_NOTHING = "There is nothing to do: it starts when its turn comes."
_ADMIN = "Ask the cluster's administrators."
_LIMIT_OVER = "Ask for less, choose another QOS or account, or ask for a higher limit."

_REASONS = {
    "Priority": _Words("Jobs with a higher priority are ahead of it.", _NOTHING),
    "Resources": _Words("It is next, and waits until enough resources are free.", _NOTHING),
    "Dependency": _Words(
        "It waits for another job.", "It starts when that job is done; see its dependency."
    ),
    "DependencyNeverSatisfied": _Words(
        "The job that it waits for ended in a way that can never let it start.",
        "Cancel it, or change its dependency.",
    ),
    "JobHeldUser": _Words("It was held by its owner.", "Release it."),
    "JobHeldAdmin": _Words("It was held by an administrator.", "Only they can release it."),
    "BeginTime": _Words(
        "Its start time has not come.",
        "It starts then; after a requeue Slurm waits some minutes as well.",
    ),
    "Licenses": _Words("The licenses it asks for are in use or reserved.", _NOTHING),
    "Reservation": _Words(
        "Its reservation has not begun or is in use.",
        "It starts when the reservation lets it; without a reservation it may start earlier.",
    ),
    "ReservationDeleted": _Words(
        "Its reservation was deleted.", "Change or remove the reservation, then release it."
    ),
    "ReservationInvalid": _Words(
        "Its reservation cannot be used by it.", "Change or remove its reservation."
    ),
    "ReqNodeNotAvail": _Words(
        "Nodes that it needs are down, drained, or kept for a reservation or maintenance.",
        "A shorter time limit may let it end before a maintenance; else wait.",
    ),
    "PartitionNodeLimit": _Words(
        "It asks for more (or fewer) nodes than its partition allows.",
        "Change the number of nodes or the partition.",
    ),
    "PartitionTimeLimit": _Words(
        "Its time limit is longer than its partition allows.",
        "Shorten the time limit or change the partition.",
    ),
    "PartitionDown": _Words("Its partition is down.", "Choose another partition, or wait."),
    "PartitionInactive": _Words(
        "Its partition starts no jobs at the moment.", "Choose another partition, or wait."
    ),
    "PartitionConfig": _Words(
        "It asks for something that its partition does not allow.",
        "Change the partition, or what it asks for.",
    ),
    "QOSNotAllowed": _Words(
        "Its QOS may not be used in this partition or account.", "Change the QOS or partition."
    ),
    "AccountNotAllowed": _Words(
        "Its account may not use this partition.", "Change the account or partition."
    ),
    "InvalidAccount": _Words("Its account is not valid.", "Choose an account of yours."),
    "InvalidQOS": _Words("Its QOS is not valid.", "Choose a QOS that your account has."),
    "AccountingPolicy": _Words("A limit of its account or QOS keeps it waiting.", _LIMIT_OVER),
    "QOSUsageThreshold": _Words(
        "The account's usage is over the threshold of the QOS.", "Choose another QOS, or wait."
    ),
    "JobArrayTaskLimit": _Words(
        "As many tasks of this array run as its own limit allows.",
        "The next starts when one ends; raise the number after % to run more at once.",
    ),
    "JobHoldMaxRequeue": _Words(
        "It was requeued as often as is allowed, and is now held.",
        "Find out why it fails, then release it.",
    ),
    "MaxMemPerLimit": _Words(
        "It asks for more memory than a node or CPU of its partition may give.",
        "Ask for less memory, or for more CPUs or nodes.",
    ),
    "BadConstraints": _Words(
        "No node can ever give what it asks for.", "Change its constraints or resources."
    ),
    "Constraints": _Words(
        "No node can give what it asks for.", "Change its constraints or resources."
    ),
    "Cleaning": _Words("It was requeued, and its last run is still being cleaned up.", _NOTHING),
    "Prolog": _Words("The node is being prepared for it.", _NOTHING),
    "SchedDefer": _Words("Slurm put off looking at it to start it at once.", _NOTHING),
    "BurstBufferResources": _Words("The burst buffer has no room at the moment.", _NOTHING),
    "BurstBufferStageIn": _Words("Its data are being copied to the burst buffer.", _NOTHING),
    "BurstBufferOperation": _Words(
        "A burst buffer operation failed.", "Check its burst buffer lines, or ask for help."
    ),
    "FedJobLock": _Words("Another cluster of the federation is trying to start it.", _NOTHING),
    "FrontEndDown": _Words("No front end node is available.", _ADMIN),
    "MaxPoweredUpNodes": _Words("No more nodes may be powered up at the moment.", _NOTHING),
    "MpiPortsBusy": _Words("Not enough MPI ports are free.", _NOTHING),
    "NvidiaImexChannels": _Words("No NVIDIA IMEX channel is free.", _NOTHING),
    "DeadLine": _Words(
        "It could not end before its deadline.", "Submit it again with a later deadline."
    ),
    "NodeDown": _Words("A node of it went down.", "Submit it again, or requeue it."),
    "SystemFailure": _Words("Slurm or a node failed.", "Submit it again; if it recurs: ask."),
    "JobLaunchFailure": _Words(
        "It could not be launched on its node.",
        "Check that its working directory and files exist on the nodes; else ask.",
    ),
    "NonZeroExitCode": _Words(
        "Its script ended with an exit code other than 0.", "Look at the end of its output."
    ),
    "RaisedSignal": _Words("A signal ended it.", "Look at the end of its output."),
    "TimeLimit": _Words(
        "It ran into its time limit.", "Submit it with a longer limit, or let it save its state."
    ),
    "InactiveLimit": _Words("It was idle for longer than is allowed."),
    "OutOfMemory": _Words("It used more memory than it asked for.", "Submit it with more memory."),
    "AssociationJobLimit": _Words("Your account's limit of jobs is reached.", _LIMIT_OVER),
    "AssociationResourceLimit": _Words(
        "Your account's limit of resources is reached.", _LIMIT_OVER
    ),
    "AssociationTimeLimit": _Words("Your account's limit of time is reached.", _LIMIT_OVER),
    "QOSJobLimit": _Words("The QOS's limit of jobs is reached.", _LIMIT_OVER),
    "QOSResourceLimit": _Words("The QOS's limit of resources is reached.", _LIMIT_OVER),
    "QOSTimeLimit": _Words("The QOS's limit of time is reached.", _LIMIT_OVER),
    "InvalidReason": _Words("Slurm gives a reason that it has no name for.", _ADMIN),
    "InvaildReason": _Words("Slurm gives a reason that it has no name for.", _ADMIN),
}

_RESOURCES = {
    "BB": "burst buffer",
    "Billing": "billing units",
    "CPU": "CPUs",
    "Cpu": "CPUs",
    "Energy": "energy",
    "GRES": "generic resources, such as GPUs",
    "Jobs": "running jobs",
    "License": "licences",
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
    "PerUser": "one person",
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
            f"It asks for fewer {what} than {owner} requires of a job.",
            "Ask for more, or choose another QOS.",
        )
    if match["kind"] == "Grp":
        whom = "all jobs together" if match["owner"] == "QOS" else "all its jobs together"
        running = (
            " that running jobs may still use" if (match["time"] or "").startswith("R") else ""
        )
        return _Words(
            f"The limit of {owner} on {what}{running} for {whom} is reached.",
            "It starts when others end, if the limit counts what runs; else choose another"
            " QOS or account, or ask for a higher limit.",
        )
    per = match["per"] or ("PerUser" if match["what"].startswith(("Jobs", "Submit")) else "PerJob")
    text = f"The limit of {owner} on {what} for {_PER[per]} is reached."
    if per in ("PerJob", "PerNode"):
        text = f"It asks for more {what} than {owner} allows for {_PER[per]}."
        return _Words(text, _LIMIT_OVER)
    return _Words(text, "It starts when enough of the other jobs end.")


def explain(code: str, description: str = "") -> Reason:
    """``code`` in plain words; ``description`` is what Slurm adds to it, if anything.

    A code that is not known here is passed on with Slurm's own words.
    """
    bare = code.partition(",")[0].strip().strip("()")
    found = _REASONS.get(bare) or _limit(bare)
    said = shorten(description, 200)
    if found is None:
        return Reason(code=code, text=said or f"Slurm gives the reason {shorten(code, 80)!r}.")
    return Reason(
        code=code, text=f"{found.text} ({said})" if said else found.text, advice=found.advice
    )
