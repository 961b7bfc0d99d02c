"""Scripts to submit by sbatch and by us: each option alone, then as real sites write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Case(NamedTuple):
    """A script: its ``#SBATCH`` lines without the mark."""

    name: str
    lines: tuple[str, ...]
    #: The option that the table names; empty for a combination.
    option: str = ""
    #: Options on sbatch's command line.
    call: str = ""
    #: Variables of sbatch's environment, ``NAME=value``.
    variable: str = ""

    @property
    def script(self) -> str:
        return "#!/bin/sh\n" + "".join(f"#SBATCH {line}\n" for line in self.lines) + "sleep 5\n"


#: Option -> its values, each a script of its own; beside them what the option needs.
_ALONE: dict[str, list[str] | tuple[list[str], str]] = {
    "account": ["--account=astro", "-A particles"],
    "acctg-freq": ["--acctg-freq=1", "--acctg-freq=task=1,energy=60"],
    "autocomplete": ["--autocomplete=--mem"],
    "array": ["--array=1-4", "-a 0-15:4%2", "--array=1,3,7"],
    "batch": (["--batch=intel", "--batch=avx2"], "-C intel&avx2"),
    "bb": ["--bb=capacity=1GB", "--bb=capacity=2GB"],
    "bbf": ["--bbf=/etc/hostname"],
    "begin": ["--begin=now+1hour", "--begin=2030-01-20T12:34:00", "-b tomorrow"],
    "chdir": ["--chdir=/tmp", "-D work"],
    "cluster": ["--cluster=other", "--cluster={cluster}"],
    "cluster-constraint": ["--cluster-constraint=a", "--cluster-constraint=b"],
    "clusters": ["-M other", "-M {cluster}"],
    "comment": ["--comment='a comment, with = and #'", "--comment=x"],
    "consolidate-segments": ["--consolidate-segments"],
    "constraint": ["-C intel", "--constraint=intel&avx2", "--constraint='[intel*1&avx2*1]'"],
    "container": ["--container=/tmp/bundle", "--container=/tmp/other"],
    "container-id": ["--container-id=abc", "--container-id=d"],
    "container-type": ["--container-type=oci", "--container-type=other"],
    "context": ["--context=a", "--context=b"],
    "contiguous": ["--contiguous"],
    "core-spec": ["-S 1", "--core-spec=0"],
    "cores-per-socket": ["--cores-per-socket=2", "--cores-per-socket=1"],
    "cpu-freq": ["--cpu-freq=high", "--cpu-freq=low-high:ondemand", "--cpu-freq=performance"],
    "cpus-per-gpu": (["--cpus-per-gpu=2", "--cpus-per-gpu=1"], "-p gpu --gpus=1"),
    "cpus-per-task": ["-c 2", "--cpus-per-task=4"],
    "deadline": ["--deadline=now+2days", "--deadline=2031-01-20T12:34"],
    "delay-boot": ["--delay-boot=5", "--delay-boot=0:90"],
    "dependency": ["--dependency=singleton", "-d afterany:1"],
    "distribution": ["-m block", "--distribution=cyclic:block", "-m plane=2 -n4", "-m block,pack"],
    "error": ["-e err.txt", "--error=/tmp/%x-%j.err", "-e none"],
    "exclude": ["-x cpu1", "--exclude=cpu[1-2],gpu1 -p gpu", '--exclude="cpu1 gpu1"'],
    "exclusive": ["--exclusive", "--exclusive=user", "--exclusive=mcs", "--exclusive=topo"],
    "export": ["--export=NONE", "--export=ALL,A=b", "--export=NIL", "--export=HOME,X='1,2'"],
    "export-file": ["--export-file=/dev/null"],
    "external": ["--external"],
    "extra": ["--extra=abc", "--extra=d"],
    "extra-node-info": ["-B 1:2", "--extra-node-info=1:*:1", "-B 1:2:1"],
    "get-user-env": ["--get-user-env", "--get-user-env=L", "--get-user-env=10S"],
    "gid": ["--gid=1001"],
    "gpu-bind": (["--gpu-bind=closest", "--gpu-bind=map:0,1", "--gpu-bind=none"], "-p gpu -G2"),
    "gpu-freq": (["--gpu-freq=medium", "--gpu-freq=high,memory=low"], "-p gpu -G1"),
    "gpus": (["--gpus=2", "-G a100:1"], "-p gpu"),
    "gpus-per-node": (["--gpus-per-node=1", "--gpus-per-node=a100:2 -N2"], "-p gpu"),
    "gpus-per-socket": (
        ["--gpus-per-socket=1", "--gpus-per-socket=2"],
        "-p gpu --sockets-per-node=1",
    ),
    "gpus-per-task": (["--gpus-per-task=1 -n2", "--gpus-per-task=a100:1 -n1"], "-p gpu"),
    "gres": (["--gres=gpu:1", "--gres=gpu:a100:2", "--gres=none", "--gres=gpu"], "-p gpu"),
    "gres-flags": (
        [
            "--gres-flags=enforce-binding",
            "--gres-flags=disable-binding",
            "--gres-flags=one-task-per-sharing",
            "--gres-flags=multiple-tasks-per-sharing",
        ],
        "-p gpu --gres=gpu:1",
    ),
    "help": ["--help"],
    "hint": [f"--hint={hint}" for hint in ("compute_bound", "memory_bound", "multithread")]
    + ["--hint=nomultithread"],
    "hold": ["-H", "--hold"],
    "ignore-pbs": ["--ignore-pbs"],
    "input": ["-i /dev/zero", "--input=in.txt"],
    "job-name": ["-J name", '--job-name="a name"', "-J ''"],
    "kill-on-invalid-dep": ["--kill-on-invalid-dep=yes", "--kill-on-invalid-dep=no"],
    "licenses": ["-L matlab:1", "--licenses=matlab:2,ansys:1"],
    "mail-type": [f"--mail-type={kind}" for kind in ("ALL", "END,FAIL", "NONE", "ARRAY_TASKS,END")]
    + ["--mail-type=TIME_LIMIT_80,TIME_LIMIT_50,TIME_LIMIT,TIME_LIMIT_90"]
    + ["--mail-type=BEGIN,REQUEUE,STAGE_OUT,INVALID_DEPEND"],
    "mail-user": (
        ["--mail-user=alice@example.org", "--mail-user=bob@example.org"],
        "--mail-type=END",
    ),
    "mcs-label": ["--mcs-label=team", "--mcs-label=other"],
    "mem": ["--mem=100", "--mem=1G", "--mem=0", "--mem=2000K"],
    "mem-bind": ["--mem-bind=local", "--mem-bind=verbose,rank", "--mem-bind=map_mem:0,1*2"],
    "mem-per-cpu": ["--mem-per-cpu=100", "--mem-per-cpu=1G -n2"],
    "mem-per-gpu": (["--mem-per-gpu=1G", "--mem-per-gpu=2G"], "-p gpu -G2"),
    "mem-update": ["--mem-update=10@5", "--mem-update=20@6"],
    "mincpus": ["--mincpus=4", "--mincpus=2"],
    "network": ["--network=devname=eth0", "--network=devname=eth1"],
    "nice": ["--nice", "--nice=50", "--nice=0"],
    "no-kill": ["-k", "--no-kill=off", "--no-kill=set"],
    "no-requeue": ["--no-requeue"],
    "nodefile": ["-F /etc/hostname"],
    "nodelist": [
        "-w cpu1",
        "--nodelist=cpu[1-2]",
        "-w cpu1 -N2",
        "-w cpu2,cpu1",
        '--nodelist="cpu1 cpu2"',
        '--nodelist="cpu1\tcpu2"',
        '-w " cpu1"',
        '-w "cpu[1, 2]"',
    ],
    "nodes": ["-N2", "--nodes=1-2", "-N 1,2", "--nodes=0-2", "-N1 -n4"],
    "ntasks": ["-n4", "--ntasks=1"],
    "ntasks-per-core": ["--ntasks-per-core=1", "--ntasks-per-core=2 -n4"],
    "ntasks-per-gpu": (["--ntasks-per-gpu=2", "--ntasks-per-gpu=1"], "-p gpu -G2"),
    "ntasks-per-node": [
        "--ntasks-per-node=2",
        "--ntasks-per-node=2 -N2",
        "--ntasks-per-node=2 -n4",
    ],
    "ntasks-per-socket": ["--ntasks-per-socket=2", "--ntasks-per-socket=1 -n2"],
    "ntasks-per-tres": (["--ntasks-per-tres=2", "--ntasks-per-tres=1"], "-p gpu -G2"),
    "oom-kill-step": ["--oom-kill-step", "--oom-kill-step=0"],
    "open-mode": ["--open-mode=append", "--open-mode=truncate"],
    "output": ["-o out.txt", "--output=%x-%A_%a-%u-%N.out", "-o none", "-o dir/%j.out"],
    "overcommit": ["-O", "--overcommit -n4 -N1"],
    "oversubscribe": ["-s", "--oversubscribe"],
    "parsable": ["--parsable"],
    "partition": ["-p long", "--partition=debug,long"],
    "prefer": (["--prefer=avx512", "--prefer=avx2"], "-C intel"),
    "priority": ["--priority=0", "--priority=100", "--priority=TOP"],
    "profile": ["--profile=task", "--profile=all", "--profile=none", "--profile=energy,task"],
    "propagate": ["--propagate", "--propagate=NOFILE,CORE", "--propagate=NONE"],
    "qos": ["-q normal", "--qos=high"],
    "quiet": ["-Q"],
    "reboot": ["--reboot"],
    "requeue": ["--requeue", "--requeue=expedite"],
    "reservation": ["--reservation=course", "--reservation=nosuch"],
    "resources": ["--resources=matlab:1", "--resources=ansys:1"],
    "resv-ports": ["--resv-ports=2 --stepmgr", "--resv-ports"],
    "segment": ["--segment=1", "--segment=2 -N2"],
    "signal": ["--signal=USR1", "--signal=B:TERM@120", "--signal=R:10@30", "--signal=RB:KILL"],
    "sockets-per-node": ["--sockets-per-node=1", "--sockets-per-node=2"],
    "spread-job": ["--spread-job"],
    "spread-segments": ["--spread-segments"],
    "stepmgr": ["--stepmgr"],
    "switches": ["--switches=1", "--switches=1@4:00"],
    "tasks-per-node": ["--tasks-per-node=2 -N1", "--tasks-per-node=1 -N1"],
    "test-only": ["--test-only"],
    "thread-spec": ["--thread-spec=1", "--thread-spec=2"],
    "threads-per-core": ["--threads-per-core=1", "--threads-per-core=2"],
    "time": ["-t 5", "--time=1:30", "-t 0:10:00", "--time=0-0:20", "-t UNLIMITED -p long", "-t 0"],
    "time-min": (["--time-min=2", "--time-min=3"], "-t 10"),
    "tmp": ["--tmp=10", "--tmp=1G"],
    "tres-bind": (["--tres-bind=gres/gpu:closest", "--tres-bind=gres/gpu:none"], "-p gpu -G1"),
    "tres-per-task": (["--tres-per-task=cpu=2", "--tres-per-task=gres/gpu:1 -n2"], "-p gpu"),
    "uid": ["--uid=1001"],
    "usage": ["--usage"],
    "use-min-nodes": ["--use-min-nodes -N1-2"],
    "verbose": ["-v"],
    "version": ["-V"],
    "wait-all-nodes": ["--wait-all-nodes=1", "--wait-all-nodes=0"],
    "wckey": ["--wckey=project", "--wckey=other"],
    "wrap": ["--wrap=hostname"],
}

#: Habits of real sites' documentation.
_TOGETHER: dict[str, list[str]] = {
    "nothing": [],
    "serial": ["--job-name=serial", "--ntasks=1", "--time=00:10:00", "--mem=500M"],
    "serial with logs": ["-J test", "-o %x.%j.out", "-e %x.%j.err", "-t 5", "-n 1"],
    "threads": ["--ntasks=1", "--cpus-per-task=4", "--mem-per-cpu=200M", "--time=0-00:15"],
    "threads on one node": ["-N 1", "-n 1", "-c 8", "--hint=nomultithread"],
    "mpi": ["--nodes=2", "--ntasks-per-node=4", "--time=00:20:00"],
    "mpi with cores": ["--nodes=2", "--ntasks=8", "--ntasks-per-node=4", "--cpus-per-task=1"],
    "mpi any nodes": ["--ntasks=12", "--mem-per-cpu=100"],
    "mpi range": ["-N 1-2", "-n 4", "-t 5"],
    "mpi more nodes than tasks": ["-N 2", "-n 1"],
    "hybrid": ["--nodes=2", "--ntasks-per-node=2", "--cpus-per-task=2", "--exclusive"],
    "hybrid by tasks": ["-n 4", "-c 2", "--ntasks-per-node=2"],
    "hybrid by socket": ["-N 2", "--ntasks-per-socket=1", "-c 2", "--sockets-per-node=1"],
    "whole node": ["--nodes=1", "--exclusive", "--mem=0"],
    "whole nodes by tasks": ["-N2", "--ntasks-per-node=8", "--exclusive", "-p long", "-t 1-0"],
    "array": ["--array=0-9", "--output=array_%A_%a.out", "--time=5", "--mem=100"],
    "throttled array": ["-a 1-20%5", "-c 2", "-J sweep", "--requeue"],
    "array with logs": [
        "--array=1-3",
        "-o logs/%A-%a.log",
        "-e logs/%A-%a.err",
        "--open-mode=append",
    ],
    "one gpu": ["-p gpu", "--gres=gpu:1", "-c 4", "--mem=2G", "-t 30"],
    "typed gpu": ["--partition=gpu", "--gres=gpu:a100:2", "--ntasks=2", "--cpus-per-task=2"],
    "gpus per task": ["-p gpu", "--ntasks=4", "--gpus-per-task=1", "--cpus-per-task=2"],
    "gpus per node": ["-p gpu", "--nodes=2", "--gpus-per-node=4", "--ntasks-per-node=4"],
    "gpus over nodes": ["-p gpu", "-G 8", "-N 2", "--cpus-per-gpu=2", "--mem-per-gpu=500M"],
    "gpus with tasks per gpu": ["-p gpu", "--gpus=4", "--ntasks-per-gpu=1"],
    "gpu with binding": ["-p gpu", "--gpus-per-task=1", "-n 2", "--gpu-bind=single:1"],
    "gpu by tres per task": ["-p gpu", "-n 2", "--tres-per-task=cpu=2,gres/gpu=1"],
    "gpu and license": ["-p gpu", "--gres=gpu:1", "-L matlab:1", "-A particles"],
    "gpu features": [
        "-p gpu",
        "--gres=gpu:1",
        "--constraint=intel",
        "--gres-flags=enforce-binding",
    ],
    "mail": ["--mail-type=BEGIN,END,FAIL", "--mail-user=alice@example.org", "-t 5"],
    "long": ["-p long", "-t 7-00:00:00", "--requeue", "--signal=B:USR1@300", "--open-mode=append"],
    "checkpoint": ["-t 30", "--time-min=10", "--signal=USR1@60", "--requeue"],
    "no requeue": ["--no-requeue", "-t 10", "--kill-on-invalid-dep=yes", "-d singleton"],
    "chained": ["-J chain", "-d afterok:1,afterany:2", "--kill-on-invalid-dep=no"],
    "clean environment": ["--export=NONE", "--get-user-env", "-n 1", "-t 5"],
    "account and qos": ["-A astro", "--qos=normal", "-p debug", "-t 10"],
    "priority work": ["-q high", "-A astro", "-t 60", "-p long", "--nice=10"],
    "reservation": ["--reservation=course", "-L ansys:1", "-t 10"],
    "features": ["-C avx2", "-N 1", "--ntasks-per-node=4", "--mem=1000"],
    "any of features": ["-C 'intel|amd'", "-n 2"],
    "not these nodes": ["--exclude=cpu2", "-N 1", "-n 2"],
    "these nodes": ["-w cpu1,cpu2", "-n 4"],
    "more than these nodes": ["-p gpu", "-w gpu1", "-N 2", "-n 2"],
    "fewer tasks than listed": ["-w cpu[1-2]", "-n 1"],
    "sockets and cores": ["-N 1", "--sockets-per-node=1", "--threads-per-core=1", "-n 2"],
    "multithreading": ["-n 4", "--ntasks-per-core=2", "--hint=multithread"],
    "hint and threads per core": ["--hint=nomultithread", "--threads-per-core=1"],
    "spread": ["--spread-job", "-n 4", "-N 2"],
    "scratch": ["--tmp=100", "--mem=200", "-c 2", "-D /tmp"],
    "held": ["-H", "-J held", "-t 1", "--comment='wait for me'"],
    "later": ["--begin=16:00", "--deadline=now+3days", "-t 10"],
    "packed": ["-J 'packed name' -n2 -t5", "-N1 --mem=100M # one node"],
    "repeated": ["-n 2", "-n 4", "--time=1", "--time=5"],
    "exclusive, then memory": ["--exclusive=user", "--mem-per-cpu=100", "-n 2"],
    "all options per task": ["-n 2", "-c 2", "--mem-per-cpu=50", "--ntasks-per-node=1", "-N 2"],
    "profiled": ["--profile=task", "--acctg-freq=task=1", "-n 1"],
    "output discarded": ["-o /dev/null", "-e /dev/null", "-i none"],
    "overcommitted": ["-n 16", "-N 1", "-O"],
    "hetjob": ["-n 1 --mem=100 -J het", "hetjob", "-n 2 -c 2 --mem=200"],
    "three components": [
        "-n1 -A astro",
        "hetjob",
        "-p gpu --gres=gpu:1",
        "packjob",
        "-N1 -n4 -t 5",
    ],
    "hetjob held": ["-H -n1", "hetjob", "-n1 --comment=second"],
    "overcommitted threads": ["-O", "-c2", "-n4"],
    "types of gpus per task": ["-p gpu", "-n2", "--gpus-per-task=a100:1,a100:2"],
    "gpu type with an equals sign": ["-p gpu", "-n2", "--gpus-per-task=a100=1"],
    "types of gpus by tres per task": ["-p gpu", "-n2", "--tres-per-task=gres/gpu:a100:1"],
    "cpus by tres per task": ["-n2", "--tres-per-task=cpu:3"],
    "gpu binding in long form": ["-p gpu", "-G2", "-n2", "--gpu-bind=verbose,mask_gpu:0x1,0x2"],
    "hint and sockets": ["--hint=nomultithread", "--sockets-per-node=1"],
    "uneven tasks per node": ["--ntasks-per-node=2", "-n3"],
    "tasks per node on some nodes": ["--ntasks-per-node=2", "-N1-2"],
    "a node listed twice": ["-w cpu1,cpu1", "-n2"],
    "threads on two nodes": ["-c2", "-N2"],
    "gpu memory over nodes": ["-p gpu", "--mem-per-gpu=100", "--gpus-per-node=1", "-N2"],
    "segments that do not fit": ["--segment=2", "-N3"],
    "arbitrary distribution of tasks": ["-m arbitrary", "-w cpu2,cpu1,cpu2"],
    "one exclusive allocation": ["--exclusive=allocation"],
}


def alone() -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
    """Each option, its values, and the lines that it needs beside them."""
    for option, given in _ALONE.items():
        values, needs = given if isinstance(given, tuple) else (given, "")
        yield option, values, (needs,) if needs else ()


CASES = [
    Case(value, (value, *needs), option) for option, values, needs in alone() for value in values
] + [Case(name, tuple(lines)) for name, lines in _TOGETHER.items()]
