"""Accounting: associations, QOS, fairshare."""

from __future__ import annotations

from .job import Limit, Model


class Association(Model, frozen=True, kw_only=True):
    """A user's membership of an account (on a partition, or on all of them).

    Without ``user`` it is the account itself. The limits for one user (``max_*``) include
    those inherited from the accounts above; those for all together (``group_*``) are its
    own, and apply in addition to those of every account above.
    """

    account: str
    user: str = ""
    cluster: str = ""
    #: Empty: every partition.
    partition: str = ""
    parent_account: str = ""
    is_default: bool = False
    default_qos: str = ""
    qos: list[str] = []
    max_jobs: Limit = None
    max_submit_jobs: Limit = None
    #: Minutes.
    max_wall: Limit = None
    #: Slurm's TRES string per job: ``cpu=64,gres/gpu=4``.
    max_tres_per_job: str = ""
    max_tres_per_node: str = ""
    #: For all jobs of the association together: Slurm's GrpTRES, GrpJobs, GrpSubmitJobs.
    group_tres: str = ""
    group_jobs: Limit = None
    group_submit_jobs: Limit = None
    shares: int | None = None


class Qos(Model, frozen=True, kw_only=True):
    """A quality of service."""

    name: str
    description: str = ""
    priority: int | None = None
    flags: list[str] = []
    #: Minutes.
    max_wall: Limit = None
    max_jobs_per_user: Limit = None
    max_submit_jobs_per_user: Limit = None
    max_tres_per_job: str = ""
    max_tres_per_user: str = ""
    group_tres: str = ""
    preempt: list[str] = []


class Share(Model, frozen=True, kw_only=True):
    """One line of fairshare (``sshare``): of an account, or of a user in it."""

    account: str
    user: str = ""
    parent: str = ""
    partition: str = ""
    raw_shares: int | None = None
    #: Fractions 0-1.
    norm_shares: float | None = None
    #: TRES-seconds, decayed.
    raw_usage: int | None = None
    effective_usage: float | None = None
    fairshare: float | None = None
    #: ``None`` where nothing was used yet: sshare's LevelFS is infinite then.
    level_fs: float | None = None


class Account(Model, frozen=True, kw_only=True):
    """The accounts, QOS and limits of a user, and their fairshare."""

    user: str
    default_account: str = ""
    associations: list[Association] = []
    #: The accounts of those and all above them, with the limits of each as a whole.
    accounts: list[Association] = []
    qos: list[Qos] = []
    shares: list[Share] = []
