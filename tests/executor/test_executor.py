"""Functions run in jobs, and what happened to them comes back."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import stat
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from jupyter_slurm_rest import SlurmExecutor
from jupyter_slurm_rest.executor import errors
from jupyter_slurm_rest.executor.outcome import value_of
from jupyter_slurm_rest.slurm.errors import InvalidRequest, Refused, SlurmError

#: Seconds that a busy machine may take.
SOON = 60


class OddError(Exception):
    """Can be pickled but not read again."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def test_a_function_of_the_notebook_runs_in_a_job(executor: SlurmExecutor, slurm: Any) -> None:
    factor = 3

    def compute(x: int, *, y: int) -> tuple[int, int]:
        return x * factor + y, os.getpid()

    future = executor.submit(compute, 2, y=4)
    value, pid = future.result(SOON)
    assert value == 10
    assert pid != os.getpid()
    assert future.job_id == "100"
    assert slurm.options[0]["job_name"] == "compute"
    assert slurm.options[0]["no_requeue"] is True


def test_an_exception_arrives_as_itself_with_the_jobs_traceback(executor: SlurmExecutor) -> None:
    def divide(number: int) -> float:
        sys.stdout.write("dividing")
        return number / 0

    future = executor.submit(divide, 1)
    with pytest.raises(ZeroDivisionError) as caught:
        future.result(SOON)
    assert isinstance(caught.value.__cause__, errors.RemoteTraceback)
    assert "in divide" in str(caught.value.__cause__)
    assert "dividing" in future.log_path.read_text()


def test_an_exit_and_an_odd_exception_come_back(executor: SlurmExecutor) -> None:
    def odd() -> None:
        raise OddError(1, 2)

    exits, odds = executor.submit(sys.exit, 3), executor.submit(odd)
    assert isinstance(exits.exception(SOON), SystemExit)
    error = odds.exception(SOON)
    assert isinstance(error, errors.RemoteError)
    assert str(error) == "OddError: 1 and 2"


def test_what_cannot_be_pickled(executor: SlurmExecutor, slurm: Any) -> None:
    lock = threading.Lock()
    with pytest.raises(errors.CallNotPicklable, match="cannot be sent"):
        executor.submit(lambda: lock)
    assert slurm.calls == []
    assert not list((executor.folder / "calls").iterdir())
    future = executor.submit(threading.Lock)
    with pytest.raises(errors.ResultNotPicklable, match="returned a lock"):
        future.result(SOON)


def test_a_result_that_is_too_large(slurm: Any, tmp_path: Path) -> None:
    executor = SlurmExecutor(tmp_path / "x", slurm=slurm, max_result=1000)
    with pytest.raises(errors.ResultTooLarge, match=r"2,\d\d\d bytes; max_result is 1,000"):
        executor.submit(bytes, 2000).result(SOON)


def test_a_killed_job_shows_the_end_of_its_output(executor: SlurmExecutor) -> None:
    def die() -> None:
        os.write(1, b"about to die")
        os.kill(os.getpid(), signal.SIGKILL)

    future = executor.submit(die)
    with pytest.raises(errors.JobKilled, match="signal 9") as caught:
        future.result(SOON)
    assert caught.value.output.startswith("about to die")
    assert "about to die" in str(caught.value)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("TIMEOUT", errors.JobTimedOut),
        ("OUT_OF_MEMORY", errors.JobOutOfMemory),
        ("CANCELLED", errors.JobCancelled),
        ("PREEMPTED", errors.JobPreempted),
        ("NODE_FAIL", errors.JobNodeFailed),
    ],
)
def test_each_end_has_its_exception(
    executor: SlurmExecutor, slurm: Any, state: str, kind: type[Exception]
) -> None:
    future = executor.submit(time.sleep, 600)
    slurm.end(future.job_id, state)
    assert isinstance(future.exception(SOON), kind)


def test_a_setup_that_fails_and_a_python_that_is_not_there(slurm: Any, tmp_path: Path) -> None:
    executor = SlurmExecutor(tmp_path / "x", slurm=slurm, python="/nowhere/python")
    future = executor.submit(pow, 2, 3)
    with pytest.raises(errors.JobExited, match=r"exit code 127[\s\S]*/nowhere/python"):
        future.result(SOON)
    executor = SlurmExecutor(tmp_path / "y", slurm=slurm, setup="echo no module; exit 4")
    with pytest.raises(errors.JobExited, match=r"exit code 4[\s\S]*no module"):
        executor.submit(pow, 2, 3).result(SOON)


def test_setup_reaches_the_function(slurm: Any, tmp_path: Path) -> None:
    executor = SlurmExecutor(tmp_path / "x", slurm=slurm, setup="export FLAVOR='two words'")
    assert executor.submit(os.getenv, "FLAVOR").result(SOON) == "two words"


def test_a_folder_that_is_not_shared(executor: SlurmExecutor, slurm: Any) -> None:
    slurm.holds = True
    future = executor.submit(pow, 2, 3)
    (executor.folder / "logs").rmdir()
    slurm.start()
    with pytest.raises(errors.FolderNotShared, match="do not share"):
        future.result(SOON)


def test_a_folder_that_is_removed_ends_the_waiting(executor: SlurmExecutor, slurm: Any) -> None:
    slurm.holds = True
    future = executor.submit(pow, 2, 3)
    executor.folder.rename(executor.folder.with_name("elsewhere"))
    with pytest.raises(errors.FolderNotShared, match="was removed"):
        future.result(SOON)


def test_a_job_that_slurm_forgot_is_given_up(executor: SlurmExecutor, slurm: Any) -> None:
    slurm.holds = True
    future = executor.submit(pow, 2, 3)
    slurm.forgotten.add(future.job_id)
    with pytest.raises(errors.JobVanished):
        future.result(SOON)


def test_results_come_while_slurm_is_down(executor: SlurmExecutor, slurm: Any) -> None:
    slurm.holds = True
    future = executor.submit(pow, 2, 3)
    slurm.down = True
    slurm.start()
    assert future.result(SOON) == 8
    with pytest.raises(SlurmError):
        executor.submit(pow, 2, 3)


def test_map_is_one_array(executor: SlurmExecutor, slurm: Any) -> None:
    assert list(executor.map(pow, [1, 2, 3], [2, 2, 2])) == [1, 4, 9]
    assert slurm.options[0]["array"] == "0-2"
    assert slurm.calls.count("submit") == 1
    assert "job" not in slurm.calls
    some = executor.with_options(array="%2", mem="1G").map(abs, range(-5, 0), chunksize=2)
    assert list(some) == [5, 4, 3, 2, 1]
    assert slurm.options[1]["array"] == "0-2%2"
    assert slurm.options[1]["mem"] == "1G"
    assert list(executor.map(abs, [])) == []


def test_many_tasks_are_arrays_that_slurm_takes(executor: SlurmExecutor, slurm: Any) -> None:
    slurm.holds = True
    mapped = executor.map(abs, range(1500))
    assert [options["array"] for options in slurm.options] == ["0-999", "0-499"]
    assert len({future.key for future in mapped.futures}) == 1500
    executor.shutdown(cancel_futures=True)
    assert slurm.calls.count("cancel") == 1
    assert all(future.cancelled() for future in mapped.futures)


def test_map_times_out_and_cancels_the_rest(executor: SlurmExecutor, slurm: Any) -> None:
    mapped = executor.map(time.sleep, [0, 600], timeout=1)
    with pytest.raises(TimeoutError):
        list(mapped)
    assert mapped.futures[1].cancelled()
    assert slurm.calls.count("cancel") == 1


def test_as_completed_and_wait(executor: SlurmExecutor) -> None:
    futures = [executor.submit(abs, number) for number in (-1, -2)]
    done = [one.result() for one in concurrent.futures.as_completed(futures, SOON)]
    assert sorted(done) == [1, 2]


def test_cancel_reaches_slurm_also_while_the_job_runs(executor: SlurmExecutor, slurm: Any) -> None:
    future = executor.submit(time.sleep, 600)
    give_up = time.monotonic() + SOON
    while not future.running() and time.monotonic() < give_up:
        time.sleep(0.05)
    assert future.running()
    assert future.cancel()
    assert future.cancelled()
    assert slurm.calls.count("cancel") == 1
    done = concurrent.futures.wait([future], timeout=SOON)
    assert done.done == {future}
    assert future.cancel()
    assert slurm.calls.count("cancel") == 1


def test_a_cancel_that_fails_is_not_shown_as_done(executor: SlurmExecutor, slurm: Any) -> None:
    slurm.holds = True
    future = executor.submit(pow, 2, 3)
    slurm.down = True
    with pytest.raises(SlurmError):
        future.cancel()
    assert not future.cancelled()


def test_another_executor_attaches_to_the_folder(
    executor: SlurmExecutor, slurm: Any, tmp_path: Path
) -> None:
    first = executor.submit(pow, 2, 3)
    assert first.result(SOON) == 8
    slurm.holds = True
    mapped = executor.map(abs, [-1, -2])
    later = SlurmExecutor(tmp_path / "other", slurm=slurm)
    done, *waiting = later.attach(executor.folder)
    assert done.result(SOON) == 8
    assert [one.job_id for one in waiting] == [one.job_id for one in mapped.futures]
    slurm.start()
    assert [one.result(SOON) for one in waiting] == [[1], [2]]


def test_nobody_else_may_read_the_folder(executor: SlurmExecutor) -> None:
    executor.submit(pow, 2, 3).result(SOON)
    for path in [executor.folder, *executor.folder.rglob("*")]:
        if "lib" not in path.parts:
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_folder_that_others_may_enter_is_refused(slurm: Any, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(InvalidRequest, match="other users may enter"):
        SlurmExecutor(tmp_path / "open", slurm=slurm).submit(pow, 2, 3)


def test_wrong_options_are_refused_at_once(slurm: Any) -> None:
    with pytest.raises(InvalidRequest, match="Did you mean"):
        SlurmExecutor(slurm=slurm, tim="10:00")
    with pytest.raises(InvalidRequest, match="the executor sets this option itself"):
        SlurmExecutor(slurm=slurm, output="x.out")
    with pytest.raises(InvalidRequest, match="map"):
        SlurmExecutor(slurm=slurm, array="0-9")


def test_shutdown(executor: SlurmExecutor, slurm: Any) -> None:
    with executor:
        future = executor.submit(pow, 2, 3)
    assert future.done()
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(pow, 2, 3)


def test_both_pythons_are_named_when_functions_cannot_be_exchanged(
    executor: SlurmExecutor, slurm: Any
) -> None:
    slurm.holds = True
    future = executor.submit(lambda: 1)
    (about,) = (executor.folder / "calls").glob("*.json")
    version = sys.version.split()[0]
    about.write_text(about.read_text().replace(version, "3.1.4"))
    slurm.start()
    with pytest.raises(errors.PythonMismatch, match=f"{version} .*this one is {version}"):
        future.result(SOON)
    result = {"status": "value", "python": {"version": "3.1.4", "path": "/old/python"}}
    with pytest.raises(errors.PythonMismatch, match=r"3\.1\.4 \(/old/python\)"):
        value_of(result, cloudpickle.dumps(lambda: 1))
    assert value_of(result, cloudpickle.dumps([1, 2])) == [1, 2]


def test_arrays_of_a_map_that_was_refused_are_canceled(
    executor: SlurmExecutor, slurm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slurm.holds = True
    submit = slurm.submit

    def only_once(script: str, **options: Any) -> Any:
        if slurm.calls:
            raise Refused("Too many jobs.")
        return submit(script, **options)

    monkeypatch.setattr(slurm, "submit", only_once)
    with pytest.raises(Refused, match="Too many jobs"):
        executor.map(abs, range(1001))
    assert slurm.calls.count("cancel") == 1
