"""The submit form offers what sbatch accepts."""

from __future__ import annotations

import pytest

from devcluster import Cluster
from jupyter_slurm_rest.slurm.models import Partition
from tests.real.comparison import lines, versions_of

from .conftest import resources_of

#: Partitions whose closing v0.0.39 to v0.0.44 do not tell.
_UNTOLD = {"rootonly", "reqresv"}
_SCRIPT = """\
for p in {partitions}; do
  sbatch --test-only --partition=$p {options} --wrap=true >/dev/null 2>&1 && echo $p
done; true"""


def accepted(cluster: Cluster, user: str, partitions: list[str], *options: str) -> set[str]:
    script = _SCRIPT.format(partitions=" ".join(partitions), options=" ".join(options))
    return set(lines(cluster, ["sh", "-c", script], user=user))


@pytest.mark.parametrize(
    ("user", "options"),
    [
        ("alice", {}),
        ("alice", {"account": "particles"}),
        ("alice", {"qos": "high"}),
        ("bob", {"account": "chemistry"}),
        ("carol", {}),
        ("carol", {"account": "astro"}),
    ],
)
async def test_partitions_are_those_that_sbatch_accepts(
    site: Cluster, user: str, options: dict[str, str]
) -> None:
    given = [f"--{name}={value}" for name, value in options.items()]
    theirs: set[str] = set()
    for version in await versions_of(site):
        async with resources_of(site, user, version) as resources:
            partitions: list[Partition] = (await resources.partitions()).value
            theirs = theirs or accepted(site, user, [one.name for one in partitions], *given)
            access = await resources.access()
            refusals = {one.name: access.refusal(one, **options) for one in partitions}
            flags = {one.name: one.flags for one in partitions}
            untold = _UNTOLD if flags["rootonly"] is None else set()
            if access.shown is None:
                untold = untold | {name for name in ("grpbob", "grpalice") if name not in theirs}
            ours = {name for name, why in refusals.items() if not why}
            assert ours - untold == theirs, (version, refusals)
    assert "debug" in theirs or options == {"account": "astro"}


async def test_accounts_and_qos_are_those_that_sbatch_accepts(site: Cluster) -> None:
    def takes(user: str, option: str) -> bool:
        argv = ["sbatch", "--test-only", option, "--partition=gpu", "--wrap=true"]
        return site.run(argv, user=user, check=False).returncode == 0

    for user in ("alice", "bob", "carol"):
        async with resources_of(site, user) as resources:
            partitions = (await resources.partitions()).value
            access = await resources.access()
            accounts = [
                name
                for name in ("astro", "particles", "chemistry", "physics", "root")
                if takes(user, f"--account={name}")
            ]
            assert set(access.accounts(partitions)) == set(accounts)
            qos = [name for name in ("normal", "high") if takes(user, f"--qos={name}")]
            assert set(access.qos(partitions)) == set(qos)
