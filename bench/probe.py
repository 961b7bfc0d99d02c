"""A server extension that watches the Jupyter server from inside: stalls and memory."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web


class Ticker:
    """Wakes every millisecond; what is late shows for how long nothing else could run."""

    def __init__(self) -> None:
        self.longest = 0.0
        #: Of the longest stall, the part in which this process really worked: the rest
        #: it waited for a CPU that other processes had.
        self.worked = 0.0

    def reset(self) -> None:
        self.longest = self.worked = 0.0

    async def run(self) -> None:
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            late = time.perf_counter() - wall - 0.001
            self.longest = max(self.longest, late)
            self.worked = max(self.worked, time.thread_time() - cpu)


def resident() -> int:
    """Bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def table_size(rows: Any) -> int:
    """Bytes of a table's rows and of the strings and lists in them, each counted once."""
    seen: set[int] = set()
    total = sys.getsizeof(rows)
    for row in rows.values():
        total += sys.getsizeof(row)
        for name in row.__struct_fields__:
            value = getattr(row, name)
            if isinstance(value, (str, list)) and id(value) not in seen:
                seen.add(id(value))
                total += sys.getsizeof(value)
    return total


class ProbeHandler(JupyterHandler):
    def initialize(self, ticker: Ticker, app: Any) -> None:
        self._ticker = ticker
        self._app = app

    @web.authenticated
    def get(self) -> None:
        self.finish(
            {
                "longest": self._ticker.longest,
                "worked": self._ticker.worked,
                "resident": resident(),
                "cpu": time.process_time(),
                "tables": self._tables(),
            }
        )
        if self.get_argument("reset", ""):
            self._ticker.reset()

    def _tables(self) -> dict[str, int]:
        (extension,) = self._app.extension_manager.extension_apps["jupyter_slurm_rest"]
        dumps = {name: one.watcher.dumped for name, one in extension.context.clusters.items()}
        return {name: table_size(table.rows) for name, table in dumps.items() if table}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bench.probe"}]


def _load_jupyter_server_extension(app: Any) -> None:
    ticker = Ticker()
    app.io_loop.add_callback(ticker.run)
    path = url_path_join(app.web_app.settings["base_url"], "bench/probe")
    app.web_app.add_handlers(".*$", [(path, ProbeHandler, {"ticker": ticker, "app": app})])
