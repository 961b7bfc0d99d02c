"""Limits of accounts and users match sacctmgr, fairshare matches sshare."""

from __future__ import annotations

from devcluster import Cluster
from jupyter_slurm_rest.slurm.models import Association
from tests.real.comparison import client_of, lines, minutes, versions_of

_FORMAT = "account,user,grptres,grpjobs,grpsubmit,maxjobs,maxsubmit,maxwall,maxtres,parentname"


def sacctmgr(cluster: Cluster, *condition: str) -> dict[str, list[object]]:
    argv = ["sacctmgr", "--parsable2", "--noheader", "show", "associations", *condition]
    found: dict[str, list[object]] = {}
    for line in lines(cluster, [*argv, f"format={_FORMAT}"], user="root"):
        account, _, tres, *numbers, wall, most, parent = line.split("|")
        counts = [int(text) if text else None for text in numbers]
        found[account] = [tres, *counts, minutes(wall) if wall else None, most, parent]
    return found


def ours(one: Association) -> list[object]:
    counts = [one.group_jobs, one.group_submit_jobs, one.max_jobs, one.max_submit_jobs]
    return [one.group_tres, *counts, one.max_wall, one.max_tres_per_job, one.parent_account]


async def test_limits_match_sacctmgr(site: Cluster) -> None:
    mine = sacctmgr(site, "users=alice")
    accounts = sacctmgr(site, "accounts=astro,particles,physics,root", "users=")
    assert accounts["physics"][0] == "cpu=40,gres/gpu=8"
    assert mine["astro"][3] == 7
    for version in await versions_of(site):
        async with client_of(site, version=version) as client:
            account = await client.account("alice")
        assert {one.account: ours(one) for one in account.associations} == mine, version
        assert {one.account: ours(one) for one in account.accounts} == accounts, version


async def test_without_usage_there_is_no_level_of_fairshare(site: Cluster) -> None:
    if site.release.startswith("22.05"):
        # It serves no fairshare.
        return
    for version in await versions_of(site):
        async with client_of(site, "carol", version) as client:
            shares = (await client.account("carol")).shares
        unused = [one for one in shares if not one.raw_usage and one.account != "root"]
        assert unused
        assert {one.level_fs for one in unused} == {None}


async def test_licenses_that_a_reservation_keeps_are_not_available(site: Cluster) -> None:
    for version in await versions_of(site):
        if version == "v0.0.37":
            continue
        async with client_of(site, version=version) as client:
            ansys = next(one for one in await client.licenses() if one.name == "ansys")
        assert (ansys.free, ansys.reserved, ansys.available) == (2, 1, 1)
