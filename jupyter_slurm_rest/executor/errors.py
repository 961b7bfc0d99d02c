"""What a future raises if its job did not end with a result of the function."""

from __future__ import annotations

from jupyter_slurm_rest.notebook.job import JobFailed
from jupyter_slurm_rest.slurm.errors import SlurmError

_END = "The end of its output:"


class ExecutorError(SlurmError):
    """A call on the cluster has no result."""


class CallNotPicklable(ExecutorError):
    """The function or its arguments cannot be sent; nothing was submitted."""


class CallNotLoaded(ExecutorError):
    """The job could not load the function or its arguments."""


class PythonMismatch(ExecutorError):
    """The notebook's Python and the job's Python differ, so functions cannot be exchanged."""


class ResultNotPicklable(ExecutorError):
    """The function returned something that cannot be sent back."""


class ResultTooLarge(ExecutorError):
    """The function's result is larger than ``max_result``."""


class ResultNotLoaded(ExecutorError):
    """The result is there, but cannot be loaded here."""


class RemoteError(ExecutorError):
    """The function raised an exception that cannot be sent back; its words are kept."""


class FolderNotShared(ExecutorError):
    """The job does not see the executor's folder, or this computer does not see the job's."""


class JobWithoutResult(ExecutorError, JobFailed):
    """The job ended before the function returned."""

    def __init__(self, message: str, *, job_id: str = "", output: str = "") -> None:
        super().__init__(message)
        self.job_id = job_id
        #: The end of the job's output.
        self.output = output

    def __str__(self) -> str:
        return f"{self.message} {_END}\n{self.output}" if self.output else self.message


class JobExited(JobWithoutResult):
    """The job's process ended by itself: an exit code."""


class JobKilled(JobWithoutResult):
    """A signal ended the job's process."""


class JobOutOfMemory(JobWithoutResult):
    """The job used more memory than it had."""


class JobTimedOut(JobWithoutResult):
    """The job reached its time limit or its deadline."""


class JobCancelled(JobWithoutResult):
    """Somebody canceled the job."""


class JobPreempted(JobWithoutResult):
    """Slurm ended the job in favor of another one."""


class JobNodeFailed(JobWithoutResult):
    """The job's node failed."""


class JobVanished(JobWithoutResult):
    """Slurm does not know the job anymore, and there is no result."""


class RemoteTraceback(Exception):
    """The traceback in the job: the cause of an exception that a future raises."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f'\n"""\n{self.text}"""'
