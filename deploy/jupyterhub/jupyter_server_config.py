"""Settings of everybody's servers: which clusters there are.

In the servers' environment as etc/jupyter/jupyter_server_config.py, or in /etc/jupyter.
People can override them for their own server in ~/.jupyter: nothing that protects others
may rest on them. Tokens come from the hub's service by themselves.
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
