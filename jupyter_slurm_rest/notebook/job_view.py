"""How a job shows itself: one line, all facts as text, all facts as HTML."""

from __future__ import annotations

import html
import time
from collections import Counter

from jupyter_slurm_rest.redaction import printable

from .tables import clock, count, duration, exit_code, gpus, limit, local_time
from .tasks import JobRecord


def line(job: JobRecord) -> str:
    """``<Job 123 train RUNNING on maxwell>``, as it was read last."""
    if not job.info:
        return f"<Job {job.id} on {job.cluster}>"
    parts = [job.id, job.info["name"] or "", job.last_state, f"on {job.cluster}"]
    return printable(f"<Job {' '.join(part for part in parts if part)}>")


def text(job: JobRecord) -> str:
    """All facts, one on each line."""
    found = facts(job)
    width = max(len(name) for name, _ in found)
    return "\n".join(f"{name.ljust(width)}  {printable(value)}" for name, value in found)


def page(job: JobRecord) -> str:
    """All facts as an HTML table."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
        for name, value in facts(job)
    )
    return f"<table><tbody>{rows}</tbody></table>"


def facts(job: JobRecord) -> list[tuple[str, str]]:
    """What is known about the job, by title; reads it again if it can have changed."""
    job.refresh_to_show()
    info, ended = job.info, job.ended
    tasks = Counter(task.last_state for task in job.last_tasks) if job.info else Counter()
    why = info.get("why") or {}
    times = (duration(info["elapsed"]), limit(info["time_limit"]))
    found = [
        ("Job", f"{job.id} {info['name']}".strip()),
        ("State", "+".join([job.last_state, *info["flags"]])),
        ("Tasks", ", ".join(f"{number} {state}" for state, number in sorted(tasks.items()))),
        ("Why", " ".join(part for part in (why.get("text"), why.get("advice")) if part)),
        ("Partition", info["partition"]),
        ("Account", info["account"]),
        ("Submitted", local_time(info["submit_time"])),
        ("Expected start", local_time(info["estimated_start"])),
        ("Started", local_time(info["start_time"])),
        ("Ended", local_time(info["end_time"]) if ended else ""),
        ("Time", " of ".join(filter(None, times))),
        ("Nodes", info["nodes"]),
        ("GPUs", gpus(info.get("allocated") or info.get("requested"))),
        ("Exit code", exit_code(info["exit_code"]) if ended and not tasks else ""),
        ("Output", info.get("stdout", "") if not tasks else ""),
        ("As of", clock(time.time() - job.age)),
    ]
    return [(name, value) for name, value in found if value]


def failure(job: JobRecord) -> tuple[str, str]:
    """What a job that failed has to say, and what to look at."""
    if job.last_tasks:
        bad = [task for task in job.last_tasks if task.last_state != "COMPLETED"]
        named = ", ".join(f"{task} {task.last_state}" for task in bad[:5])
        more = ", ..." if len(bad) > 5 else ""
        of = f"{len(bad)} of {count(len(job.last_tasks), 'task')} did not complete"
        return (
            f"Job {job.id} ended as {job.last_state}: {of} ({named}{more}).",
            f"See job.output(task={bad[0].info['array_task_id']}).",
        )
    code = exit_code(job.info["exit_code"])
    why = (job.info.get("why") or {}).get("text", "")
    text = f"Job {job.id} ended as {job.last_state}{f' with exit code {code}' if code else ''}."
    return f"{text} {why}".strip(), "See job.output()."
