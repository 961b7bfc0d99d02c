"""Tables as data frames of pandas and polars: fixed columns, with types.

Times become datetimes in UTC, durations ``timedelta``, sizes bytes. What is not known, or has
no limit, is missing.
"""

from __future__ import annotations

import datetime as dt
import functools
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from jupyter_slurm_rest.slurm.errors import SlurmError

from .errors import failed

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Kind = Literal["text", "integer", "number", "boolean", "time", "duration"]
#: A column's type, and how its value is read from the field.
ColumnType = tuple[Kind, Callable[[Any], Any]]
_UNIT = {
    "seconds": 1,
    "minutes": 60,
}
_DURATIONS = {
    **dict.fromkeys(("elapsed", "suspended"), "seconds"),
    **dict.fromkeys(
        ("time_limit", "time_minimum", "max_time", "default_time", "max_wall"), "minutes"
    ),
}
_MEBIBYTES = frozenset({"tmp_disk"})
_TIMES = frozenset({"running_since", "estimated_start", "last_busy", "token_expires_at"})
_PANDAS = {
    "text": "string",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "time": "datetime64[us, UTC]",
    "duration": "timedelta64[us]",
}


def _time(seconds: Any) -> dt.datetime | None:
    try:
        return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.timezone.utc)
    except (OverflowError, ValueError, OSError):
        # Beyond the calendar: such times come from hosts with a wrong clock.
        return None


def _duration(unit: int, value: Any) -> dt.timedelta | None:
    return dt.timedelta(seconds=unit * value) if isinstance(value, (int, float)) else None


def _scaled(unit: int, value: Any) -> int | None:
    return unit * value if isinstance(value, int) else None


def _integer(value: Any) -> int | None:
    # A limit may be a word: there is none.
    return value if isinstance(value, int) else None


def _words(value: Any) -> str | None:
    """Lists of words with commas, ``code`` or ``0:signal`` of an exit code."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if "message" in value:
            return str(value["message"])
        if "signal" in value:
            return f"{value['code']}:{value['signal']}"
        return ",".join(f"{name}={one}" for name, one in value.items())
    if isinstance(value, Sequence):
        return ",".join(_words(one) or "" for one in value)
    return str(value)


def _same(value: Any) -> Any:
    return value


@functools.cache
def columns(kind: str) -> dict[str, ColumnType]:
    """The columns of a table of ``jobs``, ``nodes``, ``partitions``, ``account``, ..."""
    from jupyter_slurm_rest.slurm import models

    text: ColumnType = ("text", _words)
    given: dict[str, dict[str, ColumnType]] = {
        "clusters": {
            **dict.fromkeys(("name", "slurm_release", "api_version", "user", "error"), text),
            **dict.fromkeys(("reachable", "accounting", "can_write"), ("boolean", _same)),
            **dict.fromkeys(("token_source", "strategy"), text),
            "token_expires_at": ("time", _time),
        },
        "options": dict.fromkeys(("option", "value"), text),
    }
    if kind in given:
        return given[kind]
    model = {
        "jobs": models.JobSummary,
        "nodes": models.Node,
        "partitions": models.Partition,
        "account": models.Association,
        "results": models.ActionResult,
    }[kind]
    hints = typing.get_type_hints(model)
    return {name: _column(name, hints[name]) for name in model.__struct_fields__}


def _column(name: str, hint: Any) -> ColumnType:
    kinds = set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}
    kinds |= set(typing.get_args(hint)) if typing.get_origin(hint) is typing.Union else set()
    if unit := _DURATIONS.get(name):
        return "duration", functools.partial(_duration, _UNIT[unit])
    if name in _TIMES or (name.endswith("_time") and int in kinds):
        return "time", _time
    if name in _MEBIBYTES or "memory" in name:
        return "integer", functools.partial(_scaled, 1024 * 1024)
    for python, column in ((bool, "boolean"), (float, "number"), (int, "integer")):
        if python in kinds:
            read = _integer if column == "integer" else _same
            return typing.cast("Kind", column), read
    return "text", _words


def _values(
    rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, ColumnType]
) -> dict[str, list[Any]]:
    return {name: [read(row.get(name)) for row in rows] for name, (_, read) in wanted.items()}


def to_pandas(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, ColumnType]) -> pd.DataFrame:
    """Raises :exc:`SlurmError` where pandas is not installed."""
    try:
        import pandas as pd
    except ImportError:
        raise _missing("pandas") from None
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=_PANDAS[wanted[name][0]])
            for name, values in _values(rows, wanted).items()
        }
    )


def to_polars(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, ColumnType]) -> pl.DataFrame:
    """Raises :exc:`SlurmError` where polars is not installed."""
    try:
        import polars as pl
    except ImportError:
        raise _missing("polars") from None
    kinds: dict[str, Any] = {
        "text": pl.String,
        "integer": pl.Int64,
        "number": pl.Float64,
        "boolean": pl.Boolean,
        "time": pl.Datetime("us", "UTC"),
        "duration": pl.Duration("us"),
    }
    schema = {name: kinds[kind] for name, (kind, _) in wanted.items()}
    return pl.DataFrame(_values(rows, wanted), schema=schema)


def _missing(package: str) -> SlurmError:
    return failed(
        SlurmError,
        f"{package} is not installed in this kernel.",
        f"Run: %pip install {package}",
    )
