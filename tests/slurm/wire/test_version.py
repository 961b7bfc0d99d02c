"""What depends on the release, and what is assumed when it is unknown."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.errors import InvalidRequest
from jupyter_slurm_rest.slurm.wire.version import NEWEST, OLDEST, capabilities_of, parse_release


@pytest.mark.parametrize(
    ("words", "release"),
    [
        ("24.11.5", (24, 11, 5)),
        ("26.11.0-0rc1", (26, 11, 0)),
        ("23.02", (23, 2, 0)),
        ("", None),
        ("master", None),
    ],
)
def test_a_release_is_read(words: str, release: tuple[int, int, int] | None) -> None:
    assert parse_release(words) == release


@pytest.mark.parametrize("api", range(OLDEST, NEWEST + 1))
def test_an_unknown_release_has_every_fault_that_its_version_may_have(api: int) -> None:
    version = f"v0.0.{api}"
    assert capabilities_of(version).only_digits_read is (39 <= api <= 41)
    assert not capabilities_of(version, "26.05.5").only_digits_read


def test_unsupported_versions() -> None:
    assert capabilities_of("v0.0.99").requeue
    for version in ("v0.0.36", "0.0.40", "latest"):
        with pytest.raises(InvalidRequest):
            capabilities_of(version)


def test_faults_are_limited_to_their_releases() -> None:
    assert capabilities_of("v0.0.40").flags_find_nothing
    assert capabilities_of("v0.0.40", "23.11.11").flags_find_nothing
    assert not capabilities_of("v0.0.40", "24.05.8").flags_find_nothing
    assert not capabilities_of("v0.0.39", "23.11.11").flags_find_nothing


def test_what_came_within_a_release_series() -> None:
    # Ubuntu 24.04 has 23.11.4.
    for release, states, together in (
        ("23.11.4", False, False),
        ("23.11.5", True, False),
        ("23.11.6", True, True),
        ("24.05.0", True, True),
    ):
        can = capabilities_of("v0.0.40", release)
        assert (can.job_states, can.jobs_killed_together) == (states, together), release
