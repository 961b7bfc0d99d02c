"""Commands about one job: show it, read its output, submit one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from jupyter_slurm_rest.foreign_text import printable

from . import tables
from .api import SlurmApi
from .arguments import cluster_argument
from .errors import SlurmMagicError
from .job import Job
from .sbatch_line import SbatchLine, read_line


@magic_arguments("%slurm job")
@argument("id", help="Job id, such as 123, 123_4 or 123+1.")
@cluster_argument
def job(api: SlurmApi, line: str) -> Job:
    """One job: an object with state, wait(), output() and cancel()."""
    args = parse_argstring(job, line)
    return Job(api, api.cluster(args.cluster), args.id)


@magic_arguments("%slurm output")
@argument("id", help="Job id.")
@argument("--stderr", action="store_true", help="Standard error instead.")
@cluster_argument
def output(api: SlurmApi, line: str) -> None:
    """Print the end of a job's output."""
    args = parse_argstring(output, line)
    found = Job(api, api.cluster(args.cluster), args.id, info={})
    print(found.output("stderr" if args.stderr else "stdout"), end="")


def submit(api: SlurmApi, line: str) -> Any:
    """Submit a script: %slurm submit FILE [options], or a cell: %%slurm submit [options].

    Options are sbatch's, long or short, and win over the script's #SBATCH lines.
    --test-only checks the script without submitting it, --wait waits until the job is
    over, -M names the cluster.
    """
    asked, name = read_line(line, takes_file=True)
    file = Path(name).expanduser().absolute()
    try:
        script = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SlurmMagicError(f"The script {name} cannot be read: {said}.") from None
    return _submit(api, asked, script, file)


def submit_cell(api: SlurmApi, line: str, cell: str) -> Any:
    """``%%slurm submit``: the cell is the script."""
    asked, _ = read_line(line, takes_file=False)
    return _submit(api, asked, cell)


def _submit(api: SlurmApi, asked: SbatchLine, script: str, file: Path | None = None) -> Any:
    cluster = api.cluster(asked.cluster)
    # As sbatch does: relative paths begin where the person is, and the file names the job.
    body = {
        "script": script,
        "options": asked.options,
        "directory": str(Path.cwd()),
        "path": str(file or ""),
    }
    path = f"clusters/{cluster}/jobs"
    if asked.test_only:
        return tables.options_table(api.call("POST", path, query={"validate": "true"}, body=body))
    submitted = api.call("POST", path, body=body)
    for warning in submitted["warnings"]:
        print(printable(warning))
    found = Job(api, cluster, str(submitted["job_id"]))
    return found.wait() if asked.wait else found
