"""Records real slurmrestd responses for the tests: `python3 -m devcluster record`."""

from __future__ import annotations

from devcluster.record.session import record

__all__ = ["record"]
