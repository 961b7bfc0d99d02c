"""The configuration files of a cluster, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devcluster.generations import Release
from devcluster.layout import Layout

#: Host name inside a cluster: login, controller and all nodes are this one machine.
HOSTNAME = "devcluster"
#: Node name to its features. GPU nodes are those with an a100.
NODES = {
    "cpu1": "intel,avx2",
    "cpu2": "intel,avx2,avx512",
    "gpu1": "amd,a100",
    "gpu2": "amd,a100,nvlink",
}
GPUS_PER_NODE = 4
_CPUS_PER_NODE = 8

_SLURM_CONF = """\
ClusterName={cluster}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[slurmctld]}
SlurmUser=slurm
AuthType=auth/{auth}
CredType={cred}
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={jwt_key}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,bf_interval=5,bf_max_job_test=500
PriorityType=priority/multifactor
PriorityWeightFairshare=10000
PriorityWeightQOS=1000
PriorityWeightAge=100
PriorityDecayHalfLife=7-0
MaxJobCount=200000
MaxArraySize=10001
EnforcePartLimits=ALL
DefMemPerCPU=100
KillWait=5
ScronParameters=enable
ReturnToService=2
SlurmctldPidFile=/run/slurmctld/slurmctld.pid
SlurmdPidFile=/run/slurmd/%n.pid
StateSaveLocation={state}/spool/slurmctld
SlurmdSpoolDir={state}/spool/%n
SlurmdParameters=config_overrides
SlurmdTimeout=30
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={ports[slurmdbd]}
AccountingStorageEnforce=associations,limits,qos
AccountingStorageTRES=gres/gpu
AccountingStoreFlags=job_comment,job_env,job_script
Licenses=matlab:4,ansys:2
GresTypes=gpu
"""

_PARTITIONS = """\
PartitionName=debug Nodes=cpu[1-2] Default=YES DefaultTime=5:00 MaxTime=30:00
PartitionName=long Nodes=cpu[1-2] DefaultTime=1:00:00 MaxTime=7-00:00:00
PartitionName=gpu Nodes=gpu[1-2] DefaultTime=10:00 MaxTime=1-00:00:00
"""

_SLURMDBD_CONF = """\
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={ports[slurmdbd]}
SlurmUser=slurm
AuthType=auth/{auth}
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={jwt_key}
CommunicationParameters=NoInAddrAny
PidFile=/run/slurmdbd/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm_acct_db
"""


@dataclass(frozen=True)
class Settings:
    """What the files depend on."""

    layout: Layout
    release: Release
    ports: Mapping[str, int]
    database_password: str
    extra_slurm_conf: tuple[str, ...] = ()
    extra_slurmdbd_conf: tuple[str, ...] = ()
    slurmrestd_knows_users: bool = True

    def _common(self) -> dict[str, object]:
        return {
            "cluster": self.layout.generation.cluster_name,
            "host": HOSTNAME,
            "ports": self.ports,
            "auth": self.release.auth,
            "cred": "cred/munge" if self.release.auth == "munge" else "auth/slurm",
            "jwt_key": self.layout.jwt_key,
            "state": self.layout.state,
            "password": self.database_password,
        }

    def slurm_conf(self) -> str:
        own = _SLURM_CONF.format(**self._common()).splitlines()
        nodes = [_line(settings) for settings in self._nodes()]
        own += nodes + _PARTITIONS.splitlines()
        return _with_extra(own, [line for line in self.extra_slurm_conf if not _of_our_node(line)])

    def _nodes(self) -> list[dict[str, str]]:
        """The settings of our nodes; an extra line about one of them changes its settings."""
        changes: dict[str, dict[str, str]] = {}
        for line in filter(_of_our_node, self.extra_slurm_conf):
            found = _settings(line)
            changes.setdefault(found["NodeName"], {}).update(found)
        ours = _node_settings(self.ports, several=self.layout.generation.prefix is None)
        return [settings | changes.get(settings["NodeName"], {}) for settings in ours]

    def slurmdbd_conf(self) -> str:
        own = _SLURMDBD_CONF.format(**self._common()).splitlines()
        return _with_extra(own, self.extra_slurmdbd_conf)

    def cgroup_conf(self) -> str:
        return f"CgroupPlugin={self.release.cgroup_plugin}\n"

    def gres_conf(self) -> str:
        lines = ["AutoDetect=off"]
        for node in self._nodes():
            first = 0
            for gres in filter(None, node.get("Gres", "").split(",")):
                name, *kind, count = gres.split(":")
                line = f"NodeName={node['NodeName']} Name={name}"
                if name == "gpu":
                    device = f"{self.layout.state}/gpu/nvidia[{first}-{first + int(count) - 1}]"
                    line += f" Type={kind[0]}" if kind else ""
                    line += f" File={device}"
                    first += int(count)
                else:
                    line += f" Count={count}"
                lines.append(line)
        return "\n".join(lines) + "\n"


def _node_settings(ports: Mapping[str, int], *, several: bool) -> list[dict[str, str]]:
    """`several`: built for several slurmd on one host, as Debian's is; others want each node to
    have a host name of its own.
    """
    found = []
    for node, features in NODES.items():
        gpu = "a100" in features
        memory = min(8000 if gpu else 4000, _machine_memory_mb())
        line = (
            f"NodeName={node} NodeHostname={HOSTNAME if several else node} NodeAddr=127.0.0.1 "
            f"Port={ports[f'slurmd-{node}']} CPUs={_CPUS_PER_NODE} Boards=1 SocketsPerBoard=1 "
            f"CoresPerSocket={_CPUS_PER_NODE} ThreadsPerCore=1 "
            f"RealMemory={memory} Features={features} State=UNKNOWN"
        )
        found.append(_settings(line) | ({"Gres": f"gpu:a100:{GPUS_PER_NODE}"} if gpu else {}))
    return found


def _settings(line: str) -> dict[str, str]:
    """A line of slurm.conf about a node, by setting."""
    return dict(word.split("=", 1) for word in line.split())


def _line(settings: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())


def _of_our_node(line: str) -> bool:
    words = line.split()
    return bool(words) and words[0] in {f"NodeName={node}" for node in NODES}


def _machine_memory_mb() -> int:
    """Memory a node may claim, in MB: slurmd refuses to offer more than the machine has."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) // 1024 * 9 // 10
    raise AssertionError("/proc/meminfo has no MemTotal")


def _with_extra(own: list[str], extra: Iterable[str]) -> str:
    """Our lines and the caller's; a caller's line replaces ours with the same key."""
    extra = list(extra)
    repeatable = {"nodename", "partitionname"}
    replaced = {_key(line) for line in extra} - repeatable
    kept = [line for line in own if _key(line) not in replaced]
    return "\n".join([*kept, *extra]) + "\n"


def _key(line: str) -> str:
    return line.partition("=")[0].strip().lower()
