"""The commands of ``%slurm`` for one job: show it, wait for it, read its output."""

from __future__ import annotations

import argparse
import sys
import threading

from .arguments import CLUSTER, ID, JOB, command, option
from .errors import SlurmMagicError
from .job import Job
from .session import Session, check_variable

#: Lines that ``%slurm output`` prints at most: a browser has to show them.
_LINES = 1000
_STDERR = option("--stderr", action="store_true", help="Show standard error instead.")


class WaitInterrupted(KeyboardInterrupt):
    """The user interrupted the waiting; the job goes on. IPython shows one line."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id

    def __str__(self) -> str:
        return (
            f"Stopped waiting for job {self.job_id}. It continues in Slurm;"
            f" to cancel it: %slurm cancel {self.job_id}"
        )

    def _render_traceback_(self) -> list[str]:
        """IPython's way to let an exception show itself."""
        return [str(self)]


@command(ID, JOB, CLUSTER)
def job(session: Session, args: argparse.Namespace) -> Job:
    """One job: an object with state, wait(), output() and cancel()."""
    check_variable(args.job)
    found = session.job(args.id, args.cluster)
    session.assign(args.job, found)
    return found


@command(
    ID,
    option("--timeout", type=float, metavar="SECONDS", help="Maximum time to wait."),
    option(
        "--check", action="store_true", help="Raise an error unless the job completes successfully."
    ),
    JOB,
    CLUSTER,
)
def wait(session: Session, args: argparse.Namespace) -> Job:
    """Wait until a job has ended. Interrupting the cell stops the waiting, not the job."""
    check_variable(args.job)
    found = session.job(args.id, args.cluster)
    session.assign(args.job, found)
    return wait_for(found, timeout=args.timeout, check=args.check)


def wait_for(job: Job, *, timeout: float | None = None, check: bool) -> Job:
    """Wait for ``job``; raises :exc:`WaitInterrupted`, and with ``check`` if it failed."""
    say_if_uninterruptible(job)
    try:
        return job.wait(timeout, check=check)
    except KeyboardInterrupt:
        raise WaitInterrupted(job.id) from None
    except TimeoutError as error:
        raise SlurmMagicError(str(error), "It continues in Slurm.") from None


def say_if_uninterruptible(job: Job) -> None:
    """Interrupts reach a kernel's main shell only; in a subshell, say so."""
    if threading.current_thread() is not threading.main_thread():
        print(
            "An interrupt does not reach this subshell: it waits until the job ends."
            f" To cancel the job: %slurm cancel {job.id}",
            file=sys.stderr,
        )


@command(ID, _STDERR, CLUSTER)
def output(session: Session, args: argparse.Namespace) -> None:
    """Print a job's output; of a long one, the end."""
    text = _last_lines(session, args, _LINES)
    if text.count("\n") >= _LINES:
        print(f"The last {_LINES:,} lines; for more: %slurm tail -n 5000 {args.id}\n")
    print(text, end="")


@command(
    ID,
    option(
        "-n", "--lines", type=int, default=10, help="Number of lines to start with (default: 10)."
    ),
    option("-f", "--follow", action="store_true", help="Print more until the job has ended."),
    _STDERR,
    CLUSTER,
)
def tail(session: Session, args: argparse.Namespace) -> None:
    """Print the last lines of a job's output and, with -f, what it writes from then on."""
    if args.lines < 1:
        raise SlurmMagicError("%slurm tail: -n must be at least 1.")
    if not args.follow:
        print(_last_lines(session, args, args.lines), end="")
        return
    found = session.job(args.id, args.cluster)
    say_if_uninterruptible(found)
    try:
        found.tail(args.lines, follow=True, stream="stderr" if args.stderr else "stdout")
    except KeyboardInterrupt:
        raise WaitInterrupted(found.id) from None


def _last_lines(session: Session, args: argparse.Namespace, lines: int) -> str:
    found = session.job(args.id, args.cluster)
    text = found.tail(lines, stream="stderr" if args.stderr else "stdout")
    return text or f"The output of job {args.id} is empty.\n"
