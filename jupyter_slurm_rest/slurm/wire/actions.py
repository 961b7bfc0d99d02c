"""Bodies and responses of actions on jobs."""

from __future__ import annotations

import time

import msgspec

from jupyter_slurm_rest.slurm.errors import Unsupported
from jupyter_slurm_rest.slurm.models.job import JobUpdate

from .envelope import Envelope, Number, Text, number, text
from .version import Capabilities

#: Ours to Slurm's, where they differ.
_WORDS_OF = {
    "begin": "begin_time",
    "excluded_nodes": "exclude_nodes",
    "required_nodes": "nodelist",
}


def encode_update_in_words(change: JobUpdate) -> dict[str, object]:
    """The body of an update to v0.0.38. Raises :exc:`Unsupported`."""
    if change.name is not None:
        # slurmrestd takes the key and changes nothing.
        raise Unsupported(
            "Changing a job's name", "v0.0.38", needs="v0.0.39 or newer", advice="Use scontrol."
        )
    body: dict[str, object] = {}
    for name, value in change.given().items():
        if name in ("begin", "deadline"):
            body[_WORDS_OF.get(name, name)] = f"uts{value or int(time.time())}"
        elif name == "requeue":
            # Whichever key is there counts, whatever its value.
            body["requeue" if value else "no_requeue"] = True
        else:
            body[_WORDS_OF.get(name, name)] = value
    return body


_KEYS_OF = {"begin": "begin_time"}
_UNLIMITED = {"set": True, "infinite": True, "number": 0}


def encode_update(change: JobUpdate, capabilities: Capabilities) -> dict[str, object]:
    """The fields of an update. Raises :exc:`Unsupported`."""
    if change.nice is not None and not capabilities.nice_changeable:
        raise Unsupported(
            "Changing a job's nice value",
            capabilities.version,
            needs="v0.0.40 (Slurm 23.11.2) or newer",
            advice="Use scontrol.",
        )
    body: dict[str, object] = {}
    for name, value in change.given().items():
        key = _KEYS_OF.get(name, name)
        if value == "UNLIMITED" and name == "time_limit":
            body[key] = _UNLIMITED
        elif name in ("begin", "deadline"):
            seconds = value or int(time.time())
            body[key] = seconds if capabilities.plain_times else _number(seconds)
        elif name in ("time_limit", "time_minimum", "priority"):
            # v0.0.40 warns of a bare number.
            body[key] = _number(value)
        elif name in ("excluded_nodes", "required_nodes"):
            # An empty list changes nothing; an empty string removes.
            body[key] = str(value).split(",") if value else ""
        else:
            body[key] = value
    return body


def _number(value: object) -> dict[str, object]:
    return {"set": True, "infinite": False, "number": value}


class _Code(msgspec.Struct):
    code: Number = None
    string: Text = None
    message: Text = None


class KillStatus(msgspec.Struct):
    """What became of one job of a kill request (from v0.0.40); mostly failures."""

    error: _Code | None = None
    #: The job's id as a user writes it.
    step_id: str | int | None = None
    job_id: Number = None

    @property
    def code(self) -> int:
        return number(self.error.code) or 0 if self.error else 0

    @property
    def words(self) -> str:
        return text(self.error.message) or text(self.error.string) if self.error else ""


class KillResponse(Envelope):
    """A response to a ``DELETE`` of jobs."""

    status: list[KillStatus] | None = None


class UpdateResult(msgspec.Struct):
    """What became of one record of an array."""

    job_id: str | int | None = None
    error_code: Number = None
    error: Text = None
    why: Text = None

    @property
    def code(self) -> int:
        return number(self.error_code) or 0

    @property
    def words(self) -> str:
        return text(self.why) or text(self.error)


class UpdateResponse(Envelope):
    """A response to an update: ``results`` for an array's records, else nothing."""

    results: list[UpdateResult] | None = None


class RequeueResponse(Envelope):
    """A response to a requeue (from v0.0.45)."""

    status: list[UpdateResult] | None = None
