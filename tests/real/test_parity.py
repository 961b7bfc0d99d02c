"""A submission gives the same job as sbatch with the same script."""

from __future__ import annotations

from devcluster import Cluster
from tests.real.parity.corpus import CASES
from tests.real.parity.repeated import REPEATED
from tests.real.parity.table import compare


def test_every_script_gives_the_same_job_as_sbatch_or_is_refused(cluster: Cluster) -> None:
    assert len(CASES) >= 150
    silent: list[str] = []
    for run in compare(cluster):
        verdicts = [*run.verdicts, *run.repeated]
        for case, verdict in zip([*CASES, *REPEATED], verdicts, strict=False):
            if verdict.kind == "different":
                silent.append(f"{run.version} {case.name}: {verdict.detail}")
        carried = sum(verdict.kind in ("equal", "noted") for verdict in run.verdicts)
        assert carried > 200, f"{run.version} carries only {carried} of {len(CASES)} scripts"
    assert silent == []
