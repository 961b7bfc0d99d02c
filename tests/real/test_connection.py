"""Authentication, and errors when the cluster is unreachable."""

from __future__ import annotations

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm import SlurmClient
from jupyter_slurm_rest.slurm.errors import TokenRejected, Unreachable
from tests.real.comparison import client_of, versions_of


async def test_another_users_name_is_not_accepted(cluster: Cluster) -> None:
    token = cluster.token("alice")
    for version in await versions_of(cluster):
        forged = SlurmClient.from_url(cluster.url, user="bob", token=token, api_version=version)
        async with forged as client:
            for call in (client.ping(), client.jobs(), client.diag(), client.cancel([1])):
                with pytest.raises(TokenRejected):
                    await call


async def test_nothing_listens(cluster: Cluster) -> None:
    async with client_of(cluster) as client:
        await client.ping()
        cluster.stop("slurmrestd")
        try:
            with pytest.raises(Unreachable):
                await client.ping()
        finally:
            cluster.start("slurmrestd")
        assert (await client.ping())[0].up
