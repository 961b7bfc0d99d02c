"""Expired tokens and slurmdbd outages, through every API version."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.doctor.checks import examine
from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.cluster import ConfiguredCluster as ServedCluster
from jupyter_slurm_rest.server.settings import read_clusters
from jupyter_slurm_rest.slurm import Credentials, SlurmClient, Transport
from jupyter_slurm_rest.slurm.errors import AccountingDown, TokenRejected
from jupyter_slurm_rest.slurm.models.job import JobUpdate
from tests.real.comparison import client_of, lines, submit, until, versions_of
from tests.real.versions import seen


class _RunningOut:
    """Gives an expired token until another one is asked for."""

    def __init__(self, expired: str, then: str) -> None:
        self._token, self._then = expired, then
        self.renewals = 0

    async def __call__(self, renew: bool = False) -> Credentials:
        if renew:
            self._token = self._then
            self.renewals += 1
        return Credentials("alice", self._token)


async def _wrong(cluster: Cluster, token: str, folder: Path, version: str = "") -> list[str]:
    """What the doctor finds wrong."""
    file = folder / "token"
    file.touch(mode=0o600)
    file.write_text(token)
    tokens = {"provider": "file", "path": str(file)}
    settings: dict[str, object] = {"url": cluster.url, "tokens": tokens}
    if version:
        settings["api_version"] = version
    read = read_clusters({"c": settings})["c"]
    served = ServedCluster("c", read, ttl=0.0, events=NoEvents(), watching=Settings(lease=0.0))
    try:
        return [one.subject async for one in examine(served) if one.verdict == "wrong"]
    finally:
        await served.close()


async def test_the_doctor_names_the_token(cluster: Cluster, tmp_path: Path) -> None:
    head, claims, _ = cluster.token("alice").split(".")
    token = f"{head}.{claims}.{'A' * 43}"
    for version in ["", *await versions_of(cluster)]:
        assert await _wrong(cluster, token, tmp_path, version) == ["token"], version


async def test_an_expired_token_is_renewed_or_reported(cluster: Cluster) -> None:
    good, expired = cluster.token("alice"), cluster.token("alice", lifespan=1)
    ends = time.time() + 2
    job = submit(cluster, "--hold")
    until(lambda: time.time() > ends, "the token has run out")
    for version in await versions_of(cluster):
        with seen(cluster, version, "expired and rejected tokens"):
            for what in ("nodes", "partitions", "jobs", "qos", "history", "shares", "change"):
                tokens = _RunningOut(expired, good)
                async with SlurmClient(Transport(cluster.url), tokens, version) as client:
                    if what == "change":
                        (result,) = await client.update([job], JobUpdate(comment=version))
                        assert result.ok, result
                    elif what != "shares" or (await client.capabilities()).fairshare:
                        assert await getattr(client, what)() is not None
                        # History and QOS may ask for several things at once.
                        assert tokens.renewals >= 1, what
                tokens = _RunningOut(expired, expired)
                async with SlurmClient(Transport(cluster.url), tokens, version) as client:
                    with pytest.raises(TokenRejected):
                        await client.ping()
    lines(cluster, ["scancel", str(job)])


async def test_without_slurmdbd(cluster: Cluster, tmp_path: Path) -> None:
    versions = await versions_of(cluster)
    job = submit(cluster, "--hold")
    cluster.stop("slurmdbd")
    try:
        async with client_of(cluster) as client:
            # Whatever the newest version does: another one works meanwhile.
            assert (await client.whole_job(job)).job_id == job
            assert len(await client.nodes()) == 4
        assert await _wrong(cluster, cluster.token("alice"), tmp_path) == ["accounting"]
        for version in versions:
            async with client_of(cluster, version=version) as client:
                first = version == "v0.0.39" or (
                    version == "v0.0.40" and cluster.release.startswith("23.11")
                )
                with seen(cluster, version, "while slurmdbd is down", refused=first):
                    with pytest.raises(AccountingDown):
                        await client.qos()
                    if first:
                        for call in (client.job, client.whole_job):
                            with pytest.raises(AccountingDown):
                                await call(job)
                        continue
                    assert (await client.whole_job(job)).job_id == job
                    assert {one.name for one in await client.partitions()} >= {"debug", "gpu"}
                    (result,) = await client.update([job], JobUpdate(comment=version))
                    assert result.ok, result
    finally:
        cluster.start("slurmdbd")
    lines(cluster, ["scancel", str(job)])
