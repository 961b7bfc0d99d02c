"""Fixtures for tests of the slurm package."""

from __future__ import annotations

import pytest

from .recorded import RECORDINGS, Recording


@pytest.fixture(params=RECORDINGS, ids=str)
def recording(request: pytest.FixtureRequest) -> Recording:
    """Each release through each API version, one after the other."""
    found: Recording = request.param
    return found
