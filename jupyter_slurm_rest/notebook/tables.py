"""Lists in a notebook: tables as HTML and as plain text."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_slurm_rest.redaction import printable


def duration(seconds: int | None) -> str:
    """Seconds in Slurm's style: ``1-02:03:04``, ``2:03:04``, ``3:04``."""
    if seconds is None:
        return ""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}-{hour:02}:{minute:02}:{second:02}"
    if hour:
        return f"{hour}:{minute:02}:{second:02}"
    return f"{minute}:{second:02}"


def limit(minutes: Any) -> str:
    """A time limit in minutes, or Slurm's word for none."""
    if isinstance(minutes, int):
        return duration(minutes * 60)
    return "" if minutes is None else str(minutes).lower()


def megabytes(mebibytes: int) -> str:
    """MiB, as GiB from 10 GiB on."""
    return f"{mebibytes / 1024:.0f} GiB" if mebibytes >= 10_240 else f"{mebibytes} MiB"


def clock(seconds: float) -> str:
    """Seconds since the epoch in local time, with seconds."""
    return dt.datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def local_time(seconds: int | None) -> str:
    """Seconds since the epoch in local time."""
    if seconds is None:
        return ""
    try:
        return dt.datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        # Beyond the calendar: such times come from hosts with a wrong clock.
        return str(seconds)


def exit_code(found: dict[str, Any] | None) -> str:
    """``3``, or with a signal as sacct writes it: ``0:9``; empty where it is not known."""
    if not found:
        return ""
    return f"0:{found['signal']}" if found["signal"] else str(found["code"])


def gpus(tres: dict[str, Any] | None) -> str:
    """``2 x a100, 1 other``: a job's GPUs by type, as far as Slurm names types."""
    if not tres or not tres["gpus"]:
        return ""
    types = tres["gpu_types"]
    others = tres["gpus"] - sum(types.values())
    words = [f"{count} x {kind}" for kind, count in types.items()]
    if others > 0:
        words.append(f"{others} other" if words else str(others))
    return ", ".join(words)


if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


Row = dict[str, Any]
Column = tuple[str, Callable[[Row], str]]


#: Jupyter aligns cells to the right, as for numbers.
LEFT = "style='text-align:left'"


class Table(Sequence[Row]):
    """Rows (dictionaries, as the server sends them) that show themselves."""

    def __init__(self, rows: list[Row], columns: list[Column], caption: str, kind: str) -> None:
        self.rows = rows
        self.caption = caption
        self._columns = columns
        #: What the rows are, which says which columns a data frame has.
        self._kind = kind

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        """A row or, of a slice, a table."""
        if isinstance(index, slice):
            rows = self.rows[index]
            note = f"{len(rows)} of these rows: {self.caption}"
            return Table(rows, self._columns, note, self._kind)
        return self.rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas ``DataFrame`` with the same columns whatever the rows.

        Times are in UTC, durations ``timedelta``, sizes bytes. Raises :exc:`SlurmError` where
        pandas is not installed.
        """
        from . import frames

        return frames.to_pandas(self.rows, frames.columns(self._kind))

    def to_polars(self) -> pl.DataFrame:
        """A polars ``DataFrame``, with the columns of :meth:`to_pandas`."""
        from . import frames

        return frames.to_polars(self.rows, frames.columns(self._kind))

    def __repr__(self) -> str:
        cells = [[title for title, _ in self._columns], *self._cells()]
        cells = [[printable(text) for text in line] for line in cells]
        widths = [max(len(line[at]) for line in cells) for at in range(len(self._columns))]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]
        return "\n".join([*lines, printable(self.caption)])

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th scope='col' {LEFT}>{html.escape(title)}</th>" for title, _ in self._columns
        )
        body = "".join(
            "<tr>" + "".join(f"<td {LEFT}>{html.escape(text)}</td>" for text in line) + "</tr>"
            for line in self._cells()
        )
        caption = html.escape(self.caption)
        return (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )

    def _cells(self) -> list[list[str]]:
        return [[show(row) for _, show in self._columns] for row in self.rows]


def text_of(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row.get(name) is None else str(row[name])


def state_of(row: Row) -> str:
    return "+".join([row["state"], *row.get("flags", [])])


def nodes_table(rows: list[Row], caption: str) -> Table:
    """Nodes, with what is free."""
    columns: list[Column] = [
        ("Node", text_of("name")),
        ("State", text_of("sinfo_state")),
        ("Partitions", lambda row: ",".join(row["partitions"])),
        ("CPUs free", lambda row: f"{row['cpus_free']} of {row['cpus']}"),
        (
            "Memory free",
            lambda row: f"{megabytes(row['memory_free'])} of {megabytes(row['memory'])}",
        ),
        ("GPUs free", lambda row: f"{row['gpus_free']} of {row['gpus']}"),
        ("Reason", text_of("reason")),
    ]
    return Table(rows, columns, caption, "nodes")


def partitions_table(rows: list[Row], caption: str) -> Table:
    """Partitions, with their limits and what is free."""
    columns: list[Column] = [
        ("Partition", lambda row: row["name"] + ("*" if row["default"] else "")),
        ("State", text_of("state")),
        ("Limit", lambda row: limit(row["max_time"])),
        ("Nodes", text_of("node_count")),
        ("CPUs free", text_of("cpus_free")),
        ("GPUs free", text_of("gpus_free")),
    ]
    return Table(rows, columns, caption, "partitions")


def clusters_table(rows: list[Row], caption: str) -> Table:
    """The configured clusters."""
    columns: list[Column] = [
        ("Cluster", text_of("name")),
        ("Slurm", text_of("slurm_release")),
        ("API", text_of("api_version")),
        ("User", text_of("user")),
        ("Problem", lambda row: (row["error"] or {}).get("message", "")),
    ]
    return Table(rows, columns, caption, "clusters")


def results_table(rows: list[Row], caption: str) -> Table:
    """The result of an action for each job."""
    columns: list[Column] = [
        ("Job", text_of("id")),
        ("", lambda row: "done" if row["ok"] else "refused"),
        ("Slurm says", text_of("message")),
    ]
    return Table(rows, columns, caption, "results")


def checks_table(rows: list[Row], caption: str) -> Table:
    """What ``%slurm doctor`` checked."""
    columns: list[Column] = [
        ("Check", text_of("check")),
        ("", lambda row: "ok" if row["ok"] else "problem"),
        ("Found", text_of("found")),
    ]
    return Table(rows, columns, caption, "checks")


def associations_table(account: dict[str, Any]) -> Table:
    """The user's accounts and limits."""
    columns: list[Column] = [
        ("Account", lambda row: row["account"] + ("*" if row["is_default"] else "")),
        ("Partition", lambda row: row["partition"] or "all"),
        ("QOS", lambda row: ",".join(row["qos"])),
        ("Jobs at most", lambda row: "" if row["max_jobs"] is None else str(row["max_jobs"])),
        ("Longest job", lambda row: limit(row["max_wall"])),
        ("Limits per job", text_of("max_tres_per_job")),
        ("Limits of all jobs together", lambda row: _together(row, account["accounts"])),
    ]
    rows = account["associations"]
    return Table(rows, columns, f"{account['user']}: {count(len(rows), 'account')}", "account")


def _together(association: Row, accounts: Sequence[Row]) -> str:
    """Limits of all jobs of the user there, and of all jobs in each account above."""
    limits = [("yours", association)]
    above = {one["account"]: one for one in accounts}
    name = association["account"]
    while name in above:
        limits.append((name, above[name]))
        name = above.pop(name)["parent_account"]
    return "; ".join(f"{who}: {text}" for who, one in limits if (text := _group_limits(one)))


def _group_limits(association: Row) -> str:
    running, queued = association["group_jobs"], association["group_submit_jobs"]
    words = [
        association["group_tres"],
        "" if running is None else count(running, "running job"),
        "" if queued is None else f"{count(queued, 'job')} in the queue",
    ]
    return ", ".join(word for word in words if word)


def options_table(checked: dict[str, Any]) -> Table:
    """The options of a script that was checked and not submitted."""
    rows = [{"option": name, "value": value} for name, value in checked["options"].items()]
    columns: list[Column] = [("Option", text_of("option")), ("Value", text_of("value"))]
    return Table(rows, columns, " ".join(["Not submitted.", *checked["warnings"]]), "options")


def count(number: int, noun: str) -> str:
    """``3 jobs``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def caption(response: dict[str, Any], noun: str) -> str:
    """The number of rows and, if the list is old, its age."""
    rows = next(value for value in response.values() if isinstance(value, list))
    total = response["total"]
    parts = [count(total, noun) if len(rows) == total else f"{len(rows)} of {count(total, noun)}"]
    if response["stale"]:
        parts.append(f"as of {local_time(int(response['as_of']))}")
    if response["note"]:
        parts.append(response["note"])
    return "; ".join(parts)
