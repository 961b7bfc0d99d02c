"""``%slurm`` in a server of a hub: as its owner, with no Slurm token in the kernel."""

from __future__ import annotations

import pwd
import re
import subprocess

from .conftest import Site
from .slurm import queue

NOTEBOOK = """
%load_ext jupyter_slurm_rest
get_ipython().run_cell_magic(
    "slurm", "submit -M forky --time=5 --job-name=from-notebook", "#!/bin/sh\\nsleep 300\\n")
%slurm jobs --cluster forky
import os
print("token in the environment:", any(v.count(".") == 2 and v.startswith("eyJ")
                                       for v in os.environ.values()))
"""


def run_as_kernel(site: Site, user: str, code: str) -> str:
    """Run IPython with the environment that this user's kernels inherit."""
    entry = pwd.getpwnam(user)
    environment = site.server_environment(user)
    python = site.hub.bin_folder / "ipython"
    done = subprocess.run(
        [str(python), "--colors=nocolor", "--simple-prompt"],
        input=code,
        text=True,
        capture_output=True,
        check=False,
        env=environment,
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        cwd=entry.pw_dir,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_notebook_submits_as_its_owner_without_a_token(site: Site) -> None:
    site.browser("alice")
    output = run_as_kernel(site, "alice", NOTEBOOK)
    assert "token in the environment: False" in output
    assert "from-notebook" in output, output
    (job,) = {found for found in re.findall(r"\b\d+\b", output) if found in alices(site)}
    site.clusters["forky"].run(["scancel", job])


def alices(site: Site) -> set[str]:
    return {job for job, owner in queue(site.clusters["forky"]).items() if owner == "alice"}
