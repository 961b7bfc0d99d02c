"""Server configuration of the browser tests. Never for production: it has no password."""

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)  # type: ignore[name-defined]  # noqa: F821 - Jupyter puts it there
