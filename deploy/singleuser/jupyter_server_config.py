"""System-wide settings of people's servers: which clusters there are.

In the image (or in the servers' environment) as etc/jupyter/jupyter_server_config.py,
where the people cannot change it. Tokens come from the hub's service by themselves.
"""

c = get_config()  # noqa: F821 - Jupyter puts it there

c.SlurmRest.clusters = {
    "cluster": {
        "url": "https://slurmrestd.example.org:6820",
        "tokens": {"provider": "hub", "cluster": "cluster"},
        # All jobs, nodes and partitions come from the hub, if its service shares them.
        # "shared": True,
    }
}
