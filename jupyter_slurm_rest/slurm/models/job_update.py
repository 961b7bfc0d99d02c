"""What can be changed about a job after it was submitted."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest

from .values import Model

_TEXTS = (
    "partition",
    "qos",
    "account",
    "name",
    "dependency",
    "comment",
    "constraints",
    "nodes",
    "reservation",
    "excluded_nodes",
    "required_nodes",
    "licenses",
)
#: An empty word takes these away; the others cannot be empty.
_REMOVABLE = frozenset(
    {"dependency", "comment", "constraints", "reservation", "excluded_nodes", "required_nodes"}
    | {"licenses"}
)


class JobUpdate(Model, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change about a job; what is left out or ``null`` stays as it is.

    An empty string takes away what a job can be without. Also decoded from requests.
    """

    #: Minutes, or in sbatch's words: ``1:30:00``, ``2-12``, ``UNLIMITED``.
    time_limit: str | int | None = None
    #: Minutes.
    time_minimum: int | None = None
    partition: str | None = None
    qos: str | None = None
    account: str | None = None
    name: str | None = None
    #: Only operators may set it.
    priority: int | None = None
    #: As sbatch's ``--nice``; below 0 only for operators.
    nice: int | None = None
    dependency: str | None = None
    #: Seconds since the epoch, or in sbatch's words: ``now+1hour``, ``16:00``; 0 for now.
    begin: str | int | None = None
    #: Seconds since the epoch.
    deadline: int | None = None
    comment: str | None = None
    #: sbatch's ``--constraint``.
    constraints: str | None = None
    #: How many nodes: ``2`` or ``2-4``.
    nodes: str | None = None
    reservation: str | None = None
    excluded_nodes: str | None = None
    required_nodes: str | None = None
    licenses: str | None = None
    #: Whether Slurm may requeue it, after a node failed for example.
    requeue: bool | None = None

    def check(self) -> None:
        """Raise :exc:`InvalidRequest` for a value that cannot be meant."""
        if not self.given():
            raise InvalidRequest("change", "The request contains no changes.")
        for field in _TEXTS:
            value = getattr(self, field)
            if value == "" and field not in _REMOVABLE:
                raise InvalidRequest(field, f"The {field} of a job cannot be empty.")
            if value is not None and not value.isprintable():
                raise InvalidRequest(
                    field, f"The {field} contains a line break or control character."
                )
        for field in ("time_limit", "time_minimum"):
            value = getattr(self, field)
            if isinstance(value, int) and value < 1:
                raise InvalidRequest(field, f"The {field} must be at least 1 minute.")
        if self.nodes is not None and not _nodes(self.nodes):
            raise InvalidRequest("nodes", f"{self.nodes!r} is not a number of nodes. Use 2 or 2-4.")

    def given(self) -> dict[str, object]:
        """The new values by their names."""
        return {
            field.name: value
            for field in msgspec.structs.fields(self)
            if (value := getattr(self, field.name)) is not None
        }


def _nodes(written: str) -> bool:
    least, _, most = written.partition("-")
    if not least.isdigit() or int(least) < 1:
        return False
    return not most or (most.isdigit() and int(most) >= int(least))
