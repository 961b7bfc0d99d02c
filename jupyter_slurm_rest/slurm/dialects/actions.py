"""Answers to what is done to jobs."""

from __future__ import annotations

import msgspec

from .envelope import Envelope
from .values import Number, Text, number, text


class _Code(msgspec.Struct):
    code: Number = None
    string: Text = None
    message: Text = None


class KillStatus(msgspec.Struct):
    """What became of one job of a kill request (from v0.0.40); mostly failures."""

    error: _Code | None = None
    #: The job's id as a person writes it.
    step_id: str | int | None = None
    job_id: Number = None

    @property
    def code(self) -> int:
        return number(self.error.code) or 0 if self.error else 0

    @property
    def words(self) -> str:
        return text(self.error.message) or text(self.error.string) if self.error else ""


class KillAnswer(Envelope):
    """An answer to a ``DELETE`` of jobs."""

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


class UpdateAnswer(Envelope):
    """An answer to an update: ``results`` for an array's records, else nothing."""

    results: list[UpdateResult] | None = None


class RequeueAnswer(Envelope):
    """An answer to a requeue (from v0.0.45)."""

    status: list[UpdateResult] | None = None
