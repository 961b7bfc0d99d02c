"""P6 and P7: the panel in Chromium, and what it adds to JupyterLab."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devcluster import Cluster

from .jupyter import Jupyter
from .queues import ME
from .results import Result, median

_ROOT = Path(__file__).parent.parent
_BUILT = _ROOT / "jupyter_slurm_rest" / "labextension"


#: A scroll of bench/scroll.mjs, its figure's name, and its words.
_SCROLLS = (
    ("narrow", "frames", "100,000 rows, default panel width"),
    ("wide", "wide", "100,000 rows, panel as wide as the screen"),
    ("plain", "plain", "a bare list in JupyterLab on this machine, for comparison"),
)


def measure(cluster: Cluster, *, loads: int) -> Iterator[Result]:
    if not (_BUILT / "package.json").exists():
        raise RuntimeError("the labextension is not built: run 'make frontend' first")
    with _lab(cluster, disabled=False) as ours, _lab(cluster, disabled=True) as plain:
        servers = {"with": ours.address("lab"), "without": plain.address("lab")}
        script = ["node", str(_ROOT / "bench" / "panel.mjs")]
        asked = json.dumps({"servers": servers, "loads": loads})
        done = subprocess.run([*script, asked], capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    told = json.loads(done.stdout)
    for name, of, where in _SCROLLS:
        yield from _frames(told["scrolls"][name], of, where)
    yield Result("P6.sort", "time to sort and draw 100,000 rows", median(told["sorts"]), "ms", 200)
    yield Result(
        "P6.filter", "time to filter and draw 100,000 rows", median(told["filters"]), "ms", 200
    )
    added = median(told["loads"]["with"]) - median(told["loads"]["without"])
    yield Result(
        "P7.load",
        "added to JupyterLab's load time",
        added * 1e3,
        "ms",
        50,
        note=f"{loads} loads each; without it {median(told['loads']['without']):.2f} s",
    )
    calls = "network calls before the panel is shown"
    yield Result("P7.calls", calls, told["asked"], "calls", 0, counted=True)
    total, first = _sizes()
    yield Result("P7.size", "size of the frontend, gzipped", total / 1e3, "kB", 350, counted=True)
    yield Result("P7.first", "size of what is loaded with JupyterLab", first / 1e3, "kB")


def _frames(scroll: Any, of: str, where: str) -> Iterator[Result]:
    """How long frames are while one list is scrolled, and what the page computes for one."""
    frames, work = sorted(scroll["frames"]), scroll["work"]
    parts = ", ".join(f"{part} {work[part]:.1f}" for part in ("script", "style", "layout"))
    yield Result(
        f"P6.{of}",
        f"scrolling {where}: 95th percentile of frame times",
        frames[int(len(frames) * 0.95)],
        "ms",
        None if of == "plain" else 20,
        note=f"{len(frames)} frames",
    )
    yield Result(
        f"P6.{of}.work", f"scrolling {where}: CPU time per frame", work["all"], "ms", note=parts
    )


def _lab(cluster: Cluster, *, disabled: bool) -> Jupyter:
    tokens = {"provider": "file", "path": "$FOLDER/slurm-token"}
    config: dict[str, Any] = {
        "ServerApp": {
            "jpserver_extensions": {
                "jupyter_slurm_rest": True,
                "jupyterlab": True,
                "bench.crowd": True,
            }
        },
        "LabServerApp": {"extra_labextensions_path": ["$FOLDER/labextensions"]},
        "LabApp": {"extra_labextensions_path": ["$FOLDER/labextensions"]},
        "SlurmRest": {"clusters": {cluster.generation: {"url": cluster.url, "tokens": tokens}}},
    }
    off = {"disabledExtensions": {"jupyter-slurm-rest": disabled}}
    files = {"slurm-token": cluster.token(ME), "labconfig/page_config.json": json.dumps(off)}
    return Jupyter(config, files=files, links={"labextensions/jupyter-slurm-rest": _BUILT})


def _sizes() -> tuple[int, int]:
    """Bytes, gzipped: of every file that a browser may load, and of those loaded at once."""
    static = _BUILT / "static"
    sizes = {
        path.name: len(gzip.compress(path.read_bytes(), 9))
        for path in static.iterdir()
        if path.suffix in (".js", ".css")
    }
    at_once = [name for name in sizes if name.startswith(("remoteEntry", "style"))]
    return sum(sizes.values()), sum(sizes[name] for name in at_once)
