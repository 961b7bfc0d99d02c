"""Submitting the same scripts by sbatch and by us, and comparing what Slurm has of them."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from devcluster import Cluster
from jupyter_slurm_rest.slurm.client import SlurmClient
from jupyter_slurm_rest.slurm.errors import InvalidRequest, PermissionDenied, Refused, Unsupported
from jupyter_slurm_rest.slurm.sbatch import Submitter, options_of, parse_script

from .corpus import Case

USER = "alice"
HOME = f"/home/{USER}"
_MARK = re.compile(r"^jsr-[0-9a-f]{16}$|#jsr-[0-9a-f]{16}$")
#: Fields about when, whence and as which number a job was submitted, and estimates.
_OWN = {
    "JobId", "ArrayJobId", "HetJobId", "HetJobIdSet", "AllocNode:Sid", "SubmitLine", "SLUID",
    "SubmitTime", "AccrueTime", "LastSchedEval", "StartTime", "EndTime", "Scheduler", "Reason",
    "ArrayTaskId", "SchedNodeList", "Command",
}  # fmt: skip
_OWN_JSON = {
    "job_id", "array_job_id", "het_job_id", "het_job_id_set", "allocating_node", "submit_line",
    "submit_time", "accrue_time", "last_sched_evaluation", "start_time", "end_time", "command",
    "step_id", "scheduled_nodes", "state_reason", "state_description", "eligible_time", "priority",
    "priority_by_partition", "deadline", "association_id", "comment", "standard_output",
    "standard_error", "standard_input", "stdout_expanded", "stderr_expanded", "stdin_expanded",
    "pre_sus_time", "preemptable_time", "job_resources", "array_task_string", "dependency",
}  # fmt: skip
#: What only accounting keeps, in sacct's words (of the release that has them).
_ACCOUNTED = [
    "Account", "Constraints", "Container", "Extra", "Flags", "Licenses", "MCSLabel", "Partition",
    "QOS", "QOSREQ", "ReqCPUFreqGov", "ReqCPUFreqMax", "ReqCPUFreqMin", "ReqCPUS", "ReqMem",
    "ReqNodes", "ReqTRES", "Reservation", "SegmentSize", "Timelimit", "WCKey", "WorkDir",
]  # fmt: skip
#: Flags that the scheduler sets and clears as it looks at a job.
_PASSING = {"DEPENDENT", "BACKFILL_ATTEMPTED", "SCHEDULING_ATTEMPTED", "ACCRUE_COUNT_CLEARED"}
#: Moments, which two submissions seconds apart have seconds apart.
_MOMENTS = {"EligibleTime", "Deadline"}
_SECONDS = 90
_FIELD = re.compile(r"(?:^|\s)([A-Z][\w:/.-]*)=")
_LOOP = """
for script in {folder}/*.sh; do
  env $(cat $script.env) sbatch --parsable $(cat $script.call) \\
    < $script > $script.out 2> $script.err || echo failed > $script.out
done
"""


class Outcome(NamedTuple):
    """What became of a submission: a job's records, or why there is none."""

    records: list[dict[str, str]]
    refusal: str = ""
    #: True when we refused before sending.
    ours: bool = False
    #: What we told the user beside the job id.
    warnings: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """``equal``, ``refused`` (by us, with the reason), ``both`` refuse, ``noted`` (different,
    and the user is told so), or ``different``.
    """

    kind: str
    detail: str = ""


@contextmanager
def nothing_starts(cluster: Cluster) -> Iterator[None]:
    """Jobs wait in partitions that are down; what was submitted is canceled at the end."""
    names = cluster.run(["sinfo", "--noheader", "--format=%R"]).stdout.split()

    def set_all(state: str) -> None:
        for name in names:
            cluster.run(["scontrol", "update", f"PartitionName={name}", f"State={state}"])

    set_all("DOWN")
    try:
        yield
    finally:
        cluster.run(["scancel", f"--user={USER}"])
        set_all("UP")


def _named(text: str, cluster: Cluster) -> str:
    """``text`` with the cluster's own name where it asks for it."""
    return text.replace("{cluster}", cluster.name)


def by_sbatch(cluster: Cluster, cases: Sequence[Case]) -> list[Outcome]:
    """Submit every case with sbatch, as :data:`USER`, in one go."""
    folder = Path(tempfile.mkdtemp(prefix="parity-", dir="/tmp"))
    try:
        for number, case in enumerate(cases):
            script = folder / f"{number:04}.sh"
            script.write_text(_named(case.script, cluster))
            script.with_suffix(".sh.env").write_text(case.variable)
            script.with_suffix(".sh.call").write_text(_named(case.call, cluster))
        shutil.chown(folder, USER)
        folder.chmod(0o755)
        cluster.run(["sh", "-c", _LOOP.format(folder=folder)], user=USER)
        told: list[str] = []
        for number, _ in enumerate(cases):
            out = folder / f"{number:04}.sh.out"
            said = out.read_text().strip().partition(";")[0]
            error = out.with_suffix(".err").read_text().strip()
            told.append(said if said.isdigit() else "!" + (error.splitlines() or ["no job"])[-1])
    finally:
        shutil.rmtree(folder)
    records = _records(cluster)
    return [
        Outcome([], words[1:]) if words.startswith("!") else Outcome(records[words])
        for words in told
    ]


async def versions(cluster: Cluster) -> list[str]:
    """The API versions that the cluster's slurmrestd serves, newest first."""
    async with _client(cluster) as client:
        return await client.versions()


def _client(cluster: Cluster, version: str | None = None) -> SlurmClient:
    return SlurmClient.from_url(
        cluster.url, user=USER, token=cluster.token(USER), api_version=version
    )


async def by_us(
    cluster: Cluster, version: str, cases: Sequence[Case], *, thorough: bool = True
) -> list[Outcome]:
    """Submit every case through slurmrestd; ``thorough``: compare what is in JSON too."""
    submitter = Submitter(
        user=USER, home=HOME, directory=HOME, host="devcluster", environment={"HOME": HOME}
    )
    told: list[tuple[str, list[str]] | Outcome] = []
    async with _client(cluster, version) as client:
        for case in cases:
            try:
                line = _named(case.call, cluster)
                done = await client.submit(
                    _named(case.script, cluster),
                    options_of(parse_script(f"#!/bin/sh\n#SBATCH {line}\n")),
                    submitter=submitter,
                    environment=dict([case.variable.split("=", 1)] if case.variable else []),
                )
                told.append((str(done.job_id), done.warnings))
            except (InvalidRequest, Unsupported) as problem:
                told.append(Outcome([], str(problem), ours=True))
            except (Refused, PermissionDenied) as problem:
                told.append(Outcome([], str(problem)))
    records = _records(cluster, thorough=thorough)
    return [
        one if isinstance(one, Outcome) else Outcome(records[one[0]], warnings=tuple(one[1]))
        for one in told
    ]


def _records(cluster: Cluster, *, thorough: bool = True) -> dict[str, list[dict[str, str]]]:
    """Every job that slurmctld has, by the id that sbatch tells."""
    shown = cluster.run(["scontrol", "show", "job", "--oneliner", "--all"]).stdout
    more = _from_json(cluster) if thorough else {}
    found: dict[str, list[dict[str, str]]] = {}
    for line in shown.splitlines():
        record = _fields(line)
        if "JobId" in record:
            told = record.get("HetJobId") or record.get("ArrayJobId") or record["JobId"]
            found.setdefault(told, []).append(record | more.get(record["JobId"], {}))
    return found


def _from_accounting(cluster: Cluster, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """What slurmdbd has of jobs, by job id, once it has heard of all of them."""
    known = cluster.run(["sacct", "--helpformat"]).stdout.split()
    fields = [field for field in _ACCOUNTED if field in known]
    argv = ["sacct", "--noheader", "--parsable2", "--allocations", "--delimiter=\x1f"]
    argv += [f"--jobs={','.join(ids)}", f"--format=JobIDRaw,{','.join(fields)}"]
    rows: dict[str, dict[str, str]] = {}
    for _ in range(20):
        shown = cluster.run(argv).stdout.splitlines()
        rows = {
            values[0]: dict(zip((f"sacct.{field}" for field in fields), values[1:], strict=True))
            for line in shown
            if len(values := line.split("\x1f")) == len(fields) + 1
        }
        if len(rows) >= len(ids):
            break
        time.sleep(0.5)
    return rows


def account(cluster: Cluster, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """``outcomes`` with what accounting has of their jobs.

    Jobs whose dependency or begin is not met are not there yet: for them nothing is added.
    """
    ids = [record["JobId"] for outcome in outcomes for record in outcome.records]
    accounted = _from_accounting(cluster, ids)
    return [
        outcome._replace(
            records=[record | accounted.get(record["JobId"], {}) for record in outcome.records]
        )
        for outcome in outcomes
    ]


def _from_json(cluster: Cluster) -> dict[str, dict[str, str]]:
    """What scontrol prints only as JSON, by job id."""
    if cluster.generation == "host":
        # squeue of 22.05 is the one that has JSON.
        argv = ["squeue", "--json"]
    else:
        argv = ["scontrol", "show", "job", "--json"]
    jobs = json.loads(cluster.run(argv).stdout)["jobs"]
    for job in jobs:
        job["flags"] = sorted(set(job["flags"]) - _PASSING)
    return {
        str(job["job_id"]): {
            f"json.{field}": json.dumps(value)
            for field, value in job.items()
            if field not in _OWN_JSON
        }
        for job in jobs
    }


def _fields(line: str) -> dict[str, str]:
    names = list(_FIELD.finditer(line))
    ends = [match.start() for match in names[1:]] + [len(line)]
    return {
        match[1]: line[match.end() : end].strip() for match, end in zip(names, ends, strict=True)
    }


def _comparable(record: dict[str, str]) -> dict[str, str]:
    own = "|".join(record[field] for field in ("JobId", "ArrayJobId") if field in record)
    told = {field: value for field, value in record.items() if field not in _OWN}
    for field in ("StdErr", "StdIn", "StdOut"):
        told[field] = re.sub(rf"(?<!\d)({own})(?!\d)", "<id>", told.get(field, ""))
    if _MARK.search(record.get("Comment", "")):
        del told["Comment"]
    # Fair share moves on between two submissions; held or not does not.
    if told.get("Priority", "0") not in ("0", "1"):
        told["Priority"] = "some"
    return told


def _apart(field: str, one: dict[str, str], other: dict[str, str]) -> bool:
    left, right = one.get(field), other.get(field)
    if left == right:
        return False
    # Unknown: not yet looked at by the scheduler.
    if field == "EligibleTime" and "Unknown" in (left, right):
        return False
    if field not in _MOMENTS or not left or not right:
        return True
    moments = [_moment(left), _moment(right)]
    begun = [_moment(record["SubmitTime"]) for record in (one, other)]
    # At a time of day, or so long after the submission.
    later = [moment - begin for moment, begin in zip(moments, begun, strict=True)]
    return min(abs(moments[0] - moments[1]), abs(later[0] - later[1])) > _SECONDS


def _moment(written: str) -> float:
    try:
        return time.mktime(time.strptime(written, "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return 0.0


def differences(theirs: Outcome, ours: Outcome) -> list[str]:
    """Fields that differ, as ``Field: sbatch's, ours``."""
    if len(theirs.records) != len(ours.records):
        return [f"records: {len(theirs.records)}, {len(ours.records)}"]
    found: list[str] = []
    for one, other in zip(theirs.records, ours.records, strict=True):
        left, right = _comparable(one), _comparable(other)
        # What was not asked of one side is not compared.
        for kind in ("json.", "sacct."):
            if not any(field.startswith(kind) for field in right):
                left = {field: v for field, v in left.items() if not field.startswith(kind)}
        found += [
            f"{field}: {left.get(field)}, {right.get(field)}"
            for field in sorted(left.keys() | right.keys())
            if _apart(
                field,
                left | {"SubmitTime": one["SubmitTime"]},
                right | {"SubmitTime": other["SubmitTime"]},
            )
        ]
    return found


#: v0.0.40 and v0.0.41 cannot say that OOMKillStep is left to the site; slurmrestd 24.11 says 0.
_OF_REQUEST = re.compile(
    r"(NumCPUs|(Req)?TRES|TresPerTask|json\.(cpus|tres_req_str|tres_per_task)|sacct\.Req(CPUS|Mem|TRES)):"
)
_TOO_OLD_TO_SAY = "OOMKillStep: None, 0"


def judge(theirs: Outcome, ours: Outcome) -> Verdict:
    """Whether sbatch and we did the same."""
    for text in ours.warnings:
        if "OpenAPI" in text or "return code" in text:
            return Verdict("different", f"slurmrestd's words reach the person: {text}")
    if theirs.refusal and ours.refusal:
        return Verdict("both", f"sbatch: {theirs.refusal}; here: {ours.refusal}")
    if ours.ours:
        return Verdict("refused", ours.refusal)
    if theirs.refusal or ours.refusal:
        return Verdict(
            "different", f"sbatch: {theirs.refusal or 'took it'}; here: {ours.refusal or 'took it'}"
        )
    found = [one for one in differences(theirs, ours) if one != _TOO_OLD_TO_SAY]
    if not found:
        return Verdict("equal")
    remark = next((text for text in ours.warnings if text.startswith("Slurm shows ")), "")
    if remark and all(_OF_REQUEST.match(one) for one in found):
        return Verdict("noted", remark)
    return Verdict("different", "; ".join(found))
