"""joblib's Parallel runs its batches as jobs."""

from __future__ import annotations

from operator import truediv
from typing import Any

import joblib
import pytest

from jupyter_slurm_rest import SlurmExecutor
from jupyter_slurm_rest.executor.joblib_backend import register


def test_parallel_runs_as_jobs(executor: SlurmExecutor, slurm: Any) -> None:
    register()
    with joblib.parallel_config("slurm", executor=executor, n_jobs=2):
        parallel = joblib.Parallel(batch_size=2)
        assert parallel(joblib.delayed(abs)(number) for number in range(-3, 0)) == [3, 2, 1]
        assert "submit" in slurm.calls
        with pytest.raises(ZeroDivisionError):
            parallel(joblib.delayed(truediv)(1, number) for number in range(2))
