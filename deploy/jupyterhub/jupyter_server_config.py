"""Settings of all users' servers: the clusters.

Copy to etc/jupyter/jupyter_server_config.py of the servers' environment, or to /etc/jupyter.
Users can override these settings for their own server in ~/.jupyter, so do not rely on them to
protect other users. Tokens come from the hub's token service automatically.
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
