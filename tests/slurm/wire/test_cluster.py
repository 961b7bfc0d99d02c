"""Nodes, partitions, reservations, licenses and counters through every API version."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.availability import with_free
from jupyter_slurm_rest.slurm.models import Gres, Node, Partition
from jupyter_slurm_rest.slurm.wire.cluster import (
    DiagResponse,
    LicenseRows,
    NodeRows,
    Pings,
    ReservationRows,
    diag,
    license_,
    node,
    ping,
    reservation,
)
from jupyter_slurm_rest.slurm.wire.dialect import dialect_of
from jupyter_slurm_rest.slurm.wire.envelope import decode
from jupyter_slurm_rest.slurm.wire.version import capabilities_of
from tests.slurm.recorded import Recording


def nodes(recording: Recording, name: str = "nodes") -> dict[str, Node]:
    rows = decode(recording.body(name), NodeRows).nodes or []
    return {row.name or "": node(row) for row in rows}


def partitions(recording: Recording) -> dict[str, Partition]:
    found = dialect_of(recording.version).decode_partitions(recording.body("partitions"))
    return {partition.name: partition for partition in found}


def test_a_node_in_part_use(recording: Recording) -> None:
    found = nodes(recording)["cpu1"]
    assert (found.state, found.usable) == ("MIXED", True)
    assert (found.cpus, found.cpus_used) == (8, 6)
    assert (found.memory, found.memory_used) == (4000, 700)
    assert found.features == ["intel", "avx2"]
    assert sorted(found.partitions) == ["debug", "long"]
    assert (found.gpus, found.gres) == (0, [])
    assert found.version == recording.release
    assert found.boot_time is not None
    assert found.cpu_load is not None


def test_gpus_of_a_node_by_type(recording: Recording) -> None:
    found = nodes(recording)["gpu1"]
    assert (found.gpus, found.gpus_used) == (4, 4)
    assert found.gres == [Gres(name="gpu", type="a100", total=4, used=4)]


def test_a_drained_node_says_why_and_takes_no_jobs(recording: Recording) -> None:
    found = nodes(recording)["gpu2"]
    assert "DRAIN" in found.flags
    assert not found.usable
    assert found.reason == "replace a fan"
    assert found.reason_user == "root"
    assert found.reason_time is not None


def test_a_node_that_is_down(recording: Recording) -> None:
    found = nodes(recording, "nodes_down")["gpu2"]
    assert (found.state, found.usable) == ("DOWN", False)


def test_one_node_alone_reads_as_in_the_list(recording: Recording) -> None:
    assert nodes(recording, "node_gpu1").keys() == {"gpu1"}
    assert nodes(recording, "node_gpu1")["gpu1"].gres == nodes(recording)["gpu1"].gres


def test_limits_of_partitions(recording: Recording) -> None:
    found = partitions(recording)
    assert found.keys() == {"debug", "long", "gpu"}
    assert [found[name].max_time for name in ("debug", "long", "gpu")] == [30, 10080, 1440]
    # v0.0.37 writes an amount of memory instead.
    expected = None if recording.minor == 37 else 5
    assert found["debug"].default_time == expected
    assert found["debug"].max_nodes == "UNLIMITED"
    assert (found["gpu"].node_count, found["gpu"].cpu_count) == (2, 16)
    # v0.0.39 does not tell.
    assert found["gpu"].state == ("UNKNOWN" if recording.minor == 39 else "UP")
    assert found["debug"].allow_accounts == []


def test_the_default_partition_where_the_version_tells(recording: Recording) -> None:
    found = partitions(recording)
    told = recording.minor <= 38 or recording.minor >= 45
    assert found["debug"].default is (True if told else None)
    assert found["long"].default is (False if told else None)


def test_what_is_free_leaves_out_drained_nodes(recording: Recording) -> None:
    machine = list(nodes(recording).values())
    gpu = with_free(partitions(recording)["gpu"], machine)
    assert (gpu.gpus_total, gpu.gpus_free) == (8, 0)
    assert (gpu.cpus_free, gpu.nodes_usable, gpu.nodes_idle) == (1, 1, 0)
    debug = with_free(partitions(recording)["debug"], machine)
    assert debug.cpus_free == 2 + 8
    assert debug.memory_free == 3300 + 3900


def test_partitions_are_read_when_accounting_is_down(recording: Recording) -> None:
    body = recording.body("no_slurmdbd_partitions")
    found = dialect_of(recording.version).decode_partitions(body)
    if recording.minor == 39 or (recording.line, recording.minor) == ((23, 11), 40):
        # They refuse everything then.
        assert found == []
        return
    assert {partition.name for partition in found} >= {"debug", "gpu"}


def test_reservations(recording: Recording) -> None:
    rows = decode(recording.body("reservations"), ReservationRows).reservations or []
    found = {row.name: reservation(row) for row in rows}
    assert found["course"].users == ["alice", "bob"]
    assert found["course"].licenses == "ansys:1"
    assert found["maintenance"].nodes == "cpu[1-2],gpu[1-2]"
    assert "MAINT" in found["maintenance"].flags
    start, end = found["maintenance"].start_time, found["maintenance"].end_time
    assert start is not None
    assert end is not None
    assert start < end


def test_licenses(recording: Recording) -> None:
    if not recording.has("licenses"):
        assert not capabilities_of(recording.version).licenses
        return
    rows = decode(recording.body("licenses"), LicenseRows).licenses or []
    found = {row.license_name: license_(row) for row in rows}
    assert (found["matlab"].total, found["matlab"].used, found["matlab"].free) == (4, 4, 0)
    assert found["ansys"].reserved == 1


def test_ping_and_counters(recording: Recording) -> None:
    pings = [ping(row) for row in decode(recording.body("ping"), Pings).pings or []]
    assert [(one.up, one.primary) for one in pings] == [(True, True)]
    counters = diag(decode(recording.body("diag"), DiagResponse))
    assert (counters.jobs_running or 0) > 0
    assert (counters.jobs_pending or 0) > 0
    assert counters.since is not None
