"""What is set aside: reservations and licences."""

from __future__ import annotations

import msgspec

from jupyter_slurm_rest.slurm.models import License, Reservation

from .envelope import Envelope
from .tres import count_ranges, parse_tres
from .values import Number, Text, Words, moment, number, positive, text, words


class _Cores(msgspec.Struct):
    node: Text = None
    #: Ranges: ``0-3,8``.
    core: Text = None


class ReservationRow(msgspec.Struct):
    name: Text = None
    start_time: Number = None
    end_time: Number = None
    node_list: Text = None
    node_count: Number = None
    core_count: Number = None
    #: From v0.0.39.
    core_specializations: list[_Cores] | None = None
    partition: Text = None
    users: Words = None
    accounts: Words = None
    groups: Words = None
    flags: Words = None
    features: Text = None
    licenses: Text = None
    tres: Text = None


class ReservationRows(Envelope):
    reservations: list[ReservationRow] | None = None


def reservation(row: ReservationRow) -> Reservation:
    """One reservation."""
    tres = parse_tres(text(row.tres))
    cores = row.core_specializations
    return Reservation(
        name=text(row.name),
        start_time=moment(row.start_time),
        end_time=moment(row.end_time),
        nodes=text(row.node_list),
        node_count=positive(row.node_count),
        core_count=positive(row.core_count),
        cores={text(one.node): count_ranges(text(one.core)) for one in cores or []},
        says_cores=cores is not None,
        gpus=tres.gpus if tres else 0,
        partition=text(row.partition),
        users=words(row.users),
        accounts=words(row.accounts),
        groups=words(row.groups),
        flags=words(row.flags),
        features=text(row.features),
        licenses=text(row.licenses),
        tres=text(row.tres),
    )


class LicenseRow(msgspec.Struct, rename="pascal"):
    license_name: Text = None
    total: Number = None
    used: Number = None
    free: Number = None
    reserved: Number = None
    remote: bool | None = None


class LicenseRows(Envelope):
    licenses: list[LicenseRow] | None = None


def license_(row: LicenseRow) -> License:
    """One licence."""
    free, kept = number(row.free) or 0, number(row.reserved) or 0
    return License(
        name=text(row.license_name),
        total=number(row.total) or 0,
        used=number(row.used) or 0,
        free=free,
        reserved=kept,
        available=max(0, free - kept),
        remote=bool(row.remote),
    )
