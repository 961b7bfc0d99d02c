"""Every reason code has a text and advice."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.reasons import explain

# Every name of src/common/job_state_reason.c in Slurm 26.05 but "None", and what older
# releases have beside them.
_RESOURCES = ["BB", "Billing", "Energy", "GRES", "License", "Mem", "Node", "Unknown"]
_SPELLED = {"Mem": "Memory"}
CODES = [
    "Prolog",
    "Priority",
    "Dependency",
    "Resources",
    "PartitionNodeLimit",
    "PartitionTimeLimit",
    "PartitionDown",
    "PartitionInactive",
    "JobHeldAdmin",
    "JobHeldUser",
    "NvidiaImexChannels",
    "BeginTime",
    "Licenses",
    "AssociationJobLimit",
    "AssociationResourceLimit",
    "AssociationTimeLimit",
    "Reservation",
    "ReqNodeNotAvail",
    "SchedDefer",
    "NodeDown",
    "BadConstraints",
    "SystemFailure",
    "JobLaunchFailure",
    "NonZeroExitCode",
    "RaisedSignal",
    "TimeLimit",
    "InactiveLimit",
    "InvalidAccount",
    "InvalidQOS",
    "QOSUsageThreshold",
    "QOSJobLimit",
    "QOSResourceLimit",
    "QOSTimeLimit",
    "Cleaning",
    "QOSNotAllowed",
    "AccountNotAllowed",
    "DependencyNeverSatisfied",
    "JobHoldMaxRequeue",
    "JobArrayTaskLimit",
    "BurstBufferResources",
    "BurstBufferStageIn",
    "BurstBufferOperation",
    "DeadLine",
    "PartitionConfig",
    "AccountingPolicy",
    "FedJobLock",
    "OutOfMemory",
    "MaxMemPerLimit",
    "ReservationDeleted",
    "ReservationInvalid",
    "Constraints",
    "MaxPoweredUpNodes",
    "MpiPortsBusy",
    "FrontEndDown",
    "InvalidReason",
    "QOSGrpCpuLimit",
    "QOSGrpCPUMinutesLimit",
    "QOSGrpCPURunMinutesLimit",
    "QOSGrpJobsLimit",
    "QOSGrpMemLimit",
    "QOSGrpNodeLimit",
    "QOSGrpSubmitJobsLimit",
    "QOSGrpWallLimit",
    "QOSMaxCpuPerJobLimit",
    "QOSMaxCpuMinutesPerJobLimit",
    "QOSMaxNodePerJobLimit",
    "QOSMaxWallDurationPerJobLimit",
    "QOSMaxCpuPerUserLimit",
    "QOSMaxJobsPerUserLimit",
    "QOSMaxNodePerUserLimit",
    "QOSMaxSubmitJobPerUserLimit",
    "QOSMinCpuNotSatisfied",
    "AssocGrpCpuLimit",
    "AssocGrpCPUMinutesLimit",
    "AssocGrpCPURunMinutesLimit",
    "AssocGrpJobsLimit",
    "AssocGrpMemLimit",
    "AssocGrpNodeLimit",
    "AssocGrpSubmitJobsLimit",
    "AssocGrpWallLimit",
    "AssocMaxJobsLimit",
    "AssocMaxCpuPerJobLimit",
    "AssocMaxCpuMinutesPerJobLimit",
    "AssocMaxNodePerJobLimit",
    "AssocMaxWallDurationPerJobLimit",
    "AssocMaxSubmitJobLimit",
    "AssocMaxCpuPerNode",
    "QOSMaxCpuPerNode",
    "MaxCpuPerAccount",
    "MaxJobsPerAccount",
    "MaxSubmitJobsPerAccount",
    "MaxCpuRunMinsPerAccount",
    "MaxCpuRunMinsPerUser",
]
CODES += [
    code
    for name in _RESOURCES
    for long in [_SPELLED.get(name, name)]
    for code in (
        f"AssocGrp{name}",
        f"AssocGrp{name}Minutes",
        f"AssocGrp{name}RunMinutes",
        f"AssocMax{name}PerJob",
        f"AssocMax{name}PerNode",
        f"AssocMax{name}MinutesPerJob",
        f"QOSGrp{long}",
        f"QOSGrp{long}Minutes",
        f"QOSGrp{long}RunMinutes",
        f"QOSMax{long}PerJob",
        f"QOSMax{long}PerNode",
        f"QOSMax{long}PerUser",
        f"QOSMax{long}MinutesPerJob",
        f"QOSMin{long}",
        f"Max{long}PerAccount",
        f"Max{long}RunMinsPerAccount",
        f"Max{long}RunMinsPerUser",
    )
]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_own_text(code: str) -> None:
    found = explain(code)
    assert found.code == code
    assert code not in found.text, "the code itself is no explanation"
    assert found.text.endswith(".")
    assert found.advice.endswith(".") or code == "InactiveLimit"


def test_limits_are_distinguished() -> None:
    assert explain("QOSMaxGRESPerUser").text == (
        "The limit of the QOS on generic resources, such as GPUs for one user has been reached."
    )
    assert explain("AssocMaxCpuPerJobLimit").text == (
        "The job requests more CPUs than your association with the account allows for one job."
    )
    assert "requires" in explain("QOSMinCpuNotSatisfied").text
    assert "counted for running jobs" in explain("AssocGrpCPURunMinutesLimit").text


def test_slurms_own_words_are_added() -> None:
    found = explain("ReqNodeNotAvail", "ReqNodeNotAvail, UnavailableNodes:gpu[1-2]")
    assert "UnavailableNodes:gpu[1-2]" in found.text


def test_a_code_that_is_not_known_is_passed_on() -> None:
    found = explain("SomethingNew", "words of Slurm")
    assert (found.code, found.text, found.advice) == ("SomethingNew", "words of Slurm", "")
    assert "SomethingNew" in explain("SomethingNew").text
