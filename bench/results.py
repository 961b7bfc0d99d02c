"""Figures, their bars, and the table they end in."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Result:
    """One figure. ``bar`` of None: measured for its own sake."""

    id: str
    what: str
    value: float
    unit: str
    bar: float | None = None
    #: Whether less or more than the bar is good.
    better: Literal["less", "more"] = "less"
    #: The same figure of the peer (PyPI's jupyterlab-slurm), where it has one.
    peer: float | None = None
    note: str = ""
    #: Whether the bar holds on a busy machine and for a short queue too: of what is counted.
    counted: bool = False

    @property
    def ok(self) -> bool:
        if self.bar is None:
            return True
        return self.value <= self.bar if self.better == "less" else self.value >= self.bar


def only_counted(result: Result) -> Result:
    """The figure, without a bar that only a quiet machine and a long queue can meet."""
    return result if result.counted else replace(result, bar=None)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def table(results: Iterable[Result]) -> str:
    """As Markdown, for users and for docs/performance.md."""
    lines = [
        "| ID | Benchmark | Measured | Target | jupyterlab-slurm | Met |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for one in results:
        sign = "" if one.bar is None else {"less": "≤ ", "more": "≥ "}[one.better]
        bar = "" if one.bar is None else f"{sign}{number(one.bar)} {one.unit}"
        peer = "" if one.peer is None else f"{number(one.peer)} {one.unit}"
        met = "" if one.bar is None else ("yes" if one.ok else "**no**")
        note = f" ({one.note})" if one.note else ""
        value = f"{number(one.value)} {one.unit}"
        lines.append(f"| {one.id} | {one.what}{note} | {value} | {bar} | {peer} | {met} |")
    return "\n".join(lines)


def number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def write(results: Iterable[Result], path: Path) -> None:
    entries = [{**asdict(one), "ok": one.ok} for one in results]
    path.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
