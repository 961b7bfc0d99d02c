"""Selects some of a user's jobs by their properties."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from jupyter_slurm_rest.slurm.errors import InvalidRequest, shorten
from jupyter_slurm_rest.slurm.names import state_names
from jupyter_slurm_rest.slurm.sbatch.hostlist import expand

from . import Job, JobSummary
from .job import Model

#: What can be canceled, in the order in which a job goes through them.
LIVE_STATES = ("PENDING", "RUNNING", "SUSPENDED")
Text = Annotated[str, Meta(max_length=4096)]
_WORDS = ("name", "partition", "account", "qos", "reservation", "nodes")


class JobFilter(Model, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user's own jobs that match all given values exactly.

    Something must be given, unless ``all`` is true. Also decoded from requests.
    """

    name: Text | None = None
    #: Some of ``PENDING``, ``RUNNING``, ``SUSPENDED``, in any case, or as for squeue: ``PD``.
    state: Annotated[list[Text], Meta(max_length=10)] | None = None
    #: Of a pending job, one of its partitions.
    partition: Text | None = None
    account: Text | None = None
    qos: Text | None = None
    reservation: Text | None = None
    #: Jobs that run on at least one of these: ``cpu[1-2],gpu1``.
    nodes: Text | None = None
    #: Every job of the user, if nothing else is given.
    all: bool = False

    def check(self) -> None:
        """Raise :exc:`InvalidRequest` if the filter is ambiguous."""
        for name in _WORDS:
            value = getattr(self, name)
            # An empty variable must not widen the filter.
            if value is not None and not value.strip():
                raise InvalidRequest(name, f"{name}: is empty. Give a value, or leave it out.")
        if self.state is not None and not self.state:
            raise InvalidRequest("state", f"state: is empty. {_STATES}")
        for word in self.state or ():
            # "all" must be said as such, and not of the states.
            if not set(LIVE_STATES).intersection(state_names([word])):
                raise InvalidRequest("state", f"state: not {shorten(word, 40)!r}. {_STATES}")
        if self.nodes is not None:
            try:
                expand(self.nodes)
            except ValueError as problem:
                raise InvalidRequest("nodes", f"nodes: {problem}") from None
        given = self.state or any(getattr(self, name) is not None for name in _WORDS)
        if not (given or self.all):
            raise InvalidRequest(
                "filter",
                "filter: is empty, which would mean all of your jobs.",
                advice=f"Set at least one of {', '.join((*_WORDS, 'state'))}, or set all to true.",
            )

    def named(self) -> dict[str, list[str]]:
        """The names in it that a cluster knows or does not, by field."""
        fields = ("partition", "account", "qos", "reservation")
        found = {name: [value] for name in fields if (value := getattr(self, name))}
        return found | ({"nodes": expand(self.nodes)} if self.nodes else {})

    @property
    def states(self) -> list[str]:
        """The selected states of :data:`LIVE_STATES`."""
        words = state_names(self.state or ()) or LIVE_STATES
        return [state for state in LIVE_STATES if state in words]

    def matches(self, job: JobSummary) -> bool:
        """Whether it applies to ``job``; ``reservation`` is only seen in a :class:`Job`."""
        waits = job.state == "PENDING"
        partitions = job.partition.split(",") if waits else [job.partition]
        return (
            job.state in self.states
            and self.name in (None, job.name)
            and (self.partition is None or self.partition in partitions)
            and self.account in (None, job.account)
            and self.qos in (None, job.qos)
            and (self.nodes is None or _meet(self.nodes, job.nodes))
            and (not isinstance(job, Job) or self._reserved(job))
        )

    def _reserved(self, job: Job) -> bool:
        return self.reservation is None or self.reservation in job.reservation.split(",")


_STATES = f"Write some of {', '.join(LIVE_STATES)}."


def _meet(wanted: str, nodes: str) -> bool:
    try:
        return bool(nodes) and not set(expand(wanted)).isdisjoint(expand(nodes))
    except ValueError:
        # If the list cannot be read, the job is not canceled.
        return False
