"""How a job ended, in plain words: from its state, exit code, signal and reason together.

Each of them alone is not enough. A batch script that could not begin leaves slurmd's error
number as its wait status: 4021 (no output or input file) reads as signal 53. Slurm 22.05
gives the reason JobLaunchFailure for every script that a signal ended. slurmdbd keeps the
reason that a job *waited* for last.
"""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models.job import signal_name

from .models import ExitCode, Job, Reason
from .reasons import explain

_OUTPUT = "Check the end of the output."
_ASK = "Submit the job again. If it fails again, ask the cluster's administrators."

#: What a job's signal says about a script that did not catch it.
_SIGNALS = {
    "KILL": "The node may have run out of memory, or someone killed the job. Check the end of"
    " the output and the memory usage.",
    "TERM": "A user or program asked the job to end. Check the end of the output.",
    "SEGV": "The program accessed invalid memory, which is a bug in the program. " + _OUTPUT,
    "BUS": "A memory access failed, because of a bug in the program or a full disk. " + _OUTPUT,
    "ILL": "The program may have been built for another type of processor. " + _OUTPUT,
    "FPE": "There was an arithmetic error, such as a division by zero. " + _OUTPUT,
    "ABRT": "The program aborted itself. " + _OUTPUT,
    "XCPU": "The CPU time exceeded the node's limit (ulimit -t).",
    "XFSZ": "A file exceeded the node's size limit (ulimit -f).",
    "USR1": "If the job requests this signal (--signal), its script must catch it (trap).",
    "USR2": "If the job requests this signal (--signal), its script must catch it (trap).",
}

#: Signals that are slurmd's error numbers, 4000 and up, read as a wait status.
UNOPENED = 53
_BEFORE_START = {
    33: ("Slurm could not end the job's processes.", _ASK),
    42: ("Slurm could not create the job's directory on the node.", _ASK),
    46: ("Slurm could not set up the job's environment.", _ASK),
    48: (
        "Slurm could not switch to the job's user on the node.",
        "The user may not exist on the node. Ask the cluster's administrators.",
    ),
    52: (
        "Slurm could not run the script.",
        "Check that the interpreter in its first line exists on the nodes.",
    ),
    54: ("The site's prolog failed on the node.", _ASK),
    55: ("The site's epilog failed on the node.", _ASK),
    63: ("Slurm could not run the container.", "Check the requested container."),
    64: ("Slurm could not bind the tasks to CPUs.", "Change the CPU binding."),
    65: (
        "Slurm could not distribute the tasks over the node's CPUs.",
        "Change the requested resources.",
    ),
}
_FIRST, _LAST = 33, 70

#: Reasons for which Slurm itself fails a job. Any other is explained better by the exit code
#: and signal: it is what the job waited for last, as slurmdbd keeps it, or says the same.
_FAILS = frozenset(
    {
        "BadConstraints",
        "BurstBufferOperation",
        "Cleaning",
        "InactiveLimit",
        "InvalidAccount",
        "InvalidQOS",
        "JobHoldMaxRequeue",
        "NodeDown",
        "Prolog",
        "QOSUsageThreshold",
        "ReservationDeleted",
        "SystemFailure",
    }
)
#: Reasons that are the same as the state.
_BY_STATE = {
    "TIMEOUT": "TimeLimit",
    "OUT_OF_MEMORY": "OutOfMemory",
    "DEADLINE": "DeadLine",
    "NODE_FAIL": "NodeDown",
}


def normalized(exit_code: ExitCode | None, state: str, reason: str = "") -> ExitCode | None:
    """``exit_code`` as sacct means it.

    22.05 gives both a code and a signal where there was a signal. slurmctld writes 1 for
    jobs that it ended itself, which reads as signal 1 (HUP).
    """
    if exit_code is None or not exit_code.signal:
        return exit_code
    by_itself = state == "FAILED" and reason in ("RaisedSignal", "JobLaunchFailure")
    if exit_code.signal == 1 and state != "CANCELLED" and not by_itself:
        return ExitCode(code=1)
    return msgspec.structs.replace(exit_code, code=0)


def explained(job: Job, description: str = "") -> Job:
    """``job`` with why it waits or ended so; ``description`` is what Slurm adds to its reason."""
    if job.state in ("PENDING", "SUSPENDED"):
        why = explain(job.reason, description) if job.reason else None
    elif job.state in ("RUNNING", "UNKNOWN"):
        # slurmdbd has the last pending reason; slurmctld reports a failed prolog.
        why = explain(job.reason, description) if job.reason == "Prolog" else None
    else:
        why = _why_ended(job, description)
    return msgspec.structs.replace(job, why=why)


def _why_ended(job: Job, description: str = "") -> Reason | None:
    if job.state == "COMPLETED":
        return _failed_step(job.derived_exit_code)
    if job.state == "CANCELLED":
        return _canceled(job)
    if job.state == "PREEMPTED":
        return Reason(
            code=job.reason,
            text="The job was preempted by another job.",
            advice="Submit it again, or use a partition or QOS whose jobs are not preempted.",
        )
    if job.state == "BOOT_FAIL":
        return Reason(code=job.reason, text="The job's node failed to boot.", advice=_ASK)
    if job.state in _BY_STATE:
        return explain(_BY_STATE[job.state])
    if job.state in ("REQUEUED", "RESIZING", "REVOKED"):
        return None
    if job.reason in _FAILS:
        return explain(job.reason, description)
    return _failed(job)


def _failed(job: Job) -> Reason:
    ended = job.exit_code
    if ended is None:
        return Reason(
            code=job.reason,
            text="The job failed. This Slurm's REST API does not report how.",
            advice=f"{_OUTPUT} On a login node, sacct -j {job.id} shows its exit code.",
        )
    if ended.signal == UNOPENED:
        return unopened(job)
    if ended.signal in _BEFORE_START:
        text, advice = _BEFORE_START[ended.signal]
        return Reason(code=job.reason, text=f"The job did not start. {text}", advice=advice)
    if ended.signal and not ended.signal_name and _FIRST <= ended.signal <= _LAST:
        text = f"Slurm could not start the job (exit code 0:{ended.signal})."
        return Reason(code=job.reason, text=text, advice=_ASK)
    if ended.signal:
        name = ended.signal_name or str(ended.signal)
        advice = _SIGNALS.get(name, "The script did not catch it. " + _OUTPUT)
        return Reason(
            code=job.reason, text=f"The script was ended by signal {name}.", advice=advice
        )
    return _by_code(job.reason, ended.code)


def _by_code(reason: str, code: int) -> Reason:
    if code == 0:
        if reason == "JobLaunchFailure":
            return explain(reason)
        # slurmdbd does not keep that the launch failed.
        return Reason(
            code=reason,
            text="Slurm reports the job as failed, but no exit code or signal of its script.",
            advice=f"{_OUTPUT} If there is none, the job could not be started on its node.",
        )
    text, advice = f"The script ended with exit code {code}.", _OUTPUT
    if code == 126:
        text = "The script ended with exit code 126: a command is not executable."
    elif code == 127:
        text = "The script ended with exit code 127: a command was not found."
        advice = "The script may need a module or an environment. " + _OUTPUT
    elif 128 < code < 128 + 32:
        name = signal_name(code - 128) or str(code - 128)
        text = (
            f"The script ended with exit code {code}: a command was ended by signal {name} (128"
            f" + {code - 128})."
        )
        advice = _SIGNALS.get(name, _OUTPUT)
    return Reason(code=reason, text=text, advice=advice)


def _failed_step(derived: ExitCode | None) -> Reason | None:
    """The script ended well; ``derived`` is the worst of its steps."""
    if derived is None or not (derived.code or derived.signal):
        return None
    how = (
        f"signal {derived.signal_name or derived.signal}"
        if derived.signal
        else f"exit code {derived.code}"
    )
    return Reason(
        code="", text=f"The script succeeded, but one of its steps failed: {how}.", advice=_OUTPUT
    )


def _canceled(job: Job) -> Reason:
    if job.reason == "DependencyNeverSatisfied":
        return Reason(
            code=job.reason,
            text="Slurm canceled the job: its dependency can never be satisfied.",
            advice="Find out why the job that it depends on failed.",
        )
    when = "while it ran" if job.nodes else "before it started"
    return Reason(code=job.reason, text=f"The job was canceled {when}.")


def candidates(job: Job) -> list[tuple[str, str]]:
    """What Slurm opens before a script begins: names for people, and paths."""
    found = [("standard input", job.stdin), ("standard output", job.stdout)]
    if job.stderr != job.stdout:
        found.append(("standard error", job.stderr))
    return [(name, path) for name, path in found if path and path != "/dev/null"]


def unopened(job: Job, which: str = "", because: str = "") -> Reason:
    """Slurm could not open a file of ``job``: ``which``, or else one of its candidates."""
    if not which:
        files = [" ".join(one) for one in candidates(job)]
        one = f"its {files[0]}" if len(files) == 1 else f"one of its files: {', '.join(files)}"
        which = one if files else "its input or output"
    text = f"The job did not start and has no output: Slurm could not open {which}"
    return Reason(
        code=job.reason,
        text=f"{text} ({because})." if because else f"{text}.",
        advice="Check that the directories exist on the nodes and that you have access to them.",
    )
