"""Fixtures that every test may use."""

pytest_plugins = ("pytest_jupyter.jupyter_server",)
