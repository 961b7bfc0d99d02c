"""How a job ended, in plain words: from its state, exit code, signal and reason together.

No one of them is enough. A batch script that could not begin leaves slurmd's error number
as its wait status: 4021 (no output or input file) reads as signal 53. Slurm 22.05 gives the
reason JobLaunchFailure for every script that a signal ended. slurmdbd keeps the reason that
a job *waited* for last.
"""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import ExitCode, Job, Reason
from jupyter_slurm_rest.slurm.models.values import signal_name

from .reasons import explain

_OUTPUT = "Look at the end of its output."
_ASK = "Submit it again; if it happens again, ask the cluster's administrators."

#: What a job's signal says about a script that did not catch it.
_SIGNALS = {
    "KILL": "Often its node had no memory left, or somebody killed it. Look at the end of its"
    " output and at the memory it used.",
    "TERM": "Somebody or something asked it to end. Look at the end of its output.",
    "SEGV": "It used memory that is not its own: a fault in the program. " + _OUTPUT,
    "BUS": "It used memory in a wrong way: a fault in the program, or a full disk. " + _OUTPUT,
    "ILL": "The program may be built for another kind of processor. " + _OUTPUT,
    "FPE": "An arithmetic error, such as a division by zero. " + _OUTPUT,
    "ABRT": "The program gave up by itself. " + _OUTPUT,
    "XCPU": "It used more CPU time than a limit of the node (ulimit -t) allows.",
    "XFSZ": "It wrote a larger file than a limit of the node (ulimit -f) allows.",
    "USR1": "If the job asks for this signal (--signal), its script must catch it (trap).",
    "USR2": "If the job asks for this signal (--signal), its script must catch it (trap).",
}

#: Signals that are slurmd's error numbers, 4000 and up, read as a wait status.
UNOPENED = 53
_BEFORE_START = {
    33: ("Slurm could not end its processes.", _ASK),
    42: ("Slurm could not make the job's folder on its node.", _ASK),
    46: ("Slurm could not set up its environment.", _ASK),
    48: (
        "Slurm could not become its user on the node.",
        "The node may not know the user; ask the cluster's administrators.",
    ),
    52: (
        "Slurm could not run its script.",
        "See whether the interpreter in its first line exists on the nodes.",
    ),
    54: ("The site's prolog failed on its node.", _ASK),
    55: ("The site's epilog failed on its node.", _ASK),
    63: ("Slurm could not run its container.", "Check the container it asks for."),
    64: ("Slurm could not bind its tasks to CPUs.", "Change its CPU binding."),
    65: ("Slurm could not lay out its tasks on the node's CPUs.", "Change what it asks for."),
}
_FIRST, _LAST = 33, 70

#: Reasons of failed jobs that its exit code and signal explain better.
_NO_MORE = frozenset({"", "None", "NonZeroExitCode", "RaisedSignal", "JobLaunchFailure"})
#: Reasons that the state itself stands for.
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


def explained(job: Job, said: str = "") -> Job:
    """``job`` with why it waits or ended so; ``said`` is what Slurm adds to its reason."""
    if job.state in ("PENDING", "SUSPENDED"):
        why = explain(job.reason, said) if job.reason else None
    elif job.state in ("RUNNING", "UNKNOWN"):
        # slurmdbd keeps what it waited for; slurmctld tells of a prolog.
        why = explain(job.reason, said) if job.reason == "Prolog" else None
    else:
        why = _why_ended(job, said)
    return msgspec.structs.replace(job, why=why)


def _why_ended(job: Job, said: str = "") -> Reason | None:
    if job.state == "COMPLETED":
        return _failed_step(job.derived_exit_code)
    if job.state == "CANCELLED":
        return _cancelled(job)
    if job.state == "PREEMPTED":
        return Reason(
            code=job.reason,
            text="It was stopped to make room for a job that goes before it.",
            advice="Submit it again, or to a partition or QOS whose jobs are not stopped.",
        )
    if job.state == "BOOT_FAIL":
        return Reason(code=job.reason, text="Its node did not start up.", advice=_ASK)
    if job.state in _BY_STATE:
        return explain(_BY_STATE[job.state])
    if job.reason not in _NO_MORE:
        return explain(job.reason, said)
    return _failed(job)


def _failed(job: Job) -> Reason | None:
    ended = job.exit_code
    if ended is None:
        return Reason(
            code=job.reason,
            text="It failed; how, this Slurm's accounting does not say over REST.",
            advice=f"{_OUTPUT} On a login node, sacct -j {job.id} shows its exit code.",
        )
    if ended.signal == UNOPENED:
        return unopened(job)
    if ended.signal in _BEFORE_START:
        text, advice = _BEFORE_START[ended.signal]
        return Reason(code=job.reason, text=f"It never began. {text}", advice=advice)
    if ended.signal and not ended.signal_name and _FIRST <= ended.signal <= _LAST:
        text = f"It never began: Slurm could not start it (exit code 0:{ended.signal})."
        return Reason(code=job.reason, text=text, advice=_ASK)
    if ended.signal:
        name = ended.signal_name or str(ended.signal)
        advice = _SIGNALS.get(name, "Its script did not catch it. " + _OUTPUT)
        return Reason(code=job.reason, text=f"The signal {name} ended its script.", advice=advice)
    return _by_code(job.reason, ended.code)


def _by_code(reason: str, code: int) -> Reason | None:
    if code == 0:
        return explain(reason) if reason == "JobLaunchFailure" else None
    text, advice = f"Its script ended with exit code {code}.", _OUTPUT
    if code == 126:
        text = "Its script ended with exit code 126: a command in it may not be executed."
    elif code == 127:
        text = "Its script ended with exit code 127: a command in it was not found."
        advice = "It may need a module or an environment. " + _OUTPUT
    elif 128 < code < 128 + 32:
        name = signal_name(code - 128) or str(code - 128)
        text = (
            f"Its script ended with exit code {code}: the signal {name} ended a command in it"
            f" (128 + {code - 128})."
        )
        advice = _SIGNALS.get(name, _OUTPUT)
    return Reason(code=reason, text=text, advice=advice)


def _failed_step(derived: ExitCode | None) -> Reason | None:
    """The script ended well; ``derived`` is the worst of its steps."""
    if derived is None or not (derived.code or derived.signal):
        return None
    how = (
        f"the signal {derived.signal_name or derived.signal}"
        if derived.signal
        else f"exit code {derived.code}"
    )
    return Reason(
        code="", text=f"Its script ended well, but one of its steps did not: {how}.", advice=_OUTPUT
    )


def _cancelled(job: Job) -> Reason:
    if job.reason == "DependencyNeverSatisfied":
        return Reason(
            code=job.reason,
            text="Slurm cancelled it: the job that it waited for can never let it start.",
            advice="Find out why that job failed.",
        )
    when = "while it ran" if job.nodes else "before it started"
    return Reason(code=job.reason, text=f"It was cancelled {when}.")


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
    text = f"It never began, and there is no output: Slurm could not open {which}"
    return Reason(
        code=job.reason,
        text=f"{text} ({because})." if because else f"{text}.",
        advice="See that the folders exist on the nodes and that you may use them.",
    )
