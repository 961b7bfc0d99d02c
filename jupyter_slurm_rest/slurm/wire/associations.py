"""Associations, QOS, users, accounts, clusters and TRES of slurmdbd; fairshare."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_slurm_rest.slurm.models import Association, Qos, Share

from .envelope import Envelope, Number, Text, Words, at, limit, number, real, text, words
from .tres import TresList, write_tres


class AssociationRow(msgspec.Struct):
    account: Text = None
    user: Text = None
    cluster: Text = None
    partition: Text = None
    parent_account: Text = None
    #: A number to v0.0.38.
    is_default: bool | int | None = None
    default: dict[str, Any] | None = None
    qos: Words = None
    #: Deep and mostly empty: read by path.
    max: dict[str, Any] | None = None
    shares_raw: Number = None


class AssociationRows(Envelope):
    associations: list[AssociationRow] | None = None

    def here(self) -> list[AssociationRow]:
        """Those of the cluster that responds; all, if its name is unknown."""
        rows, name = self.associations or [], self.cluster()
        return [row for row in rows if not name or not row.cluster or row.cluster == name]


def _limit_at(tree: dict[str, Any] | None, path: str) -> Any:
    """A limit; for slurmdbd infinite means that none is set."""
    value = limit(msgspec.convert(at(tree, path), Number))
    return None if value == "UNLIMITED" else value


def _tres_at(tree: dict[str, Any] | None, path: str) -> str:
    return write_tres(msgspec.convert(at(tree, path), TresList))


def association(row: AssociationRow) -> Association:
    """One association; its limits for one user include those inherited from the accounts above."""
    qos = at(row.default, "qos")
    return Association(
        account=text(row.account),
        user=text(row.user),
        cluster=text(row.cluster),
        partition=text(row.partition),
        parent_account=text(row.parent_account),
        is_default=bool(row.is_default),
        default_qos=qos if isinstance(qos, str) else "",
        qos=words(row.qos),
        max_jobs=_limit_at(row.max, "jobs/active"),
        max_submit_jobs=_limit_at(row.max, "jobs/total"),
        max_wall=_limit_at(row.max, "jobs/per/wall_clock"),
        max_tres_per_job=_tres_at(row.max, "tres/per/job"),
        max_tres_per_node=_tres_at(row.max, "tres/per/node"),
        group_tres=_tres_at(row.max, "tres/total"),
        group_jobs=_limit_at(row.max, "jobs/per/count"),
        group_submit_jobs=_limit_at(row.max, "jobs/per/submitted"),
        shares=number(row.shares_raw),
    )


class QosRow(msgspec.Struct):
    id: Number = None
    name: Text = None
    description: Text = None
    priority: Number = None
    flags: Words = None
    limits: dict[str, Any] | None = None
    preempt: dict[str, Any] | None = None


class QosRows(Envelope, rename={"old": "QOS"}):
    qos: list[QosRow] | None = None
    #: To v0.0.38.
    old: list[QosRow] | None = None


def qos(row: QosRow) -> Qos:
    """One quality of service."""
    preempt = at(row.preempt, "list")
    return Qos(
        name=text(row.name),
        description=text(row.description),
        priority=number(row.priority),
        flags=words(row.flags),
        max_wall=_limit_at(row.limits, "max/wall_clock/per/job"),
        max_jobs_per_user=_limit_at(row.limits, "max/jobs/active_jobs/per/user"),
        max_submit_jobs_per_user=_limit_at(row.limits, "max/jobs/per/user"),
        max_tres_per_job=_tres_at(row.limits, "max/tres/per/job"),
        max_tres_per_user=_tres_at(row.limits, "max/tres/per/user"),
        group_tres=_tres_at(row.limits, "max/tres/total"),
        preempt=[str(name) for name in preempt] if isinstance(preempt, list) else [],
    )


def with_qos_names(one: Association, rows: list[QosRow]) -> Association:
    """``one`` with names for the numbers of QOS that v0.0.37 gives."""
    by_id = {str(number(row.id)): text(row.name) for row in rows}
    return msgspec.structs.replace(one, qos=[by_id.get(name, name) for name in one.qos])


class _Fairshare(msgspec.Struct):
    factor: Number = None
    level: Number = None


class ShareRow(msgspec.Struct):
    #: Of the association.
    id: Number = None
    name: Text = None
    parent: Text = None
    partition: Text = None
    type: Words = None
    shares: Number = None
    shares_normalized: Number = None
    usage: Number = None
    effective_usage: Number = None
    fairshare: _Fairshare | None = None


class Shares(msgspec.Struct):
    shares: list[ShareRow] | None = None


class ShareRows(Envelope):
    shares: Shares | None = None


def share(row: ShareRow) -> Share:
    """One line of fairshare: a user in an account, or an account."""
    is_user = "USER" in words(row.type)
    factor = real((row.fairshare or _Fairshare()).factor)
    return Share(
        account=text(row.parent) if is_user else text(row.name),
        user=text(row.name) if is_user else "",
        parent="" if is_user else text(row.parent),
        partition=text(row.partition),
        raw_shares=number(row.shares),
        norm_shares=real(row.shares_normalized),
        raw_usage=number(row.usage),
        effective_usage=real(row.effective_usage),
        # Fairshare is a user's; accounts have the number 0 without a meaning.
        fairshare=factor if is_user else None,
        # Infinite then, which every version writes in a way of its own: 0, 2^64, ...
        level_fs=real((row.fairshare or _Fairshare()).level) if number(row.usage) else None,
    )


def association_ids(rows: list[ShareRow], user: str) -> list[str]:
    """The numbers of the associations of ``user``."""
    return [str(number(row.id)) for row in rows if row.name == user and "USER" in words(row.type)]


def standing(shares: list[Share], user: str) -> list[Share]:
    """The lines of ``user`` and of every account above them: Slurm returns them all."""
    parents = {one.account: one.parent for one in shares if not one.user}
    above: set[str] = set()
    for one in shares:
        account = one.account if one.user == user else ""
        while account and account not in above:
            above.add(account)
            account = parents.get(account, "")
    return [one for one in shares if (one.user == user if one.user else one.account in above)]


#: ``Not Set`` for users without an administrator level.
_ORDINARY = ("None", "Not Set")


class _Named(msgspec.Struct):
    name: Text = None


class NamedRows(Envelope):
    """Responses of ``users``, ``accounts`` and ``clusters``, of which only names are kept."""

    users: list[_Named] | None = None
    accounts: list[_Named] | None = None
    clusters: list[_Named] | None = None


def names(rows: list[_Named] | None) -> list[str]:
    return [name for row in rows or [] if (name := text(row.name))]


class UserRow(msgspec.Struct):
    name: Text = None
    administrator_level: Words = None
    coordinators: list[_Named] | None = None


class UserRows(Envelope):
    users: list[UserRow] | None = None


def standing_out(row: UserRow) -> list[str]:
    """What ``row`` may do beyond an ordinary user, in Slurm's words."""
    levels = [level for level in words(row.administrator_level) if level not in _ORDINARY]
    return levels + [f"coordinator of {name}" for name in names(row.coordinators)]


class _TresType(msgspec.Struct):
    type: Text = None
    name: Text = None


class TresTypes(Envelope, rename={"tres": "TRES"}):
    tres: list[_TresType] | None = None


def tres_names(response: TresTypes) -> list[str]:
    """Slurm's names of trackable resources: ``cpu``, ``gres/gpu:a100``, ``license/matlab``."""
    return [
        f"{row.type}/{row.name}" if row.name else row.type or ""
        for row in response.tres or []
        # slurmdbd's marker between its own resources and a site's.
        if row.type != "dynamic_offset"
    ]
