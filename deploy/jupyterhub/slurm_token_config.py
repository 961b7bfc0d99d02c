"""The token service: which clusters, whose keys. Copy to /etc/jupyterhub/ (mode 0644).

All settings: ``python -m jupyter_slurm_rest.hub --help-all``.
"""

c = get_config()  # noqa: F821 - traitlets puts it there

# The keys are files of mode 0600, owned by the user the service runs as.
c.SlurmTokenService.clusters = {
    "cluster": {
        "key_file": "/etc/jupyterhub/keys/cluster.key",
        # A token cannot be revoked: the shorter, the better. Servers renew it at half-life.
        "lifetime": 600,
        # Where everybody may see all jobs (no PrivateData): read them once for the whole
        # hub, as an ordinary user without any privilege. Servers also need "shared": True.
        # "shared": {"url": "https://slurm.example.org:6820", "user": "hubreader"},
    }
}

# Who never gets a token, besides root and slurm: SlurmUser and other operators' accounts.
c.SlurmTokenService.deny = ["slurmadmin"]
