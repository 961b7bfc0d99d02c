"""Scalars in every shape that slurmrestd gives them. The shapes of v0.0.39, which no
packaged Slurm serves, are from its sources."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_slurm_rest.slurm.errors import UnreadableResponse
from jupyter_slurm_rest.slurm.models import ExitCode, Gres, Limit, Tres
from jupyter_slurm_rest.slurm.wire.associations import ShareRows
from jupyter_slurm_rest.slurm.wire.envelope import (
    Envelope,
    Exit,
    Number,
    decode,
    exit_code,
    limit,
    number,
    real,
)
from jupyter_slurm_rest.slurm.wire.jobs import decode_jobs
from jupyter_slurm_rest.slurm.wire.states import job_state
from jupyter_slurm_rest.slurm.wire.tres import (
    count_ranges,
    parse_gres,
    parse_tres,
    shared_gpus,
    with_gpu_types,
    with_gpus,
)


def read(text: str) -> Number:
    found: Number = msgspec.json.decode(text, type=Number)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        ("null", None),
        ("4294967294", None),
        ("4294967295", None),
        ("18446744073709551615", None),
        ("1.8446744073709552e19", None),
        ('{"set": true, "infinite": false, "number": 7}', 7),
        ('{"set": false, "infinite": false, "number": 0}', None),
        ('{"set": false, "infinite": true, "number": 0}', None),
        ('{"set": true, "infinite": false, "number": 7.9}', 7),
        ('"12"', 12),
        ('"Infinity"', None),
        ("-3", -3),
    ],
)
def test_numbers(text: str, expected: int | None) -> None:
    assert number(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60", 60),
        ("-1", "UNLIMITED"),
        ("4294967295", "UNLIMITED"),
        ('"Infinity"', "UNLIMITED"),
        ('{"set": false, "infinite": true, "number": 0}', "UNLIMITED"),
        ('{"set": true, "infinite": false, "number": 60}', 60),
        ('{"set": false, "infinite": false, "number": 0}', None),
        ("null", None),
    ],
)
def test_limits(text: str, expected: Limit) -> None:
    assert limit(read(text)) == expected


def test_fractions() -> None:
    assert real(read('{"set": true, "infinite": false, "number": 0.5}')) == 0.5
    assert real(read("1.8446744073709552e19")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("768", ExitCode(code=3)),
        ("15", ExitCode(signal=15, signal_name="TERM")),
        ("null", None),
        ('{"set": true, "infinite": false, "number": 768}', ExitCode(code=3)),
        (
            '{"status": "SIGNALED", "signal": {"signal_id": 9}}',
            ExitCode(signal=9, signal_name="KILL"),
        ),
        (
            '{"status": ["ERROR"], "return_code": {"set": true, "number": 2},'
            ' "signal": {"id": {"set": false, "number": 0}, "name": ""}}',
            ExitCode(code=2),
        ),
        (
            '{"status": ["SIGNALED"], "return_code": {"set": false, "number": 0},'
            ' "signal": {"id": {"set": true, "number": 11}, "name": "11"}}',
            ExitCode(signal=11, signal_name="SEGV"),
        ),
    ],
)
def test_exit_codes(text: str, expected: ExitCode | None) -> None:
    assert exit_code(msgspec.json.decode(text, type=Exit)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["RUNNING"], ("RUNNING", ())),
        (["RUNNING", "COMPLETING"], ("RUNNING", ("COMPLETING",))),
        (["PENDING", "REQUEUE_HOLD"], ("PENDING", ("REQUEUE_HOLD",))),
        ("CONFIGURING", ("RUNNING", ("CONFIGURING",))),
        ("REQUEUED", ("PENDING", ("REQUEUED",))),
        # It hides how the job ended: nothing is said of success.
        ("COMPLETING", ("UNKNOWN", ("COMPLETING",))),
        ("CANCELLED by 1000", ("CANCELLED", ())),
        (["SOMETHING_NEW"], ("UNKNOWN", ("SOMETHING_NEW",))),
        ([], ("UNKNOWN", ())),
        (None, ("UNKNOWN", ())),
    ],
)
def test_states(written: Any, expected: tuple[str, tuple[str, ...]]) -> None:
    assert job_state(written) == expected


def test_a_job_of_v0_0_39() -> None:
    raw = b"""{"job_id": 41, "job_state": "RUNNING", "name": "a", "user_name": "", "user_id": 1001,
        "submit_time": 100, "start_time": 200, "end_time": 0,
        "time_limit": {"set": false, "infinite": true, "number": 0},
        "array_job_id": {"set": true, "infinite": false, "number": 40},
        "array_task_id": {"set": true, "infinite": false, "number": 3},
        "het_job_id": {"set": true, "infinite": false, "number": 0},
        "cpus": {"set": true, "infinite": false, "number": 4},
        "exit_code": {"set": true, "infinite": false, "number": 0},
        "tres_alloc_str": "cpu=4,mem=1500M,node=1,gres/gpu:a100=2,gres/gpu:h100=1"}"""
    (job,) = decode_jobs(b'{"jobs": [%s]}' % raw, now=260.0)
    assert (job.id, job.user, job.state, job.time_limit) == ("40_3", "1001", "RUNNING", "UNLIMITED")
    assert (job.elapsed, job.cpus, job.memory, job.gpus) == (60, 4, 1500, 3)
    assert job.end_time is None


def test_bare_words_that_are_not_json_are_read_as_null() -> None:
    body = (
        b'{"shares": {"shares": [{"name": "NaN \\" Infinity", "parent": "p", "type": ["USER"],'
        b' "fairshare": {"factor": NaN}, "shares": -Infinity}]}}'
    )
    shares = decode(body, ShareRows).shares
    assert shares is not None
    row = (shares.shares or [])[0]
    assert row.name == 'NaN " Infinity'
    assert row.fairshare is not None
    assert row.fairshare.factor is None


@pytest.mark.parametrize("body", [b"", b"{", b'"text"', b'{"errors": 5}', b"\xff\xfe{}"])
def test_unreadable_values_raise(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        decode(body, Envelope)


def test_resources_of_a_job() -> None:
    found = parse_tres("cpu=64,mem=2T,node=2,billing=64,gres/gpu=4,gres/gpu:a100=4,license/m=1")
    assert found == Tres(
        cpus=64,
        memory=2 * 2**20,
        nodes=2,
        gpus=4,
        gpu_types={"a100": 4},
        other={"billing": 64, "license/m": 1},
    )
    assert parse_tres("") is None
    assert parse_tres("mem=512K") == Tres(memory=0)
    assert parse_tres("mem=1.50G") == Tres(memory=1536)


@pytest.mark.parametrize(
    ("configured", "used", "expected"),
    [
        (
            "gpu:a100:4(S:0-1),gpu:h100:2(S:1)",
            "gpu:a100:1(IDX:0),gpu:h100:2(IDX:0-1)",
            [
                Gres(name="gpu", type="a100", total=4, used=1),
                Gres(name="gpu", type="h100", total=2, used=2),
            ],
        ),
        (
            "gpu:4,shard:16",
            "gpu:(null):0(IDX:N/A),shard:(null):5(3/4,2/4,0/4,0/4)",
            [Gres(name="gpu", total=4, used=0), Gres(name="shard", total=16, used=5)],
        ),
        (
            "gpu:a100:2,gpu:h100:2",
            "gpu:a100:1,gpu:(null):2",
            [
                Gres(name="gpu", type="a100", total=2, used=2),
                Gres(name="gpu", type="h100", total=2, used=1),
            ],
        ),
        ("gpu:1g.10gb:7", "gpu:1g.10gb:2", [Gres(name="gpu", type="1g.10gb", total=7, used=2)]),
        ("gpu:4", "gpu:(null):3(IDX:0-2)", [Gres(name="gpu", total=4, used=3)]),
        (
            "bandwidth:lustre:no_consume:4G",
            "",
            [Gres(name="bandwidth", type="lustre", total=2**32)],
        ),
        ("craynetwork", "craynetwork:0", [Gres(name="craynetwork", total=1)]),
        ("(null)", "", []),
        ("", "", []),
    ],
)
def test_resources_of_a_node(configured: str, used: str, expected: list[Gres]) -> None:
    assert parse_gres(configured, used) == expected


@pytest.mark.parametrize(
    ("used", "gpus"),
    [
        ("gpu:0(IDX:N/A),shard:0(0/4,0/4,0/4,0/4)", 0),
        ("gpu:(null):0(IDX:N/A),shard:(null):5(3/4,2/4,0/4,0/4)", 2),
        ("gpu:2(IDX:0-1),shard:1(-/4,-/4,1/4,0/4)", 1),
        ("gpu:0,shard:(null):2(IDX:0-1)", 2),
        ("gpu:0,shard:(null):0(IDX:N/A)", 0),
        ("gpu:0,shard:0", 0),
        ("", 0),
    ],
)
def test_gpus_that_jobs_share(used: str, gpus: int) -> None:
    assert shared_gpus(used) == gpus


def test_ranges_are_counted() -> None:
    found = [count_ranges(one) for one in ("0-3,8", "5", "", "N/A", "3-")]
    assert found == [5, 1, 0, 0, 1]


def test_the_gpus_of_a_job_over_typed_and_untyped_nodes() -> None:
    # Slurm's TRES counts the untyped ones only, and a type that is not accounted nowhere.
    tres = parse_tres("cpu=2,gres/gpu=1,gres/gpu:a100=2")
    assert tres is not None
    assert tres.gpus == 3
    seven = parse_tres("cpu=2,gres/gpu=3,gres/gpu:a100=2")
    detail = ["gpu:a100:2(IDX:0-1),gpu:h100:2(IDX:2-3)", "gpu:3(IDX:0-2)"]
    found = with_gpus(seven, detail)
    assert found is not None
    assert (found.gpus, found.gpu_types) == (7, {"a100": 2, "h100": 2})
    assert with_gpus(seven, ["gpu:a100:0(IDX:)"]) == seven
    assert with_gpus(seven, []) == with_gpus(seven, None) == seven
    assert with_gpus(None, detail) is None


@pytest.mark.parametrize(
    ("written", "times", "types"),
    [
        ("gres:gpu:l40:2", 1, {"l40": 4}),
        ("gres/gpu:l40:2", 2, {"l40": 4}),
        ("gres/gpu:h100=1", 4, {"h100": 4}),
        ("gres/gpu:1g.10gb:4", 1, {"1g.10gb": 4}),
        ("gres/gpu:a100:1,gres/gpu:h100:3", 1, {"a100": 1, "h100": 3}),
        ("gres/gpu:4", 1, {}),
        ("gres/shard:4", 1, {}),
        ("", 1, {}),
    ],
)
def test_types_of_gpus_that_a_job_asks_for(written: str, times: int, types: dict[str, int]) -> None:
    found = with_gpu_types(Tres(gpus=4), [("", 1), (written, times)])
    assert found == Tres(gpus=4, gpu_types=types)
