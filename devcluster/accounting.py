"""Accounts, QOS and associations of a new cluster, and its reservations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Run = Callable[[Sequence[str]], object]

_BEFORE_CONTROLLER = (
    "add account physics Description=physics Organization=science Fairshare=60",
    "add account astro Parent=physics Description=astrophysics Organization=science Fairshare=30",
    "add account particles Parent=physics Description=particles Organization=science Fairshare=30",
    "add account chemistry Description=chemistry Organization=science Fairshare=40",
    "modify qos normal set Priority=10 MaxWall=2-00:00:00",
    "add qos high Priority=100 MaxWall=2:00:00 MaxJobsPerUser=4 MaxSubmitJobsPerUser=20"
    " MaxTRESPerUser=cpu=16",
    "add user alice Account=astro DefaultAccount=astro Fairshare=10",
    "add user alice Account=particles Fairshare=5",
    "add user bob Account=particles DefaultAccount=particles Fairshare=10",
    "add user bob Account=chemistry Fairshare=5",
    "add user carol Account=chemistry DefaultAccount=chemistry Fairshare=10",
    "add coordinator Account=chemistry Names=carol",
    "modify user alice set QOS=normal,high DefaultQOS=normal",
    "modify user bob set QOS=normal DefaultQOS=normal",
    "modify user carol set QOS=normal,high DefaultQOS=normal",
)

# The TRES gres/gpu exists in the database only after a controller has reported it.
_AFTER_CONTROLLER = ("modify qos high set MaxTRESPerUser=cpu=16,gres/gpu=4",)

_RESERVATIONS = (
    # Licenses only: it takes no node from other jobs, and a job may ask for it today.
    "ReservationName=course StartTime=now Duration=30-00:00:00 Users=alice,bob"
    " Licenses=ansys:1 Flags=ANY_NODES",
    "ReservationName=maintenance StartTime=now+40days Duration=4:00:00 Users=root"
    " Nodes=ALL Flags=MAINT,IGNORE_JOBS",
)


def add_cluster(run: Run, name: str) -> None:
    """Before slurmctld starts, so that it finds its associations at once."""
    run(["sacctmgr", "--immediate", "add", "cluster", name])
    for command in _BEFORE_CONTROLLER:
        run(["sacctmgr", "--immediate", *command.split()])


def finish(run: Run) -> None:
    """What needs slurmctld and the nodes."""
    for command in _AFTER_CONTROLLER:
        run(["sacctmgr", "--immediate", *command.split()])
    for reservation in _RESERVATIONS:
        run(["scontrol", "create", "reservation", *reservation.split()])
